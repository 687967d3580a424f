"""The forecast as a review shows it: nothing dated later than the day it is made on, and words where there is too
little."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from salesreview.exhibits.catalogue import render
from salesreview.models.forecast import Facts
from salesreview.queries import forecast as queries
from salesreview.record import Chart, NotEnough, NotProvided, Prose, Table, figures_in, unique
from salesreview.reviews.sections.models import forecast, outlook
from salesreview.reviews.sections.sales import portfolio
from salesreview.settings import Settings

from .hand_mart import context, hand_mart, order, sold

DAY = date(2026, 6, 30)
IDS = ["forecast_heading", "forecast_text", "forecast_chart", "forecast_parts", "forecast_backtest", "forecast_cover"]


@pytest.fixture(autouse=True)
def no_win_model(monkeypatch):
    """Chances by stage: fitting the win model is another test's matter."""
    monkeypatch.setattr(outlook, "_eventual", lambda ctx: None)


def opp(name: str, created: str, closed: str | None = None, outcome: str = "open", amount: float = 100) -> dict:
    return {"opp_id": name, "account_id": "A1", "created_at": f"{created} 09:00:00", "amount": amount,
            "outcome": outcome, "closed_at": closed and f"{closed} 12:00:00"}  # fmt: skip


def shot(name: str, day: str, amount: float) -> dict:
    return {"opp_id": name, "snapshot_date": day, "stage": "商务谈判", "amount": amount}


def stay(name: str, day: str, stage: str = "商务谈判") -> dict:
    return {"opp_id": name, "stage": stage, "entered_at": f"{day} 10:00:00"}


def company(later: bool) -> dict[str, list[dict]]:
    """Orders and deals to 30 June; with ``later`` also everything that happens after it, and other outcomes."""
    orders = [order(1, "A1", "2026-03-01", 70, opp_id="W"), order(2, "A1", "2026-05-01", 30)]
    outcome = opp("O", "2026-05-01", "2026-09-01", "won", 500) if later else opp("O", "2026-05-01", amount=100)
    deals = [opp("W", "2025-11-01", "2026-02-20", "won", 80), opp("L", "2026-01-01", "2026-04-01", "lost"), outcome]
    shots = [shot("W", "2026-01-31", 75), shot("W", "2026-02-28", 1), shot("O", "2026-05-31", 120)]
    stays = [stay("W", "2025-12-01"), stay("O", "2026-05-02", "需求分析")]
    if later:
        orders += [order(3, "A1", "2026-07-01", 900), order(4, "A1", "2026-09-02", 400, opp_id="O")]
        deals.append(opp("N", "2026-07-05", "2026-08-01", "won", 800))
        shots += [shot("O", "2026-07-31", 999), shot("N", "2026-07-31", 800)]
        stays += [stay("O", "2026-07-02"), stay("N", "2026-07-06")]
    return {**sold(*orders), "opportunities": deals, "opportunity_snapshots": shots, "stage_history": stays,
            "accounts": [{"account_id": "A1", "name": "甲公司"}]}  # fmt: skip


def known(mart, day=DAY) -> Facts:
    funnel = Settings().funnel
    return Facts(day, mart.meta.first_day, queries.sold(mart, day), queries.deals(mart, day),
                 queries.stays(mart, funnel, day))  # fmt: skip


def test_nothing_dated_after_the_day_changes_what_is_known(tmp_path):
    (tmp_path / "b").mkdir()
    now = known(hand_mart(tmp_path, DAY, **company(later=False)))
    then = known(hand_mart(tmp_path / "b", date(2026, 12, 31), **company(later=True)))
    for name in ("sold", "deals", "stays"):
        pd.testing.assert_frame_equal(getattr(now, name), getattr(then, name), check_dtype=False)
    deals = now.deals.set_index("opp_id")
    # W as last seen before its closing, L without a snapshot as entered, O as of 31 May
    assert deals["quoted"].to_dict() == {"L": 100, "O": 120, "W": 75}
    assert deals["won"].to_dict() == {"L": False, "O": False, "W": True} and pd.isna(deals.loc["O", "closed"])
    assert now.stays["stage"].tolist() == ["negotiation", "needs"]


def halves(count: int) -> dict[str, list[dict]]:
    """Orders of 100 each month back from June 2026, for ``count`` half years."""
    months = pd.date_range(end="2026-06-01", periods=6 * count, freq="MS")
    return sold(*(order(i, "A1", f"{month:%Y-%m}-10", 100.0) for i, month in enumerate(months, start=1)))


def target(value: float) -> list[dict]:
    return [{"target_id": "T1", "period_start": "2026-07-01", "period_end": "2026-12-31", "metric": "sales",
             "dim": "total", "value": value, "status": "approved", "version": "original"}]  # fmt: skip


def shown(mart, **settings):
    found = {exhibit.id: exhibit for exhibit in forecast.exhibits(context(mart, **settings))}
    assert list(found) == IDS
    unique(figures_in(tuple(found.values())))
    for lang in ("zh", "en"):
        for exhibit in found.values():
            assert "None" not in render(exhibit.title, lang, "CNY")
            for sentence in getattr(exhibit, "sentences", ()):
                assert "nan" not in render(sentence, lang, "CNY")
    return found


def test_orders_alone(tmp_path):
    found = shown(hand_mart(tmp_path, DAY, **halves(5), targets=target(590)))
    (row,) = found["forecast_parts"].rows
    assert row[3].value == pytest.approx(600, rel=0.03) and row[3].period == "2026-H2"
    assert row[1].value == pytest.approx(row[3].value) and found["forecast_parts"].total is None
    tried = found["forecast_backtest"].rows
    assert [line[0].code for line in tried] == ["2025-H1", "2025-H2", "2026-H1"]
    assert all(line[1].value == 600 and line[7].value == 600 and line[8].value == 0 for line in tried)
    chance = found["forecast_cover"].rows[2][1]
    assert chance.metric == "forecast_attain" and 0.5 < chance.value < 0.95
    assert isinstance(found["forecast_chart"], Chart) and isinstance(found["forecast_text"], Prose)


def test_without_a_target_it_says_so(tmp_path):
    found = shown(hand_mart(tmp_path, DAY, **halves(4)))
    assert isinstance(found["forecast_cover"], NotProvided) and isinstance(found["forecast_parts"], Table)
    assert "没有目标" in render(found["forecast_text"].sentences[0], "zh", "CNY")


@pytest.mark.parametrize("count", [0, 1])
def test_too_little_history_is_words(tmp_path, count):
    tables = halves(count) if count else sold(order(1, "A1", "2026-05-10", 5.0))
    found = shown(hand_mart(tmp_path, DAY, **tables, targets=target(100)))
    assert all(isinstance(found[name], NotEnough) for name in IDS[1:])
    assert not list(figures_in(tuple(found.values())))


@pytest.fixture(scope="module")
def with_deals(tmp_path_factory):
    """Each month of 3 years two deals of 100, one won after 40 days, one lost; those of June 2026 are open."""
    orders, deals, number = [], [], 0
    for month in pd.date_range("2023-07-05", "2026-06-05", freq="MS") + pd.Timedelta(days=4):
        closed = month + pd.Timedelta(days=40)
        for outcome in ("won", "lost"):
            number += 1
            over = closed.date() <= DAY
            deals.append(opp(f"D{number}", f"{month:%Y-%m-%d}", f"{closed:%Y-%m-%d}" if over else None,
                             outcome if over else "open"))  # fmt: skip
            if over and outcome == "won":
                orders.append(order(number, "A1", f"{closed:%Y-%m-%d}", 100.0, opp_id=f"D{number}"))
    orders.append(order(900, "A1", "2023-07-01", 1.0))
    stays = [stay(deal["opp_id"], deal["created_at"][:10]) for deal in deals]
    mart = hand_mart(
        tmp_path_factory.mktemp("deals"), DAY, **sold(*orders), opportunities=deals, stage_history=stays,
        targets=target(650), accounts=[{"account_id": "A1", "name": "甲", "industry": "电子", "customer_type": "直客"}],
    )  # fmt: skip
    yield mart


def test_open_deals_by_hand(with_deals):
    found = outlook.outlook(context(with_deals))
    made = found.forecast
    # the two deals of June are open; half of such deals are won, all of them within the half
    assert len(made.pipeline.frame) == 2 and made.pipeline.value == 200
    assert made.pipeline.frame["probability"].tolist() == pytest.approx([0.5] * 2, abs=0.06)
    # each half: one won of the two deals open before it, five of those that came in it
    assert made.past["pipeline"].tolist()[:4] == [100] * 4 and made.past["new"].tolist()[:4] == [500] * 4
    assert made.conversion == pytest.approx(0.5, abs=0.05)
    assert np.median(made.draws) == pytest.approx(600, rel=0.1)
    cover = outlook.cover_figures(context(with_deals), found)
    assert cover["gap"].value == pytest.approx(650 - made.parts["new"].p50 - made.parts["other"].p50)
    assert cover["needed"].value == pytest.approx(cover["gap"].value / made.conversion)
    assert cover["times_now"].value == pytest.approx(200 / cover["gap"].value)
    shown(with_deals)


def test_the_running_year_is_forecast_itself(with_deals):
    found = outlook.outlook(context(with_deals, "FY"))
    assert found.span.code == "2026-FY"
    assert found.forecast.parts["booked"].p50 == 600 and found.forecast.total.p50 == pytest.approx(1200, rel=0.1)
    shown_parts = [row[0].key for row in forecast.exhibits(context(with_deals, "FY"))[3].rows]
    assert shown_parts == [f"forecast.part_{part}" for part in ("booked", "pipeline", "new", "other")]


def test_pipeline_coverage_of_markets(with_deals):
    ctx = context(with_deals)
    dimension = portfolio.DIMENSIONS["industry"]
    covers = portfolio._covers(ctx, dimension, portfolio._members(ctx, dimension))
    # 200 open, over the 600 that the second half of 2025 sold
    assert covers["电子"].value == pytest.approx(200 / 600) and covers["电子"].n == 2
