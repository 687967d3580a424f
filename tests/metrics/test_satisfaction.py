"""Net promoter score and satisfaction, worked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics.satisfaction import (
    impact,
    margin_of_error,
    on_scale,
    promoter_score,
    satisfaction,
    score_difference,
    unmet,
)


def test_by_hand():
    # 5 promoters, 3 passives, 2 detractors: 0.5 - 0.2 = 30 points; se = sqrt((0.7 - 0.09) / 10) = 0.24698
    score = promoter_score([10, 10, 9, 9, 9, 8, 8, 7, 6, 0])
    assert score.value == pytest.approx(30)
    assert (score.promoters, score.detractors, score.n) == (5, 2, 10)
    assert (score.low, score.high) == (pytest.approx(30 - 48.407, abs=0.01), pytest.approx(30 + 48.407, abs=0.01))


def test_no_answers_no_score():
    assert promoter_score([]).value is None


def test_the_interval_stays_on_the_scale():
    score = promoter_score([10, 10, 10, 9, 0])
    assert -100 <= score.low <= score.value <= score.high <= 100


def test_satisfaction_by_hand():
    # on 0-100: 100, 75, 25, 50 -> mean 62.5, sd sqrt((37.5² + 12.5² + 37.5² + 12.5²) / 3) = 32.27, se 16.14
    found = satisfaction([(5, 1, 5), (4, 1, 5), (2, 1, 5), (5, 0, 10)])
    assert found.index == pytest.approx(62.5)
    assert (found.low, found.high) == (pytest.approx(62.5 - 31.63, abs=0.01), pytest.approx(62.5 + 31.63, abs=0.01))
    assert (found.top, found.n, found.top_share) == (2, 4, 0.5)


def test_one_answer_has_no_interval_and_none_no_index():
    one = satisfaction([(3, 1, 5)])
    assert (one.index, one.low, one.high, one.error) == (50.0, None, None, None)
    assert satisfaction([]).index is None and satisfaction([]).top_share is None


def test_a_difference_within_its_interval_does_not_exclude_zero():
    # errors 3 and 4 make 5; 1.96 x 5 = 9.8
    assert score_difference(40, 3, 30, 4).excludes_zero
    assert not score_difference(39, 3, 30, 4).excludes_zero
    assert score_difference(40, None, 30, 4) is None


@given(st.lists(st.integers(0, 10), min_size=1))
def test_the_error_of_the_score_is_that_of_its_interval(scores):
    found = promoter_score(scores)
    assert found.low == pytest.approx(max(found.value - 1.959963984540054 * found.error, -100), abs=1e-9)


@given(st.lists(st.tuples(st.integers(1, 5), st.just(1), st.just(5)), min_size=2))
def test_the_index_lies_within_its_interval(answers):
    found = satisfaction(answers)
    assert 0 <= found.low <= found.index + 1e-9 and found.index - 1e-9 <= found.high <= 100
    assert on_scale(found.index, 1, 5) == pytest.approx(sum(a[0] for a in answers) / len(answers))


def test_impact_counts_only_what_lies_below_the_whole():
    assert impact(20, 100, 50, 75) == 5
    assert impact(20, 100, 90, 75) == 0
    assert impact(0, 0, None, None) is None


def test_unmet_and_margin_of_error():
    assert unmet(9, 4) == 14 and unmet(5, 8) == 5
    assert margin_of_error(96) == pytest.approx(0.1, abs=0.001)
    assert margin_of_error(0) is None
