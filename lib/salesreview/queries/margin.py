"""Costs beside sales: products, selling expense, projects, cost to serve (requirements D-40 … D-43, engine E-18)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED


def costed_products(mart: Mart, window: Window) -> pd.DataFrame:
    """Lines of ``window`` whose cost is known, by product: product_id, qty, list, net, cost.

    ``list`` is quantity × list price, null when a line of the product has none. Money.
    """
    sql = f"""
        SELECT coalesce(product_id, '{UNCLASSIFIED}') AS product_id, coalesce(sum(qty), 0) AS qty,
               CASE WHEN count(*) = count(qty * list_price) THEN sum(qty * list_price) END AS list,
               sum(net_amount) AS net, sum(cost_amount) AS cost
        FROM sales_facts WHERE order_date BETWEEN $start AND $end AND cost_amount IS NOT NULL
        GROUP BY coalesce(product_id, '{UNCLASSIFIED}') ORDER BY product_id
    """
    return mart.query(sql, start=window.start, end=window.end)


STAFF_PARTS = ("pay", "travel", "hospitality", "enablement")
"""Parts of the people's cost: pay (base, commission, bonus, benefits), travel, hospitality, training and tools."""


def staff_cost_by_month(mart: Mart, window: Window) -> pd.DataFrame:
    """Cost of all sales people by calendar month that ``window`` touches: month, people, then `STAFF_PARTS`.

    Whole months; ``people`` are those with a cost in the month.
    """
    sql = """
        SELECT CAST(date_trunc('month', month) AS DATE) AS month, count(DISTINCT rep_id) AS people,
               sum(coalesce(base, 0) + coalesce(commission, 0) + coalesce(bonus, 0) + coalesce(benefits, 0)) AS pay,
               sum(coalesce(travel, 0)) AS travel, sum(coalesce(hospitality, 0)) AS hospitality,
               sum(coalesce(training, 0) + coalesce(tools, 0)) AS enablement
        FROM rep_costs WHERE month BETWEEN date_trunc('month', CAST($start AS DATE)) AND $end
        GROUP BY CAST(date_trunc('month', month) AS DATE) ORDER BY month
    """
    return mart.query(sql, start=window.start, end=window.end)


def projects(mart: Mart, window: Window) -> pd.DataFrame:
    """Projects with revenue that ended in ``window`` or were open on its last day, largest revenue first (D-42).

    Columns: project_id, project (its name), account, is_open, revenue, budget_cost (null where none), cost (actual
    to the window's end from project_costs, else actual_cost; plus customisation; null where neither is known).
    """
    sql = f"""
        WITH spent AS (
            SELECT project_id, sum(amount) AS amount FROM project_costs WHERE month <= $end GROUP BY project_id
        )
        SELECT p.project_id, coalesce(p.name, p.project_id) AS project, coalesce(a.name, p.account_id, '{UNCLASSIFIED}')
                   AS account,
               p."end" IS NULL OR p."end" > $end AS is_open, p.revenue, p.budget_cost,
               coalesce(s.amount, p.actual_cost) + coalesce(p.customisation_cost, 0) AS cost
        FROM projects AS p
        LEFT JOIN spent AS s ON s.project_id = p.project_id
        LEFT JOIN accounts AS a ON a.account_id = p.account_id
        WHERE p.revenue > 0 AND coalesce(p.start, $end) <= $end AND (p."end" IS NULL OR p."end" >= $start)
        ORDER BY p.revenue DESC, p.project_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def service_by_account(mart: Mart, window: Window) -> pd.DataFrame:
    """Resources given to accounts in ``window``: account_id, direct_cost (money), hours, tickets.

    Months of account_resources count when their first day lies in the window.
    """
    sql = """
        WITH given AS (
            SELECT account_id, sum(coalesce(direct_cost, 0)) AS direct_cost, sum(coalesce(hours, 0)) AS hours
            FROM account_resources WHERE month BETWEEN $start AND $end GROUP BY account_id
        ), asked AS (
            SELECT account_id, count(*) AS tickets FROM tickets
            WHERE CAST(opened_at AS DATE) BETWEEN $start AND $end AND account_id IS NOT NULL GROUP BY account_id
        )
        SELECT coalesce(g.account_id, t.account_id) AS account_id, coalesce(g.direct_cost, 0) AS direct_cost,
               coalesce(g.hours, 0) AS hours, coalesce(t.tickets, 0) AS tickets
        FROM given AS g FULL JOIN asked AS t ON t.account_id = g.account_id ORDER BY account_id
    """
    return mart.query(sql, start=window.start, end=window.end)
