"""Key customers and what they could spend, strategic accounts at a day (requirement D-13, section 6)."""

from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..record import UNCLASSIFIED


def key_accounts(mart: Mart, tiers: tuple[str, ...]) -> pd.DataFrame:
    """Accounts of the given tiers or marked strategic, as known at as_of: account_id, tier, potential_spend a year."""
    marks = ", ".join(f"$tier{i}" for i in range(len(tiers))) or "NULL"
    sql = f"""SELECT account_id, tier, potential_spend FROM accounts
              WHERE tier IN ({marks}) OR is_strategic ORDER BY account_id"""
    return mart.query(sql, **{f"tier{i}": tier for i, tier in enumerate(tiers)})


STRATEGIC_FIELDS = ("accounts.is_strategic", "account_tier_history.is_strategic")
"""Without both nobody is known to be strategic."""


def strategic_accounts(mart: Mart, day: date) -> pd.DataFrame:
    """Accounts that were strategic on ``day`` (requirements section 6), by account_id; none gives no rows.

    Columns: account_id, account, industry (`UNCLASSIFIED` where none), potential_spend a year, payment_terms_days,
    csm_rep_id, owner_rep_id. The tier history decides where an account has one, else accounts.is_strategic from
    strategic_since on.
    """
    sql = f"""
        WITH spans AS (
            SELECT account_id, is_strategic, valid_from,
                   least(coalesce(valid_to, DATE '9999-12-31'),
                         coalesce(lead(valid_from) OVER (PARTITION BY account_id ORDER BY valid_from)
                                  - INTERVAL 1 DAY, DATE '9999-12-31')) AS valid_until
            FROM account_tier_history
        ), tracked AS (SELECT DISTINCT account_id FROM account_tier_history)
        SELECT a.account_id, a.name AS account, coalesce(a.industry, '{UNCLASSIFIED}') AS industry, a.potential_spend,
               a.payment_terms_days, a.csm_rep_id, a.owner_rep_id
        FROM accounts AS a
        LEFT JOIN tracked AS k ON k.account_id = a.account_id
        LEFT JOIN spans AS h ON h.account_id = a.account_id AND $day BETWEEN h.valid_from AND h.valid_until
        WHERE CASE WHEN k.account_id IS NULL THEN a.is_strategic AND coalesce(a.strategic_since <= $day, true)
                   ELSE h.is_strategic END
        ORDER BY a.account_id
    """
    return mart.query(sql, day=day)
