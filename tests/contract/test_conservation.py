"""Whatever is read is either kept or quarantined, in rows and in money, and each quarantined row has its line."""

import csv
import tempfile
from decimal import Decimal
from pathlib import Path

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from salesreview.contract.validate import validate
from salesreview.errors import ContractError
from salesreview.sources.cleaning import install

IDS = st.sampled_from(["A", "B", "C", "", None])
DAYS = st.sampled_from(["2026-01-05", "2026/2/6", "never", "", None])
AMOUNTS = st.one_of(st.decimals(-1000, 1000, places=2).map(str), st.sampled_from(["x", "", "(5.00)", None]))
ORDERS = st.lists(st.tuples(IDS, DAYS), min_size=1, max_size=8)
LINES = st.lists(st.tuples(IDS, st.sampled_from(["1", "2", None]), AMOUNTS), min_size=1, max_size=12)


def staged(orders, lines):
    con = duckdb.connect()
    install(con)
    con.execute("CREATE SCHEMA staged")
    con.execute("CREATE TABLE staged.orders (_row BIGINT, order_id VARCHAR, order_date VARCHAR)")
    con.execute("CREATE TABLE staged.order_lines (_row BIGINT, order_id VARCHAR, line_no VARCHAR, net_amount VARCHAR)")
    con.executemany("INSERT INTO staged.orders VALUES (?, ?, ?)", [(n, *row) for n, row in enumerate(orders, 2)])
    con.executemany("INSERT INTO staged.order_lines VALUES (?, ?, ?, ?)", [(n, *row) for n, row in enumerate(lines, 2)])
    return con


def readable(lines):
    """The sum that a person would make of the amounts: brackets are negative, words are nothing."""
    texts = (amount.replace("(5.00)", "-5") for *_, amount in lines if amount not in ("x", "", None))
    return sum((Decimal(text) for text in texts), Decimal(0))


@settings(max_examples=25, deadline=None)
@given(ORDERS, LINES)
def test_rows_and_amounts_are_conserved(orders, lines):
    with tempfile.TemporaryDirectory() as folder:
        try:
            quality = validate(staged(orders, lines), Path(folder))
        except ContractError as error:
            assert error.what == "no order line is left"
            return
        for name, read in (("orders", len(orders)), ("order_lines", len(lines))):
            table = quality.table(name)
            assert table.rows_read == read == table.rows_kept + table.rows_quarantined
            assert written(Path(folder) / f"{name}.csv") == table.rows_quarantined
        table = quality.table("order_lines")
        assert table.amount_read == readable(lines) == table.amount_kept + table.amount_quarantined
        assert 0 <= (quality.sales_affected or 0) <= 1


def written(path):
    if not path.exists():
        return 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))
