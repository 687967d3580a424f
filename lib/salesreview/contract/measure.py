"""The quality record's numbers: what is wrong, how many rows and how much money it touches, what is left."""

from collections.abc import Mapping, Sequence

import duckdb

from .model import TableSpec
from .quality import ColumnQuality, Issue, TableQuality, UnreadRow
from .rules import FAILURES, quarantined
from .typed import WORK, Landed, literal, quoted

TYPED = "typed"


def row_issues(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Landed]) -> tuple[Issue, ...]:
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


def unread_issues(unread: Mapping[str, Sequence[UnreadRow]]) -> tuple[Issue, ...]:
    """One issue per table that has records which could not be read as rows."""
    return tuple(
        Issue(name, None, "unread", "error", len(records), example=records[0].text, expected=records[0].reason)
        for name, records in unread.items()
        if records
    )


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


def measure(con: duckdb.DuckDBPyConnection, spec: TableSpec, landed: Landed | None, unread: int) -> TableQuality:
    """Counts and amounts of one table, from its work and its typed form; ``unread`` records count as quarantined."""
    if landed is None:
        absent = tuple(ColumnQuality(column.name, False, None) for column in spec.columns)
        return TableQuality(
            spec.name,
            spec.level,
            provided=False,
            rows_read=unread,
            rows_quarantined=unread,
            amount_column=spec.amount,
            columns=absent,
        )
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
        rows_read=read + unread,
        rows_kept=kept_rows,
        rows_quarantined=out + unread,
        amount_column=spec.amount,
        amount_read=amount_read,
        amount_kept=amount_kept,
        amount_quarantined=amount_out,
        columns=columns,
    )


def sales_affected(con: duckdb.DuckDBPyConnection) -> float | None:
    """The share (0-1) of the line amounts read, by absolute value, in quarantined lines; None without amounts."""
    gone, read = con.execute(
        f"SELECT coalesce(sum(abs(net_amount)) FILTER (WHERE _id IN ({quarantined('order_lines')})), 0), "
        f"sum(abs(net_amount)) FROM {WORK}.order_lines"
    ).fetchall()[0]
    return float(gone / read) if read else None
