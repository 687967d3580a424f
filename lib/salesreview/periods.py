"""The vocabulary of periods: FY, H1..H2, Q1..Q4, M01..M12 and custom ranges (requirement E-01, convention PER).

A fiscal year carries the number of the calendar year in which it starts: with
``fiscal_year_start_month=4``, FY2026 runs from 2026-04-01 to 2027-03-31. Halves and quarters belong to the fiscal year,
months are those of the calendar.
Nothing here reads the clock.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from .errors import PeriodError

FORMS = "FY, H1, H2, Q1..Q4, M01..M12, each with an optional year (2026-H1), or 2026-01-01:2026-04-15"
MONTHS = {"FY": 12, "H": 6, "Q": 3, "M": 1}
COUNTS = {"FY": 1, "H": 2, "Q": 4, "M": 12}


def add_months(day: date, months: int) -> date:
    """``day`` moved by whole months; the day of month is clipped (29 Feb becomes 28 Feb)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, order=True)
class Window:
    """A closed range of days."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def years_back(self, years: int = 1) -> "Window":
        """The same range some years earlier; a range that ends on a month's last day still does (convention YOY)."""
        end = add_months(self.end, -12 * years)
        if (self.end + timedelta(days=1)).day == 1:
            end = end.replace(day=calendar.monthrange(end.year, end.month)[1])
        return Window(add_months(self.start, -12 * years), end)

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


@dataclass(frozen=True, order=True)
class Period:
    """A named reporting period.

    ``code`` is the identity used in records and folder names' stems: ``2026-H1``, ``2026-Q2``, ``2026-M03``,
    ``2026-FY``, or ``2026-01-01:2026-04-15`` for a custom range.
    """

    start: date
    end: date
    kind: str  # FY, H, Q, M or range
    year: int
    number: int
    fiscal_start: int = 1

    @property
    def code(self) -> str:
        if self.kind == "range":
            return f"{self.start}:{self.end}"
        if self.kind == "FY":
            return f"{self.year}-FY"
        return (
            f"{self.year}-{self.kind}{self.number:02d}" if self.kind == "M" else f"{self.year}-{self.kind}{self.number}"
        )

    @property
    def slug(self) -> str:
        """The code as a safe folder name."""
        return self.code.replace(":", "_")

    @property
    def window(self) -> Window:
        return Window(self.start, self.end)

    @property
    def days(self) -> int:
        return self.window.days

    def shifted(self, steps: int) -> "Period":
        """The period of the same kind ``steps`` later (negative: earlier); a range moves by its own length in days."""
        if self.kind == "range":
            move = timedelta(days=self.days * steps)
            return custom(self.start + move, self.end + move, self.fiscal_start)
        count = COUNTS[self.kind]
        index = self.year * count + (self.number - 1) + steps
        return of_kind(self.kind, index // count, index % count + 1, self.fiscal_start)

    def previous(self) -> "Period":
        """The period just before, of equal type (convention SEQ)."""
        return self.shifted(-1)

    def next(self) -> "Period":
        """The period that the plan half is for (convention PER): H1 to H2, H2 to next H1, FY to next FY."""
        return self.shifted(1)

    def year_ago(self) -> "Period":
        """The same period of the year before (convention YOY)."""
        if self.kind == "range":
            window = self.window.years_back()
            return custom(window.start, window.end, self.fiscal_start)
        return of_kind(self.kind, self.year - 1, self.number, self.fiscal_start)

    def fiscal_year(self) -> "Period":
        """The fiscal year that holds the period's first day."""
        return containing("FY", self.start, self.fiscal_start)

    def parts(self, kind: str) -> tuple["Period", ...]:
        """The whole sub-periods of ``kind`` (Q or M) that lie inside this period, in order."""
        found, part = [], containing(kind, self.start, self.fiscal_start)
        while part.end <= self.end:
            if part.start >= self.start:
                found.append(part)
            part = part.shifted(1)
        return tuple(found)

    def until(self, as_of: date) -> Window:
        """The part of the period that the data can cover.

        Raises PeriodError when the period starts after ``as_of``.
        """
        if as_of < self.start:
            raise PeriodError(
                f"period {self.code} has not begun",
                expected=f"a period that starts on or before the data's last day {as_of}",
                got=f"{self.start} to {self.end}",
                advice="choose an earlier --period or --year, or bring newer data",
            )
        return Window(self.start, min(self.end, as_of))


def of_kind(kind: str, year: int, number: int, fiscal_start: int = 1) -> Period:
    months = MONTHS[kind]
    start = add_months(date(year, 1 if kind == "M" else fiscal_start, 1), months * (number - 1))
    return Period(start, add_months(start, months) - timedelta(days=1), kind, year, number, fiscal_start)


def custom(start: date, end: date, fiscal_start: int = 1) -> Period:
    return Period(start, end, "range", start.year, 0, fiscal_start)


def containing(kind: str, day: date, fiscal_start: int = 1) -> Period:
    """The period of ``kind`` that holds ``day``."""
    if kind == "M":
        return of_kind(kind, day.year, day.month, fiscal_start)
    year = day.year - (day.month < fiscal_start)
    offset = (day.month - fiscal_start) % 12
    return of_kind(kind, year, offset // MONTHS[kind] + 1, fiscal_start)


def parse(text: str, *, year: int, fiscal_start: int = 1) -> Period:
    """Read a period as a person writes it.

    >>> parse("h1", year=2026).code
    '2026-H1'
    >>> parse("Q2 2025", year=2026).window
    Window(start=datetime.date(2025, 4, 1), end=datetime.date(2025, 6, 30))
    >>> parse("2026-01-01:2026-04-15", year=2026).days
    105
    """
    cleaned = str(text).strip().upper()
    ranged = re.fullmatch(r"(\d{4}-\d{2}-\d{2})\s*:\s*(\d{4}-\d{2}-\d{2})", cleaned)
    if ranged:
        return _range(ranged[1], ranged[2], text, fiscal_start)
    named = re.fullmatch(r"(?:(\d{4})[-\s]?)?(FY|H[12]|Q[1-4]|M(?:0?[1-9]|1[0-2]))(?:[-\s]?(\d{4}))?", cleaned)
    if not named or (named[1] and named[3]):
        raise PeriodError("unknown period", where="--period", expected=FORMS, got=text)
    kind = "FY" if named[2] == "FY" else named[2][0]
    number = 1 if kind == "FY" else int(named[2][1:])
    return of_kind(kind, int(named[1] or named[3] or year), number, fiscal_start)


def _range(first: str, last: str, text: str, fiscal_start: int) -> Period:
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise PeriodError("a day that does not exist", where="--period", expected=FORMS, got=text) from None
    if end < start:
        raise PeriodError("a range that ends before it starts", where="--period", expected="start:end", got=text)
    return custom(start, end, fiscal_start)
