"""Approved targets and working days from the mart (convention TGT)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window

ORIGINAL = "original"

DIMENSION_COLUMNS = {
    "product_line": "product_line",
    "product": "product_id",
    "service_type": "service_type",
    "region": "region_id",
    "customer_type": "customer_type",
    "tier": "tier",
    "channel": "sales_channel",
    "team": "team_id",
    "rep": "rep_id",
}
"""The column of sales_facts whose values are the members of a target dimension."""


def rows(mart: Mart, metric: str, dim: str = "total") -> pd.DataFrame:
    """Approved targets of ``metric`` for the members of ``dim``, all periods and versions.

    Columns member (text, empty for the total), period_start, period_end (datetime64), version, revision (0 for the
    original, 1 .. for its revisions in order) and value. A target without a status counts as approved, one without a
    version as the original. When a member has two targets for one period and version, the last by target_id holds.
    """
    sql = f"""
        WITH approved AS (
            SELECT target_id, coalesce(member, '') AS member, period_start, period_end, value,
                   coalesce(version, '{ORIGINAL}') AS version
            FROM targets WHERE metric = $metric AND dim = $dim AND coalesce(status, 'approved') = 'approved'),
        numbered AS (
            SELECT *, row_number() OVER (PARTITION BY member, period_start, period_end, version
                                         ORDER BY target_id DESC) AS newest,
                   CASE WHEN version = '{ORIGINAL}' THEN 0
                        ELSE coalesce(TRY_CAST(regexp_extract(version, '[0-9]+$') AS INTEGER), 1) END AS revision
            FROM approved)
        SELECT member, period_start, period_end, version, revision, value FROM numbered WHERE newest = 1
        ORDER BY member, period_start, period_end, revision, version"""
    found = mart.query(sql, metric=metric, dim=dim)
    return found.astype({"value": float, "revision": int})


def workdays(mart: Mart, window: Window) -> pd.DataFrame:
    """Working days by month: columns month (first day), workdays; every month that ``window`` touches has a row."""
    sql = """SELECT CAST(date_trunc('month', "date") AS DATE) AS month,
                    count(CASE WHEN is_workday THEN 1 END) AS workdays
             FROM calendar WHERE "date" BETWEEN $start AND $end
             GROUP BY CAST(date_trunc('month', "date") AS DATE) ORDER BY month"""
    return mart.query(sql, start=window.start, end=window.end)
