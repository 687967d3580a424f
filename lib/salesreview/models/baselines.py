"""What simple rules and people say of the same rows."""

import numpy as np
import pandas as pd

from .columns import normalised
from .result import Segment

WEIGHT = 20  # rows of the base rate that a member's own rows are weighed against


def base_rate(labels: np.ndarray) -> float:
    """The share of events; one half without rows."""
    return float(labels.mean()) if len(labels) else 0.5


def smoothed(events: np.ndarray, rows: np.ndarray, base: float, weight: float = WEIGHT) -> np.ndarray:
    """Shares of events drawn to the base rate as if ``weight`` more rows had it.

    >>> smoothed(np.array([3.0, 0.0]), np.array([10.0, 0.0]), 0.2)
    array([0.23333333, 0.2       ])
    """
    return (events + weight * base) / (rows + weight)


def cautious_rate(labels: np.ndarray) -> float:
    """The share of events with one more row of either outcome: a few rows never make certainty.

    >>> cautious_rate(np.array([1]))
    0.6666666666666666
    """
    return float((labels.sum() + 1) / (len(labels) + 2))


def member_rates(members: pd.Series, labels: np.ndarray, base: float | None = None) -> dict[str, float]:
    """The rate of each member of a rule, smoothed towards ``base`` (None: the share of events in all rows)."""
    table = pd.DataFrame({"member": texts(members).to_numpy(), "event": labels}).groupby("member").event
    rates = smoothed(table.sum(), table.size(), base_rate(labels) if base is None else base)
    return {str(member): float(rate) for member, rate in rates.items()}


def rated(members: pd.Series, rates: dict[str, float], base: float) -> np.ndarray:
    """Each row's rate; the base rate for a member that the training rows did not have, or none."""
    return texts(members).map(rates).astype("float64").fillna(base).to_numpy()


def texts(members: pd.Series) -> pd.Series:
    """Members as text, so that true, 1 and "1.0" of a column are the same before and after storage."""
    return normalised(members.to_frame("member")).member.astype("object").map(str, na_action="ignore")


def opinion(given: pd.Series, base: np.ndarray) -> np.ndarray:
    """Probabilities that people gave, as they stand; the base rate where they gave none."""
    values = pd.to_numeric(given, errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    return np.where(np.isnan(values), base, np.clip(values, 0, 1))


def segments(rule: str, members: pd.Series, labels: np.ndarray) -> tuple[Segment, ...]:
    """Rows and events of each member of a rule, the largest first."""
    table = pd.DataFrame({"member": texts(members).to_numpy(), "event": labels}).groupby("member").event
    counts = table.agg(["size", "sum"]).sort_values("size", ascending=False, kind="stable")
    return tuple(Segment(rule, str(name), int(row["size"]), int(row["sum"])) for name, row in counts.iterrows())
