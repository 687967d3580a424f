"""What binds accounts to us beside single orders (requirement K-19)."""

from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..periods import Window


def frameworks(mart: Mart, day: date) -> set[str]:
    """Accounts with a framework contract that runs on ``day``."""
    sql = """SELECT DISTINCT account_id FROM contracts
             WHERE framework AND account_id IS NOT NULL AND coalesce(start_date, $day) <= $day
                   AND (end_date IS NULL OR end_date >= $day)"""
    return set(mart.query(sql, day=day)["account_id"])


def joint_projects(mart: Mart, window: Window) -> set[str]:
    """Accounts with a joint innovation project that ran in ``window``."""
    sql = """SELECT DISTINCT account_id FROM projects
             WHERE type IN ('联合创新', '创新') AND account_id IS NOT NULL
                   AND coalesce(start, $end) <= $end AND ("end" IS NULL OR "end" >= $start)"""
    return set(mart.query(sql, start=window.start, end=window.end)["account_id"])


def buyers_by_line(mart: Mart, window: Window) -> pd.DataFrame:
    """Accounts that bought in ``window`` by industry and product line: industry, product_line, buyers.

    The rows with product_line ``*`` count all buyers of the industry. Returns alone are no purchase.
    """
    sql = """
        SELECT industry, product_line, count(DISTINCT account_id) AS buyers FROM sales_facts
        WHERE order_date BETWEEN $start AND $end AND NOT is_return GROUP BY industry, product_line
        UNION ALL
        SELECT industry, '*', count(DISTINCT account_id) FROM sales_facts
        WHERE order_date BETWEEN $start AND $end AND NOT is_return GROUP BY industry
        ORDER BY industry, product_line
    """
    return mart.query(sql, start=window.start, end=window.end)
