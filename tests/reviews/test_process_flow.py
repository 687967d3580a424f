"""From lead to order: hand-worked figures, poor data, and the planted slow department of the sample company."""

from datetime import date

import pytest

from salesreview.exhibits.catalogue import render
from salesreview.record import Cards, Chart, Figure, NotEnough, NotProvided, Table, Text, figures_in, unique
from salesreview.reviews.findings import process as rules
from salesreview.reviews.sections.process import (
    approval_detail,
    contracting,
    lead_assignment,
    lead_care,
    lead_sources,
    missed,
    negotiation,
    pipeline_flow,
    proposals,
    qualification,
    switches,
    value_stream,
)
from salesreview.settings.process_flow import ProcessFlow

from .hand_mart import context, hand_mart, order, sample_mart, sold

AS_OF = date(2026, 6, 30)
SECTIONS = (lead_sources, lead_care, lead_assignment, qualification, value_stream, proposals, approval_detail,
            negotiation, contracting, switches, missed, pipeline_flow)  # fmt: skip
ONE_ORDER = sold(order(1, "A1", "2026-01-10", 100.0))
SWITCH = {"step": "quote_approval", "date": "2025-10-01", "change": "x", "source": "y"}


def every(ctx):
    return tuple(exhibit for section in SECTIONS for exhibit in section.exhibits(ctx))


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    with sample_mart(tmp_path_factory.mktemp("flow"), 0.3) as mart:
        yield context(mart, process_flow=ProcessFlow(switches=(SWITCH,)))


@pytest.fixture(scope="module")
def shown(sample):
    return every(sample)


def lead(number: int, received: str, assigned: str | None, touched: str | None, **rest) -> dict:
    named = {"lead_id": f"L{number}", "received_at": received, "assigned_at": assigned, "first_touch_at": touched}
    return named | {"status": "new", "assigned_rep_id": "R1", "source_channel": "C1"} | rest


@pytest.fixture(scope="module")
def leads(tmp_path_factory):
    """Twenty leads of Monday 2 March 2026, assigned at 10:00: 12 touched at 11:00, 5 the day after at 15:00, 2 never,
    1 without an owner until the day after next."""
    morning = "2026-03-02 09:30:00", "2026-03-02 10:00:00"
    rows = [lead(i, *morning, "2026-03-02 11:00:00") for i in range(12)]
    rows += [lead(i, *morning, "2026-03-03 15:00:00") for i in range(12, 17)]
    rows += [lead(i, *morning, None) for i in (17, 18)]
    rows += [lead(19, "2026-03-02 09:30:00", "2026-03-04 09:00:00", "2026-03-04 09:30:00")]
    mart = hand_mart(
        tmp_path_factory.mktemp("leads"),
        AS_OF,
        **ONE_ORDER,
        leads=rows,
        channels=[{"channel_id": "C1", "name": "展会", "role": "lead", "group4": "市场活动"}],
    )
    return context(mart)


def test_follow_up_by_hand(leads):
    timely = lead_care.timely_figure(leads)
    # within 8 working hours: 12 after 1 h, one after 0.5 h; 5 after 3 Mar 15:00, 8 + 4 = 12 h
    assert (timely.numerator, timely.denominator) == (13, 20)
    never = lead_care.never_figure(leads)
    assert (never.numerator, never.denominator) == (2, 20)
    assert lead_care.unassigned_figure(leads).numerator == 1
    # untouched ones count as waiting: half are done after one hour
    assert lead_care.response_figure(leads).value == pytest.approx(1.0)


def test_one_source_is_no_comparison(leads):
    found = {exhibit.id: exhibit for exhibit in lead_sources.exhibits(leads)}
    table = found["lead_sources_table"]
    assert table.rows[0][0] == "市场活动" and table.rows[0][1].value == 20 and table.rows[0][2].value == 1.0
    assert table.rows[0][3].value is None  # nothing a year ago
    assert isinstance(found["lead_sources_quality"], NotEnough)


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    """D1 of 100 won in May as 120; D2 of 70 put off from June to August; D3 new in April for June, overdue with 30;
    D4 of 50 lost; D5 expected in September all along."""

    def opp(name: str, created: str, amount: float, outcome: str = "open", closed: str | None = None) -> dict:
        return {"opp_id": name, "account_id": "A1", "created_at": created, "amount": amount, "outcome": outcome,
                "closed_at": closed}  # fmt: skip

    def shot(name: str, day: str, amount: float, expected: str) -> dict:
        return {"opp_id": name, "snapshot_date": day, "stage": "商务谈判", "amount": amount, "expected_close": expected}

    mart = hand_mart(
        tmp_path_factory.mktemp("shots"),
        AS_OF,
        **ONE_ORDER,
        accounts=[{"account_id": "A1", "name": "甲公司"}],
        opportunities=[
            opp("D1", "2025-10-01", 120, "won", "2026-05-10"),
            opp("D2", "2025-11-01", 70),
            opp("D3", "2026-04-10", 30),
            opp("D4", "2025-12-01", 50, "lost", "2026-03-15"),
            opp("D5", "2025-12-05", 500),
        ],
        opportunity_snapshots=[
            shot("D1", "2025-12-31", 100, "2026-04-30"),
            shot("D2", "2025-12-31", 70, "2026-06-15"),
            shot("D4", "2025-12-31", 50, "2026-02-28"),
            shot("D5", "2025-12-31", 500, "2026-09-01"),
            shot("D3", "2026-04-30", 30, "2026-06-20"),
            shot("D2", "2026-06-30", 70, "2026-08-31"),
            shot("D3", "2026-06-30", 30, "2026-06-20"),
            shot("D5", "2026-06-30", 500, "2026-09-01"),
        ],
    )  # fmt: skip
    return context(mart)


def test_the_bridge_of_the_pipeline_by_hand(snapshots):
    found = {exhibit.id: exhibit for exhibit in pipeline_flow.exhibits(snapshots)}
    bars = {figure.member: figure.value for figure in found["pipeline_flow"].series[0].figures}
    assert bars == {"start": 220, "created": 30, "pulled_in": 20, "cut": 0, "won": -120, "lost": -50, "slipped": -70,
                    "end": 30}  # fmt: skip
    assert found["pipeline_slipped"].rows[0][3:6][:2] == (date(2026, 6, 15), date(2026, 8, 31))
    assert pipeline_flow.slippage_figure(snapshots).value == 70
    assert isinstance(found["pipeline_health"], NotProvided)


def test_without_snapshots_nothing_can_slip(tmp_path):
    rows = [{"opp_id": "D1", "created_at": "2025-10-01", "amount": 120, "outcome": "won", "closed_at": "2026-05-10"}]
    ctx = context(hand_mart(tmp_path, AS_OF, **ONE_ORDER, opportunities=rows))
    found = {exhibit.id: exhibit for exhibit in pipeline_flow.exhibits(ctx)}
    assert [figure.value for figure in found["pipeline_flow"].series[0].figures] == [120, 0, -120, 0, 0]
    assert found["pipeline_slipped"].missing == ("opportunity_snapshots.expected_close",)


def test_amounts_entered_on_winning_only_are_not_summed(tmp_path):
    rows = [{"opp_id": "D1", "created_at": "2025-10-01", "amount": 120, "outcome": "won", "closed_at": "2026-05-10"},
            {"opp_id": "D2", "created_at": "2025-10-01", "outcome": "lost", "closed_at": "2026-05-10"}]  # fmt: skip
    ctx = context(hand_mart(tmp_path, AS_OF, **ONE_ORDER, opportunities=rows))
    assert isinstance(pipeline_flow.exhibits(ctx)[1], NotEnough)


def test_missed_deals_count_once(tmp_path):
    """D1 with the reason on record; D2 lost ten days after the one long approval of twenty-one; D3 lost for price."""
    quick = [(f"Q{i}", f"E{i}", "2026-03-02 10:00:00", "2026-03-02 11:00:00") for i in range(20)]
    slow = ("Q99", "D2", "2026-03-02 10:00:00", "2026-03-20 10:00:00")
    runs = [*quick, slow]
    closed = {"D1": ("内部流程", 80, "2026-04-01"), "D2": ("价格", 60, "2026-03-30"), "D3": ("价格", 40, "2026-04-01")}
    closed |= {opp: ("价格", 1, "2026-06-01") for _, opp, _, _ in quick}
    mart = hand_mart(
        tmp_path,
        AS_OF,
        **ONE_ORDER,
        opportunities=[
            {"opp_id": opp, "created_at": "2026-01-05", "amount": amount, "outcome": "lost", "closed_at": day,
             "lost_reason": reason}
            for opp, (reason, amount, day) in closed.items()
        ],
        quotes=[{"quote_id": quote, "opp_id": opp, "version": 1} for quote, opp, _, _ in runs],
        approvals=[
            {"approval_id": f"P{quote}", "object": "quote", "object_id": quote, "step_no": 1, "submitted_at": begun,
             "decided_at": ended, "decision": "通过"}
            for quote, _, begun, ended in runs
        ],
    )  # fmt: skip
    found = missed.missed_deals(context(mart))
    assert found[["opp_id", "kind"]].to_numpy().tolist() == [["D1", "explicit"], ["D2", "approval"]]
    assert missed.missed_figures(context(mart))["implicit_amount"].value == 60


def test_poor_data_says_so_and_breaks_nothing(tmp_path):
    ctx = context(hand_mart(tmp_path, AS_OF, **ONE_ORDER))
    for exhibit in every(ctx):
        assert isinstance(exhibit, NotProvided | NotEnough) or exhibit.id.endswith("_heading"), exhibit.id
    assert [list(rule(ctx)) for rule in rules.RULES] == [[] for _ in rules.RULES]


def test_ids_are_the_same_whatever_the_data(sample, shown, leads):
    ids = [exhibit.id for exhibit in shown]
    assert len(set(ids)) == len(ids)
    assert [exhibit.id for exhibit in every(leads)] == ids


def test_everything_is_shown_for_the_sample(shown):
    assert [exhibit.id for exhibit in shown if isinstance(exhibit, NotProvided)] == []
    unique(figures_in(shown))
    for exhibit in shown:
        if isinstance(exhibit, Table):
            assert {len(row) for row in exhibit.rows} == {len(exhibit.header)}, exhibit.id
            assert len(exhibit.rows) <= 12, exhibit.id
        if isinstance(exhibit, Chart):
            assert exhibit.summary and list(figures_in(exhibit.summary)), exhibit.id
            assert all(len(series.figures) == len(exhibit.categories) for series in exhibit.series), exhibit.id
        if isinstance(exhibit, Cards):
            assert exhibit.cards
        for figure in figures_in(exhibit):
            assert figure.value is not None or figure.flags, (exhibit.id, figure.key)


def texts(thing):
    if isinstance(thing, Text):
        yield thing
        yield from texts(dict(thing.values))
    elif hasattr(thing, "__dataclass_fields__") and not isinstance(thing, Figure):
        for name in thing.__dataclass_fields__:
            yield from texts(getattr(thing, name))
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from texts(value)
    elif isinstance(thing, tuple | list):
        for value in thing:
            yield from texts(value)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_text_can_be_said(sample, shown, leads, snapshots, lang):
    found = [finding for rule in rules.RULES for finding in rule(sample)]
    for text in texts((shown, every(leads), every(snapshots), found)):
        assert render(text, lang, "CNY") or text.key == "empty", text.key


def test_the_slow_department_is_found(sample):
    """Planted: 财务部 takes days longer since 1 October 2025."""
    (found,) = rules.slow_approval(sample)
    assert found.member == "财务部" and found.code == "F-APPROVAL" and not found.favourable
    (row,) = {exhibit.id: exhibit for exhibit in switches.exhibits(sample)}["switches_table"].rows
    assert row[-1] == Text("switches.slower") and row[4].values["low"].value > 0


@pytest.mark.parametrize("period", ["Q2", "M03", "2023-H2", "2026-01-15:2026-04-20"])
def test_other_periods_build(sample, period):
    ctx = context(sample.mart, period)
    unique(figures_in(every(ctx)))
    for rule in rules.RULES:
        list(rule(ctx))
