"""Prospects that were not won: lost deals and leads with their reasons (requirement M-24)."""

from datetime import date, timedelta

import pandas as pd

from ..mart.store import Mart
from ..periods import Window

_PROSPECTS = """
    firsts AS (
        SELECT account_id, min(first_order_date) AS first_order FROM sales_facts
        WHERE first_order_date IS NOT NULL GROUP BY account_id
    ), lost AS (
        SELECT o.opp_id, o.account_id, o.lost_reason AS reason, o.amount, CAST(o.closed_at AS DATE) AS closed
        FROM opportunities AS o LEFT JOIN firsts AS f ON f.account_id = o.account_id
        WHERE o.outcome = 'lost' AND CAST(o.closed_at AS DATE) BETWEEN $start AND $end
              AND (f.first_order IS NULL OR f.first_order > CAST(o.closed_at AS DATE))
    )
"""


def lost_deals(mart: Mart, window: Window) -> pd.DataFrame:
    """Deals lost in ``window`` with accounts that had never ordered until then, by opp_id.

    Columns: opp_id, reason (null where not written down), stage (the last one entered before the close, null without
    history), amount (money, null where unknown).
    """
    sql = f"""
        WITH {_PROSPECTS}, stages AS (
            SELECT h.opp_id, h.stage,
                   row_number() OVER (PARTITION BY h.opp_id ORDER BY h.entered_at DESC, h.stage) AS place
            FROM stage_history AS h JOIN lost AS l ON l.opp_id = h.opp_id
            WHERE CAST(h.entered_at AS DATE) <= l.closed
        )
        SELECT l.opp_id, l.reason, s.stage, l.amount
        FROM lost AS l LEFT JOIN stages AS s ON s.opp_id = l.opp_id AND s.place = 1
        ORDER BY l.opp_id
    """
    return mart.query(sql, start=window.start, end=window.end).astype({"amount": float})


def lost_leads(mart: Mart, window: Window) -> pd.DataFrame:
    """Leads disqualified in ``window`` that never became a deal: reason (null where not written down), n; by reason."""
    sql = """
        SELECT disqualify_reason AS reason, count(*) AS n FROM leads
        WHERE status = 'disqualified' AND opp_id IS NULL AND CAST(disqualified_at AS DATE) BETWEEN $start AND $end
        GROUP BY 1 ORDER BY 1 NULLS LAST
    """
    return mart.query(sql, start=window.start, end=window.end)


def worth_another_call(mart: Mart, day: date, reasons: tuple[str, ...], quiet_days: int) -> pd.DataFrame:
    """Prospects lost for one of ``reasons`` in the year up to ``quiet_days`` before ``day``, still without an order or
    an open deal on it: account_id, account, closed (last loss), amount (of the lost deals), deals; largest first."""
    latest = day - timedelta(days=quiet_days)
    sql = f"""
        WITH {_PROSPECTS}, busy AS (
            SELECT DISTINCT account_id FROM opportunities
            WHERE CAST(created_at AS DATE) <= $day AND (closed_at IS NULL OR CAST(closed_at AS DATE) > $day)
            UNION
            SELECT account_id FROM firsts WHERE first_order <= $day
        )
        SELECT l.account_id, coalesce(any_value(a.name), l.account_id) AS account, max(l.closed) AS closed,
               sum(l.amount) AS amount, count(*) AS deals
        FROM lost AS l LEFT JOIN accounts AS a ON a.account_id = l.account_id
        WHERE l.account_id IS NOT NULL AND l.reason IN (SELECT unnest($reasons))
              AND l.account_id NOT IN (SELECT account_id FROM busy WHERE account_id IS NOT NULL)
        GROUP BY l.account_id ORDER BY amount DESC NULLS LAST, l.account_id
    """
    start = latest - timedelta(days=365)
    return mart.query(sql, start=start, end=latest, day=day, reasons=tuple(reasons)).astype({"amount": float})
