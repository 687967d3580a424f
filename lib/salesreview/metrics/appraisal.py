"""Appraisal of people: sub-scores, groups, composite, grade, bottom lines (requirements S1-39 … S1-46, S4-28)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

GRADES = ("excellent", "good", "improve")


def sub_score(actual: float | None, target: float | None, cap: float) -> float | None:
    """``min(actual / target, cap) × 100``, not below 0; None without an actual or a target above zero.

    >>> sub_score(33.0, 30.0, 1.2), sub_score(20.0, 25.0, 1.2), sub_score(40.0, 30.0, 1.0)
    (110.00000000000001, 80.0, 100.0)
    """
    if actual is None or target is None or pd.isna(actual) or pd.isna(target) or target <= 0:
        return None
    return 100 * max(0.0, min(actual / target, cap))


def shrunk(values: pd.Series, n: pd.Series, fewest: int) -> pd.Series:
    """``values`` with the mean of those that rest on ``fewest`` records or more in the place of all others
    (requirement S1-40); all empty when none does.

    >>> shrunk(pd.Series([0.2, 0.6, 1.0]), pd.Series([9, 9, 1]), 5).tolist()
    [0.2, 0.6, 0.4]
    """
    enough = (n.fillna(0) >= fewest) & values.notna()
    return values.where(enough, values[enough].mean() if enough.any() else float("nan"))


def group_score(subs: Iterable[float | None]) -> float | None:
    """Mean of the known sub-scores of a group: what is missing passes its weight on; None when all are missing.

    >>> group_score([90.0, None, 70.0])
    80.0
    """
    known = [value for value in subs if value is not None and not pd.isna(value)]
    return sum(known) / len(known) if known else None


@dataclass(frozen=True)
class Composite:
    """``score`` over the known groups, ``covered`` their share of the weights (0-1); None when no group is known."""

    score: float | None
    covered: float


def composite(groups: Mapping[str, float | None], weights: Mapping[str, float]) -> Composite:
    """Σ weight × group score over the weights of the groups that have a score.

    >>> composite({"a": 100.0, "b": 50.0}, {"a": 60.0, "b": 40.0})
    Composite(score=80.0, covered=1.0)
    """
    known = {name: groups[name] for name in weights if groups.get(name) is not None}
    carried, total = sum(weights[name] for name in known), sum(weights.values())
    if not carried or not total:
        return Composite(None, 0.0)
    return Composite(sum(weights[name] * value for name, value in known.items()) / carried, carried / total)


def grade(score: float | None, excellent_from: float, good_from: float) -> str | None:
    """excellent, good or improve; None without a score.

    >>> grade(92, 90, 80), grade(75, 90, 80)
    ('excellent', 'improve')
    """
    if score is None:
        return None
    return "excellent" if score >= excellent_from else "good" if score >= good_from else "improve"


def withheld(breaches: int, penalty: Mapping[int, float]) -> float | None:
    """Share of the bonus to withhold: that of the largest number in ``penalty`` not above ``breaches``; None without.

    >>> withheld(3, {1: 0.1, 2: 0.2})
    0.2
    """
    fitting = [count for count in penalty if count <= breaches]
    return penalty[max(fitting)] if fitting else None


def weakest(subs: pd.DataFrame) -> pd.DataFrame:
    """For each row the column that lies furthest below the column's upper quartile: columns kpi and gap (points).

    Rows without any value have neither; a gap of zero or less means nothing lies below.
    """
    gaps = subs.quantile(0.75) - subs
    known = gaps.notna().any(axis=1)
    found = pd.DataFrame({"kpi": None, "gap": float("nan")}, index=subs.index)
    if known.any():
        found.loc[known, "kpi"] = gaps[known].idxmax(axis=1)
        found.loc[known, "gap"] = gaps[known].max(axis=1)
    return found
