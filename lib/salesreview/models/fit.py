"""From a task to a model with its evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from . import baselines, explain, importance, leaks
from .calibration import Tuned
from .candidates import Boosting, SplineLogistic
from .evidence import Unseen, losses, measures, reliability
from .result import Baseline, Evaluation, Measures, Protocol
from .splits import Folds, folds_of, kind_of
from .task import Task

LEAST_AUC = 0.55
CANDIDATES = {"logistic": SplineLogistic, "boosting": Boosting}


@dataclass(frozen=True)
class Floors:
    """The fewest rows of each outcome, and the shortest span of ``times`` in days, from which anything is learned."""

    positives: int = 30
    negatives: int = 30
    days: int = 0


@dataclass(frozen=True)
class Fallback:
    """What is said without signal: the smoothed rate of a row's member of the first rule, else the base rate."""

    base: float
    rates: Mapping[str, float] = field(default_factory=dict)

    def predict(self, index: pd.Index, segments: pd.Series | None) -> np.ndarray:
        if segments is None:
            return np.full(len(index), self.base)
        return baselines.rated(segments, dict(self.rates), self.base)


@dataclass(frozen=True)
class Fit:
    """A model and what is known about it. ``estimator`` is None unless the verdict is ``signal``; ``columns`` are the
    features it takes, ``background`` some of the rows it learned from."""

    evaluation: Evaluation
    estimator: Tuned | None
    fallback: Fallback
    columns: tuple[str, ...] = ()
    background: pd.DataFrame | None = None

    def predict(self, features: pd.DataFrame, segments: pd.Series | None = None) -> np.ndarray:
        """Probability of the event per row; without signal the smoothed rate of the row's segment (first rule)."""
        if self.estimator is None:
            return self.fallback.predict(features.index, segments)
        if not len(features):
            return np.zeros(0)
        return self.estimator.predict_proba(leaks.chosen(features, self.columns))[:, 1]

    def explain(self, features: pd.DataFrame, top: int = 3) -> pd.DataFrame:
        """The features that moved each row's probability most: ``row`` (the index), ``rank`` (from 1), ``feature``,
        ``value`` (text), ``effect`` (percentage points as ratio, signed: how far the probability lies above what it
        would be with that feature as in the mean training row); empty without signal."""
        if self.estimator is None or not len(features):
            return explain.nothing()
        with threadpool_limits(1):
            return explain.strongest(self.estimator, leaks.chosen(features, self.columns), self.background, top)


def fit(task: Task, *, seed: int = 0, folds: int = 5, floors: Floors | None = None) -> Fit:
    """Choose, calibrate and judge a classifier for ``task``.

    Rows without an outcome are left out. The verdict is ``too_few`` below the floors (then nothing is fitted),
    ``no_signal`` where the interval of the Brier skill over the base rate on unseen rows reaches zero or the ranking is
    hardly better than chance (ROC AUC below 0.55), else ``signal``.
    """
    with threadpool_limits(1):  # threads that wait for a busy core cost more than they save
        return _fit(task, seed, folds, floors or Floors())


def _fit(task: Task, seed: int, folds: int, floors: Floors) -> Fit:
    known = task.target.notna().to_numpy()
    labels = task.target[known].astype("bool").to_numpy().astype(int)
    screened = leaks.screen(task, known, labels, seed)
    members = (baselines.segments(name, rule[known], labels) for name, rule in task.rules.items())
    about = {
        "task": task.name,
        "rows": len(labels),
        "positives": int(labels.sum()),
        "base_rate": float(labels.mean()) if len(labels) else None,
        "segments": tuple(segment for found in members for segment in found),
        "leaks": screened.leaks,
        "excluded": screened.excluded,
    }
    first = next(iter(task.rules.values()), None)
    base = baselines.cautious_rate(labels)
    rates = {} if first is None else baselines.member_rates(first[known], labels, base)
    fallback = Fallback(base, rates)
    times = None if task.times is None else pd.to_datetime(task.times[known])
    few = _too_few(labels, times, floors)
    split: Folds = []
    if not few:
        split = folds_of(labels, times, screened.groups, horizon_days=task.horizon_days, folds=folds, seed=seed)
        few = () if split else ("short_span",)
    if few:
        return Fit(Evaluation(**about, verdict="too_few", reasons=few), None, fallback)
    if screened.table.empty:
        return Fit(Evaluation(**about, verdict="no_signal", reasons=("no_features",)), None, fallback)
    return _judged(task, known, labels, times, screened, split, about, fallback, seed)


def _too_few(labels: np.ndarray, times: pd.Series | None, floors: Floors) -> tuple[str, ...]:
    positives, negatives = int(labels.sum()), int(len(labels) - labels.sum())
    codes = {
        "few_rows": not len(labels),
        "few_positives": positives < max(floors.positives, 2),
        "few_negatives": negatives < max(floors.negatives, 2),
        "short_span": times is not None and (not times.notna().any() or (times.max() - times.min()).days < floors.days),
    }
    return tuple(code for code, holds in codes.items() if holds)


def _judged(task, known, labels, times, screened, split: Folds, about, fallback, seed: int) -> Fit:
    tested = np.sort(np.concatenate([test for _, test in split]))
    groups = screened.groups
    units = np.arange(len(labels)) if groups is None else groups
    base = np.full(len(labels), np.nan)
    for train, test in split:
        base[test] = baselines.base_rate(labels[train])
    unseen = Unseen(labels[tested], base[tested], units[tested])
    models = {name: _across(kind, screened.table, labels, groups, split, seed) for name, kind in CANDIDATES.items()}
    name = _chosen({name: losses(labels[tested], p[tested]) for name, (p, _) in models.items()}, units[tested])
    probabilities, fitted = models[name]
    found = measures(unseen, probabilities[tested], seed=seed)
    reasons = _doubts(found)
    evidence = {
        "protocol": _protocol(task, times, groups, split, tested, seed),
        "measures": found,
        "candidates": tuple((n, float(losses(labels[tested], p[tested]).mean())) for n, (p, _) in models.items()),
        "baselines": tuple(_baselines(task, known, labels, split, tested, unseen, seed)),
        "calibration": reliability(labels[tested], probabilities[tested]),
    }
    if reasons:
        return Fit(Evaluation(**about, **evidence, verdict="no_signal", reasons=reasons), None, fallback)
    drivers = importance.drivers(fitted, screened.table, labels, units, split, seed)
    final = Tuned(CANDIDATES[name](), random_state=seed).fit(screened.table, labels, groups=groups)
    evaluation = Evaluation(**about, **evidence, verdict="signal", reasons=(), chosen=name, drivers=drivers)
    background = explain.background(screened.table, seed)
    return Fit(evaluation, final, fallback, tuple(screened.table.columns), background)


def _doubts(found: Measures) -> tuple[str, ...]:
    """Why there is no signal: skill that may be none, or a ranking too faint to name drivers by."""
    codes = {
        "skill_holds_zero": (found.brier_skill.low or 0) <= 0,
        "skill_negligible": (found.auc.value or 0.5) < LEAST_AUC,
    }
    return tuple(code for code, holds in codes.items() if holds)


def _across(kind, table, labels, groups, split: Folds, seed: int) -> tuple[np.ndarray, list[Tuned]]:
    """Probabilities of the tested rows (NaN elsewhere), and the model of each fold."""
    probabilities, fitted = np.full(len(labels), np.nan), []
    for train, test in split:
        inner = None if groups is None else groups[train]
        model = Tuned(kind(), random_state=seed).fit(table.iloc[train], labels[train], groups=inner)
        probabilities[test] = model.predict_proba(table.iloc[test])[:, 1]
        fitted.append(model)
    return probabilities, fitted


def _chosen(found: Mapping[str, np.ndarray], units: np.ndarray) -> str:
    """Boosting only where its log loss is lower by more than one standard error (of the means by unit)."""
    gain = pd.Series(found["logistic"] - found["boosting"])
    sums = gain.groupby(units).sum() - gain.mean() * gain.groupby(units).size()
    error = np.sqrt((sums**2).sum()) / len(gain)
    return "boosting" if gain.mean() > error else "logistic"


def _protocol(task, times, groups, split, tested, seed) -> Protocol:
    kind = kind_of(times, groups)
    if times is None:
        return Protocol(kind, len(split), seed, len(tested))
    trained = np.concatenate([train for train, _ in split])
    spans = [str(day.date()) for rows in (trained, tested) for day in (times.iloc[rows].min(), times.iloc[rows].max())]
    return Protocol(kind, len(split), seed, len(tested), *spans)


def _baselines(task, known, labels, split, tested, unseen: Unseen, seed: int):
    yield Baseline("base_rate", measures(unseen, unseen.base, seed=seed, ranked=False))
    for name, rule in task.rules.items():
        members, rates = rule[known], np.full(len(labels), np.nan)
        for train, test in split:
            learned = baselines.member_rates(members.iloc[train], labels[train])
            rates[test] = baselines.rated(members.iloc[test], learned, baselines.base_rate(labels[train]))
        yield Baseline(name, measures(unseen, rates[tested], seed=seed))
    for name, given in task.opinions.items():
        yield Baseline(name, measures(unseen, baselines.opinion(given[known].iloc[tested], unseen.base), seed=seed))
