"""Names of deals as the audience may see them."""

import pandas as pd

from ..mart.store import Mart
from ..record import UNCLASSIFIED


def labels(mart: Mart) -> pd.DataFrame:
    """Every opportunity: ``opp_id``, ``account`` (label), ``region`` (name), ``project_id`` (may be missing)."""
    return mart.query(f"""
        SELECT o.opp_id, coalesce(a.name, o.account_id, '{UNCLASSIFIED}') AS account, o.project_id,
               coalesce(r.name, o.region_id, a.region_id, '{UNCLASSIFIED}') AS region
        FROM opportunities o LEFT JOIN accounts a ON a.account_id = o.account_id
        LEFT JOIN regions r ON r.region_id = coalesce(o.region_id, a.region_id)
        ORDER BY o.opp_id
    """)
