"""One table of one file with typed columns, for an analyst's own flat file."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from ..errors import SourceError
from . import cleaning, reading

SURE = 0.98
GLANCE = 500
NUMBER, DAY = "to_fraction(cell)", "to_timestamp_(cell)"
ORDERS = ("MDY", "DMY")
MISSING = ("", "na", "n/a", "#n/a", "nan", "null", "none", "-", "--")


def read_flat(path: str | Path, date_order: str | None = None) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The table of a CSV, workbook or Parquet file, and notes on what was assumed.

    A column is a number, or else a day, where at least 98 % of its filled cells are; the rest of them are missing then.
    Blank cells and words such as ``n/a`` are missing. ``date_order`` tells how 3/5/2024 is meant; without it the order
    that more cells of a column allow is taken. Raises SourceError unless the file holds exactly one table with rows.
    """
    tables, _ = reading.read(path)
    if len(tables) != 1:
        names = ", ".join(table.name for table in tables)
        raise SourceError("one table is needed", where=Path(path).name, got=names or "no table")
    (table,) = tables
    if not table.cells.num_rows:
        raise SourceError("the table has no rows", where=Path(path).name)
    notes = [*table.notes]
    if table.unreadable:
        notes.append(f"{len(table.unreadable)} records do not fit the header and were left out")
    with duckdb.connect() as con:
        reading.land(con, tables)
        cells = _Cells(con, f"{reading.RAW}.{reading.quoted(table.name)}", table.cells.num_rows)
        types = {name: _type(cells, name, (date_order,) if date_order else ORDERS) for name in table.cells.column_names}
        return pd.DataFrame({name: cells.read(name, *form) for name, form in types.items()}), tuple(notes)


@dataclass(frozen=True)
class _Cells:
    con: duckdb.DuckDBPyConnection
    source: str
    rows: int

    def of(self, name: str) -> str:
        words = ", ".join(reading.literal(word) for word in MISSING)
        column = f"trim({reading.quoted(name)})"
        cell = f"CASE WHEN lower({column}) IN ({words}) THEN NULL ELSE {column} END"
        return f"SELECT {cell} AS cell, _row FROM {self.source}"

    def share(self, name: str, form: str, limit: int) -> float:
        """The share of the first ``limit`` filled cells that ``form`` can read; 0 without any."""
        query = f"SELECT cell FROM ({self.of(name)}) WHERE cell IS NOT NULL LIMIT {limit}"
        hits, filled = self.con.execute(f"SELECT count({form}), count(*) FROM ({query})").fetchone()
        return hits / filled if filled else 0.0

    def read(self, name: str, form: str, order: str) -> pd.Series:
        cleaning.install(self.con, order)
        return self.con.execute(f"SELECT {form} AS v FROM ({self.of(name)}) ORDER BY _row").df()["v"]


def _type(cells: _Cells, name: str, orders: tuple[str, ...]) -> tuple[str, str]:
    """How a column is read: an expression of ``cell``, and the order of its dates."""
    cleaning.install(cells.con, orders[0])
    if cells.share(name, "CASE WHEN regexp_matches(cell, '[0-9]') THEN 1 END", GLANCE) < SURE - 0.05:
        return "cell", orders[0]
    if cells.share(name, NUMBER, GLANCE) >= SURE - 0.05 and cells.share(name, NUMBER, cells.rows) >= SURE:
        return f"CAST({NUMBER} AS DOUBLE)", orders[0]
    shares = {}
    for order in orders:
        cleaning.install(cells.con, order)
        shares[order] = cells.share(name, DAY, cells.rows) if cells.share(name, DAY, GLANCE) else 0.0
    best = max(shares, key=lambda order: shares[order])
    return (DAY, best) if shares[best] >= SURE else ("cell", best)
