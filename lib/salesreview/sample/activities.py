"""What people do: activities, time, and the use of tools."""

import numpy as np
import pandas as pd

from .deals import Pipeline, World
from .draw import MONTHS, NOW, clock, dates, frame, ids, month_day, pick, repeats, take
from .organisation import Organisation
from .relations import Contacts
from .service import buying_months

BY_STAGE = {  # activity types per stage, with weights
    0: (["电话", "企业微信", "陌拜"], [6, 3, 1]),
    1: (["电话", "上门拜访", "企业微信", "邮件"], [4, 4, 2, 1]),
    2: (["上门拜访", "会议", "电话", "企业微信"], [5, 3, 3, 2]),
    3: (["演示", "会议", "电话"], [3, 2, 2]),
    4: (["会议", "邮件", "电话", "企业微信"], [3, 3, 3, 2]),
    5: (["会议", "上门拜访", "电话", "高层互访"], [4, 4, 3, 1]),
    6: (["电话", "邮件", "会议"], [4, 3, 1]),
}
MINUTES = {
    "电话": 14,
    "上门拜访": 95,
    "邮件": 10,
    "演示": 80,
    "会议": 62,
    "企业微信": 9,
    "回访": 40,
    "催款": 15,
    "挽回": 45,
    "高层互访": 110,
    "辅导": 50,
    "QBR": 115,
    "陌拜": 35,
    "展会": 240,
}
SUMMARIES = [
    "沟通项目进展,客户确认下一步安排",
    "了解现场痛点,记录改善需求",
    "介绍方案要点,客户反馈积极",
    "跟进报价,客户内部讨论中",
    "处理使用问题,客户表示认可",
    "确认交付时间与验收标准",
]


def _deal_part(world: World, pipeline: Pipeline) -> pd.DataFrame:
    """Activities inside the stages of deals; a demo stage always has a demo."""
    rng, deals = world.streams("activities:deals"), pipeline.deals
    deal, stage = np.nonzero(~np.isnan(deals.entered) & (deals.entered < NOW))
    count = rng.poisson(np.array([0.5, 1.3, 1.5, 0.7, 1.2, 1.2, 0.6])[stage]) + (stage == 3)
    owner, number = repeats(count)
    deal, stage = deal[owner], stage[owner]
    t = deals.entered[deal, stage] + rng.random(len(deal)) * deals.duration[deal, stage]
    kind = np.empty(len(deal), dtype=object)
    for key, (types, weights) in BY_STAGE.items():
        mine = stage == key
        kind[mine] = pick(rng, types, int(mine.sum()), weights)
    kind[(stage == 3) & (number == 0)] = "演示"
    return pd.DataFrame(
        {"account": deals.account[deal], "deal": deal, "lead": -1, "seat": deals.seat[deal], "t": t, "type": kind}
    )


def _care_part(world: World, pipeline: Pipeline) -> pd.DataFrame:
    """Contacts with buying accounts outside deals; accounts in poor health are touched less."""
    rng, customers, signals = world.streams("activities:care"), world.customers, world.truths.churn_signals
    active = buying_months(pipeline)
    health = np.repeat(customers.health[:, : MONTHS // 3], 3, axis=1)
    rate = np.array([0.75, 1.6, 3.2])[customers.tier][:, None] * np.exp((signals.touches if signals else 0.0) * health)
    cell, _ = repeats(rng.poisson(rate * active).ravel())
    account, month = cell // MONTHS, cell % MONTHS
    t = month_day(month) + rng.random(len(account)) * 29
    t = np.where(t < pipeline.stop[account], t, month_day(month))
    kind = pick(rng, ["回访", "电话", "企业微信", "上门拜访", "邮件"], len(account), [26, 28, 22, 18, 6])
    top = (customers.tier[account] == 2) & (rng.random(len(account)) < 0.12)
    kind = np.where(top, pick(rng, ["QBR", "高层互访"], len(account)), kind)
    return pd.DataFrame(
        {"account": account, "deal": -1, "lead": -1, "seat": customers.seat[account], "t": t, "type": kind}
    )


def _lead_part(world: World, pipeline: Pipeline, table: pd.DataFrame, leads: pd.DataFrame) -> pd.DataFrame:
    """The first touch of each lead, at the time that the lead records."""
    rng = world.streams("activities:leads")
    touched = np.flatnonzero(table["first_touch_at"].notna())
    numbers = leads.iloc[touched]
    deal = numbers["deal"].to_numpy()
    t = numbers["received"].to_numpy() + 0.3 * numbers["gap"].to_numpy()
    account = np.where(deal >= 0, pipeline.deals.account[np.clip(deal, 0, None)], -1)
    rep = pd.Series(np.arange(len(world.org.rep_id)), index=world.org.rep_id).reindex(
        table["assigned_rep_id"].iloc[touched]
    )
    part = pd.DataFrame({"account": account, "deal": -1, "lead": touched, "seat": -1, "t": t, "rep": rep.to_numpy()})
    part["type"] = pick(rng, ["电话", "企业微信", "邮件", "展会"], len(part), [62, 22, 10, 6])
    return part[part["rep"].notna()]


def _dunning_part(world: World, invoices: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Reminders for invoices two weeks overdue and attempts to win lost accounts back."""
    rng, customers = world.streams("activities:dunning"), world.customers
    until = np.where(invoices["paid"].isna(), np.inf, invoices["paid"])
    late = np.flatnonzero((until > invoices["due"] + 14) & (invoices["due"] + 15 < NOW))
    late = late[rng.random(len(late)) < 0.7]
    account = invoices["account"].to_numpy()[late]
    first = pd.DataFrame(
        {"account": account, "t": invoices["due"].to_numpy()[late] + rng.uniform(14, 15, len(late)), "type": "催款"}
    )
    lost = np.flatnonzero(accounts["churn_date"].notna() & (rng.random(len(accounts)) < 0.7))
    since = (pd.to_datetime(accounts["churn_date"]).to_numpy()[lost] - np.datetime64("2023-07-01")) / np.timedelta64(
        1, "D"
    )
    second = pd.DataFrame({"account": lost, "t": since + rng.gamma(1.2, 3.0, len(lost)), "type": "挽回"})
    both = pd.concat([first, second], ignore_index=True)
    return both.assign(deal=-1, lead=-1, seat=customers.seat[both["account"]])


def _team_part(world: World) -> pd.DataFrame:
    """Coaching of sellers by their manager each month, cold visits and fairs."""
    rng, org = world.streams("activities:team"), world.org
    begin = month_day(np.arange(MONTHS))
    rep, month = np.nonzero(
        (org.rep_start[:, None] < begin) & (org.rep_end[:, None] > begin + 30) & org.rep_quota[:, None]
    )
    keep = rng.random(len(rep)) < 0.8
    rep, month = rep[keep], month[keep]
    kind = pick(rng, ["辅导", "陌拜", "展会"], len(rep), [70, 22, 8])
    return pd.DataFrame(
        {
            "account": -1,
            "deal": -1,
            "lead": -1,
            "seat": -1,
            "rep": rep.astype(float),
            "t": begin[month] + rng.uniform(1, 27, len(rep)),
            "type": kind,
        }
    )


def activity_table(
    world,
    pipeline: Pipeline,
    leads: pd.DataFrame,
    lead_table: pd.DataFrame,
    invoices: pd.DataFrame,
    accounts: pd.DataFrame,
    people: Contacts,
) -> pd.DataFrame:
    """One row per activity. About one in sixteen is logged more than a day later."""
    parts = [
        _deal_part(world, pipeline),
        _care_part(world, pipeline),
        _lead_part(world, pipeline, lead_table, leads),
        _dunning_part(world, invoices, accounts),
        _team_part(world),
    ]
    table = pd.concat(parts, ignore_index=True)
    table = table[(table["t"] >= 0) & (table["t"] < NOW - 0.02)].sort_values(
        ["t", "type"], kind="stable", ignore_index=True
    )
    rng, org, count = world.streams("activity_table"), world.org, len(table)
    t, account, kind = table["t"].to_numpy(), table["account"].to_numpy(), table["type"].to_numpy(object)
    seat = table["seat"].to_numpy()
    rep = np.where(seat >= 0, org.rep_at(np.clip(seat, 0, None), t), table["rep"].fillna(0)).astype(int)
    late = rng.random(count) < 0.06
    logged = t + np.where(late, rng.gamma(2, 1.2, count) + 1.1, rng.uniform(0.01, 0.25, count))
    follow = (rng.random(count) < 0.45) & (account >= 0)
    due = t + np.round(rng.gamma(2, 4, count)) + 1
    done = np.where(follow & (rng.random(count) < 0.86), due + rng.normal(-0.6, 1.6, count), np.nan)
    done = np.maximum(done, t + 0.1)
    contact = np.where(rng.random(count) < 0.85, people.draw(rng, account), -1)
    minutes = np.array([MINUTES[k] for k in kind]) * np.exp(rng.normal(0, 0.3, count))
    rich = rng.random(count)
    return frame(
        activity_id=ids("AC", count, 6),
        rep_id=org.rep_id[rep],
        account_id=take(world.customers.account_id, account),
        contact_id=take(people.contact_id, contact),
        lead_id=take(ids("L", len(leads), 6), table["lead"].to_numpy()),
        opp_id=take(ids("OP", len(pipeline.deals), 6), table["deal"].to_numpy()),
        type=kind,
        channel=np.where(np.isin(kind, ["电话", "邮件", "企业微信"]), "线上", "线下").astype(object),
        started_at=clock(t),
        logged_at=clock(logged),
        duration_min=np.maximum(np.round(minutes), 3).astype(int),
        effective=rng.random(count) < 0.72,
        direction=np.where(rng.random(count) < 0.82, "主动", "客户发起").astype(object),
        summary=np.where(rich < 0.8, pick(rng, SUMMARIES, count), None),
        need_feedback=np.where(rich < 0.12, "客户希望缩短交付周期", None).astype(object),
        next_action=np.where(follow, pick(rng, ["发送方案", "安排现场调研", "确认合同条款", "电话回访"], count), None),
        next_action_due=dates(np.where(follow, due, np.nan)),
        next_action_done_at=clock(done),
        sync_person=np.where(kind == "辅导", org.rep_id[org.managers[org.rep_team[rep]]], None),
    )


def weeks() -> np.ndarray:
    """Day numbers of all Mondays whose week has ended by the end of the data."""
    return np.arange(2.0, NOW - 6, 7)


def _present(org: Organisation, who: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    monday = weeks()
    rep, week = np.nonzero((org.rep_start[who][:, None] <= monday) & (org.rep_end[who][:, None] >= monday + 7))
    return who[rep], week


def time_table(world: World) -> pd.DataFrame:
    """One row per seller, week and category, in hours; selling time rises a little after the new tool of 2025."""
    rng, org = world.streams("time_log"), world.org
    rep, week = _present(org, np.flatnonzero(org.rep_quota))
    sampled = rng.random(len(rep)) < 0.5
    rep, week = rep[sampled], week[sampled]
    mean = np.tile([14.5, 4.2, 2.6, 3.6, 2.4, 4.4, 1.2, 5.6, 2.0], (len(rep), 1))
    after = (weeks()[week] > 640)[:, None]
    mean = mean + after * np.array([1.4, -0.9, -0.4, 0, -0.1, 0, 0, 0, 0])
    hours = np.round(mean * np.exp(rng.normal(0, 0.22, mean.shape)), 1)
    categories = np.array(
        ["有效销售", "录入", "报表", "邮件", "合同", "内部会议", "培训", "差旅", "其他"], dtype=object
    )
    return frame(
        rep_id=np.repeat(org.rep_id[rep], 9),
        week=np.repeat(dates(weeks()[week]), 9),
        category=np.tile(categories, len(rep)),
        hours=hours.ravel(),
    )


TOOLS = (  # name, category, licences per seller or manager, cost, go-live, features, base adoption
    ("客户管理系统CRM", "客户管理", 1.2, 360_000, "2019-04-01", 14, 0.90),
    ("销售自动化平台", "销售自动化", 1.1, 180_000, "2025-04-01", 9, 0.62),
    ("数据分析看板", "数据分析", 1.15, 120_000, "2022-09-01", 8, 0.48),
    ("智能助手", "AI辅助", 1.1, 90_000, "2025-11-03", 6, 0.35),
    ("协作平台", "协作", 1.3, 60_000, "2018-01-01", 7, 0.95),
    ("市场情报订阅", "市场情报", 1.05, 80_000, "2023-10-09", 4, 0.30),
)


def tools(world: World) -> pd.DataFrame:
    """One row per tool; cost in yuan a year."""
    people = len(world.org.seat_team) + len(world.org.managers)
    return frame(
        tool_id=ids("TL", len(TOOLS), 2),
        name=np.array([tool[0] for tool in TOOLS], dtype=object),
        category=np.array([tool[1] for tool in TOOLS], dtype=object),
        licences=np.array([max(2, round(tool[2] * people)) for tool in TOOLS]),
        cost=np.array([round(tool[3] * world.scale, -2) for tool in TOOLS]),
        go_live=np.array([tool[4] for tool in TOOLS], dtype="datetime64[D]"),
        status="在用",
    )


def tool_usage(world: World) -> pd.DataFrame:
    """One row per tool, person and week with any use; a new tool is taken up over half a year."""
    rng, org = world.streams("tool_usage"), world.org
    rep, week = _present(org, np.flatnonzero(org.rep_quota | (org.rep_role == "销售经理")))
    habit = np.exp(rng.normal(0, 0.25, len(org.rep_id)))
    parts = []
    for number, (_, _, _, _, live, features, adoption) in enumerate(TOOLS):
        age = weeks()[week] - (np.datetime64(live) - np.datetime64("2023-07-01")).astype(float)
        rate = adoption * np.clip(0.3 + age / 250, 0, 1) * np.minimum(habit[rep], 1.25)
        days = rng.binomial(5, np.clip(rate * 0.8, 0, 1))
        used = np.flatnonzero((age >= 0) & (days > 0))
        parts.append(
            frame(
                tool_id=np.full(len(used), f"TL{number + 1:02d}", dtype=object),
                rep_id=org.rep_id[rep[used]],
                week=dates(weeks()[week[used]]),
                active_days=days[used],
                features_used=np.clip(rng.binomial(features, 0.45, len(used)), 1, None),
                records=rng.poisson(days[used] * 3.0),
            )
        )
    return pd.concat(parts, ignore_index=True)
