"""Targets of any window, and how far they were met (requirements D-01, D-02; conventions TGT, X-PART; engine E-06)."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ..periods import Window, add_months
from .growth import ratio

EQUAL_SEASON: Mapping[int, float] = dict.fromkeys(range(1, 13), 1 / 12)
"""Weights of the calendar months where there is no history."""


@dataclass(frozen=True)
class TargetRow:
    """A target value over a closed range of days."""

    window: Window
    value: float


@dataclass(frozen=True)
class Resolved:
    """The target of a window. ``derived`` says that some of it is a larger target spread over its months (推算)."""

    value: float
    derived: bool


def attainment(actual: float | None, target: float | None, direction: str = "higher") -> float | None:
    """``actual / target``; with direction ``lower`` (lower is better) ``2 − actual/target``, not below 0.

    None without a target, without an actual, or for a target of zero.

    >>> attainment(90.0, 100.0), attainment(90.0, 100.0, "lower")
    (0.9, 1.1)
    """
    share = ratio(actual, target)
    if share is None or direction == "higher":
        return share
    return max(0.0, 2 - share)


def season(monthly: Mapping[date, float], before: date, years: int = 3) -> dict[int, float]:
    """Mean share of each calendar month in the sales of the last ``years`` twelvemonths that end before ``before``.

    ``monthly`` holds sales by first day of the month from the first covered month on; twelvemonths that it does not
    cover or that sold nothing are left out. Equal shares when none is left. The shares add up to 1.
    """
    found = []
    for back in range(1, years + 1):
        start = add_months(before.replace(day=1), -12 * back)
        months = [add_months(start, step) for step in range(12)]
        amounts = [monthly.get(month) for month in months]
        if None not in amounts and sum(amounts) > 0:
            found.append({month.month: amount / sum(amounts) for month, amount in zip(months, amounts, strict=True)})
    if not found:
        return dict(EQUAL_SEASON)
    return {month: sum(year[month] for year in found) / len(found) for month in range(1, 13)}


def target_of(
    rows: Sequence[TargetRow],
    window: Window,
    weights: Mapping[int, float] = EQUAL_SEASON,
    elapsed: Mapping[date, float] | None = None,
) -> Resolved | None:
    """The target of ``window`` from targets over any ranges; None when they do not reach over it.

    Taken in this order: the target of exactly this window; targets that tile it without a gap (the longest first);
    else month by month, each month from its own target or from the smallest target around it, spread by ``weights``
    (shares of the calendar months), a month that the window only touches times ``elapsed`` (share of its working days
    inside the window, by first day of the month; calendar days where it is not given).

    >>> year = TargetRow(Window(date(2026, 1, 1), date(2026, 12, 31)), 1200.0)
    >>> target_of([year], Window(date(2026, 1, 1), date(2026, 3, 31))).value
    300.0
    """
    exact = _tiled([row for row in rows if row.window == window], window)
    tiled = exact if exact is not None else _tiled(rows, window)
    if tiled is not None:
        return Resolved(tiled, False)
    total, derived = 0.0, False
    for month in _months(window):
        part = _month(rows, month, weights)
        if part is None:
            return None
        share = _share(month, window, elapsed or {})
        total, derived = total + part.value * share, derived or part.derived
    return Resolved(total, derived)


def _tiled(rows: Sequence[TargetRow], window: Window) -> float | None:
    total, day = 0.0, window.start
    while day <= window.end:
        fitting = [row for row in rows if row.window.start == day and row.window.end <= window.end]
        if not fitting:
            return None
        longest = max(fitting, key=lambda row: row.window.end)
        total, day = total + longest.value, longest.window.end + timedelta(days=1)
    return total


def _months(window: Window) -> list[Window]:
    found, start = [], window.start.replace(day=1)
    while start <= window.end:
        found.append(Window(start, start.replace(day=calendar.monthrange(start.year, start.month)[1])))
        start = add_months(start, 1)
    return found


def _month(rows: Sequence[TargetRow], month: Window, weights: Mapping[int, float]) -> Resolved | None:
    around = [row for row in rows if row.window.start <= month.start and row.window.end >= month.end]
    if not around:
        return None
    smallest = min(around, key=lambda row: (row.window.days, row.window.start))
    if smallest.window == month:
        return Resolved(smallest.value, False)
    weight = sum(weights[part.start.month] * _share(part, smallest.window, {}) for part in _months(smallest.window))
    return Resolved(smallest.value * weights[month.start.month] / weight, True) if weight > 0 else None


def _share(month: Window, window: Window, elapsed: Mapping[date, float]) -> float:
    inside = Window(max(month.start, window.start), min(month.end, window.end))
    if inside == month:
        return 1.0
    return elapsed.get(month.start, inside.days / month.days)
