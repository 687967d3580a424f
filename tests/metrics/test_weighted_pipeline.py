"""Weighted pipeline: worked by hand, and against the distribution of independent deals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics.weighted_pipeline import weighted


def of(amounts, chances, runs=4000, seed=0):
    return weighted(pd.Series(amounts, dtype=float), pd.Series(chances, dtype=float), runs=runs, seed=seed)


def test_two_deals_by_hand():
    found = of([100, 200], [0.5, 0.25])
    # 100 × 0.5 + 200 × 0.25 = 100; variance 0.25 × 100² + 0.1875 × 200² = 2,500 + 7,500 = 10,000
    assert (found.deals, found.amount, found.expected, found.sd) == (2, 300, 100, pytest.approx(100))
    assert found.share == pytest.approx(1 / 3)
    # outcomes 0 (0.375), 100 (0.375), 200 (0.125), 300 (0.125)
    assert (found.p10, found.p50, found.p90) == (0, 100, 300)


def test_what_is_certain_has_no_spread():
    found = of([100, 50, 7], [1, 0, 1])
    assert (found.expected, found.sd, found.p10, found.p90) == (107, 0, 107, 107)


def test_deals_without_amount_or_chance_are_left_out():
    found = of([100, np.nan, 30], [0.5, 0.5, np.nan])
    assert (found.deals, found.amount, found.expected) == (1, 100, 50)
    assert of([], []) is None and of([np.nan], [0.3]) is None
    assert of([0, 0], [0.3, 0.3]).share is None


def test_many_like_deals_come_out_near_normal():
    found = of([1.0] * 400, [0.5] * 400)
    # sd = √(400 × 0.25) = 10; quantiles of a normal lie 1.2816 sd from the mean
    assert (found.expected, found.sd) == (200, pytest.approx(10))
    assert found.p10 == pytest.approx(200 - 12.8, abs=1.6) and found.p90 == pytest.approx(200 + 12.8, abs=1.6)


DEALS = st.lists(st.tuples(st.floats(0, 1e7), st.floats(0, 1)), min_size=1, max_size=20)


@given(DEALS, DEALS)
def test_expectations_add_up(one, other):
    parts = [of(*zip(*deals, strict=True), runs=50) for deals in (one, other)]
    whole = of(*zip(*(one + other), strict=True), runs=50)
    assert whole.expected == pytest.approx(sum(part.expected for part in parts), abs=1e-6)
    assert whole.sd**2 == pytest.approx(sum(part.sd**2 for part in parts), rel=1e-6, abs=1e-6)
    assert 0 <= whole.p10 <= whole.p50 <= whole.p90 <= whole.amount + 1e-6


def test_the_seed_decides():
    assert of([1, 2, 3], [0.2, 0.4, 0.6]) == of([1, 2, 3], [0.2, 0.4, 0.6])
