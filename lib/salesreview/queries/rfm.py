"""Recency, frequency and money of every customer on a day (requirement S1-16)."""

from datetime import date, timedelta

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED


def customers(mart: Mart, day: date) -> pd.DataFrame:
    """Accounts with at least one order up to ``day``, one row each by account_id; nothing after ``day`` enters.

    Columns: account_id, account, industry, days (since the last order), tenure (days since the first), orders (in the
    twelve months up to ``day``), sales (of them, returns taken off), costed and cost (sales of lines with a known cost
    and their cost), before (sales of the twelve months before those), total (sales ever); money.
    """
    year = Window(day, day).years_back().end + timedelta(days=1)
    sql = f"""
        SELECT account_id, any_value(account) AS account, any_value(industry) AS industry,
               date_diff('day', max(CASE WHEN NOT is_return THEN order_date END), $day) AS days,
               date_diff('day', min(CASE WHEN NOT is_return THEN order_date END), $day) AS tenure,
               count(DISTINCT CASE WHEN order_date >= $year AND NOT is_return THEN order_id END) AS orders,
               sum(CASE WHEN order_date >= $year THEN net_amount ELSE 0 END) AS sales,
               sum(CASE WHEN order_date >= $year AND cost_amount IS NOT NULL THEN net_amount ELSE 0 END) AS costed,
               sum(CASE WHEN order_date >= $year THEN coalesce(cost_amount, 0) ELSE 0 END) AS cost,
               sum(CASE WHEN order_date < $year AND order_date >= $before THEN net_amount ELSE 0 END) AS before,
               sum(net_amount) AS total
        FROM sales_facts
        WHERE order_date <= $day AND account_id <> '{UNCLASSIFIED}'
        GROUP BY account_id HAVING count(CASE WHEN NOT is_return THEN 1 END) > 0
        ORDER BY account_id
    """
    money = ("sales", "costed", "cost", "before", "total")
    return mart.query(sql, day=day, year=year, before=Window(year, year).years_back().start).astype(
        dict.fromkeys(money, float) | {"days": int, "tenure": int, "orders": int}
    )


def tags(mart: Mart, day: date) -> dict[str, tuple[str, ...]]:
    """Tags set on or before ``day`` by account_id, in alphabetic order."""
    found = mart.query(
        "SELECT account_id, tag FROM account_tags WHERE set_at IS NULL OR set_at <= $day ORDER BY account_id, tag",
        day=day,
    )
    return {account: tuple(rows["tag"]) for account, rows in found.groupby("account_id", sort=True)}
