"""What customers need and how well it is met (requirements S1-07 … S1-09, S3-17)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED

INTERVIEW, QUESTIONNAIRE = "访谈", "问卷"


def recorded(mart: Mart, window: Window) -> pd.DataFrame:
    """Needs recorded in ``window`` by need_id: account_id, industry, type, code (the type where none is given), source,
    importance, satisfaction (1-10, null where not asked), is_implicit."""
    found = mart.query(
        f"""
        SELECT n.account_id, coalesce(a.industry, '{UNCLASSIFIED}') AS industry,
               coalesce(n.type, '{UNCLASSIFIED}') AS type, coalesce(n.code, n.type, '{UNCLASSIFIED}') AS code,
               coalesce(n.source, '{UNCLASSIFIED}') AS source, n.importance, n.satisfaction,
               coalesce(n.implicit, FALSE) AS is_implicit
        FROM needs AS n LEFT JOIN accounts AS a ON a.account_id = n.account_id
        WHERE n."date" BETWEEN $start AND $end ORDER BY n.need_id
        """,
        start=window.start,
        end=window.end,
    )
    return found.astype({"importance": float, "satisfaction": float, "is_implicit": bool})
