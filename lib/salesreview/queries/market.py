"""Sizes of the market and its segments."""

from ..mart.store import Mart

SEGMENT_COLUMNS = ("product_line", "industry", "region")


def segments(mart: Mart, period_code: str):
    """Every segment of the period that is cut by at most one of product line, industry and region: dimension (None for
    the whole market), member, market_amount, low, high, growth, source, confidence, competitor_shares (JSON text)."""
    return mart.query(
        """
        SELECT CASE WHEN product_line IS NOT NULL THEN 'product_line' WHEN industry IS NOT NULL THEN 'industry'
                    WHEN region IS NOT NULL THEN 'region' END AS dimension,
               coalesce(product_line, industry, region) AS member,
               market_amount, low, high, growth, source, confidence,
               CAST(competitor_shares AS VARCHAR) AS competitor_shares
        FROM market_size
        WHERE period = $code AND market_amount IS NOT NULL
              AND CAST(product_line IS NOT NULL AS INTEGER) + CAST(industry IS NOT NULL AS INTEGER)
                  + CAST(region IS NOT NULL AS INTEGER) <= 1
        ORDER BY dimension, market_amount DESC, segment
        """,
        code=period_code,
    )


def sized_periods(mart: Mart) -> tuple[str, ...]:
    """Codes of the periods that have a market size."""
    return tuple(mart.query("SELECT DISTINCT period FROM market_size ORDER BY period")["period"])
