"""What is known about a classifier after it was fitted; plain values that JSON holds, and what it says of each unit."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

Verdict = Literal["signal", "no_signal", "too_few"]


@dataclass(frozen=True)
class Estimate:
    """A measure on rows the model did not see, with its 95 % bootstrap interval; None where it cannot be known."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Protocol:
    """How the rows were split: in order of time, else by group, else stratified."""

    kind: Literal["time", "group", "stratified"]
    folds: int
    seed: int
    tested_rows: int
    train_from: str | None = None
    train_to: str | None = None
    test_from: str | None = None
    test_to: str | None = None


@dataclass(frozen=True)
class Measures:
    """Quality of probabilities on unseen rows. ``brier_skill`` is 1 - brier / brier of the base rate."""

    auc: Estimate
    pr_auc: Estimate
    brier: Estimate
    brier_skill: Estimate
    log_loss: Estimate
    ece: Estimate
    lift: Estimate


@dataclass(frozen=True)
class Baseline:
    """A simple rule on the same unseen rows: ``base_rate``, a rule of the task, or an opinion."""

    name: str
    measures: Measures


@dataclass(frozen=True)
class Bin:
    """Unseen rows of like probability: mean predicted, share observed, its 95 % Wilson interval."""

    predicted: float
    observed: float
    low: float
    high: float
    rows: int


@dataclass(frozen=True)
class Driver:
    """Loss of skill when a feature is shuffled, and whether higher values (or which category) go with the event."""

    feature: str
    importance: Estimate
    direction: Literal["up", "down", "mixed"]
    category: str | None = None


@dataclass(frozen=True)
class Leak:
    """A column that must not be used, and why; ``kept`` when a person vouched for it."""

    column: str
    reason: Literal["predicts_alone", "filled_after", "dated_after", "declared", "duplicated_rows"]
    detail: str
    kept: bool = False


@dataclass(frozen=True)
class Excluded:
    """A column left out that is no leak: constant, an identifier, empty, dropped by request."""

    column: str
    reason: Literal["constant", "identifier", "empty", "dropped", "duplicate"]


@dataclass(frozen=True)
class Segment:
    """Rows of one member of a rule and the share of events among them."""

    rule: str
    member: str
    rows: int
    events: int


@dataclass(frozen=True)
class Evaluation:
    """The whole evidence. Without signal ``chosen`` is None and ``drivers`` is empty; with too few rows there are no
    ``measures`` either. ``reasons`` are codes: few_rows, few_positives, few_negatives, short_span, skill_holds_zero,
    skill_negligible, no_features."""

    task: str
    rows: int
    positives: int
    base_rate: float | None
    verdict: Verdict
    reasons: tuple[str, ...]
    chosen: Literal["logistic", "boosting"] | None = None
    protocol: Protocol | None = None
    measures: Measures | None = None
    candidates: tuple[tuple[str, float], ...] = ()
    baselines: tuple[Baseline, ...] = ()
    calibration: tuple[Bin, ...] = ()
    drivers: tuple[Driver, ...] = ()
    segments: tuple[Segment, ...] = ()
    leaks: tuple[Leak, ...] = ()
    excluded: tuple[Excluded, ...] = ()


@dataclass(frozen=True)
class Scored:
    """One model's evidence, and what it says of each active customer or open opportunity.

    ``scores``: one row per unit with ``id``, ``probability`` (of the event within the horizon), ``basis`` ("model", or
    "base_rate" where there is no signal) and the model's own further columns. ``reasons``: per unit up to three rows
    ``id``, ``rank``, ``feature``, ``value``, ``effect`` (signed ratio); empty without signal.
    """

    evaluation: Evaluation
    scores: pd.DataFrame
    reasons: pd.DataFrame
