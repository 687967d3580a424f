"""Small companies by hand: rows of text that are staged, checked and built into a mart."""

from datetime import date

import duckdb
import pytest

from salesreview.contract.validate import validate
from salesreview.mart.build import build_mart
from salesreview.mart.store import Mart
from salesreview.sources.cleaning import install


class Company:
    """``tables`` maps a table to a header line and lines of cells split by ``|``; a blank cell is null."""

    def __init__(self, folder, tables):
        self.path, self.con = folder / "mart.duckdb", duckdb.connect()
        install(self.con)
        self.con.execute("CREATE SCHEMA staged")
        for table, (header, *lines) in tables.items():
            columns = ", ".join(f'"{name}" VARCHAR' for name in header.split("|"))
            self.con.execute(f"CREATE TABLE staged.{table} (_row BIGINT, {columns})")
            for number, line in enumerate(lines, 2):
                cells = [cell or None for cell in line.split("|")]
                self.con.execute(
                    f"INSERT INTO staged.{table} VALUES (?{', ?' * len(cells)})",
                    [number, *cells],
                )
        self.quality = validate(self.con)

    def build(self, as_of=None, path=None, **options):
        return build_mart(
            self.con,
            self.quality,
            as_of=date.fromisoformat(as_of) if as_of else None,
            path=path or self.path,
            currency="CNY",
            company="试验公司",
            source="test",
            digest="0",
            **options,
        )

    def open(self, as_of=None, **options):
        return Mart.open(self.build(as_of, **options))


@pytest.fixture
def company(tmp_path):
    return lambda **tables: Company(tmp_path, tables)


SALES = {
    "orders": (
        "order_id|order_date|account_id|region_id|rep_id|status",
        "A|2025-03-01|1|N|r1|done",
        "B|2026-01-05|1||r1|",
        "C|2026-02-10|2|S||cancelled",
        "D|2026-03-20||||shipped",
    ),
    "order_lines": (
        "order_id|line_no|product_id|qty|net_amount|return_of_order_id",
        "A|1|p|2|100|",
        "B|1|p|1|60|",
        "B|2|p|-1|-10|A",
        "C|1|p|1|500|",
        "D|1||1|7.25|",
    ),
    "accounts": (
        "account_id|name|tier|region_id|potential_spend",
        "1|甲公司|普通|S|1000",
        "2|NA|重点|N|",
    ),
    "regions": ("region_id|name", "N|北区", "S|NA"),
    "products": ("product_id|name|product_line|class", "p|泵|设备|甲"),
    "reps": ("rep_id|name|team_id|hire_date", "r1|王|t1|2024-01-01"),
    "teams": ("team_id|name", "t1|一队"),
}


@pytest.fixture
def small(company):
    """Four orders of two accounts: one cancelled, one without any dimension, one with a returned line."""
    return company(**SALES)


@pytest.fixture
def small_with(company):
    """The small company with further tables, or with some of its tables replaced."""
    return lambda **tables: company(**{**SALES, **tables})
