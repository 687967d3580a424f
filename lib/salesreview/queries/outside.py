"""Growth from outside sources (requirements S1-62, S1-68)."""

from datetime import date

import pandas as pd

from ..mart.store import Mart

GROWTH_WORDS = ("增速", "同比", "growth")


def monthly_growth(mart: Mart, day: date) -> pd.DataFrame:
    """Monthly growth indicators of the whole country up to ``day``: indicator, month, value, source; by both."""
    named = " OR ".join(f"contains(lower(indicator), '{word}')" for word in GROWTH_WORDS)
    return mart.query(
        f"""SELECT indicator, "month", value, source FROM macro_indicators
            WHERE region IS NULL AND "month" <= $day AND ({named}) ORDER BY indicator, "month" """,
        day=day,
    ).astype({"value": float})


def industry_growth(mart: Mart, code: str) -> pd.DataFrame:
    """Growth of each industry's market in the period: industry, growth (fraction), source; by industry."""
    return mart.query(
        """SELECT industry, growth, source FROM market_size
           WHERE period = $code AND industry IS NOT NULL AND product_line IS NULL AND region IS NULL
                 AND growth IS NOT NULL ORDER BY industry""",
        code=code,
    ).astype({"growth": float})
