"""Customers' answers to surveys and to closed tickets (requirements M-18 … M-22)."""

from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED

SURVEY = "survey"
"""The touchpoint of a survey that was not asked about one ticket; tickets have their phase."""


def promoter_answers(mart: Mart, window: Window) -> pd.DataFrame:
    """The last NPS answer of each respondent in the window (M-18): respondent, account_id, score on 0-10.

    A score without a recorded scale counts as one on 0-10.
    """
    return mart.query(
        """
        WITH answers AS (
            SELECT coalesce(contact_id, account_id, response_id) AS respondent, account_id,
                   score * 10 / coalesce(nullif(scale_max, 0), 10) AS score,
                   row_number() OVER (PARTITION BY coalesce(contact_id, account_id, response_id)
                                      ORDER BY "date" DESC, response_id DESC) AS recency
            FROM surveys
            WHERE type = 'NPS' AND score IS NOT NULL AND "date" BETWEEN $start AND $end
        )
        SELECT respondent, account_id, score FROM answers WHERE recency = 1 ORDER BY respondent
        """,
        start=window.start,
        end=window.end,
    ).astype({"score": float})


def asked(mart: Mart, kind: str, window: Window) -> pd.DataFrame:
    """People asked in a survey of ``kind`` in the window: respondent, account_id, has_answered (bool).

    Answers that nobody was invited to (``invited`` false) are none of them.
    """
    found = mart.query(
        """
        SELECT coalesce(contact_id, account_id, response_id) AS respondent, min(account_id) AS account_id,
               max(CASE WHEN score IS NOT NULL THEN 1 ELSE 0 END) AS has_answered
        FROM surveys
        WHERE type = $kind AND coalesce(invited, TRUE) AND "date" BETWEEN $start AND $end
        GROUP BY 1 ORDER BY 1
        """,
        kind=kind,
        start=window.start,
        end=window.end,
    )
    return found.astype({"has_answered": bool})


def survey_answers(mart: Mart, kind: str, window: Window) -> pd.DataFrame:
    """Answers to surveys of ``kind`` with a known scale in the window, one row each by response_id: account_id, score,
    low, high (of the scale), theme, sentiment (null where not coded)."""
    found = mart.query(
        """
        SELECT account_id, score, scale_min AS low, scale_max AS high, theme, sentiment
        FROM surveys
        WHERE type = $kind AND score IS NOT NULL AND scale_max > scale_min AND "date" BETWEEN $start AND $end
        ORDER BY response_id
        """,
        kind=kind,
        start=window.start,
        end=window.end,
    )
    return found.astype({"score": float, "low": float, "high": float})


def ticket_answers(mart: Mart, window: Window) -> pd.DataFrame:
    """Scores of tickets resolved in the window (opened in it where no resolution is recorded), by ticket_id:
    account_id, touchpoint (the phase), category, score on 1-5, low 1, high 5."""
    found = mart.query(
        f"""
        SELECT account_id, coalesce(phase, '{UNCLASSIFIED}') AS touchpoint,
               coalesce(category, '{UNCLASSIFIED}') AS category, csat AS score, 1 AS low, 5 AS high
        FROM tickets
        WHERE csat IS NOT NULL AND CAST(coalesce(resolved_at, opened_at) AS DATE) BETWEEN $start AND $end
        ORDER BY ticket_id
        """,
        start=window.start,
        end=window.end,
    )
    return found.astype({"score": float, "low": float, "high": float})


def account_traits(mart: Mart, day: date) -> pd.DataFrame:
    """Every account with what describes it: account_id, account, tier and is_strategic (as of ``day`` where history is
    kept), region, industry, size_band, customer_type; `UNCLASSIFIED` where unknown; by account_id."""
    found = mart.query(
        f"""
        WITH held AS (
            SELECT account_id, tier, is_strategic,
                   row_number() OVER (PARTITION BY account_id ORDER BY valid_from DESC) AS place
            FROM account_tier_history WHERE valid_from <= $day AND (valid_to IS NULL OR valid_to >= $day)
        ), tracked AS (
            SELECT DISTINCT account_id FROM account_tier_history
        )
        SELECT a.account_id, coalesce(a.name, a.account_id) AS account,
               coalesce(CASE WHEN k.account_id IS NULL THEN a.tier ELSE h.tier END, '{UNCLASSIFIED}') AS tier,
               coalesce(CASE WHEN k.account_id IS NULL THEN a.is_strategic ELSE h.is_strategic END, FALSE)
                   AS is_strategic,
               coalesce(r.name, a.region_id, '{UNCLASSIFIED}') AS region,
               coalesce(a.industry, '{UNCLASSIFIED}') AS industry,
               coalesce(a.size_band, '{UNCLASSIFIED}') AS size_band,
               coalesce(a.customer_type, '{UNCLASSIFIED}') AS customer_type
        FROM accounts AS a
        LEFT JOIN regions AS r ON r.region_id = a.region_id
        LEFT JOIN tracked AS k ON k.account_id = a.account_id
        LEFT JOIN held AS h ON h.account_id = a.account_id AND h.place = 1
        ORDER BY a.account_id
        """,
        day=day,
    )
    return found.astype({"is_strategic": bool})
