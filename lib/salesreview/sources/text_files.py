"""CSV, TSV and other delimited text: decoded here, parsed by Arrow, every cell as text."""

import codecs
import csv
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from ..errors import MappingError, SourceError
from .tables import RawTable, Unreadable, column_names, without_blank_rows

DELIMITERS = (",", "\t", ";", "|")
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
BLOCK = 256 * 2**20


def read_text(path: Path, encoding: str | None = None) -> RawTable:
    """The table of a delimited text file; see `RawTable`.

    The encoding is the declared one, else that of the byte order mark, else strict UTF-8, else GB18030. The delimiter
    is the most frequent of comma, tab, semicolon and pipe in the header outside quotes. Cells are as written, empty
    ones null; ``NA`` stays ``NA``. Records with the wrong number of fields are ``unreadable``, never dropped.

    Raises SourceError for bytes that fit no encoding, for an empty file and for a quote that is never closed.
    """
    data, notes = decoded(path, encoding)
    header, start = _first_record(data.decode("utf-8", errors="replace") if len(data) < 65536 else _head(data))
    if not header.strip():
        raise SourceError("the file is empty", where=path.name, expected="a header row", advice="remove the file")
    delimiter = find_delimiter(header)
    names, name_notes = column_names(
        next(csv.reader(io.StringIO(header.rstrip("\r\n"), newline=""), delimiter=delimiter))
    )
    body = data[len(start.encode()) :]
    cells, unreadable, numbers = _parse(body, names, delimiter, path.name)
    offset = 1 + start.count("\n") if "\n" in start else 1 + start.count("\r")
    numbers, unreadable = _as_lines(cells, numbers, unreadable, offset, body)
    _require_closed_quotes(cells, numbers, unreadable, body, path.name)
    cells, rows = without_blank_rows(cells, pa.array(numbers))
    unreadable = tuple(record for record in unreadable if record.text.strip())
    return RawTable(path.stem, path.name, cells, rows, unreadable, (*notes, *name_notes))


def decoded(path: Path, encoding: str | None = None) -> tuple[bytes, tuple[str, ...]]:
    """The file's text as UTF-8 without byte order mark, and a note when the encoding was guessed."""
    data = path.read_bytes()
    if encoding is None:
        for mark, name in BYTE_ORDER_MARKS:
            if data.startswith(mark):
                return _recoded(data[len(mark) :], name, path.name), ()
        if data[:4096].find(b"\0") >= 0:
            raise _undecodable(path.name, data, data.find(b"\0"), "text without zero bytes")
        if _fails_at(data, "utf-8") is None:
            return data, ()
        return _recoded(data, "gb18030", path.name), ("read as gb18030, as it is not UTF-8",)
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise MappingError(
            "unknown encoding",
            where=f"mapping.yml: encodings.{path.name}",
            expected="utf-8, gb18030, utf-16, cp1252, …",
            got=encoding,
        ) from None
    return _recoded(data, encoding, path.name).removeprefix("\ufeff".encode()), ()


def _fails_at(data: bytes, encoding: str) -> int | None:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return None


def _recoded(data: bytes, encoding: str, name: str) -> bytes:
    try:
        return data.decode(encoding).encode()
    except UnicodeDecodeError as error:
        expected = "UTF-8 or GB18030" if encoding == "gb18030" else encoding
        raise _undecodable(name, data, error.start, expected) from None


def _undecodable(name: str, data: bytes, offset: int, expected: str) -> SourceError:
    line = data.count(b"\n", 0, offset) + 1
    return SourceError(
        f"bytes that cannot be decoded at offset {offset} (line {line})",
        where=name,
        expected=expected,
        got=data[offset : offset + 4].hex(" "),
        advice="save the file as UTF-8, or declare its encoding in mapping.yml under encodings",
    )


def _head(data: bytes) -> str:
    """Enough of the text to hold the header; a character cut at the end does no harm."""
    size = 65536
    while data.count(b'"', 0, size) % 2 and size < len(data):
        size *= 2
    return data[:size].decode("utf-8", errors="ignore")


def _first_record(text: str) -> tuple[str, str]:
    """The first record that is not blank, and all text up to its end."""
    quoted, begin = False, 0
    for position, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif letter in "\r\n" and not quoted:
            end = position + (2 if text[position : position + 2] == "\r\n" else 1)
            if text[begin:position].strip():
                return text[begin:end], text[:end]
            begin = end
    return text[begin:], text


def find_delimiter(header: str) -> str:
    """The most frequent delimiter outside quotes; a comma for a single column.

    >>> find_delimiter('id;"name, full";amount')
    ';'
    """
    outside = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=lambda delimiter: (outside.count(delimiter), -DELIMITERS.index(delimiter)))


def _parse(
    body: bytes, names: tuple[str, ...], delimiter: str, file: str
) -> tuple[pa.Table, tuple[Unreadable, ...], np.ndarray]:
    """Cells, records that do not fit, and the record number (from 1) of each row of cells."""
    odd: list[Unreadable] = []

    def keep(row: pyarrow.csv.InvalidRow) -> str:
        reason = f"{row.actual_columns} fields where the header has {row.expected_columns}"
        odd.append(Unreadable(row.number, row.text, reason))
        return "skip"

    if not body.strip(b"\r\n"):
        return pa.table({name: pa.array([], pa.string()) for name in names}), (), np.zeros(0, dtype=np.int64)
    try:
        cells = pyarrow.csv.read_csv(
            pa.BufferReader(body),
            read_options=pyarrow.csv.ReadOptions(
                column_names=list(names), use_threads=False, block_size=min(len(body) + 1, BLOCK)
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types={name: pa.string() for name in names},
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                null_values=[""],
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise SourceError("not readable as delimited text", where=file, got=str(error).splitlines()[0]) from None
    fits = np.ones(cells.num_rows + len(odd), dtype=bool)
    fits[[record.row - 1 for record in odd]] = False
    return cells, tuple(odd), np.flatnonzero(fits) + 1


def _as_lines(
    cells: pa.Table, numbers: np.ndarray, unreadable: tuple[Unreadable, ...], offset: int, body: bytes
) -> tuple[np.ndarray, tuple[Unreadable, ...]]:
    """Line numbers in place of record numbers: a record with line breaks inside quotes counts by its first line."""
    breaks = np.zeros(len(numbers) + len(unreadable) + 1, dtype=np.int64)
    if b'"' in body:
        for column in cells.columns:
            breaks[numbers] += pc.fill_null(pc.count_substring(column, "\n"), 0).to_numpy()
        for record in unreadable:
            breaks[record.row] += record.text.count("\n")
    before = np.cumsum(breaks) - breaks + offset
    moved = tuple(
        Unreadable(int(record.row + before[record.row]) - 1, record.text, record.reason) for record in unreadable
    )
    return numbers + before[numbers] - 1, moved


def _require_closed_quotes(
    cells: pa.Table, rows: np.ndarray, unreadable: tuple[Unreadable, ...], body: bytes, file: str
) -> None:
    """An open quote swallows the rest of the file, so that nothing after it could be counted."""
    ends = [(unreadable[-1].row, unreadable[-1].text)] if unreadable else []
    if len(rows):
        ends.append((int(rows[-1]), cells.column(cells.num_columns - 1)[-1].as_py() or ""))
    row, text = max(ends, default=(0, ""))
    if "\n" in text and not body.rstrip(b"\r\n").endswith(b'"'):
        raise SourceError(
            f"a quote opened in the record at line {row} is never closed",
            where=file,
            expected='" at the end of the quoted field',
            advice='close it, or double it (`""`) where it is part of the text',
        )
