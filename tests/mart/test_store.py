"""Opening, asking and refusing."""

import subprocess
import sys
from datetime import date

import duckdb
import pytest

from salesreview.errors import SalesReviewError
from salesreview.mart.store import Mart

READER = """
import sys
from salesreview.mart.store import Mart
with Mart.open(sys.argv[1]) as mart:
    sys.stdin.readline()
    print(mart.query("SELECT sum(net_amount) AS s FROM sales_facts").s[0])
"""


def test_five_processes_read_one_mart_at_once(small):
    path = str(small.build())
    readers = [
        subprocess.Popen([sys.executable, "-c", READER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(5)
    ]
    for reader in readers:
        reader.stdin.write("\n")
        reader.stdin.flush()
    assert [reader.communicate(timeout=60)[0].strip() for reader in readers] == ["157.25"] * 5


def test_a_mart_is_replaced_while_it_is_open(small):
    with small.open() as before:
        small.build("2025-12-31")
        assert before.query("SELECT count(*) AS n FROM orders").n[0] == 4
    with Mart.open(small.path) as after:
        assert after.query("SELECT count(*) AS n FROM orders").n[0] == 1


def test_parameters_are_named(small):
    with small.open() as mart:
        sql = "SELECT order_id, net_amount, order_date FROM sales_facts WHERE order_date >= $start"
        frame = mart.query(sql, start=date(2026, 3, 1))
        assert frame.order_id.tolist() == ["D"]
        assert str(frame.net_amount.dtype) == "float64"
        assert str(frame.order_date.dtype).startswith("datetime64")


def test_missing_names_what_holds_nothing(small):
    with small.open() as mart:
        assert mart.missing("payments", "orders.opp_id", "orders", "orders.rep_id", "products.launch_date") == (
            "payments",
            "orders.opp_id",
            "products.launch_date",
        )
        assert mart.missing("sales_facts.cost_amount", "sales_facts.region") == ("sales_facts.cost_amount",)
        with pytest.raises(SalesReviewError, match=r"expected payments"):
            mart.missing("payment")


def test_the_quality_record_comes_back_as_it_was(small_with):
    company = small_with(payments=("payment_id|paid_at|amount|note", "P|2026-01-01|x|", "Q|2026-01-01|5|"))
    with company.open() as mart:
        assert mart.quality() == company.quality
        assert {issue.rule for issue in mart.quality().issues} == {"type", "unknown_column"}


def test_meta_says_what_the_mart_is_about(small):
    with small.open() as mart:
        assert (mart.meta.company, mart.meta.currency, mart.meta.source, mart.meta.digest) == (
            "试验公司",
            "CNY",
            "test",
            "0",
        )
        assert mart.meta.sales_affected == 0


def test_nothing_can_be_written_or_read_from_outside(small, tmp_path):
    (tmp_path / "x.csv").write_text("a\n1\n")
    with small.open() as mart:
        with pytest.raises(duckdb.Error):
            mart.query("DELETE FROM orders")
        with pytest.raises(duckdb.Error):
            mart.query(f"SELECT * FROM '{tmp_path / 'x.csv'}'")


def test_what_is_no_mart_is_refused(tmp_path):
    with pytest.raises(SalesReviewError, match="there is no mart"):
        Mart.open(tmp_path / "none.duckdb")
    (tmp_path / "text.duckdb").write_text("hello" * 1000)
    with pytest.raises(SalesReviewError, match="cannot be read as a mart"):
        Mart.open(tmp_path / "text.duckdb")
    duckdb.connect(str(tmp_path / "other.duckdb")).close()
    with pytest.raises(SalesReviewError, match="cannot be read as a mart"):
        Mart.open(tmp_path / "other.duckdb")
