"""Measures against values worked by hand, and against scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from salesreview.models import baselines, evidence

ONES = np.ones


def unseen(labels, base=0.5):
    labels = np.asarray(labels)
    return evidence.Unseen(labels, np.full(len(labels), base), np.arange(len(labels)))


def test_brier_skill_by_hand():
    # errors .1, .2, .3, .4: (.01 + .04 + .09 + .16) / 4 = .075; of the base rate .25; skill 1 - .075 / .25 = .7
    found = evidence.measures(unseen([1, 1, 0, 0]), np.array([0.9, 0.8, 0.3, 0.4]), seed=0)
    assert found.brier.value == pytest.approx(0.075)
    assert found.brier_skill.value == pytest.approx(0.7)
    assert found.auc.value == 1
    assert found.log_loss.value == pytest.approx(-np.mean(np.log([0.9, 0.8, 0.7, 0.6])))


def test_ece_by_hand():
    # two values of ten rows each: .2 with 4 events (gap .2), .7 with 6 (gap .1); weighted mean (10 x .2 + 10 x .1) / 20
    p = np.repeat([0.2, 0.7], 10)
    y = np.array([1] * 4 + [0] * 6 + [1] * 6 + [0] * 4)
    assert evidence.ece(y, p, ONES(20), evidence.Ranks.of(p)) == pytest.approx(0.15)
    bins = evidence.reliability(y, p)
    assert [(b.predicted, b.observed, b.rows) for b in bins] == [
        (pytest.approx(0.2), 0.4, 10),
        (pytest.approx(0.7), 0.6, 10),
    ]
    # Wilson, 4 of 10, z = 1.96: centre (.4 + .19207) / 1.38415, half 1.96 / 1.38415 * sqrt(.024 + .009604)
    assert bins[0].low == pytest.approx(0.1682, abs=1e-4)
    assert bins[0].high == pytest.approx(0.6873, abs=1e-4)


def test_ten_bins_of_equal_count():
    p = np.linspace(0.01, 0.99, 50)
    assert [one.rows for one in evidence.reliability((p > 0.5).astype(int), p)] == [5] * 10


def test_lift_by_hand():
    # the best 2 of 20 rows are both events, 5 events in all: (2 / 2) / (5 / 20) = 4
    y = np.array([1, 1, 0, 1, 1, 1] + [0] * 14)
    found = evidence.measures(unseen(y), np.linspace(0.9, 0.1, 20), seed=0)
    assert found.lift.value == pytest.approx(4)
    # all scores equal: no lift
    assert evidence.measures(unseen(y), np.full(20, 0.3), seed=0).lift.value == pytest.approx(1)


def test_ranking_as_scikit_learn_has_it():
    chance = np.random.default_rng(1)
    y, p = chance.integers(2, size=300), np.round(chance.random(300), 2)
    found = evidence.measures(unseen(y), p, seed=0)
    assert found.auc.value == pytest.approx(roc_auc_score(y, p))
    assert found.pr_auc.value == pytest.approx(average_precision_score(y, p))
    assert found.auc.low < found.auc.value < found.auc.high


def test_the_base_rate_ranks_nothing():
    found = evidence.measures(unseen([1, 0, 0, 0], 0.25), np.full(4, 0.25), seed=0, ranked=False)
    assert (found.auc.value, found.brier_skill.value, found.lift.value) == (0.5, 0, 1)


def test_one_outcome_only():
    found = evidence.measures(unseen([1, 1, 1]), np.array([0.9, 0.8, 0.7]), seed=0)
    assert found.auc.value is None
    assert found.brier.value == pytest.approx((0.01 + 0.04 + 0.09) / 3)


def test_intervals_resample_whole_units():
    # 20 rows of each of 10 units, all alike within a unit: as uncertain as 10 rows, not as 200
    chance = np.random.default_rng(3)
    y, p = chance.integers(2, size=10), chance.random(10)
    rows = evidence.Unseen(np.repeat(y, 20), np.full(200, 0.5), np.repeat(np.arange(10), 20))
    wide = evidence.measures(rows, np.repeat(p, 20), seed=0).brier
    single = evidence.measures(unseen(y), p, seed=0).brier
    assert wide.high - wide.low == pytest.approx(single.high - single.low)


def test_smoothed_rates():
    # 3 of 10 drawn to .2 by 20 rows: (3 + 4) / 30; a member without rows has the base rate
    assert baselines.smoothed(np.array([3.0, 0.0]), np.array([10.0, 0.0]), 0.2) == pytest.approx([7 / 30, 0.2])
    members = pd.Series(["a"] * 10 + ["b"] * 10)
    labels = np.array([1] * 5 + [0] * 15)
    rates = baselines.member_rates(members, labels)
    assert rates == {"a": pytest.approx((5 + 20 * 0.25) / 30), "b": pytest.approx((0 + 5) / 30)}
    assert list(baselines.rated(pd.Series(["a", "new", None]), rates, 0.25)) == pytest.approx([1 / 3, 0.25, 0.25])


def test_members_that_are_numbers_or_booleans():
    for members in (pd.Series([True, True, False]), pd.Series([1, 1, 2]), pd.Series([1.5, 1.5, None])):
        rates = baselines.member_rates(members, np.array([1, 1, 0]))
        found = baselines.rated(members, rates, 0.0)
        assert found[0] == found[1] == pytest.approx((2 + 20 * 2 / 3) / 22)


def test_opinions_stand_as_they_are():
    given = pd.Series([0.9, None, 1.4])
    assert list(baselines.opinion(given, np.array([0.3, 0.3, 0.3]))) == [0.9, 0.3, 1.0]
