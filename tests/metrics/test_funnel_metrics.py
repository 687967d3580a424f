"""Funnels: monotone counts, rates that leave the undecided out, value at stake."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics import funnel

KEYS = ("lead", "opportunity", "quote", "signed")


def cohort(levels: list[int], team: str = "T") -> pd.DataFrame:
    return pd.DataFrame({"level": levels, "n": [1] * len(levels), "team_id": team})


def test_reaching_a_later_step_counts_for_the_earlier_ones():
    steps = funnel.cohort_steps(cohort([0, 0, 1, 3]), KEYS)
    assert [step.reached for step in steps] == [4, 2, 1, 1]
    assert [step.loss for step in steps] == [2, 1, 0, None]
    assert [step.rate for step in steps] == [0.5, 0.5, 1.0, None]


def test_a_funnel_of_opportunities_starts_at_the_second_step():
    assert [step.key for step in funnel.cohort_steps(cohort([1, 3]), KEYS, base=1)] == list(KEYS[1:])


def test_an_empty_cohort_has_no_rates():
    steps = funnel.cohort_steps(cohort([]), KEYS)
    assert [step.reached for step in steps] == [0, 0, 0, 0] and steps[0].rate is None


@given(st.lists(st.integers(0, 3), max_size=60))
def test_counts_never_grow_and_rates_lie_between_zero_and_one(levels):
    steps = funnel.cohort_steps(cohort(levels), KEYS)
    counts = [step.reached for step in steps]
    assert counts == sorted(counts, reverse=True) and counts[0] == len(levels)
    assert all(step.rate is None or 0 <= step.rate <= 1 for step in steps)
    assert sum(step.loss for step in steps[:-1]) + counts[-1] == counts[0]


def test_undecided_records_are_in_neither_part_of_a_rate():
    frame = pd.DataFrame({
        "step": ["demo", "demo", "quote"], "progressed": [3, 2, 1], "failed": [1, 0, 4], "undecided": [7, 2, 0],
        "amount_progressed": [30.0, 20.0, 5.0], "amount_failed": [10.0, 0.0, 15.0],
    })  # fmt: skip
    demo = funnel.conversion(frame, "demo")
    assert (demo.decided, demo.undecided, demo.rate) == (6, 9, pytest.approx(5 / 6))
    assert demo.value_rate == pytest.approx(50 / 60)
    assert funnel.conversion(frame, "signed").rate is None


def test_value_at_stake_by_hand():
    # 100 leads, 40 opportunities, 10 quotes, 5 signed; leads should convert at 50 %, opportunities at 20 %
    steps = funnel.cohort_steps(pd.DataFrame({"level": [0, 1, 2, 3], "n": [60, 30, 5, 5]}), KEYS)
    found = funnel.stakes(steps, {"lead": (0.5, "target"), "opportunity": (0.2, "prior")}, 1000.0)
    assert [stake.value for stake in found] == [
        pytest.approx(100 * 0.1 * 0.25 * 0.5 * 1000),  # gap of 10 points, later rates 25 % and 50 %
        0.0,  # 25 % is above its reference
        None,  # no reference
    ]
    assert funnel.bottleneck(found).key == "lead"
    assert funnel.biggest_leak(found).key == "lead" and funnel.biggest_leak(found).loss == 60


def test_the_bottleneck_need_not_be_the_biggest_leak():
    steps = funnel.cohort_steps(pd.DataFrame({"level": [0, 1, 2, 3], "n": [60, 10, 25, 5]}), KEYS)
    found = funnel.stakes(steps, {"lead": (0.4, "prior"), "quote": (0.5, "prior")}, 10.0)
    assert funnel.bottleneck(found).key == "quote" and funnel.biggest_leak(found).key == "lead"


def test_nothing_at_stake_is_no_bottleneck():
    steps = funnel.cohort_steps(cohort([3, 3]), KEYS)
    assert funnel.bottleneck(funnel.stakes(steps, {"lead": (1.0, "target")}, 10.0)) is None
    assert funnel.biggest_leak(funnel.stakes(steps, {}, None)) is None


def test_the_best_team_needs_enough_records():
    both = pd.concat([cohort([1, 1, 0, 0], "big"), cohort([1], "small")])
    assert funnel.best_team_rates(both, KEYS, fewest=3)["lead"] == 0.5
    assert funnel.best_team_rates(both, KEYS, fewest=1)["lead"] == 1.0
