"""Funnels: cohort counts, step rates, value at stake (engine row E-11)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Step:
    """One step of a cohort: how many reached it, and of these how many the next (None at the last step)."""

    key: str
    reached: int
    passed: int | None

    @property
    def rate(self) -> float | None:
        return None if self.passed is None else ratio(self.passed, self.reached)

    @property
    def loss(self) -> int | None:
        return None if self.passed is None else self.reached - self.passed


def cohort_steps(cohort: pd.DataFrame, keys: Sequence[str], base: int = 0) -> tuple[Step, ...]:
    """Monotone counts of a cohort frame (``level`` = last step reached, ``n``), from step ``base`` on (D-22).

    >>> [step.reached for step in cohort_steps(pd.DataFrame({"level": [0, 2], "n": [6, 4]}), ("lead", "deal", "won"))]
    [10, 4, 4]
    """
    reached = [int(cohort.loc[cohort["level"] >= level, "n"].sum()) for level in range(len(keys))]
    following = [*reached[1:], None]
    return tuple(Step(keys[i], reached[i], following[i]) for i in range(base, len(keys)))


def ratio(part: float, whole: float) -> float | None:
    """part / whole; None when the whole is not above zero (X-ZERO)."""
    return part / whole if whole > 0 else None


@dataclass(frozen=True)
class Conversion:
    """Progressed / (progressed + failed) at one step; ``undecided`` are at risk and in neither (X-CENS)."""

    progressed: int
    failed: int
    undecided: int
    amount_progressed: float = 0.0
    amount_failed: float = 0.0

    @property
    def decided(self) -> int:
        return self.progressed + self.failed

    @property
    def rate(self) -> float | None:
        return ratio(self.progressed, self.decided)

    @property
    def value_rate(self) -> float | None:
        return ratio(self.amount_progressed, self.amount_progressed + self.amount_failed)


def conversion(frame: pd.DataFrame, step: str) -> Conversion:
    """The rows of ``step`` pooled (columns as `queries.funnel.conversions`); zeros when there are none."""
    rows = frame[frame["step"] == step]
    counts = {name: int(rows[name].sum()) for name in ("progressed", "failed", "undecided")}
    amounts = {name: float(rows[name].sum()) for name in ("amount_progressed", "amount_failed")}
    return Conversion(**counts, **amounts)


@dataclass(frozen=True)
class Stake:
    """What a step loses against its reference rate. ``source`` is target, prior, team or None without a reference;
    ``value`` is None when there is no reference or no average won amount."""

    key: str
    reached: int
    loss: int
    rate: float | None
    reference: float | None
    source: str | None
    value: float | None


def stakes(
    steps: Sequence[Step], references: dict[str, tuple[float, str]], average_won: float | None
) -> tuple[Stake, ...]:
    """Value at stake of every step but the last: n x (reference − rate)⁺ x later rates x average won amount (D-27).

    ``references`` give a rate and its source by step key. A later rate that is not known counts as null, and so makes
    the value null.
    """
    found = []
    for i, step in enumerate(steps[:-1]):
        reference, source = references.get(step.key, (None, None))
        later = [other.rate for other in steps[i + 1 : -1]]
        known = None not in (step.rate, reference, average_won, *later)
        value = step.reached * max(0.0, reference - step.rate) * math.prod(later) * average_won if known else None
        found.append(Stake(step.key, step.reached, step.loss, step.rate, reference, source, value))
    return tuple(found)


def bottleneck(found: Sequence[Stake]) -> Stake | None:
    """The step with most value at stake, earlier steps first among equals; None when nothing is at stake."""
    worth = [stake for stake in found if stake.value]
    return max(worth, key=lambda stake: stake.value) if worth else None


def biggest_leak(found: Sequence[Stake]) -> Stake | None:
    """The step that loses most records, earlier steps first among equals; None when none loses any."""
    losing = [stake for stake in found if stake.loss > 0]
    return max(losing, key=lambda stake: stake.loss) if losing else None


def best_team_rates(cohort: pd.DataFrame, keys: Sequence[str], fewest: int, base: int = 0) -> dict[str, float]:
    """The best rate of any team at each step, of teams with at least ``fewest`` records there (column ``team_id``)."""
    best: dict[str, float] = {}
    for _, part in cohort.groupby("team_id", sort=True):
        for step in cohort_steps(part, keys, base):
            if step.rate is not None and step.reached >= fewest:
                best[step.key] = max(best.get(step.key, 0.0), step.rate)
    return best
