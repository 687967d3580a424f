"""Who the customers are (requirement K-14)."""

import pandas as pd

from ..mart.store import Mart
from ..record import UNCLASSIFIED


def customers(mart: Mart) -> pd.DataFrame:
    """All accounts: account_id, industry (`UNCLASSIFIED` where none), payment_terms_days (null where none)."""
    return mart.query(
        f"""SELECT account_id, coalesce(industry, '{UNCLASSIFIED}') AS industry, payment_terms_days
            FROM accounts ORDER BY account_id"""
    )
