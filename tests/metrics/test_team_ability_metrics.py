"""Survival curves, matched rates, difference in differences, spread of attainment, ramp."""

from datetime import date
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics.ability import BANDS, differences, explained, ramp_time, tenure_band
from salesreview.metrics.comparison import rate_difference
from salesreview.metrics.matched import matched_difference
from salesreview.metrics.survival import reached_curve, share_by, staircase
from salesreview.metrics.training import difference_in_differences

TIMES = st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=60)


@given(TIMES)
def test_curve_rises_from_the_origin_and_stays_a_share(records):
    curve = reached_curve([time for time, _ in records], [done for _, done in records])
    shares = [share for _, share in curve]
    assert curve[0] == (0.0, 0.0)
    assert shares == sorted(shares) and all(0 <= share <= 1 for share in shares)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=40))
def test_without_censoring_the_curve_counts_heads(times):
    curve = reached_curve(times, [True] * len(times))
    for limit in times:
        assert share_by(curve, limit) == pytest.approx(sum(time <= limit for time in times) / len(times))


def test_censored_people_leave_the_risk_set():
    # day 5: one of four; day 8: one is only seen until then; day 9: one of the two left: 1 - 3/4 * 1/2
    assert reached_curve([5, 8, 9, 20], [True, False, True, False])[-1] == (9.0, 0.625)


@given(TIMES, st.integers(0, 500))
def test_staircase_has_level_and_upright_lines_only(records, until):
    curve = reached_curve([time for time, _ in records], [done for _, done in records])
    corners = staircase(curve, until)
    for (x0, y0), (x1, y1) in pairwise(corners):
        assert (x0 == x1) != (y0 == y1) or (x0, y0) == (x1, y1)
    assert set(curve) <= set(corners)


BAND = st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(BAND, BAND)
def test_one_band_is_the_plain_difference(one, zero):
    found = matched_difference([(*one, *zero)])
    assert found.value == pytest.approx(rate_difference(*one, *zero).value)
    assert found.low <= found.value <= found.high


def test_matching_takes_out_the_mix():
    # within both bands the rates are equal; pooled, the first kind seems better: 82/110 against 28/110
    assert matched_difference([(80, 100, 8, 10), (2, 10, 20, 100)]).value == pytest.approx(0.0)
    assert matched_difference([(5, 10, 0, 0)]) is None
    assert matched_difference([]) is None


def records(cells: dict[tuple[str, bool, bool], tuple[int, int]]) -> pd.DataFrame:
    """(rep, trained, after) -> (won, lost)."""
    rows = []
    for (rep, trained, after), (won, lost) in cells.items():
        rows += [(rep, trained, after, True)] * won + [(rep, trained, after, False)] * lost
    return pd.DataFrame(rows, columns=["rep_id", "trained", "after", "won"])


def test_difference_in_differences_by_hand():
    frame = records(
        {
            ("A", True, False): (1, 3), ("A", True, True): (3, 1), ("B", True, False): (1, 3),
            ("B", True, True): (2, 2), ("C", False, False): (2, 2), ("C", False, True): (1, 3),
            ("D", False, False): (2, 2), ("D", False, True): (2, 2),
        }
    )  # fmt: skip
    found = difference_in_differences(frame, tests=4)
    # trained 2/8 -> 5/8, others 4/8 -> 3/8: 0.375 + 0.125
    assert found.value == pytest.approx(0.5)
    assert found.cells == ((2, 8), (5, 8), (4, 8), (3, 8)) and found.reps == (2, 2)
    assert found.low_adjusted <= found.low <= found.value <= found.high <= found.high_adjusted
    assert difference_in_differences(frame, tests=4) == found


def test_no_effect_when_a_cell_is_empty_or_nothing_moves():
    same = {(rep, rep < "C", after): (2, 2) for rep in "ABCD" for after in (False, True)}
    found = difference_in_differences(records(same))
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0) and not found.is_clear
    assert difference_in_differences(records({("A", True, True): (1, 1)})) is None
    assert difference_in_differences(records({})) is None


@given(st.lists(st.floats(0, 3), max_size=50))
def test_spread_of_attainment(values):
    found = differences(values)
    assert found.n == len(values) and found.short == sum(value < 0.8 for value in values)
    if values:
        assert found.p10 <= found.median <= found.p90


@given(st.floats(0, 99))
def test_every_tenure_has_a_band(years):
    assert tenure_band(years) in {name for name, _, _ in BANDS}


def test_variance_explained():
    years = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    found = explained([2 * year for year in years], pd.DataFrame({"years": years}))
    assert found.r2 == pytest.approx(1.0) and found.p == pytest.approx(0.0) and found.n == 6
    # group means 1 and 3 around 2: between 4, within 4 x 0.25 = 1, so R² = 4/5
    region = pd.DataFrame({"region": ["a", "a", "b", "b"]})
    found = explained([0.5, 1.5, 2.5, 3.5], region)
    assert found.r2 == pytest.approx(0.8) and found.adjusted == pytest.approx(0.7)
    assert explained([1.0, 1.0, 1.0, 1.0], region) is None
    assert explained([1.0, 2.0], pd.DataFrame({"years": [None, None]})) is None


def month(number: int) -> date:
    return date(2026, number, 1)


def test_ramp_by_hand():
    goals = {month(m): 10.0 for m in range(1, 7)}
    # January to March 21 of 30 is short of 24, February to April 24 is enough: month 3 after the hire
    sales = {month(1): 1.0, month(2): 10.0, month(3): 10.0, month(4): 4.0}
    assert ramp_time(date(2026, 1, 20), month(6), sales, goals) == (3, True)
    assert ramp_time(date(2026, 1, 20), month(3), sales, goals) == (2, False)
    assert ramp_time(date(2026, 1, 20), month(2), sales, goals) is None
    assert ramp_time(date(2026, 1, 20), month(6), sales, {}) is None
