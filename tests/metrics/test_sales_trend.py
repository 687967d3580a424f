"""Trend, season and fluctuation find what was put into a series."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics.trend import (
    centred_average,
    decompose,
    moving_average,
    robust_scores,
    trailing_sum,
)

SEASON = (0.5, 0.7, 1.2, 0.9, 1.0, 1.1, 1.0, 0.9, 1.2, 1.0, 1.2, 1.3)


def seasonal(months, level=100.0):
    return [level * SEASON[i % 12] for i in range(months)]


def test_a_pure_season_is_recovered():
    found = decompose(seasonal(36))
    assert found.season == pytest.approx(SEASON)
    assert [round(v, 9) for v in found.fluctuation if v is not None] == [0.0] * 24
    assert found.trend[:6] == (None,) * 6 and found.trend[6] == pytest.approx(100.0)


def test_the_odd_month_stands_out():
    """The month itself is the farthest off; its namesakes follow, because they share the index that it lifted."""
    values = [level * (1 + 0.01 * ((i * 7) % 5 - 2)) for i, level in enumerate(seasonal(48))]
    values[20] *= 1.8
    found = decompose(values)
    scores = {i: abs(score) for i, score in enumerate(found.z) if score is not None}
    assert max(scores, key=scores.get) == 20
    assert {i % 12 for i in found.flagged(6.0)} == {8}


def test_too_short_or_without_level_gives_nothing():
    assert decompose(seasonal(23)) is None
    assert decompose([0.0] * 36) is None


def test_a_season_with_an_empty_month_is_not_divided_by():
    values = [0.0 if i % 12 == 1 else 100.0 for i in range(36)]
    assert decompose(values) is None


@given(st.lists(st.floats(1.0, 1e6), min_size=24, max_size=60))
def test_indices_add_up_to_twelve(values):
    found = decompose(values)
    assert sum(found.season) == pytest.approx(12.0)


def test_sums_and_averages_wait_for_enough_months():
    assert trailing_sum([1.0] * 13)[11:] == (12.0, 12.0)
    assert moving_average([3.0, 6.0, 9.0]) == (None, None, 6.0)
    assert centred_average([1.0] * 12) == (None,) * 12


def test_equal_values_have_no_score():
    assert robust_scores([1.0, 1.0, None]) == (None, None, None)
    assert robust_scores([]) == ()
