"""Approval replay, evenness, response bands, before and after, and the pipeline whose bars add up."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics.approvals import above_fast, replay, stamping
from salesreview.metrics.pipeline import flow, stalled, velocity
from salesreview.metrics.process_flow import band_of, before_after, evenness


def steps(*rows):
    return pd.DataFrame(rows, columns=["object_id", "department", "hours"])


def test_replay_by_hand():
    found = replay(steps(("a", "x", 2.0), ("a", "y", 5.0), ("b", "x", 1.0), ("c", "y", None), ("c", "x", 9.0)), ["x"])
    # c has an open step and does not count; b is only x, which is dropped
    assert found["object_id"].tolist() == ["a", "b"]
    assert found["serial"].tolist() == [7.0, 1.0]
    assert found["parallel"].tolist() == [5.0, 1.0]
    assert found["without_stamps"].tolist() == [5.0, 0.0] == found["both"].tolist()


hours = st.floats(0, 500, allow_nan=False)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), hours), min_size=1, max_size=20))
def test_no_rule_makes_an_approval_longer(rows):
    found = replay(steps(*rows), ["x"])
    assert (found["parallel"] <= found["serial"] + 1e-9).all()
    assert (found["both"] <= found["without_stamps"] + 1e-9).all()
    assert (found["both"] <= found["parallel"] + 1e-9).all()
    assert found["serial"].sum() == pytest.approx(sum(row[2] for row in rows))


def test_stamping_needs_enough_steps_and_hardly_a_return():
    rows = [("x", "通过", False)] * 20 + [("y", "通过", False)] * 18 + [("y", "退回", False)] * 2
    rows += [("z", "通过", False)] * 3 + [("w", "通过", True)] * 20
    found = pd.DataFrame(rows, columns=["department", "decision", "changed"])
    assert stamping(found, 0.98, 20) == ("x",)  # y returns a tenth, z has three steps, w changes everything


def test_lost_above_the_fast_rate():
    # slow lose 80 %, fast 60 %: a quarter of what the slow ones lost lies above
    assert above_fast(400.0, 0.2, 0.4) == pytest.approx(100.0)
    assert above_fast(400.0, 0.5, 0.4) == 0.0
    assert above_fast(0.0, 1.0, 0.4) == 0.0


def test_evenness_by_hand():
    # per day: 1, 2, 3: mean 2, sample deviation 1
    found = evenness([10, 40, 30, 5], [10, 20, 10, 0])
    assert (found.sellers, found.mean, found.cv, found.most_to_least) == (3, 2.0, 0.5, 3.0)
    assert found.gini is None  # below five
    assert evenness([0, 4], [1, 1]).most_to_least is None
    assert evenness([], []).cv is None


def test_bands_end_at_their_hours():
    assert band_of(pd.Series([0.0, 1.0, 1.01, 8.0, 24.0, 24.1])).tolist() == [0, 0, 1, 1, 2, 3]


def test_before_and_after():
    found = before_after([8.0] * 10, [2.0] * 10)
    assert (found.median_before, found.median_after, found.low, found.high) == (8.0, 2.0, -6.0, -6.0)
    assert found.differs and found.p < 0.001
    assert not before_after([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]).differs
    assert before_after([1.0] * 4, [2.0] * 10) is None


def deal(start=0.0, first=0.0, new=False, end=0.0, fate="open", closing=0.0):
    return {"start": start, "first": first, "new": new, "end": end, "fate": fate, "closing": closing}


def test_pipeline_by_hand():
    found = flow(
        pd.DataFrame(
            [
                deal(start=100, first=100, fate="won", closing=120),  # raised by 20, won
                deal(start=50, first=50, fate="lost", closing=40),  # cut by 10, lost
                deal(start=70, first=70),  # put off
                deal(first=30, new=True, end=30),  # created, overdue
                deal(new=True, fate="won", closing=15),  # created and won between two snapshots
                deal(fate="won", closing=25),  # was expected later, won now
                deal(new=True),  # created for later: no matter of this period
            ]
        )
    )
    assert (found.start, found.created, found.pulled_in, found.cut) == (220, 45, 45, 10)
    assert (found.won, found.lost, found.slipped, found.end, found.slipped_deals) == (160, 40, 70, 30, 1)
    assert found.balance == 0


amounts = st.integers(0, 10**9).map(lambda cents: cents / 100)
deals = st.builds(deal, amounts, amounts, st.booleans(), amounts, st.sampled_from(("won", "lost", "open")), amounts)


@given(st.lists(deals, max_size=30))
def test_the_bars_of_the_pipeline_add_up(rows):
    found = flow(pd.DataFrame(rows, columns=list(deal())))
    assert found.balance == pytest.approx(0, abs=0.01)
    assert all(value >= 0 for value in vars(found).values())


def test_stalled_needs_a_limit():
    stays = pd.DataFrame({"stage": ["quote", "quote", "demo"], "days": [11, 10, 99]})
    assert stalled(stays, {"quote": 10.0}).tolist() == [True, False, False]


def test_velocity_needs_all_its_parts():
    assert velocity(20, 0.25, 1000.0, 50.0) == 100.0
    assert velocity(20, None, 1000.0, 50.0) is None
    assert velocity(20, 0.25, 1000.0, 0.0) is None
