"""Outside indicators by month (requirement M-02)."""

from datetime import date

import pandas as pd

from ..mart.store import Mart


def indicators(mart: Mart, until: date) -> pd.DataFrame:
    """Values up to ``until``: indicator, region (null for the whole country), month (datetime64, first day), value,
    unit, source; in order of indicator, region and month."""
    return mart.query(
        """
        SELECT indicator, region, CAST(date_trunc('month', "month") AS DATE) AS month, avg(value) AS value,
               any_value(unit) AS unit, any_value(source) AS source
        FROM macro_indicators WHERE "month" <= $until
        GROUP BY indicator, region, CAST(date_trunc('month', "month") AS DATE)
        ORDER BY indicator, region, month
        """,
        until=until,
    )
