"""Differences of medians with an interval (requirement P-19)."""

from collections.abc import Sequence

import numpy as np

from .comparison import SEED, Interval

DRAWS = 1000


def median_difference(
    first: Sequence[float], second: Sequence[float], draws: int = DRAWS, seed: int = SEED
) -> Interval | None:
    """Median of ``first`` less median of ``second``, with the 95 % percentile interval of the bootstrap.

    The seed is fixed, so the same values give the same interval. None with fewer than two values in a group.

    >>> found = median_difference([10, 12, 14], [1, 2, 3]); found.value, found.excludes_zero
    (10.0, True)
    """
    a, b = np.asarray(first, float), np.asarray(second, float)
    if len(a) < 2 or len(b) < 2:
        return None
    rng = np.random.default_rng(seed)
    gaps = _medians(rng, a, draws) - _medians(rng, b, draws)
    low, high = np.quantile(gaps, [0.025, 0.975])
    value = float(np.median(a) - np.median(b))
    return Interval(value, min(value, float(low)), max(value, float(high)))


def _medians(rng: np.random.Generator, values: np.ndarray, draws: int) -> np.ndarray:
    return np.array([np.median(values[rng.integers(0, len(values), len(values))]) for _ in range(draws)])
