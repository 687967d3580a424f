"""Period arithmetic: hand-worked dates, and properties over every kind of period and fiscal year."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.errors import PeriodError
from salesreview.periods import COUNTS, Window, add_months, containing, custom, of_kind, parse

kinds = st.sampled_from(sorted(COUNTS))
years = st.integers(2001, 2090)
fiscal_starts = st.integers(1, 12)


@pytest.mark.parametrize(
    ("text", "code", "start", "end"),
    [
        ("H1", "2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("h2", "2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("FY", "2026-FY", date(2026, 1, 1), date(2026, 12, 31)),
        ("Q2", "2026-Q2", date(2026, 4, 1), date(2026, 6, 30)),
        ("M2", "2026-M02", date(2026, 2, 1), date(2026, 2, 28)),
        ("M02", "2026-M02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2024-Q1", "2024-Q1", date(2024, 1, 1), date(2024, 3, 31)),
        ("H1 2024", "2024-H1", date(2024, 1, 1), date(2024, 6, 30)),
        ("2026-01-01:2026-04-15", "2026-01-01:2026-04-15", date(2026, 1, 1), date(2026, 4, 15)),
    ],
)
def test_reads_what_people_write(text, code, start, end):
    period = parse(text, year=2026)
    assert (period.code, period.start, period.end) == (code, start, end)


@pytest.mark.parametrize("text", ["H3", "Q5", "M13", "M00", "", "2026", "2026-13-01:2026-14-01", "2024-H1 2025", "H"])
def test_says_which_forms_are_known(text):
    with pytest.raises(PeriodError, match="expected FY, H1"):
        parse(text, year=2026)


def test_refuses_a_range_that_ends_before_it_starts():
    with pytest.raises(PeriodError, match="ends before it starts"):
        parse("2026-04-15:2026-01-01", year=2026)


def test_fiscal_year_from_april():
    assert parse("FY", year=2026, fiscal_start=4).window == Window(date(2026, 4, 1), date(2027, 3, 31))
    assert parse("H2", year=2026, fiscal_start=4).window == Window(date(2026, 10, 1), date(2027, 3, 31))
    assert containing("Q", date(2027, 2, 5), 4).code == "2026-Q4"
    assert containing("M", date(2027, 2, 5), 4).code == "2027-M02"
    assert next(month.code for month in parse("Q4", year=2026, fiscal_start=4).parts("M")) == "2027-M01"


def test_review_and_plan_periods_are_paired():
    assert parse("H1", year=2026).next().code == "2026-H2"
    assert parse("H2", year=2026).next().code == "2027-H1"
    assert parse("Q4", year=2026).next().code == "2027-Q1"
    assert parse("2026-01-01:2026-01-10", year=2026).next().code == "2026-01-11:2026-01-20"
    assert parse("2026-01-01:2026-01-10", year=2026).previous().code == "2025-12-22:2025-12-31"


def test_year_ago_keeps_the_ends_of_months():
    assert Window(date(2025, 2, 1), date(2025, 2, 28)).years_back() == Window(date(2024, 2, 1), date(2024, 2, 29))
    assert Window(date(2024, 1, 1), date(2024, 2, 29)).years_back() == Window(date(2023, 1, 1), date(2023, 2, 28))
    assert Window(date(2026, 1, 1), date(2026, 4, 15)).years_back() == Window(date(2025, 1, 1), date(2025, 4, 15))


def test_parts_are_whole_sub_periods():
    assert [part.code for part in parse("H1", year=2026).parts("Q")] == ["2026-Q1", "2026-Q2"]
    ranged = custom(date(2026, 1, 15), date(2026, 4, 15))
    assert [part.code for part in ranged.parts("M")] == ["2026-M02", "2026-M03"]


def test_until_cuts_at_as_of():
    half = parse("H1", year=2026)
    assert half.until(date(2026, 5, 10)) == Window(date(2026, 1, 1), date(2026, 5, 10))
    assert half.until(date(2026, 12, 31)) == half.window
    with pytest.raises(PeriodError, match="2026-H1 has not begun"):
        half.until(date(2025, 12, 31))


@given(kinds, years, st.integers(1, 12), fiscal_starts)
def test_periods_of_a_kind_tile_the_calendar(kind, year, number, fiscal_start):
    period = of_kind(kind, year, (number - 1) % COUNTS[kind] + 1, fiscal_start)
    assert period.next().start == period.end + timedelta(days=1)
    assert period.next().previous() == period
    assert parse(period.code, year=1999, fiscal_start=fiscal_start) == period
    assert containing(kind, period.start, fiscal_start) == containing(kind, period.end, fiscal_start) == period


@given(kinds.filter(lambda kind: kind != "M"), years, fiscal_starts)
def test_months_fill_a_longer_period_exactly(kind, year, fiscal_start):
    period = of_kind(kind, year, 1, fiscal_start)
    assert sum(part.days for part in period.parts("M")) == period.days


@given(st.dates(date(2001, 1, 1), date(2090, 1, 1)), st.integers(-240, 240))
def test_adding_months_lands_in_the_right_month(day, months):
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day <= day.day
