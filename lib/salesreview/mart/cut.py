"""The world as it was known on as_of: later rows, events and outcomes are invisible.

A rebuilt pack for an earlier day shows what a pack of that day would have shown, as far as the dates tell it, and a
model trained on it cannot see the future.
"""

from collections.abc import Mapping
from datetime import date
from graphlib import TopologicalSorter

import duckdb

from ..contract.model import Column, TableSpec
from ..contract.typed import literal, quoted

TYPED, SEEN = "typed", "seen"


def cut(con: duckdb.DuckDBPyConnection, tables: Mapping[str, TableSpec], as_of: date) -> frozenset[str]:
    """Create a view ``seen.<table>`` per table in ``typed`` with the columns of the contract; gives their names.

    - A row goes when it exists from a day after ``as_of``, or cannot be without a row that goes.
    - A reference to a row that goes becomes null.
    - An event date after ``as_of`` becomes null; planned dates (``future``) stay.
    - A column known from an event after ``as_of`` has its earlier value (``before``).
    """
    found = con.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = ?", [TYPED]).fetchall()
    provided = frozenset(name for (name,) in found) & frozenset(tables)
    con.execute(f"CREATE SCHEMA {SEEN}")
    needs = {name: _required_parents(tables[name], provided) for name in sorted(provided)}
    for name in TopologicalSorter(needs).static_order():
        con.execute(f"CREATE VIEW {_rows(name)} AS {_visible_rows(tables, name, provided, as_of)}")
    shortened = frozenset(
        name for name in provided if _count(con, _rows(name)) < _count(con, f"{TYPED}.{quoted(name)}")
    )
    for name in provided:
        columns = ", ".join(_cell(tables, column, shortened, as_of) for column in tables[name].columns)
        con.execute(f"CREATE VIEW {SEEN}.{quoted(name)} AS SELECT {columns} FROM {_rows(name)} AS t")
    return provided


def _visible_rows(tables: Mapping[str, TableSpec], name: str, provided: frozenset[str], as_of: date) -> str:
    spec, conditions = tables[name], ["true"]
    if spec.exists_from:
        since = ", ".join(f"CAST(t.{quoted(column)} AS DATE)" for column in (spec.exists_from, *spec.exists_else))
        conditions.append(f"coalesce({since}, {_day(as_of)}) <= {_day(as_of)}")
    for column in spec.columns:
        if column.fk in provided and column.required:
            key = quoted(tables[column.fk].key[0])
            conditions.append(f"t.{quoted(column.name)} IN (SELECT {key} FROM {_rows(column.fk)})")
    return f"SELECT * FROM {TYPED}.{quoted(spec.name)} AS t WHERE {' AND '.join(conditions)}"


def _cell(tables: Mapping[str, TableSpec], column: Column, shortened: frozenset[str], as_of: date) -> str:
    name = quoted(column.name)
    value = f"t.{name}"
    if column.fk in shortened and not column.required:
        key = quoted(tables[column.fk].key[0])
        value = f"CASE WHEN {value} IN (SELECT {key} FROM {_rows(column.fk)}) THEN {value} END"
    if column.type in ("date", "datetime") and not column.future:
        value = f"CASE WHEN CAST({value} AS DATE) <= {_day(as_of)} THEN {value} END"
    if column.known_at:
        before = "NULL" if column.before is None else literal(column.before)
        known = f"CAST(t.{quoted(column.known_at)} AS DATE)"
        value = f"CASE WHEN {known} > {_day(as_of)} THEN CAST({before} AS {column.sql_type}) ELSE {value} END"
    return f"{value} AS {name}"


def _required_parents(spec: TableSpec, provided: frozenset[str]) -> set[str]:
    return {column.fk for column in spec.columns if column.required and column.fk in provided}


def _rows(table: str) -> str:
    return f"{SEEN}.{quoted(table + '!rows')}"


def _day(day: date) -> str:
    return f"DATE '{day}'"


def _count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    return con.execute(f"SELECT count(*) FROM {relation}").fetchall()[0][0]
