"""Bridge of recurring value, expansion, health score and schedules by hand, and what always adds up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics.retention import revenue_retention
from salesreview.metrics.strategic import (
    HEALTH_PARTS,
    Milestone,
    expansion,
    health,
    health_parts,
    revenue_bridge,
    schedule,
)

DAY = date(2026, 6, 30)
amounts = st.floats(0, 1e8, allow_nan=False).map(lambda value: round(value, 4))


@given(st.lists(st.tuples(amounts, amounts), max_size=20))
def test_the_bridge_adds_up_in_whole_cents(values):
    found = revenue_bridge(values)
    steps = (found.start, found.expanded, -found.contracted, -found.churned, found.joined)
    assert sum(round(step * 100) for step in steps) == round(found.end * 100)
    assert min(found.start, found.expanded, found.contracted, found.churned, found.joined) >= -0.02


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=20))
def test_the_bridge_tells_what_net_retention_tells(values):
    found, kept = revenue_bridge(values), revenue_retention(values)
    if kept.net is not None:  # each of the five parts is rounded to cents
        assert found.end - found.joined == pytest.approx(kept.net * kept.start, abs=0.05)


@given(st.lists(st.tuples(st.integers(-100, 1000), st.integers(0, 1000), st.booleans()), max_size=12))
def test_expansion_and_repeat_make_up_the_sales(rows):
    found = expansion(rows)
    assert found.cross + found.upsell + found.repeat == pytest.approx(sum(sales for sales, _, _ in rows))


def test_expansion_without_a_base_has_no_rate():
    assert expansion([(50, 0, True)]).rate is None
    assert expansion([]).amount == 0.0


def test_health_parts_by_hand():
    facts = {
        "sales": 80.0, "base": 100.0, "score": 62.5, "tickets": 8, "complaints": 1, "touches": 6, "touches_before": 36,
        "people": 3, "billed": 200.0, "overdue": 20.0, "contract_end": date(2026, 9, 28),
    }  # fmt: skip
    # 50 - 20; as it is; 1 - (1/8)/(1/2); 6 of 12 a quarter; 3 of 4; 1 - 2 x 0.1; 90 of 180 days
    assert health_parts(facts, DAY) == pytest.approx(
        {
            "trend": 30,
            "satisfaction": 62.5,
            "complaints": 75,
            "engagement": 50,
            "people": 75,
            "payment": 80,
            "contract": 50,
        }
    )


def test_unknown_parts_stay_unknown_and_lapsed_contracts_give_nothing():
    facts = dict.fromkeys(("base", "score", "tickets", "touches_before", "people", "billed"))
    parts = health_parts(facts | {"sales": 5.0, "contract_end": date(2026, 1, 1)}, DAY)
    assert parts == dict.fromkeys(HEALTH_PARTS) | {"contract": 0.0}
    assert health(parts, dict.fromkeys(HEALTH_PARTS, 1.0)) is None


@given(
    st.dictionaries(st.sampled_from(HEALTH_PARTS), st.floats(0, 100), min_size=4),
    st.dictionaries(st.sampled_from(HEALTH_PARTS), st.floats(0.01, 5), min_size=7, max_size=7),
)
def test_health_lies_between_its_parts(parts, weights):
    value = health(parts, weights)
    assert min(parts.values()) - 1e-9 <= value <= max(parts.values()) + 1e-9


def test_a_schedule_by_hand():
    marks = [
        Milestone(date(2026, 2, 1), date(2026, 2, 1), date(2026, 2, 3), 0.2),
        Milestone(date(2026, 6, 1), date(2026, 7, 10), None, 0.3),
        Milestone(date(2026, 8, 9), date(2026, 9, 8), None, 0.5),
    ]
    found = schedule(marks, date(2026, 1, 1), DAY)
    # done 0.2 of 0.5 due; the end slips by 30 of 220 days
    assert (found.done, found.planned, found.spi, found.slip) == pytest.approx((0.2, 0.5, 0.4, 30.0))
    assert found.slip_share == pytest.approx(30 / 220)
    assert found.state(0.10, 0.20) == "yellow" and found.state(0.05, 0.10) == "red"


def test_what_should_be_over_slips_to_today():
    found = schedule([Milestone(date(2026, 6, 20), None, None, 0.0)], date(2026, 6, 10), DAY)
    assert (found.slip, found.spi, found.slip_share) == (10.0, 0.0, 1.0)


def test_a_project_without_milestones_or_start_is_not_judged():
    assert schedule([], None, DAY) is None
    found = schedule([Milestone(date(2026, 7, 20), None, None, 1.0)], None, DAY)
    assert found.spi is None and found.state(0.1, 0.2) == "unknown"
