"""Growth, shares, concentration, bands and standing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics.growth import contributions, growth, ratio, seasonally_adjusted
from salesreview.metrics.mix import concentration, ranked, shares, top_share
from salesreview.metrics.order_value import average, band_edges
from salesreview.metrics.portfolio import Standing, potential, quantile, strong

cents = st.integers(-(10**8), 10**8).map(lambda value: value / 100)
amounts = st.dictionaries(st.text("abcde", min_size=1, max_size=2), cents, max_size=8)


def test_growth_has_no_value_without_a_positive_base():
    assert growth(115.0, 100.0) == pytest.approx(0.15)
    assert growth(115.0, 0.0) is None and growth(115.0, -5.0) is None and growth(115.0, None) is None
    assert ratio(1.0, 0.0) is None


@given(amounts, amounts)
def test_contributions_add_up_to_total_growth(now, base):
    found = contributions(now, base)
    if sum(base.values()) <= 0:
        assert found is None
    else:
        expected = (sum(now.values()) - sum(base.values())) / sum(base.values())
        assert sum(found.values()) == pytest.approx(expected, rel=1e-6, abs=1e-6 * max(1, abs(expected)))


def test_seasonal_adjustment_removes_the_season():
    assert seasonally_adjusted(120.0, 80.0, 1.2, 0.8) == pytest.approx(0.0)
    assert seasonally_adjusted(120.0, 80.0, 0.0, 0.8) is None


def test_shares_keep_negative_members_and_need_a_positive_total():
    assert shares({"a": 150.0, "b": -50.0}, 100.0) == {"a": 1.5, "b": -0.5}
    assert shares({"a": 0.0}, 0.0) == {"a": None}


def test_concentration_leaves_negative_members_out_and_names_them():
    """50 % and 50 %: 2 × 50² = 5 000."""
    found = concentration({"a": 10.0, "b": 10.0, "c": -3.0})
    assert (found.hhi, found.excluded) == (5000.0, ("c",))
    assert concentration({}).hhi is None


def test_top_share_and_ranking():
    assert top_share([1.0, 5.0, 3.0, 1.0], 2, 10.0) == 0.8
    assert top_share([], 2, 0.0) is None
    assert ranked({"b": 1.0, "a": 1.0, "c": 2.0}) == ["c", "a", "b"]


def test_averages():
    assert average(900.0, 3) == 300.0 and average(900.0, 0) is None


def test_band_edges():
    assert band_edges(900.0, 12000.0) == (1000.0, 2000.0, 5000.0, 10000.0)
    assert band_edges(1.0, 1e9) == tuple(10.0**n for n in range(10))
    assert band_edges(0.0, 5.0) == ()


def test_strong_and_potential():
    """Shares 0.5, 0.3, 0.15, 0.05: median 0.225. Growth 0.1, −0.2, 0.5, 0.6: third quartile 0.525."""
    members = [
        Standing("big", 0.5, 0.10, 0.40, 50),
        Standing("falling", 0.3, -0.20, 0.50, 30),
        Standing("rising", 0.15, 0.50, 0.10, 20),
        Standing("spark", 0.05, 0.60, 0.30, 10),
    ]
    assert strong(members, 0.05, 0.35) == ("big",)
    assert strong(members, None, None) == ("big", "falling")
    assert potential(members, 5) == ("spark",)
    assert potential(members, 15) == ()
    assert quantile([], 0.5) is None and potential([], 5) == () and strong([], 0.1, 0.1) == ()


def test_what_shrinks_has_no_potential_even_as_the_best():
    members = [Standing("a", 0.4, -0.1, None, 9), Standing("b", 0.6, -0.2, None, 9)]
    assert potential(members, 5) == ()
