"""Sections on strategic accounts from a few rows by hand, and without the tables that they need."""

from datetime import date

import pytest

from salesreview.metrics.strategic import health, health_parts
from salesreview.queries import strategic as queries
from salesreview.record import Chart, Heading, NotEnough, NotProvided, Panel, Text, figures_in, unique
from salesreview.reviews.findings import key_account as findings
from salesreview.reviews.sections.key_account import (
    complaints,
    contribution,
    keeping,
    lights,
    pages,
    projects,
    records,
    service,
    voice,
    warning,
    winning,
)
from salesreview.reviews.sections.key_account.health import health as healths
from salesreview.settings import Settings

from .hand_mart import context, hand_mart, order, sample_mart, sold

AS_OF = date(2026, 6, 30)
SECTIONS = (contribution, projects, winning, keeping, voice, service, complaints, warning, lights, records, pages)


def held(account: str, since: str, mark: bool, until: str | None = None) -> dict:
    tier = "战略" if mark else "重点"
    return {"account_id": account, "valid_from": since, "valid_to": until, "tier": tier, "is_strategic": mark}


def contract(name: str, account: str, start: str, end: str, value: float, renewal_of: str | None = None) -> dict:
    return {
        "contract_id": name, "account_id": account, "signed_at": f"{start} 09:00:00", "start_date": start,
        "end_date": end, "annual_value": value, "renewable": True, "renewal_of": renewal_of,
    }  # fmt: skip


@pytest.fixture(scope="module")
def ctx(tmp_path_factory):
    """S1 strategic for long, L1 too but silent, S2 promoted in March, W1 strategic and first ordering in June."""
    orders = sold(
        order(1, "S1", "2024-06-01", 10.0, product_id="P1"),
        order(2, "L1", "2025-01-10", 90.0, product_id="P1"),
        order(3, "S1", "2025-02-01", 100.0, product_id="P1"),
        order(4, "S2", "2025-03-01", 60.0, product_id="P1"),
        order(5, "N1", "2025-05-01", 200.0, product_id="P1"),
        order(6, "S2", "2026-01-15", 30.0, product_id="P1"),
        order(7, "S1", "2026-02-01", 150.0, product_id="P1"),
        order(8, "S1", "2026-03-05", 40.0, product_id="P2"),
        order(9, "S2", "2026-04-01", 70.0, product_id="P1"),
        order(10, "N1", "2026-05-01", 210.0, product_id="P1"),
        order(11, "W1", "2026-06-01", 500.0, product_id="P1"),
    )
    mart = hand_mart(
        tmp_path_factory.mktemp("strategic"),
        AS_OF,
        **orders,
        accounts=[
            {"account_id": a, "name": a, "industry": "机械", "tier": "重点" if a == "N1" else "战略"}
            for a in ("L1", "N1", "S1", "S2", "W1")
        ],
        account_tier_history=[
            held("S1", "2024-01-01", True),
            held("L1", "2024-01-01", True),
            held("W1", "2025-06-01", True),
            held("S2", "2024-01-01", False, "2026-02-28"),
            held("S2", "2026-03-01", True),
            held("N1", "2024-01-01", False),
        ],
        contracts=[
            contract("C1", "S1", "2025-03-01", "2026-02-28", 100),
            contract("C2", "S1", "2026-03-01", "2027-02-28", 130, "C1"),
            contract("C3", "L1", "2025-01-01", "2026-01-31", 50),
            contract("C4", "S2", "2025-01-01", "2026-12-31", 60),
        ],
        account_signals=[
            {"signal_id": "G1", "account_id": "L1", "date": "2026-05-05", "type": "竞争对手介入", "severity": 2},
            {"signal_id": "G2", "account_id": "S1", "date": "2025-05-05", "type": "经营困难", "severity": 3},
        ],
        projects=[
            {"project_id": "J1", "account_id": "S1", "name": "S1交付", "type": "交付", "start": "2026-01-01",
             "planned_end": "2026-08-09", "revenue": 90},
            {"project_id": "J2", "account_id": "N1", "name": "N1交付", "type": "交付", "start": "2026-01-01",
             "planned_end": "2026-08-09", "revenue": 999},
        ],
        project_milestones=[
            {"project_id": j, "name": n, "planned": p, "forecast": f, "actual": a, "weight": w}
            for j in ("J1", "J2")
            for n, p, f, a, w in (
                ("启动", "2026-02-01", "2026-02-01", "2026-02-03", 0.2),
                ("方案", "2026-06-01", "2026-07-10", None, 0.3),
                ("验收", "2026-08-09", "2026-09-08", None, 0.5),
            )
        ],
        targets=[
            {"target_id": "T1", "period_code": "2026-H1", "period_start": "2026-01-01", "period_end": "2026-06-30",
             "metric": "sales", "dim": "tier", "member": "战略", "value": 800, "status": "approved"},
        ],
    )  # fmt: skip
    return context(mart)


def test_scope_is_the_day_of_the_order(ctx):
    group = contribution.Group(ctx, ctx.current)
    # S1 150 + 40, S2 70 (the 30 came before its promotion), W1 500; of 1000
    assert group.sales().value == 760.0 and group.share().value == pytest.approx(0.76)
    assert contribution.attainment_figure(ctx).value == pytest.approx(760 / 800)
    actual, constant = contribution.growth_figures(ctx)
    # a year ago S1 100 + L1 90; strategic at both openings: S1 and L1 only, 190 now and then
    assert actual.value == pytest.approx(760 / 190 - 1) and constant.value == pytest.approx(0.0)


def test_the_movers_add_up_to_the_change(ctx):
    table = next(one for one in contribution.exhibits(ctx) if one.id == "strategic_movers")
    assert sum(row[3].value for row in table.rows) == pytest.approx(table.total[3].value) == pytest.approx(570.0)


def test_newly_won_and_promoted_are_told_apart(ctx):
    found = winning.Newcomers(ctx)
    assert (found.count(True).value, found.count(False).value) == (1, 1)
    assert dict(zip(found.accounts["account"], found.accounts["is_won"], strict=True)) == {"W1": True, "S2": False}


def test_retention_looks_at_the_opening(ctx):
    kept = keeping.Kept(ctx, ctx.current)
    assert kept.ids == {"S1", "L1", "W1"}
    for figure in (kept.retention(), kept.renewal(), kept.repurchase()):
        assert (figure.numerator, figure.denominator) == (1, 2) and "small_n" in figure.flags
    # S1: 50 more of P1, 40 of the new P2, over 100 + 90 a year ago
    assert kept.expansion_rate().value == pytest.approx(90 / 190)
    net, gross = kept.nrr()
    assert net.value == pytest.approx(130 / 150) and gross.value == pytest.approx(100 / 150)


def test_the_bridge_on_the_page_adds_up(ctx):
    chart = next(one for one in keeping.exhibits(ctx) if one.id == "strategic_nrr_bridge")
    first, *steps, last = (round(figure.value * 100) for figure in chart.series[0].figures)
    assert (first, steps, last) == (15000, [3000, -5000], 13000)
    assert isinstance(chart, Chart) and chart.reconciliation is not None


def test_projects_of_others_stay_out(ctx):
    (one,) = projects.running(ctx)
    assert (one.project, one.slip.value, one.state, one.step) == ("S1交付", 30.0, "yellow", "方案")
    figures = projects.schedule_figures(ctx, (one,))
    assert figures["late_amount"].value == 90.0 and figures["spi"].value == pytest.approx(0.4)


def test_warnings_by_hand(ctx):
    found = {one.account: one for one in healths(ctx)}
    # L1: all sales gone, and a rival on record; the signal about S1 is of last year
    assert found["L1"].level == "red" and {one.kind for one in found["L1"].triggers} == {"sales", "signal"}
    assert found["S1"].level == "green" and found["S1"].score.value is None  # two parts known
    assert warning.exposed(ctx, tuple(found.values())).value == 0.0


def test_one_page_an_account_by_sales(ctx):
    intro, _, *shown = pages.exhibits(ctx)
    assert [one.id for one in shown] == list(pages.IDS)
    told = [one for one in shown if isinstance(one, Panel)]
    assert [one.title.values["account"] for one in told] == ["W1", "S1", "S2", "L1"]
    assert intro.sentences[0] == Text("account_page.all_shown", {"n": "4"})
    (line,) = (part.series[0].figures for row in told[1].rows for part in row if isinstance(part, Chart))
    assert len(line) == 24 and sum(figure.value for figure in line) == 290.0  # S1 from July 2024 to June 2026
    assert all(isinstance(one, NotEnough) for one in shown[4:])


def test_findings_name_target_warnings_and_slips(ctx):
    found = {one.code: one for rule in findings.RULES for one in rule(ctx)}
    assert set(found) == {"F-GAP", "F-CHURN-UP", "F-KA-SLIP"}
    assert found["F-GAP"].stake.value == -40.0 and found["F-KA-SLIP"].stake.value == 90.0


def test_figures_have_one_value(ctx):
    unique(figures_in(tuple(one for section in SECTIONS for one in section.exhibits(ctx))))


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    mart = hand_mart(tmp_path_factory.mktemp("bare"), AS_OF, **sold(order(1, "A1", "2026-02-01", 10.0)))
    return context(mart)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda one: one.__name__.rsplit(".", 1)[1])
def test_ids_are_fixed_and_gaps_are_named(ctx, bare, section):
    full, poor = section.exhibits(ctx), section.exhibits(bare)
    assert [one.id for one in full] == [one.id for one in poor]
    assert [one.requirements for one in full] == [one.requirements for one in poor]
    boxes = [one for one in poor if isinstance(one, NotProvided)]
    assert all(one.missing for one in boxes)
    assert not any(rule(bare) and list(rule(bare)) for rule in findings.RULES)


def test_without_anybody_strategic_the_sections_say_so(tmp_path):
    mart = hand_mart(
        tmp_path,
        AS_OF,
        **sold(order(1, "A1", "2025-02-01", 10.0), order(2, "A1", "2026-02-01", 10.0)),
        accounts=[{"account_id": "A1", "name": "A1", "is_strategic": "false"}],
    )
    for section in (contribution, winning, keeping, warning, pages):
        shown = section.exhibits(context(mart))
        assert all(isinstance(one, NotEnough | Heading) for one in shown), section.__name__


@pytest.mark.parametrize(("now", "before", "warned"), [(5, 5, True), (4, 5, False), (5, 4, False)])
def test_a_fall_in_scores_warns_only_with_enough_answers_on_both_sides(tmp_path, now, before, warned):
    # scores of 9 fell to 5 on 0-10: from 90 to 50, but 5 is the fewest answers that a mean is told from
    def answers(year: int, number: int, score: float) -> list[dict]:
        days = [f"{year}-0{day}-01" for day in range(1, number + 1)]
        return [
            {"response_id": f"{year}{i}", "account_id": "S1", "type": "NPS", "date": day, "score": score,
             "scale_min": 0, "scale_max": 10}
            for i, day in enumerate(days)
        ]  # fmt: skip

    mart = hand_mart(
        tmp_path,
        AS_OF,
        **sold(order(1, "S1", "2025-02-01", 10.0), order(2, "S1", "2026-02-01", 10.0)),
        accounts=[{"account_id": "S1", "name": "S1", "is_strategic": "true"}],
        surveys=[*answers(2026, now, 5.0), *answers(2025, before, 9.0)],
    )
    (found,) = healths(context(mart))
    assert [trigger.text.key for trigger in found.triggers if trigger.kind == "score"] == (
        ["strategic_warning.score_drop"] if warned else ["strategic_warning.score_low"] if now == 5 else []
    )


def test_accounts_that_left_were_in_worse_health_before(tmp_path):
    """The planted signals of churn show in the score on the day before the half in which accounts left."""
    mart = sample_mart(tmp_path, 0.3)
    day, weights = date(2025, 12, 31), Settings().health.weights
    left = set(mart.query("SELECT account_id FROM accounts WHERE churn_date > DATE '2025-12-31'")["account_id"])
    scores = {True: [], False: []}
    for row in queries.health_facts(mart, day).to_dict("records"):
        if row["sales"] or row["base"]:
            ended = row["contract_end"]
            facts = row | {"contract_end": None if ended is None or ended != ended else ended.date()}
            value = health(health_parts(facts, day), weights)
            if value is not None:
                scores[row["account_id"] in left].append(value)
    gone, stayed = (sum(scores[key]) / len(scores[key]) for key in (True, False))
    assert len(scores[True]) >= 5 and gone < stayed - 5
