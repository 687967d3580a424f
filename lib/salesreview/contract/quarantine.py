"""The quarantined rows as files that a person can open, mend and load again."""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import duckdb

from .quality import UnreadRow
from .rules import FAILURES
from .typed import POSITION, Landed, literal, quoted

REASONS = {
    "type": "无法读取为 {0} | cannot be read as {0}",
    "null": "缺少必填值 | required value is missing",
    "enum": "不在允许的取值之中 ({0}) | not one of: {0}",
    "min": "小于 {0} | below {0}",
    "max": "大于 {0} | above {0}",
    "duplicate_key": "主键重复 ({0}) | repeats the key {0}",
    "orphan": "{0} 中没有这个编号 | does not exist in {0}",
    "quarantined_parent": "所属的 {0} 记录已被隔离 | belongs to a quarantined row of {0}",
    "unread": "这一行无法拆分为列: {0} | cannot be read as a row: {0}",
    "invariant": "违反规则: {0} | {0}",
}
BATCH_ROWS = 10_000
HEADER = ("row", "file", "column", "value", "reason")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
NEGATIVE_NUMBER = re.compile(r"-[\d,]*\.?\d+%?")


def write(
    con: duckdb.DuckDBPyConnection, table: str, landed: Landed | None, unread: Sequence[UnreadRow], folder: Path
) -> None:
    """Write ``<folder>/<table>.csv``: one line per quarantined row with all its failures; no file when there is none.

    Columns: row, file, column, value, reason (several failures are joined by "; "), then the original columns. Rows
    stand in the order read; records that could not be read as rows come last, their text as the value.
    """
    originals = [name for name in _originals(con, landed) if name not in POSITION] if landed else []
    lines = chain(_lines(con, landed, originals) if landed else (), _unread_lines(unread))
    first = next(lines, None)
    if first is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{table}.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for line in chain(((*HEADER, *originals), first), lines):
            writer.writerow([safe_cell(cell) for cell in line])


def safe_cell(value: object) -> str:
    """Text that no spreadsheet runs as a formula; a plain negative number stays a number.

    >>> safe_cell("=1+1"), safe_cell("-12.50"), safe_cell("-2+3"), safe_cell(None)
    ("'=1+1", '-12.50', "'-2+3", '')
    """
    text = "" if value is None else str(value)
    harmless = not text.startswith(FORMULA) or NEGATIVE_NUMBER.fullmatch(text)
    return text if harmless else f"'{text}"


def _lines(con: duckdb.DuckDBPyConnection, landed: Landed, originals: Sequence[str]) -> Iterator[tuple[object, ...]]:
    cells = "".join(f", CAST(r.{quoted(name)} AS VARCHAR)" for name in originals)
    rows = con.execute(
        f"SELECT {landed.row}, {landed.file}, f.failures{cells} FROM {landed.raw} AS r JOIN ("
        "SELECT id, list([col, value, rule, expected] ORDER BY col, rule) AS failures "
        f"FROM {FAILURES} WHERE tbl = {literal(landed.spec.name)} "
        f"GROUP BY id HAVING bool_or(quarantines)) AS f ON f.id = r.rowid ORDER BY {landed.file}, {landed.row}, f.id"
    )
    while batch := rows.fetchmany(BATCH_ROWS):
        for row, file, failures, *cells_read in batch:
            columns = "; ".join(column for column, *_ in failures)
            values = "; ".join(value or "" for _, value, *_ in failures)
            reasons = "; ".join(
                f"{column}: {REASONS[rule.split(':')[0]].format(expected)}" for column, _, rule, expected in failures
            )
            yield (row, file, columns, values, reasons, *cells_read)


def _unread_lines(unread: Sequence[UnreadRow]) -> Iterator[tuple[object, ...]]:
    for record in sorted(unread, key=lambda record: (record.file, record.row)):
        yield record.row, record.file, None, record.text, REASONS["unread"].format(record.reason)


def _originals(con: duckdb.DuckDBPyConnection, landed: Landed) -> list[str]:
    return [column[0] for column in con.execute(f"SELECT * FROM {landed.raw} LIMIT 0").description]
