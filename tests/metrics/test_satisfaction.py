"""Net promoter score, worked by hand."""

import pytest

from salesreview.metrics.satisfaction import promoter_score


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
