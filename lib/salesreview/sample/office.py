"""How the departments work together, what is budgeted, and what is tried out."""

import json

import numpy as np
import pandas as pd

from .deals import Pipeline, World
from .draw import MONTHS, NOW, clock, dates, day, frame, ids, month_day, pick, working
from .targets import Span, spans

DEPARTMENTS = ("销售部", "市场部", "技术部", "服务部", "财务部", "法务部")
BUDGET = (  # category, cost columns of rep_costs that it holds, behaviour, planned over actual
    ("工资", ("base",), "fixed", 1.02),
    ("奖金", ("commission", "bonus"), "variable", 1.04),
    ("福利", ("benefits",), "fixed", 1.01),
    ("差旅", ("travel",), "variable", 0.93),
    ("招待", ("hospitality",), "variable", 0.98),
    ("培训", ("training",), "fixed", 1.10),
    ("工具", ("tools",), "fixed", 1.05),
)


def meetings(world: World) -> pd.DataFrame:
    """One row per meeting; one planned meeting in twelve was not held as planned."""
    rng, rows = world.streams("meetings"), []
    for kind, every, offset, size in (
        ("周例会", 7, 2.05, 42),
        ("月复盘", 30.4, 35, 24),
        ("季度分析", 91.3, 98, 30),
        ("跨部门", 15.2, 9, 16),
        ("市场研讨", 60.8, 20, 14),
        ("案例复盘", 30.4, 16, 20),
        ("分享会", 45.6, 27, 32),
        ("渠道会", 91.3, 50, 18),
    ):
        t = np.arange(offset, NOW - 1, every)
        rows.append(pd.DataFrame({"type": kind, "t": t, "size": size}))
    table = pd.concat(rows).sort_values(["t", "type"], kind="stable", ignore_index=True)
    count = len(table)
    opened = rng.poisson(2.2, count)
    wide = np.isin(table["type"], ["跨部门", "季度分析", "市场研讨"])
    some = np.array(
        [
            json.dumps(list(DEPARTMENTS[:3]), ensure_ascii=False),
            json.dumps(list(DEPARTMENTS), ensure_ascii=False),
            json.dumps(["销售部"], ensure_ascii=False),
        ],
        dtype=object,
    )
    return frame(
        meeting_id=ids("MT", count, 4),
        type=table["type"].to_numpy(object),
        date=dates(working(table["t"].to_numpy())),
        planned=rng.random(count) < 0.92,
        departments=some[np.where(wide, rng.integers(0, 2, count), 2)],
        attendees=np.maximum(3, np.round(table["size"] * rng.uniform(0.6, 1.0, count))).astype(int),
        issues_opened=opened,
        issues_closed=rng.binomial(opened, 0.78),
        notes_ref=np.array([f"MT-NOTE-{n + 1:04d}" for n in range(count)], dtype=object),
    )


def events(world: World) -> pd.DataFrame:
    """One row per team event, cost in yuan."""
    rng = world.streams("events")
    t = np.arange(40.0, NOW - 1, 46)
    people = np.round(rng.uniform(0.3, 0.95, len(t)) * len(world.org.rep_id) * 0.8).astype(int)
    return frame(
        event_id=ids("EV", len(t), 3),
        type=pick(rng, ["团建", "体育", "聚餐", "价值观"], len(t)),
        date=dates(working(t)),
        participants=np.maximum(people, 2),
        cost=np.round(people * rng.uniform(80, 320, len(t)), 2),
        planned=rng.random(len(t)) < 0.9,
    )


def internal_requests(world: World, pipeline: Pipeline) -> pd.DataFrame:
    """One row per request between departments; the finance department has been slow since the autumn of 2025."""
    rng, deals = world.streams("internal_requests"), pipeline.deals
    size = round(2_600 * world.scale)
    kinds = ["线索移交", "技术支持", "法务", "财务", "可行性评估", "技术交流", "物料", "定制"]
    kind = pick(rng, kinds, size, [14, 26, 10, 10, 12, 12, 8, 8])
    to = {
        "线索移交": "销售部",
        "技术支持": "技术部",
        "法务": "法务部",
        "财务": "财务部",
        "可行性评估": "技术部",
        "技术交流": "技术部",
        "物料": "市场部",
        "定制": "技术部",
    }
    sla = {
        "线索移交": 24.0,
        "技术支持": 24.0,
        "法务": 48.0,
        "财务": 24.0,
        "可行性评估": 72.0,
        "技术交流": 48.0,
        "物料": 72.0,
        "定制": 120.0,
    }
    t = np.sort(rng.uniform(1, NOW - 0.5, size))
    limit = np.array([sla[k] for k in kind])
    slow = world.truths.slow_approval
    late = (kind == "财务") & (t > day(slow.since)) if slow else np.zeros(size, bool)
    answer = limit / 24 * np.exp(rng.normal(-0.9, 0.75, size)) * np.where(late, 3.0, 1.0)
    close = answer + limit / 24 * np.exp(rng.normal(-0.2, 0.8, size))
    live = np.flatnonzero(deals.created >= 0)
    mine = live[np.clip(np.searchsorted(deals.created[live], t) - 1 - rng.integers(0, 40, size), 0, None)]
    linked = (kind != "线索移交") & (rng.random(size) < 0.7) & (deals.created[mine] <= t)
    again = rng.random(size) < 0.05
    request_id = ids("RE", size, 5)
    closed = t + close < NOW
    return frame(
        request_id=request_id,
        from_dept=np.where(kind == "线索移交", "市场部", "销售部").astype(object),
        to_dept=np.array([to[k] for k in kind], dtype=object),
        type=kind,
        opp_id=np.where(linked, ids("OP", len(deals), 6)[mine], None),
        account_id=np.where(linked, world.customers.account_id[deals.account[mine]], None),
        opened_at=clock(t),
        responded_at=clock(t + answer),
        closed_at=clock(t + close),
        sla_h=limit,
        rating=np.where(
            closed & (rng.random(size) < 0.6), np.clip(np.round(rng.normal(4.2, 0.7, size) - 1.1 * late), 1, 5), np.nan
        ),
        repeat_of=np.where(again & (np.arange(size) > 5), request_id[np.maximum(np.arange(size) - 5, 0)], None),
    )


def process_steps() -> pd.DataFrame:
    """One row per step of three process maps, in hours."""
    rows = []
    for flow, steps in {
        "线索到订单": (
            ("线索登记", 0.3, 4, 0.9, "必要"),
            ("线索分配", 0.2, 9, 0.95, "必要"),
            ("首次接洽", 1.0, 20, 0.85, "增值"),
            ("需求调研", 6.0, 110, 0.8, "增值"),
            ("方案演示", 4.0, 96, 0.88, "增值"),
            ("重复录入报价", 1.5, 6, 0.7, "浪费"),
            ("合同签订", 3.0, 90, 0.85, "必要"),
        ),
        "报价审批": (
            ("提交", 0.4, 1, 0.85, "必要"),
            ("销售管理部审核", 0.3, 8, 0.92, "必要"),
            ("财务部审核", 0.6, 52, 0.8, "浪费"),
            ("总经理审批", 0.2, 18, 0.97, "必要"),
        ),
        "合同": (
            ("起草", 1.5, 6, 0.8, "必要"),
            ("法务审核", 1.0, 34, 0.82, "必要"),
            ("盖章寄送", 0.5, 40, 0.95, "浪费"),
            ("归档", 0.3, 8, 0.98, "必要"),
        ),
    }.items():
        rows += [
            (flow, n, touch, float(wait), share, value, "等待" if value == "浪费" else None, n == 1)
            for n, (_, touch, wait, share, value) in enumerate(steps, start=1)
        ]
    return pd.DataFrame(
        rows, columns=["flow", "step_no", "touch_h", "wait_h", "ca_pct", "va_class", "waste_type", "automated"]
    )


def experiments(world: World) -> pd.DataFrame:
    """One row per experiment: a pilot of short quotes, one of return visits, and one that has just begun."""
    org, customers = world.org, world.customers
    sellers = org.rep_id[np.flatnonzero(org.rep_quota & np.isinf(org.rep_end))].tolist()
    accounts = customers.account_id[customers.tier == 0][:40].tolist()
    rows = [
        (
            "EX01",
            "一页式报价能提高报价转化率",
            "rep",
            sellers[0:10:2],
            sellers[1:10:2],
            "quote_conv",
            640.0,
            760.0,
            40_000.0,
            "转化率下降5个百分点即停止",
            "推广",
            "小额商机效果明显",
        ),
        (
            "EX02",
            "季度回访能降低流失",
            "account",
            accounts[:20],
            accounts[20:],
            "churn",
            730.0,
            1000.0,
            60_000.0,
            "投诉上升即停止",
            "扩大试点",
            "样本偏小,继续观察",
        ),
        (
            "EX03",
            "智能助手缩短首响时间",
            "rep",
            sellers[0:8:2],
            sellers[1:8:2],
            "lead_response",
            1040.0,
            1180.0,
            30_000.0,
            "首响超过4小时即停止",
            None,
            None,
        ),
    ]
    table = pd.DataFrame(
        rows,
        columns=[
            "experiment_id",
            "hypothesis",
            "unit",
            "treated",
            "control",
            "metric",
            "start",
            "end",
            "budget_cap",
            "stop_rule",
            "decision",
            "learning",
        ],
    )
    for column in ("treated", "control"):
        table[column] = [json.dumps(values) for values in table[column]]
    for column in ("start", "end"):
        table[column] = dates(working(table[column].to_numpy(float)))
    return table


def budget(world: World, costs: pd.DataFrame, spend: pd.DataFrame) -> pd.DataFrame:
    """One row per half, category and (for pay and travel) team, in yuan; the actual is missing for the half to come."""
    rng, org, rows = world.streams("budget"), world.org, []
    month = pd.to_datetime(costs["month"])
    team = (
        pd.Series(np.array([f"T{k + 1:02d}" for k in org.rep_team]), index=org.rep_id)
        .reindex(costs["rep_id"])
        .to_numpy()
    )
    halves = [span for span in spans() if "-H" in span.code]
    for span in halves:
        last = span if span.after <= MONTHS else Span(span.code, span.first - 12, span.after - 12)
        for category, columns, behaviour, factor in BUDGET:
            inside = _inside(month, last)
            by_team = costs.loc[inside, list(columns)].sum(axis=1).groupby(team[inside]).sum()
            for name, value in by_team.items():
                rows.append((span, category, name, None, value, behaviour, factor))
        marketing = spend.loc[_inside(pd.to_datetime(spend["month"]), last), "amount"].sum()
        rows.append((span, "市场推广", None, None, marketing, "variable", 0.90))
        for category, amount, region in (
            ("研发", 1_300_000, None),
            ("渠道建设", 260_000, "R05"),
            ("渠道建设", 340_000, "R02"),
            ("活动", 180_000, None),
            ("定制", 420_000, None),
        ):
            rows.append(
                (span, category, None, region, amount * world.scale * float(rng.uniform(0.9, 1.1)), "fixed", 1.0)
            )
    planned = [round(value * factor * float(rng.uniform(0.97, 1.03)), -3) for _, _, _, _, value, _, factor in rows]
    return frame(
        budget_id=ids("BG", len(rows), 4),
        period_code=np.array([row[0].code for row in rows], dtype=object),
        category=np.array([row[1] for row in rows], dtype=object),
        team=np.array([row[2] for row in rows], dtype=object),
        region=np.array([row[3] for row in rows], dtype=object),
        initiative=np.full(len(rows), None, dtype=object),
        planned=np.array(planned),
        actual=np.array([round(row[4], 2) if row[0].after <= MONTHS else np.nan for row in rows]),
        behaviour=np.array([row[5] for row in rows], dtype=object),
    )


def _inside(month: pd.Series, span: Span) -> np.ndarray:
    first, after = month_day(np.array([span.first, span.after]))
    number = (month - pd.Timestamp("2023-07-01")).dt.days.to_numpy()
    return (number >= first) & (number < after)
