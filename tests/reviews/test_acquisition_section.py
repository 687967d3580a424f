"""Acquisition cost from a company with 225 of cost a month and three new customers."""

from datetime import date

import pytest

from salesreview.periods import parse
from salesreview.queries import acquisition as queries
from salesreview.record import Cards, NotEnough, NotProvided, Prose, figures_in, unique
from salesreview.reviews.context import Context
from salesreview.reviews.sections.indicators import acquisition
from salesreview.settings import Benchmark, Settings

from .hand_mart import hand_mart, order, sold

AS_OF = date(2026, 6, 30)
MONTHS = [f"{year}-{month:02d}-01" for year, last in ((2025, 12), (2026, 6)) for month in range(1, last + 1)]
SALES = sold(
    order(0, "A0", "2025-01-02", 500.0),
    order(1, "A1", "2026-02-01", 100.0),
    order(2, "A2", "2026-03-01", 200.0),
    order(3, "A3", "2026-06-30", 300.0),
    order(4, "A0", "2026-04-01", 400.0),
)


def tables() -> dict[str, list[dict]]:
    """Marketing 100 on C1 and 20 on no channel, half of 200 pay and 10 commission each month."""
    found = {name: [dict(row) for row in rows] for name, rows in SALES.items()}
    for row in found["order_lines"]:
        row["cost_amount"] = row["net_amount"] * 0.6
    return found | {
        "marketing_spend": [{"month": m, "channel_id": "C1", "amount": 100} for m in MONTHS]
        + [{"month": m, "amount": 20} for m in MONTHS],
        "reps": [{"rep_id": "R1", "name": "甲", "acquisition_share": 0.5}],
        "rep_costs": [{"rep_id": "R1", "month": m, "base": 200, "commission": 10, "hospitality": 999} for m in MONTHS],
        "channels": [{"channel_id": "C1", "name": "展会"}, {"channel_id": "C2", "name": "转介"}],
        "accounts": [
            {"account_id": "A0", "name": "零"},
            {"account_id": "A1", "name": "一", "acquisition_channel": "C1"},
            {"account_id": "A2", "name": "二", "acquisition_lead_id": "L2"},
            {"account_id": "A3", "name": "三"},
        ],
        "leads": [
            {"lead_id": "L1", "received_at": "2025-12-05", "source_channel": "C1"},
            {"lead_id": "L2", "received_at": "2026-01-05", "source_channel": "C2"},
            {"lead_id": "L3", "received_at": "2026-05-31", "source_channel": "C2"},
            {"lead_id": "L4", "received_at": "2026-06-05", "source_channel": "C1"},
        ],
    }


@pytest.fixture(scope="module")
def even_cost(tmp_path_factory):
    return hand_mart(tmp_path_factory.mktemp("cac"), AS_OF, **tables())


def context(mart, period: str = "H1", **settings) -> Context:
    return Context(mart, Settings(cac_lag_months=1, **settings), parse(period, year=2026))


def test_cac_by_hand(even_cost):
    found = acquisition.cac_figures(context(even_cost))
    # six months of 120 marketing, 100 pay, 5 commission; A1, A2 and A3 are new, A0 is not; hospitality is no part
    assert found.cost.value == 1350.0
    assert (found.customers.value, found.cac.value, found.marketing.value) == (3, 450.0, 240.0)
    assert found.cac.numerator == 1350.0 and found.cac.denominator == 3
    assert {name: figure.value for name, figure in found.components.items() if figure.value} == {
        "marketing": 720.0, "pay": 600.0, "commission": 30.0,
    }  # fmt: skip
    assert found.window.start == date(2025, 12, 1) and found.window.end == date(2026, 5, 31)


def test_first_touch_by_account_then_its_lead(even_cost):
    found = queries.new_customers(even_cost, context(even_cost).current.window)
    assert dict(zip(found["channel"], found["customers"], strict=True)) == {"展会": 1, "转介": 1, "未分类": 1}


def test_channels_by_hand(even_cost):
    table = next(e for e in acquisition.exhibits(context(even_cost)) if e.id == "acquisition_channel_table")
    rows = {row[0]: [cell.value for cell in row[1:7]] for row in table.rows}
    # 750 of shared cost by the leads of December to May: one of C1, two of C2
    assert rows == {
        "展会": [600.0, 250.0, 850.0, 1, 1, 850.0],
        "转介": [0.0, 500.0, 500.0, 2, 1, 500.0],
        "未分类": [0.0, 0.0, 0.0, 0, 1, 0.0],
    }
    assert [cell.value for cell in table.total[1:7]] == [600.0, 750.0, 1350.0, 3, 3, 450.0]
    assert all("small_n" in row[6].flags for row in table.rows)


def test_payback_by_hand(even_cost):
    ctx = context(even_cost)
    found = acquisition.payback_figure(ctx, acquisition.cac_figures(ctx).cac)
    # sales 1000 of four accounts in six months, margin 40 %
    assert found.value == pytest.approx(450 / (1000 / 4 / 6 * 0.4))


def test_cost_months_before_the_records_give_no_cac(even_cost):
    ctx = Context(even_cost, Settings(cac_lag_months=1), parse("H1", year=2025))
    found = acquisition.cac_figures(ctx)
    assert found.cac.value is None and "coverage=0.83" in found.cac.flags  # December 2024 has none


def test_no_new_customers_show_the_spend(even_cost):
    ctx = context(even_cost, "2025-04-01:2025-12-31")
    found = acquisition.cac_figures(ctx)
    assert found.cac.value is None and found.cost.value == 9 * 225.0
    cards = next(e for e in acquisition.exhibits(ctx) if e.id == "acquisition_cac_cards")
    assert isinstance(cards, NotEnough) and cards.reason.key == "acquisition.no_customers"


def test_a_month_is_too_short(even_cost):
    found = {e.id: e for e in acquisition.exhibits(context(even_cost, "M03"))}
    assert isinstance(found["acquisition_cac_cards"], NotEnough)


def test_the_default_lag_comes_from_the_cycle(tmp_path):
    deals = [
        {"opp_id": f"D{i}", "created_at": "2026-01-01", "closed_at": "2026-03-17", "outcome": "won"} for i in range(3)
    ]  # 75 days
    mart = hand_mart(tmp_path, AS_OF, **tables(), opportunities=deals)
    ctx = Context(mart, Settings(), parse("H1", year=2026))
    assert acquisition.cac_figures(ctx).window.start == date(2025, 10, 1)


def test_a_benchmark_is_cited(even_cost):
    outside = Benchmark(value=400, unit="money", source="协会", date="2026-03")
    found = {e.id: e for e in acquisition.exhibits(context(even_cost, benchmarks={"cac": outside}))}
    chart = found["acquisition_benchmark"]
    assert chart.form == "bullet" and chart.title.key == "acquisition.benchmark_above"
    assert chart.title.values["gap"].value == pytest.approx(450 / 400 - 1)
    assert isinstance(acquisition.exhibits(context(even_cost))[5], Prose)


def test_marketing_alone_gives_the_marketing_cost(tmp_path):
    only = {name: rows for name, rows in tables().items() if name not in ("rep_costs", "reps")}
    ctx = context(hand_mart(tmp_path, AS_OF, **only))
    cards = next(e for e in acquisition.exhibits(ctx) if e.id == "acquisition_cac_cards")
    assert isinstance(cards, Cards) and cards.cards[0].figure.metric == "cac_marketing"
    assert cards.cards[0].figure.value == 240.0
    unloaded = next(note for note in cards.notes if note.key == "acquisition.note_unloaded")
    assert unloaded.values["fields"] == ("rep_costs.base", "reps.acquisition_share")


def test_without_spend_every_exhibit_says_so(tmp_path):
    exhibits = acquisition.exhibits(context(hand_mart(tmp_path, AS_OF, **SALES)))
    assert [e.id for e in exhibits[1:]] == list(acquisition.IDS)
    assert all(isinstance(e, NotProvided) for e in exhibits[1:])


def test_each_figure_has_one_value(even_cost):
    for period in ("H1", "Q2", "FY", "2026-01-01:2026-04-15"):
        unique(figures_in(acquisition.exhibits(context(even_cost, period))))
