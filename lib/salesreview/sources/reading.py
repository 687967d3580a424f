"""Find the tables of a source, a folder or one file, and land them as text in a DuckDB schema."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet

from ..errors import MappingError, SourceError, nearest
from .tables import FILE, ROW, RawTable
from .text_files import read_text
from .workbooks import read_workbook

TEXT = (".csv", ".tsv", ".txt")
WORKBOOKS = (".xlsx", ".xls", ".xlsm", ".xlsb")
PARQUET = (".parquet",)
SUFFIXES = (*TEXT, *WORKBOOKS, *PARQUET)
NOT_DATA = ("readme", "licence", "license")
RAW = "raw"


@dataclass(frozen=True)
class SourceFile:
    """One input file: its name in the source, sha256, size in bytes, and records read (without headers)."""

    name: str
    sha256: str
    bytes: int
    rows: int


def find(source: str | Path) -> tuple[Path, ...]:
    """The files of a source in the order of their names: a file itself, or a folder's files that can be read.

    Sub-folders, hidden files, open-workbook locks and READMEs are left out. Raises SourceError when there is nothing.
    """
    if "://" in str(source):
        raise SourceError(
            "a database source is not available yet",
            where=str(source).split("://")[0] + "://…",
            expected="a folder or a file",
            advice="export the tables to CSV or Parquet files in one folder",
        )
    path = Path(source)
    if not path.exists():
        raise SourceError("no such source", where=str(source), expected="a folder or a file")
    if path.is_file():
        if path.suffix.lower() not in SUFFIXES:
            raise SourceError("not a table file", where=path.name, expected=", ".join(SUFFIXES), got=path.suffix)
        return (path,)
    found = tuple(sorted((entry for entry in path.iterdir() if _is_data(entry)), key=lambda entry: entry.name))
    if not found:
        raise SourceError("no table files", where=str(source), expected=f"files ending in {', '.join(SUFFIXES)}")
    return found


def _is_data(entry: Path) -> bool:
    name = entry.name.lower()
    return (
        entry.is_file()
        and entry.suffix.lower() in SUFFIXES
        and not name.startswith((".", "~$"))
        and not name.startswith(NOT_DATA)
    )


def read(
    source: str | Path, encodings: Mapping[str, str] | None = None
) -> tuple[tuple[RawTable, ...], tuple[SourceFile, ...]]:
    """All tables of a source, and its files as they were. ``encodings`` declares some by file name.

    Raises MappingError for an encoding declared for no file, SourceError for what cannot be read and for two tables of
    one name (letter case aside).
    """
    files, encodings = find(source), encodings or {}
    _require_known(encodings, [path.name for path in files])
    tables: list[RawTable] = []
    inputs = []
    for path in files:
        found = _read_file(path, encodings.get(path.name), alone=Path(source).is_file())
        tables += found
        inputs.append(SourceFile(path.name, digest_of(path), path.stat().st_size, sum(table.read for table in found)))
    _require_distinct(tables)
    return tuple(tables), tuple(inputs)


def _read_file(path: Path, encoding: str | None, *, alone: bool) -> tuple[RawTable, ...]:
    match path.suffix.lower():
        case suffix if suffix in TEXT:
            return (read_text(path, encoding),)
        case suffix if suffix in WORKBOOKS:
            return read_workbook(path, alone=alone)
    try:
        cells = pyarrow.parquet.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError("not a Parquet file", where=path.name, got=str(error).splitlines()[0]) from None
    return (RawTable(path.stem, path.name, cells, pa.array(np.arange(2, cells.num_rows + 2))),)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _require_known(encodings: Mapping[str, str], names: list[str]) -> None:
    for name in encodings:
        if name not in names:
            close = nearest(name, names)
            raise MappingError(
                "an encoding for a file that is not there",
                where=f"mapping.yml: encodings.{name}",
                expected=", ".join(names),
                advice=f"did you mean {close}?" if close else None,
            )


def _require_distinct(tables: Iterable[RawTable]) -> None:
    seen: dict[str, RawTable] = {}
    for table in tables:
        first = seen.setdefault(table.name.casefold(), table)
        if first is not table:
            raise SourceError(
                f"two tables are called {table.name}",
                where=f"{first.file} and {table.file}",
                expected="one file for each table",
                advice="rename or remove one of them",
            )


def land(con: duckdb.DuckDBPyConnection, tables: Iterable[RawTable]) -> None:
    """Create ``raw.<name>`` for each table: every column VARCHAR (empty is null), ``_row`` BIGINT and ``_file``.

    Typed Parquet columns become readable text: ISO dates, plain numbers, true/false, JSON for lists and structs.
    """
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {RAW}")
    for table in tables:
        cells = table.cells.append_column(ROW, table.rows.cast(pa.int64()))
        con.register("landing", cells)
        columns = ", ".join(f"nullif({_as_text(field)}, '') AS {quoted(field.name)}" for field in table.cells.schema)
        con.execute(
            f"CREATE TABLE {RAW}.{quoted(table.name)} AS SELECT {columns}{', ' if columns else ''}{ROW}, "
            f"CAST({literal(table.file)} AS VARCHAR) AS {FILE} FROM landing"
        )
        con.unregister("landing")


def _as_text(field: pa.Field) -> str:
    name = quoted(field.name)
    return f"CAST(to_json({name}) AS VARCHAR)" if pa.types.is_nested(field.type) else f"CAST({name} AS VARCHAR)"


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
