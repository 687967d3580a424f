"""The way into the sources: read the files, land them, map them, hand over staged tables."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ..errors import SourceError
from . import cleaning, reading, staging
from .mapping import MappingFolder, MappingSettings, load, locate
from .reading import SourceFile
from .tables import RawTable


@dataclass(frozen=True)
class Reject:
    """A record of a file that could not be read as a row: counted as read, belongs in quarantine.

    ``row`` is its line, ``text`` the record as it stands. ``tables`` are the canonical tables that its raw table feeds,
    empty when none does.
    """

    file: str
    row: int
    text: str
    reason: str
    raw_table: str
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Staged:
    """Staged tables and where they come from.

    ``connection`` has the schemas raw (text as read) and staged (canonical names, mostly text, ``_row`` and where known
    ``_file``), the cleaning macros, and no access to anything outside. ``reads`` gives the raw tables behind each
    staged one. ``digest`` is a sha256 over names and contents of inputs and mapping, wherever they lie.
    """

    connection: duckdb.DuckDBPyConnection
    settings: MappingSettings
    rejects: tuple[Reject, ...]
    files: tuple[SourceFile, ...]
    digest: str
    warnings: tuple[str, ...]
    reads: Mapping[str, tuple[str, ...]]


def stage(
    source: str | Path,
    mapping: str | Path | None,
    *,
    mappings_dir: Path,
    work: Path | None = None,
    date_order: str | None = None,
) -> Staged:
    """Read ``source`` (folder or file) and stage its tables, through a mapping (name or folder) or as they are.

    ``work`` is the DuckDB file to create (None: in memory). ``date_order`` holds where the mapping declares none.
    Raises SourceError for what cannot be read or lacks orders, MappingError for a mapping that does not fit.
    """
    folder = load(locate(mapping, mappings_dir)) if mapping is not None else None
    settings = folder.settings if folder else MappingSettings()
    tables, files = reading.read(source, settings.encodings)
    con = _connect(work)
    try:
        reading.land(con, tables)
        cleaning.install(con, settings.date_order or date_order)
        staging.lock(con)
        reads, ignored = (staging.stage_mapped(con, folder), ()) if folder else staging.stage_canonical(con)
    except BaseException:
        con.close()
        raise
    return Staged(
        connection=con,
        settings=settings,
        rejects=_rejects(tables, reads),
        files=files,
        digest=_digest(files, folder),
        warnings=_warnings(tables, reads, ignored),
        reads=reads,
    )


def _connect(work: Path | None) -> duckdb.DuckDBPyConnection:
    if work is not None and work.exists():
        raise SourceError("the work file is there already", where=str(work), advice="remove it or choose another")
    return duckdb.connect(str(work) if work else ":memory:")


def _rejects(tables: tuple[RawTable, ...], reads: Mapping[str, tuple[str, ...]]) -> tuple[Reject, ...]:
    return tuple(
        Reject(table.file, record.row, record.text, record.reason, table.name, _fed_by(table, reads))
        for table in tables
        for record in table.unreadable
    )


def _fed_by(table: RawTable, reads: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(name for name, sources in reads.items() if table.name in sources)


def _digest(files: tuple[SourceFile, ...], folder: MappingFolder | None) -> str:
    inputs = [[file.name, file.sha256] for file in files]
    texts = sorted(folder.texts.items()) if folder else []
    return hashlib.sha256(json.dumps([inputs, texts], ensure_ascii=False).encode()).hexdigest()


def _warnings(
    tables: tuple[RawTable, ...], reads: Mapping[str, tuple[str, ...]], ignored: tuple[str, ...]
) -> tuple[str, ...]:
    """Notes on the tables that are used, and the names of those that are not canonical."""
    found = [f"{name}: no canonical table, ignored" for name in ignored]
    for table in tables:
        if _fed_by(table, reads):
            found += [f"{table.file}: {note}" for note in table.notes]
            if table.unreadable:
                found.append(f"{table.file}: {len(table.unreadable)} records could not be read as rows")
    return tuple(found)
