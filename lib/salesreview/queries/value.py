"""What accounts bring in a year and how the existing base is worked (requirements D-38, D-39)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED


def account_values(mart: Mart, window: Window, year: Window) -> pd.DataFrame:
    """Every account that ever ordered up to the window's end, by account_id.

    Columns: account_id, account, tier, customer_type, channel (of acquisition), is_new (first order in ``window``),
    potential (money a year, null where unknown), sales (of ``window``), year_sales, year_costed and year_cost (of
    ``year``: all sales, those with a cost, their cost), all_costed and all_cost (since the first order), products
    (distinct, bought in ``year``).
    """
    within = "order_date BETWEEN $year_start AND $year_end"
    sql = f"""
        WITH bought AS (
            SELECT account_id, min(first_order_date) AS first_order_date,
                   sum(CASE WHEN order_date >= $start THEN net_amount ELSE 0 END) AS sales,
                   sum(CASE WHEN {within} THEN net_amount ELSE 0 END) AS year_sales,
                   sum(CASE WHEN {within} AND cost_amount IS NOT NULL THEN net_amount ELSE 0 END) AS year_costed,
                   sum(CASE WHEN {within} THEN coalesce(cost_amount, 0) ELSE 0 END) AS year_cost,
                   sum(CASE WHEN cost_amount IS NOT NULL THEN net_amount ELSE 0 END) AS all_costed,
                   sum(coalesce(cost_amount, 0)) AS all_cost,
                   count(DISTINCT CASE WHEN {within} AND NOT is_return THEN product_id END) AS products
            FROM sales_facts
            WHERE order_date <= $end AND account_id IS NOT NULL AND account_id <> '{UNCLASSIFIED}'
            GROUP BY account_id
        )
        SELECT b.account_id, coalesce(a.name, b.account_id) AS account, coalesce(a.tier, '{UNCLASSIFIED}') AS tier,
               coalesce(a.customer_type, '{UNCLASSIFIED}') AS customer_type,
               coalesce(c.name, a.acquisition_channel, '{UNCLASSIFIED}') AS channel,
               coalesce(b.first_order_date >= $start, FALSE) AS is_new, a.potential_spend AS potential,
               b.sales, b.year_sales, b.year_costed, b.year_cost, b.all_costed, b.all_cost, b.products
        FROM bought AS b
        LEFT JOIN accounts AS a ON a.account_id = b.account_id
        LEFT JOIN channels AS c ON c.channel_id = a.acquisition_channel
        ORDER BY b.account_id
    """
    days = {"start": window.start, "end": window.end, "year_start": year.start, "year_end": year.end}
    return mart.query(sql, **days)


def effort(mart: Mart, window: Window) -> dict[str, float]:
    """Sales activities of ``window`` whose account is known: ``hours`` and ``existing_hours`` (first order before it).

    An activity without a duration counts the mean duration of those that have one; without any, one hour each, so
    that the share is one of activities. Activities on leads that are no account yet count as effort on new business.
    """
    sql = f"""
        WITH old AS (
            SELECT DISTINCT account_id FROM sales_facts
            WHERE first_order_date < $start AND account_id <> '{UNCLASSIFIED}'
        ), done AS (
            SELECT o.account_id IS NOT NULL AS is_existing, a.duration_min
            FROM activities AS a
            LEFT JOIN leads AS l ON l.lead_id = a.lead_id
            LEFT JOIN old AS o ON o.account_id = coalesce(a.account_id, l.account_id)
            WHERE CAST(a.started_at AS DATE) BETWEEN $start AND $end
                  AND (a.account_id IS NOT NULL OR a.lead_id IS NOT NULL)
        )
        SELECT count(*) AS n, count(duration_min) AS timed, coalesce(sum(duration_min), 0) AS minutes,
               count(CASE WHEN is_existing THEN 1 END) AS existing,
               count(CASE WHEN is_existing THEN duration_min END) AS existing_timed,
               coalesce(sum(CASE WHEN is_existing THEN duration_min END), 0) AS existing_minutes
        FROM done
    """
    row = mart.query(sql, start=window.start, end=window.end).iloc[0]
    mean = row["minutes"] / row["timed"] if row["timed"] else 60.0
    total = row["minutes"] + (row["n"] - row["timed"]) * mean
    existing = row["existing_minutes"] + (row["existing"] - row["existing_timed"]) * mean
    return {"hours": float(total) / 60, "existing_hours": float(existing) / 60, "n": float(row["n"])}
