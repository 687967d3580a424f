"""The leak guard: columns that know the outcome, and columns that cannot help."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api import types

from ..metrics.comparison import wilson
from .baselines import smoothed
from .calibration import sampled
from .columns import codes, is_text, normalised
from .evidence import Ranks, auc
from .result import Excluded, Leak
from .splits import numbers_of, repeated_rows
from .task import Task

ALONE = 0.9  # ROC AUC on unseen rows of one column by itself
FILLED_GAP = 0.8  # difference of the filled shares between the two outcomes
PURE_GAIN = 0.1  # filled rows (nearly) all of one outcome: the other's share is at most a tenth of its overall share
PURE_HOLDS = 0.2  # ... and they hold at least a fifth of that outcome
PURE_ROWS = 30
CELL_PURE = 0.95  # values of which at least this share is the rarer outcome
CELL_HOLDS = 0.25  # ... and which together hold at least a quarter of it
LATE_SHARE = 0.005  # rows whose date lies after the day their facts were known
UNIQUE_SHARE = 0.9  # distinct values among the filled rows, from which a text identifies rather than describes
IDENTIFIER_WORDS = {"id", "ids", "uuid", "guid", "key", "number", "no", "nr", "num", "code", "编号", "序号", "单号"}
RUN = 10  # mean step up to which numbers that only rise or fall are a count of the rows
LOOKED_AT = 20_000
BINS = 20


@dataclass(frozen=True)
class Screened:
    """What is left to learn from. ``groups`` is a number per row, None where rows stand for themselves."""

    table: pd.DataFrame
    groups: np.ndarray | None
    leaks: tuple[Leak, ...]
    excluded: tuple[Excluded, ...]


def chosen(features: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """``columns`` of ``features``, normalised."""
    named = features.set_axis([str(name) for name in features.columns], axis=1)
    return normalised(named[list(columns)])


def screen(task: Task, known: np.ndarray, labels: np.ndarray, seed: int) -> Screened:
    """The columns of ``task`` that a model may take, and what was found against the others.

    ``known`` are the rows with an outcome, ``labels`` their outcomes.
    """
    features = task.features[known].set_axis([str(name) for name in task.features.columns], axis=1)
    declared = [name for name in features if name in task.known_later]
    leaks = [Leak(name, "declared", "named as known only after the outcome") for name in declared]
    table = normalised(features.drop(columns=declared))
    groups = None if task.groups is None else numbers_of(task.groups[known])
    dates = {name for name in features if features[name].dtype.kind in "mM"}
    excluded = tuple(useless(table, groups, dates))
    table = table.drop(columns=[one.column for one in excluded])
    if groups is None and task.times is None:
        groups = repeated_rows(table)
        if groups is not None:
            leaks.append(_copies(groups))
    if 0 < labels.sum() < len(labels):
        times = None if task.times is None else task.times[known]
        leaks += _against(features, table, times, labels, groups, set(task.known_early), seed)
    dropped = [leak.column for leak in leaks if not leak.kept and leak.column in table]
    return Screened(table.drop(columns=dropped), groups, tuple(leaks), excluded)


def _copies(groups: np.ndarray) -> Leak:
    more = len(groups) - len(np.unique(groups))
    detail = f"{more} rows repeat another row in every column; equal rows were kept on one side of each split"
    return Leak("(rows)", "duplicated_rows", detail)


def useless(table: pd.DataFrame, groups: np.ndarray | None, dates: set[str]) -> Iterator[Excluded]:
    """Columns without a value, with one value only, that number the rows, or that repeat an earlier column."""
    seen: set[bytes] = set()
    for name in table:
        numbers = codes(table[name])
        filled = numbers[numbers >= 0]
        if not len(filled):
            yield Excluded(name, "empty")
        elif len(np.unique(numbers)) == 1:
            yield Excluded(name, "constant")
        elif name not in dates and _identifies(table[name], filled, groups):
            yield Excluded(name, "identifier")
        elif (told := _told(table[name])) in seen:
            yield Excluded(name, "duplicate")
        else:
            seen.add(told)


def _told(column: pd.Series) -> bytes:
    """The same for numbers that are equal, and for texts that differ in their spelling only."""
    values = pd.factorize(column)[0] if is_text(column) else column.to_numpy(dtype="float64")
    return values.tobytes()


def _identifies(column: pd.Series, filled: np.ndarray, groups: np.ndarray | None) -> bool:
    """Texts nearly all distinct; whole numbers all distinct that are called a number, or run on from row to row. A
    value that stands for one group only identifies as well."""
    units = filled if groups is None else np.unique(np.stack([groups[column.notna()], filled]), axis=1)[1]
    distinct = len(np.unique(filled))
    if len(units) < 20 or distinct < UNIQUE_SHARE * len(units):
        return False
    if is_text(column):
        return True
    values = column.dropna().to_numpy()
    if distinct < len(units) or (values != np.round(values)).any():
        return False
    words = "".join(letter if letter.isalnum() else " " for letter in str(column.name)).casefold().split()
    if IDENTIFIER_WORDS & set(words) or str(column.name).endswith(("Id", "ID", "编号", "序号", "单号")):
        return True
    steps = np.diff(values)
    return bool(((steps > 0).all() or (steps < 0).all()) and np.abs(steps).mean() <= RUN)


def _against(features, table, times, labels, groups, early: set[str], seed: int) -> Iterator[Leak]:
    """At most one leak per column, the reason that says most first."""
    rows = sampled(np.arange(len(labels)) if groups is None else groups, LOOKED_AT, seed)
    folds = _folds(rows, groups, seed)
    later = _later(features) if times is None else {}
    for name in table:
        found = (
            (later.get(name) if times is None else _late(features[name], times))
            or _filled_after(table[name], labels)
            or _alone(table[name].iloc[rows], labels[rows], folds)
        )
        if found:
            yield Leak(name, *found, kept=name in early)


def _later(features: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Where no column says when a row's facts were known: dates that mostly lie after the row's first date."""
    dates = features[[name for name in features if types.is_datetime64_any_dtype(features[name].dtype)]]
    if dates.shape[1] < 2:
        return {}
    days = dates.apply(lambda column: column.dt.tz_localize(None).dt.normalize())
    first = days.eq(days.min(axis=1), axis=0).sum().idxmax()
    found = {}
    for name in days.columns.drop(first):
        both = days[name].notna() & days[first].notna()
        late = int((days[name] > days[first])[both].sum())
        if late > both.sum() / 2:
            told = f"{late} of {both.sum()} dates lie after {first}, and nothing says that they were known by then"
            found[name] = ("dated_after", told)
    return found


def _late(column: pd.Series, times: pd.Series) -> tuple[str, str] | None:
    """Whether dates lie after the row's time; durations up to the row's time count as dates."""
    if types.is_timedelta64_dtype(column.dtype):
        before = column
    elif types.is_datetime64_any_dtype(column.dtype):
        before = times - (column.dt.tz_localize(None) if column.dt.tz is not None else column).dt.normalize()
    else:
        return None
    late, both = int((before < pd.Timedelta(0)).sum()), int(before.notna().sum())
    if late <= LATE_SHARE * both:
        return None
    return "dated_after", f"{late} of {both} dates lie after the day the row's facts were known"


def _filled_after(column: pd.Series, labels: np.ndarray) -> tuple[str, str] | None:
    """Whether being filled nearly tells the outcome."""
    filled = column.notna().to_numpy()
    if filled.all():
        return None
    shares = [filled[labels == outcome].mean() for outcome in (0, 1)]
    if abs(shares[1] - shares[0]) >= FILLED_GAP:
        return "filled_after", f"filled in {shares[1]:.1%} of the events and {shares[0]:.1%} of the other rows"
    for state, rows in (("filled", filled), ("empty", ~filled)):
        for outcome, word in ((0, "no event"), (1, "an event")):
            other = labels != outcome
            most = wilson(int((other & rows).sum()), int(rows.sum())).high if rows.any() else 1.0
            holds = rows[~other].mean() >= PURE_HOLDS
            if rows.sum() >= PURE_ROWS and most <= PURE_GAIN * other.mean() and holds:
                told = f"where it is {state} there is {word}: {(~other & rows).sum()} of {rows.sum()} rows"
                return "filled_after", told
    return None


def _alone(column: pd.Series, labels: np.ndarray, folds: np.ndarray) -> tuple[str, str] | None:
    """Whether the column ranks nearly perfectly, or has values that nearly only go with the rarer outcome."""
    bins = _binned(column)
    found = alone_auc(bins, labels, folds)
    if found >= ALONE:
        return "predicts_alone", f"ROC AUC {found:.3f} by itself on unseen rows"
    rare = labels if labels.mean() <= 0.5 else 1 - labels
    hits, rows = np.bincount(bins, weights=rare), np.bincount(bins)
    pure = (rows >= PURE_ROWS) & (hits >= CELL_PURE * rows)
    held = hits[pure].sum() / max(rare.sum(), 1)
    if held < CELL_HOLDS:
        return None
    return "predicts_alone", f"{pure.sum()} of its values hold {held:.1%} of the rarer outcome and hardly any other row"


def _folds(rows: np.ndarray, groups: np.ndarray | None, seed: int) -> np.ndarray:
    """A fold (0 to 4) for each of ``rows``, one for all rows of a group."""
    units = rows if groups is None else groups[rows]
    return np.random.default_rng(seed).integers(5, size=units.max(initial=0) + 1)[units]


def alone_auc(bins: np.ndarray, labels: np.ndarray, folds: np.ndarray) -> float:
    """ROC AUC of one column by itself: each row's score is the smoothed rate of its value in the other folds. One half
    with one outcome only."""
    size, score = bins.max(initial=0) + 1, np.zeros(len(labels))
    for fold in np.unique(folds):
        seen, held = folds != fold, folds == fold
        events = np.bincount(bins[seen], weights=labels[seen], minlength=size)
        rows = np.bincount(bins[seen], minlength=size)
        base = labels[seen].mean() if seen.any() else 0.5
        score[held] = smoothed(events, rows, base, weight=1)[bins[held]]
    ranks = Ranks.of(score)
    found = auc(ranks.sums(labels), ranks.sums(1 - labels))
    return float(found) if np.isfinite(found) else 0.5


def _binned(column: pd.Series) -> np.ndarray:
    """The value's number per row, 0 for missing; numbers of many values in twenty bins of equal size."""
    if is_text(column) or column.nunique() <= BINS:
        return codes(column) + 1
    return pd.qcut(column, BINS, labels=False, duplicates="drop").fillna(-1).to_numpy().astype(int) + 1
