"""Acquisition cost: windows of cost, allocation that adds up, payback."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics import acquisition
from salesreview.periods import Window

H1 = Window(date(2026, 1, 1), date(2026, 6, 30))


def test_the_lag_is_the_median_cycle_in_months_rounded_half_up():
    assert [acquisition.lag_months(days) for days in (14.9, 15.0, 44.9, 75.0)] == [0, 1, 1, 3]


def test_a_half_year_moved_back_still_ends_on_a_last_day_of_month():
    assert acquisition.moved_back(H1, 4) == Window(date(2025, 9, 1), date(2026, 2, 28))
    assert acquisition.moved_back(Window(date(2026, 1, 1), date(2026, 4, 15)), 2).end == date(2026, 2, 15)


def test_months_count_by_their_days():
    assert acquisition.months_in(H1) == 6
    assert acquisition.months_in(Window(date(2026, 1, 1), date(2026, 4, 15))) == 3.5


def test_a_month_cut_by_the_window_counts_in_part():
    monthly = pd.DataFrame({"month": pd.to_datetime(["2026-03-01", "2026-04-01"]), "amount": [100.0, 60.0]})
    # all of March, 15 of April's 30 days
    assert acquisition.prorated(monthly, Window(date(2026, 3, 1), date(2026, 4, 15))) == 130.0
    assert acquisition.prorated(monthly.iloc[:0], H1) == 0.0


def test_cost_without_a_known_share_counts_as_nothing_and_lowers_the_coverage():
    costs = pd.DataFrame({"acquisition_share": [0.5, None], "pay": [200.0, 50.0], "travel": [20.0, 30.0]})
    shared, known = acquisition.acquisition_share(costs, ("pay", "travel"))
    assert shared["pay"].tolist() == [100.0, 0.0] and shared["travel"].tolist() == [10.0, 0.0]
    assert known == pytest.approx(220 / 300)
    assert costs["pay"].tolist() == [200.0, 50.0], "the input is left alone"


def test_months_with_records_over_months_of_the_window():
    assert acquisition.month_coverage(H1, date(2026, 3, 1), date(2026, 12, 1)) == pytest.approx(4 / 6)
    assert acquisition.month_coverage(H1, None, None) == 0.0


def test_no_customer_no_cost_per_customer():
    assert acquisition.per_customer(100.0, 0) is None
    assert acquisition.per_customer(None, 3) is None


def test_payback_needs_a_margin_above_zero():
    assert acquisition.payback_months(9000, 2000, 0.3) == pytest.approx(15)
    assert acquisition.payback_months(9000, 2000, -0.1) is None
    assert acquisition.payback_months(None, 2000, 0.3) is None


def test_shared_cost_follows_the_leads():
    found = acquisition.by_channel({"a": 600.0}, 750.0, {"a": 1, "b": 2}, {"a": 1, "c": 1}, "未分类")
    rows = {row.channel: (row.direct, row.shared, row.cost, row.customers) for row in found.itertuples()}
    # b takes two thirds of 750; c won a customer without lead or cost
    assert rows == {"a": (600.0, 250.0, 850.0, 1), "b": (0.0, 500.0, 500.0, 0), "c": (0.0, 0.0, 0.0, 1)}
    assert found["channel"].tolist() == ["a", "b", "c"]
    assert pd.isna(found["cac"][1]) and found["cac"][0] == 850.0


def test_without_leads_and_direct_cost_everything_is_unattributed():
    found = acquisition.by_channel({}, 99.0, {}, {"a": 1}, "未分类")
    assert dict(zip(found["channel"], found["cost"], strict=True)) == {"未分类": 99.0, "a": 0.0}


money = st.integers(0, 10**9).map(lambda cents: cents / 100)
names = st.sampled_from("abcdefg")


@given(money, st.dictionaries(names, st.integers(0, 500), max_size=7))
def test_allocated_parts_add_up_to_the_cent(total, weights):
    parts = acquisition.allocated(total, weights)
    if sum(weights.values()):
        assert sum(round(value * 100) for value in parts.values()) == round(total * 100)
        assert all(value >= 0 for value in parts.values())
    else:
        assert parts == {}


@given(
    st.dictionaries(names, money),
    money,
    st.dictionaries(names, st.integers(0, 50)),
    st.dictionaries(names, st.integers(0, 9)),
)
def test_channel_costs_add_up_to_direct_and_shared(direct, shared, leads, customers):
    found = acquisition.by_channel(direct, shared, leads, customers, "未分类")
    cents = sum(round(cost * 100) for cost in found["cost"])
    assert cents == sum(round(value * 100) for value in direct.values()) + round(shared * 100)
    assert found["customers"].sum() == sum(customers.values())
