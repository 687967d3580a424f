"""How people develop: courses, assessments, appraisals, awards, mentoring, hiring."""

import json

import numpy as np
import pandas as pd

from .draw import MONTHS, NOW, clock, dates, day, frame, ids, month_day, month_start, pick, take, working
from .offer import LINES
from .organisation import TEAMS, Organisation
from .pipeline import World
from .truths import TrainingEffect

DIMENSIONS = (
    "产品知识",
    "销售技巧",
    "客户关系管理",
    "商务谈判",
    "数据分析",
    "行业洞察",
    "商务礼仪",
    "解决方案",
    "项目管理",
    "协作",
)
STANDARD = {"销售代表": 68, "高级销售代表": 76, "销售主管": 80, "销售经理": 82, "CSM": 74, "售前": 78}
HALVES = ("2023-H2", "2024-H1", "2024-H2", "2025-H1", "2025-H2", "2026-H1")
COURSES = (  # name, track, form, lecturer, hours, cost a session, dimension, days, share of sellers
    ("入职训练营", "入职", "集中", "人力资源部", 24, 8_000, "产品知识", (), 0.0),
    ("产品线全景", "基础", "线上", "产品部", 6, 1_500, "产品知识", (75, 440, 805), 0.75),
    ("行业解决方案研讨", "高级", "研讨", "解决方案中心", 8, 6_000, "解决方案", (140, 500, 880), 0.5),
    ("CRM数据规范", "工具", "线上", "运营部", 3, 800, "数据分析", (100, 655), 0.8),
    ("商务礼仪与沟通", "基础", "内部讲师", "李慧敏", 4, 1_200, "商务礼仪", (200, 590), 0.45),
    ("预测性维护新品培训", "新品", "内部讲师", "产品部", 6, 3_000, "产品知识", (783,), 0.85),
    ("顾问式销售与价值谈判", "高级", "外部专家", "外聘顾问", 16, 46_000, "商务谈判", (866,), 0.0),
    ("能碳管理新品培训", "新品", "线上", "产品部", 4, 2_000, "产品知识", (810,), 0.55),
    ("大客户经营", "大客户", "外部专家", "外聘顾问", 16, 52_000, "客户关系管理", (330, 690), 0.22),
    ("销售管理者领导力", "管理", "集中", "外聘顾问", 16, 38_000, "协作", (260, 630, 990), 0.05),
    ("数据看板应用", "工具", "线上", "运营部", 3, 900, "数据分析", (300, 720, 1010), 0.5),
    ("异议处理实战", "基础", "内部讲师", "张俊杰", 6, 2_400, "销售技巧", (410, 770, 1040), 0.5),
    ("师带徒案例复盘", "基础", "师带徒", "各团队主管", 4, 600, "销售技巧", (230, 600, 960), 0.3),
    ("项目管理基础", "高级", "线上", "交付中心", 8, 2_600, "项目管理", (520, 930), 0.3),
)


def courses() -> pd.DataFrame:
    """One row per course, in hours and yuan a session; one more is planned for the second half of 2026."""
    rows = [
        (f"K-{n:03d}", name, track, form, lecturer, hours, cost, days[-1] if days else 20, dimension, "70分")
        for n, (name, track, form, lecturer, hours, cost, dimension, days, _) in enumerate(COURSES, start=1)
    ]
    rows.append(("K-015", "高级商务谈判二期", "高级", "外部专家", "外聘顾问", 16, 48_000, NOW + 45, "商务谈判", "75分"))
    table = pd.DataFrame(
        rows,
        columns=[
            "course_id",
            "name",
            "track",
            "form",
            "lecturer",
            "hours",
            "cost",
            "planned_date",
            "dimension",
            "pass_mark",
        ],
    )
    table["planned_date"] = dates(working(table["planned_date"].to_numpy(float)))
    return table


def _attendance(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Course, person and day of every attendance; the planted course has exactly the trained sellers."""
    org, rows = world.org, []
    for number, (_, _, _, _, _, _, _, days, share) in enumerate(COURSES):
        for when in days:
            at = float(working(np.array([float(when)]))[0])
            here = (org.rep_start < at) & (org.rep_end > at) & (org.rep_quota | (org.rep_role == "销售经理"))
            lot = rng.random(len(here))
            chosen = here & (lot < share)
            if f"K-{number + 1:03d}" == TrainingEffect.course:
                at, chosen = day(TrainingEffect.since) - 3, org.rep_trained
            rows.append(pd.DataFrame({"course": number, "rep": np.flatnonzero(chosen), "t": at}))
    new = np.flatnonzero((org.rep_start > 0) & (org.rep_start < NOW - 12))
    rows.append(pd.DataFrame({"course": 0, "rep": new, "t": working(org.rep_start[new] + 7)}))
    return pd.concat(rows, ignore_index=True).drop_duplicates(["course", "rep", "t"])


def training_records(world: World) -> pd.DataFrame:
    """One row per course, person and day, with scores of 100 before and after."""
    rng, org = world.streams("training_records"), world.org
    table = _attendance(world, rng).sort_values(["t", "course", "rep"], kind="stable", ignore_index=True)
    count, course, t = len(table), table["course"].to_numpy(), table["t"].to_numpy()
    before = np.clip(rng.normal(63, 9, count) + 8 * org.rep_skill[table["rep"]], 20, 95)
    after = np.clip(before + rng.normal(14, 5, count), 25, 100)
    hours = np.array([row[4] for row in COURSES], dtype=float)[course]
    applied = np.where(rng.random(count) < 0.55, t + rng.gamma(2, 9, count), np.nan)
    shared = np.where(rng.random(count) < 0.14, t + rng.gamma(2, 12, count), np.nan)
    return frame(
        course_id=np.array([f"K-{n + 1:03d}" for n in course], dtype=object),
        rep_id=org.rep_id[table["rep"]],
        date=dates(t),
        hours=np.round(hours * rng.uniform(0.85, 1.0, count), 1),
        pre_score=np.round(before, 1),
        post_score=np.round(after, 1),
        score=np.round(after, 1),
        passed=after >= 70,
        simulation_score=np.where(
            rng.random(count) < 0.5, np.round(np.clip(after + rng.normal(-2, 6, count), 0, 100), 1), np.nan
        ),
        rating=np.clip(np.round(rng.normal(4.2, 0.5, count), 1), 1, 5),
        applied_at=clock(applied),
        external=np.array([row[2] == "外部专家" for row in COURSES])[course],
        shared_at=clock(shared),
    )


def competency(world: World) -> pd.DataFrame:
    """One row per person, half-yearly assessment, dimension and assessor (manager and self), on a scale of 100."""
    rng, org = world.streams("competency"), world.org
    days = np.array([day(when.item()) for when in (month_start(np.arange(6, MONTHS + 1, 6)) - np.timedelta64(11, "D"))])
    people = np.flatnonzero(np.isin(org.rep_role, list(STANDARD)))
    who, number = np.nonzero((org.rep_start[people][:, None] < days - 30) & (org.rep_end[people][:, None] > days))
    rep = people[who]
    person = rng.normal(0, 4, (len(org.rep_id), 10))
    level = np.array([STANDARD.get(role, 70) for role in org.rep_role])[rep] - 3.5
    score = (
        level[:, None]
        + person[rep]
        + 9 * org.rep_skill[rep][:, None]
        + 0.9 * number[:, None]
        + rng.normal(0, 2, (len(rep), 10))
    )
    if world.truths.training:
        after = org.rep_trained[rep] & (days[number] > day(world.truths.training.since))
        score[:, [1, 3]] += 5.0 * after[:, None]
    own = score + rng.normal(2.5, 3.5, score.shape)
    both = np.clip(np.round(np.stack([score, own], axis=2), 1), 20, 100)
    size = len(rep)
    held = dates(working(days[number]))
    rated = frame(
        rep_id=np.repeat(org.rep_id[rep], 20),
        assessed_at=np.repeat(held, 20),
        dimension=np.tile(np.repeat(np.array(DIMENSIONS, dtype=object), 2), size),
        topic=np.full(size * 20, None, dtype=object),
        score=both.ravel(),
        scale_max=100.0,
        role_standard=np.repeat(level + 3.5, 20),
        assessor=np.tile(np.array(["主管", "自评"], dtype=object), size * 10),
    )
    return pd.concat([rated, _product_tests(rng, org.rep_id[rep], held, score[:, 0], level + 3.5)], ignore_index=True)


def _product_tests(rng, rep_id, held, score, standard) -> pd.DataFrame:
    """One row per person, assessment and product line: a written test of product knowledge."""
    points = score[:, None] + rng.normal(-1, 6, (len(score), len(LINES)))
    return frame(
        rep_id=np.repeat(rep_id, len(LINES)),
        assessed_at=np.repeat(held, len(LINES)),
        dimension="产品知识",
        topic=np.tile(np.array(LINES, dtype=object), len(rep_id)),
        score=np.clip(np.round(points, 1), 20, 100).ravel(),
        scale_max=100.0,
        role_standard=np.repeat(standard, len(LINES)),
        assessor="测试",
    )


def mentorships(world: World) -> pd.DataFrame:
    """One row per newcomer with a mentor of the same team, for six months."""
    org = world.org
    new = np.flatnonzero((org.rep_start > 0) & (org.rep_start < NOW - 10) & org.rep_quota)
    mentor = org.managers[org.rep_team[new]]
    return frame(
        mentor_id=org.rep_id[mentor],
        mentee_id=org.rep_id[new],
        start=dates(working(org.rep_start[new] + 3)),
        end=dates(org.rep_start[new] + 183),
        sessions_planned=np.full(len(new), 12),
    )


def rotations(world: World) -> pd.DataFrame:
    """One row per rotation of a senior seller through another team, for three months."""
    rng, org = world.streams("rotations"), world.org
    able = np.flatnonzero(org.rep_quota & (org.rep_start < -200) & np.isinf(org.rep_end))
    who = rng.choice(able, size=min(6, len(able)), replace=False)
    start = np.floor(rng.uniform(100, 950, len(who)))
    names = np.array([team[0] for team in TEAMS], dtype=object)
    return frame(
        rep_id=org.rep_id[who],
        start=dates(working(start)),
        **{"from": names[org.rep_team[who]], "to": names[(org.rep_team[who] + 3) % 8]},
        end=dates(start + 90),
        handover_done=rng.random(len(who)) < 0.85,
    )


def _half_sales(sold: np.ndarray) -> np.ndarray:
    return sold.reshape(len(sold), len(HALVES), 6).sum(axis=2)


def awards(world: World, sold: np.ndarray) -> pd.DataFrame:
    """One row per award, half and person: the three best sellers, and one for teamwork."""
    rng, org, halves, rows = world.streams("awards"), world.org, _half_sales(sold), []
    quota = np.flatnonzero(org.rep_quota)
    for number, code in enumerate(HALVES):
        best = quota[np.argsort(-halves[quota, number], kind="stable")[:3]]
        rows += [
            ("销售之星", code, org.rep_id[rep], "个人", 20_000 - 5_000 * rank, "半年销售额前三")
            for rank, rep in enumerate(best)
        ]
        rows.append(("协作奖", code, org.rep_id[rng.choice(org.of_role("售前"))], "团队", 5_000, "跨部门支持突出"))
    return pd.DataFrame(rows, columns=["award", "period", "rep_id", "type", "amount", "reason"])


def appraisals(world: World, sold: np.ndarray) -> pd.DataFrame:
    """One row per seller and half, interviewed in the weeks after its end (so the last half is still to come)."""
    rng, org, halves, parts = world.streams("appraisals"), world.org, _half_sales(sold), []
    for number, code in enumerate(HALVES[:-1]):
        end = float(month_day(np.array([6 * number + 6]))[0])
        rep = np.flatnonzero(org.rep_quota & (org.rep_start < end - 60) & (org.rep_end > end + 40))
        rank = pd.Series(halves[rep, number]).rank(pct=True).to_numpy()
        scores = np.round(
            np.clip(
                np.column_stack([55 + 42 * rank, rng.normal(78, 8, len(rep)), rng.normal(80, 7, len(rep))]), 30, 100
            ),
            1,
        )
        composite = np.round(scores @ [0.6, 0.25, 0.15], 1)
        grade = np.where(composite >= 85, "优秀", np.where(composite >= 70, "良好", "待改进"))
        parts.append(
            frame(
                rep_id=org.rep_id[rep],
                period=code,
                scores=np.array(
                    [
                        json.dumps({"销售额": a, "过程": b, "协作": c}, ensure_ascii=False)
                        for a, b, c in scores.tolist()
                    ],
                    dtype=object,
                ),
                composite=composite,
                grade=grade.astype(object),
                manager_comment=np.where(rank > 0.7, "业绩突出,注意经验分享", "保持节奏,加强商机推进").astype(object),
                employee_comment=np.where(
                    rng.random(len(rep)) < 0.7,
                    pick(rng, ["希望获得更多售前支持", "目标清晰,继续努力", "建议简化审批"], len(rep)),
                    None,
                ),
                interview_at=clock(end + rng.uniform(5, 28, len(rep))),
                improvement_plan=np.where(composite < 75, "制定90天改进计划", None).astype(object),
                signed=rng.random(len(rep)) < 0.95,
            )
        )
    return pd.concat(parts, ignore_index=True)


def suggestions(world: World) -> pd.DataFrame:
    """One row per improvement suggestion."""
    rng, org = world.streams("suggestions"), world.org
    size = max(6, round(130 * world.scale))
    t = np.sort(working(rng.uniform(5, NOW - 3, size)))
    seat = rng.integers(0, len(org.seat_team), size)
    decided = t + rng.gamma(2, 12, size)
    known = decided < NOW
    status = np.where(known, pick(rng, ["采纳", "拒绝", "实施"], size, [3, 4, 3]), "提交")
    done = status == "实施"
    return frame(
        suggestion_id=ids("SU", size, 4),
        rep_id=org.rep_id[org.rep_at(seat, t)],
        date=dates(t),
        type=pick(rng, ["产品", "服务", "销售模式", "客户开发", "流程"], size, [22, 18, 16, 18, 26]),
        status=status.astype(object),
        decided_at=clock(np.where(known, decided, np.nan)),
        benefit=np.where(done, np.round(rng.gamma(1.5, 40_000, size), -2), np.nan),
        hours_saved=np.where(done, np.round(rng.gamma(1.5, 40, size)), np.nan),
        reward=np.where(done, "积分500", None).astype(object),
    )


def knowledge_items(world: World) -> pd.DataFrame:
    """One row per item of the knowledge base."""
    rng, org = world.streams("knowledge_items"), world.org
    size = max(10, round(260 * world.scale))
    t = np.sort(working(rng.uniform(1, NOW - 5, size)))
    author = org.rep_at(rng.integers(0, len(org.seat_team), size), t)
    age = (NOW - t) / 365
    views = rng.poisson(45 * age * rng.gamma(1.2, 1, size))
    review = np.where(rng.random(size) < 0.6, t + rng.uniform(90, 400, size), np.nan)
    return frame(
        item_id=ids("KN", size, 4),
        type=pick(
            rng,
            ["产品资料", "案例", "竞品", "话术", "FAQ", "SOP", "白皮书", "模板"],
            size,
            [18, 24, 10, 12, 12, 9, 5, 10],
        ),
        author_rep_id=org.rep_id[author],
        industry=take(np.unique(org.reps["industry_focus"].to_numpy(object)), rng.integers(-2, 8, size)),
        created=dates(t),
        reviewed=dates(review, known=True),
        views=views,
        reuse_count=rng.poisson(views * 0.06),
        quantified=rng.random(size) < 0.45,
    )


def hc_plan(world: World) -> pd.DataFrame:
    """One row per team, month and role through 2026; the weak west gets two more from the autumn."""
    org = world.org
    seats = np.bincount(org.seat_team, minlength=len(TEAMS))
    months = month_start(np.arange(6, MONTHS + 6))
    team, month = np.meshgrid(np.arange(len(TEAMS)), np.arange(len(months)), indexing="ij")
    team, month = team.ravel(), month.ravel()
    fte = seats[team] + 2.0 * ((team == 5) & (months[month] >= np.datetime64("2026-09-01")))
    return frame(
        team_id=np.array([f"T{k + 1:02d}" for k in team], dtype=object),
        month=months[month],
        role="销售代表",
        planned_fte=fte,
        start_month=months[month],
        profile="三年以上行业销售经验",
    )


def recruitment(world: World) -> pd.DataFrame:
    """One row per requisition: those that filled a seat, and two still open."""
    rng, org = world.streams("recruitment"), world.org
    new = np.flatnonzero((org.rep_start > 0) & org.rep_quota)
    filled = np.r_[org.rep_start[new], [np.nan, np.nan]]
    opened = np.r_[np.maximum(org.rep_start[new] - rng.uniform(38, 75, len(new)), 1), [NOW - 40, NOW - 22]]
    team = np.r_[org.rep_team[new], [5, 5]]
    size = len(team)
    applicants = rng.integers(28, 110, size)
    steps = [applicants]
    for rate in (0.4, 0.6, 0.5, 0.5, 0.75):
        steps.append(np.maximum(np.round(steps[-1] * rate), 1).astype(int))
    hired = (~np.isnan(filled)).astype(int)
    return frame(
        requisition_id=ids("RQ", size, 3),
        team_id=np.array([f"T{k + 1:02d}" for k in team], dtype=object),
        role="销售代表",
        headcount=np.ones(size, dtype=int),
        opened=dates(opened),
        channel=pick(rng, ["招聘网站", "内部推荐", "猎头", "校园招聘"], size, [4, 3, 2, 1]),
        applicants=steps[0],
        screened=steps[1],
        phone=steps[2],
        onsite=steps[3],
        reference=steps[4],
        offered=np.minimum(steps[5], 1 + hired),
        hired=hired,
        cost=np.round(rng.gamma(3, 4_000, size), -2),
        filled_at=dates(filled),
    )


def sales_plans(world: World) -> pd.DataFrame:
    """One row per seller and half: the plan that each seller hands in."""
    rng, org, customers, parts = world.streams("sales_plans"), world.org, world.customers, []
    order = np.argsort(-customers.scale_factor, kind="stable")
    for number, code in enumerate((*HALVES, "2026-H2")):
        begin = float(month_day(np.array([6 * number]))[0])
        rep = np.flatnonzero(org.rep_quota & (org.rep_start < begin + 30) & (org.rep_end > begin + 30))
        keys = [
            json.dumps(customers.account_id[order[customers.seat[order] == org.seat_of_rep[r]][:3]].tolist())
            for r in rep
        ]
        approved = begin + rng.uniform(-20, 12, len(rep))
        parts.append(
            frame(
                rep_id=org.rep_id[rep],
                period=code,
                key_accounts=np.array(keys, dtype=object),
                visits_planned=rng.integers(60, 130, len(rep)),
                strategy=pick(rng, ["聚焦重点客户增购", "开拓新行业客户", "推进续约与服务升级"], len(rep)),
                resources=json.dumps(["售前支持", "差旅预算"], ensure_ascii=False),
                approved_at=clock(np.where(rng.random(len(rep)) < 0.94, approved, np.nan)),
                granted=pd.array(rng.random(len(rep)) < 0.8, dtype="boolean"),
            ).assign(granted=lambda table: table["granted"].where(table["approved_at"].notna()))
        )
    return pd.concat(parts, ignore_index=True)


__all__ = [
    "Organisation",
    "appraisals",
    "awards",
    "competency",
    "courses",
    "hc_plan",
    "knowledge_items",
    "mentorships",
    "recruitment",
    "rotations",
    "sales_plans",
    "suggestions",
    "training_records",
]
