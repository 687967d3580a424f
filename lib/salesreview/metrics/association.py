"""Whether two monthly series move together once trend and season are taken out (requirement M-02; evidence EV4)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from .comparison import holm

MONTHS = 24
"""Fewest months of both series."""


@dataclass(frozen=True)
class Association:
    """Correlation at ``lag`` months (the first series leads), pairs behind it, p adjusted for all lags and series."""

    name: str
    lag: int
    value: float
    n: int
    p: float


def rates_p(hits: int, n: int, base_hits: int, base_n: int) -> float:
    """Two-sided p of the difference of two rates (chi-square without correction); 1 where all or none are hits.

    >>> round(rates_p(10, 100, 20, 100), 4)
    0.0477
    """
    if min(hits + base_hits, n - hits + base_n - base_hits) == 0 or not n or not base_n:
        return 1.0
    table = [[hits, n - hits], [base_hits, base_n - base_hits]]
    return float(stats.chi2_contingency(table, correction=False).pvalue)


def steps(values: Sequence[float], months: Sequence[int] | None = None) -> np.ndarray:
    """Month-on-month steps, less the mean step of the calendar month where ``months`` (1-12) are given.

    Differences take any trend out; one value gives none.
    """
    found = np.diff(np.asarray(values, float))
    if months is None or not len(found):
        return found - found.mean() if len(found) else found
    names = np.asarray(months[1:])
    return found - np.array([found[names == month].mean() for month in names])


def lagged(
    series: dict[str, Sequence[float]], sales: Sequence[float], months: Sequence[int], lags: Sequence[int] = (0, 3, 6)
) -> tuple[Association, ...]:
    """For each series the lag with the smallest p; all in order of p. Empty below 24 months or where sales are ≤ 0.

    Steps of the series against seasonally adjusted steps of log sales ``lag`` months later; Fisher's z with eleven
    degrees of freedom less for the season; Holm over all series and lags. A constant series is left out.
    """
    if len(sales) < MONTHS or min(sales) <= 0:
        return ()
    target = steps([math.log(value) for value in sales], months)
    tried = []
    for name, values in series.items():
        moved = steps(values)
        for lag in lags:
            first, second = moved[: len(moved) - lag], target[lag:]
            n = len(first)
            if n - 11 < 8 or first.std() < 1e-9 or second.std() < 1e-9:
                continue
            value = float(np.corrcoef(first, second)[0, 1])
            bounded = max(-0.999999, min(0.999999, value))
            p = 2 * float(stats.norm.sf(abs(math.atanh(bounded)) * math.sqrt(n - 11 - 3)))
            tried.append((name, lag, value, n, p))
    adjusted = holm([row[-1] for row in tried])
    found: dict[str, Association] = {}
    for (name, lag, value, n, _), p in sorted(zip(tried, adjusted, strict=True), key=lambda pair: pair[0][-1]):
        found.setdefault(name, Association(name, lag, value, n, p))
    return tuple(found.values())
