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
