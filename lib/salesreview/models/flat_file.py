"""A task from an analyst's own flat file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import OptionError, nearest
from ..sources.flat import read_flat
from .columns import written
from .result import Excluded
from .task import Task

SHOWN = 8


@dataclass(frozen=True)
class Request:
    """What of a file is learned: which value of ``target`` is the event, and what is known of the other columns."""

    task: str
    table: Path
    target: str
    positive: str
    id: str | None = None
    group: str | None = None
    time: str | None = None
    known_later: tuple[str, ...] = ()
    known_early: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    horizon_days: int = 0


@dataclass(frozen=True)
class Read:
    """The task, the columns left out before any look at them, and notes on what had to be assumed."""

    task: Task
    excluded: tuple[Excluded, ...]
    notes: tuple[str, ...]


def read(request: Request) -> Read:
    """The task that ``request`` describes.

    With ``time``, other columns of dates become the days from the date to that time, negative when they lie after it.
    Raises OptionError for a column or a value that is not there, SourceError for a file that cannot be read.
    """
    table, notes = read_flat(request.table)
    named = {
        "--target": (request.target,),
        "--id": (request.id,),
        "--group": (request.group,),
        "--time": (request.time,),
        "--known-later": request.known_later,
        "--known-early": request.known_early,
        "--drop": request.drop,
    }
    for option, names in named.items():
        _require(option, (name for name in names if name is not None), table)
    target = _target(table[request.target], request.positive)
    lost = int(target.isna().sum())
    if lost:
        notes = (*notes, f"{lost} rows without a value of {request.target} were left out")
    table, target = table[target.notna()], target.dropna().astype("bool")
    if target.all():
        raise OptionError("every row is the event", where="--positive", got=request.positive, expected="two outcomes")
    used = {request.target, request.id, request.group, request.time, *request.drop}
    features = table.drop(columns=[name for name in table if name in used])
    times = None if request.time is None else _times(table[request.time])
    if times is not None:
        features = features.apply(lambda column: times - column if _is_day(column) else column)
    excluded = [Excluded(name, "dropped") for name in request.drop]
    excluded += [Excluded(request.id, "identifier")] if request.id else []
    task = Task(
        request.task,
        features,
        target,
        groups=None if request.group is None else table[request.group],
        times=times,
        known_later=request.known_later,
        known_early=request.known_early,
        horizon_days=request.horizon_days,
    )
    return Read(task, tuple(excluded), notes)


def _require(option: str, names: Iterable[str], table: pd.DataFrame) -> None:
    for name in names:
        if name not in table:
            close = nearest(name, table.columns)
            advice = f"did you mean {close}?" if close else None
            listed = ", ".join(table.columns[:SHOWN]) + (", …" if table.shape[1] > SHOWN else "")
            raise OptionError("no such column", where=option, expected=listed, got=name, advice=advice)


def _target(column: pd.Series, positive: str) -> pd.Series:
    """Whether each row has the positive value (as written, else letter case aside); missing where it is blank."""
    texts = column.map(written, na_action="ignore").astype("object")
    present = texts.dropna()
    wanted = _same(present, positive)
    if wanted is None:
        counts: Mapping[str, int] = present.value_counts().head(SHOWN).to_dict()
        values = ", ".join(f"{value} ({rows})" for value, rows in counts.items()) or "no value at all"
        raise OptionError("value does not occur", where="--positive", expected=f"one of {values}", got=positive)
    return (texts == wanted).astype("object").where(texts.notna(), np.nan)


def _same(values: pd.Series, positive: str) -> str | None:
    distinct = values.unique()
    for same in (lambda value: value == positive, lambda value: value.casefold() == positive.casefold()):
        found = [value for value in distinct if same(value)]
        if found:
            return found[0]
    return None


def _times(column: pd.Series) -> pd.Series:
    if not _is_day(column):
        example = column.dropna().astype("str").head(1).tolist()
        raise OptionError(
            "not a column of dates", where="--time", expected="2026-01-31, …", got=", ".join(example) or "blank"
        )
    return column


def _is_day(column: pd.Series) -> bool:
    return pd.api.types.is_datetime64_any_dtype(column.dtype)
