"""Excel workbooks (.xlsx, .xls and relatives): every cell as text, dates as ISO text."""

from pathlib import Path

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import SourceError
from .tables import RawTable, column_names, without_blank_rows

MIDNIGHT = r"^(\d{4}-\d{2}-\d{2}) 00:00:00$"


def read_workbook(path: Path, *, alone: bool = False) -> tuple[RawTable, ...]:
    """The sheets of a workbook that hold anything; see `RawTable`.

    A table is named ``stem`` when the workbook has one such sheet and ``stem.sheet`` when it has several; by its sheet
    when the workbook is the whole source (``alone``). The first row that is not blank is the header. Dates become
    ``2024-03-05`` or ``2024-03-05 14:30:00``, whole numbers have no decimals, error cells such as #N/A are null.

    Raises SourceError for a file that is no workbook or is protected.
    """
    try:
        book = fastexcel.read_excel(path)
        sheets = {
            name: pa.table(book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string"))
            for name in book.sheet_names
        }
    except fastexcel.FastExcelError as error:
        raise SourceError(
            "a workbook that cannot be opened",
            where=path.name,
            got=str(error).splitlines()[0],
            advice="open it in a spreadsheet program and save it as .xlsx without a password",
        ) from None
    filled = {name: sheet for name, sheet in sheets.items() if sheet.num_rows and sheet.num_columns}
    return tuple(
        _table(_table_name(path.stem, name, alone, len(filled)), path.name, sheet) for name, sheet in filled.items()
    )


def _table_name(stem: str, sheet: str, alone: bool, sheets: int) -> str:
    if alone:
        return sheet
    return stem if sheets == 1 else f"{stem}.{sheet}"


def _table(name: str, file: str, sheet: pa.Table) -> RawTable:
    columns = [_tidied(column) for column in sheet.columns]
    sheet = pa.table(columns, names=[str(index) for index in range(len(columns))])
    sheet, rows = without_blank_rows(sheet, pa.array(np.arange(1, sheet.num_rows + 1)))
    names, notes = column_names([column[0].as_py() for column in sheet.columns])
    return RawTable(name, file, sheet.slice(1).rename_columns(list(names)), rows.slice(1), (), notes)


def _tidied(column: pa.ChunkedArray) -> pa.ChunkedArray:
    text = column.cast(pa.string())
    text = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    return pc.replace_substring_regex(text, MIDNIGHT, r"\1")
