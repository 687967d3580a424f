"""The joined facts and what the cut-off hides, on companies small enough to work out by hand."""

from datetime import date

import pytest

from salesreview.contract.model import contract
from salesreview.errors import OptionError, PeriodError
from salesreview.record import UNCLASSIFIED


def fact(mart, order, line="1"):
    frame = mart.query("SELECT * FROM sales_facts WHERE order_id = $order AND line_no = $line", order=order, line=line)
    return frame.iloc[0]


def column(mart, sql):
    return mart.query(sql).iloc[:, 0].tolist()


def test_facts_are_the_lines_of_orders_that_were_not_cancelled(small):
    with small.open() as mart:
        assert column(mart, "SELECT concat(order_id, line_no) FROM sales_facts") == ["A1", "B1", "B2", "D1"]
        assert column(mart, "SELECT sum(net_amount) FROM sales_facts") == [157.25]  # 100 + 60 - 10 + 7.25
        assert column(mart, "SELECT order_id FROM orders WHERE status = 'cancelled'") == ["C"]


def test_dimensions_are_joined_and_the_region_falls_back_to_the_account(small):
    with small.open() as mart:
        row = fact(mart, "A")
        assert (row.account, row.tier, row.account_region, row.region) == ("甲公司", "普通", "NA", "北区")
        assert (row.rep, row.team, row["product"], row.product_line, row.product_class) == (
            "王",
            "一队",
            "泵",
            "设备",
            "甲",
        )
        assert (row.potential_spend, row.channel) == (1000, UNCLASSIFIED)
        assert fact(mart, "B").region == "NA"  # a region of that name, not a blank


def test_what_has_no_member_is_unclassified(small):
    with small.open() as mart:
        row = fact(mart, "D")
        names = ("account_id", "account", "tier", "region_id", "region", "rep_id", "team", "product", "product_line")
        assert {row[name] for name in names} == {UNCLASSIFIED}
        assert mart.query("SELECT is_strategic FROM sales_facts").isna().all(axis=None)


def test_a_negative_line_is_a_return(small):
    with small.open() as mart:
        assert bool(fact(mart, "B", "2").is_return)
        assert not bool(fact(mart, "B").is_return)


def test_the_first_order_is_the_first_that_sold_something(small_with):
    small = small_with(
        orders=(
            "order_id|order_date|account_id|status",
            "X|2025-01-01|1|cancelled",
            "R|2025-02-01|1|done",
            "A|2025-03-01|1|done",
            "B|2026-01-05|1|done",
        ),
        order_lines=("order_id|line_no|net_amount", "X|1|9", "R|1|-5", "A|1|100", "B|1|60"),
    )
    with small.open() as mart:
        assert column(mart, "SELECT DISTINCT CAST(first_order_date AS VARCHAR) FROM sales_facts") == ["2025-03-01"]


def test_the_tier_is_that_of_the_order_date(small_with):
    small = small_with(
        account_tier_history=(
            "account_id|valid_from|valid_to|tier|is_strategic",
            "1|2025-01-01|2025-12-31|重点|false",
            "1|2026-01-01||战略|true",
        )
    )
    with small.open() as mart:
        assert [fact(mart, order).tier for order in "ABD"] == ["重点", "战略", UNCLASSIFIED]
        assert bool(fact(mart, "B").is_strategic)


def test_before_the_first_known_tier_there_is_none(small_with):
    small = small_with(account_tier_history=("account_id|valid_from|tier", "1|2026-01-01|战略"))
    with small.open() as mart:
        assert fact(mart, "A").tier == UNCLASSIFIED


def test_each_canonical_table_stands_with_all_its_columns(small):
    with small.open() as mart:
        for spec in contract().values():
            assert tuple(mart.query(f'SELECT * FROM "{spec.name}" LIMIT 0').columns) == spec.column_names


def test_without_as_of_the_last_order_is_the_cut_off(small):
    with small.open() as mart:
        assert (mart.meta.as_of, mart.meta.first_day, mart.meta.last_day) == (
            date(2026, 3, 20),
            date(2025, 3, 1),
            date(2026, 3, 20),
        )


def test_rows_after_the_cut_off_are_gone_with_their_children(small):
    with small.open("2026-01-31") as mart:
        assert column(mart, "SELECT order_id FROM orders") == ["A", "B"]
        assert column(mart, "SELECT DISTINCT order_id FROM order_lines ORDER BY 1") == ["A", "B"]
        quality = mart.quality()
        assert quality.table("orders").rows_after_as_of == 2
        assert quality.table("order_lines").rows_after_as_of == 2


CHURNED = (
    "account_id|name|status|churn_date|churn_reason|strategic_since|is_strategic",
    "1|甲|lost|2026-06-01|价格|2026-05-01|true",
)
DEALS = (
    "opp_id|created_at|closed_at|outcome|lost_reason|expected_close",
    "O1|2025-06-01 09:00|2026-01-20 10:00|won||2026-01-31",
    "O2|2025-06-01|2026-01-31 18:00|lost|价格|2026-01-31",
    "O3|2025-06-01|2026-02-01|lost|价格|2026-03-31",
    "O4|2026-02-01||||",
)


def test_outcomes_are_known_only_after_they_happen(small_with):
    small = small_with(accounts=CHURNED, opportunities=DEALS)
    with small.open("2026-01-31") as mart:
        deals = mart.query("SELECT * FROM opportunities ORDER BY opp_id").set_index("opp_id")
        assert deals.outcome.tolist() == ["won", "lost", "open"]
        assert deals.lost_reason.isna().tolist() == [True, False, True]
        assert deals.closed_at.isna().tolist() == [False, False, True]
        assert str(deals.expected_close["O3"].date()) == "2026-03-31"  # planned dates stay
        account = mart.query("SELECT * FROM accounts").iloc[0]
        assert (account.status, bool(account.is_strategic)) == ("active", False)
        assert account[["churn_date", "churn_reason", "strategic_since"]].isna().all()


def test_a_reference_to_something_later_is_blank(small_with):
    small = small_with(
        opportunities=DEALS,
        leads=("lead_id|received_at|opp_id", "L1|2026-01-02|O4", "L2|2026-01-02|O1"),
        quotes=("quote_id|requested_at|sent_at", "Q1||2026-03-01", "Q2||2026-01-01", "Q3||"),
    )
    with small.open("2026-01-31") as mart:
        assert mart.query("SELECT opp_id FROM leads ORDER BY lead_id").opp_id.isna().tolist() == [True, False]
        assert column(mart, "SELECT quote_id FROM quotes") == ["Q2", "Q3"]


def test_the_calendar_knows_working_days_and_fiscal_years(small):
    with small.open(fiscal_start=4) as mart:
        days = mart.query("SELECT * FROM calendar").set_index("date")
        assert (days.index.min().isoformat()[:10], days.index.max().isoformat()[:10]) == ("2024-01-01", "2028-12-31")
        assert days.index.is_unique
        assert days.loc["2025-03-31", ["fy", "half", "quarter", "month"]].tolist() == [2024, "H2", "Q4", 3]
        assert days.loc["2025-04-01", ["fy", "half", "quarter", "month"]].tolist() == [2025, "H1", "Q1", 4]
        assert not days.is_workday["2025-10-01"]
        assert days.is_workday["2025-09-28"]  # a Sunday worked in place of the National Day week


def test_a_connection_closed_to_the_outside_can_build(small):
    small.con.execute("SET enable_external_access = false")
    small.con.execute("SET lock_configuration = true")
    with small.open() as mart:
        assert mart.meta.last_day == date(2026, 3, 20)


def test_nothing_sold_before_the_cut_off_is_an_error(small):
    with pytest.raises(PeriodError, match="nothing was sold"):
        small.build("2020-01-01")


def test_an_unknown_country_is_an_error_and_leaves_nothing(small):
    with pytest.raises(OptionError, match="holiday_country"):
        small.build(holiday_country="Atlantis")
    assert list(small.path.parent.iterdir()) == []


def test_the_same_input_gives_the_same_answers(small, tmp_path):
    from salesreview.mart.store import Mart

    names = [*contract(), "sales_facts", "calendar", "_tables", "_columns", "_issues", "_meta"]
    with (
        Mart.open(small.build(path=tmp_path / "a.duckdb")) as a,
        Mart.open(small.build(path=tmp_path / "b.duckdb")) as b,
    ):
        for name in names:
            assert a.query(f'SELECT * FROM "{name}"').equals(b.query(f'SELECT * FROM "{name}"'))
