"""Approvals replayed under other rules (requirement P-33): parallel steps, and departments that only stamp."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

PASSED, RETURNED, REFUSED = "通过", "退回", "拒绝"


@dataclass(frozen=True)
class Replay:
    """What approvals would have taken: hours of ``runs`` objects as it was, in parallel, and without ``stamped``."""

    runs: int
    serial: float
    parallel: float
    without_stamps: float
    both: float


def replay(steps: pd.DataFrame, stamps: Iterable[str] = ()) -> Replay:
    """Hours of all approvals under four rules; only objects whose steps are all decided count.

    ``steps`` has ``object_id``, ``department`` and ``hours`` (working hours of the step). As it was: the steps' sum.
    Parallel: the longest step. Without stamps: the sum of the steps of other departments. Both: the longest of these.
    Zeros without steps. A step keeps its length under every rule, so the saving is what the order of steps costs.

    >>> steps = pd.DataFrame({"object_id": ["a", "a"], "department": ["x", "y"], "hours": [3.0, 5.0]})
    >>> replay(steps, ["x"])
    Replay(runs=1, serial=8.0, parallel=5.0, without_stamps=5.0, both=5.0)
    """
    whole = steps[~steps["object_id"].isin(set(steps.loc[steps["hours"].isna(), "object_id"]))]
    kept = whole[~whole["department"].isin(list(stamps))]
    return Replay(
        int(whole["object_id"].nunique()),
        float(whole["hours"].sum()),
        float(whole.groupby("object_id")["hours"].max().sum()),
        float(kept["hours"].sum()),
        float(kept.groupby("object_id")["hours"].max().sum()),
    )


def stamping(steps: pd.DataFrame, rate: float, fewest: int) -> tuple[str, ...]:
    """Departments that pass at least ``rate`` of their decided steps without changing anything, of those with at
    least ``fewest`` steps.

    ``steps`` has ``department``, ``decision`` and ``changed``.
    """
    decided = steps[steps["decision"].notna()]
    through = (decided["decision"] == PASSED) & ~decided["changed"].astype(bool)
    found = through.groupby(decided["department"]).agg(["mean", "size"])
    return tuple(sorted(found.index[(found["mean"] >= rate) & (found["size"] >= fewest)]))
