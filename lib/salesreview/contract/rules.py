"""The rules that a row must keep on its own: type, enum, required, bounds, invariants, and one row per key."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from .model import Column, Invariant, TableSpec
from .typed import WORK, Landed, bad, literal, quoted

FAILURES = f"{WORK}.failures"


@dataclass(frozen=True)
class Check:
    """``broken`` is SQL over the work table ``t`` that is true for a row that breaks the rule.

    ``columns`` are named in the report; their raw values are its evidence. ``quarantines`` says whether the row goes,
    or (False) only the cell is blanked.
    """

    rule: str
    columns: tuple[str, ...]
    broken: str
    quarantines: bool
    expected: str | None = None


def create_failures(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        f"CREATE TABLE {FAILURES} (tbl VARCHAR, id BIGINT, col VARCHAR, value VARCHAR, rule VARCHAR, "
        "expected VARCHAR, quarantines BOOLEAN)"
    )


def check_rows(con: duckdb.DuckDBPyConnection, landed: Landed) -> None:
    """Record every failure of the table's row rules, then of its key. Works through the table once to count."""
    checks = tuple(_checks(landed))
    counts = con.execute(
        f"SELECT {', '.join(f'count(*) FILTER (WHERE {check.broken})' for check in checks)} FROM {landed.work} AS t"
    ).fetchone()
    for check, count in zip(checks, counts or (), strict=True):
        if count:
            _record(con, landed, check)
    _check_key(con, landed)


def quarantined(table: str) -> str:
    """SQL for the ids of a table's quarantined rows."""
    return f"SELECT id FROM {FAILURES} WHERE tbl = {literal(table)} AND quarantines"


def _checks(landed: Landed) -> Iterator[Check]:
    for column in landed.provided:
        yield from _column_checks(landed.spec, column)
    for rule in landed.spec.invariants:
        used = _columns_of(landed.spec, rule)
        if set(used) <= landed.names:
            yield from _invariant_checks(rule, used)


def _column_checks(spec: TableSpec, column: Column) -> Iterator[Check]:
    name, critical = f"t.{quoted(column.name)}", spec.is_critical(column)
    yield Check("type", (column.name,), f"t.{bad(column.name)}", critical, column.type)
    if column.required:
        yield Check("null", (column.name,), f"{name} IS NULL AND NOT t.{bad(column.name)}", True)
    if column.values:
        allowed = ", ".join(literal(value) for value in column.values)
        yield Check("enum", (column.name,), f"{name} NOT IN ({allowed})", critical, ", ".join(column.values))
    if column.min is not None:
        yield Check("min", (column.name,), f"{name} < {_number(column.min)}", critical, _number(column.min))
    if column.max is not None:
        yield Check("max", (column.name,), f"{name} > {_number(column.max)}", critical, _number(column.max))


def _invariant_checks(rule: Invariant, used: tuple[str, ...]) -> Iterator[Check]:
    broken = f"NOT ({rule.sql})"
    if not rule.clears:
        yield Check(f"invariant:{rule.name}", used, broken, True, rule.reason)
    for name in rule.clears:
        yield Check(f"invariant:{rule.name}", (name,), broken, False, rule.reason)


def _columns_of(spec: TableSpec, rule: Invariant) -> tuple[str, ...]:
    words = set(re.findall(r"\w+", rule.sql))
    return tuple(name for name in spec.column_names if name in words)


def _record(con: duckdb.DuckDBPyConnection, landed: Landed, check: Check) -> None:
    values = ", ".join(f"CAST(r.{quoted(name)} AS VARCHAR)" for name in check.columns)
    expected = "NULL" if check.expected is None else literal(check.expected)
    con.execute(
        f"INSERT INTO {FAILURES} SELECT {literal(landed.spec.name)}, t._id, {literal(', '.join(check.columns))}, "
        f"concat_ws(' / ', {values}), {literal(check.rule)}, {expected}, {check.quarantines} "
        f"FROM (SELECT t._id FROM {landed.work} AS t WHERE {check.broken}) AS t "
        f"JOIN {landed.raw} AS r ON r.rowid = t._id"
    )


def _check_key(con: duckdb.DuckDBPyConnection, landed: Landed) -> None:
    """All but the first row of a key are duplicates; a row without other failures comes first, then file and row."""
    spec = landed.spec
    keys = [quoted(name) for name in spec.key if name in landed.names]
    complete = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in spec.key if spec.column(name).required)
    repeated = con.execute(
        f"SELECT count(*) FROM (SELECT {', '.join(keys)} FROM {landed.work} WHERE {complete} "
        f"GROUP BY {', '.join(keys)} HAVING count(*) > 1) AS k"
    ).fetchone()
    if not repeated or not repeated[0]:
        return
    con.execute(
        f"INSERT INTO {FAILURES} SELECT {literal(spec.name)}, _id, {literal(', '.join(spec.key))}, "
        f"concat_ws(' / ', {', '.join(keys)}), 'duplicate_key', {literal(', '.join(spec.key))}, true FROM ("
        f"SELECT *, row_number() OVER (PARTITION BY {', '.join(keys)} ORDER BY failed, _file NULLS FIRST, _row, _id) "
        f"AS place FROM (SELECT t.*, t._id IN ({quarantined(spec.name)}) AS failed FROM {landed.work} AS t) AS f "
        f"WHERE {complete}) AS p WHERE place > 1"
    )


def _number(value: float) -> str:
    return f"{value:g}"
