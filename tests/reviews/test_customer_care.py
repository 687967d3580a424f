"""Service, complaints, records, cadence, warning lights and lost customers from a few rows by hand."""

from datetime import date

import pytest

from salesreview.record import Cards, NotProvided, Table, figures_in, unique
from salesreview.reviews.sections.key_account import complaints, lights, records, service

from .hand_mart import context, hand_mart, order, sold

AS_OF = date(2026, 6, 30)
LIMITS = {"service": {"售后": {"first_response_h": 2, "resolve_h": 16}}}


def ticket(name: str, account: str, opened: str, answered: str | None, solved: str | None, **rest) -> dict:
    return {
        "ticket_id": name, "account_id": account, "opened_at": opened, "first_response_at": answered,
        "resolved_at": solved, "phase": "售后", "category": "质量", "severity": 1, "channel": "电话",
    } | rest  # fmt: skip


@pytest.fixture(scope="module")
def ctx(tmp_path_factory):
    """K is a key account (strategic), A and B are others; B left in May and was called after a day, C was not."""
    mart = hand_mart(
        tmp_path_factory.mktemp("care"),
        AS_OF,
        **sold(
            order(1, "K", "2024-05-05", 10.0),
            order(2, "K", "2025-03-03", 10.0),
            order(3, "A", "2025-03-03", 10.0),
            order(4, "K", "2026-02-02", 10.0),
            order(5, "A", "2026-05-04", 10.0),
            order(6, "B", "2025-04-01", 10.0),
            order(7, "C", "2025-04-01", 30.0),
        ),
        accounts=[
            {"account_id": "K", "name": "K", "tier": "战略", "is_strategic": "true", "customer_type": "直客",
             "industry": "机械", "size_band": "大", "csm_rep_id": "E1", "updated_at": "2026-06-01", "status": "active"},
            {"account_id": "A", "name": "A", "tier": "普通", "is_strategic": "false", "customer_type": "直客",
             "updated_at": "2025-06-01", "status": "active"},
            {"account_id": "B", "name": "B", "tier": "普通", "status": "lost", "churn_date": "2026-05-04",
             "churn_reason": "价格", "is_strategic": "false"},
            {"account_id": "C", "name": "C", "tier": "普通", "status": "lost", "churn_date": "2026-05-11",
             "is_strategic": "false"},
        ],
        activities=[
            {"activity_id": "V1", "account_id": "B", "type": "挽回", "started_at": "2026-05-05 10:00:00"},
            {"activity_id": "V2", "account_id": "K", "type": "电话", "started_at": "2026-06-20 10:00:00",
             "contact_id": "P1"},
            {"activity_id": "V3", "account_id": "A", "type": "电话", "started_at": "2026-01-10 10:00:00"},
        ],
        contacts=[
            {"contact_id": "P1", "account_id": "K", "buying_role": "KDM", "valid": "true", "birthday": "1980-06-15"},
            {"contact_id": "P2", "account_id": "K", "buying_role": "KIP", "valid": "true", "birthday": "1980-02-29"},
            {"contact_id": "P3", "account_id": "A", "buying_role": "使用者", "valid": "false",
             "birthday": "1980-07-09"},
            {"contact_id": "P4", "account_id": "A", "buying_role": "使用者", "valid": "true", "birthday": "1980-07-10"},
        ],
        tickets=[
            # Mondays to Wednesdays; a working day runs 9-12 and 13-18
            ticket("T1", "K", "2026-03-02 09:00:00", "2026-03-02 10:00:00", "2026-03-02 18:00:00",
                   dedicated_channel="true", is_complaint="true", csat=5, owner_rep_id="E1"),
            ticket("T2", "A", "2026-03-02 09:00:00", "2026-03-02 15:00:00", "2026-03-04 18:00:00", is_complaint="true",
                   csat=3, handed_to="研发中心"),
            ticket("T3", "A", "2026-03-03 09:00:00", "2026-03-03 10:00:00", None, is_complaint="false"),
        ],
    )  # fmt: skip
    return context(mart, sla=LIMITS, contact_cadence={"days": {"战略": 14, "普通": 90}, "source": "x", "date": "y"})


def exhibit(section, ctx, name: str):
    return next(one for one in section.exhibits(ctx) if one.id == name)


def test_service_to_strategic_accounts_against_others(ctx):
    found = service.Service(ctx, ctx.current)
    # one hour; of 5 and 1 working hours the median
    assert found.median("service_first_response", "answer", True).value == 1.0
    assert found.median("service_first_response", "answer", False).value == 3.0
    within = found.within(False)
    assert (within.numerator, within.denominator) == (1, 2)
    assert found.dedicated(True).value == 1.0 and found.dedicated(False).value == 0.0


def test_complaints_are_followed_to_their_end(ctx):
    table = exhibit(complaints, ctx, "complaint_table")
    by = {row[1].metric: (row[1].numerator, row[1].denominator) for row in table.rows}
    assert by == {
        "complaint_complete": (1, 2),  # T2 has no owner
        "complaint_handed": (1, 2),
        "complaint_satisfied": (1, 2),
        "complainer_repurchase": (1, 2),  # A ordered in May, K only before
        "complaint_closed": (1, 2),  # 8 and 24 working hours, 16 allowed
    }


def test_lights_need_enough_records(ctx):
    table = exhibit(lights, ctx, "customer_lights")
    core, complaints = table.rows
    assert core[-1].key == "customer_lights.state_unknown" and "small_n" in core[1].flags
    # two complaints over two orders, too few for a light
    assert complaints[1].value == 1.0 and complaints[-1].key == "customer_lights.state_unknown"


def test_lost_customers_called_within_three_days(ctx):
    cards = exhibit(lights, ctx, "lost_follow_cards")
    assert isinstance(cards, Cards)
    rates = {card.figure.metric: (card.figure.numerator, card.figure.denominator) for card in cards.cards}
    assert rates == {"lost_contacted": (1, 2), "lost_reasoned": (1, 2), "lost_recovered": (0, 2)}
    late = exhibit(lights, ctx, "lost_follow_table")
    (row,) = late.rows
    # C: 50 days from 11 May to the end; 30 bought since January 2025
    assert (row[0], row[4].value, row[6].value) == ("C", 50, 30.0)


def test_records_count_customers_that_are_not_lost(ctx):
    table = exhibit(records, ctx, "customer_records")
    by = {row[1].member or row[1].metric: (row[1].numerator, row[1].denominator) for row in table.rows if row[1]}
    assert by["basics"] == (1, 2)  # A has neither industry nor size
    assert by["contacts"] == (2, 2) and by["deciders"] == (1, 2)
    assert by["record_fresh"] == (1, 2) and by["contact_invalid"] == (1, 4)


def test_cadence_by_tier(ctx):
    table = exhibit(records, ctx, "customer_cadence")
    # K ten days ago of 14, A 171 days ago of 90
    assert [(row[0], row[2].value, row[3].value) for row in table.rows] == [("战略", 1.0, 0), ("普通", 0.0, 1)]
    overdue = exhibit(records, ctx, "customer_cadence_overdue")
    assert [(row[0], row[3].value) for row in overdue.rows] == [("A", 171)]


def test_birthdays_met_and_ahead(ctx):
    done, ahead, key = (card.figure for card in exhibit(records, ctx, "customer_birthdays").cards)
    # P1 on 15 June, called on the 20th; P2 on 28 February, not called; ahead P4, P3 is no longer valid
    assert (done.numerator, done.denominator) == (1, 2)
    assert (ahead.value, key.value) == (1, 0)


def test_without_a_rule_cadence_names_the_file(ctx):
    found = exhibit(records, context(ctx.mart), "customer_cadence")
    assert isinstance(found, NotProvided) and found.missing == ("params/contact_cadence.yml",)


def test_figures_have_one_value(ctx):
    shown = tuple(one for section in (service, complaints, records, lights) for one in section.exhibits(ctx))
    unique(figures_in(shown))
    assert isinstance(exhibit(service, ctx, "strategic_service"), Table)
