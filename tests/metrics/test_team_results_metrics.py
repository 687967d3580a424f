"""What must add up or stay in bounds in the team's metrics."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics.appraisal import composite, grade, group_score, shrunk, sub_score, weakest, withheld
from salesreview.metrics.cases import chosen, scored
from salesreview.metrics.placebo import placebo_p
from salesreview.metrics.purchases import KINDS, by_kind
from salesreview.metrics.team_lights import light_of_months

MONEY = st.integers(-10_000, 100_000).map(float)


@given(st.lists(st.tuples(MONEY, MONEY, MONEY, st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=20))
def test_kinds_of_business_add_up(rows):
    names = ("sales", "other", "base", "is_known", "is_new", "bought_before")
    frame = pd.DataFrame(rows, columns=names)
    frame["whole"] = frame["sales"] + frame["other"]
    found = by_kind(frame)
    assert list(found.columns) == list(KINDS)
    assert found.sum(axis=1).tolist() == pytest.approx(frame["sales"].tolist())


def test_upselling_is_shared_by_credit():
    """Last year 100, now 150 of which one team has 90 and the other 60: 50 more, 30 and 20."""
    rows = [
        dict(sales=s, whole=150.0, base=100.0, is_known=True, is_new=False, bought_before=True) for s in (90.0, 60.0)
    ]
    assert by_kind(pd.DataFrame(rows))["upsell"].tolist() == pytest.approx([30, 20])


@given(st.dictionaries(st.sampled_from("abcd"), st.floats(0, 100) | st.none(), min_size=4))
def test_a_composite_lies_between_its_groups(groups):
    found = composite(groups, {"a": 40.0, "b": 30.0, "c": 20.0, "d": 10.0})
    known = [value for value in groups.values() if value is not None]
    if not known:
        assert found.score is None and found.covered == 0
    else:
        assert min(known) - 1e-9 <= found.score <= max(known) + 1e-9
        assert 0 < found.covered <= 1


def test_scores_and_grades_by_hand():
    assert sub_score(33, 30, 1.2) == pytest.approx(110) and sub_score(20, 25, 1.2) == pytest.approx(80)
    assert sub_score(None, 30, 1.2) is None and sub_score(10, 0, 1.2) is None
    assert group_score([None, None]) is None
    # 40 % of 100, 30 % of 90, 20 % of 80, 10 % of 70 = 40 + 27 + 16 + 7
    groups = {"results": 100.0, "value": 90.0, "ability": 80.0, "team": 70.0}
    weights = {"results": 40.0, "value": 30.0, "ability": 20.0, "team": 10.0}
    assert composite(groups, weights).score == pytest.approx(90)
    assert [grade(s, 90, 80) for s in (92, 90, 80, 75, None)] == ["excellent", "excellent", "good", "improve", None]
    assert withheld(0, {1: 0.1}) is None and withheld(2, {1: 0.1}) == 0.1
    assert shrunk(pd.Series([1.0, 2.0]), pd.Series([1, 2]), 5).isna().all()


def test_the_weakest_kpi_is_furthest_below_the_upper_quartile():
    subs = pd.DataFrame({"x": [100.0, 100, 100, 50], "y": [90.0, 80, 80, None]})
    assert weakest(subs)["kpi"].tolist()[3] == "x" and weakest(subs).loc[3, "gap"] == 50


def test_lights_need_months_in_a_row():
    assert light_of_months([0.6, 0.9, 0.6], 0.7, 2) == "amber"
    assert light_of_months([0.9, 0.6, 0.6], 0.7, 2) == "red"
    assert light_of_months([0.6, None, 0.6], 0.7, 2) == "amber"
    assert light_of_months([0.9, 0.9], 0.7, 2) == "green"


def test_cases_keep_pins_and_leave_out_the_excluded():
    frame = pd.DataFrame(
        {"opp_id": list("abcd"), "amount": [4.0, 3, 2, 1], "is_strategic": [True, True, False, False],
         "days": [10, 10, 10, 10], "helpers": [0, 0, 0, 0], "is_innovative": [False] * 4,
         "outcome": ["won", "won", "won", "lost"]}
    )  # fmt: skip
    ranked = scored(frame)
    assert ranked["opp_id"].tolist() == ["a", "b", "c", "d"]
    assert chosen(ranked, 3, (), ())["opp_id"].tolist() == ["a", "b", "d"]
    assert chosen(ranked, 2, ("c",), ("d",))["opp_id"].tolist() == ["c", "a"]


@given(st.lists(st.integers(-100, 100), min_size=9, max_size=30))
def test_a_placebo_share_is_a_share(changes):
    values = pd.Series(changes, dtype=float)
    p = placebo_p(values, pd.Series([i < 3 for i in range(len(values))]))
    assert p is not None and 0 < p <= 1
    assert p == placebo_p(values, pd.Series([i < 3 for i in range(len(values))]))
