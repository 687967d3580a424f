"""Customers in the market review on a few rows by hand, and with nothing at all."""

from datetime import date

import pytest

from salesreview.record import Chart, NotEnough, NotProvided, Table, figures_in, unique
from salesreview.reviews.findings import market_customers
from salesreview.reviews.sections.market import (
    csat,
    feedback,
    lost_customers,
    main_group,
    needs,
    outside,
    promoters,
    prospects,
    satisfaction,
    structure,
    tiers,
)

from .hand_mart import context, hand_mart, order, sold

AS_OF = date(2026, 6, 30)
SECTIONS = (structure, main_group, tiers, promoters, csat, feedback, needs, lost_customers, prospects, outside)


def answer(number: int, kind: str, account: str, score: float | None, low: int, high: int, **rest) -> dict:
    return {
        "response_id": f"S{number:03d}", "type": kind, "account_id": account, "contact_id": f"C{number:03d}",
        "date": "2026-03-01", "score": score, "scale_min": low, "scale_max": high, "invited": True,
    } | rest  # fmt: skip


def deal(number: int, account: str, reason: str | None, amount: float, closed: str = "2026-04-01") -> dict:
    return {
        "opp_id": f"D{number:03d}", "account_id": account, "created_at": "2026-01-05", "closed_at": closed,
        "outcome": "lost", "lost_reason": reason, "amount": amount,
    }  # fmt: skip


@pytest.fixture(scope="module")
def ctx(tmp_path_factory):
    """A1 to A4 bought: A1 old and East, A2 new and East, A3 silent for 200 days, A4 in the South; P1 never bought."""
    accounts = [
        {"account_id": "A1", "industry": "I", "size_band": "大", "tier": "战略"},
        {"account_id": "A2", "industry": "I", "size_band": "小", "tier": "普通"},
        {"account_id": "A3", "industry": "J", "size_band": "小", "tier": "普通"},
        {"account_id": "A4", "industry": "J", "size_band": "小", "tier": "普通"},
        {"account_id": "P1", "industry": "J", "size_band": "小", "tier": "普通"},
    ]
    nps = [answer(i, "NPS", "A1" if i < 3 else "A2", s, 0, 10) for i, s in enumerate((10, 9, 3, 8, None))]
    rated = [answer(10 + i, "CSAT", "A1", s, 1, 5, theme="价格") for i, s in enumerate((5, 4, 2))]
    mart = hand_mart(
        tmp_path_factory.mktemp("customers"),
        AS_OF,
        **sold(
            order(1, "A1", "2024-02-01", 50.0),
            order(2, "A1", "2026-06-20", 300.0),
            order(3, "A2", "2026-05-01", 100.0),
            order(4, "A3", "2025-12-12", 40.0),
            order(5, "A4", "2025-03-01", 60.0),
        ),
        accounts=accounts,
        surveys=nps + rated,
        tickets=[
            {"ticket_id": "T1", "account_id": "A1", "opened_at": "2026-02-01", "resolved_at": "2026-02-03",
             "phase": "售后", "category": "质量", "is_complaint": True, "csat": 2},
        ],
        opportunities=[
            deal(1, "P1", "预算限制", 30.0, "2026-02-01"),
            deal(2, "P1", "价格", 70.0),
            deal(3, "P1", None, 20.0),
            deal(4, "A1", "价格", 900.0),
        ],
        stage_history=[{"opp_id": "D001", "stage": "演示", "entered_at": "2026-01-10"}],
        leads=[
            {"lead_id": "L1", "received_at": "2026-01-02", "status": "disqualified", "disqualified_at": "2026-01-09",
             "disqualify_reason": "无预算"},
        ],
    )  # fmt: skip
    return context(mart, minimum_n={"rate": 1, "mean": 1})


def shown(module, ctx) -> dict:
    return {exhibit.id: exhibit for exhibit in module.exhibits(ctx)}


def test_promoter_score_and_response_rate_by_hand(ctx):
    # 10, 9 promote, 3 detracts, 8 is passive: (2 - 1) / 4 = 25; five were asked, four answered
    assert satisfaction.nps(ctx).figure.value == pytest.approx(25)
    assert satisfaction.response_rate(ctx, "NPS").value == pytest.approx(0.8)
    scope = satisfaction.Scope("tier", "战略", frozenset({"A1"}))
    # A1: 10, 9, 3
    assert satisfaction.nps(ctx, scope=scope).figure.value == pytest.approx(100 / 3)


def test_satisfaction_by_touchpoint_by_hand(ctx):
    # surveys 100, 75, 25; the ticket 2 on 1-5 is 25
    found = satisfaction.touchpoints(ctx)
    assert found["survey"][0].figure.value == pytest.approx(200 / 3)
    assert found["survey"][1].figure.value == pytest.approx(2 / 3)
    assert found["售后"][0].figure.value == pytest.approx(25)
    assert satisfaction.csat_index(ctx).figure.value == pytest.approx(200 / 3)


def test_new_and_old_customers_by_hand(ctx):
    # in the half A1 (old) bought 300 and A2 (new) 100: both of industry I
    table = shown(structure, ctx)["structure_table"]
    row = next(row for row in table.rows if row[0] == "I")
    assert tuple(cell.value for cell in row[2:6]) == (1, 100.0, 1, 300.0)
    assert row[6].value == pytest.approx(0.25)


def test_tiers_by_hand(ctx):
    # A1: 10 days, 1 order in 12 months -> by its last order; A2: 60 days, 1 order in 3 months, middle -> by rule;
    # A3: 200 days, percentile 1/3 of the others -> dormant; A4: 486 days, no sales in 12 months -> low value
    found = tiers.Tiers(ctx, AS_OF).placed.set_index("account_id")
    assert found["tier"].to_dict() == {"A1": "潜力", "A2": "潜力", "A3": "休眠", "A4": "低价值"}
    assert found["exact"].to_dict() == {"A1": False, "A2": True, "A3": True, "A4": True}
    table = shown(tiers, ctx)["tiers_table"]
    assert sum(row[1].value for row in table.rows) == table.total[1].value == 4
    grid = shown(tiers, ctx)["tiers_migration"]
    assert isinstance(grid, Chart) and sum(f.value for s in grid.series for f in s.figures) == 4


def test_prospects_by_hand(ctx):
    # P1 never ordered: 30 for budget, 70 for price, 20 without a reason; A1 is a customer and stays out
    found = shown(prospects, ctx)
    rows = {row[0].key.removeprefix("prospects.group_"): row for row in found["prospects_reasons"].rows}
    assert {name: row[1].value for name, row in rows.items()} == {"budget": 1, "competition": 1, "unknown": 1}
    assert rows["budget"][3].value == 1
    assert isinstance(found["prospects_calls"], Table)
    pareto = found["prospects_pareto"]
    amounts = {figure.member: figure.value for figure in pareto.series[0].figures}
    assert amounts == {"competition": 70, "budget": 30, "unknown": 20}
    assert pareto.series[0].figures[-1].member == "unknown" and pareto.series[1].figures[-1].value == 1


def test_figures_are_consistent(ctx):
    exhibits = tuple(exhibit for module in SECTIONS for exhibit in module.exhibits(ctx))
    unique(figures_in(exhibits))
    assert len({exhibit.id for exhibit in exhibits}) == len(exhibits)


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    return context(hand_mart(tmp_path_factory.mktemp("bare"), AS_OF, **sold(order(1, None, "2026-03-01", 10.0))))


@pytest.mark.parametrize("module", SECTIONS, ids=lambda module: module.__name__.split(".")[-1])
def test_without_data_each_exhibit_says_so(module, bare, ctx):
    found = shown(module, bare)
    assert set(found) == set(shown(module, ctx))
    boxes = [exhibit for name, exhibit in found.items() if not name.endswith("_heading")]
    assert all(isinstance(exhibit, NotProvided | NotEnough) for exhibit in boxes)
    assert all(exhibit.missing for exhibit in boxes if isinstance(exhibit, NotProvided))


def test_without_data_there_are_no_findings(bare):
    assert [finding for rule in market_customers.RULES for finding in rule(bare)] == []
