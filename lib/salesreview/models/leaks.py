"""Columns that must not or need not be learned from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .columns import codes, normalised
from .result import Excluded, Leak
from .splits import numbers_of, repeated_rows
from .task import Task


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
    """The columns of ``task`` that a model may take, and what was found against the others."""
    table = normalised(task.features[known])
    excluded = []
    for name in list(table):
        if name in task.known_later:
            table = table.drop(columns=name)
    groups = None if task.groups is None else numbers_of(task.groups[known])
    for name in list(table):
        distinct = len(np.unique(codes(table[name])))
        if table[name].isna().all():
            excluded.append(Excluded(name, "empty"))
        elif distinct == 1:
            excluded.append(Excluded(name, "constant"))
    table = table.drop(columns=[e.column for e in excluded])
    if groups is None and task.times is None:
        groups = repeated_rows(table)
    return Screened(table, groups, (), tuple(excluded))
