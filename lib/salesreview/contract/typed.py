"""From text to types: each staged table becomes a work table with typed columns and a mark where typing failed.

The text cleaning macros (``clean_text``, ``to_number``, ``to_fraction``, ``to_date``, ``to_timestamp_``, ``to_bool``)
stand on the connection already. Null and blank text give null; a text that cannot be read gives null and the mark.
"""

from dataclasses import dataclass

import duckdb

from .model import Column, TableSpec

STAGED, WORK = "staged", "checking"
POSITION = ("_row", "_file")
NUMERIC = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
NUMBERS = (*NUMERIC, "FLOAT", "DOUBLE", "DECIMAL")


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def bad(column: str) -> str:
    """The quoted name of the mark that a column's value could not be read."""
    return quoted(f"{column}!bad")


@dataclass(frozen=True)
class Landed:
    """One table on its way: ``raw`` as it was read, ``work`` typed; both joined by raw.rowid = work._id."""

    spec: TableSpec
    provided: tuple[Column, ...]
    unknown: tuple[str, ...]
    raw: str
    work: str
    has_row: bool
    has_file: bool

    @property
    def names(self) -> set[str]:
        return {column.name for column in self.provided}

    @property
    def row(self) -> str:
        return "r._row" if self.has_row else "r.rowid + 1"

    @property
    def file(self) -> str:
        return "CAST(r._file AS VARCHAR)" if self.has_file else "CAST(NULL AS VARCHAR)"


def staged_columns(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Column names and types of a staged relation, empty when there is none."""
    rows = con.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = ? AND table_name = ? "
        "ORDER BY column_index",
        [STAGED, table],
    ).fetchall()
    return dict(rows)


def land(con: duckdb.DuckDBPyConnection, spec: TableSpec, staged: dict[str, str]) -> Landed:
    """Create ``checking.<table>`` from ``staged.<table>``: _id, _row, _file, the typed columns and their marks."""
    landed = Landed(
        spec=spec,
        provided=tuple(column for column in spec.columns if column.name in staged),
        unknown=tuple(name for name in staged if name not in spec.column_names and name not in POSITION),
        raw=_with_rowid(con, spec.name),
        work=f"{WORK}.{quoted(spec.name)}",
        has_row="_row" in staged,
        has_file="_file" in staged,
    )
    kinds = {column.name: staged[column.name].split("(")[0] for column in landed.provided}
    read = [f", {reading(column, kinds[column.name])} AS {quoted(column.name)}" for column in landed.provided]
    filled = [f", {_filled(column, kinds[column.name])} AS {bad(column.name)}" for column in landed.provided]
    typed = [f", {converted(column)} AS {quoted(column.name)}" for column in landed.provided]
    marks = [
        f", {bad(column.name)} AND {converted(column)} IS NULL AS {bad(column.name)}" for column in landed.provided
    ]
    con.execute(
        f"CREATE TABLE {landed.work} AS SELECT _id, _row, _file{''.join(typed + marks)} FROM ("
        f"SELECT r.rowid AS _id, {landed.row} AS _row, {landed.file} AS _file{''.join(read + filled)} "
        f"FROM {landed.raw} AS r) AS t ORDER BY _id"
    )
    return landed


def reading(column: Column, kind: str) -> str:
    """SQL that reads ``r.<column>``: cleaned text, a DECIMAL(38,10), a moment or a truth value; null if it is none.

    ``kind`` is the SQL type that the mapping left it in; values that are typed already are not read through text.
    """
    value = f"r.{quoted(column.name)}"
    match column.type:
        case "bool":
            return value if kind == "BOOLEAN" else f"to_bool({value})"
        case "date" | "datetime" if kind == "DATE" or kind.startswith("TIMESTAMP"):
            return value
        case "date":
            return f"to_date({value})"
        case "datetime":
            return f"to_timestamp_({value})"
        case "money" | "decimal" | "int" | "fraction" if kind in NUMBERS:
            return f"TRY_CAST({value} AS DECIMAL(38,10))"
        case "fraction":
            return f"to_fraction({value})"
        case "money" | "decimal" | "int":
            return f"to_number({value})"
    return f"clean_text({value})"


def converted(column: Column) -> str:
    """SQL that brings a value that was read into the contract's type; null when it does not fit."""
    value = quoted(column.name)
    match column.type:
        case "id" | "str" | "text" | "bool":
            return value
        case "enum":
            return _spelled_as_declared(value, column.values)
        case "json":
            return f"CASE WHEN json_valid({value}) THEN {value} END"
        case "int":
            return f"CASE WHEN {value} = trunc({value}) THEN TRY_CAST({value} AS BIGINT) END"
    return f"TRY_CAST({value} AS {column.sql_type})"


def _spelled_as_declared(text: str, values: tuple[str, ...]) -> str:
    """An enum value in the contract's spelling, whatever its letter case; any other text as it is."""
    cased = [value for value in values if value != value.upper() or value != value.lower()]
    if not cased:
        return text
    branches = " ".join(f"WHEN {literal(value.lower())} THEN {literal(value)}" for value in cased)
    return f"CASE lower({text}) {branches} ELSE {text} END"


def _filled(column: Column, kind: str) -> str:
    """What tells a blank cell (no failure) from an unreadable one."""
    value = f"r.{quoted(column.name)}"
    return f"clean_text({value}) IS NOT NULL" if kind == "VARCHAR" else f"{value} IS NOT NULL"


def _with_rowid(con: duckdb.DuckDBPyConnection, table: str) -> str:
    staged = f"{STAGED}.{quoted(table)}"
    found = con.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?", [STAGED, table]
    ).fetchone()
    if found and found[0]:
        return staged
    copy = f"{WORK}.{quoted(table + '!raw')}"
    con.execute(f"CREATE TABLE {copy} AS SELECT * FROM {staged}")
    return copy
