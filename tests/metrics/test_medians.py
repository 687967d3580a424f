"""Differences of medians, ageing bands and count-back."""

from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics.collection import BANDS, band, cei, count_back
from salesreview.metrics.medians import median_difference


def test_groups_far_apart_exclude_zero_and_equal_ones_do_not():
    assert median_difference([10, 11, 12, 13], [1, 2, 3, 4], draws=200).excludes_zero
    assert not median_difference([1, 2, 3, 4], [1, 2, 3, 4], draws=200).excludes_zero
    assert median_difference([1], [1, 2]) is None


@given(st.integers(-400, 1200))
def test_later_bills_never_fall_into_an_earlier_band(days):
    assert BANDS.index(band(days)) <= BANDS.index(band(days + 1))


@given(st.floats(1, 1e6), st.lists(st.tuples(st.floats(0, 1e6), st.integers(1, 31)), max_size=12))
def test_count_back_is_none_or_within_the_months(owed, months):
    days = count_back(owed, months)
    assert days is None or 0 <= days <= sum(length for _, length in months) + 1e-6


def test_nothing_collectable_has_no_effectiveness():
    assert cei(0.0, 0.0, 0.0, 0.0) is None
