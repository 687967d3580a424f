"""Queries and figures of value, margin and productivity on a company small enough to work out by hand (H1 2026)."""

from datetime import date

import pytest

from salesreview.periods import Window
from salesreview.queries import margin as margin_queries
from salesreview.queries import productivity as people_queries
from salesreview.queries import value as value_queries
from salesreview.record import figures_in
from salesreview.reviews.sections.indicators import margin, productivity, retention, value

from .hand_mart import context, hand_mart, order, sold

H1 = Window(date(2026, 1, 1), date(2026, 6, 30))  # 181 days
P = {"product_id": "P", "qty": 10, "list_price": 10}
Q = {"product_id": "Q", "qty": 5, "list_price": 20}


def assessed(day, assessor, score):
    found = {"assessed_at": day, "assessor": assessor, "score": score}
    return {"rep_id": "ann", "dimension": "协作", "scale_max": 5} | found


@pytest.fixture(scope="module")
def mart(tmp_path_factory):
    """Two products, two accounts, three people: ann all year, bob hired 2026-06-01, ceo without a quota.

    2025: a buys P for 90 (cost 60). 2026: a buys P for 95 (cost 61), b buys Q for 100 (cost 40) and a line without
    cost for 5; a returns P worth 9.5 (cost 6.1). Ann owns all of it but shares order 3 with bob, 75 to 25.
    """
    facts = sold(
        order(1, "a", "2025-01-01", 90, cost_amount=60, rep_id="ann", **P),
        order(2, "a", "2026-02-10", 95, cost_amount=61, rep_id="ann", **P),
        order(3, "b", "2026-03-10", 100, cost_amount=40, rep_id="ann", **Q),
        order(4, "b", "2026-04-10", 5, rep_id="ann", product_id="Q", qty=1, list_price=20),
        order(5, "a", "2026-05-10", -9.5, cost_amount=-6.1, rep_id="ann", product_id="P", qty=-1, list_price=10,
              return_of_order_id="O002"),
    )  # fmt: skip
    tables = facts | {
        "products": [
            {"product_id": "P", "name": "P", "product_line": "one"},
            {"product_id": "Q", "name": "Q", "product_line": "two"},
        ],
        "accounts": [
            {"account_id": "a", "tier": "重点", "potential_spend": 365},
            {"account_id": "b", "tier": "普通", "potential_spend": 73},
        ],
        "reps": [
            {"rep_id": "ann", "hire_date": "2020-01-01", "quota_carrying": "true"},
            {"rep_id": "bob", "hire_date": "2026-06-01", "quota_carrying": "true"},
            {"rep_id": "ceo", "quota_carrying": "false"},
        ],
        "order_splits": [
            {"order_id": "O003", "rep_id": "ann", "split_pct": "0.75"},
            {"order_id": "O003", "rep_id": "bob", "split_pct": "0.25"},
        ],
        "rep_costs": [
            {"rep_id": "ann", "month": f"{year}-0{month}-01", "base": 5, "commission": 1, "travel": 2}
            for year in (2025, 2026)
            for month in range(1, 7)
        ],
        "marketing_spend": [
            {"month": f"{year}-0{month}-01", "amount": 1} for year in (2025, 2026) for month in range(1, 7)
        ],
        "projects": [
            {"project_id": "1", "start": "2026-01-01", "end": "2026-03-01", "revenue": 100, "budget_cost": 60,
             "actual_cost": 70, "customisation_cost": 5},
            {"project_id": "2", "start": "2026-01-01", "revenue": 200, "budget_cost": 150},
            {"project_id": "3", "start": "2024-01-01", "end": "2025-01-01", "revenue": 999},
        ],
        "project_costs": [{"project_id": "2", "month": "2026-02-01", "amount": 160}],
        "account_resources": [
            {"account_id": "a", "month": "2026-02-01", "dept": "服务", "hours": 4, "direct_cost": 3},
            {"account_id": "a", "month": "2025-12-01", "dept": "服务", "hours": 9, "direct_cost": 9},
        ],
        "tickets": [{"ticket_id": "T", "account_id": "b", "opened_at": "2026-02-02 08:00"}],
        "leads": [
            {"lead_id": f"L{i}", "received_at": "2026-02-01 09:00", "assigned_rep_id": "ann",
             "assigned_at": "2026-02-01 09:00", "first_touch_at": f"2026-02-01 1{i}:30"}
            for i in range(3)
        ],
        "activities": [
            {"activity_id": "1", "rep_id": "ann", "account_id": "a", "type": "上门拜访", "duration_min": 30,
             "started_at": "2026-02-02 09:00"},
            {"activity_id": "2", "rep_id": "ann", "account_id": "b", "type": "电话", "duration_min": 10,
             "started_at": "2026-02-02 10:00"},
            {"activity_id": "3", "rep_id": "ann", "lead_id": "L0", "type": "电话", "started_at": "2026-02-03 10:00"},
        ],
        "competency": [
            assessed("2025-01-01", "主管", 1),
            assessed("2026-01-01", "主管", 4),
            assessed("2026-01-01", "自评", 5),
        ],
    }  # fmt: skip
    with hand_mart(tmp_path_factory.mktemp("hand"), date(2026, 6, 30), **tables) as mart:
        yield mart


@pytest.fixture(scope="module")
def ctx(mart):
    return context(mart)


def figure(exhibits, metric, **identity):
    """The one figure of ``metric`` with this dimension, member and comparison (all None unless given)."""
    wanted = {"dimension": None, "member": None, "comparison": None, "period": "2026-H1"} | identity
    found = {
        f for f in figures_in(exhibits) if f.metric == metric and all(getattr(f, k) == v for k, v in wanted.items())
    }
    assert len({f.value for f in found}) == 1, (metric, wanted)
    return found.pop()


def test_gross_margin_counts_lines_with_a_cost(ctx):
    # Covered 95 + 100 - 9.5 = 185.5 of 190.5, cost 61 + 40 - 6.1 = 94.9.
    found = margin.gross_margin_figure(ctx)
    assert found.value == pytest.approx((185.5 - 94.9) / 185.5)
    assert found.flags == ("coverage=0.97",)
    assert margin.gross_profit_figure(ctx).value == 90.6


def test_contribution_after_staff_and_marketing(ctx):
    # Six months of 8 + 1 = 54; the covered margin applies to all sales of 190.5.
    exhibits = margin.exhibits(ctx)
    assert figure(exhibits, "selling_expense").value == 54
    assert figure(exhibits, "selling_expense", dimension="cost_type", member="travel").value == 12
    expected = 190.5 * (90.6 / 185.5) - 54
    assert figure(exhibits, "contribution").value == pytest.approx(expected)
    assert figure(exhibits, "contribution_pct").value == pytest.approx(expected / 190.5)
    assert figure(exhibits, "expense_ratio").value == pytest.approx(54 / 190.5)


def test_the_bridge_adds_up_from_last_year(ctx):
    # P: 10 at 100 list, 90 net, 60 cost -> 9 pieces at 90 list, 85.5 net, 54.9 cost; Q is new: 100 - 40.
    bridge = next(e for e in margin.exhibits(ctx) if e.id == "margin_bridge")
    start, *effects, end = bridge.series[0].figures
    named = {f.member: f.value for f in effects}
    assert (start.value, end.value) == (30, 90.6)
    assert named == {"price": 0, "discount": 4.5, "cost": -0.9, "volume": -3, "mix": 0, "assortment": 60}
    assert start.value + sum(named.values()) == pytest.approx(end.value)


def test_products_with_and_without_list_price(mart):
    found = margin_queries.costed_products(mart, H1).set_index("product_id")
    assert found.loc["P", ["qty", "list", "net", "cost"]].tolist() == pytest.approx([9, 90, 85.5, 54.9])
    assert found.loc["Q", ["qty", "list", "net", "cost"]].tolist() == [5, 100, 100, 40]


def test_projects_closed_and_open(ctx):
    # Closed: 100 - 75 = 25 %, planned 40 %. Open: the larger of 150 and 160, so 20 % against 25 %. The third is old.
    exhibits = margin.exhibits(ctx)
    one, two = ({"dimension": "project", "member": name} for name in ("1", "2"))
    assert figure(exhibits, "project_margin", **one).value == pytest.approx(0.25)
    assert figure(exhibits, "project_planned_margin", **one).value == pytest.approx(0.40)
    assert figure(exhibits, "project_margin", **two).value == pytest.approx(0.20)
    assert figure(exhibits, "project_margin", **two).flags == ("estimated",)
    assert figure(exhibits, "project_overruns").value == 2
    assert len(margin_queries.projects(ctx.mart, H1)) == 2


def test_service_by_account_counts_only_the_window(mart):
    found = margin_queries.service_by_account(mart, H1).set_index("account_id")
    assert found.loc["a"].tolist() == [3, 4, 0]
    assert found.loc["b"].tolist() == [0, 0, 1]


def test_splits_share_an_order(mart):
    found = people_queries.sales_by_rep(mart, H1, ("重点",)).set_index("rep_id")
    assert found.loc["ann", "sales"] == pytest.approx(95 + 75 + 5 - 9.5)
    assert found.loc["bob", "sales"] == 25
    assert found.loc["ann", "key_sales"] == pytest.approx(85.5)
    assert found.loc["ann", ["orders", "accounts", "account_products"]].tolist() == [3, 2, 2]
    assert found["sales"].sum() == pytest.approx(190.5)


def test_sales_and_profit_per_head(ctx):
    # Ann 181 days, bob 30: 211 / 181 FTE; the one without a quota counts for nothing.
    fte = 211 / 181
    exhibits = productivity.exhibits(ctx)
    assert figure(exhibits, "fte").value == pytest.approx(fte)
    assert productivity.productivity_figure(ctx).value == pytest.approx(190.5 / fte)
    assert figure(exhibits, "profit_per_head").value == pytest.approx(90.6 / fte)
    assert figure(exhibits, "sales_per_cost").value == pytest.approx(190.5 / 48)
    assert figure(exhibits, "ramping_reps").value == 1


def test_a_newcomer_is_annualised_on_his_own_days_and_not_ranked(ctx):
    exhibits = productivity.exhibits(ctx)
    found = figure(exhibits, "productivity_annual", dimension="rep", member="R02")
    assert found.value == pytest.approx(25 * 365 / 30)
    assert "small_n" in found.flags


def test_how_people_work(mart):
    assert people_queries.activities(mart, H1).to_dict("records") == [{"rep_id": "ann", "activities": 3, "visits": 1}]
    # First touches after 1.5, 2.5 and 3.5 hours.
    assert people_queries.response_hours(mart, H1).to_dict("records") == [{"rep_id": "ann", "n": 3, "hours": 2.5}]
    # Only the latest day counts, its assessors averaged: (0.8 + 1) / 2.
    assert people_queries.competency(mart, H1)["score"].tolist() == pytest.approx([0.9])


def test_effort_on_existing_customers(mart):
    # Account a is existing (30 min), b is new (10 min), the lead has no duration and takes the mean of 20.
    found = value_queries.effort(mart, H1)
    assert found == pytest.approx({"hours": 1.0, "existing_hours": 0.5, "n": 3})


def test_lifetime_value_by_hand(ctx):
    # Year to 2026-06-30, one account (a) active a year ago and still: churn 0, five years at 10 %: factor 4.16987.
    # Margin of a: 85.5 - 54.9 = 30.6; of b: 60 on 100 covered, applied to 105 = 63.
    exhibits = value.exhibits(ctx)
    mean, total = figure(exhibits, "cltv_mean"), figure(exhibits, "cltv")
    factor = sum(1 / 1.1**t for t in range(5))
    assert total.value == pytest.approx((30.6 + 63) * factor)
    assert mean.value == pytest.approx(total.value / 2)
    assert "small_n" in mean.flags


def test_wallet_share_is_pro_rated_to_the_period(ctx):
    # Potential 365 and 73 a year make 181 and 36.2 in 181 days; a bought 85.5, b 105, which is above its potential.
    exhibits = value.exhibits(ctx)
    assert figure(exhibits, "wallet_share").value == pytest.approx(190.5 / 217.2)
    assert figure(exhibits, "whitespace").value == pytest.approx(181 - 85.5)
    assert figure(exhibits, "activation").value == 1.0
    assert figure(exhibits, "products_per_account").value == 1.0


def test_retention_of_a_single_key_account(ctx):
    found = retention.retention_figure(ctx)
    assert (found.value, found.n) == (1.0, 1)
    assert "small_n" in found.flags
    key = retention.key_account_retention(ctx)
    assert (key.value, key.denominator, key.dimension) == (1.0, 1, "key_account")
