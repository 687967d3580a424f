"""The funnel from a handful of leads and opportunities whose fate is written out beside them."""

from datetime import date

import pytest

from salesreview.periods import Window, parse
from salesreview.queries import funnel as queries
from salesreview.record import Cards, NotEnough, NotProvided, Table, figures_in, unique
from salesreview.reviews.context import Context
from salesreview.reviews.sections.indicators import funnel
from salesreview.settings import Settings

from .hand_mart import hand_mart, order, sold

AS_OF = date(2026, 6, 30)
H1 = Window(date(2026, 1, 1), AS_OF)
FUNNEL = Settings().funnel
SALE = sold(order(1, "A1", "2025-01-02", 100.0))


def deal(opp_id: str, created: str, closed: str | None = None, outcome: str = "open", **rest) -> dict:
    return {"opp_id": opp_id, "created_at": created, "closed_at": closed, "outcome": outcome, "amount": 100, **rest}


@pytest.fixture(scope="module")
def small_funnel(tmp_path_factory):
    """Five leads, three of them with an opportunity, and two opportunities without a lead.

    D1 demo, signed (no quote); D2 quoted, lost; D5 demo, open; D6 won without any stage; D7 lost at once.
    """
    return hand_mart(
        tmp_path_factory.mktemp("funnel"),
        AS_OF,
        **SALE,
        channels=[{"channel_id": "C1", "name": "展会"}],
        leads=[
            {
                "lead_id": "L1",
                "received_at": "2026-01-05",
                "source_channel": "C1",
                "status": "converted",
                "opp_id": "D1",
            },
            {"lead_id": "L2", "received_at": "2026-01-20", "source_channel": "C1", "status": "converted"},
            {"lead_id": "L3", "received_at": "2026-02-01", "status": "disqualified", "disqualified_at": "2026-02-09"},
            {"lead_id": "L4", "received_at": "2026-02-02", "status": "new"},
            {"lead_id": "L5", "received_at": "2026-05-20", "status": "converted"},
        ],
        opportunities=[
            deal("D1", "2026-01-10", "2026-03-10", "won"),
            deal("D2", "2026-01-25", "2026-04-20", "lost", lead_id="L2", lost_reason="价格"),
            deal("D5", "2026-05-25", lead_id="L5"),
            deal("D6", "2026-02-11", "2026-04-01", "won"),
            deal("D7", "2026-02-12", "2026-02-20", "lost"),
        ],
        stage_history=[
            {"opp_id": "D1", "stage": "演示", "entered_at": "2026-02-01", "exited_at": "2026-02-10"},
            {"opp_id": "D5", "stage": "演示", "entered_at": "2026-06-01"},
        ],
        quotes=[
            {"quote_id": "Q1", "opp_id": "D2", "version": 1, "sent_at": "2026-03-01"},
            {"quote_id": "Q2", "opp_id": "D2", "version": 2, "sent_at": "2026-03-20"},
            {"quote_id": "Q3", "opp_id": "D5", "version": 1, "requested_at": "2026-06-20"},
        ],
        contracts=[{"contract_id": "K1", "opp_id": "D1", "drafted_at": "2026-03-01", "signed_at": "2026-03-10"}],
    )


def reached(frame) -> list[int]:
    return [int(frame.loc[frame["level"] >= level, "n"].sum()) for level in range(7)]


def test_cohort_counts_by_hand(small_funnel):
    found = queries.lead_cohort(small_funnel, FUNNEL, H1, AS_OF, date(2026, 3, 31))
    # lead, opportunity, needs, demo, quote, negotiation, signed: D2 skipped the demo, D1 the quote
    assert reached(found) == [5, 3, 3, 3, 2, 1, 1]
    assert found.loc[found["undecided"], "n"].sum() == 2  # L4 and L5
    assert found.loc[found["matured"], "n"].sum() == 4  # all but L5
    assert found.loc[found["channel"] == "展会", "n"].sum() == 2


def test_what_happened_later_is_invisible(small_funnel):
    seen = date(2026, 2, 28)
    found = queries.lead_cohort(small_funnel, FUNNEL, Window(H1.start, seen), seen, seen)
    assert reached(found) == [4, 2, 1, 1, 0, 0, 0]  # D1 had its demo, D2 nothing yet
    assert found.loc[found["undecided"], "n"].sum() == 3


def test_throughput_counts_arrivals_of_the_window(small_funnel):
    march = Window(date(2026, 3, 1), date(2026, 4, 30))
    found = queries.throughput(small_funnel, FUNNEL, march).set_index("level")["n"].to_dict()
    # D2 reaches needs, demo and quote by its quote of 1 March; D1 quote to signed; D6 needs to signed on 1 April
    assert found == {0: 0, 2: 2, 3: 2, 4: 3, 5: 2, 6: 2}


def test_conversions_by_hand(small_funnel):
    found = (
        queries.conversions(small_funnel, FUNNEL, H1, AS_OF)
        .groupby("step")[["progressed", "failed", "undecided"]]
        .sum()
    )
    assert found.loc["demo"].tolist() == [1, 0, 1]  # D1 went on, D5 is open
    assert found.loc["quote"].tolist() == [0, 1, 0]  # D2; two versions count once, a quote only asked for not at all
    assert found.loc["negotiation"].tolist() == [2, 0, 0]  # D1 and D6 were signed


def test_win_rate_by_hand(small_funnel):
    ctx = Context(small_funnel, Settings(), parse("H1", year=2026))
    rate = funnel.win_rate_figure(ctx)
    assert (rate.numerator, rate.denominator, rate.value) == (2, 4, 0.5)
    assert "small_n" in rate.flags
    assert funnel.lead_conv_figure(ctx).value == pytest.approx(3 / 5)
    assert funnel.lead_deal_conv_figure(ctx).value == pytest.approx(1 / 5)
    assert queries.open_deals(small_funnel, AS_OF) == (1, 100.0)


def test_lost_reasons_stand_at_the_last_step_reached(small_funnel):
    found = queries.lost_reasons(small_funnel, FUNNEL, H1)
    assert list(zip(found["step"], found["reason"], found["n"], strict=True)) == [
        ("opportunity", "未分类", 1), ("quote", "价格", 1),
    ]  # fmt: skip


def test_few_records_make_no_claim(small_funnel):
    ctx = Context(small_funnel, Settings(), parse("H1", year=2026))
    found = {exhibit.id: exhibit for exhibit in funnel.exhibits(ctx)}
    assert isinstance(found["funnel_cohort"], NotEnough) and isinstance(found["funnel_bottleneck"], NotEnough)
    assert found["funnel_cards"].title.key == "funnel.title_small"


@pytest.fixture(scope="module")
def only_outcomes(tmp_path_factory):
    """Opportunities with created_at, closed_at and outcome only, 24 won and 16 lost in each half year."""
    rows = [
        deal(f"{half}-{i}", f"{half}-01", f"{half}-{10 + i % 18}", "won" if i % 5 < 3 else "lost") | {"amount": None}
        for half in ("2025-03", "2025-09", "2026-03")
        for i in range(40)
    ]
    return hand_mart(tmp_path_factory.mktemp("outcomes"), AS_OF, **SALE, opportunities=rows)


def test_outcomes_alone_give_the_win_rate_and_name_the_rest(only_outcomes):
    ctx = Context(only_outcomes, Settings(), parse("H1", year=2026))
    found = {exhibit.id: exhibit for exhibit in funnel.exhibits(ctx)}
    cards = found["funnel_cards"]
    assert isinstance(cards, Cards)
    assert {card.figure.metric: card.figure.value for card in cards.cards} == {
        "win_rate": 0.6, "win_rate_value": None, "won_deals": 24, "lost_deals": 16, "open_deals": 0,
    }  # fmt: skip
    for name in ("funnel_cohort", "funnel_steps", "funnel_bottleneck"):
        assert isinstance(found[name], NotProvided)
        assert set(found[name].missing) == {"leads.received_at", "stage_history.stage", "quotes.opp_id"}
    assert found["funnel_lost_reasons"].missing == ("opportunities.lost_reason",)
    assert isinstance(found["funnel_by_month"], Table)


def test_the_same_win_rate_as_last_year_is_no_finding(only_outcomes):
    ctx = Context(only_outcomes, Settings(), parse("H1", year=2026))
    cards = next(exhibit for exhibit in funnel.exhibits(ctx) if exhibit.id == "funnel_cards")
    assert cards.title.key == "funnel.title_flat"
    assert cards.title.values["yoy"].value == 0.0


def test_without_opportunities_every_exhibit_says_so(tmp_path):
    ctx = Context(hand_mart(tmp_path, AS_OF, **SALE), Settings(), parse("H1", year=2026))
    exhibits = funnel.exhibits(ctx)
    assert [exhibit.id for exhibit in exhibits[1:]] == list(funnel.IDS)
    assert all(isinstance(exhibit, NotProvided) for exhibit in exhibits[1:])


def test_each_figure_has_one_value(only_outcomes, small_funnel):
    for mart in (only_outcomes, small_funnel):
        unique(figures_in(funnel.exhibits(Context(mart, Settings(), parse("H1", year=2026)))))
