"""The canonical tables, declared once in ``tables/*.yml`` and read here into frozen objects.

Everything that must agree about a column (typing, validation, the mart's schema, the sample company,
docs/data_model.md) reads it from this declaration.
"""

from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ..packaged import read_yaml

ColumnType = Literal[
    "id", "str", "text", "date", "datetime", "money", "decimal", "int", "bool", "fraction", "enum", "json"
]

SQL_TYPES: dict[str, str] = {
    "id": "VARCHAR",
    "str": "VARCHAR",
    "text": "VARCHAR",
    "enum": "VARCHAR",
    "json": "VARCHAR",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "money": "DECIMAL(20,4)",
    "decimal": "DECIMAL(20,6)",
    "fraction": "DECIMAL(20,6)",
    "int": "BIGINT",
    "bool": "BOOLEAN",
}


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(Frozen):
    """One column. ``unit`` is ``money`` in base currency, ``days``, ``hours``, ``min``, ``count`` …, or None.

    ``future`` marks a date that may lie after as_of (due, planned, end of validity); every other date is an event and
    becomes null when it lies after as_of. ``known_at`` names the event column from which the value is known: before
    it the value is ``before`` (null unless stated), so that a pack built for an earlier day sees only what was known.
    """

    name: str
    type: ColumnType
    required: bool = False
    values: tuple[str, ...] = ()
    fk: str | None = None
    unit: str | None = None
    future: bool = False
    known_at: str | None = None
    before: str | None = None
    min: float | None = None
    max: float | None = None
    doc: str = ""

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.type]


class Invariant(Frozen):
    """A row rule in SQL that must not be false (null counts as holding).

    ``clears`` names the optional columns that become null when it is broken; without them the row is quarantined.
    """

    name: str
    sql: str
    reason: str
    clears: tuple[str, ...] = ()


class TableSpec(Frozen):
    """One canonical table: its grain, key, columns and rules.

    ``exists_from`` names the date column from which a row exists; rows after as_of are invisible. Where it is empty,
    the first of ``exists_else`` that is filled counts; a row without any of them is always visible. ``amount`` names
    the column whose sum the quality report reconciles. ``level`` is ``required`` (no pack without it), ``core`` (part
    of the minimum set, may be missing) or ``optional``.
    """

    name: str
    section: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    level: Literal["required", "core", "optional"] = "optional"
    exists_from: str | None = None
    exists_else: tuple[str, ...] = ()
    amount: str | None = None
    invariants: tuple[Invariant, ...] = ()
    used_by: str = ""

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def is_critical(self, column: Column) -> bool:
        """Whether a row is worthless when this column cannot be read: then the row is quarantined, not the cell."""
        return column.required or column.name in (*self.key, self.exists_from, self.amount)

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


@cache
def contract() -> dict[str, TableSpec]:
    """All canonical tables by name, in the order of the files, so that a table comes after the tables it refers to."""
    tables: dict[str, TableSpec] = {}
    for source in sorted(files(__package__).joinpath("tables").iterdir(), key=lambda entry: entry.name):
        if source.name.endswith(".yml"):
            for name, body in read_yaml(source).items():
                columns = tuple(Column(name=column, **(spec or {})) for column, spec in body.pop("columns").items())
                tables[name] = TableSpec(name=name, columns=columns, **body)
    return tables
