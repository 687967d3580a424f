"""Comparing two groups: intervals of rates and means, standardised difference, permutation test, Holm adjustment.

Every function takes plain numbers or arrays, drops nothing silently, and gives None where a group is too small for the
statistic to exist. None of them says why two groups differ (evidence class EV4).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

PERMUTATIONS = 5000
SEED = 20260101


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval, in the unit of what was compared."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0


def wilson(hits: int, n: int, confidence: float = 0.95) -> Interval | None:
    """A rate with its Wilson interval (E-11); None without records.

    >>> w = wilson(8, 10); round(w.value, 2), round(w.low, 3), round(w.high, 3)
    (0.8, 0.49, 0.943)
    """
    if n <= 0:
        return None
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    rate = hits / n
    centre = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Interval(rate, max(0.0, centre - half), min(1.0, centre + half))


def rate_difference(hits_1: int, n_1: int, hits_0: int, n_0: int) -> Interval | None:
    """First rate less second, with Newcombe's hybrid-score interval; None when a group is empty."""
    one, zero = wilson(hits_1, n_1), wilson(hits_0, n_0)
    if one is None or zero is None:
        return None
    gap = one.value - zero.value
    low = gap - math.hypot(one.value - one.low, zero.high - zero.value)
    high = gap + math.hypot(one.high - one.value, zero.value - zero.low)
    return Interval(gap, low, high)


def mean_difference(n_1: int, mean_1: float, sd_1: float, n_0: int, mean_0: float, sd_0: float) -> Interval | None:
    """First mean less second, with Welch's interval from each group's n, mean and sample standard deviation.

    None when a group has fewer than two records. Two constant groups give an interval of no width.
    """
    if n_1 < 2 or n_0 < 2:
        return None
    part_1, part_0 = sd_1**2 / n_1, sd_0**2 / n_0
    gap, error = mean_1 - mean_0, math.sqrt(part_1 + part_0)
    if error == 0:
        return Interval(gap, gap, gap)
    freedom = (part_1 + part_0) ** 2 / (part_1**2 / (n_1 - 1) + part_0**2 / (n_0 - 1))
    half = float(stats.t.ppf(0.975, freedom)) * error
    return Interval(gap, gap - half, gap + half)


def hedges_g(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Standardised mean difference, corrected for small samples (Hedges 1981).

    None with fewer than two values in a group or when nobody differs from his group's mean.

    >>> round(hedges_g([4, 5, 6], [1, 2, 3]), 3)
    2.4
    """
    a, b = np.asarray(first, float), np.asarray(second, float)
    if len(a) < 2 or len(b) < 2:
        return None
    freedom = len(a) + len(b) - 2
    pooled = math.sqrt(((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / freedom)
    if pooled == 0:
        return None
    return float((a.mean() - b.mean()) / pooled * (1 - 3 / (4 * freedom - 1)))


def permutation_p(
    first: Sequence[float], second: Sequence[float], draws: int = PERMUTATIONS, seed: int = SEED
) -> float | None:
    """Two-sided p of the difference of means under random relabelling, (hits + 1) / (draws + 1).

    The seed is fixed, so the same values give the same p; never below 1 / (draws + 1). None when a group is empty.
    """
    a, b = np.asarray(first, float), np.asarray(second, float)
    if not len(a) or not len(b):
        return None
    pooled = np.concatenate([a, b])
    observed = abs(a.mean() - b.mean())
    shuffled = np.random.default_rng(seed).permuted(np.tile(pooled, (draws, 1)), axis=1)
    sums = shuffled[:, : len(a)].sum(axis=1)
    gaps = np.abs(sums / len(a) - (pooled.sum() - sums) / len(b))
    return float((np.count_nonzero(gaps >= observed - 1e-12) + 1) / (draws + 1))


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values adjusted for the number of tests (Holm 1979), in the order given, at most 1.

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p_values)), key=lambda i: (p_values[i], i))
    adjusted, running = [0.0] * len(p_values), 0.0
    for rank, i in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = running
    return adjusted
