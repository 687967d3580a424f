"""What employees answer: eNPS, pulse, 360 (requirements T-14, T-17, T-24). Answers come without the person."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED


def answers(mart: Mart, window: Window, kind: str) -> pd.DataFrame:
    """One row per answer of ``kind`` given in ``window``: date, team, score, index (0-100 on the question's own scale,
    NaN where the scale is not known)."""
    sql = f"""
        SELECT s."date" AS date, coalesce(t.name, r.team_id, '{UNCLASSIFIED}') AS team, s.score,
               100.0 * (s.score - s.scale_min) / nullif(s.scale_max - s.scale_min, 0) AS index
        FROM surveys AS s LEFT JOIN reps AS r ON r.rep_id = s.rep_id LEFT JOIN teams AS t ON t.team_id = r.team_id
        WHERE s.type = $kind AND s.score IS NOT NULL AND s."date" BETWEEN $start AND $end
        ORDER BY s."date", s.response_id"""
    return mart.query(sql, kind=kind, start=window.start, end=window.end)


def asked(mart: Mart, window: Window, kind: str) -> int:
    """Questionnaires of ``kind`` sent out in ``window``, answered or not."""
    sql = 'SELECT count(*) AS n FROM surveys WHERE type = $kind AND "date" BETWEEN $start AND $end'
    return int(mart.query(sql, kind=kind, start=window.start, end=window.end)["n"].iloc[0])
