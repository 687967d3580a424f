"""How two figures are compared: bases, units, and what chance explains."""

import pytest

from salesreview.exhibits.cards import judgement
from salesreview.record import Figure
from salesreview.reviews.colours import places
from salesreview.reviews.context import change

from .hand_mart import context
from .sales_marts import small_company


def rate(hits, n, metric="win_rate"):
    return Figure(metric, hits / n, "ratio", "2026-H1", numerator=hits, denominator=n, n=n)


def test_amounts_change_relatively_and_rates_by_their_difference():
    now, base = (Figure("sales", value, "money", "2026-H1") for value in (120.0, 100.0))
    assert change(now, base, "yoy").value == pytest.approx(0.2) and change(now, base, "yoy").unit == "ratio"
    shift = change(rate(80, 100), rate(50, 100), "yoy")
    assert (shift.value, shift.unit) == (pytest.approx(0.3), "pp")


@pytest.mark.parametrize("base", [None, 0.0, -5.0])
def test_no_base_no_growth(base):
    base = None if base is None else Figure("sales", base, "money", "2025-H1")
    found = change(Figure("sales", 10.0, "money", "2026-H1"), base, "yoy")
    assert found.value is None and found.flags == ("no_base",)


def test_what_chance_explains_is_not_judged():
    """Newcombe 95 %: 273 of 853 against 290 of 863 spans zero; 80 of 100 against 50 of 100 does not."""
    small = change(rate(273, 853), rate(290, 863), "yoy")
    assert "within_chance" in small.flags and judgement(small) == "neutral"
    large = change(rate(80, 100), rate(50, 100), "yoy")
    assert "within_chance" not in large.flags and judgement(large) == "better"


def test_shares_of_amounts_are_not_put_to_chance():
    now = Figure("gm_pct", 0.41, "ratio", "2026-H1", numerator=41.0, denominator=100.0, n=7)
    base = Figure("gm_pct", 0.40, "ratio", "2025-H1", numerator=40.0, denominator=100.0, n=7)
    assert change(now, base, "yoy").flags == ()


def test_places_in_the_palette_follow_all_sales(tmp_path):
    found = places(context(small_company(tmp_path)))
    # L1 sold 1000 + 1000 + 500 + 1320 + 800 + 330 - 110, L2 1000 + 300; the east more than the west.
    assert (found["L1"], found["L2"]) == (0, 1)
    assert (found["华东"], found["西北"]) == (0, 1)
    assert "未分类" not in found
