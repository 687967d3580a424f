"""How people develop: courses, attendance, assessments, mentoring, rotations."""

import numpy as np
import pandas as pd

from .deals import World
from .draw import MONTHS, NOW, clock, dates, day, frame, month_start, working
from .offer import LINES
from .organisation import TEAMS
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
