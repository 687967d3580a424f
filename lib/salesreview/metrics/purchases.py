"""New business, reorders, upselling and cross-selling: parts of sales that add up to them (requirement T-09)."""

import pandas as pd

KINDS = ("new", "reorder", "upsell", "cross", "unknown")


def by_kind(purchases: pd.DataFrame) -> pd.DataFrame:
    """Each row's ``sales`` split into `KINDS`; the parts of a row add up to its sales.

    ``purchases`` has one row per account, product and whoever is credited: sales, whole (sales of the account and
    product over all credited), base (their sales a year before), is_known, is_new, bought_before. Sales to accounts
    without an id are unknown, to new customers new. Of an old customer's sales, those of a product never bought
    before are cross-selling; of others, what exceeds the same window a year before is upselling, the rest reorder.
    The excess is shared in proportion to the credit. Returns beyond the sales count as reorder.

    >>> row = dict(sales=120.0, whole=120.0, base=100.0, is_known=True, is_new=False, bought_before=True)
    >>> by_kind(pd.DataFrame([row]))[["reorder", "upsell"]].iloc[0].tolist()
    [100.0, 20.0]
    """
    sales, whole = purchases["sales"].astype(float), purchases["whole"].astype(float)
    known, new = purchases["is_known"].astype(bool), purchases["is_new"].astype(bool)
    old = known & ~new
    cross = old & ~purchases["bought_before"].astype(bool)
    again = old & ~cross
    excess = (whole - purchases["base"].astype(float).clip(lower=0)).clip(lower=0)
    part = (excess / whole.where(whole > 0)).fillna(0.0)
    upsell = (sales * part).where(again, 0.0)
    return pd.DataFrame(
        {
            "new": sales.where(known & new, 0.0),
            "reorder": sales.where(again, 0.0) - upsell,
            "upsell": upsell,
            "cross": sales.where(cross, 0.0),
            "unknown": sales.where(~known, 0.0),
        },
        index=purchases.index,
    )
