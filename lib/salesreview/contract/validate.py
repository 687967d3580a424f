"""Staged text becomes typed tables: every row is kept or quarantined with all its reasons, and both are counted.

In: relations ``staged.<table>`` with canonical column names, mostly text, plus ``_row`` and optionally ``_file``; the
text cleaning macros on the connection. Out: ``typed.<table>`` with every column of the contract for each provided
table, ``quarantine/<table>.csv`` for the rows that went, and the `Quality` record.
"""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import duckdb

from ..errors import ContractError
from . import quarantine as quarantine_files
from .integrity import check_integrity
from .model import TableSpec, contract
from .quality import ColumnQuality, Issue, Quality, QuarantinedRows, TableQuality
from .references import check_references, kept
from .rules import FAILURES, check_rows, create_failures, quarantined
from .typed import STAGED, WORK, Landed, land, literal, quoted, staged_columns

TYPED = "typed"
TOLERANCE = Decimal("0.01")


def validate(
    con: duckdb.DuckDBPyConnection,
    quarantine: Path | None = None,
    *,
    strict: bool = False,
    tolerance: Decimal = TOLERANCE,
) -> Quality:
    """Type and check all staged tables; see the module for what goes in and out.

    A failure in a required column, a key, the amount or the date from which the row exists quarantines the row; in
    any other column it blanks the cell. A quarantined parent takes the rows that cannot be without it along. A
    reference to nothing is blanked elsewhere. ``quarantine`` is the folder for the CSV files (None: not written).
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
    issues = _issues(con, landed)
    _write_typed(con, landed)
    if quarantine is not None:
        _write_quarantine(con, landed, quarantine)
    quality = Quality(
        tables=tuple(_measure(con, spec, landed.get(name)) for name, spec in tables.items()),
        issues=(*issues, *check_integrity(con, frozenset(landed), tolerance)),
        sales_affected=_sales_affected(con),
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


def _write_quarantine(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Landed], folder: Path) -> None:
    names = con.execute(f"SELECT DISTINCT tbl FROM {FAILURES} WHERE quarantines ORDER BY tbl").fetchall()
    for (name,) in names:
        quarantine_files.write(con, tables[name], folder)


def _issues(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Landed]) -> tuple[Issue, ...]:
    """One issue per table, columns and rule, in the order of the contract; before any cell is blanked."""
    found: list[Issue] = []
    for name, landed in tables.items():
        rows = con.execute(f"SELECT count(*) FROM {landed.work}").fetchall()[0][0]
        found += [Issue(name, column, "unknown_column", "warning", rows) for column in landed.unknown]
        grouped = con.execute(
            "SELECT f.col, f.rule, f.quarantines, count(*), sum(a.amount), min(f.value), f.expected "
            f"FROM {FAILURES} AS f LEFT JOIN ({_worth(landed, tables)}) AS a ON a.id = f.id "
            f"WHERE f.tbl = {literal(name)} GROUP BY f.col, f.rule, f.quarantines, f.expected "
            "ORDER BY f.quarantines DESC, f.col, f.rule"
        ).fetchall()
        for column, rule, quarantines, count, amount, example, expected in grouped:
            severity = "error" if quarantines else "warning"
            found.append(Issue(name, column, rule, severity, count, amount, example, expected))
    return tuple(found)


def _worth(landed: Landed, tables: Mapping[str, Landed]) -> str:
    """SQL for the amount of each row: its own, or for an order that of its lines (a repeated order has none)."""
    amount = landed.spec.amount
    if amount in landed.names:
        return f"SELECT _id AS id, {quoted(amount)} AS amount FROM {landed.work}"
    if landed.spec.name != "orders":
        return "SELECT NULL AS id, CAST(NULL AS DECIMAL(20,4)) AS amount WHERE false"
    lines = tables["order_lines"].work
    repeated = f"SELECT id FROM {FAILURES} WHERE tbl = 'orders' AND rule = 'duplicate_key'"
    return (
        f"SELECT o._id AS id, l.amount FROM {landed.work} AS o JOIN "
        f"(SELECT order_id, sum(net_amount) AS amount FROM {lines} GROUP BY order_id) AS l "
        f"ON l.order_id = o.order_id WHERE o._id NOT IN ({repeated})"
    )


def _measure(con: duckdb.DuckDBPyConnection, spec: TableSpec, landed: Landed | None) -> TableQuality:
    if landed is None:
        absent = tuple(ColumnQuality(column.name, False, None) for column in spec.columns)
        return TableQuality(spec.name, spec.level, provided=False, amount_column=spec.amount, columns=absent)
    amount = quoted(spec.amount) if spec.amount in landed.names else None
    total = f"coalesce(sum({amount}), 0)" if amount else "NULL"
    read, amount_read = con.execute(f"SELECT count(*), {total} FROM {landed.work}").fetchall()[0]
    out, amount_out = con.execute(
        f"SELECT count(*), {total} FROM {landed.work} WHERE _id IN ({quarantined(spec.name)})"
    ).fetchall()[0]
    counts = ", ".join(f"count({quoted(column.name)})" for column in spec.columns)
    kept_rows, amount_kept, *filled = con.execute(
        f"SELECT count(*), {total}, {counts} FROM {TYPED}.{quoted(spec.name)}"
    ).fetchall()[0]
    columns = tuple(
        ColumnQuality(column.name, column.name in landed.names, count / kept_rows if kept_rows else None)
        for column, count in zip(spec.columns, filled, strict=True)
    )
    return TableQuality(
        name=spec.name,
        level=spec.level,
        provided=True,
        rows_read=read,
        rows_kept=kept_rows,
        rows_quarantined=out,
        amount_column=spec.amount,
        amount_read=amount_read,
        amount_kept=amount_kept,
        amount_quarantined=amount_out,
        columns=columns,
    )


def _sales_affected(con: duckdb.DuckDBPyConnection) -> float | None:
    gone, read = con.execute(
        f"SELECT coalesce(sum(abs(net_amount)) FILTER (WHERE _id IN ({quarantined('order_lines')})), 0), "
        f"sum(abs(net_amount)) FROM {WORK}.order_lines"
    ).fetchall()[0]
    return float(gone / read) if read else None


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
