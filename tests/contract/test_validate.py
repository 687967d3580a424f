"""Each rule on rows made by hand; the expected counts and amounts are worked out beside them."""

import csv
from decimal import Decimal

import pytest

from salesreview.contract.quality import QuarantinedRows, UnreadRow
from salesreview.contract.quarantine import safe_cell
from salesreview.contract.validate import validate
from salesreview.errors import ContractError


def issues_of(quality, table):
    return {(issue.column, issue.rule): issue for issue in quality.issues if issue.table == table}


def lines_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_clean_rows_become_typed_and_nothing_is_reported(two_orders, tmp_path):
    quality = validate(two_orders.con, tmp_path)
    assert quality.issues == ()
    assert quality.sales_affected == 0
    assert list(tmp_path.iterdir()) == []
    assert two_orders.rows("SELECT sum(net_amount) FROM typed.order_lines") == [(Decimal("350.0000"),)]
    lines = quality.table("order_lines")
    assert (lines.rows_read, lines.rows_kept, lines.rows_quarantined) == (3, 3, 0)
    assert (lines.amount_read, lines.amount_kept, lines.amount_quarantined) == (350, 350, 0)
    assert not quality.table("payments").provided


def test_a_typed_table_has_all_columns_of_the_contract(two_orders):
    validate(two_orders.con)
    described = two_orders.rows("SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = 'typed'")
    assert ("cost_amount", "DECIMAL(20,4)") in described
    assert ("delivered_at", "TIMESTAMP") in described


def test_unreadable_amount_quarantines_the_line(stage, tmp_path):
    stage.put("orders", "order_id|order_date", "A|2026-01-05")
    stage.put("order_lines", "order_id|line_no|net_amount|qty", "A|1|60|1", "A|2|sixty|many", file="lines.csv")
    quality = validate(stage.con, tmp_path)
    lines = quality.table("order_lines")
    assert (lines.rows_kept, lines.rows_quarantined, lines.amount_kept) == (1, 1, 60)
    issue = issues_of(quality, "order_lines")["net_amount", "type"]
    assert (issue.severity, issue.rows, issue.example, issue.expected) == ("error", 1, "sixty", "money")
    (row,) = lines_of(tmp_path / "order_lines.csv")
    assert (row["row"], row["file"]) == ("3", "lines.csv")
    assert (row["column"], row["value"]) == ("net_amount; qty", "sixty; many")
    assert row["reason"].count("cannot be read as") == 2
    assert row["qty"] == "many"


def test_a_failure_in_an_optional_column_blanks_the_cell_only(stage, tmp_path):
    stage.put("orders", "order_id|order_date|delivered_at|status", "A|2026-01-05|soon|Done", "B|2026-01-06||sold")
    stage.put("order_lines", "order_id|line_no|net_amount", "A|1|60", "B|1|40")
    quality = validate(stage.con, tmp_path)
    found = issues_of(quality, "orders")
    assert found["delivered_at", "type"].severity == "warning"
    assert found["delivered_at", "type"].amount == 60  # the lines of order A
    assert found["status", "enum"].amount == 40  # the lines of order B
    assert stage.rows("SELECT order_id, delivered_at, status FROM typed.orders ORDER BY order_id") == [
        ("A", None, "done"),
        ("B", None, None),
    ]
    assert quality.rows_quarantined == 0
    assert list(tmp_path.iterdir()) == []


def test_a_repeated_key_keeps_the_first_good_row(stage, tmp_path):
    stage.put("orders", "order_id|order_date", "A|never", "A|2026-01-05", "A|2026-01-06")
    stage.put("order_lines", "order_id|line_no|net_amount", "A|1|60")
    quality = validate(stage.con, tmp_path)
    assert [str(row[0]) for row in stage.rows("SELECT order_date FROM typed.orders")] == ["2026-01-05"]
    assert issues_of(quality, "orders")["order_id", "duplicate_key"].rows == 2
    assert [row["row"] for row in lines_of(tmp_path / "orders.csv")] == ["2", "4"]
    assert quality.table("order_lines").rows_kept == 1


def test_blank_parts_of_a_key_count_as_a_value(two_orders):
    two_orders.put("marketing_spend", "month|amount", "2026-01-01|5", "2026-01-01|7", "2026-02-01|9")
    spend = validate(two_orders.con).table("marketing_spend")
    assert (spend.rows_kept, spend.amount_kept, spend.amount_quarantined) == (2, 14, 7)


def test_a_quarantined_order_takes_its_lines_along(stage, tmp_path):
    stage.put("orders", "order_id|order_date", "A|2026-01-05", "B|someday")
    stage.put("order_lines", "order_id|line_no|net_amount", "A|1|60", "B|1|30", "B|2|-10", "C|1|5")
    quality = validate(stage.con, tmp_path)
    found = issues_of(quality, "order_lines")
    assert (found["order_id", "quarantined_parent"].rows, found["order_id", "quarantined_parent"].amount) == (2, 20)
    assert (found["order_id", "orphan"].rows, found["order_id", "orphan"].amount) == (1, 5)
    assert issues_of(quality, "orders")["order_date", "type"].amount == 20
    # |30| + |-10| + |5| of |60| + |30| + |-10| + |5|
    assert quality.sales_affected == pytest.approx(45 / 105)
    assert "quarantined row of orders" in lines_of(tmp_path / "order_lines.csv")[0]["reason"]


def test_a_dangling_dimension_is_blanked_and_the_row_stays(stage):
    stage.put("accounts", "account_id|name", "1|One")
    stage.put("orders", "order_id|order_date|account_id|rep_id", "A|2026-01-05|1|r1", "B|2026-01-05|2|r1")
    stage.put("order_lines", "order_id|line_no|net_amount", "A|1|60", "B|1|40")
    quality = validate(stage.con)
    issue = issues_of(quality, "orders")["account_id", "orphan"]
    assert (issue.rows, issue.amount, issue.severity, issue.example) == (1, 40, "warning", "2")
    assert stage.rows("SELECT account_id, rep_id FROM typed.orders ORDER BY order_id") == [("1", "r1"), (None, "r1")]


def test_bounds_and_required_blanks(two_orders):
    two_orders.put("regions", "region_id|name|market_potential", "N|北|-1", "S||5")
    quality = validate(two_orders.con)
    found = issues_of(quality, "regions")
    assert found["market_potential", "min"].severity == "warning"
    assert found["name", "null"].severity == "error"
    assert two_orders.rows("SELECT region_id, market_potential FROM typed.regions") == [("N", None)]


def test_a_broken_invariant_clears_what_it_names_or_quarantines(stage):
    stage.put("orders", "order_id|order_date|delivered_at", "A|2026-01-05|2026-01-04")
    stage.put("order_lines", "order_id|line_no|net_amount", "A|1|60")
    stage.put("reps", "rep_id|hire_date|leave_date", "r1|2026-01-05|2025-01-01", "r2|2025-01-01|")
    quality = validate(stage.con)
    assert stage.rows("SELECT delivered_at FROM typed.orders") == [(None,)]
    issue = issues_of(quality, "reps")["hire_date, leave_date", "invariant:hire_before_leave"]
    assert (issue.severity, issue.example) == ("error", "2026-01-05 / 2025-01-01")
    assert stage.rows("SELECT rep_id FROM typed.reps") == [("r2",)]


def test_columns_typed_by_the_mapping_are_taken_as_they_are(stage):
    stage.con.execute(
        "CREATE TABLE staged.orders AS SELECT 1 AS _row, 7 AS order_id, TIMESTAMP '2026-01-05 10:00' AS order_date, "
        "true AS complete"
    )
    stage.con.execute(
        "CREATE VIEW staged.order_lines AS SELECT 1 AS _row, 7 AS order_id, 1 AS line_no, 19.99::DOUBLE AS net_amount"
    )
    validate(stage.con)
    assert stage.rows("SELECT net_amount FROM typed.order_lines") == [(Decimal("19.9900"),)]
    assert str(stage.rows("SELECT order_date FROM typed.orders")[0][0]) == "2026-01-05"


def test_records_that_are_no_rows_count_as_quarantined(two_orders, tmp_path):
    torn = UnreadRow("order_lines", "lines.csv", 9, "A,3", "2 fields where the header has 3")
    stray = UnreadRow("payments", "p.csv", 2, "x", "1 field where the header has 3")
    quality = validate(two_orders.con, tmp_path, unread=(torn, stray))
    lines = quality.table("order_lines")
    assert (lines.rows_read, lines.rows_kept, lines.rows_quarantined) == (4, 3, 1)
    assert issues_of(quality, "order_lines")[None, "unread"].example == "A,3"
    (row,) = lines_of(tmp_path / "order_lines.csv")
    assert (row["row"], row["file"], row["value"]) == ("9", "lines.csv", "A,3")
    assert not quality.table("payments").provided
    assert quality.table("payments").rows_quarantined == 1
    assert (tmp_path / "payments.csv").exists()


def test_unknown_columns_are_named(stage):
    stage.put("orders", "order_id|order_date|colour", "A|2026-01-05|red")
    stage.put("order_lines", "order_id|line_no|net_amount", "A|1|60")
    assert issues_of(validate(stage.con), "orders")["colour", "unknown_column"].severity == "warning"


def test_missing_required_tables_and_columns_are_named_together(stage):
    stage.put("orders", "order_id", "A")
    with pytest.raises(ContractError, match=r"orders\.order_date, order_lines \(no rows\)"):
        validate(stage.con)


def test_no_line_left_is_an_error_after_the_files_are_written(stage, tmp_path):
    stage.put("orders", "order_id|order_date", "A|never")
    stage.put("order_lines", "order_id|line_no|net_amount", "A|1|60")
    with pytest.raises(ContractError, match="no order line is left"):
        validate(stage.con, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"orders.csv", "order_lines.csv"}


def test_strict_refuses_any_quarantined_row_and_still_reports(stage, tmp_path):
    stage.put("orders", "order_id|order_date", "A|2026-01-05")
    stage.put("order_lines", "order_id|line_no|net_amount", "A|1|60", "A|2|?")
    with pytest.raises(QuarantinedRows, match="order_lines 1") as caught:
        validate(stage.con, tmp_path, strict=True)
    assert caught.value.quality.table("order_lines").rows_quarantined == 1
    assert (tmp_path / "order_lines.csv").exists()


def test_amounts_that_should_agree_are_compared(stage):
    stage.put("orders", "order_id|order_date|contract_id", "A|2026-01-05|K1", "B|2026-01-06|K2")
    stage.put("order_lines", "order_id|line_no|net_amount", "A|1|60", "B|1|40")
    stage.put("opportunities", "opp_id|created_at|outcome", "O1|2025-12-01|won", "O2|2025-12-01|won")
    stage.put("contracts", "contract_id|opp_id|amount", "K1|O1|60", "K2|O2|50")
    stage.put("invoices", "invoice_id|issue_date|amount", "I1|2026-01-07|60")
    stage.put("payments", "payment_id|invoice_id|paid_at|amount", "P1|I1|2026-02-01|50", "P2|I1|2026-02-02|15")
    stage.put("order_splits", "order_id|rep_id|split_pct", "A|r1|60%", "A|r2|30%", "B|r1|1")
    stage.put(
        "targets",
        "target_id|period_start|period_end|metric|dim|member|value|unit",
        "1|2026-01-01|2026-06-30|sales|total||100|元",
        "2|2026-01-01|2026-06-30|sales|region|N|70|元",
        "3|2026-01-01|2026-06-30|sales|region|S|20|元",
        "4|2026-01-01|2026-06-30|sales|rep|r1|100|元",
    )
    stage.put("reps", "rep_id|quota_carrying", "r1|true", "r2|true")
    found = {issue.rule: issue for issue in validate(stage.con).issues}
    assert found["integrity:contract_equals_orders"].amount == -10  # K2: 40 ordered of 50
    assert found["integrity:payments_within_invoice"].amount == 5  # 65 paid on 60
    assert found["integrity:order_splits_add_up"].example == "A"  # 0.6 + 0.3
    assert found["integrity:targets_add_up"].amount == 10  # 100 against 70 + 20
    assert found["integrity:quota_reps_have_targets"].example == "r2"
    assert {issue.severity for issue in found.values()} == {"warning"}


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=SUM(A1)", "'=SUM(A1)"),
        ("+86 138", "'+86 138"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("-1,234.50", "-1,234.50"),
        ("-5%", "-5%"),
        ("-5+cmd|' /C calc'!A0", "'-5+cmd|' /C calc'!A0"),
        (None, ""),
        ("华东", "华东"),
    ],
)
def test_cells_are_neutralised_against_formulas(cell, written):
    assert safe_cell(cell) == written
