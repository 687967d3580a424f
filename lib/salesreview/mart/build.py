"""One typed DuckDB file from the checked tables: cut at as_of, with calendar, joined sales facts and quality record."""

import os
from collections.abc import Mapping
from dataclasses import astuple, replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from ..contract.model import TableSpec, contract
from ..contract.quality import Quality
from ..contract.typed import quoted
from ..errors import PeriodError
from ..record import UNCLASSIFIED
from . import kept_quality
from .cut import SEEN, TYPED, cut
from .meta import META_SQL, Meta
from .workdays import calendar

BATCH_ROWS = 100_000


def build_mart(
    con: duckdb.DuckDBPyConnection,
    quality: Quality,
    *,
    as_of: date | None,
    path: Path,
    currency: str,
    company: str,
    source: str,
    digest: str,
    holiday_country: str = "CN",
    fiscal_start: int = 1,
    company_en: str | None = None,
) -> Path:
    """Write the mart to ``path``, complete or not at all, from the ``typed`` tables that `validate` left on ``con``.

    Every canonical table is in it with all its columns, empty when it was not provided; see `cut.cut` for what
    ``as_of`` (None: the last order date in the data) hides. ``calendar`` has one row per day, from the year before
    the first sale to the second year after as_of. ``sales_facts`` has one row per order line (sales_facts.sql).
    Each table is written in key order, so that equal input gives equal answers.

    Raises PeriodError when nothing was sold on or before ``as_of``, OptionError for an unknown holiday country.
    """
    con.execute(f"DROP SCHEMA IF EXISTS {SEEN} CASCADE")
    as_of = as_of or _last_order(con)
    provided = cut(con, contract(), as_of)
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        beside = Path(folder) / path.name
        with duckdb.connect(str(beside)) as mart:
            rows = {name: _copy(con, mart, spec, name in provided) for name, spec in contract().items()}
            _join_facts(mart)
            first_day, last_day = _days_with_sales(mart, as_of)
            meta = Meta(
                as_of=as_of,
                first_day=first_day,
                last_day=last_day,
                currency=currency,
                company=company,
                source=source,
                digest=digest,
                holiday_country=holiday_country,
                fiscal_start=fiscal_start,
                sales_affected=quality.sales_affected,
                company_en=company_en,
            )
            _write_calendar(mart, meta)
            kept_quality.write(mart, _with_cut(quality, rows))
            mart.execute(META_SQL)
            mart.execute(f"INSERT INTO _meta VALUES ({', '.join('?' for _ in astuple(meta))})", astuple(meta))
        os.replace(beside, path)
    con.execute(f"DROP SCHEMA {SEEN} CASCADE")
    return path


def _last_order(con: duckdb.DuckDBPyConnection) -> date:
    return con.execute(f"SELECT max(order_date) FROM {TYPED}.orders").fetchall()[0][0]


def _copy(con: duckdb.DuckDBPyConnection, mart: duckdb.DuckDBPyConnection, spec: TableSpec, provided: bool) -> int:
    """Create the table with all columns of the contract and fill it in key order; gives its number of rows.

    The rows stream between the connections, because the one that ran a mapping may not touch files any more.
    """
    columns = ", ".join(f"{quoted(column.name)} {column.sql_type}" for column in spec.columns)
    mart.execute(f"CREATE TABLE {quoted(spec.name)} ({columns})")
    if not provided:
        return 0
    key = ", ".join(f"{quoted(name)} NULLS FIRST" for name in spec.key)
    batches = con.sql(f"SELECT * FROM {SEEN}.{quoted(spec.name)} ORDER BY {key}").to_arrow_reader(BATCH_ROWS)
    mart.register("_batches", batches)
    mart.execute(f"INSERT INTO {quoted(spec.name)} SELECT * FROM _batches")
    mart.unregister("_batches")
    return mart.execute(f"SELECT count(*) FROM {quoted(spec.name)}").fetchall()[0][0]


def _join_facts(mart: duckdb.DuckDBPyConnection) -> None:
    sql = files(__package__).joinpath("sales_facts.sql").read_text(encoding="utf-8")
    mart.execute(sql.format(unclassified=UNCLASSIFIED))


def _days_with_sales(mart: duckdb.DuckDBPyConnection, as_of: date) -> tuple[date, date]:
    first, last = mart.execute("SELECT min(order_date), max(order_date) FROM sales_facts").fetchall()[0]
    if first is None:
        raise PeriodError(
            "nothing was sold up to the cut-off",
            where="--as-of",
            expected="a day on or after the first order that was not cancelled",
            got=as_of,
            advice="choose a later --as-of or bring older data",
        )
    return first, last


def _write_calendar(mart: duckdb.DuckDBPyConnection, meta: Meta) -> None:
    first, last = date(meta.first_day.year - 1, 1, 1), date(meta.as_of.year + 2, 12, 31)
    mart.register("_days", calendar(first, last, meta.holiday_country, meta.fiscal_start))
    mart.execute(
        'CREATE TABLE calendar AS SELECT CAST("date" AS DATE) AS "date", CAST(fy AS INTEGER) AS fy, half, quarter, '
        'CAST("month" AS INTEGER) AS "month", is_workday, CAST(holiday AS VARCHAR) AS holiday '
        'FROM _days ORDER BY "date"'
    )
    mart.unregister("_days")


def _with_cut(quality: Quality, rows: Mapping[str, int]) -> Quality:
    tables = (replace(table, rows_after_as_of=table.rows_kept - rows[table.name]) for table in quality.tables)
    return replace(quality, tables=tuple(tables))
