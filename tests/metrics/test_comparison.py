import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics.comparison import (
    hedges_g,
    holm,
    mean_difference,
    permutation_p,
    rate_difference,
    wilson,
)


def test_wilson_interval_of_a_known_case():
    # Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662.
    found = wilson(81, 263)
    assert (found.value, found.low, found.high) == pytest.approx((0.30798, 0.2553, 0.3662), abs=1e-4)
    assert wilson(0, 0) is None


def test_difference_of_rates_of_a_known_case():
    # Newcombe (1998), paper II, example (a): 56/70 against 48/80 gives 0.2 with 0.0524 to 0.3339.
    found = rate_difference(56, 70, 48, 80)
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)
    assert found.excludes_zero
    assert rate_difference(1, 2, 0, 0) is None


def test_difference_of_means_is_welchs():
    # Equal variances 4 and n 9 each: error = sqrt(8/9) = 0.9428, 16 degrees of freedom, t = 2.1199.
    found = mean_difference(9, 12.0, 2.0, 9, 10.0, 2.0)
    assert (found.value, found.high - found.value) == pytest.approx((2.0, 1.9987), abs=1e-3)
    assert mean_difference(1, 5.0, 0.0, 9, 4.0, 1.0) is None


def test_hedges_g_by_hand():
    # Means 5 and 2, both variances 1, pooled 1, correction 1 - 3 / 15 = 0.8: g = 2.4.
    assert hedges_g([4, 5, 6], [1, 2, 3]) == pytest.approx(2.4)
    assert hedges_g([1], [2, 3]) is None
    assert hedges_g([1, 1], [2, 2]) is None


def test_permutation_p_approaches_the_exact_value():
    # Of the C(6,3) = 20 relabellings only the observed one and its mirror are as far apart: 0.1.
    assert permutation_p([10, 11, 12], [1, 2, 3]) == pytest.approx(0.1, abs=0.015)
    assert permutation_p([1, 2, 3], [1, 2, 3]) == 1.0
    assert permutation_p([], [1]) is None


def test_permutation_p_is_the_same_twice():
    assert permutation_p([3, 4, 9], [1, 2, 8, 2]) == permutation_p([3, 4, 9], [1, 2, 8, 2])


def test_holm_by_hand():
    # Sorted .01 .02 .03 .04 times 4 3 2 1 = .04 .06 .06 .04, running maximum .04 .06 .06 .06.
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_never_lowers_a_p_value_and_keeps_their_order(p_values):
    adjusted = holm(p_values)
    assert all(p <= a <= 1 for p, a in zip(p_values, adjusted, strict=True))
    ranked = sorted(zip(p_values, adjusted, strict=True))
    assert [a for _, a in ranked] == sorted(adjusted)
