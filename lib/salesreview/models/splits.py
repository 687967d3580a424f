"""Which rows train and which test: in order of time, else by group, else at random within each outcome."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from .columns import codes

Folds = list[tuple[np.ndarray, np.ndarray]]
CHANCE = 0.1


def kind_of(times: pd.Series | None, groups: np.ndarray | None) -> str:
    return "time" if times is not None else "group" if groups is not None else "stratified"


def folds_of(
    labels: np.ndarray, times: pd.Series | None, groups: np.ndarray | None, *, horizon_days: int, folds: int, seed: int
) -> Folds:
    """Positions of training and test rows per fold; each training part holds both outcomes.

    With ``times`` the protocol is out of time: the same customer may come before and after, as in use. Without it, no
    group is ever split. Fewer folds than asked where the data does not give more; none when not even one can be.
    """
    found = _shuffled(labels, groups, folds, seed) if times is None else _rolling(times, horizon_days, folds)
    return [(train, test) for train, test in found if len(test) and 0 < labels[train].sum() < len(train)]


def _rolling(times: pd.Series, horizon_days: int, folds: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Blocks of days with about equally many rows, each tested on what was known when it began.

    The first block begins once the outcomes of 1 / (folds + 1) of all rows are known, or, where that never comes, of
    any. Rows without a time take no part.
    """
    days = times.to_numpy(dtype="datetime64[D]")
    dated = ~np.isnat(days)
    distinct, counts = np.unique(days[dated], return_counts=True)
    known_by = distinct + np.timedelta64(max(horizon_days, 1), "D")
    known = np.concatenate([[0], np.cumsum(counts)])[np.searchsorted(known_by, distinct, side="right")]
    enough = known >= counts.sum() / (folds + 1)
    tested = np.flatnonzero(enough if enough.any() else known > 0)
    if not len(tested):
        return
    rows = counts[tested]
    block = np.minimum(((np.cumsum(rows) - rows / 2) / rows.sum() * folds).astype(int), folds - 1)
    for number in np.unique(block):
        start, end = distinct[tested[block == number][[0, -1]]]
        trains = dated & (days + np.timedelta64(max(horizon_days, 1), "D") <= start)
        yield np.flatnonzero(trains), np.flatnonzero(dated & (days >= start) & (days <= end))


def _shuffled(labels: np.ndarray, groups: np.ndarray | None, folds: int, seed: int) -> Folds:
    units = np.arange(len(labels)) if groups is None else groups
    number = min(folds, *(len(np.unique(units[labels == label])) for label in (0, 1)))
    if number < 2:
        return []
    held = dealt(labels, units, number, seed)
    return [(np.flatnonzero(held != fold), np.flatnonzero(held == fold)) for fold in range(number)]


def dealt(labels: np.ndarray, units: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """The fold of each row: whole units, shuffled, dealt to and fro in order of their events and then their rows, so
    that folds have like numbers of both."""
    _, unit = np.unique(units, return_inverse=True)
    events, rows = np.bincount(unit, weights=labels), np.bincount(unit)
    order = np.lexsort((np.random.default_rng(seed).random(len(rows)), -rows, -events))
    turn = np.arange(len(rows)) % (2 * folds)
    fold = np.empty(len(rows), dtype=int)
    fold[order] = np.where(turn < folds, turn, 2 * folds - 1 - turn)
    return fold[unit]


def repeated_rows(table: pd.DataFrame) -> np.ndarray | None:
    """A number per row, the same for rows that are equal in every column; None when no row is repeated.

    Equal rows of a coarse table (few columns with few values) are not copies of one another: they count only where
    there are ten times as many equal pairs as independent columns would give.
    """
    if not len(table) or not table.shape[1]:
        return None
    hashes = pd.util.hash_pandas_object(table.round(9), index=False).to_numpy()
    _, numbers, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    pairs = (counts * (counts - 1.0)).sum()
    if not pairs:
        return None
    chance = np.prod([_agreement(table[name]) for name in table])
    return numbers if chance * len(table) * (len(table) - 1.0) <= CHANCE * pairs else None


def _agreement(column: pd.Series) -> float:
    """The chance that two rows agree on a column."""
    shares = np.bincount(codes(column) + 1) / len(column)
    return float((shares**2).sum())


def numbers_of(groups: pd.Series) -> np.ndarray:
    """A number per group; a row without a group is one by itself."""
    found = codes(groups)
    alone = found < 0
    found[alone] = found.max(initial=-1) + 1 + np.arange(alone.sum())
    return found
