"""The calendar table: each day with its fiscal year, half, quarter, and whether people work on it."""

from datetime import date, timedelta

import holidays
import pandas as pd

from ..errors import OptionError
from ..periods import containing


def calendar(first: date, last: date, country: str, fiscal_start: int) -> pd.DataFrame:
    """One row per day from ``first`` to ``last``.

    Columns: date, fy (the year in which the fiscal year begins), half (H1, H2), quarter (Q1..Q4) and month (1-12 of
    the calendar year), is_workday (make-up days on weekends count where the country has them), holiday (its name or
    None). Raises OptionError for an unknown country code.
    """
    known = _holidays(country, range(first.year, last.year + 1))
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    halves = [containing("H", day, fiscal_start) for day in days]
    return pd.DataFrame(
        {
            "date": pd.to_datetime(days),
            "fy": [half.year for half in halves],
            "half": [f"H{half.number}" for half in halves],
            "quarter": [f"Q{containing('Q', day, fiscal_start).number}" for day in days],
            "month": [day.month for day in days],
            "is_workday": [known.is_working_day(day) for day in days],
            "holiday": pd.Series([known.get(day) for day in days], dtype="object"),
        }
    )


def _holidays(country: str, years: range) -> holidays.HolidayBase:
    if country not in holidays.list_supported_countries():
        raise OptionError(
            "unknown country", where="holiday_country", expected="an ISO code such as CN, DE, US", got=country
        )
    return holidays.country_holidays(country, years=years)
