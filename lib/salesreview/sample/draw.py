"""Time and chance: day numbers, working-hour clock times, named random streams and low-noise sampling.

Time is a float number of days since START (day 0 = 2023-07-01); NOW is the end of the last day, so an event with
``t >= NOW`` lies in the future and is unknown. Nothing here reads the clock.
"""

import zlib
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import ndtri

START = date(2023, 7, 1)
AS_OF = date(2026, 6, 30)
NOW = float((AS_OF - START).days + 1)
MONTHS = 36
HOUR = 1 / 24
_START = np.datetime64(START, "D")


class Streams:
    """One independent random stream per name, so that a change to one table leaves the others as they were."""

    def __init__(self, seed: int):
        self.seed = seed

    def __call__(self, name: str) -> np.random.Generator:
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(zlib.crc32(name.encode()),)))


def day(when: date) -> float:
    """Days from START to ``when``."""
    return float((when - START).days)


def month_of(t: np.ndarray) -> np.ndarray:
    """Months since 2023-07 (0-based; negative before START)."""
    return dates(t).astype("datetime64[M]").astype(int) - np.datetime64("2023-07").astype(int)


def month_start(months: np.ndarray) -> np.ndarray:
    """First day of months counted from 2023-07."""
    return (np.datetime64("2023-07") + np.asarray(months, dtype=int)).astype("datetime64[D]")


def month_day(months: np.ndarray | int) -> np.ndarray:
    """Day number of the first day of months counted from 2023-07."""
    return (month_start(months) - _START).astype(float)


def half_of(t: np.ndarray) -> np.ndarray:
    """Half-years since 2023-H2 (0-based; negative before START)."""
    return np.floor_divide(month_of(t), 6)


def quarter_of(t: np.ndarray) -> np.ndarray:
    """Quarters since 2023-Q3 (0-based; negative before START)."""
    return np.floor_divide(month_of(t), 3)


def working(t: np.ndarray) -> np.ndarray:
    """``t`` moved off weekends to the Monday after, in unchanged order."""
    t = np.asarray(t, dtype=float)
    whole = np.floor(t)
    part = t - whole
    weekday = (whole.astype(int) + 5) % 7  # START is a Saturday
    late = np.where(weekday == 5, 2.0 + part * 0.004, np.where(weekday == 6, 1.0 + 0.004 + part * 0.004, 0.0))
    return np.where(weekday >= 5, whole + late, whole + np.where(weekday == 0, 0.01 + part * 0.99, part))


def dates(t: np.ndarray, *, known: bool = False) -> np.ndarray:
    """Calendar days of ``t`` (NaN gives NaT); with ``known`` what lies in the future gives NaT."""
    t = np.asarray(t, dtype=float)
    gone = np.isnan(t) | (t >= NOW if known else False)
    return np.where(gone, np.datetime64("NaT"), _START + np.where(gone, 0, np.floor(t)).astype("timedelta64[D]"))


def clock(t: np.ndarray, *, known: bool = True) -> np.ndarray:
    """Moments of ``t`` on working days between 09:00 and 18:00, in unchanged order; the future gives NaT."""
    t = np.asarray(t, dtype=float)
    gone = np.isnan(t) | (t >= NOW if known else False)
    moved = working(np.where(gone, 0.0, t))
    whole = np.floor(moved)
    seconds = (whole * 86400 + 9 * 3600 + np.floor((moved - whole) * 9 * 3600)).astype("timedelta64[s]")
    return np.where(gone, np.datetime64("NaT"), _START.astype("datetime64[s]") + seconds)


def ids(prefix: str, count: int, width: int = 5) -> np.ndarray:
    """``count`` identifiers ``prefix00001`` …"""
    return np.array([f"{prefix}{number:0{width}d}" for number in range(1, count + 1)], dtype=object)


def take(labels: np.ndarray, index: np.ndarray) -> np.ndarray:
    """``labels[index]``, None where the index is negative."""
    index = np.asarray(index)
    if not len(labels):
        return np.full(len(index), None, dtype=object)
    return np.where(index < 0, None, labels[np.clip(index, 0, len(labels) - 1)])


def pick(rng: np.random.Generator, options: list, count: int, weights: list[float] | None = None) -> np.ndarray:
    """``count`` options drawn with ``weights``."""
    probabilities = None if weights is None else np.asarray(weights, dtype=float) / np.sum(weights)
    labels = np.empty(len(options), dtype=object)
    labels[:] = options
    return labels[rng.choice(len(options), size=count, p=probabilities)]


def pick_rows(rng: np.random.Generator, weights: np.ndarray) -> np.ndarray:
    """One column index per row of a matrix of weights."""
    cumulative = np.cumsum(weights, axis=1)
    return (rng.random((len(weights), 1)) * cumulative[:, -1:] > cumulative).sum(axis=1)


def spread(rng: np.random.Generator, group: np.ndarray) -> np.ndarray:
    """Uniform numbers that fill (0, 1) evenly inside each group, so that group totals hardly vary with the seed."""
    count = len(group)
    order = np.lexsort((rng.random(count), group))
    ordered = np.asarray(group)[order]
    first = np.r_[True, ordered[1:] != ordered[:-1]] if count else np.zeros(0, bool)
    start = np.maximum.accumulate(np.where(first, np.arange(count), 0)) if count else np.zeros(0, int)
    size = np.bincount(np.cumsum(first) - 1)[np.cumsum(first) - 1] if count else np.zeros(0, int)
    out = np.empty(count)
    out[order] = (np.arange(count) - start + rng.random(count)) / size
    return out


def systematic(rng: np.random.Generator, probability: np.ndarray, *keys: np.ndarray) -> np.ndarray:
    """True with ``probability``, in systematic sampling along the order of ``keys`` (most important first).

    Each row's chance is exactly its probability, but the number of hits in any stretch of that order hardly varies.
    """
    order = np.lexsort((rng.random(len(probability)), *reversed(keys)))
    level = np.cumsum(probability[order]) + rng.random()
    hit = np.floor(level) > np.floor(level - probability[order])
    out = np.empty(len(probability), dtype=bool)
    out[order] = hit
    return out


def normal_quantile(u: np.ndarray) -> np.ndarray:
    """Standard normal quantiles of ``u``."""
    return ndtri(np.clip(u, 1e-4, 1 - 1e-4))


def logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def repeats(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Owner index and running number (0-based) for ``counts[i]`` items of owner i."""
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)


def frame(**columns: object) -> pd.DataFrame:
    """A frame whose scalar columns are repeated."""
    size = next(len(value) for value in columns.values() if isinstance(value, np.ndarray | list | pd.Series))
    full = {
        name: value if np.ndim(value) else np.full(size, value, dtype=object if isinstance(value, str) else None)
        for name, value in columns.items()
    }
    return pd.DataFrame(full)
