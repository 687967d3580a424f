"""Complaints and the accounts behind them (requirement M-22)."""

from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED


def complaints(mart: Mart, window: Window, year_start: date) -> pd.DataFrame:
    """Complaints opened in ``window`` by category: category, n, accounts, sales (of these accounts from ``year_start``
    to the window's end; money), before (complaints of the same window a year before); largest n first."""
    before = window.years_back()
    sql = f"""
        WITH asked AS (
            SELECT coalesce(category, '{UNCLASSIFIED}') AS category, account_id, CAST(opened_at AS DATE) AS opened
            FROM tickets WHERE is_complaint
        ), bought AS (
            SELECT account_id, sum(net_amount) AS sales FROM sales_facts
            WHERE order_date BETWEEN $year AND $end GROUP BY account_id
        ), behind AS (
            SELECT a.category, sum(b.sales) AS sales
            FROM (SELECT DISTINCT category, account_id FROM asked WHERE opened BETWEEN $start AND $end) AS a
            JOIN bought AS b ON b.account_id = a.account_id GROUP BY a.category
        )
        SELECT a.category, count(CASE WHEN opened BETWEEN $start AND $end THEN 1 END) AS n,
               count(DISTINCT CASE WHEN opened BETWEEN $start AND $end THEN account_id END) AS accounts,
               coalesce(any_value(h.sales), 0) AS sales,
               count(CASE WHEN opened BETWEEN $before_start AND $before_end THEN 1 END) AS before
        FROM asked AS a LEFT JOIN behind AS h ON h.category = a.category
        GROUP BY a.category HAVING n > 0 ORDER BY n DESC, a.category
    """
    return mart.query(
        sql,
        start=window.start,
        end=window.end,
        year=year_start,
        before_start=before.start,
        before_end=before.end,
    ).astype({"sales": float})
