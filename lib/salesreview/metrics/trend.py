"""Trend, season and short-term fluctuation of a monthly series (requirement D-05; engine E-10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

MONTHS_FOR_SEASON = 24


@dataclass(frozen=True)
class Decomposition:
    """One entry per month. ``trend`` is None in the first and last six months; ``expected`` is trend × season there
    and None outside; ``fluctuation`` is actual / expected − 1; ``z`` its robust score. ``season`` holds the twelve
    indices by position in the year of the first month, their mean 1."""

    trend: tuple[float | None, ...]
    season: tuple[float, ...]
    expected: tuple[float | None, ...]
    fluctuation: tuple[float | None, ...]
    z: tuple[float | None, ...]

    def flagged(self, threshold: float) -> tuple[int, ...]:
        """Positions whose absolute score exceeds ``threshold``."""
        return tuple(i for i, score in enumerate(self.z) if score is not None and abs(score) > threshold)


def trailing_sum(values: Sequence[float], months: int = 12) -> tuple[float | None, ...]:
    """Sum of the last ``months`` values at each position; None before there are enough.

    >>> trailing_sum([1.0, 2.0, 3.0], 2)
    (None, 3.0, 5.0)
    """
    return tuple(sum(values[i + 1 - months : i + 1]) if i + 1 >= months else None for i in range(len(values)))


def moving_average(values: Sequence[float], months: int = 3) -> tuple[float | None, ...]:
    """Mean of the last ``months`` values at each position; None before there are enough."""
    return tuple(None if total is None else total / months for total in trailing_sum(values, months))


def centred_average(values: Sequence[float]) -> tuple[float | None, ...]:
    """2×12 moving average: half weight on the months six before and six after; None in the first and last six."""
    n = len(values)
    return tuple(
        (values[i - 6] / 2 + sum(values[i - 5 : i + 6]) + values[i + 6] / 2) / 12 if 6 <= i < n - 6 else None
        for i in range(n)
    )


def decompose(values: Sequence[float]) -> Decomposition | None:
    """Multiplicative split of consecutive whole months; None below 24 months or where the trend is not above zero.

    The seasonal index of a calendar month is the mean ratio of actual to trend, normalised so that the twelve sum to
    12. The score is ``0.6745·(x − median)/MAD`` of the fluctuations, None for all when their MAD is zero.
    """
    if len(values) < MONTHS_FOR_SEASON:
        return None
    trend = centred_average(values)
    if any(level is not None and level <= 0 for level in trend):
        return None
    season = _season(values, trend)
    if min(season) <= 0:
        return None
    expected = tuple(None if level is None else level * season[i % 12] for i, level in enumerate(trend))
    fluctuation = tuple(None if level is None else values[i] / level - 1 for i, level in enumerate(expected))
    return Decomposition(trend, season, expected, fluctuation, robust_scores(fluctuation))


def _season(values: Sequence[float], trend: Sequence[float | None]) -> tuple[float, ...]:
    ratios: list[list[float]] = [[] for _ in range(12)]
    for i, level in enumerate(trend):
        if level is not None:
            ratios[i % 12].append(values[i] / level)
    means = [sum(month) / len(month) for month in ratios]
    scale = 12 / sum(means) if sum(means) > 0 else 0.0
    return tuple(mean * scale for mean in means)


def robust_scores(values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Modified z-scores ``0.6745·(x − median)/MAD``; None where the value is None, and for all when the MAD is zero.

    >>> robust_scores([1.0, 2.0, 3.0, 4.0, 100.0])[4]
    65.4265
    """
    known = [value for value in values if value is not None]
    if not known:
        return tuple(None for _ in values)
    centre = median(known)
    spread = median(abs(value - centre) for value in known)
    if spread == 0:
        return tuple(None for _ in values)
    return tuple(None if value is None else 0.6745 * (value - centre) / spread for value in values)
