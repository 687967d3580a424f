"""Folds never split a group, never look ahead, and deal outcomes evenly."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesreview.models import splits


def folds(labels, times=None, groups=None, horizon_days=0, count=5):
    return splits.folds_of(np.asarray(labels), times, groups, horizon_days=horizon_days, folds=count, seed=0)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 999), groups=st.integers(10, 60), rows=st.integers(80, 300))
def test_no_group_is_split_and_every_row_is_tested_once(seed, groups, rows):
    chance = np.random.default_rng(seed)
    labels, group = chance.integers(2, size=rows), chance.integers(groups, size=rows)
    found = folds(labels, groups=group)
    for train, test in found:
        assert not set(group[train]) & set(group[test])
        assert len(train) + len(test) == rows
    assert sorted(np.concatenate([test for _, test in found])) == list(range(rows))


def test_outcomes_are_dealt_evenly():
    labels = np.array([1] * 50 + [0] * 200)
    assert [labels[test].sum() for _, test in folds(labels)] == [10] * 5


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 999), horizon=st.integers(0, 200), step=st.sampled_from([1, 7, 30]))
def test_training_outcomes_are_known_before_the_test_begins(seed, horizon, step):
    chance = np.random.default_rng(seed)
    days = pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(chance.integers(0, 720, 400) // step * step, "D"))
    labels = chance.integers(2, size=400)
    tested = []
    for train, test in folds(labels, times=days, horizon_days=horizon):
        start = days.iloc[test].min()
        assert (days.iloc[train] < start).all()
        assert (days.iloc[train] + pd.Timedelta(days=horizon) <= start).all()
        tested.append(test)
    rows = np.concatenate(tested)
    assert len(rows) == len(set(rows))
    assert len(tested) == 5


def test_equal_blocks_in_order():
    # 60 monthly days of 10 rows, no horizon: the first sixth trains only, then five blocks of ten days
    days = pd.Series(np.repeat(pd.date_range("2020-01-01", periods=60, freq="MS"), 10))
    found = folds(np.tile([0, 1], 300), times=days)
    assert [len(test) for _, test in found] == [100] * 5
    assert [len(train) for train, _ in found] == [100, 200, 300, 400, 500]


def test_a_history_shorter_than_the_horizon_gives_no_folds():
    days = pd.Series(pd.date_range("2024-01-01", periods=100))
    assert folds(np.tile([0, 1], 50), times=days, horizon_days=180) == []


def test_rows_without_a_day_take_no_part():
    days = pd.Series(pd.date_range("2024-01-01", periods=100)).where(np.arange(100) % 10 > 0)
    found = folds(np.tile([0, 1, 1, 0], 25), times=days)
    assert not any((np.concatenate(pair) % 10 == 0).any() for pair in found)


def test_two_groups_of_one_outcome_give_two_folds():
    labels = np.array([1] * 20 + [0] * 80)
    groups = np.where(labels == 1, np.arange(100) % 2, np.arange(100))
    assert len(folds(labels, groups=groups)) == 2


def test_copies_share_a_number():
    chance = np.random.default_rng(0)
    table = pd.DataFrame(chance.normal(size=(100, 4)), columns=list("abcd"))
    doubled = pd.concat([table, table.head(20)], ignore_index=True)
    found = splits.repeated_rows(doubled)
    assert (found[100:] == found[:20]).all()
    assert len(set(found)) == 100
    assert splits.repeated_rows(table) is None


def test_equal_rows_of_a_coarse_table_are_no_copies():
    chance = np.random.default_rng(0)
    table = pd.DataFrame({"a": chance.integers(3, size=500), "b": chance.integers(4, size=500)})
    assert splits.repeated_rows(table) is None


def test_rows_without_a_group_stand_alone():
    found = splits.numbers_of(pd.Series(["a", None, "a", None]))
    assert found[0] == found[2]
    assert len(set(found)) == 3


@pytest.mark.parametrize("labels", [[], [1], [1, 1], [0, 1]])
def test_too_little_to_split(labels):
    assert folds(labels) == []
