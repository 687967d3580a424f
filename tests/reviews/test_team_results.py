"""The team's results, customers, warnings and appraisal from a few rows worked out by hand."""

from datetime import date

import pytest

from salesreview.record import NotEnough, NotProvided, figures_in, unique
from salesreview.reviews.findings import team as rules
from salesreview.reviews.sections.team import (
    appraisal,
    contribution,
    team_cases,
    team_customers,
    team_leavers,
    team_market,
    team_results,
    team_warnings,
)
from salesreview.reviews.sections.team.appraisal_scores import Appraisal

from .hand_mart import context, hand_mart, order, sample_mart, sold

AS_OF = date(2026, 6, 30)
SECTIONS = (
    team_results, contribution, team_customers, team_cases, team_market, team_warnings, appraisal,
)  # fmt: skip


def figures(exhibits):
    return {(f.metric, f.dimension, f.member, f.comparison, f.period): f for f in figures_in(tuple(exhibits))}


def target(number: int, dim: str, member: str | None, value: float, start="2026-01-01", end="2026-06-30") -> dict:
    return {
        "target_id": f"G{number}", "metric": "sales", "dim": dim, "member": member, "value": value,
        "period_start": start, "period_end": end, "period_code": "2026-H1", "version": "original", "status": "approved",
    }  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """Two teams of three. R1 sells 33 against 30, R2 20 against 25, the rest 10 each against 10 (thousand)."""
    now = {"R1": 33, "R2": 20, "R3": 10, "R4": 10, "R5": 10, "R6": 10}
    goals = {"R1": 30, "R2": 25, "R3": 10, "R4": 10, "R5": 10, "R6": 10}
    orders = [
        order(i, f"A{i}", "2026-03-10", 1000 * k, rep_id=rep, product_id="P1")
        for i, (rep, k) in enumerate(now.items(), start=1)
    ]
    # a year before: A1 bought 20 of P1 from R1, A2 30 of P1 from R2; nothing else
    orders += [
        order(11, "A1", "2025-03-10", 20_000, rep_id="R1", product_id="P1"),
        order(12, "A2", "2025-03-10", 30_000, rep_id="R2", product_id="P1"),
        order(13, "A3", "2024-03-10", 1_000, rep_id="R3", product_id="P2"),
        order(14, None, "2026-04-01", 7_000, product_id="P1"),
    ]
    targets = [target(i, "rep", rep, 1000 * k) for i, (rep, k) in enumerate(goals.items(), start=1)]
    targets += [target(21, "team", "T1", 65_000), target(22, "team", "T2", 30_000), target(23, "total", None, 105_000)]
    reps = [
        {"rep_id": rep, "name": f"张{rep}", "team_id": "T1" if rep in ("R1", "R2", "R3") else "T2",
         "hire_date": "2020-01-01", "quota_carrying": "true"}
        for rep in now
    ]  # fmt: skip
    reps.append({"rep_id": "R7", "name": "离", "team_id": "T2", "hire_date": "2020-01-01", "leave_date": "2026-02-01",
                 "quota_carrying": "true"})  # fmt: skip
    return hand_mart(
        tmp_path_factory.mktemp("teams"),
        AS_OF,
        accounts=[{"account_id": f"A{i}", "name": f"客户{i}", "owner_rep_id": f"R{i}"} for i in range(1, 7)],
        products=[{"product_id": p, "name": p} for p in ("P1", "P2")],
        teams=[{"team_id": "T1", "name": "一部"}, {"team_id": "T2", "name": "二部"}],
        reps=reps,
        targets=targets,
        **sold(*orders),
    )


def test_teams_add_up_to_the_company(company):
    found = figures(team_results.exhibits(context(company)))
    one = found["credited_sales", "team", "一部", None, "2026-H1"]
    # 33 + 20 + 10 = 63 of 65; 30 of 30; 7 belong to nobody: 63 + 30 + 7 = 100 against 105
    assert one.value == 63_000
    assert found["credited_attainment", "team", "一部", None, "2026-H1"].value == pytest.approx(63 / 65)
    assert found["credited_attainment", "team", "二部", None, "2026-H1"].value == pytest.approx(1)
    bars = {f.member: f.value for f in found.values() if f.dimension == "team_gap"}
    assert bars == {"一部": -2_000, "residual": 100_000 - 105_000 + 2_000}
    moved = {f.member: f.value for f in found.values() if f.dimension == "team_change"}
    assert sum(moved.values()) == 100_000 - 50_000
    assert moved["一部"] == 63_000 - 50_000


def test_attainment_by_person_is_that_of_the_template(company):
    found = figures(appraisal.exhibits(context(company, audience="manager")))
    assert found["credited_attainment", "rep", "张R1", None, "2026-H1"].value == pytest.approx(1.1)
    assert found["credited_attainment", "rep", "张R2", None, "2026-H1"].value == pytest.approx(0.8)


def test_the_sheet_caps_at_100_and_the_bonus_at_120(company):
    found = Appraisal(context(company))
    scheme = found.ctx.settings.kpi_scheme
    assert found.subs(scheme.sheet_cap).loc["R1", "attainment"] == 100
    assert found.subs(scheme.bonus_cap).loc["R1", "attainment"] == pytest.approx(110)
    # no targets for new customers, no courses, no surveys: results is attainment alone, ability has no score
    assert found.scores.loc["R2", "results"] == pytest.approx(80)
    assert found.scores.loc["R2", "ability"] is None or found.scores["ability"].isna().all()
    assert found.scores["grade"].isna().all()


def test_new_business_and_repeat_business_add_up(company):
    found = figures(team_customers.exhibits(context(company)))
    # A4 A5 A6 are new: 30. A1 bought 20 again and 13 more; A2 20 again; A3 buys P1 for the first time: 10. 7 unknown
    assert found["new_customers", None, None, None, "2026-H1"].value == 3
    assert found["new_customer_sales", None, None, None, "2026-H1"].value == 30_000
    assert found["reorder_sales", None, None, None, "2026-H1"].value == 40_000
    assert found["upsell_sales", None, None, None, "2026-H1"].value == 13_000
    assert found["cross_sell_sales", None, None, None, "2026-H1"].value == 10_000
    # upselling of 13 over the 50 of last year's customers; A3 did not buy then
    assert found["expansion_rate", None, None, None, "2026-H1"].value == pytest.approx(13 / 50)


def test_retention_and_cover_of_targets(company):
    found = figures(team_warnings.exhibits(context(company)))
    # of four people in the second team one left
    assert found["rep_retention", "team", "二部", None, "2026-H1"].value == pytest.approx(3 / 4)
    # everyone in post has a target, R7 has gone
    assert found["quota_coverage", None, None, None, "2026-H1"].value == 1
    assert found["target_unallocated", "target_sum", "team", None, "2026-H1"].value == 105_000 - 95_000


def test_spread_counts_people_at_target(company):
    found = figures(contribution.exhibits(context(company)))
    # R2 alone is short; R7 left in February
    assert found["reps_on_target", None, None, None, "2026-H1"].value == pytest.approx(5 / 6)


def test_teams_far_from_target_are_told(company):
    found = {finding.code: finding for finding in rules.teams(context(company))}
    # the first team reached 97 %, above the managers' standard; the second is exactly at target
    assert set(found) == {"F-SUCCESS-TEAM"}
    assert found["F-SUCCESS-TEAM"].member == "二部"


@pytest.mark.parametrize("section", SECTIONS)
def test_bare_orders_keep_the_ids_and_say_what_is_missing(section, company, tmp_path):
    bare = hand_mart(tmp_path, AS_OF, **sold(order(1, None, "2026-03-02", 100)))
    rich, poor = section.exhibits(context(company)), section.exhibits(context(bare))
    assert [exhibit.id for exhibit in rich] == [exhibit.id for exhibit in poor]
    assert any(isinstance(exhibit, NotProvided | NotEnough) for exhibit in poor)
    unique(figures_in(poor))
    unique(figures_in(rich))


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return sample_mart(tmp_path_factory.mktemp("sample"), 1.0)


def test_the_leaver_of_the_first_team_is_found(sample):
    ctx = context(sample)
    found = {one.label: one for one in team_leavers.leavers(ctx)}
    (best,) = [one for one in found.values() if one.left == date(2026, 3, 13)]
    assert best.team == "华东一部" and best.fell
    assert best.yoy.value < -0.25 < best.others.value
    assert next(iter(rules.leavers(ctx))).stake.value > 0


def test_cases_end_with_a_lost_deal(sample):
    ctx = context(sample)
    exhibits = {exhibit.id: exhibit for exhibit in team_cases.exhibits(ctx)}
    assert len(exhibits["team_case_3_timeline"].rows) > 1
    assert exhibits["team_case_3"].sentences[0].key.startswith("team_cases.facts_lost")
    assert exhibits["team_case_1"].sentences[0].key.startswith("team_cases.facts_won")
    assert exhibits["team_case_1"].sentences[-1].key == "team_cases.open_fields"
