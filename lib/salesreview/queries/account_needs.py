"""Needs that accounts named (requirements K-14, K-17, K-18)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED

SAME_WORDING = 3
"""A code's text is a label and no free text when at least so many accounts share it word for word."""


def needs(mart: Mart, window: Window) -> pd.DataFrame:
    """Needs recorded in ``window``: account_id, theme, type, importance, satisfaction, product (name of what solves it,
    null where nothing does).

    The theme is the code; where all who named the code are written down with the same words, those words. A need
    without code goes by its type. Free text of single accounts is never a theme.
    """
    sql = f"""
        WITH labels AS (
            SELECT code, CASE WHEN count(DISTINCT text) = 1 AND count(DISTINCT account_id) >= {SAME_WORDING}
                              THEN min(text) ELSE code END AS label
            FROM needs WHERE code IS NOT NULL GROUP BY code
        )
        SELECT n.account_id, coalesce(l.label, n.type, '{UNCLASSIFIED}') AS theme,
               coalesce(n.type, '{UNCLASSIFIED}') AS type, n.importance, n.satisfaction,
               coalesce(p.name, n.solvable_by) AS product
        FROM needs AS n
        LEFT JOIN labels AS l ON l.code = n.code
        LEFT JOIN products AS p ON p.product_id = n.solvable_by
        WHERE n."date" BETWEEN $start AND $end AND n.account_id IS NOT NULL
        ORDER BY n.account_id, n.need_id
    """
    return mart.query(sql, start=window.start, end=window.end)
