"""Staged text becomes typed tables: every row is kept or quarantined with all its reasons, and both are counted.

In: relations ``staged.<table>`` with canonical column names, mostly text, plus ``_row`` and optionally ``_file``; the
text cleaning macros on the connection. Out: ``typed.<table>`` with every column of the contract for each provided
table, ``quarantine/<table>.csv`` for the rows that went, and the `Quality` record.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import duckdb

from ..errors import ContractError
from . import quarantine as quarantine_files
from .integrity import check_integrity
from .measure import TYPED, measure, row_issues, sales_affected, unread_issues
from .model import TableSpec, contract
from .quality import Quality, QuarantinedRows, UnreadRow
from .references import check_references, kept
from .rules import FAILURES, check_rows, create_failures
from .typed import STAGED, WORK, Landed, land, literal, quoted, staged_columns

TOLERANCE = Decimal("0.01")


def validate(
    con: duckdb.DuckDBPyConnection,
    quarantine: Path | None = None,
    *,
    unread: Sequence[UnreadRow] = (),
    strict: bool = False,
    tolerance: Decimal = TOLERANCE,
) -> Quality:
    """Type and check all staged tables; see the module for what goes in and out.

    A failure in a required column, a key, the amount or the date from which the row exists quarantines the row; in
    any other column it blanks the cell. A quarantined parent takes the rows that cannot be without it along. A
    reference to nothing is blanked elsewhere. ``quarantine`` is the folder for the CSV files (None: not written).
    ``unread`` are records of the files that could not be read as rows at all: they count as read and quarantined.
    ``tolerance`` (0-1) is how far two amounts that should agree may lie apart.

    Raises ContractError when a required table or column is missing or no order line is left, QuarantinedRows with
    ``strict`` when any row was quarantined; in both last cases after the files are written.
    """
    tables = contract()
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {STAGED}")
    for schema in (WORK, TYPED):
        con.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        con.execute(f"CREATE SCHEMA {schema}")
    create_failures(con)
    provided = _provided(con, tables)
    _require(tables, provided)
    landed = {name: land(con, tables[name], columns) for name, columns in provided.items()}
    for table in landed.values():
        check_rows(con, table)
    check_references(con, landed)
    by_table = {name: [record for record in unread if record.table == name] for name in tables}
    issues = (*row_issues(con, landed), *unread_issues(by_table))
    _write_typed(con, landed)
    if quarantine is not None:
        for name, records in by_table.items():
            quarantine_files.write(con, name, landed.get(name), records, quarantine)
    quality = Quality(
        tables=tuple(measure(con, spec, landed.get(name), len(by_table[name])) for name, spec in tables.items()),
        issues=(*issues, *check_integrity(con, frozenset(landed), tolerance)),
        sales_affected=sales_affected(con),
    )
    con.execute(f"DROP SCHEMA {WORK} CASCADE")
    _judge(quality, quarantine, strict)
    return quality


def _provided(con: duckdb.DuckDBPyConnection, tables: Mapping[str, TableSpec]) -> dict[str, dict[str, str]]:
    """Staged tables that have rows, with their columns, in the contract's order."""
    found = {}
    for name in tables:
        columns = staged_columns(con, name)
        if columns and con.execute(f"SELECT 1 FROM {STAGED}.{quoted(name)} LIMIT 1").fetchone():
            found[name] = columns
    return found


def _require(tables: Mapping[str, TableSpec], provided: Mapping[str, Mapping[str, str]]) -> None:
    missing = []
    for name, spec in tables.items():
        if name not in provided:
            missing += [f"{name} (no rows)"] if spec.level == "required" else []
            continue
        needed = (column.name for column in spec.columns if column.required)
        missing += [f"{name}.{column}" for column in needed if column not in provided[name]]
    if missing:
        raise ContractError(
            "the data lacks what no review can do without",
            expected=", ".join(missing),
            got=f"tables {', '.join(provided) or 'none'}",
            advice="give these in the source, or in the mapping's SELECT for the table under exactly these names "
            "(docs/data_model.md says what each means)",
        )


def _write_typed(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Landed]) -> None:
    cells = con.execute(f"SELECT DISTINCT tbl, col FROM {FAILURES} WHERE NOT quarantines ORDER BY tbl, col").fetchall()
    for table, column in cells:
        ids = f"SELECT id FROM {FAILURES} WHERE tbl = {literal(table)} AND col = {literal(column)} AND NOT quarantines"
        con.execute(f"UPDATE {tables[table].work} SET {quoted(column)} = NULL WHERE _id IN ({ids})")
    for name, landed in tables.items():
        columns = ", ".join(
            f"k.{quoted(column.name)}"
            if column.name in landed.names
            else f"CAST(NULL AS {column.sql_type}) AS {quoted(column.name)}"
            for column in landed.spec.columns
        )
        con.execute(f"CREATE TABLE {TYPED}.{quoted(name)} AS SELECT {columns} FROM {kept(landed)} AS k ORDER BY k._id")


def _judge(quality: Quality, quarantine: Path | None, strict: bool) -> None:
    if strict and quality.rows_quarantined:
        tables = (f"{table.name} {table.rows_quarantined}" for table in quality.tables if table.rows_quarantined)
        raise QuarantinedRows(
            quality,
            expected="no quarantined row (strict)",
            got=", ".join(tables),
            advice=f"see {quarantine}" if quarantine else "validate with a quarantine folder to see the rows",
        )
    if not quality.table("order_lines").rows_kept:
        raise ContractError(
            "no order line is left",
            expected="at least one order with a line that keeps the contract",
            got=f"{quality.table('order_lines').rows_quarantined} quarantined lines",
            advice=f"see {quarantine}" if quarantine else "validate with a quarantine folder to see the rows",
        )
