"""Full-time equivalents, sales and profit per head, and traits of high performers (D-45 … D-47, E-17)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ..periods import Window, add_months
from . import comparison


def active_days(window: Window, hired: date | None, left: date | None) -> int:
    """Days of ``window`` on which a person was employed; an unknown date does not limit.

    >>> active_days(Window(date(2026, 1, 1), date(2026, 6, 30)), date(2026, 6, 1), None)
    30
    """
    start = max(window.start, hired) if hired else window.start
    end = min(window.end, left) if left else window.end
    return max(0, (end - start).days + 1)


def is_ramping(window: Window, hired: date | None, ramp_months: int) -> bool:
    """Whether a person had served less than ``ramp_months`` on the window's last day; unknown hire dates have not."""
    return hired is not None and add_months(hired, ramp_months) > window.end


def staff(reps: pd.DataFrame, window: Window, ramp_months: int) -> pd.DataFrame:
    """``reps`` (rep_id, hire_date, leave_date, …) with active_days, fte and is_ramping; those never active left out."""
    hired, left = _days(reps["hire_date"]), _days(reps["leave_date"])
    days = [active_days(window, h, gone) for h, gone in zip(hired, left, strict=True)]
    ramping = [is_ramping(window, h, ramp_months) for h in hired]
    frame = reps.assign(active_days=days, is_ramping=ramping)
    frame["fte"] = frame["active_days"] / window.days
    return frame[frame["active_days"] > 0].reset_index(drop=True)


def _days(column: pd.Series) -> list[date | None]:
    return [None if pd.isna(value) else value.date() for value in pd.to_datetime(column)]


def annualised(sales: float, days: int) -> float | None:
    """Sales of one person as a yearly amount on his own active days (D-45); None without active days."""
    return sales * 365 / days if days > 0 else None


def per_head(amount: float | None, fte: float) -> float | None:
    """``amount / fte``; None for an unknown amount or without staff."""
    return amount / fte if amount is not None and fte > 0 else None


def top_quartile(scores: pd.Series) -> pd.Series:
    """Whether each person is among the best quarter, rounded to whole persons, at least one; ties by index order.

    >>> top_quartile(pd.Series({"a": 1.0, "b": 4.0, "c": 3.0, "d": 2.0})).to_dict()
    {'a': False, 'b': True, 'c': False, 'd': False}
    """
    count = max(1, round(len(scores) / 4)) if len(scores) else 0
    best = scores.sort_index().sort_values(ascending=False, kind="stable").index[:count]
    return pd.Series(scores.index.isin(best), index=scores.index)


@dataclass(frozen=True)
class Trait:
    """One trait of the best quarter against the rest; ``p`` is Holm-adjusted, ``g`` is Hedges'."""

    name: str
    top: float
    rest: float
    n_top: int
    n_rest: int
    g: float | None
    p: float | None

    @property
    def is_associated(self) -> bool:
        return self.p is not None and self.p < 0.05


def traits(values: Mapping[str, pd.Series], is_top: pd.Series, minimum_n: int) -> list[Trait]:
    """Compare each trait between the best quarter and the rest (D-47), largest difference first.

    ``values`` holds a series by rep_id each; people without a value are left out of that trait. A trait with fewer
    than ``minimum_n`` in a group is left out altogether, for nothing could be said of it. Associations, never causes.
    """
    samples = {}
    for name, series in values.items():
        known = series.dropna()
        best = is_top.reindex(known.index).fillna(False).astype(bool)
        if best.sum() >= minimum_n and (~best).sum() >= minimum_n:
            samples[name] = (known[best].tolist(), known[~best].tolist())
    tested = [_trait(name, top, rest) for name, (top, rest) in samples.items()]
    adjusted = iter(comparison.holm([trait.p for trait in tested if trait.p is not None]))
    final = [Trait(**{**vars(t), "p": next(adjusted) if t.p is not None else None}) for t in tested]
    return sorted(final, key=lambda t: (-abs(t.g or 0.0), t.name))


def _trait(name: str, top: Sequence[float], rest: Sequence[float]) -> Trait:
    g = comparison.hedges_g(top, rest)
    p = comparison.permutation_p(top, rest) if g is not None else None
    return Trait(name, sum(top) / len(top), sum(rest) / len(rest), len(top), len(rest), g, p)
