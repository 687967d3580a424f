"""Who was in post when, as small frames (requirements T-01, S1-38, S1-70)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED


def kept_by_team(mart: Mart, window: Window) -> pd.DataFrame:
    """People by team: team_id, team, at_start, kept (of those also in post at the end), at_end.

    In post on a day: hired by then (or hire date unknown) and not left before it. Who moved between teams is kept.
    """
    return mart.query(
        f"""
        WITH posts AS (
            SELECT coalesce(r.team_id, '{UNCLASSIFIED}') AS team_id,
                   coalesce(t.name, r.team_id, '{UNCLASSIFIED}') AS team,
                   coalesce(r.hire_date <= $start, TRUE) AND coalesce(r.leave_date >= $start, TRUE) AS at_start,
                   coalesce(r.hire_date <= $end, TRUE) AND coalesce(r.leave_date >= $end, TRUE) AS at_end
            FROM reps AS r LEFT JOIN teams AS t ON t.team_id = r.team_id
        )
        SELECT team_id, team, count(CASE WHEN at_start THEN 1 END) AS at_start,
               count(CASE WHEN at_start AND at_end THEN 1 END) AS kept, count(CASE WHEN at_end THEN 1 END) AS at_end
        FROM posts GROUP BY team_id, team ORDER BY team_id
        """,
        start=window.start,
        end=window.end,
    )


def training_in(mart: Mart, window: Window) -> tuple[float, int]:
    """(hours of training, people trained) in ``window``; a record without hours has those of its course."""
    row = mart.query(
        """
        SELECT coalesce(sum(coalesce(r.hours, c.hours, 0)), 0) AS hours, count(DISTINCT r.rep_id) AS people
        FROM training_records AS r LEFT JOIN training_courses AS c ON c.course_id = r.course_id
        WHERE r."date" BETWEEN $start AND $end
        """,
        start=window.start,
        end=window.end,
    ).iloc[0]
    return float(row["hours"]), int(row["people"])
