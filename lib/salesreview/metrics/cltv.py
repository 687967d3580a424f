"""Customer lifetime value and what the existing base could still bring (requirements D-38, D-39, engine E-15)."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd


def lifetime_factor(retention: float, discount: float, years: int) -> float:
    """``Σ_{t<years} (r / (1 + d)) ** t``: what one unit of yearly margin is worth over the horizon (D-38).

    >>> round(lifetime_factor(0.8, 0.10, 5), 4)
    2.9206
    >>> lifetime_factor(0.0, 0.10, 5)
    1.0
    """
    step = retention / (1 + discount)
    return sum(step**t for t in range(years))


@dataclass(frozen=True)
class SegmentChurn:
    """Yearly churn of a segment and the accounts behind it; ``fallback`` when the overall rate stands in."""

    churn: float
    n: int
    fallback: bool = False


def segment_churn(base: pd.DataFrame, minimum_n: int) -> tuple[Mapping[tuple[str, str], SegmentChurn], SegmentChurn]:
    """Yearly churn by (tier, customer_type) and overall, from one row an account active a year ago.

    ``base`` has tier, customer_type and is_kept (bool). Segments below ``minimum_n`` accounts take the overall rate.
    Without any account the overall churn is 0 over n = 0, which callers must treat as unknown.
    """
    n = len(base)
    overall = SegmentChurn(float(1 - base["is_kept"].mean()) if n else 0.0, n)
    found = {}
    for segment, rows in base.groupby(["tier", "customer_type"], sort=True):
        if len(rows) >= minimum_n:
            found[segment] = SegmentChurn(float(1 - rows["is_kept"].mean()), len(rows))
        else:
            found[segment] = SegmentChurn(overall.churn, len(rows), fallback=True)
    return found, overall


def values(
    accounts: pd.DataFrame,
    churn: Mapping[tuple[str, str], SegmentChurn],
    overall: SegmentChurn,
    discount: float,
    years: int,
    coming: Mapping[str, float] | None = None,
) -> pd.Series:
    """CLTV of each account (same index), ``m · Σ S(t) / (1 + d) ** t`` over ``years`` with S(0) = 1.

    Each year 1 - churn of the account's segment stay; in the first year 1 - ``coming[account_id]``, the yearly churn
    that a model gives it, where there is one. ``accounts`` has tier, customer_type, annual_margin and, for ``coming``,
    account_id. A margin of zero or less stays what it is for one year: nobody is kept on to lose more. Money, in base
    currency.
    """

    def factor(row) -> float:
        if row.annual_margin <= 0 or years <= 1:
            return 1.0
        later = churn.get((row.tier, row.customer_type), overall).churn
        first = coming.get(row.account_id, later) if coming else later
        return 1 + (1 - first) / (1 + discount) * lifetime_factor(1 - later, discount, years - 1)

    factors = [factor(row) for row in accounts.itertuples()]
    return accounts["annual_margin"] * pd.Series(factors, index=accounts.index, dtype=float)


@dataclass(frozen=True)
class Quartiles:
    """Five numbers of a distribution, with the mean and the count."""

    low: float
    q1: float
    median: float
    q3: float
    high: float
    mean: float
    n: int


def quartiles(numbers: pd.Series) -> Quartiles | None:
    """Quartiles with whiskers at the 5th and 95th percentile; None for no values."""
    if not len(numbers):
        return None
    low, q1, median, q3, high = (float(numbers.quantile(p)) for p in (0.05, 0.25, 0.5, 0.75, 0.95))
    return Quartiles(low, q1, median, q3, high, float(numbers.mean()), len(numbers))


@dataclass(frozen=True)
class Wallet:
    """Sales against potential of the accounts whose potential is known, money a year."""

    sales: float
    potential: float
    whitespace: float
    n: int
    above: int

    @property
    def share(self) -> float | None:
        return self.sales / self.potential if self.potential > 0 else None


def wallet(accounts: pd.DataFrame) -> Wallet:
    """Add up ``sales`` and ``potential`` (a year) over accounts with a potential above zero (D-39).

    White space is the sum of what each account could still buy; an account that buys above its potential adds none
    and is counted in ``above``, since its potential is out of date.
    """
    known = accounts[accounts["potential"].fillna(0) > 0]
    room = (known["potential"] - known["sales"]).clip(lower=0)
    return Wallet(
        float(known["sales"].sum()),
        float(known["potential"].sum()),
        float(room.sum()),
        len(known),
        int((known["sales"] > known["potential"]).sum()),
    )
