"""Measures of probabilities on unseen rows, with bootstrap intervals that resample whole groups."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..metrics.comparison import wilson
from .result import Bin, Estimate, Measures

EDGE = 1e-6
BINS = 10
NAMES = ("auc", "pr_auc", "brier", "brier_skill", "log_loss", "ece", "lift")


@dataclass(frozen=True)
class Unseen:
    """Outcomes of unseen rows (0 or 1), the base rate of each row's training part, and the row's unit."""

    labels: np.ndarray
    base: np.ndarray
    units: np.ndarray


def measures(unseen: Unseen, probabilities: np.ndarray, *, seed: int, ranked: bool = True) -> Measures:
    """All measures of ``probabilities`` with 95 % intervals; a rule that does not rank (the base rate) has no AUC."""
    ranks = Ranks.of(probabilities if ranked else np.zeros(len(probabilities)))
    bins = Ranks.of(probabilities)
    whole = _at_once(unseen, probabilities, ranks, bins, np.ones(len(unseen.labels)))
    draws = np.array([_at_once(unseen, probabilities, ranks, bins, one) for one in resamples(unseen.units, seed)])
    calibration = draws[:, NAMES.index("ece")]
    calibration += whole[NAMES.index("ece")] - calibration.mean()  # a resample is always worse calibrated than its rows
    draws[:, np.isnan(whole)] = 0.0  # such a measure is not known, and has no interval
    low, high = np.where(np.isnan(whole), np.nan, np.nanquantile(draws, (0.025, 0.975), axis=0))
    low[NAMES.index("ece")] = max(low[NAMES.index("ece")], 0.0)
    estimates = [Estimate(*(_plain(value) for value in triple)) for triple in zip(whole, low, high, strict=True)]
    return Measures(**dict(zip(NAMES, estimates, strict=True)))


def resamples(units: np.ndarray, seed: int) -> Iterator[np.ndarray]:
    """Row weights of bootstrap samples of whole units: 400 of them, 200 for more than 20,000 rows."""
    _, numbers = np.unique(units, return_inverse=True)
    size = numbers.max(initial=-1) + 1
    chance = np.random.default_rng(seed)
    for _ in range(400 if len(units) <= 20_000 else 200):
        yield np.bincount(chance.integers(size, size=size), minlength=size)[numbers].astype("float64")


@dataclass(frozen=True)
class Ranks:
    """Each row's place among the ``size`` distinct scores, the lowest being 0."""

    place: np.ndarray
    size: int

    @classmethod
    def of(cls, score: np.ndarray) -> "Ranks":
        distinct, place = np.unique(score, return_inverse=True)
        return cls(place, len(distinct))

    def sums(self, weights: np.ndarray) -> np.ndarray:
        """The weight at each distinct score, from the highest down."""
        return np.bincount(self.place, weights=weights, minlength=self.size)[::-1]


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _at_once(
    unseen: Unseen, probabilities: np.ndarray, ranks: Ranks, bins: Ranks, weights: np.ndarray
) -> tuple[float, ...]:
    y, p = unseen.labels, probabilities
    brier = np.average((p - y) ** 2, weights=weights)
    base = np.average((unseen.base - y) ** 2, weights=weights)
    events, rest = ranks.sums(weights * y), ranks.sums(weights * (1 - y))
    return (
        auc(events, rest),
        average_precision(events, rest),
        brier,
        1 - brier / base if base else np.nan,
        np.average(losses(y, p), weights=weights),
        ece(y, p, weights, bins),
        lift(events, rest),
    )


def losses(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Log loss of each row; probabilities are kept a millionth away from 0 and 1."""
    p = np.clip(probabilities, EDGE, 1 - EDGE)
    return -np.where(labels == 1, np.log(p), np.log1p(-p))


def auc(events: np.ndarray, rest: np.ndarray) -> float:
    """Chance that an event outranks another row, ties counting half; NaN with one outcome only.

    ``events`` and ``rest`` are the weights of either outcome at each distinct score, from the highest down.

    >>> float(auc(np.array([1, 1, 0]), np.array([0, 1, 1])))
    0.875
    """
    total = events.sum() * rest.sum()
    return (events * (rest.sum() - np.cumsum(rest) + rest / 2)).sum() / total if total else np.nan


def average_precision(events: np.ndarray, rest: np.ndarray) -> float:
    """Mean precision over the events, as scikit-learn's average precision; NaN without events."""
    seen = np.cumsum(events + rest)
    precision = np.divide(np.cumsum(events), seen, out=np.zeros(len(seen)), where=seen > 0)
    return (events * precision).sum() / events.sum() if events.sum() else np.nan


def lift(events: np.ndarray, rest: np.ndarray) -> float:
    """Share of events in the tenth of rows with the highest scores over the share in all; rows of equal score at the
    edge of the tenth count in proportion. NaN without events.

    >>> float(lift(np.array([1, 1, 0]), np.array([0, 4, 4])))
    5.0
    """
    mass = events + rest
    tenth = mass.sum() / 10
    taken = np.clip(tenth - (np.cumsum(mass) - mass), 0, mass)
    caught = np.divide(events * taken, mass, out=np.zeros(len(mass)), where=mass > 0).sum()
    return caught / tenth / (events.sum() / mass.sum()) if events.sum() else np.nan


def bin_of(ranks: Ranks, weights: np.ndarray) -> np.ndarray:
    """The bin (0 to 9) of each row: ten bins of equal weight in order of probability; equal ones stay together."""
    mass = np.bincount(ranks.place, weights=weights, minlength=ranks.size)
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    return np.minimum((middle * BINS).astype(int), BINS - 1)[ranks.place]


def ece(labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray, ranks: Ranks) -> float:
    """Expected calibration error: distance of mean predicted and observed share in each bin, weighted by its rows."""
    gap = np.bincount(bin_of(ranks, weights), weights=weights * (probabilities - labels), minlength=BINS)
    return np.abs(gap).sum() / weights.sum()


def reliability(labels: np.ndarray, probabilities: np.ndarray) -> tuple[Bin, ...]:
    """The bins of the calibration picture, in order; bins without rows are left out."""
    bins = bin_of(Ranks.of(probabilities), np.ones(len(labels)))
    return tuple(_bin(probabilities[bins == number], labels[bins == number]) for number in np.unique(bins))


def _bin(probabilities: np.ndarray, labels: np.ndarray) -> Bin:
    share = wilson(int(labels.sum()), len(labels))
    return Bin(float(probabilities.mean()), float(labels.mean()), share.low, share.high, len(labels))
