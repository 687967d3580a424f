"""Marts from a few rows written by hand, for tests of queries and sections."""

from datetime import date
from pathlib import Path

import duckdb

from salesreview.contract.model import contract
from salesreview.contract.quality import Quality
from salesreview.contract.validate import validate
from salesreview.mart.build import build_mart
from salesreview.mart.store import Mart
from salesreview.periods import parse
from salesreview.reviews.context import Context
from salesreview.sample.company import generate
from salesreview.settings import Settings
from salesreview.sources.cleaning import install


def rows(header: str, *cells: tuple) -> list[dict]:
    """Rows of a table from a line of column names and one tuple a row."""
    return [dict(zip(header.split(), row, strict=True)) for row in cells]


def hand_mart(folder: Path, as_of: date, **tables: list[dict]) -> Mart:
    """A mart that holds ``tables`` (rows as dicts, missing cells null); everything else is not provided."""
    with duckdb.connect() as con:
        install(con)
        con.execute("CREATE SCHEMA staged")
        for name, rows in tables.items():
            header = list(dict.fromkeys(key for row in rows for key in row))
            columns = ", ".join(f'"{column}" VARCHAR' for column in header)
            con.execute(f"CREATE TABLE staged.{name} (_row BIGINT, _file VARCHAR, {columns})")
            marks = ", ".join("?" for _ in range(len(header) + 2))
            for number, row in enumerate(rows, start=2):
                cells = [None if row.get(column) is None else str(row[column]) for column in header]
                con.execute(f"INSERT INTO staged.{name} VALUES ({marks})", [number, None, *cells])
        quality = validate(con)
        path = build_mart(
            con, quality, as_of=as_of, path=folder / "hand.duckdb", currency="CNY", company="x", source="x", digest="x"
        )
    return Mart.open(path)


def context(mart: Mart, period: str = "H1", **settings: object) -> Context:
    return Context(mart, Settings(**settings), parse(period, year=mart.meta.as_of.year))


def order(number: int, account: str | None, day: str, amount: float, **rest: object) -> tuple[dict, dict]:
    """An order with one line; keys of ``rest`` that order_lines has go to the line."""
    of_line = {"product_id", "qty", "list_price", "cost_amount", "return_of_order_id"}
    line = {k: v for k, v in rest.items() if k in of_line}
    head = {k: v for k, v in rest.items() if k not in of_line}
    name = f"O{number:03d}"
    return (
        {"order_id": name, "account_id": account, "order_date": day, **head},
        {"order_id": name, "line_no": "1", "net_amount": amount, **line},
    )


def sold(*orders: tuple[dict, dict]) -> dict[str, list[dict]]:
    return {"orders": [head for head, _ in orders], "order_lines": [line for _, line in orders]}


def sample_mart(folder: Path, scale: float) -> Mart:
    """A mart of the generated company, typed as it comes."""
    tables = generate(scale=scale)
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA typed")
        for name, frame in tables.items():
            con.register("_frame", frame)
            columns = ", ".join(
                f'CAST("{c.name}" AS {c.sql_type}) AS "{c.name}"'
                if c.name in frame.columns
                else f'CAST(NULL AS {c.sql_type}) AS "{c.name}"'
                for c in contract()[name].columns
            )
            con.execute(f"CREATE TABLE typed.{name} AS SELECT {columns} FROM _frame")
            con.unregister("_frame")
        quality = Quality(tables=(), issues=(), sales_affected=None)
        path = build_mart(
            con, quality, as_of=None, path=folder / "sample.duckdb", currency="CNY", company="x", source="x", digest="x"
        )
    return Mart.open(path)
