"""The sales cycle from a handful of deals whose days can be counted."""

from datetime import date

import pytest

from salesreview.periods import Window, parse
from salesreview.queries import cycle as queries
from salesreview.record import NotProvided, figures_in, unique
from salesreview.reviews.context import Context
from salesreview.reviews.sections.indicators import cycle
from salesreview.settings import Settings

from .hand_mart import hand_mart, order, sold

AS_OF = date(2026, 6, 30)
H1 = Window(date(2026, 1, 1), AS_OF)
FUNNEL = Settings().funnel
SALE = sold(order(1, "A1", "2025-01-02", 100.0))


@pytest.fixture(scope="module")
def six_deals(tmp_path_factory):
    """Five won deals of 40, 50, 60, 59 and 49 days, one with contradictory dates, one open."""
    deals = [
        {"opp_id": f"D{i}", "first_contact_at": "2026-01-01", "created_at": "2026-01-05", "rep_id": f"R{i % 2}"}
        | {"closed_at": "2026-04-01", "outcome": "won"}
        for i in (1, 2, 3)
    ]
    deals += [
        {"opp_id": "D4", "first_contact_at": "2026-01-10", "created_at": "2026-01-12", "closed_at": "2026-03-10"}
        | {"outcome": "won"},
        {"opp_id": "D5", "created_at": "2026-02-11", "closed_at": "2026-04-01", "outcome": "won"},
        {"opp_id": "D6", "first_contact_at": "2026-05-01", "created_at": "2026-01-01", "closed_at": "2026-02-01"}
        | {"outcome": "won"},
        {"opp_id": "D7", "first_contact_at": "2026-06-10", "created_at": "2026-06-10", "outcome": "open"},
        {"opp_id": "D8", "first_contact_at": "2026-06-01", "created_at": "2026-06-01", "closed_at": "2026-06-20"}
        | {"outcome": "lost"},
    ]
    signed = {"D1": "2026-02-10", "D2": "2026-02-20", "D3": "2026-03-02"}
    return hand_mart(
        tmp_path_factory.mktemp("cycle"),
        AS_OF,
        **SALE,
        reps=[{"rep_id": "R0", "name": "甲"}, {"rep_id": "R1", "name": "乙"}],
        opportunities=deals,
        contracts=[
            {"contract_id": f"K{i}", "opp_id": i, "drafted_at": day, "signed_at": day} for i, day in signed.items()
        ],
        quotes=[{"quote_id": "Q1", "opp_id": "D1", "requested_at": "2026-01-20", "sent_at": "2026-02-01"}],
        stage_history=[
            {"opp_id": "D1", "stage": "报价", "entered_at": "2026-01-20", "exited_at": "2026-01-30"},
            {"opp_id": "D1", "stage": "方案呈现", "entered_at": "2026-02-02", "exited_at": "2026-02-04"},
            {"opp_id": "D1", "stage": "自定义", "entered_at": "2026-02-04", "exited_at": "2026-02-05"},
            {"opp_id": "D7", "stage": "演示", "entered_at": "2026-06-12"},
        ],
        approvals=[
            {"approval_id": f"X{i}", "object": "quote", "object_id": "Q1", "submitted_at": since, "decided_at": until}
            for i, (since, until) in enumerate(
                [("2026-01-22", "2026-01-25"), ("2026-01-24", "2026-01-26"), ("2026-01-29", "2026-02-03")]
            )
        ],
    )


def context(mart) -> Context:
    return Context(mart, Settings(), parse("H1", year=2026))


def test_days_by_hand(six_deals):
    found = queries.won_deals(six_deals, H1).set_index("opp_id")
    assert found["days"].to_dict() == {"D1": 40, "D2": 50, "D3": 60, "D4": 59, "D5": 49, "D6": -89}
    assert not found.loc["D5", "contacted"] and not found.loc["D4", "contracted"]


def test_figures_leave_contradictions_out(six_deals):
    found = cycle.cycle_figures(context(six_deals))
    assert found["cycle"].value == 50 and found["cycle"].n == 5
    assert found["cycle_mean"].value == pytest.approx((40 + 50 + 60 + 59 + 49) / 5)
    assert found["cycle_p75"].value == 59


def test_kaplan_meier_counts_the_open_deal_and_drops_the_lost_one(six_deals):
    found = cycle.kaplan_meier_figure(context(six_deals))
    # at risk 20 (open), then 40, 49, 50, 59, 60: five events among five, the median is the third
    assert (found.value, found.n) == (50, 6)


def test_notes_own_up_to_coverage_and_contradictions(six_deals):
    cards = next(exhibit for exhibit in cycle.exhibits(context(six_deals)) if exhibit.id == "cycle_cards")
    notes = {note.key: note for note in cards.notes}
    assert notes["cycle.note_coverage"].values["coverage"].value == pytest.approx(4 / 5)
    assert notes["cycle.note_negative"].values["n"].value == 1
    assert "cycle.note_closed" not in notes


def test_stays_add_up_over_names_of_a_stage_and_waiting_counts_overlaps_once(six_deals):
    found = queries.stage_stays(six_deals, FUNNEL, H1).set_index("stage")
    assert found["days"].to_dict() == {"quote": 12.0, "自定义": 1.0}
    # 22 to 26 January, 29 to 30 January, 2 to 3 February
    assert found.loc["quote", "waiting_days"] == 6.0
    assert found.loc["自定义", "waiting_days"] == 0.0


def test_a_stay_without_end_is_open(six_deals):
    assert queries.open_stays(six_deals, FUNNEL, AS_OF).values.tolist() == [["demo", 1]]


def test_an_earlier_day_sees_the_deal_as_open(six_deals):
    february = Window(date(2026, 1, 1), date(2026, 2, 28))
    found = queries.cohort(six_deals, february).set_index("opp_id")
    assert found["won"].to_dict() == {"D1": True, "D2": True, "D3": False, "D4": False, "D5": False}
    assert found.loc["D3", "days"] == 58


def test_what_is_absent_is_named(six_deals, tmp_path):
    found = {exhibit.id: exhibit for exhibit in cycle.exhibits(context(six_deals))}
    assert found["cycle_by_product"].missing == ("products.product_line",)
    assert found["cycle_by_customer_type"].missing == ("accounts.customer_type",)
    bare = cycle.exhibits(context(hand_mart(tmp_path, AS_OF, **SALE)))
    assert [exhibit.id for exhibit in bare[1:]] == list(cycle.IDS)
    assert all(isinstance(exhibit, NotProvided) for exhibit in bare[1:])


def test_leadership_sees_codes_and_managers_names(tmp_path):
    deals = [
        {
            "opp_id": f"D{i}",
            "created_at": "2026-01-01",
            "closed_at": f"2026-02-{1 + i}",
            "outcome": "won",
            "rep_id": f"R{i % 2}",
        }
        for i in range(10)
    ]
    people = [{"rep_id": "R0", "name": "甲"}, {"rep_id": "R1", "name": "乙"}]
    mart = hand_mart(tmp_path, AS_OF, **SALE, opportunities=deals, reps=people)
    seen = {}
    for audience in ("leadership", "manager"):
        ctx = Context(mart, Settings(audience=audience), parse("H1", year=2026))
        alike = next(exhibit for exhibit in cycle.exhibits(ctx) if exhibit.id == "cycle_by_rep")
        ends = alike.sentences[0]
        assert ends.key == "cycle.people_ends"
        seen[audience] = {ends.values["fast"], ends.values["slow"]}
        unique(figures_in(cycle.exhibits(ctx)))
    assert seen == {"leadership": {"R01", "R02"}, "manager": {"甲", "乙"}}
