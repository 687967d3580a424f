"""Collection rate, days sales outstanding and overdue share (engine row E-19)."""

import math
from collections.abc import Sequence
from datetime import date, timedelta

from ..periods import Window, add_months


def rate(received: float, due: float) -> float | None:
    """received / due; None when nothing was due (X-ZERO)."""
    return received / due if due > 0 else None


def dso(receivables: Sequence[float], credit_sales: float, days: int) -> float | None:
    """Average of the month-end receivables / credit sales x days; None without either (registry key dso).

    >>> dso([100.0, 200.0], 900.0, 90)
    15.0
    """
    if not receivables or credit_sales <= 0:
        return None
    return math.fsum(receivables) / len(receivables) / credit_sales * days


def month_ends(window: Window) -> list[date]:
    """Last days of the months in ``window``; its own last day stands for a month that it cuts short.

    >>> [str(day) for day in month_ends(Window(date(2026, 1, 1), date(2026, 2, 10)))]
    ['2026-01-31', '2026-02-10']
    """
    found, first = [], window.start.replace(day=1)
    while first <= window.end:
        first = add_months(first, 1)
        found.append(min(first - timedelta(days=1), window.end))
    return found


BANDS = ("current", "d1_30", "d31_60", "d61_90", "d90_plus")
"""Bands of receivables by days overdue; ``current`` is not due yet."""


def band(days_overdue: float) -> str:
    """The band of a bill that is ``days_overdue`` past its due date (0 and below: not overdue).

    >>> [band(days) for days in (-3, 0, 1, 30, 31, 91)]
    ['current', 'current', 'd1_30', 'd1_30', 'd31_60', 'd90_plus']
    """
    for name, last in zip(BANDS[:4], (0, 30, 60, 90), strict=True):
        if days_overdue <= last:
            return name
    return BANDS[4]


def count_back(owed: float, billed: Sequence[tuple[float, int]]) -> float | None:
    """Days of the latest credit sales that ``owed`` stands for (count-back DSO, P-16).

    ``billed`` holds the credit sales and days of each month, latest first; whole months are used up until the rest is
    part of one. None when all of them together are less than ``owed``, or nothing is owed.

    >>> count_back(150.0, [(100.0, 30), (100.0, 31)])
    45.5
    """
    if owed <= 0:
        return None
    days, rest = 0.0, owed
    for amount, length in billed:
        if amount >= rest:
            return days + length * rest / amount
        days, rest = days + length, rest - max(amount, 0.0)
    return None


def cei(opening: float, sales: float, closing: float, closing_current: float) -> float | None:
    """Collection effectiveness: (opening + sales - closing) / (opening + sales - not yet due at closing) (P-17).

    None when nothing was collectable.

    >>> cei(100.0, 200.0, 120.0, 90.0)
    0.8571428571428571
    """
    base = opening + sales - closing_current
    return (opening + sales - closing) / base if base > 0 else None
