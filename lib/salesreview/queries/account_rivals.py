"""Rivals met in deals with customers (requirement K-23)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window


def met(mart: Mart, window: Window) -> pd.DataFrame:
    """Opportunities by rival that was present or took them: opp_id, account_id, competitor_id, closed, won, amount.

    Closed ones count when they closed in ``window``, open ones (closed and won false) when created by its end and not
    closed then. One row per opportunity and rival.
    """
    sql = """
        WITH deals AS (
            SELECT opp_id, account_id, outcome, amount, lost_competitor, present_competitors,
                   coalesce(outcome IN ('won', 'lost') AND CAST(closed_at AS DATE) <= $end, false) AS closed
            FROM opportunities
            WHERE account_id IS NOT NULL AND CAST(created_at AS DATE) <= $end
                  AND (closed_at IS NULL OR CAST(closed_at AS DATE) >= $start)
        ), present AS (
            SELECT opp_id, unnest(from_json(present_competitors, '["VARCHAR"]')) AS competitor_id FROM deals
            WHERE present_competitors IS NOT NULL
            UNION
            SELECT opp_id, lost_competitor FROM deals WHERE lost_competitor IS NOT NULL
        )
        SELECT DISTINCT d.opp_id, d.account_id, p.competitor_id, d.closed,
               d.closed AND d.outcome = 'won' AS won, d.amount
        FROM deals AS d JOIN present AS p ON p.opp_id = d.opp_id
        WHERE p.competitor_id IS NOT NULL
        ORDER BY d.opp_id, p.competitor_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def rivals(mart: Mart) -> pd.DataFrame:
    """Rivals by id: competitor_id, competitor (name), price_index (own price = 100, null where unknown)."""
    return mart.query("SELECT competitor_id, name AS competitor, price_index FROM competitors ORDER BY competitor_id")


def closed_deals(mart: Mart, window: Window) -> pd.DataFrame:
    """Opportunities won or lost in ``window``: opp_id, account_id, won."""
    sql = """SELECT opp_id, account_id, outcome = 'won' AS won FROM opportunities
             WHERE outcome IN ('won', 'lost') AND account_id IS NOT NULL
                   AND CAST(closed_at AS DATE) BETWEEN $start AND $end ORDER BY opp_id"""
    return mart.query(sql, start=window.start, end=window.end)
