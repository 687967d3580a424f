"""From raw tables to staged ones: run a mapping's SELECTs, or take tables that are canonical already."""

import json
import re
from collections.abc import Iterator

import duckdb

from ..contract.model import contract
from ..errors import MappingError, SourceError, nearest
from .mapping import MappingFolder
from .reading import RAW, quoted
from .tables import FILE, ROW

STAGED = "staged"


def lock(con: duckdb.DuckDBPyConnection) -> None:
    """Shut files, network, extensions and Python variables out of all SQL to come; it cannot be undone."""
    con.execute("SET python_enable_replacements = false; SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def stage_mapped(con: duckdb.DuckDBPyConnection, mapping: MappingFolder) -> dict[str, tuple[str, ...]]:
    """Create ``staged.<table>`` from each SELECT of the mapping; the raw tables that each one reads, by staged table.

    Rows stand in the order of ``_row``, then of all columns from the left, so that one source gives one table. A
    result without ``_row`` is numbered in the order of its key. Raises MappingError naming the file.
    """
    con.execute(f"CREATE SCHEMA {STAGED}")
    return {table: _run(con, table, text, f"{mapping.name}/{table}.sql") for table, text in mapping.queries.items()}


def stage_canonical(con: duckdb.DuckDBPyConnection) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Stage the raw tables that are named like canonical ones, as they are; also the names of those left aside.

    Raises SourceError when there are no orders or no order_lines, as no review can be built.
    """
    names = _raw_tables(con)
    found = {table: name for table in contract() for name in names if name.lower() == table}
    missing = [table for table in contract() if contract()[table].level == "required" and table not in found]
    if missing:
        raise SourceError(
            f"the source has no table {' and no table '.join(missing)}",
            expected="orders and order_lines (docs/data_model.md)",
            got=", ".join(names) or "no tables",
            advice="if the data has other names, say how to read it with --mapping (docs/mappings.md)",
        )
    con.execute(f"CREATE SCHEMA {STAGED}")
    for table, name in found.items():
        con.execute(f"CREATE TABLE {STAGED}.{quoted(table)} AS SELECT * FROM {RAW}.{quoted(name)} ORDER BY {ROW}")
    ignored = tuple(name for name in names if name not in found.values())
    return {table: (name,) for table, name in found.items()}, ignored


def _run(con: duckdb.DuckDBPyConnection, table: str, text: str, where: str) -> tuple[str, ...]:
    query = _single_select(con, text, where)
    reads = _raw_references(con, query, where)
    try:
        columns = con.sql(query).columns
        _require_canonical(table, columns, where)
        con.execute(_create(table, query, columns))
    except duckdb.Error as error:
        raise _explained(con, error, reads, where) from None
    return reads


def _single_select(con: duckdb.DuckDBPyConnection, text: str, where: str) -> str:
    """The text without the final semicolon and comments after it."""
    advice = "write one SELECT, without any other statement"
    try:
        statements = con.extract_statements(text)
    except duckdb.Error as error:
        raise MappingError(_one_line(error), where=where, expected="one SELECT", advice=advice) from None
    kinds = [str(statement.type).rpartition(".")[2] for statement in statements]
    if kinds != ["SELECT"]:
        raise MappingError(
            "not one SELECT", where=where, expected="SELECT", got=", ".join(kinds) or "no statement", advice=advice
        )
    data = text.encode()
    end = len(data)
    for offset, kind in reversed(duckdb.tokenize(text)):
        if kind != duckdb.token_type.comment and data[offset : offset + 1] != b";":
            break
        end = offset
    return data[:end].decode()


def _raw_references(con: duckdb.DuckDBPyConnection, query: str, where: str) -> tuple[str, ...]:
    """The raw tables that a query names, in order; MappingError for one that is not there."""
    tree = json.loads(con.execute("SELECT json_serialize_sql(?)", [query]).fetchall()[0][0])
    known = {name.casefold(): name for name in _raw_tables(con)}
    found: dict[str, None] = {}
    for schema, name in _base_tables(tree):
        if schema.lower() == RAW and name.casefold() not in known:
            close = nearest(name, known.values())
            raise MappingError(
                f"the source has no table {RAW}.{quoted(name)}",
                where=where,
                expected=", ".join(f"{RAW}.{quoted(table)}" for table in known.values()),
                advice=f"did you mean {RAW}.{quoted(close)}?" if close else None,
            )
        if schema.lower() == RAW:
            found[known[name.casefold()]] = None
    return tuple(found)


def _base_tables(node: object) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        if node.get("type") == "BASE_TABLE":
            yield node["schema_name"], node["table_name"]
        for value in node.values():
            yield from _base_tables(value)
    elif isinstance(node, list):
        for value in node:
            yield from _base_tables(value)


def _require_canonical(table: str, columns: list[str], where: str) -> None:
    valid = (*contract()[table].column_names, ROW, FILE)
    for name in columns:
        if name not in valid:
            close = nearest(name, valid)
            raise MappingError(
                f"{table} has no column {name}",
                where=where,
                expected=", ".join(contract()[table].column_names),
                advice=f"did you mean {close}?" if close else "leave the column out of the SELECT",
            )
        if columns.count(name) > 1:
            raise MappingError(f"the column {name} appears twice", where=where, advice="name each result column once")


def _create(table: str, query: str, columns: list[str]) -> str:
    key = [name for name in contract()[table].key if name in columns]
    rest = [name for name in columns if name not in key and name != ROW]
    order = ", ".join(quoted(name) for name in (*key, *rest))
    number = "" if ROW in columns else f", row_number() OVER (ORDER BY {order}) AS {ROW}"
    return (
        f"CREATE TABLE {STAGED}.{quoted(table)} AS SELECT *{number} FROM (\n{query}\n) AS mapped "
        f"ORDER BY {', '.join(filter(None, (ROW, order)))}"
    )


def _raw_tables(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    rows = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = ? ORDER BY table_oid", [RAW]
    ).fetchall()
    return tuple(name for (name,) in rows)


def _explained(con: duckdb.DuckDBPyConnection, error: duckdb.Error, reads: tuple[str, ...], where: str) -> MappingError:
    """What the engine said, with the columns of the tables read and the nearest to a missing one."""
    message = _one_line(error)
    missing = re.search(r"column (?:named )?\"([^\"]+)\"", message)
    if not missing:
        return MappingError(message, where=where, advice="docs/mappings.md lists the macros and what SQL may use")
    columns = {name: [row[0] for row in con.execute(f"DESCRIBE {RAW}.{quoted(name)}").fetchall()] for name in reads}
    close = nearest(missing[1], [column for found in columns.values() for column in found])
    expected = "; ".join(f"{RAW}.{quoted(name)} has {', '.join(found)}" for name, found in columns.items())
    advice = f"did you mean {quoted(close)}?" if close else None
    return MappingError(message, where=where, expected=expected or None, advice=advice)


def _one_line(error: duckdb.Error) -> str:
    return str(error).partition("\n")[0].strip()
