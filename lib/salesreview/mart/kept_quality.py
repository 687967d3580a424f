"""The quality record inside the mart: written into three small tables, read back as it was."""

import duckdb
import pyarrow as pa

from ..contract.quality import ColumnQuality, Issue, Quality, TableQuality

TABLES_SQL = """CREATE TABLE _tables (
    place INTEGER, name VARCHAR, level VARCHAR, provided BOOLEAN, rows_read BIGINT, rows_kept BIGINT,
    rows_quarantined BIGINT, rows_after_as_of BIGINT, amount_column VARCHAR, amount_read DECIMAL(38,4),
    amount_kept DECIMAL(38,4), amount_quarantined DECIMAL(38,4))"""
COLUMNS_SQL = """CREATE TABLE _columns (
    place INTEGER, "table" VARCHAR, name VARCHAR, provided BOOLEAN, filled DOUBLE)"""
ISSUES_SQL = """CREATE TABLE _issues (
    place INTEGER, "table" VARCHAR, "column" VARCHAR, rule VARCHAR, severity VARCHAR, "rows" BIGINT,
    amount DECIMAL(38,4), example VARCHAR, expected VARCHAR)"""


def write(con: duckdb.DuckDBPyConnection, quality: Quality) -> None:
    """Write ``quality`` into _tables, _columns and _issues (``sales_affected`` belongs to _meta)."""
    for sql in (TABLES_SQL, COLUMNS_SQL, ISSUES_SQL):
        con.execute(sql)
    tables = [
        (
            place,
            t.name,
            t.level,
            t.provided,
            t.rows_read,
            t.rows_kept,
            t.rows_quarantined,
            t.rows_after_as_of,
            t.amount_column,
            t.amount_read,
            t.amount_kept,
            t.amount_quarantined,
        )
        for place, t in enumerate(quality.tables)
    ]
    columns = [(t.name, c.name, c.provided, c.filled) for t in quality.tables for c in t.columns]
    issues = [(i.table, i.column, i.rule, i.severity, i.rows, i.amount, i.example, i.expected) for i in quality.issues]
    _insert(con, "_tables", tables)
    _insert(con, "_columns", [(place, *row) for place, row in enumerate(columns)])
    _insert(con, "_issues", [(place, *row) for place, row in enumerate(issues)])


def read(con: duckdb.DuckDBPyConnection, sales_affected: float | None) -> Quality:
    """The record that `write` was given."""
    columns: dict[str, list[ColumnQuality]] = {}
    for table, *rest in con.execute('SELECT "table", name, provided, filled FROM _columns ORDER BY place').fetchall():
        columns.setdefault(table, []).append(ColumnQuality(*rest))
    tables = con.execute("SELECT * FROM _tables ORDER BY place").fetchall()
    issues = con.execute("SELECT * FROM _issues ORDER BY place").fetchall()
    return Quality(
        tables=tuple(TableQuality(*row, columns=tuple(columns.get(row[0], ()))) for _, *row in tables),
        issues=tuple(Issue(*row) for _, *row in issues),
        sales_affected=sales_affected,
    )


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[tuple]) -> None:
    if rows:
        columns = [pa.array(column) for column in zip(*rows, strict=True)]
        con.register("_rows", pa.table(columns, names=[f"c{place}" for place in range(len(columns))]))
        con.execute(f"INSERT INTO {table} SELECT * FROM _rows")
        con.unregister("_rows")
