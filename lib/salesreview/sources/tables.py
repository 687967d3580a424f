"""What a reader hands over: one table as it stands in its file, before any cleaning."""

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from .cleaning import SPACES

ROW, FILE = "_row", "_file"


@dataclass(frozen=True)
class Unreadable:
    """A record that is not a row of its table. ``row`` is its line in the file, ``text`` the record as it stands."""

    row: int
    text: str
    reason: str


@dataclass(frozen=True)
class RawTable:
    """One table of one file.

    ``name`` is the file's stem, for a workbook with the sheet. ``cells`` has a string column per header (typed ones
    from Parquet); empty cells are null. ``rows`` is the row number of each record as a person sees it, the header
    being row 1. ``unreadable`` are the records that did not fit the header. ``notes`` tell what had to be assumed.
    """

    name: str
    file: str
    cells: pa.Table
    rows: pa.Array
    unreadable: tuple[Unreadable, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def read(self) -> int:
        return self.cells.num_rows + len(self.unreadable)


def column_names(header: Iterable[str | None]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Usable column names and notes on those that had to be made up.

    Names are stripped of spaces (also full-width ones) and byte order marks. One that is empty becomes
    ``column_<position>``, a repeated one (letter case aside) gets ``_2``, ``_3``; so does one of the reserved names
    ``_row`` and ``_file``.

    >>> column_names([" 金额 ", "", "金额"])
    (('金额', 'column_2', '金额_2'), ('columns without a name: column_2', '金额 is repeated: 金额_2'))
    """
    names: list[str] = []
    nameless: list[str] = []
    repeated: list[str] = []
    taken = {ROW, FILE}
    for position, cell in enumerate(header, start=1):
        asked = (cell or "").strip(SPACES)
        name = given = asked or f"column_{position}"
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{given}_{number}"
        if not asked:
            nameless.append(name)
        elif name != asked:
            repeated.append(f"{asked} is repeated: {name}")
        taken.add(name.casefold())
        names.append(name)
    notes = [f"columns without a name: {', '.join(nameless)}"] if nameless else []
    return tuple(names), (*notes, *repeated)


def without_blank_rows(cells: pa.Table, rows: pa.Array) -> tuple[pa.Table, pa.Array]:
    """The rows that hold at least one value; a blank line is no record."""
    if cells.num_rows == 0 or cells.num_columns == 0:
        return cells, rows
    blank = cells.column(0).is_null()
    for column in cells.columns[1:]:
        if not pa.compute.any(blank).as_py():
            return cells, rows
        blank = pa.compute.and_(blank, column.is_null())
    kept = pa.compute.invert(blank)
    return cells.filter(kept), rows.filter(kept.combine_chunks())
