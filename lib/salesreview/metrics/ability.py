"""How far people differ, what goes with it, and when newcomers arrive (requirements T-02, T-20, T-22)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy import stats

from ..periods import add_months

BANDS = (("under_1", 0, 1), ("from_1", 1, 3), ("from_3", 3, 5), ("from_5", 5, 100))
"""Tenure bands in whole years: name, from, up to."""
RAMPED = 0.80
"""Attainment of three months from which a newcomer counts as ramped (T-22)."""
TRAILING = 3


@dataclass(frozen=True)
class Differences:
    """Spread of attainment over people. ``cv`` standard deviation / mean; ``tail_ratio`` P90 / P10, None when P10 is
    not above zero; ``short`` the number of people below 80 %."""

    n: int
    cv: float | None
    p10: float | None
    median: float | None
    p90: float | None
    tail_ratio: float | None
    short: int


def differences(values: Sequence[float]) -> Differences:
    """Spread of ``values``; without two of them, or with a mean that is not above zero, there is no ``cv``.

    >>> found = differences([0.5, 1.0, 1.5]); round(found.cv, 3), found.short
    (0.5, 1)
    """
    known = np.asarray(values, dtype=float)
    if len(known) == 0:
        return Differences(0, None, None, None, None, None, 0)
    low, middle, high = (float(q) for q in np.quantile(known, (0.1, 0.5, 0.9)))
    mean = float(known.mean())
    cv = float(known.std(ddof=1)) / mean if len(known) > 1 and mean > 0 else None
    return Differences(len(known), cv, low, middle, high, high / low if low > 0 else None, int((known < RAMPED).sum()))


def tenure_band(years: float) -> str:
    """The name of the band of `BANDS` that ``years`` falls into."""
    return next(name for name, start, end in BANDS if start <= years < end)


@dataclass(frozen=True)
class Explained:
    """Share of the variance of a result that goes with one trait (R²), adjusted for the number of parameters, with the
    p-value of the F test; ``n`` people."""

    r2: float
    adjusted: float
    p: float
    n: int


def explained(result: Sequence[float], traits: pd.DataFrame) -> Explained | None:
    """R² of a least-squares fit of ``result`` on ``traits``; text columns count as categories.

    People with a missing trait are left out. None with fewer people than parameters plus two, or when the result or all
    traits are the same for everybody.
    """
    frame = traits.assign(_result=np.asarray(result, dtype=float)).dropna()
    if frame.empty:
        return None
    y = frame.pop("_result").to_numpy(float)
    x = pd.get_dummies(frame, drop_first=True, dtype=float).to_numpy(float)
    x = x[:, np.ptp(x, axis=0) > 0] if x.size else x.reshape(len(y), 0)
    whole = np.column_stack([np.ones(len(y)), x])
    rank = int(np.linalg.matrix_rank(whole))
    spare, params = len(y) - rank, rank - 1
    total = float(((y - y.mean()) ** 2).sum())
    if params < 1 or spare < 1 or total <= 0:
        return None
    left = y - whole @ np.linalg.lstsq(whole, y, rcond=None)[0]
    r2 = min(1.0, max(0.0, 1 - float((left**2).sum()) / total))
    f = (r2 / params) / ((1 - r2) / spare) if r2 < 1 else np.inf
    return Explained(r2, 1 - (1 - r2) * (len(y) - 1) / spare, float(stats.f.sf(f, params, spare)), len(y))


def ramp_time(
    hired: date, last: date, sales: Mapping[date, float], targets: Mapping[date, float | None]
) -> tuple[int, bool] | None:
    """Months from hire to the first month whose trailing three-month attainment is 80 %, and whether it was reached.

    ``sales`` and ``targets`` are by first day of the month; the month of hire is month 0, and the three months lie all
    after it or on it. Not reached by ``last`` (the last whole month looked at) gives the months so far and False.
    None when not even three months can be seen, or no target is known for any three of them.

    >>> month = lambda m: date(2026, m, 1)
    >>> ramp_time(date(2026, 1, 5), month(4), {month(3): 9, month(4): 9}, {month(m): 5 for m in range(1, 5)})
    (3, True)
    """
    start = hired.replace(day=1)
    months = [add_months(start, step) for step in range((last.year - start.year) * 12 + last.month - start.month + 1)]
    judged = False
    for place in range(TRAILING - 1, len(months)):
        window = months[place - TRAILING + 1 : place + 1]
        goals = [targets.get(month) for month in window]
        if None in goals or sum(goals) <= 0:
            continue
        judged = True
        if sum(sales.get(month, 0.0) for month in window) >= RAMPED * sum(goals):
            return place, True
    return (len(months) - 1, False) if judged else None
