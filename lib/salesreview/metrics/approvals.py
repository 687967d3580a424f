"""Approvals replayed under other rules (requirement P-33), and what slow ones go with."""

from collections.abc import Iterable

import pandas as pd

PASSED = "通过"
RULES = ("serial", "parallel", "without_stamps", "both")


def replay(steps: pd.DataFrame, stamps: Iterable[str] = ()) -> pd.DataFrame:
    """Working hours of each approval under four rules; only objects whose steps are all decided count.

    ``steps`` has ``object_id``, ``department`` and ``hours`` of the step (null while open). Columns: ``object_id``,
    ``serial`` (as it was: the steps' sum), ``parallel`` (the longest step), ``without_stamps`` (the sum without the
    steps of the departments in ``stamps``), ``both`` (the longest of these; 0 where none is left). A step keeps its
    length under every rule, so what is saved is what the order of the steps costs. Empty without steps.

    >>> steps = pd.DataFrame({"object_id": ["a", "a"], "department": ["x", "y"], "hours": [3.0, 5.0]})
    >>> replay(steps, ["x"]).iloc[0].tolist()
    ['a', 8.0, 5.0, 5.0, 5.0]
    """
    whole = steps[~steps["object_id"].isin(set(steps.loc[steps["hours"].isna(), "object_id"]))]
    kept = whole[~whole["department"].isin(list(stamps))]
    every, rest = whole.groupby("object_id")["hours"], kept.groupby("object_id")["hours"]
    columns = {"serial": every.sum(), "parallel": every.max(), "without_stamps": rest.sum(), "both": rest.max()}
    found = pd.DataFrame(columns)
    return found.fillna(0.0).rename_axis("object_id").reset_index()


def stamping(steps: pd.DataFrame, rate: float, fewest: int) -> tuple[str, ...]:
    """Departments that pass at least ``rate`` of their decided steps without changing anything, of those with at
    least ``fewest`` decided steps. ``steps`` has ``department``, ``decision`` and ``changed``."""
    decided = steps[steps["decision"].notna()]
    through = (decided["decision"] == PASSED) & ~decided["changed"].astype(bool)
    found = through.groupby(decided["department"]).agg(["mean", "size"])
    return tuple(sorted(found.index[(found["mean"] >= rate) & (found["size"] >= fewest)]))


def above_fast(lost_slow: float, rate_slow: float, rate_fast: float) -> float:
    """The part of the slow deals' lost amount that lies above the loss rate of the fast ones; 0 when they lose less.

    Win rates are 0-1. An association, not an effect: slow deals may be harder in other ways.

    >>> above_fast(100.0, 0.2, 0.6)
    50.0
    """
    loss, usual = 1 - rate_slow, 1 - rate_fast
    return lost_slow * max(0.0, loss - usual) / loss if loss > 0 else 0.0
