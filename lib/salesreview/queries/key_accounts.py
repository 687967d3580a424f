"""Key customers and what they could spend (requirement D-13)."""

import pandas as pd

from ..mart.store import Mart


def key_accounts(mart: Mart, tiers: tuple[str, ...]) -> pd.DataFrame:
    """Accounts of the given tiers or marked strategic, as known at as_of: account_id, tier, potential_spend a year."""
    marks = ", ".join(f"$tier{i}" for i in range(len(tiers))) or "NULL"
    sql = f"""SELECT account_id, tier, potential_spend FROM accounts
              WHERE tier IN ({marks}) OR is_strategic ORDER BY account_id"""
    return mart.query(sql, **{f"tier{i}": tier for i, tier in enumerate(tiers)})
