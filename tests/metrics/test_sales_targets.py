"""Targets of any window: exact, tiled, spread over the season, cut at a day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics.attainment import EQUAL_SEASON, Resolved, TargetRow, attainment, season, target_of
from salesreview.periods import Window, of_kind

WEIGHTS = st.lists(st.floats(0.01, 1.0), min_size=12, max_size=12).map(
    lambda values: {month: value / sum(values) for month, value in enumerate(values, 1)}
)


def row(kind, number, value, year=2026):
    return TargetRow(of_kind(kind, year, number).window, value)


def window(kind, number):
    return of_kind(kind, 2026, number).window


def test_the_target_of_exactly_this_window_wins():
    rows = [row("FY", 1, 1200.0), row("H", 1, 700.0), row("Q", 1, 300.0), row("Q", 2, 300.0)]
    assert target_of(rows, window("H", 1)) == Resolved(700.0, False)


def test_parts_that_tile_the_window_are_added_and_not_derived():
    assert target_of([row("Q", 1, 300.0), row("Q", 2, 350.0)], window("H", 1)) == Resolved(650.0, False)


def test_a_gap_in_the_parts_gives_no_target():
    assert target_of([row("Q", 1, 300.0)], window("H", 1)) is None
    assert target_of([], window("H", 1)) is None


def test_a_parent_is_spread_by_the_season_and_flagged():
    weights = dict.fromkeys(range(1, 13), 0.05) | {1: 0.25, 2: 0.25}
    found = target_of([row("FY", 1, 1000.0)], window("Q", 1), weights)
    assert found.derived and found.value == pytest.approx(550.0)


def test_the_smallest_parent_is_used():
    rows = [row("FY", 1, 12000.0), row("Q", 1, 300.0)]
    assert target_of(rows, window("M", 2)) == Resolved(100.0, True)


def test_a_running_month_counts_by_its_elapsed_working_days():
    """Q1 whole months 100 + 100, March 100 × 7/21 working days."""
    rows = [row("M", n, 100.0) for n in (1, 2, 3)]
    cut = Window(date(2026, 1, 1), date(2026, 3, 11))
    found = target_of(rows, cut, elapsed={date(2026, 3, 1): 7 / 21})
    assert found.value == pytest.approx(233.3333333) and not found.derived


def test_calendar_days_stand_in_for_unknown_working_days():
    found = target_of([row("M", 4, 300.0)], Window(date(2026, 4, 1), date(2026, 4, 10)))
    assert found.value == pytest.approx(100.0)


@given(WEIGHTS, st.floats(1.0, 1e9))
def test_spread_months_add_up_to_the_parent(weights, value):
    rows = [row("FY", 1, value)]
    months = sum(target_of(rows, window("M", n), weights).value for n in range(1, 13))
    quarters = sum(target_of(rows, window("Q", n), weights).value for n in range(1, 5))
    assert months == pytest.approx(value) and quarters == pytest.approx(value)


def test_attainment():
    assert attainment(90.0, 100.0) == 0.9
    assert attainment(90.0, 0.0) is None
    assert attainment(90.0, None) is None
    assert attainment(120.0, 100.0, "lower") == pytest.approx(0.8)
    assert attainment(250.0, 100.0, "lower") == 0.0


def test_season_is_the_mean_share_of_whole_years():
    """2024: all in January; 2025: half in January, half in July."""
    monthly = {date(year, month, 1): 0.0 for year in (2024, 2025) for month in range(1, 13)}
    monthly |= {date(2024, 1, 1): 80.0, date(2025, 1, 1): 50.0, date(2025, 7, 1): 50.0}
    found = season(monthly, date(2026, 1, 1))
    assert (found[1], found[7], found[2]) == (0.75, 0.25, 0.0)
    assert sum(found.values()) == pytest.approx(1.0)


def test_no_whole_year_gives_equal_shares():
    assert season({date(2025, 12, 1): 5.0}, date(2026, 1, 1)) == EQUAL_SEASON
