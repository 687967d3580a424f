"""Relations, needs, depth, resources, rivals and support of strategic accounts from a few rows written by hand."""

from datetime import date

import pytest

from salesreview.periods import Window
from salesreview.queries import account_needs, account_relations, account_rivals, bespoke
from salesreview.queries.key_accounts import strategic_accounts
from salesreview.record import NotEnough, NotProvided, Table, figures_in, unique
from salesreview.reviews.findings import account_relations as findings
from salesreview.reviews.sections.key_account import (
    account_needs as needs_section,
)
from salesreview.reviews.sections.key_account import (
    bespoke as bespoke_section,
)
from salesreview.reviews.sections.key_account import (
    coverage,
    decision,
    decision_chain,
    depth,
    depth_facts,
    exec_visits,
    profile,
    resource_input,
    resources,
    rivals,
    strategic,
    success_managers,
    support,
    touch,
)
from salesreview.settings.account_relations import AccountPlan, ChainStep, ExpectedRole

from .hand_mart import context, hand_mart, order, sold

AS_OF = date(2026, 6, 30)
H1 = Window(date(2026, 1, 1), AS_OF)
SECTIONS = (
    profile.exhibits,
    decision.exhibits,
    touch.exhibits,
    success_managers.exhibits,
    needs_section.exhibits,
    bespoke_section.wishes,
    depth.exhibits,
    bespoke_section.exhibits,
    resources.exhibits,
    rivals.exhibits,
    support.exhibits,
)


def contact(number: int, account: str, department: str, role: str, **rest) -> dict:
    return {
        "contact_id": f"C{number}",
        "account_id": account,
        "department": department,
        "buying_role": role,
        "level": "经理",
        "stance": 1,
        "valid": "true",
    } | rest


def activity(number: int, contact_id: str | None, day: str, kind: str = "会议", **rest) -> dict:
    return {
        "activity_id": f"V{number}",
        "account_id": rest.pop("account", "A1"),
        "contact_id": contact_id,
        "type": kind,
        "started_at": f"{day} 10:00:00",
        "effective": "true",
        "direction": "主动",
    } | rest


TABLES = {
    "accounts": [
        {"account_id": "A1", "name": "甲", "industry": "食品", "is_strategic": "true", "potential_spend": 1000,
         "csm_rep_id": "R1", "payment_terms_days": 30},
        {"account_id": "A2", "name": "乙", "industry": "食品", "is_strategic": "true", "potential_spend": 400,
         "payment_terms_days": 60},
        {"account_id": "A3", "name": "丙", "industry": "机械", "is_strategic": "false", "potential_spend": 900},
    ],
    "reps": [{"rep_id": "R1", "name": "一"}],
    "products": [
        {"product_id": "P1", "name": "软件", "product_line": "软件线"},
        {"product_id": "P2", "name": "装备", "product_line": "装备线"},
    ],
    **sold(
        order(1, "A1", "2026-02-01", 100.0, product_id="P1", cost_amount=60),
        order(2, "A3", "2026-03-01", 50.0, product_id="P2", cost_amount=30),
        order(3, "A2", "2025-09-01", 40.0, product_id="P1", cost_amount=20),
        order(4, "A2", "2025-10-01", 40.0, product_id="P2", cost_amount=20),
    ),
    "contacts": [
        contact(1, "A1", "采购", "KDM"),
        contact(2, "A1", "生产", "KIP", stance=-1),
        contact(3, "A1", "研发", "KIP", left_at="2026-01-15", valid="false"),
        contact(4, "A1", "IT", "使用者"),
        contact(5, "A2", "采购", "KIP"),
    ],
    "activities": [
        activity(1, "C1", "2026-05-10"),
        activity(2, "C2", "2026-05-11", "邮件"),  # our mail is not two-way
        activity(3, "C4", "2026-06-01", "邮件", direction="客户发起"),
        activity(4, "C1", "2026-06-02", "催款"),  # a reminder is not two-way
        activity(5, "C2", "2026-02-02", effective="false"),
        activity(6, "C1", "2026-06-03", "高层互访"),
        activity(7, "C1", "2026-06-04"),
        activity(8, "C1", "2026-06-05"),
        activity(9, None, "2026-03-05", "QBR"),
    ],
    "needs": [
        {"need_id": "N1", "account_id": "A1", "date": "2026-02-01", "type": "痛点", "code": "K1", "text": "停机",
         "solvable_by": "P1", "importance": 9, "satisfaction": 4},
        {"need_id": "N2", "account_id": "A2", "date": "2026-03-01", "type": "痛点", "code": "K1", "text": "停机"},
        {"need_id": "N3", "account_id": "A3", "date": "2026-03-01", "type": "痛点", "code": "K1", "text": "停机"},
        {"need_id": "N4", "account_id": "A2", "date": "2026-03-02", "type": "定制", "code": "K2", "text": "张三说要快"},
    ],
    "account_resources": [
        {"account_id": "A1", "month": "2026-02-01", "dept": "销售", "hours": 10, "direct_cost": 20},
        {"account_id": "A3", "month": "2026-02-01", "dept": "销售", "hours": 1, "direct_cost": 5},
    ],
    "competitors": [{"competitor_id": "K1", "name": "对手"}],
    "opportunities": [
        {"opp_id": "D1", "account_id": "A1", "created_at": "2026-01-05 09:00:00", "closed_at": "2026-02-01 09:00:00",
         "outcome": "won", "is_customised": "true", "amount": 100, "present_competitors": '["K1"]'},
        {"opp_id": "D2", "account_id": "A1", "created_at": "2026-01-06 09:00:00", "closed_at": "2026-03-01 09:00:00",
         "outcome": "lost", "is_customised": "false", "amount": 70, "present_competitors": "[]",
         "lost_competitor": "K1"},
        {"opp_id": "D3", "account_id": "A2", "created_at": "2026-04-06 09:00:00", "outcome": "open",
         "is_customised": "true", "amount": 30, "present_competitors": '["K1"]'},
    ],
    "internal_requests": [
        {"request_id": "Q1", "account_id": "A1", "from_dept": "销售部", "to_dept": "技术部", "type": "技术支持",
         "opened_at": "2026-03-02 09:00:00", "responded_at": "2026-03-02 11:00:00", "sla_h": 4},
        {"request_id": "Q2", "opp_id": "D1", "from_dept": "销售部", "to_dept": "技术部", "type": "定制",
         "opened_at": "2026-03-02 09:00:00", "responded_at": "2026-03-03 09:00:00", "sla_h": 4, "repeat_of": "Q1"},
        {"request_id": "Q3", "account_id": "A3", "from_dept": "销售部", "to_dept": "法务部", "type": "法务",
         "opened_at": "2026-03-02 09:00:00", "responded_at": "2026-03-02 10:00:00", "sla_h": 4},
    ],
}  # fmt: skip

PLANS = {
    "A1": AccountPlan(
        source="访谈",
        date="2026-01-10",
        exec_sponsor="总经理",
        exec_visits_per_quarter=2,
        cooperation_level=5,
        decision_process=(
            ChainStep(step="需求提出", department="生产", days=10),
            ChainStep(step="招标比价", department="采购", criterion="价格", days=20),
        ),
        expected_roles=(ExpectedRole(department="采购", role="KDM"), ExpectedRole(department="高管", role="KDM")),
    )
}


@pytest.fixture(scope="module")
def mart(tmp_path_factory):
    return hand_mart(tmp_path_factory.mktemp("relations"), AS_OF, **TABLES)


@pytest.fixture(scope="module")
def ctx(mart):
    return context(mart, account_plans=PLANS)


def by_id(exhibits) -> dict:
    return {exhibit.id: exhibit for exhibit in exhibits}


def test_strategic_on_a_day_follows_the_history(tmp_path):
    mart = hand_mart(
        tmp_path,
        AS_OF,
        **sold(order(1, "A1", "2026-02-01", 10.0)),
        accounts=[
            {"account_id": "A1", "is_strategic": "true"},
            {"account_id": "A2", "is_strategic": "true", "strategic_since": "2026-03-01"},
            {"account_id": "A3", "is_strategic": "false"},
        ],
        account_tier_history=[
            {"account_id": "A1", "valid_from": "2025-01-01", "valid_to": "2025-12-31", "is_strategic": "false"},
            {"account_id": "A1", "valid_from": "2026-01-01", "is_strategic": "true"},
        ],
    )
    assert list(strategic_accounts(mart, date(2025, 6, 30))["account_id"]) == []
    assert list(strategic_accounts(mart, date(2026, 2, 1))["account_id"]) == ["A1"]
    assert list(strategic_accounts(mart, AS_OF)["account_id"]) == ["A1", "A2"]


def test_two_way_contacts_by_hand(mart):
    found = account_relations.touches(mart, H1).set_index("contact_id")["touches"]
    # C1: four talks (a meeting, a visit, two meetings), the reminder is none; C4 wrote to us; nobody spoke with C2
    assert found["C1"] == 4 and found["C4"] == 1 and "C2" not in found.index


def test_penetration_and_gaps(ctx):
    one, two = coverage.coverage(ctx)
    # A1: C1 and C2 known (C3 has left), only C1 spoken to; the plan expects an executive who is not known
    assert (one.identified, one.contacted) == ({"KDM": 1, "KIP": 1}, {"KDM": 1, "KIP": 0})
    assert one.penetration.value == 0.5 and one.stance.value == 0.0 and one.gaps == (("高管", "KDM"),)
    assert two.penetration.value == 0.0 and two.gaps == ((None, "KDM"),) and not two.planned
    rate = coverage.pooled(ctx, (one, two))
    assert (rate.numerator, rate.denominator) == (1, 3) and "small_n" in rate.flags


def test_chain_adds_its_days(ctx):
    chain = decision_chain.exhibit(ctx)
    assert chain.rows[0][-1].value == 30
    assert decision_chain.exhibit(context(ctx.mart)).missing == ("params/account_plans.yml",)


def test_visits_against_plan(ctx):
    values = exec_visits.calendar(ctx)[1]
    # A1 plans 2 a quarter, A2 the default of 1: 4 + 2 in two quarters; one was made
    assert (values["visits"].value, values["planned"].value) == (1, 6.0)
    assert values["rate"].value == pytest.approx(1 / 6) and values["unvisited"].value == 1
    assert values["sponsored"].value == 0.5


def test_touched_departments_and_single_thread(ctx):
    one, two = touch.touched(ctx)
    # 90 days to 30 June: C1 four times, C4 once; production and the expected executives not at all
    assert one.by_department == {"采购": 4, "生产": 0, "IT": 1, "高管": 0}
    assert one.coverage.value == 0.5 and one.top_share.value == pytest.approx(0.8) and one.single
    assert two.top_share.value is None and not two.single


def test_success_managers(ctx):
    table = by_id(success_managers.exhibits(ctx))["csm_table"]
    with_csm, without = table.rows
    assert (with_csm[1].value, without[1].value) == (1, 1)
    assert with_csm[3].value == 0.5  # one quarter of two with a review
    assert without[3].value == 0.0


def test_free_text_is_no_theme(mart):
    found = account_needs.needs(mart, H1)
    assert set(found["theme"]) == {"停机", "K2"}


def test_needs_weighted_by_sales(ctx):
    exhibits = by_id(needs_section.exhibits(ctx))
    first = exhibits["needs_table"].rows[0]
    assert first[0] == "停机" and first[2].value == 2 and first[4].value == 0.5
    weights = exhibits["needs_chart"].series[0].figures
    assert [figure.value for figure in weights] == [1.0, 0.0]  # only A1 bought in the half


def test_depth_and_room(ctx):
    span = strategic.trailing(ctx, 12)
    one, two = depth.breadths(ctx, span)
    assert (one.level, two.level) == (5, 2)
    assert one.open_lines == ("装备线",) and two.open_lines == ()
    assert (one.headroom, two.headroom) == (900.0, 320.0)
    # 180 of 1,400
    assert depth_facts.pooled_wallet(ctx, span, (one, two)).value == pytest.approx(180 / 1400)


def test_bespoke_deals(mart):
    deals = bespoke.closed_deals(mart, H1).set_index("opp_id")
    assert list(deals["days"]) == [27, 54] and list(deals["won"]) == [True, False]


def test_resources_by_hand(ctx):
    frame = resource_input.inputs(ctx).set_index("account_id")
    # no staff cost is known, so an hour costs nothing: 20 of direct cost, 40 of profit
    assert frame.loc["A1", "input"] == 20.0 and frame.loc["A1", "return"] == 2.0
    told = resource_input.totals(ctx, frame[frame["mine"]])
    assert told["return"].value == 2.0 and told["hours"].value == 10.0
    assert isinstance(by_id(resources.exhibits(ctx))["resources_balance"], NotEnough)


def test_rivals_present_or_winning(mart, ctx):
    met = account_rivals.met(mart, H1)
    assert list(zip(met["opp_id"], met["closed"], met["won"], strict=True)) == [
        ("D1", True, True),
        ("D2", True, False),
        ("D3", False, False),
    ]
    row = by_id(rivals.exhibits(ctx))["rivals_table"].rows[0]
    assert (row[1].value, row[2].value, row[3].value, row[4].value, row[5].value) == (2, 2, 0.5, 70.0, 1)


def test_support_counts_the_requests_of_an_opportunity(ctx):
    exhibits = by_id(support.exhibits(ctx))
    row = exhibits["support_departments"].rows[0]
    # Q1 after 2 hours in time, Q2 after 8 working hours late; Q3 is another customer's
    assert row[0] == "技术部" and row[1].value == 2 and row[2].value == 0.5
    late = {each[0]: each[2].value for each in exhibits["support_causes"].rows}
    assert late == {"定制": 1, "技术支持": 0}


def test_all_sections_hold_together(ctx):
    shown = [exhibit for section in SECTIONS for exhibit in section(ctx)]
    assert len({exhibit.id for exhibit in shown}) == len(shown)
    unique(figures_in(tuple(shown)))
    met = {one for exhibit in shown for one in exhibit.requirements}
    wanted = {f"K-{n}" for n in (*range(14, 25), 33, 34, 35)}
    assert met == wanted


def test_findings_name_thin_relations(ctx):
    found = [one for rule in findings.RULES for one in rule(ctx)]
    thin = next(one for one in found if one.topic == "thin_relations")
    # A1 hangs on one contact, at A2 no decision maker is known
    assert thin.claim.values["count"].value == 2 and thin.stake.value == 100.0
    assert {one.topic for one in found} >= {"thin_relations", "exec_visits"}


@pytest.mark.parametrize(
    "tables",
    [
        sold(order(1, "A1", "2026-02-01", 10.0)),
        sold(order(1, None, "2026-02-01", 10.0)) | {"accounts": [{"account_id": "A1"}]},
        sold(order(1, "A1", "2026-02-01", 10.0)) | {"accounts": [{"account_id": "A1", "is_strategic": "true"}]},
        sold(order(1, "A1", "2026-02-01", 10.0)) | {"accounts": [{"account_id": "A1", "is_strategic": "false"}]},
        {**TABLES, "accounts": [row | {"is_strategic": "false"} for row in TABLES["accounts"]]},
        {**TABLES, "activities": [TABLES["activities"][1]], "needs": [TABLES["needs"][2]], "opportunities": []},
    ],
)
def test_little_data_is_said_and_nothing_breaks(tmp_path, tables):
    ctx = context(hand_mart(tmp_path, AS_OF, **{name: rows for name, rows in tables.items() if rows}))
    shown = [exhibit for section in SECTIONS for exhibit in section(ctx)]
    assert any(isinstance(exhibit, NotProvided | NotEnough) for exhibit in shown)
    unique(figures_in(tuple(shown)))
    assert all(one.evidence for rule in findings.RULES for one in rule(ctx))


def test_exhibit_ids_do_not_depend_on_the_data(ctx, tmp_path):
    bare = context(hand_mart(tmp_path, AS_OF, **sold(order(1, "A1", "2026-02-01", 10.0))))
    for section in SECTIONS:
        assert [one.id for one in section(bare)] == [one.id for one in section(ctx)]


def test_tables_have_equal_rows(ctx):
    for section in SECTIONS:
        for exhibit in section(ctx):
            if isinstance(exhibit, Table):
                assert all(len(row) == len(exhibit.header) for row in exhibit.rows)
