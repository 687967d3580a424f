"""Customer tiers: each rule at its edge, precedence, and exactly one tier for everybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics.rfm import TIERS, Rules, monthly_orders, percentiles, place

RULES = Rules()


@pytest.mark.parametrize(
    ("days", "orders", "money", "tier", "exact"),
    [
        (30, 1.0, 0.80, "高价值", True),
        (31, 1.0, 0.80, "潜力", False),  # recent, often, but in the top fifth: meets no rule
        (30, 1.0, 0.79, "潜力", True),
        (60, 1 / 3, 0.5, "潜力", True),
        (60, 0.2, 0.5, "潜力", False),
        (61, 2.0, 0.9, "潜力(观察)", False),
        (89, 2.0, 0.9, "潜力(观察)", False),
        (90, 2 / 12, 0.9, "休眠", True),
        (90, 3 / 12, 0.9, "休眠", False),
        (180, 1 / 12, 0.20, "低价值", True),  # meets 休眠 too: 低价值 is tested first
        (180, 1 / 12, 0.21, "休眠", True),
        (179, 1 / 12, 0.10, "休眠", True),
    ],
)
def test_rules_at_their_edges(days, orders, money, tier, exact):
    found = place(days, orders, money, RULES)
    assert (found.tier, found.exact) == (tier, exact)


@given(st.integers(0, 5000), st.floats(0, 100), st.floats(0, 1))
def test_every_customer_has_exactly_one_tier(days, orders, money):
    found = place(days, orders, money, RULES)
    assert found.tier in TIERS
    assert found.tier != "潜力(观察)" or 60 < days < 90
    assert found.exact or found.tier not in ("高价值", "低价值")


def test_orders_a_month_by_hand():
    # 6 orders in a year; 6 in 183 days, which are 6.012 months; a newcomer counts three months
    assert monthly_orders(6, 800) == 0.5
    assert monthly_orders(6, 183) == pytest.approx(6 / 6.0123, abs=0.001)
    assert monthly_orders(1, 2) == pytest.approx(1 / 3)


def test_percentiles_by_hand():
    assert percentiles([3, 1, 2]) == [1.0, 0.0, 0.5]
    assert percentiles([0, 0, 0]) == [0.0, 0.0, 0.0]
    assert percentiles([7]) == [0.5] and percentiles([]) == []


@given(st.lists(st.integers(-5, 50)))
def test_percentiles_follow_the_amounts(amounts):
    found = percentiles(amounts)
    assert all(0 <= p <= 1 for p in found)
    for a, p in zip(amounts, found, strict=True):
        for b, q in zip(amounts, found, strict=True):
            assert (a < b) == (p < q) if len(amounts) > 1 else p == q
