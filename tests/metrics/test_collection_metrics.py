"""Collection rate and days sales outstanding."""

from datetime import date

import pytest

from salesreview.metrics import collection
from salesreview.periods import Window


def test_dso_by_hand():
    # (100 + 100 + 400 + 150 + 150 + 150) / 6 = 175 against sales of 400 in 181 days
    assert collection.dso([100, 100, 400, 150, 150, 150], 400, 181) == pytest.approx(79.1875)
    assert collection.dso([10], 0, 30) is None and collection.dso([], 10, 30) is None


def test_nothing_due_is_no_rate():
    assert collection.rate(0, 0) is None
    assert collection.rate(270, 300) == 0.9


def test_month_ends_stop_at_the_window():
    assert collection.month_ends(Window(date(2026, 1, 10), date(2026, 3, 15))) == [
        date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 15),
    ]  # fmt: skip
