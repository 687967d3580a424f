"""Market metrics: what must add up, and values worked out by hand."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics.association import lagged, rates_p, steps
from salesreview.metrics.market import share_case, share_range, standing, two_factor
from salesreview.metrics.price_response import arc_elasticity, response

AMOUNT = st.integers(0, 10**12).map(lambda cents: cents / 100)
MARKET = st.integers(1, 10**13).map(lambda cents: cents / 100)


@given(AMOUNT, st.floats(1, 1000), AMOUNT, st.floats(1, 1000))
def test_market_and_share_effect_add_up_to_the_change(sales0, times0, sales1, times1):
    found = two_factor(sales0, sales0 * times0 + 1, sales1, sales1 * times1 + 1)
    assert round((found.market + found.share) * 100) == pytest.approx(round((sales1 - sales0) * 100), abs=1)


@given(MARKET, st.floats(0.01, 1))
def test_the_same_share_has_no_share_effect(market, share):
    found = two_factor(share * market, market, share * market * 2, market * 2)
    assert found.share == pytest.approx(0, abs=0.02)


def test_no_market_gives_no_split():
    assert two_factor(1.0, 0.0, 1.0, 10.0) is None


def test_share_range_turns_the_bounds_around():
    assert share_range(10.0, 80.0, 125.0) == (0.08, 0.125)
    assert share_range(10.0, None, 0.0) == (None, None)


def test_share_is_flat_unsure_or_moved():
    assert share_case(None, 0.005, (None, None), (None, None)) == "no_base"
    assert share_case(-0.004, 0.005, (0.1, 0.1), (0.2, 0.2)) == "flat"
    assert share_case(-0.02, 0.005, (0.08, 0.09), (0.10, 0.11)) == "down"
    assert share_case(0.02, 0.005, (None, 0.13), (0.10, 0.11)) == "up"


def test_margin_below_the_floor_is_always_to_improve():
    assert standing(2.0, 0.5, 1.0, 0.1, margin=0.05, floor=0.10) == "improve"
    assert standing(1.0, 0.05, 1.0, 0.1) == "cash"


def test_arc_elasticity_by_hand():
    # quantity 100 → 90: −10/95; price 10 → 11: 1/10.5
    assert arc_elasticity(100, 90, 10, 11) == pytest.approx((-10 / 95) / (1 / 10.5))
    assert arc_elasticity(1, 2, 5, 5) is None


def orders(treated: bool, after: bool, count: int, qty: float, price: float) -> list[dict]:
    name = f"{treated}{after}"
    return [
        {"order_id": f"{name}{i}", "product_id": "P" if treated else "C", "qty": qty, "net": qty * price,
         "cost": qty * 5.0, "treated": treated, "after": after}
        for i in range(count)
    ]  # fmt: skip


def test_price_response_by_hand():
    """Price 10 → 11, quantity 200 → 180 while the others double: 180/200/2 = 0.45 of what was to be expected."""
    rows = orders(True, False, 20, 10, 10.0) + orders(True, True, 20, 9, 11.0)
    rows += orders(False, False, 20, 5, 8.0) + orders(False, True, 20, 10, 8.0)
    found = response(pd.DataFrame(rows), 20, 0.01)
    assert found.price == pytest.approx(0.10)
    assert (found.volume, found.control) == (pytest.approx(-0.10), pytest.approx(1.0))
    assert found.net.value == pytest.approx(-0.55)
    assert found.elasticity.value == pytest.approx((-0.55 / 1.45) / (0.10 / 2.10))
    assert found.expected_sales == pytest.approx(4000.0)
    # margin 1 − 5/10 and 1 − 5/11
    assert found.margin == (pytest.approx(0.5), pytest.approx(1 - 5 / 11))


def test_price_response_needs_orders_and_controls():
    rows = orders(True, False, 19, 10, 10.0) + orders(True, True, 20, 9, 11.0)
    assert response(pd.DataFrame(rows), 20, 0.01) is None
    rows = orders(True, False, 30, 10, 10.0) + orders(True, True, 30, 9, 11.0)
    assert response(pd.DataFrame(rows), 20, 0.01) is None


def test_small_price_moves_give_no_elasticity():
    rows = orders(True, False, 20, 10, 10.0) + orders(True, True, 20, 9, 10.05)
    rows += orders(False, False, 20, 5, 8.0) + orders(False, True, 20, 10, 8.0)
    assert response(pd.DataFrame(rows), 20, 0.01).elasticity is None


def test_trend_and_season_leave_no_association():
    months = [i % 12 + 1 for i in range(36)]
    sales = [100.0 * 1.02**i * (1 + 0.3 * (month == 12)) for i, month in enumerate(months)]
    trend = {"rising": [50.0 + i for i in range(36)]}
    assert lagged(trend, sales, months) == ()
    assert lagged({"a": [1.0] * 12}, [1.0] * 12, months[:12]) == ()


def test_steps_lose_the_mean_of_their_month():
    assert steps([1.0, 2.0, 4.0]).tolist() == pytest.approx([-0.5, 0.5])


def test_equal_rates_are_alike():
    assert rates_p(10, 20, 50, 100) == pytest.approx(1.0)
    assert rates_p(0, 20, 0, 100) == 1.0
