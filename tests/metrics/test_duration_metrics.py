"""Durations: quantiles, Kaplan-Meier, case mix, levers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics import durations

days = st.lists(st.integers(0, 400), min_size=1, max_size=40)


def test_spread_by_hand():
    found = durations.spread([10, 20, 30, 40, 100])
    assert (found.n, found.mean, found.median, found.p25, found.p75) == (5, 40.0, 30.0, 20.0, 40.0)
    assert found.p90 == pytest.approx(76.0)  # 40 + 0.6 x 60
    assert durations.spread([]).median is None


def test_groups_stand_largest_first():
    frame = pd.DataFrame({"by": ["b", "a", "a"], "days": [5, 1, 3]})
    assert {name: found.median for name, found in durations.spreads(frame, "by").items()} == {"a": 2.0, "b": 5.0}


@given(days)
def test_without_censoring_kaplan_meier_is_the_plain_median(values):
    assert durations.kaplan_meier_median(values, [True] * len(values)) == pytest.approx(np.median(values))


@given(days, st.lists(st.booleans(), min_size=40, max_size=40))
def test_open_deals_never_shorten_the_median(values, flags):
    happened = flags[: len(values)]
    closed = [day for day, done in zip(values, happened, strict=True) if done]
    found = durations.kaplan_meier_median(values, happened)
    if not closed:
        assert found is None
    elif found is not None:
        assert min(closed) <= found <= max(closed)


def test_kaplan_meier_by_hand():
    # survival 4/5 after 10, 3/5 after 20; one leaves at 25; of two at risk at 40 one goes: 3/10
    assert durations.kaplan_meier_median([10, 20, 25, 40, 60], [True, True, False, True, False]) == 40
    assert durations.kaplan_meier_median([10, 50, 50, 50], [True, False, False, False]) is None


def test_case_mix_compares_with_the_same_cases():
    # slow line 100 and 120, fast line 10 and 20; x sold one of each, y too: both means are 65 and 60
    frame = pd.DataFrame({"rep": ["x", "y", "x", "y"], "line": ["s", "s", "f", "f"], "days": [100, 120, 20, 10]})
    found = durations.case_mix(frame, "rep", ["line"], fewest=2).set_index("member")
    assert found.loc["x", "expected"] == found.loc["y", "expected"] == pytest.approx((110 + 15) / 2)
    assert found.loc["x", "difference"] == pytest.approx(-2.5) and found.loc["y", "difference"] == pytest.approx(2.5)
    assert list(found.index) == ["x", "y"]


def test_a_cell_with_few_cases_falls_back_to_the_wider_one():
    frame = pd.DataFrame({"rep": list("xxxy"), "line": list("ssst"), "days": [10, 20, 30, 60]})
    found = durations.case_mix(frame, "rep", ["line"], fewest=3).set_index("member")
    assert found.loc["y", "expected"] == 30.0  # the mean of all four
    assert found.loc["y", "low"] is None or np.isnan(found.loc["y", "low"])


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("ab"), st.integers(0, 99)), min_size=1, max_size=40))
def test_differences_cancel_over_all_people(rows):
    frame = pd.DataFrame(rows, columns=["rep", "line", "days"])
    found = durations.case_mix(frame, "rep", ["line"], fewest=1)
    assert (found["difference"] * found["n"]).sum() == pytest.approx(0, abs=1e-6)


def test_groups_differ_only_beyond_chance():
    assert durations.differ(list(range(30)), list(range(40, 70)))
    assert not durations.differ([1, 5, 9], [2, 5, 8])
    assert not durations.differ([3, 3], [3, 3]) and not durations.differ([], [1.0])


def test_a_lever_by_hand():
    stays = pd.DataFrame(
        {
            "stage": ["quote"] * 4 + ["demo"],
            "days": [2.0, 10.0, 20.0, 28.0, 4.0],
            "waiting_days": [0.0, 0.0, 4.0, 8.0, 0.0],
        }
    )
    demo, quote = durations.levers(stays, ("demo", "quote"))
    assert (demo.stage, demo.potential) == ("demo", 0.0)
    # median 15, fastest quarter is the one stay of 2
    assert (quote.median, quote.best, quote.potential) == (15.0, 2.0, 13.0)
    assert (quote.mean, quote.waiting, quote.working) == (15.0, 3.0, 12.0)


@given(st.lists(st.floats(0, 300), min_size=1, max_size=30))
def test_potential_lies_between_zero_and_the_median(values):
    stays = pd.DataFrame({"stage": "s", "days": values, "waiting_days": 0.0})
    (lever,) = durations.levers(stays, ())
    assert 0 <= lever.potential <= lever.median
    assert lever.waiting + lever.working == pytest.approx(lever.mean)
