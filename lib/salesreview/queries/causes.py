"""Records behind the search for causes: losses, outcomes by product and seller, and how soon deals were paid."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED

CLOSED = f"""closed AS (
    SELECT o.opp_id, o.outcome, o.amount, coalesce(o.lost_reason, '{UNCLASSIFIED}') AS reason, o.lost_competitor,
           coalesce(p.product_line, '{UNCLASSIFIED}') AS product_line, coalesce(o.rep_id, '{UNCLASSIFIED}') AS rep_id
    FROM opportunities AS o LEFT JOIN products AS p ON p.product_id = o.product_id
    WHERE o.outcome IN ('won', 'lost') AND CAST(o.closed_at AS DATE) BETWEEN $start AND $end
)"""


def losses(mart: Mart, window: Window) -> pd.DataFrame:
    """Lost opportunities of ``window`` by ``reason`` (未分类 where none is given): ``n``, ``amount``, ``to_rival``
    (those that name the rival who won)."""
    return mart.query(
        f"""WITH {CLOSED}
            SELECT reason, count(*) AS n, coalesce(sum(amount), 0) AS amount, count(lost_competitor) AS to_rival
            FROM closed WHERE outcome = 'lost' GROUP BY reason ORDER BY n DESC, reason""",
        start=window.start,
        end=window.end,
    )


def outcomes(mart: Mart, window: Window, by: str) -> pd.DataFrame:
    """Closed opportunities of ``window`` by ``product_line`` or ``rep_id``: ``member``, ``won``, ``lost``,
    ``lost_amount``, most first."""
    if by not in ("product_line", "rep_id"):
        raise ValueError(by)
    return mart.query(
        f"""WITH {CLOSED}
            SELECT {by} AS member, count(*) FILTER (WHERE outcome = 'won') AS won,
                   count(*) FILTER (WHERE outcome = 'lost') AS lost,
                   coalesce(sum(CASE WHEN outcome = 'lost' THEN amount END), 0) AS lost_amount
            FROM closed GROUP BY {by} ORDER BY won + lost DESC, member""",
        start=window.start,
        end=window.end,
    )


def cycle_and_payment(mart: Mart, window: Window) -> pd.DataFrame:
    """Deals won in ``window`` whose invoices are fully paid: ``opp_id``, ``product_line``, ``cycle`` (days from first
    contact to closing), ``paying`` (days from invoice to payment, weighted by amount), ``amount`` paid.

    Deals whose invoices are still open are left out, so slow payers of the last weeks are missing.
    """
    return mart.query(
        f"""WITH won AS (
                SELECT o.opp_id, coalesce(p.product_line, '{UNCLASSIFIED}') AS product_line,
                       date_diff('day', CAST(coalesce(o.first_contact_at, o.created_at) AS DATE),
                                 CAST(o.closed_at AS DATE)) AS cycle
                FROM opportunities AS o LEFT JOIN products AS p ON p.product_id = o.product_id
                WHERE o.outcome = 'won' AND CAST(o.closed_at AS DATE) BETWEEN $start AND $end
            ),
            paid AS (
                SELECT i.invoice_id, i.order_id, i.issue_date, i.amount, sum(y.amount) AS received,
                       sum(y.amount * date_diff('day', i.issue_date, CAST(y.paid_at AS DATE))) AS days
                FROM invoices AS i JOIN payments AS y ON y.invoice_id = i.invoice_id
                GROUP BY i.invoice_id, i.order_id, i.issue_date, i.amount
                HAVING sum(y.amount) >= i.amount AND i.amount > 0
            )
            SELECT w.opp_id, w.product_line, w.cycle, sum(p.days) / sum(p.received) AS paying,
                   sum(p.received) AS amount
            FROM won AS w JOIN orders AS o ON o.opp_id = w.opp_id JOIN paid AS p ON p.order_id = o.order_id
            WHERE w.cycle >= 0
            GROUP BY w.opp_id, w.product_line, w.cycle ORDER BY w.opp_id""",
        start=window.start,
        end=window.end,
    )
