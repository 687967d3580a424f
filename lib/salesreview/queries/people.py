"""Sales credit by seller and team."""

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED

CREDIT = f"""
    ordered AS (
        SELECT order_id, min(order_date) AS order_date, min(account_id) AS account_id,
               min(rep_id) AS owner_id, min(first_order_date) AS first_order_date, sum(net_amount) AS sales
        FROM sales_facts WHERE order_date BETWEEN $start AND $end GROUP BY order_id
    ), shared AS (
        SELECT order_id, sum(coalesce(split_pct, 0)) AS given FROM order_splits GROUP BY order_id
    ), credit AS (
        SELECT coalesce(s.rep_id, '{UNCLASSIFIED}') AS rep_id, o.*, coalesce(s.split_pct, 0) AS part
        FROM ordered AS o JOIN order_splits AS s ON s.order_id = o.order_id
        UNION ALL
        SELECT o.owner_id, o.*, 1 FROM ordered AS o LEFT JOIN shared AS g ON g.order_id = o.order_id
        WHERE g.order_id IS NULL
        UNION ALL
        SELECT '{UNCLASSIFIED}', o.*, 1 - g.given FROM ordered AS o JOIN shared AS g ON g.order_id = o.order_id
        WHERE g.given <> 1
    )
"""
"""Common table ``credit``: orders of $start to $end by who is credited with which part; the parts of an order are 1."""


def credit_by_rep(mart: Mart, window: Window):
    """One row per rep with credited sales: rep_id, team_id, team, days_in_post, sales, orders, from the largest.

    Splits of an order share its amount; orders without split credit their owner in full, orders without owner and what
    splits leave over count for 未分类, so that the sales add up to all sales. ``days_in_post`` counts the days of the
    window between hire and leave (the whole window where unknown). Cancelled orders are out (SALES).
    """
    return mart.query(
        f"""
        WITH {CREDIT}, summed AS (
            SELECT rep_id, sum(sales * part) AS sales, count(DISTINCT order_id) AS orders FROM credit GROUP BY rep_id
        )
        SELECT c.rep_id, coalesce(r.team_id, '{UNCLASSIFIED}') AS team_id,
               coalesce(t.name, r.team_id, '{UNCLASSIFIED}') AS team,
               greatest(0, date_diff('day', greatest(coalesce(r.hire_date, $start), $start),
                                     least(coalesce(r.leave_date, $end), $end)) + 1) AS days_in_post,
               c.sales, c.orders
        FROM summed AS c
        LEFT JOIN reps AS r ON r.rep_id = c.rep_id
        LEFT JOIN teams AS t ON t.team_id = r.team_id
        ORDER BY c.sales DESC, c.rep_id
        """,
        start=window.start,
        end=window.end,
    )


def teams(mart: Mart) -> dict[str, str]:
    """Name of each team by id; the id of a team without a name. The empty id is 未分类."""
    found = mart.query("""SELECT r.team_id, max(coalesce(t.name, r.team_id)) AS team
                          FROM (SELECT team_id FROM reps WHERE team_id IS NOT NULL UNION
                                SELECT team_id FROM teams) AS r
                          LEFT JOIN teams AS t ON t.team_id = r.team_id GROUP BY r.team_id ORDER BY r.team_id""")
    return dict(zip(found["team_id"], found["team"], strict=True)) | {UNCLASSIFIED: UNCLASSIFIED}
