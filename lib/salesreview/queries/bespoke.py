"""Bespoke against standard deals (requirements K-18, K-20)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED


def closed_deals(mart: Mart, window: Window) -> pd.DataFrame:
    """Opportunities closed in ``window`` of which it is known whether they are bespoke, by opp_id.

    Columns: opp_id, account_id, bespoke, won, days (first contact, else creation, to the close), quotes (versions; 0
    where none is recorded), special (a contract with special terms; null without contract), amount, sales and cost of
    the lines sold on the deal up to the window's end (costed lines only; null where nothing was sold), extra
    (customisation cost of the deal's projects, null without project).
    """
    sql = """
        WITH quoted AS (
            SELECT opp_id, count(*) AS quotes FROM quotes WHERE opp_id IS NOT NULL GROUP BY opp_id
        ), signed AS (
            SELECT opp_id, bool_or(coalesce(special_terms, false)) AS special FROM contracts
            WHERE opp_id IS NOT NULL GROUP BY opp_id
        ), sold AS (
            SELECT opp_id, sum(net_amount) AS sales, sum(cost_amount) AS cost FROM sales_facts
            WHERE opp_id IS NOT NULL AND cost_amount IS NOT NULL AND order_date <= $end GROUP BY opp_id
        ), made AS (
            SELECT opp_id, sum(customisation_cost) AS extra FROM projects WHERE opp_id IS NOT NULL GROUP BY opp_id
        )
        SELECT o.opp_id, o.account_id, o.is_customised AS bespoke, o.outcome = 'won' AS won,
               date_diff('day', CAST(coalesce(o.first_contact_at, o.created_at) AS DATE), CAST(o.closed_at AS DATE))
                   AS days,
               coalesce(q.quotes, 0) AS quotes, s.special, o.amount, f.sales, f.cost, m.extra
        FROM opportunities AS o
        LEFT JOIN quoted AS q ON q.opp_id = o.opp_id
        LEFT JOIN signed AS s ON s.opp_id = o.opp_id
        LEFT JOIN sold AS f ON f.opp_id = o.opp_id
        LEFT JOIN made AS m ON m.opp_id = o.opp_id
        WHERE o.outcome IN ('won', 'lost') AND o.is_customised IS NOT NULL AND o.account_id IS NOT NULL
              AND CAST(o.closed_at AS DATE) BETWEEN $start AND $end
        ORDER BY o.opp_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def wanted(mart: Mart, window: Window) -> pd.DataFrame:
    """Bespoke opportunities opened in ``window`` by account and product line: account_id, product_line, deals."""
    return mart.query(
        f"""SELECT o.account_id, coalesce(p.product_line, '{UNCLASSIFIED}') AS product_line, count(*) AS deals
            FROM opportunities AS o LEFT JOIN products AS p ON p.product_id = o.product_id
            WHERE o.is_customised AND o.account_id IS NOT NULL
                  AND CAST(o.created_at AS DATE) BETWEEN $start AND $end
            GROUP BY o.account_id, coalesce(p.product_line, '{UNCLASSIFIED}') ORDER BY o.account_id, product_line""",
        start=window.start,
        end=window.end,
    )
