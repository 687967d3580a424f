"""Market size and customers' answers."""

from ..mart.store import Mart
from ..periods import Window


def market_size(mart: Mart, period_code: str):
    """Rows of the period by product line: product_line, market_amount, low, high, source, confidence; the whole market
    has a null product line. Segments cut by industry or region are left out, so that rows do not overlap."""
    return mart.query(
        """
        SELECT product_line, market_amount, low, high, source, confidence
        FROM market_size
        WHERE period = $code AND industry IS NULL AND region IS NULL
        ORDER BY market_amount DESC, segment
        """,
        code=period_code,
    )


def promoter_answers(mart: Mart, window: Window):
    """The last NPS answer of each respondent in the window: respondent, score on 0-10 (requirement M-18)."""
    return mart.query(
        """
        WITH answers AS (
            SELECT coalesce(contact_id, account_id, response_id) AS respondent,
                   score * 10 / nullif(scale_max, 0) AS score,
                   row_number() OVER (PARTITION BY coalesce(contact_id, account_id, response_id)
                                      ORDER BY "date" DESC, response_id DESC) AS recency
            FROM surveys
            WHERE type = 'NPS' AND score IS NOT NULL AND "date" BETWEEN $start AND $end
        )
        SELECT respondent, score FROM answers WHERE recency = 1 ORDER BY respondent
        """,
        start=window.start,
        end=window.end,
    )


def promoter_invitations(mart: Mart, window: Window) -> int:
    """People asked for an NPS answer in the window, answered or not."""
    frame = mart.query(
        """
        SELECT count(DISTINCT coalesce(contact_id, account_id, response_id)) AS n
        FROM surveys WHERE type = 'NPS' AND "date" BETWEEN $start AND $end
        """,
        start=window.start,
        end=window.end,
    )
    return int(frame.n.iloc[0])


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
