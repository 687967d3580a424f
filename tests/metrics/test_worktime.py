"""Working hours, worked by hand: 2026-03-06 is a Friday, the 9th a Monday."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics.worktime import HOURS_A_DAY, working_hours

WORKDAYS = [day for day in pd.date_range("2026-03-02", "2026-03-31") if day.weekday() < 5]
moments = st.datetimes(pd.Timestamp("2026-03-02").to_pydatetime(), pd.Timestamp("2026-03-31").to_pydatetime())


def hours(start, end):
    frame = pd.DataFrame({"start": pd.to_datetime([start]), "end": pd.to_datetime([end])})
    return working_hours(frame.start, frame.end, WORKDAYS).iloc[0]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-03-02 09:00", "2026-03-02 18:00", 8.0),
        ("2026-03-02 11:30", "2026-03-02 13:30", 1.0),  # half an hour either side of lunch
        ("2026-03-02 07:00", "2026-03-02 08:59", 0.0),
        ("2026-03-06 17:00", "2026-03-09 10:00", 2.0),  # over the weekend
        ("2026-03-07 10:00", "2026-03-08 16:00", 0.0),
        ("2026-03-02 09:00", "2026-03-06 18:00", 40.0),
    ],
)
def test_by_hand(start, end, expected):
    assert hours(start, end) == pytest.approx(expected)


def test_open_cases_are_null():
    assert pd.isna(hours("2026-03-02 09:00", None))


@given(moments, moments, moments)
def test_hours_add_up_and_never_exceed_the_days(a, b, c):
    first, second, third = sorted([a, b, c])
    whole = hours(first, third)
    assert hours(first, second) + hours(second, third) == pytest.approx(whole)
    assert 0 <= whole <= HOURS_A_DAY * ((third.date() - first.date()).days + 1)
