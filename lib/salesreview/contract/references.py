"""Rules between tables: a row must not refer to what does not exist.

Where the reference is required, the row is quarantined (a line without its order); elsewhere the row stays and the
reference is blanked, so that totals stay whole. A table that was not provided, or is empty, cannot be missed.
"""

from collections.abc import Mapping
from graphlib import TopologicalSorter

import duckdb

from .model import Column
from .rules import FAILURES, quarantined
from .typed import Landed, literal, quoted


def check_references(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Landed]) -> None:
    """Record dangling references of all tables, the required ones first, from the parents down."""
    required = {
        name: {c.fk for c in landed.provided if c.fk in tables and c.required} for name, landed in tables.items()
    }
    for name in TopologicalSorter(required).static_order():
        for column in tables[name].provided:
            if column.required and column.fk in tables:
                _check(con, tables[name], column, tables[column.fk])
    for landed in tables.values():
        for column in landed.provided:
            if not column.required and column.fk in tables:
                _check(con, landed, column, tables[column.fk])


def kept(landed: Landed) -> str:
    """SQL for the work rows that are not quarantined."""
    return f"(SELECT * FROM {landed.work} WHERE _id NOT IN ({quarantined(landed.spec.name)}))"


def _check(con: duckdb.DuckDBPyConnection, landed: Landed, column: Column, parent: Landed) -> None:
    name, key = quoted(column.name), quoted(parent.spec.key[0])
    con.execute(
        f"INSERT INTO {FAILURES} SELECT {literal(landed.spec.name)}, t._id, {literal(column.name)}, t.{name}, "
        f"CASE WHEN q.id IS NULL THEN 'orphan' ELSE 'quarantined_parent' END, {literal(parent.spec.name)}, "
        f"{column.required} FROM {landed.work} AS t "
        f"LEFT JOIN (SELECT DISTINCT {key} AS id FROM {parent.work}) AS q ON q.id = t.{name} "
        f"WHERE t.{name} IS NOT NULL AND NOT EXISTS "
        f"(SELECT 1 FROM {kept(parent)} AS k WHERE k.{key} = t.{name})"
    )
