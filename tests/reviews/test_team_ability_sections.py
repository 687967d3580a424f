"""Strengths and challenges of the team: hand-worked figures, thin data, and what was planted in the sample."""

from datetime import date, timedelta

import pytest

from salesreview.periods import Window
from salesreview.queries import ability as ability_queries
from salesreview.queries import morale as morale_queries
from salesreview.queries import teamwork as teamwork_queries
from salesreview.record import Heading, NotEnough, NotProvided, Prose, figures_in, unique
from salesreview.reviews.findings import ability
from salesreview.reviews.remembered import remembering
from salesreview.reviews.sections.team import (
    cooperation,
    departments,
    differences,
    innovation,
    knowledge_gaps,
    learning,
    morale,
    obstacles,
    profession,
    ramp,
    requests,
    resilience,
    succession,
    training_effect,
)
from salesreview.sample.truths import TrainingEffect
from salesreview.settings.succession import KeyRole, Succession

from .hand_mart import context, hand_mart, order, sample_mart, sold

AS_OF = date(2026, 6, 30)
H1 = Window(date(2026, 1, 1), AS_OF)
SECTIONS = (
    cooperation, departments, learning, training_effect, resilience, profession, innovation, succession, differences,
    knowledge_gaps, ramp, obstacles, morale,
)  # fmt: skip
IDS = {section: (f"{next(iter(section.IDS)).rsplit('_', 1)[0]}_heading", *section.IDS) for section in SECTIONS}


def ids_of(ctx, section) -> tuple[str, ...]:
    return tuple(exhibit.id for exhibit in section.exhibits(ctx))


def rep(name: str, team: str = "T1", **rest) -> dict:
    return {"rep_id": name, "name": name, "team_id": team, "quota_carrying": True, "role": "销售代表"} | rest


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """One order, nothing else."""
    return hand_mart(tmp_path_factory.mktemp("bare"), AS_OF, **sold(order(1, "A1", "2026-03-02", 100.0)))


@pytest.fixture(scope="module")
def thin(tmp_path_factory):
    """One of everything."""
    return hand_mart(
        tmp_path_factory.mktemp("thin"),
        AS_OF,
        **sold(order(1, "A1", "2026-03-02", 100.0, rep_id="R1", product_id="P1")),
        teams=[{"team_id": "T1", "name": "一部"}],
        reps=[rep("R1", hire_date="2026-01-05", leave_date=None)],
        products=[{"product_id": "P1", "name": "新品", "product_line": "甲", "launch_date": "2026-02-01"}],
        targets=[
            {"target_id": "1", "period_start": "2026-01-01", "period_end": "2026-06-30", "metric": "sales",
             "dim": "rep", "member": "R1", "value": 200}
        ],
        opportunities=[
            {"opp_id": "O1", "rep_id": "R1", "created_at": "2026-01-10", "closed_at": "2026-03-02", "outcome": "won",
             "amount": 100}
        ],
        opportunity_team=[{"opp_id": "O1", "member": "R1", "role": "销售", "split_pct": 1}],
        internal_requests=[
            {"request_id": "Q1", "from_dept": "销售部", "to_dept": "财务部", "type": "财务", "opp_id": "O1",
             "opened_at": "2026-02-02 09:00:00", "responded_at": "2026-02-02 11:00:00", "sla_h": 4}
        ],
        competency=[
            {"rep_id": "R1", "assessed_at": "2026-05-01", "dimension": "产品知识", "score": 60, "scale_max": 100,
             "role_standard": 70, "assessor": "主管"}
        ],
        training_courses=[{"course_id": "K1", "name": "课"}],
        training_records=[{"course_id": "K1", "rep_id": "R1", "date": "2026-02-10", "pre_score": 50, "post_score": 60}],
        suggestions=[{"suggestion_id": "S1", "rep_id": "R1", "date": "2026-02-03", "type": "流程", "status": "提交"}],
        surveys=[
            {"response_id": "1", "type": "eNPS", "rep_id": "R1", "date": "2026-06-15", "score": 9, "scale_min": 0,
             "scale_max": 10}
        ],
        activities=[
            {"activity_id": "1", "rep_id": "R1", "type": "电话", "started_at": "2026-02-02 09:00:00",
             "logged_at": "2026-02-04 09:00:00"}
        ],
    )  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__.rsplit(".", 1)[-1])
def test_same_exhibits_whatever_the_data(bare, thin, section):
    for mart in (bare, thin):
        assert ids_of(context(mart), section) == IDS[section]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__.rsplit(".", 1)[-1])
def test_without_tables_every_box_names_what_is_missing(bare, section):
    _, *boxes = section.exhibits(context(bare))
    assert all(isinstance(box, NotProvided) and box.missing for box in boxes)
    assert all(box.requirements == section.IDS[box.id] for box in boxes)


def test_one_record_gives_no_claim(thin):
    ctx = context(thin)
    assert [finding for rule in ability.RULES for finding in rule(ctx)] == []
    shown = [exhibit for section in SECTIONS for exhibit in section.exhibits(ctx)]
    unique(figures_in(tuple(shown)))
    assert any(isinstance(exhibit, NotEnough) for exhibit in shown)


def test_nobody_is_shown_alone(thin):
    """Morale of a team of one, resilience of a team of one, an eNPS of one answer."""
    found = morale.exhibits(context(thin)) + resilience.exhibits(context(thin))
    told = [figure for exhibit in found for figure in figures_in(exhibit)]
    assert not [figure for figure in told if figure.metric in ("enps", "pulse_index") and figure.value is not None]
    assert not [figure for figure in told if figure.dimension in ("team", "rep")]


@pytest.fixture(scope="module")
def deals(tmp_path_factory):
    """O1 won by R1 and R2 of two teams, O2 won alone but its order split with R2, O3 lost by two, O4 lost alone."""
    closed = [("O1", "won", 10), ("O2", "won", 20), ("O3", "lost", 30), ("O4", "lost", 40)]
    return hand_mart(
        tmp_path_factory.mktemp("deals"),
        AS_OF,
        **sold(order(1, "A1", "2026-03-02", 20.0, rep_id="R1", opp_id="O2")),
        teams=[{"team_id": "T1", "name": "一部"}, {"team_id": "T2", "name": "二部"}],
        reps=[rep("R1"), rep("R2", "T2")],
        opportunities=[
            {"opp_id": name, "rep_id": "R1", "created_at": "2026-01-10", "closed_at": "2026-03-02", "outcome": outcome,
             "amount": amount, "lost_reason": "内部流程" if name == "O3" else None}
            for name, outcome, amount in closed
        ],
        opportunity_team=[
            {"opp_id": "O1", "member": "R1", "role": "销售", "split_pct": 0.8},
            {"opp_id": "O1", "member": "R2", "role": "售前", "split_pct": 0.2},
            {"opp_id": "O3", "member": "R2", "role": "售前", "split_pct": 0.2},
            {"opp_id": "O4", "member": "R2", "role": "售前", "split_pct": 0},
            {"opp_id": "O4", "member": "总经理办公室", "role": "高管", "split_pct": None},
        ],
        order_splits=[
            {"order_id": "O001", "rep_id": "R1", "split_pct": 0.6},
            {"order_id": "O001", "rep_id": "R2", "split_pct": 0.4},
        ],
        internal_requests=[
            # Monday 9:00 to Tuesday 11:00 are 10 working hours, over the limit of 8
            {"request_id": "Q1", "to_dept": "财务部", "type": "财务", "opp_id": "O3", "sla_h": 8,
             "opened_at": "2026-02-02 09:00:00", "responded_at": "2026-02-03 11:00:00"},
            {"request_id": "Q2", "to_dept": "财务部", "type": "财务", "opp_id": "O1", "sla_h": 8,
             "opened_at": "2026-02-02 09:00:00", "responded_at": "2026-02-02 10:00:00"},
            # open since long, so missed; open since the last hour, so pending
            {"request_id": "Q3", "to_dept": "法务部", "type": "法务", "sla_h": 8, "opened_at": "2026-03-02 09:00:00"},
            {"request_id": "Q4", "to_dept": "法务部", "type": "法务", "sla_h": 8, "opened_at": "2026-06-30 17:00:00"},
        ],
    )  # fmt: skip


def test_credited_people_of_a_deal(deals):
    found = teamwork_queries.closed_deals(deals, H1).set_index("opp_id")
    assert found.named.to_dict() == {"O1": 2, "O2": 1, "O3": 2, "O4": 1}
    assert found.credited.to_dict() == {"O1": 2, "O2": 2, "O3": 2, "O4": 1}
    rate = cooperation.co_sell_rate(context(deals), found.reset_index(), context(deals).current)
    assert (rate.numerator, rate.denominator, rate.value, rate.flags) == (2, 2, 1.0, ("small_n",))
    pairs = teamwork_queries.shared_wins(deals, H1)
    assert pairs.values.tolist() == [["一部", "二部", 2]]


def test_answers_in_time_by_hand(deals):
    ctx = context(deals)
    frame = requests.judged_requests(ctx, ctx.current)
    figures = requests.answer_figures(ctx, frame, ctx.current)
    # Q2 in time, Q1 and Q3 not, Q4 pending; answered after 10 hours and 1 hour
    assert (figures["sla"].numerator, figures["sla"].denominator) == (1, 3)
    assert figures["median"].value == pytest.approx(5.5)
    assert list(requests.by_department(ctx, frame, ctx.current)) == ["法务部", "财务部"]
    late, gap = obstacles.late_deals(ctx)
    assert late.late.to_dict() == {"O1": False, "O3": True} and late.loc["O3", "internal"]
    assert gap is None  # too few deals to compare


@pytest.fixture(scope="module")
def staff(tmp_path_factory):
    """A manager and four seniors with assessments; leavers and hours for the rates."""
    levels = {"M1": (80, 80), "S1": (81, 70), "S2": (78, 70), "S3": (70, 70), "S4": (90, 70)}
    hired = {"S4": "2026-02-01"}
    return hand_mart(
        tmp_path_factory.mktemp("staff"),
        AS_OF,
        **sold(order(1, "A1", "2026-03-02", 100.0, rep_id="S1")),
        teams=[{"team_id": "T1", "name": "一部"}],
        reps=[
            rep(name, role="销售经理" if name == "M1" else "销售主管", hire_date=hired.get(name, "2020-01-01"))
            for name in levels
        ]
        + [rep("L1", hire_date="2020-01-01", leave_date="2026-03-31", leave_type="主动")],
        competency=[
            {"rep_id": name, "assessed_at": day, "dimension": "产品知识", "score": score - lower, "scale_max": 100,
             "role_standard": standard, "assessor": assessor}
            for name, (score, standard) in levels.items()
            for day, assessor, lower in (
                ("2026-06-20", "主管", 0), ("2026-06-20", "自评", -10), ("2025-12-20", "主管", 2),
            )
        ],
    )  # fmt: skip


def test_bench_by_hand(staff):
    rule = Succession(source="人力", date="2026-01-01", key_roles=(KeyRole(role="销售经理", feeders=("销售主管",)),))
    (row,) = succession.bench(context(staff, succession=rule))
    # standard of the holder 80: S1 with 81 is ready, S2 with 78 within four points, S3 is not, S4 serves too short
    assert (row["incumbents"], row["ready"], row["soon"], row["judged"]) == (1, 1, 1, 3)


def test_level_of_the_team_by_hand(staff):
    ctx = context(staff)
    (field,) = profession.by_dimension(ctx, ability_queries.assessments(staff, AS_OF))
    # self-assessments out: (80 + 81 + 78 + 70 + 90) / 5; everyone at standard; everyone two points up
    assert field["now"].value == pytest.approx(79.8) and field["standard"].value == pytest.approx(72.0)
    assert (field["met"].numerator, field["met"].denominator) == (5, 5)
    assert field["change"].value == pytest.approx(2.0)


def test_attrition_by_hand(staff):
    found = morale_queries.headcount(staff, H1).iloc[0]
    # four all the time 181 days, S4 150 days from 1 February, L1 90 days
    assert (found["days"], found["voluntary"]) == (4 * 181 + 150 + 90, 1)
    figure = morale.attrition_figure(context(staff), context(staff).current)
    assert figure.value == pytest.approx(1 / (964 / 181) * 365 / 181) and figure.flags == ("small_n",)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return remembering(context(sample_mart(tmp_path_factory.mktemp("sample"), 0.3)))


def test_planted_course_is_among_those_compared(sample):
    planted = TrainingEffect()
    found = training_effect.courses(sample)
    names = {(course.day, course.effect.reps[0]) for course in found}
    held = [day for day, _ in names if abs((day - planted.since).days) <= 5]
    assert held, "the planted course is compared"
    course = next(course for course in found if course.day == held[0])
    assert course.effect.value > 0
    assert training_effect.effect_span(course).window.days == 181


def test_sample_sections_hold_one_value_a_key(sample):
    shown = [exhibit for section in SECTIONS for exhibit in section.exhibits(sample)]
    figures = unique(figures_in(tuple(shown)))
    assert len({exhibit.id for exhibit in shown}) == len(shown)
    assert all(exhibit.requirements for exhibit in shown if not isinstance(exhibit, Heading))
    assert all(isinstance(exhibit, Heading | Prose) or exhibit.title.key for exhibit in shown)
    # nobody by name or code where the spec forbids it
    for section in (resilience, morale, innovation):
        told = figures_in(tuple(exhibit for exhibit in shown if exhibit.id in section.IDS))
        assert not [figure for figure in told if figure.dimension == "rep"]
    assert figures


def answered(number: int, department: str, day: str, hour: int) -> dict:
    """A request of 9:00, answered at ``hour`` of the same day."""
    return {
        "request_id": f"{department}{day}{number}", "to_dept": department, "type": "财务", "sla_h": 4,
        "opened_at": f"{day} 09:00:00", "responded_at": f"{day} {hour:02d}:{number:02d}:00",
    }  # fmt: skip


def test_only_the_department_that_slowed_beyond_chance_is_told(tmp_path):
    # finance from about one hour to about six; legal as before
    past, now = ("2025-03-03", 10), ("2026-03-02", 16)
    rows = [answered(n, "财务部", *when) for n in range(12) for when in (past, now)]
    rows += [answered(n, "法务部", day, 10) for n in range(12) for day in (past[0], now[0])]
    sales = sold(order(1, "A1", "2025-01-02", 100.0), order(2, "A1", "2026-03-02", 100.0))
    (finding,) = ability.silo(context(hand_mart(tmp_path, AS_OF, **sales, internal_requests=rows)))
    assert (finding.code, finding.member, finding.stake) == ("F-SILO", "财务部", None)
    # 9:00 to 16:05:30 at the median, an hour of lunch out; before one hour and five and a half minutes
    yoy = finding.claim.values["yoy"]
    assert (yoy.numerator, yoy.denominator) == (pytest.approx(6 + 5.5 / 60), pytest.approx(1 + 5.5 / 60))


def test_running_period_is_followed_to_its_own_day(deals):
    ctx = context(deals, "Q1")
    until = ctx.current.window.end
    assert until == date(2026, 3, 31)
    frame = requests.judged_requests(ctx, ctx.current)
    assert frame["opened_at"].max().date() <= until + timedelta(days=0)
