"""Leads over sellers, response bands, and durations before and after a change (requirements P-05, P-06, S1-51)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from .concentration import spread
from .medians import median_difference

BANDS = ((0, 1), (1, 8), (8, 24), (24, None))
"""Response times in working hours: within the first hour (Oldroyd, Harvard Business Review 2011), within the working
day, within three working days, later."""


@dataclass(frozen=True)
class Evenness:
    """How leads lie over sellers, each measured per working day in post. All None with fewer than two sellers or
    without leads; ``most_to_least`` is None too when somebody has none, ``gini`` below five sellers."""

    sellers: int
    mean: float | None = None
    cv: float | None = None
    most_to_least: float | None = None
    gini: float | None = None


def evenness(leads: Sequence[float], days: Sequence[float]) -> Evenness:
    """CV (sample standard deviation / mean), largest / smallest and Gini of leads per day in post (P-06).

    >>> evenness([2, 4], [1, 1]).most_to_least
    2.0
    """
    counts, spans = np.asarray(leads, float), np.asarray(days, float)
    rates = counts[spans > 0] / spans[spans > 0]
    if len(rates) < 2 or rates.sum() <= 0:
        return Evenness(len(rates))
    mean, least = float(rates.mean()), float(rates.min())
    ratio = float(rates.max()) / least if least > 0 else None
    return Evenness(len(rates), mean, float(rates.std(ddof=1)) / mean, ratio, spread(rates).gini)


def band_of(hours: pd.Series) -> pd.Series:
    """Position in `BANDS` of each response time; null stays null.

    >>> band_of(pd.Series([0.5, 1.0, 30.0])).tolist()
    [0, 0, 3]
    """
    edges = [-np.inf, *(high for _, high in BANDS[:-1]), np.inf]
    return pd.cut(hours, edges, labels=False)


@dataclass(frozen=True)
class BeforeAfter:
    """Durations before and after a change; the interval is that of the difference of medians (bootstrap, 95 %)."""

    n_before: int
    n_after: int
    mean_before: float
    mean_after: float
    median_before: float
    median_after: float
    low: float
    high: float
    p: float

    @property
    def differs(self) -> bool:
        return self.low > 0 or self.high < 0


def before_after(before: Sequence[float], after: Sequence[float], fewest: int = 5) -> BeforeAfter | None:
    """Means and medians of both groups, a percentile bootstrap of the difference of medians, Mann-Whitney's p.

    None when a group has fewer than ``fewest`` records. The seed is fixed: the same values give the same interval.
    """
    a, b = np.asarray(before, float), np.asarray(after, float)
    if min(len(a), len(b)) < fewest:
        return None
    gap = median_difference(b, a)
    p = float(stats.mannwhitneyu(a, b).pvalue)
    return BeforeAfter(
        len(a), len(b), float(a.mean()), float(b.mean()), float(np.median(a)), float(np.median(b)), gap.low, gap.high, p
    )
