"""Sales credit by seller and team."""

from ..mart.store import Mart
from ..periods import Window


def credit_by_rep(mart: Mart, window: Window):
    """One row per rep with credited sales: rep_id, team, days_in_post, sales; splits of an order share its amount.

    Orders without split credit their owner in full; orders without owner count for 未分类. ``days_in_post`` counts the
    days of the window between hire and leave (the whole window where unknown). Cancelled orders are out (SALES).
    """
    return mart.query(
        """
        WITH credit AS (
            SELECT coalesce(s.rep_id, f.rep_id, '未分类') AS rep_id,
                   sum(f.net_amount * coalesce(s.split_pct, 1)) AS sales
            FROM sales_facts AS f LEFT JOIN order_splits AS s ON s.order_id = f.order_id
            WHERE f.order_date BETWEEN $start AND $end
            GROUP BY 1
        )
        SELECT c.rep_id,
               coalesce(t.name, r.team_id, '未分类') AS team,
               greatest(0, date_diff('day', greatest(coalesce(r.hire_date, $start), $start),
                                     least(coalesce(r.leave_date, $end), $end)) + 1) AS days_in_post,
               c.sales
        FROM credit AS c
        LEFT JOIN reps AS r ON r.rep_id = c.rep_id
        LEFT JOIN teams AS t ON t.team_id = r.team_id
        ORDER BY c.sales DESC, c.rep_id
        """,
        start=window.start,
        end=window.end,
    )
