"""From files to a mart: what is read, kept, set aside and remembered."""

import csv
from datetime import date

import pytest

from salesreview import prepare as prepare_module
from salesreview.errors import ContractError, PeriodError
from salesreview.mart.store import Mart
from salesreview.prepare import cached, prepare
from salesreview.settings import Settings


@pytest.fixture
def make(tmp_path, flat_source):
    def run(**options):
        usual = {"as_of": None, "settings": Settings(), "folder": tmp_path / "work"}
        return prepare(flat_source, None, **usual | options)

    return run


def test_the_mart_is_cut_at_the_last_order_by_default(make):
    made = make()
    assert (made.as_of, made.meta.first_day) == (date(2026, 6, 30), date(2025, 9, 15))
    assert made.meta.company == made.meta.source == "flat"
    assert [file.name for file in made.inputs] == ["order_lines.csv", "orders.csv"]
    assert made.quality.rows_quarantined == 0 and not made.quarantine.exists()


def test_later_facts_are_invisible(make):
    with Mart.open(make(as_of=date(2026, 1, 31)).mart_path) as mart:
        assert mart.query("SELECT count(*) AS n FROM sales_facts").n[0] == 5  # September to January


def test_an_as_of_before_all_sales(make):
    with pytest.raises(PeriodError):
        make(as_of=date(2025, 1, 1))


def test_the_digest_follows_the_content_not_the_place(make, tmp_path, flat_source):
    first = make().digest
    moved = flat_source.rename(tmp_path / "elsewhere")
    options = {"as_of": None, "settings": Settings()}
    assert prepare(moved, None, **options, folder=tmp_path / "2").digest == first
    with (moved / "order_lines.csv").open("a") as file:
        file.write("O1,2,P1,1,50\n")
    assert prepare(moved, None, **options, folder=tmp_path / "3").digest != first


def test_a_bad_row_is_set_aside_and_counted(make, flat_source):
    with (flat_source / "order_lines.csv").open("a") as file:
        file.write("O1,2,P1,1,not a number\n")
    made = make()
    table = made.quality.table("order_lines")
    assert (table.rows_read, table.rows_kept, table.rows_quarantined) == (11, 10, 1)
    rows = list(csv.DictReader((made.quarantine / "order_lines.csv").open(encoding="utf-8-sig")))
    assert rows[0]["value"] == "not a number"
    with pytest.raises(ContractError, match="rows break the data contract"):
        make(strict=True)


def test_a_record_that_is_no_row_is_counted_too(make, flat_source):
    with (flat_source / "order_lines.csv").open("a") as file:
        file.write("O1,3,P1,1,100,surplus,=cells\n")
    made = make()
    table = made.quality.table("order_lines")
    assert (table.rows_read, table.rows_kept, table.rows_quarantined) == (11, 10, 1)
    assert made.quality.issues[0].rule == "unreadable" and made.quality.issues[0].rows == 1
    assert "surplus" in (made.quarantine / "unreadable.csv").read_text(encoding="utf-8-sig")


def test_strict_wants_the_core_tables(make):
    with pytest.raises(ContractError, match="tables are missing"):
        make(strict=True)


def test_the_cache_is_used_until_data_or_settings_change(flat_source, tmp_path, monkeypatch):
    monkeypatch.setenv("SALESREVIEW_CACHE", str(tmp_path / "cache"))
    calls = []
    original = prepare_module.prepare
    monkeypatch.setattr(prepare_module, "prepare", lambda *a, **k: calls.append(1) or original(*a, **k))

    def get(**options):
        return cached(flat_source, None, as_of=None, settings=Settings(**options))

    first = get()
    assert get() == first and first.exists() and len(calls) == 1
    assert get(fiscal_year_start_month=4) != first and len(calls) == 2
    with (flat_source / "orders.csv").open("a") as file:
        file.write("O99,2026-06-30,A1,R1,closed\n")
    assert get() != first and len(calls) == 3
