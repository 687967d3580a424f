"""How people are led: appraisals, awards, suggestions, knowledge, hiring, plans."""

import json

import numpy as np
import pandas as pd

from .deals import World
from .draw import MONTHS, NOW, clock, dates, frame, ids, month_day, month_start, pick, take, working
from .organisation import TEAMS

HALVES = ("2023-H2", "2024-H1", "2024-H2", "2025-H1", "2025-H2", "2026-H1")


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
