"""The page of one strategic account from a few rows by hand: cards, lights, people, deals, projects, next steps."""

from datetime import date

import pytest

from salesreview.record import Cards, Figure, Light, NotEnough, Panel, Prose, Table, Text, figures_in, unique
from salesreview.reviews.sections.key_account import page_sales, page_steps, pages
from salesreview.reviews.sections.key_account.page_facts import Facts
from salesreview.settings.account_relations import AccountPlan, ChainStep, ExpectedRole

from .hand_mart import context, hand_mart, order, sold

AS_OF = date(2026, 6, 30)
TABLES = {
    "accounts": [
        {"account_id": "A1", "name": "甲", "industry": "食品", "is_strategic": "true", "potential_spend": 1000,
         "owner_rep_id": "R1"},
        {"account_id": "A2", "name": "乙", "industry": "食品", "is_strategic": "true"},
        {"account_id": "A3", "name": "丙", "industry": "食品", "is_strategic": "false"},
    ],
    "reps": [{"rep_id": "R1", "name": "一"}],
    "products": [
        {"product_id": "P1", "name": "软件", "product_line": "软件线"},
        {"product_id": "P2", "name": "装备", "product_line": "装备线"},
    ],
    **sold(
        order(1, "A1", "2025-01-10", 80.0, product_id="P1"),
        order(2, "A1", "2026-02-01", 100.0, product_id="P1"),
        order(3, "A3", "2026-03-01", 50.0, product_id="P2"),
    ),
    "invoices": [
        {"invoice_id": "I1", "account_id": "A1", "issue_date": "2026-02-01", "due_date": "2026-03-01", "amount": 60},
        {"invoice_id": "I2", "account_id": "A1", "issue_date": "2026-06-01", "due_date": "2026-07-30", "amount": 40},
    ],
    "payments": [{"payment_id": "Z1", "invoice_id": "I1", "account_id": "A1", "paid_at": "2026-04-01 09:00:00",
                  "amount": 15}],
    "contracts": [
        {"contract_id": "K1", "account_id": "A1", "signed_at": "2025-01-01 09:00:00", "start_date": "2025-01-01",
         "end_date": "2026-01-31", "annual_value": 50, "renewable": "true"},
        {"contract_id": "K2", "account_id": "A1", "signed_at": "2026-02-01 09:00:00", "start_date": "2026-02-01",
         "end_date": "2026-09-30", "annual_value": 40, "renewable": "true", "renewal_of": "K1"},
    ],
    "tickets": [
        {"ticket_id": "T1", "account_id": "A1", "opened_at": "2026-05-01 09:00:00", "is_complaint": "true",
         "category": "质量", "resolved_at": "2026-05-03 09:00:00", "csat": 5},
        {"ticket_id": "T2", "account_id": "A1", "opened_at": "2026-06-01 09:00:00", "is_complaint": "false"},
    ],
    "contacts": [
        {"contact_id": "C1", "account_id": "A1", "department": "采购", "level": "总监", "buying_role": "KDM",
         "stance": -1, "valid": "true"},
        {"contact_id": "C2", "account_id": "A1", "department": "生产", "buying_role": "KIP", "valid": "true"},
        {"contact_id": "C3", "account_id": "A1", "department": "IT", "buying_role": "使用者", "valid": "true"},
    ],
    "activities": [
        {"activity_id": "V1", "account_id": "A1", "contact_id": "C1", "rep_id": "R1", "type": "会议",
         "started_at": "2026-05-10 10:00:00", "next_action": "发送方案", "next_action_due": "2026-06-20"},
        {"activity_id": "V2", "account_id": "A1", "contact_id": "C2", "rep_id": "R1", "type": "会议",
         "started_at": "2025-11-10 10:00:00", "next_action": "安排演示", "next_action_due": "2026-07-05"},
    ],
    "opportunities": [
        {"opp_id": "D1", "account_id": "A1", "type": "增购", "product_id": "P2", "created_at": "2026-04-06 09:00:00",
         "outcome": "open", "amount": 30, "expected_close": "2026-08-15"},
        {"opp_id": "D2", "account_id": "A1", "type": "续约", "created_at": "2026-04-06 09:00:00", "outcome": "open",
         "amount": 70, "expected_close": "2026-06-01"},
    ],
    "projects": [{"project_id": "J1", "account_id": "A1", "name": "甲交付项目", "type": "交付", "start": "2026-01-01",
                  "planned_end": "2026-08-09"}],
    "project_milestones": [
        {"project_id": "J1", "name": "验收", "planned": "2026-08-09", "forecast": "2026-08-10", "weight": 1.0},
    ],
}  # fmt: skip
PLANS = {
    "A1": AccountPlan(
        source="访谈",
        date="2026-01-10",
        exec_sponsor="总经理",
        exec_visits_per_quarter=1,
        decision_process=(ChainStep(step="需求提出", department="生产", days=10),),
        expected_roles=(ExpectedRole(department="高管", role="KDM"),),
    )
}


@pytest.fixture(scope="module")
def ctx(tmp_path_factory):
    mart = hand_mart(tmp_path_factory.mktemp("pages"), AS_OF, **TABLES)
    return context(mart, account_plans=PLANS, audience="manager")


@pytest.fixture(scope="module")
def first(ctx) -> Panel:
    return next(one for one in pages.exhibits(ctx) if one.id == "account_page_01")


def part(panel: Panel, name: str):
    return next(one for row in panel.rows for one in row if one.id == f"{panel.id}_{name}")


def test_cards_by_hand(first):
    cards = part(first, "cards")
    assert isinstance(cards, Cards)
    found = {card.figure.metric: card.figure for card in cards.cards}
    # 100 of sales; 40 of contract value of 50; 100 of a potential of 1,000; 60 - 15 past due; 30 + 70 of open deals
    wanted = {"sales": 100.0, "nrr": 0.8, "wallet_share": 0.1, "overdue_amount": 45.0, "pipeline_amount": 100.0}
    assert {name: found[name].value for name in wanted} == pytest.approx(wanted)
    assert found["customer_score"].value == 100.0 and "small_n" in found["customer_score"].flags  # one answer: 5 of 5
    assert next(card for card in cards.cards if card.figure.metric == "sales").comparisons[0].value == 0.25


def test_lights_with_what_is_behind(first):
    rows = {row[0].key.rsplit("_", 1)[1]: row for row in part(first, "health").rows}
    # 100 against 80 is above all; one complaint in two tickets is the worst; 45 of 60 billed is unpaid
    assert [rows[name][1] for name in ("trend", "complaints", "payment")] == [
        Light("green"),
        Light("red"),
        Light("red"),
    ]
    assert rows["complaints"][3] == Text("account_page.behind_complaints", {"tickets": "2", "complaints": "1"})
    assert rows["payment"][3].values["share"].value == 0.75
    assert rows["contract"][3] == Text("account_page.left", {"day": date(2026, 9, 30)})


def test_people_deciders_first_and_gaps_last(first):
    rows = part(first, "people").rows
    assert [row[1] for row in rows[:3]] == [Text("account_page.role_KDM"), Text("account_page.role_KIP"), "使用者"]
    assert [row[3] for row in rows[:2]] == [date(2026, 5, 10), date(2025, 11, 10)]
    assert rows[2][3] == Text("account_page.never_met") and rows[3][3] == Text("account_page.unidentified")


def test_deals_and_projects(first):
    deals, projects = part(first, "deals"), part(first, "projects")
    assert deals.title == Text("account_page.deals_late", {"n": "2", "late": "1"})  # D2 was due on 1 June
    assert [row[2].value for row in deals.rows] == [70.0, 30.0]
    # one day of 220 is within tolerance; the customer's name is not said again
    assert projects.rows[0][0] == "交付项目" and projects.rows[0][1] == Light("green")


def test_white_space_and_tickets(first):
    rows = {row[0].key.rsplit("_", 1)[1]: row[1] for row in part(first, "more").rows}
    assert (
        rows["white"].values["lines"].values == {"lines": ("装备线",)} and rows["white"].values["room"].value == 900.0
    )
    assert (rows["tickets"].values["n"], rows["tickets"].values["complaints"]) == ("1", "0")


def test_next_steps_name_owner_day_and_origin(ctx):
    steps = page_steps.next_steps(Facts(ctx), "A1", "甲")
    told = [(one.text.key.rsplit("step_", 1)[1], one.owner, one.due, one.basis.key.rsplit("_", 1)[1]) for one in steps]
    assert told == [
        ("overdue", "一", date(2026, 6, 20), "crm"),
        ("open", "一", date(2026, 7, 5), "crm"),
        ("bills", "一", None, "rule"),
        ("renew", "一", date(2026, 9, 30), "contract"),
        ("deal", "一", date(2026, 8, 15), "deal"),
    ]


def test_an_account_without_records_is_told_in_words(ctx):
    second = next(one for one in pages.exhibits(ctx) if one.id == "account_page_02")
    assert second.title == Text("account_page.plain_unknown", {"account": "乙"})
    assert all(isinstance(part(second, name), Prose) for name in ("course", "health", "deals", "projects"))
    assert part(second, "people").title == Text("account_page.people_blind")
    assert part(second, "steps").rows[0][0] == Text("account_page.step_gaps", {"n": "2"})
    shown = {card.figure.metric for card in part(second, "cards").cards}
    assert "sales" in shown and "wallet_share" not in shown


def test_more_accounts_than_pages(tmp_path):
    names = [f"B{number:02d}" for number in range(12)]
    lines = sold(*(order(place, name, "2026-02-01", 10.0 * (12 - place)) for place, name in enumerate(names)))
    accounts = [{"account_id": name, "name": name, "is_strategic": "true"} for name in names]
    intro, table, *shown = pages.exhibits(context(hand_mart(tmp_path, AS_OF, accounts=accounts, **lines)))
    values = intro.sentences[0].values
    assert (values["n"], values["pages"], values["left"]) == ("12", "10", "2")
    # 120 + 110 + ... + 10 is 780; the last two are 20 and 10
    assert values["share"].value == pytest.approx(750 / 780)
    assert [row[0] for row in table.rows] == names
    assert len(shown) == pages.PAGES and all(isinstance(one, Panel) for one in shown)
    assert intro.sentences[1] == Text("account_page.left_calm")


def test_figures_have_one_value_and_tables_equal_rows(ctx):
    shown = pages.exhibits(ctx)
    unique(figures_in(shown))
    tables = [one for panel in shown if isinstance(panel, Panel) for row in panel.rows for one in row]
    assert all(len(row) == len(one.header) for one in tables if isinstance(one, Table) for row in one.rows)
    assert isinstance(shown[-1], NotEnough)


def test_sales_without_a_year_before_bear_no_change(tmp_path):
    tables = {"accounts": TABLES["accounts"], **sold(order(1, "A1", "2026-05-01", 10.0))}
    ctx = context(hand_mart(tmp_path, AS_OF, **tables))
    (row, *_) = pages.strategic.accounts(ctx).itertuples()
    cards = page_sales.cards(Facts(ctx), "x", row)
    (figure,) = (card.comparisons[0] for card in cards.cards if card.figure.metric == "sales")
    assert isinstance(figure, Figure) and figure.value is None and "no_base" in figure.flags
