"""Durations: quantiles, Kaplan-Meier, case-mix adjustment, stage levers (engine row E-12)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

QUANTILES = {"p10": 0.10, "p25": 0.25, "median": 0.50, "p75": 0.75, "p90": 0.90}


@dataclass(frozen=True)
class Spread:
    """A distribution of durations in days; every value is None without records."""

    n: int
    mean: float | None = None
    p10: float | None = None
    p25: float | None = None
    median: float | None = None
    p75: float | None = None
    p90: float | None = None


def spread(days: Sequence[float]) -> Spread:
    """Mean and quantiles of ``days`` (linear interpolation, D-28).

    >>> spread([10, 20, 30, 60]).median
    25.0
    """
    values = np.asarray(days, dtype=float)
    if len(values) == 0:
        return Spread(0)
    found = {name: float(np.quantile(values, q)) for name, q in QUANTILES.items()}
    return Spread(len(values), mean=math.fsum(values) / len(values), **found)


def spreads(records: pd.DataFrame, by: str, column: str = "days") -> dict[str, Spread]:
    """`spread` of ``column`` for each member of ``by``, largest group first, ties by name."""
    groups = {str(name): spread(part[column].to_numpy()) for name, part in records.groupby(by, sort=True)}
    return dict(sorted(groups.items(), key=lambda item: (-item[1].n, item[0])))


def kaplan_meier_median(days: Sequence[float], happened: Sequence[bool]) -> float | None:
    """Median time to the event when the others are still under way after ``days`` (right-censored), D-28.

    Where the curve runs level at one half the middle of that stretch is taken, so that without censoring it is the
    plain median. None without records or while fewer than half have got there.

    >>> kaplan_meier_median([10, 20, 30, 40], [True, True, True, False])
    25.0
    """
    values, done = np.asarray(days, dtype=float), np.asarray(happened, dtype=bool)
    if len(values) == 0 or not done.any():
        return None
    survival = stats.ecdf(stats.CensoredData.right_censored(values, ~done)).sf
    times = np.asarray(survival.quantiles)
    left = np.round(np.asarray(survival.probabilities), 12)
    below = np.flatnonzero(left <= 0.5)
    if len(below) == 0:
        return None
    at = below[0]
    later = np.flatnonzero(left < 0.5)
    level = left[at] == 0.5 and len(later) > 0
    return float((times[at] + times[later[0]]) / 2 if level else times[at])


def case_mix(
    records: pd.DataFrame, member: str, cells: Sequence[str], fewest: int, column: str = "days"
) -> pd.DataFrame:
    """How far each member's mean lies from what its mix of cases would make expect (D-31).

    The expected value of a record is the mean of all records that agree with it in ``cells``; where these are fewer
    than ``fewest``, the last cell column is dropped until there are enough (in the end the mean of all). Columns:
    ``member``, ``n``, ``mean``, ``expected``, ``difference``, ``low``, ``high``, ``p`` (95 % interval and p-value by
    Student's t over the differences, null with fewer than two records), ordered by difference, then member.
    """
    columns = ["member", "n", "mean", "expected", "difference", "low", "high", "p"]
    if records.empty:
        return pd.DataFrame(columns=columns)
    frame = records.assign(expected=_expected(records, list(cells), fewest, column))
    rows = []
    for name, part in frame.groupby(member, sort=True):
        gaps = (part[column] - part["expected"]).to_numpy(dtype=float)
        means = float(part[column].mean()), float(part["expected"].mean()), float(gaps.mean())
        rows.append((str(name), len(gaps), *means, *_interval(gaps)))
    result = pd.DataFrame(rows, columns=columns)
    return result.sort_values(["difference", "member"], ignore_index=True)


def _expected(records: pd.DataFrame, cells: list[str], fewest: int, column: str) -> pd.Series:
    expected = pd.Series(float(records[column].mean()), index=records.index)
    for depth in range(1, len(cells) + 1):
        grouped = records.groupby(cells[:depth])[column]
        enough = grouped.transform("count") >= fewest
        expected = expected.where(~enough, grouped.transform("mean"))
    return expected


def _interval(gaps: np.ndarray) -> tuple[float | None, float | None, float | None]:
    n, mean = len(gaps), float(gaps.mean())
    if n < 2:
        return None, None, None
    error = float(gaps.std(ddof=1)) / math.sqrt(n)
    half = float(stats.t.ppf(0.975, n - 1)) * error
    p = 2 * float(stats.t.sf(abs(mean) / error, n - 1)) if error > 0 else float(mean == 0)
    return mean - half, mean + half, p


def differ(*groups: Sequence[float], level: float = 0.05) -> bool:
    """Whether groups of durations differ beyond chance (Kruskal-Wallis; of two groups the rank-sum test).

    False with fewer than two groups, an empty group, or when all durations are equal.
    """
    if len(groups) < 2 or any(len(group) == 0 for group in groups) or len({*np.concatenate(groups)}) < 2:
        return False
    return bool(stats.kruskal(*groups).pvalue < level)


@dataclass(frozen=True)
class Lever:
    """One stage: its median, the median of its fastest quarter, and the time between (``potential``), all in days;
    ``mean`` splits into ``waiting`` (an approval was pending) and ``working``."""

    stage: str
    n: int
    median: float
    best: float
    potential: float
    mean: float
    waiting: float
    working: float


def levers(stays: pd.DataFrame, order: Sequence[str]) -> list[Lever]:
    """One `Lever` per stage of ``stays`` (stage, days, waiting_days), in ``order``, others behind by name (D-32).

    Potential = max(0, median − median of the fastest quarter of the stays, at least one stay).
    """
    found = {str(stage): _lever(str(stage), part) for stage, part in stays.groupby("stage", sort=True)}
    ranked = sorted(found, key=lambda stage: (order.index(stage) if stage in order else len(order), stage))
    return [found[stage] for stage in ranked]


def _lever(stage: str, part: pd.DataFrame) -> Lever:
    days = np.sort(part["days"].to_numpy(dtype=float))
    quickest = days[: max(1, math.ceil(len(days) / 4))]
    median, best = float(np.median(days)), float(np.median(quickest))
    mean, waiting = float(days.mean()), float(part["waiting_days"].astype(float).mean())
    return Lever(stage, len(days), median, best, max(0.0, median - best), mean, waiting, max(0.0, mean - waiting))
