"""Share, rivals, launches and prices from a few records, and what the sections say without data."""

from datetime import date

import pytest

from salesreview.record import NotEnough, NotProvided, figures_in, unique
from salesreview.reviews.findings import market as findings
from salesreview.reviews.sections.market import (
    behaviour,
    forces,
    insight,
    launch_score,
    macro,
    prices,
    products,
    rival_figures,
    rivals,
    share,
    tech,
)
from salesreview.sample.truths import Truths

from .hand_mart import context, hand_mart, order, sample_mart, sold

AS_OF = date(2026, 6, 30)
SECTIONS = (
    insight.opening, macro.exhibits, rivals.exhibits, forces.exhibits, tech.exhibits, behaviour.exhibits,
    insight.answers, share.exhibits, products.exhibits, launch_score.exhibits, prices.exhibits,
)  # fmt: skip


def size(period: str, line: str | None, amount: float, **rest) -> dict:
    return {"period": period, "segment": line or "all", "product_line": line, "market_amount": amount} | rest


@pytest.fixture(scope="module")
def sized(tmp_path_factory):
    """Software sells 100 then 150 in a market of 1000 then 1200; hardware 50 then 40 in one of 400."""
    orders = sold(
        order(1, "A1", "2024-07-01", 1.0),
        order(2, "A1", "2025-02-01", 100.0, product_id="S"),
        order(3, "A1", "2025-03-01", 50.0, product_id="H"),
        order(4, "A1", "2026-02-01", 150.0, product_id="S"),
        order(5, "A2", "2026-03-01", 40.0, product_id="H"),
    )
    rows = [("2025-H1", 1000.0, 400.0), ("2026-H1", 1200.0, 400.0)]
    sizes = [
        size(period, line, amount, low=amount * 0.8, high=amount * 1.25, competitor_shares='{"C1": 0.2}')
        for period, software, hardware in rows
        for line, amount in ((None, software + hardware), ("Software", software), ("Hardware", hardware))
    ]
    return hand_mart(
        tmp_path_factory.mktemp("sized"),
        AS_OF,
        **orders,
        products=[
            {"product_id": "S", "name": "S", "product_line": "Software"},
            {"product_id": "H", "name": "H", "product_line": "Hardware"},
        ],
        market_size=sizes,
        competitors=[{"competitor_id": "C1", "name": "Rival", "price_index": 90}],
    )


def test_share_and_its_split_by_hand(sized):
    ctx = context(sized)
    now, before = share.both(ctx)
    whole = now[share.WHOLE]
    assert whole.share.value == pytest.approx(190 / 1600)
    assert whole.range == (pytest.approx(190 / 2000), pytest.approx(190 / 1280))
    bridge = share.exhibits(ctx)[4]
    _, market, own, _ = bridge.series[0].figures
    # 150/1400 · 200, and the rest of 40
    assert market.value == pytest.approx(21.43) and own.value == pytest.approx(40 - 21.43)
    # software 12.5 % after 10 %: beyond the band, but 8–12.5 % and 10–15.6 % overlap
    key = ("product_line", "Software")
    assert share.case(ctx, now[key], before[key]) == "unsure"


@pytest.mark.parametrize(("sold_now", "low", "told"), [(15.0, 0.9, "behind"), (18.0, 0.9, "ahead"), (18.0, 0.5, None)])
def test_a_segment_that_outgrows_the_market_is_told(tmp_path, sold_now, low, told):
    # The market of software grows from 1000 to 1600 (+60 %), that of hardware stays at 4000; the whole grows 12 %.
    # At 90 % of its size software still grew 44 %, at half of it it shrank. 20 orders of 10 sold 200, a share of 20 %:
    # market growth alone is worth 20 % of 600. Now 20 orders of 15 are +50 %, of 18 +80 %.
    bought = [order(0, "A1", "2024-07-01", 1.0)]
    for i in range(20):
        bought.append(order(i + 1, "A1", "2025-02-01", 10.0, product_id="S"))
        bought.append(order(i + 21, "A1", "2026-02-01", sold_now, product_id="S"))
    sizes = [
        size(period, line, amount, low=amount * low, high=amount * 1.1)
        for period, software in (("2025-H1", 1000.0), ("2026-H1", 1600.0))
        for line, amount in ((None, software + 4000), ("Software", software), ("Hardware", 4000.0))
    ]
    products_ = [{"product_id": "S", "name": "S", "product_line": "Software"}]
    mart = hand_mart(tmp_path, AS_OF, market_size=sizes, products=products_, **sold(*bought))
    found = list(findings.segment_growth(context(mart)))
    assert [one.claim.key for one in found] == ([f"market_finding.segment_{told}"] if told else [])
    for one in found:
        assert one.favourable == (told == "ahead")
        assert one.stake.value == pytest.approx(120)


def test_product_lines_stand_by_relative_share_and_growth(sized):
    found = products.lines(context(sized))
    # software: 0.125 / 0.2 and +50 % against +14 % of the market; hardware: 0.1 / 0.2 and −20 %
    assert [(row.name, row.standing) for row in found.rows] == [("Software", "potential"), ("Hardware", "improve")]
    assert found.rows[0].relative.value == pytest.approx(0.625) and not found.by_rank


def test_yearly_sizes_are_pro_rated(tmp_path):
    orders = sold(
        order(1, "A1", "2024-01-10", 1.0), order(2, "A1", "2025-02-01", 30.0), order(3, "A1", "2025-08-01", 70.0),
        order(4, "A1", "2026-02-01", 60.0),
    )  # fmt: skip
    ctx = context(hand_mart(tmp_path, AS_OF, **orders, market_size=[size("2026", None, 1000.0)]))
    whole = share.both(ctx)[0][share.WHOLE]
    # 30 of last year's 100 were sold in the first half
    assert whole.amount.value == pytest.approx(300.0) and "estimated" in whole.amount.flags
    assert whole.share.value == pytest.approx(0.2)


def deal(number: int, outcome: str, present: str | None, lost_to: str | None = None) -> dict:
    return {
        "opp_id": f"D{number}", "account_id": "A1", "created_at": "2026-01-05", "closed_at": "2026-03-01",
        "outcome": outcome, "amount": 10, "present_competitors": present, "lost_competitor": lost_to,
    }  # fmt: skip


def test_head_to_head_counts_each_rival_once_a_deal(tmp_path):
    deals = [
        deal(1, "won", '["C1"]'), deal(2, "lost", '["C1","C2"]', "C2"), deal(3, "lost", None, "C1"),
        deal(4, "won", None), deal(5, "lost", "[]"),
    ]  # fmt: skip
    rows = [{"competitor_id": f"C{i}", "name": f"R{i}"} for i in (1, 2)]
    ctx = context(
        hand_mart(tmp_path, AS_OF, **sold(order(1, "A1", "2026-01-10", 1.0)), opportunities=deals, competitors=rows)
    )
    found = rival_figures.duels(ctx)
    # C1: present in 1 and 2, won deal 3; C2 took deal 2; two deals without a rival
    assert [(one.name, one.rate.numerator, one.rate.n) for one in found.rows] == [("R1", 1, 3), ("R2", 0, 1)]
    assert (found.without.numerator, found.without.n) == (1, 2)
    assert [one.lost_amount.value for one in found.rows] == [10.0, 10.0]
    # all five deals were open in the period: 50
    assert found.rows[0].lost_share.value == pytest.approx(0.2)
    assert not list(findings.head_to_head(ctx))


@pytest.mark.parametrize("section", SECTIONS)
def test_one_order_breaks_nothing(tmp_path, section):
    ctx = context(hand_mart(tmp_path, AS_OF, **sold(order(1, "A1", "2026-01-10", 1.0))))
    found = section(ctx)
    unique(figures_in(found))
    assert any(isinstance(exhibit, NotProvided | NotEnough) for exhibit in found) or section is insight.opening


def test_ids_stand_whatever_the_data(tmp_path, sized):
    empty = context(hand_mart(tmp_path, AS_OF, **sold(order(1, "A1", "2026-01-10", 1.0))))
    for section in SECTIONS[1:]:
        if section is not insight.answers:
            assert [e.id for e in section(empty)] == [e.id for e in section(context(sized))]


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    return context(sample_mart(tmp_path_factory.mktemp("company"), 1.0))


def test_planted_launches_are_found(company):
    found = {one.code: one for one in findings.launches(company)}
    assert found["F-SUCCESS-LAUNCH"].member == "预测性维护订阅"
    assert found["F-NEWPROD-WEAK"].member == "能碳管理套件"
    assert found["F-SUCCESS-LAUNCH"].stake.value > 0


def test_planted_elasticity_lies_in_the_interval(company):
    (event,) = prices.events(company)
    truth = Truths().price_rise
    assert event.line == truth.product_line and event.day == truth.since
    assert event.announced == pytest.approx(truth.increase)
    assert event.found.elasticity.low <= truth.elasticity <= event.found.elasticity.high
    # no claim either way from one change whose interval holds zero
    assert not list(findings.price_changes(company))
