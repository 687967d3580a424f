"""Spread of a total: worked by hand, and properties."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics.concentration import lorenz, spread

amounts = st.lists(st.floats(0, 1e9), min_size=5, max_size=60).filter(lambda values: sum(values) > 1)


def test_by_hand():
    # sorted 1 2 3 4 10, n=5, total 20: sum (2i-6)x = -4*1 -2*2 +0*3 +2*4 +4*10 = 40; 40 / (5*20) = 0.4
    found = spread([10, 2, 3, 4, 1])
    assert found.gini == pytest.approx(0.4)
    assert (found.top_count, found.top_share) == (1, 0.5)
    assert found.carriers == 3  # 10 + 4 = 14 < 16 <= 10 + 4 + 3


def test_too_few_members_or_no_total_say_nothing():
    assert spread([1, 2, 3, 4]).gini is None
    assert spread([0, 0, 0, 0, -5]).gini is None
    assert lorenz([]) == [] == lorenz([0, -1])


def test_negative_amounts_count_as_zero():
    assert spread([-7, 2, 3, 4, 1]) == spread([0, 2, 3, 4, 1])


@given(amounts)
def test_gini_is_bounded_and_ignores_scale_and_order(values):
    gini = spread(values).gini
    assert -1e-9 <= gini <= 1
    assert spread([3 * value for value in reversed(values)]).gini == pytest.approx(gini, abs=1e-9)


@given(amounts)
def test_gini_is_twice_the_area_over_the_lorenz_curve(values):
    points = lorenz(values)
    area = sum((x1 - x0) * (y0 + y1) / 2 for (x0, y0), (x1, y1) in pairwise(points))
    assert spread(values).gini == pytest.approx(1 - 2 * area, abs=1e-9)
