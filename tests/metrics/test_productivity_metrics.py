from datetime import date

import pandas as pd
import pytest

from salesreview.metrics.productivity import (
    active_days,
    annualised,
    is_ramping,
    per_head,
    staff,
    top_quartile,
    traits,
)
from salesreview.periods import Window

H1 = Window(date(2026, 1, 1), date(2026, 6, 30))  # 181 days


def test_joins_and_leaves_are_pro_rated():
    assert active_days(H1, None, None) == 181
    assert active_days(H1, date(2026, 6, 1), None) == 30
    assert active_days(H1, None, date(2026, 1, 10)) == 10
    assert active_days(H1, date(2026, 7, 1), None) == 0
    assert active_days(H1, None, date(2025, 12, 31)) == 0


def test_ramping_is_judged_on_the_windows_last_day():
    assert is_ramping(H1, date(2026, 1, 1), 6)  # six months are full on 1 July
    assert not is_ramping(H1, date(2025, 12, 30), 6)
    assert not is_ramping(H1, None, 6)


def test_staff_leaves_out_those_who_were_never_there():
    reps = pd.DataFrame(
        {
            "rep_id": ["a", "b", "c"],
            "hire_date": pd.to_datetime([None, "2026-06-01", "2026-08-01"]),
            "leave_date": pd.to_datetime([None, None, None]),
        }
    )
    found = staff(reps, H1, 6)
    assert found["rep_id"].tolist() == ["a", "b"]
    assert found["fte"].tolist() == pytest.approx([1.0, 30 / 181])
    assert found["is_ramping"].tolist() == [False, True]


def test_per_head_and_per_year():
    assert per_head(300.0, 1.5) == 200.0
    assert per_head(300.0, 0.0) is None
    assert per_head(None, 2.0) is None
    assert annualised(100.0, 73) == 500.0
    assert annualised(100.0, 0) is None


def test_top_quartile_breaks_ties_by_id():
    scores = pd.Series({"d": 5.0, "a": 5.0, "b": 1.0, "c": 1.0})
    assert top_quartile(scores)[lambda s: s].index.tolist() == ["a"]
    assert top_quartile(pd.Series(dtype=float)).empty


def test_traits_find_the_one_that_differs():
    people = [f"r{i:02d}" for i in range(24)]
    is_top = pd.Series([i < 6 for i in range(24)], index=people)
    visits = pd.Series([9.0 + i % 3 if i < 6 else 4.0 + i % 3 for i in range(24)], index=people)
    noise = pd.Series([float(i % 4) for i in range(24)], index=people)
    sparse = pd.Series({"r00": 1.0, "r10": 2.0})
    found = traits({"noise": noise, "visits": visits, "sparse": sparse}, is_top, minimum_n=5)
    assert [t.name for t in found] == ["visits", "noise"]
    assert (found[0].top, found[0].rest, found[0].n_top, found[0].n_rest) == (10.0, 5.0, 6, 18)
    assert found[0].is_associated
    assert not found[1].is_associated
