"""People, what they sold and how they work, as small frames by rep (requirements D-45 … D-47, engine E-17)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window, add_months
from ..record import UNCLASSIFIED

_CREDIT = f"""
    credit AS (
        SELECT coalesce(s.rep_id, f.rep_id, '{UNCLASSIFIED}') AS rep_id, coalesce(s.split_pct, 1) AS part,
               f.order_id, f.account_id, f.product_id, f.tier, f.is_strategic, f.is_return, f.net_amount,
               f.cost_amount, f.qty, f.list_price
        FROM sales_facts AS f LEFT JOIN order_splits AS s ON s.order_id = f.order_id
        WHERE f.order_date BETWEEN $start AND $end
    )
"""


def reps(mart: Mart) -> pd.DataFrame:
    """Quota-carrying people by rep_id: rep_id, team_id, team, hire_date, leave_date (null where unknown).

    Whoever is not said to carry none carries a quota.
    """
    return mart.query(f"""
        SELECT r.rep_id, coalesce(r.team_id, '{UNCLASSIFIED}') AS team_id,
               coalesce(t.name, r.team_id, '{UNCLASSIFIED}') AS team, r.hire_date, r.leave_date
        FROM reps AS r LEFT JOIN teams AS t ON t.team_id = r.team_id
        WHERE coalesce(r.quota_carrying, TRUE) ORDER BY r.rep_id
    """)


def sales_by_rep(mart: Mart, window: Window, key_tiers: tuple[str, ...]) -> pd.DataFrame:
    """Credited sales of ``window`` by rep; split orders share their amounts, others credit their owner in full.

    Columns: rep_id (未分类 where unknown), sales, costed_sales, cost, key_sales (to strategic accounts or those of
    ``key_tiers``), listed_sales, list_sales, orders (not only returned lines), accounts, account_products (distinct
    pairs of account and product).
    """
    tiers = ", ".join(f"$tier_{i}" for i in range(len(key_tiers))) or "''"
    sql = f"""
        WITH {_CREDIT}
        SELECT rep_id, sum(net_amount * part) AS sales,
               coalesce(sum(CASE WHEN cost_amount IS NOT NULL THEN net_amount * part END), 0) AS costed_sales,
               coalesce(sum(cost_amount * part), 0) AS cost,
               coalesce(sum(CASE WHEN tier IN ({tiers}) OR is_strategic THEN net_amount * part END), 0) AS key_sales,
               coalesce(sum(CASE WHEN qty * list_price IS NOT NULL THEN net_amount * part END), 0) AS listed_sales,
               coalesce(sum(qty * list_price * part), 0) AS list_sales,
               count(DISTINCT CASE WHEN NOT is_return THEN order_id END) AS orders,
               count(DISTINCT CASE WHEN NOT is_return THEN account_id END) AS accounts,
               count(DISTINCT CASE WHEN NOT is_return THEN concat(account_id, '|', product_id) END) AS account_products
        FROM credit GROUP BY rep_id ORDER BY rep_id
    """
    named = {f"tier_{i}": tier for i, tier in enumerate(key_tiers)}
    return mart.query(sql, start=window.start, end=window.end, **named)


def activities(mart: Mart, window: Window) -> pd.DataFrame:
    """Sales activities of ``window`` by rep: rep_id, activities, visits."""
    sql = """
        SELECT rep_id, count(*) AS activities, count(CASE WHEN type = '上门拜访' THEN 1 END) AS visits
        FROM activities WHERE CAST(started_at AS DATE) BETWEEN $start AND $end AND rep_id IS NOT NULL
        GROUP BY rep_id ORDER BY rep_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def response_hours(mart: Mart, window: Window) -> pd.DataFrame:
    """Median hours from assignment to first touch of leads assigned in ``window``: rep_id, hours, n."""
    sql = """
        SELECT assigned_rep_id AS rep_id, count(*) AS n,
               median(date_diff('minute', assigned_at, first_touch_at) / 60.0) AS hours
        FROM leads
        WHERE CAST(assigned_at AS DATE) BETWEEN $start AND $end AND first_touch_at >= assigned_at
              AND assigned_rep_id IS NOT NULL
        GROUP BY assigned_rep_id ORDER BY assigned_rep_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def deals(mart: Mart, window: Window) -> pd.DataFrame:
    """Opportunities closed in ``window`` by rep: rep_id, won, closed, cycle (median days from first contact, won)."""
    sql = """
        SELECT rep_id, count(CASE WHEN outcome = 'won' THEN 1 END) AS won, count(*) AS closed,
               median(CASE WHEN outcome = 'won' THEN
                   date_diff('day', CAST(coalesce(first_contact_at, created_at) AS DATE), CAST(closed_at AS DATE)) END)
                   AS cycle
        FROM opportunities
        WHERE outcome IN ('won', 'lost') AND CAST(closed_at AS DATE) BETWEEN $start AND $end AND rep_id IS NOT NULL
        GROUP BY rep_id ORDER BY rep_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def competency(mart: Mart, window: Window) -> pd.DataFrame:
    """Latest assessment up to the window's end by rep and dimension: rep_id, dimension, score (0-1 of the scale)."""
    sql = """
        WITH ranked AS (
            SELECT rep_id, dimension, score / nullif(scale_max, 0) AS score,
                   rank() OVER (PARTITION BY rep_id, dimension ORDER BY assessed_at DESC) AS place
            FROM competency WHERE assessed_at <= $end AND score IS NOT NULL
        )
        SELECT rep_id, dimension, CAST(avg(CAST(score AS DECIMAL(20, 6))) AS DECIMAL(20, 6)) AS score FROM ranked
        WHERE place = 1 AND score IS NOT NULL GROUP BY rep_id, dimension ORDER BY rep_id, dimension
    """
    return mart.query(sql, end=window.end)


def training_hours(mart: Mart, window: Window) -> pd.DataFrame:
    """Hours of training in the 12 months up to the window's end: rep_id, hours."""
    sql = """
        SELECT r.rep_id, sum(coalesce(r.hours, c.hours, 0)) AS hours
        FROM training_records AS r LEFT JOIN training_courses AS c ON c.course_id = r.course_id
        WHERE r."date" > $since AND r."date" <= $end GROUP BY r.rep_id ORDER BY r.rep_id
    """
    return mart.query(sql, since=add_months(window.end, -12), end=window.end)
