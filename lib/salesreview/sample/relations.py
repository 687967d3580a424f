"""What is known about the accounts: contacts, tags, tiers over time, needs, warnings, messages, use of the site."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .customers import OPENING, TIERS, tier_moves
from .deals import Pipeline, World
from .draw import MONTHS, NOW, clock, dates, frame, ids, month_day, month_start, pick, repeats, working
from .orders import Sales
from .service import buying_months

DEPARTMENTS = ["采购", "研发", "生产", "运营", "财务", "高管", "IT"]
TAGS = [
    "企业核心决策人",
    "对价格不敏感",
    "关注产品升级",
    "有扩大采购计划",
    "对服务不满意",
    "转向竞品",
    "采购量小",
    "对价格敏感",
    "关注可持续性",
]
SIGNALS = ["满意度下降", "竞争对手介入", "内部结构变化", "经营困难", "财务危机", "其他"]


@dataclass(frozen=True)
class Contacts:
    """Contacts as arrays, sorted by account: those of account i start at ``first[i]`` and are ``count[i]`` many."""

    contact_id: np.ndarray
    account: np.ndarray
    first: np.ndarray
    count: np.ndarray
    role: np.ndarray

    def draw(self, rng: np.random.Generator, account: np.ndarray) -> np.ndarray:
        """One contact index per account, the first ones more often; -1 for account -1."""
        owner = np.clip(account, 0, None)
        picked = self.first[owner] + np.floor(rng.random(len(account)) ** 1.7 * self.count[owner]).astype(int)
        return np.where(account < 0, -1, picked)


def contacts(world: World) -> tuple[Contacts, pd.DataFrame]:
    """The people at the accounts, two to nine each, and their table."""
    rng, customers = world.streams("contacts"), world.customers
    count = np.array([2, 4, 7])[customers.tier] + rng.integers(0, 3, len(customers.tier))
    account, number = repeats(count)
    size = len(account)
    role = pick(rng, ["KDM", "KIP", "使用者", "把关者", "未知"], size, [14, 26, 34, 14, 12])
    role[(number == 0) & (rng.random(size) < 0.8)] = "KDM"
    left = np.where(rng.random(size) < 0.07, working(rng.uniform(30, NOW - 1, size)), np.nan)
    department = pick(rng, DEPARTMENTS, size, [22, 16, 22, 12, 8, 8, 12])
    level = np.where(
        role == "KDM",
        pick(rng, ["C-level", "总监"], size, [4, 6]),
        pick(rng, ["总监", "经理", "员工"], size, [2, 5, 4]),
    )
    birthday = np.datetime64("1966-01-01") + rng.integers(0, 365 * 30, size).astype("timedelta64[D]")
    index = Contacts(ids("C", size, 6), account, np.cumsum(count) - count, count, role)
    health = customers.health[account, 11]
    table = frame(
        contact_id=index.contact_id,
        account_id=customers.account_id[account],
        department=department,
        level=level.astype(object),
        buying_role=role,
        stance=np.clip(np.round(rng.normal(0.5, 0.9, size) + 0.35 * health), -2, 2).astype(int),
        influence=np.clip(np.round(rng.normal(2.8, 0.9, size) + 1.2 * (role == "KDM")), 1, 5).astype(int),
        valid=np.isnan(left),
        left_at=dates(left),
        birthday=np.where(rng.random(size) < 0.55, birthday, np.datetime64("NaT")),
    )
    return index, table


def tier_history(world: World) -> pd.DataFrame:
    """One row per account and stretch of one tier: about one account in nine moved up a tier during the three years."""
    customers, org = world.customers, world.org
    count = len(customers.tier)
    moved, at = tier_moves(world.streams, customers)
    before, after = np.flatnonzero(moved), np.arange(count)
    account = np.r_[before, after]
    start = np.r_[np.full(len(before), OPENING), np.where(moved, at, OPENING)]
    tier = np.r_[customers.tier[before] - 1, customers.tier]
    table = frame(
        account_id=customers.account_id[account],
        valid_from=dates(start),
        valid_to=dates(np.r_[at[before] - 1, np.full(count, np.nan)]),
        tier=np.array(TIERS, dtype=object)[tier],
        is_strategic=tier == 2,
        owner_rep_id=org.rep_id[org.rep_at(customers.seat[account], np.maximum(start, 0.0))],
    )
    return table.sort_values(["account_id", "valid_from"], kind="stable", ignore_index=True)


def account_tags(world: World, pipeline: Pipeline) -> pd.DataFrame:
    """One row per account and tag; unhappy accounts are tagged as such."""
    rng, customers = world.streams("account_tags"), world.customers
    count = len(customers.tier)
    health = customers.health[:, 11]
    chance = np.tile([0.10, 0.16, 0.24, 0.14, 0.05, 0.03, 0.20, 0.24, 0.12], (count, 1))
    chance[:, 4] += 0.25 * (health < -0.9)
    chance[:, 5] += 0.15 * (health < -1.2)
    account, tag = np.nonzero(rng.random(chance.shape) < chance)
    return frame(
        account_id=customers.account_id[account],
        tag=np.array(TAGS, dtype=object)[tag],
        source=pick(rng, ["人工", "规则", "问卷"], len(account), [5, 3, 2]),
        set_at=dates(working(rng.uniform(60, NOW - 3, len(account)))),
    )


def account_resources(world: World, pipeline: Pipeline) -> pd.DataFrame:
    """One row per account, month and department with hours (key accounts only) and direct cost in yuan."""
    rng, customers = world.streams("account_resources"), world.customers
    active = buying_months(pipeline) & (customers.tier > 0)[:, None]
    account, month = np.nonzero(active & (rng.random(active.shape) < 0.75))
    depts = ["销售", "售前", "研发", "市场", "服务"]
    share = np.array([14.0, 5.0, 2.0, 1.0, 7.0])
    hours = (
        rng.gamma(1.3, 1.0, (len(account), 5))
        * share
        / 1.3
        * np.array([1.0, 1.0, 2.2])[customers.tier[account]][:, None]
    )
    keep = hours > 1.2
    row, dept = np.nonzero(keep)
    spent = np.round(hours[row, dept], 1)
    return frame(
        account_id=customers.account_id[account[row]],
        month=month_start(month[row]),
        dept=np.array(depts, dtype=object)[dept],
        hours=spent,
        direct_cost=np.round(spent * np.array([95, 130, 160, 100, 85])[dept] + rng.gamma(1.0, 90, len(row)), 2),
    )


def account_signals(world: World, pipeline: Pipeline) -> pd.DataFrame:
    """One row per warning; they gather in the half-year before an account stops buying."""
    rng, customers = world.streams("account_signals"), world.customers
    signals = world.truths.churn_signals is not None
    active = buying_months(pipeline)[:, 1::3]
    health = customers.health[:, : active.shape[1]]
    chance = 0.03 * np.exp(-0.9 * health * signals) * active
    account, quarter = np.nonzero(rng.random(chance.shape) < chance)
    t = np.minimum(
        month_day(quarter * 3) + rng.uniform(0, 88, len(account)), np.minimum(pipeline.stop[account], NOW - 1)
    )
    order = np.argsort(t, kind="stable")
    account, t = account[order], np.maximum(t[order], 0)
    return frame(
        signal_id=ids("SG", len(t), 5),
        account_id=customers.account_id[account],
        date=dates(t),
        type=pick(rng, SIGNALS, len(t), [34, 26, 14, 12, 6, 8]),
        severity=rng.choice([1, 2, 3], size=len(t), p=[0.45, 0.38, 0.17]),
        source=pick(rng, ["客户经理", "工单", "问卷", "公开信息"], len(t), [4, 3, 2, 1]),
    )


def needs(world: World, pipeline: Pipeline) -> pd.DataFrame:
    """One row per recorded need; some went to research and were answered."""
    rng, customers = world.streams("needs"), world.customers
    size = round(1500 * world.scale)
    buyers = np.flatnonzero(np.isfinite(pipeline.first))
    account = buyers[rng.integers(0, len(buyers), size)]
    t = np.sort(working(rng.uniform(5, NOW - 2, size)))
    texts = {
        "痛点": ("N01", "换线时间长,计划频繁调整"),
        "功能": ("N02", "希望报表可自助配置"),
        "定制": ("N03", "需要与现有ERP深度集成"),
        "服务": ("N04", "希望夜班时段也有技术支持"),
        "战略目标": ("N05", "三年内建成示范工厂"),
    }
    kind = pick(rng, list(texts), size, [30, 28, 16, 18, 8])
    sent = np.where(
        np.isin(kind, ["功能", "定制", "痛点"]) & (rng.random(size) < 0.5), t + rng.gamma(2, 5, size), np.nan
    )
    reply = np.where(rng.random(size) < 0.75, sent + rng.gamma(2.2, 9, size), np.nan)
    sent, reply = np.where(sent < NOW, sent, np.nan), np.where(reply < NOW, reply, np.nan)
    adopted = pd.array(rng.random(size) < 0.42, dtype="boolean")
    table = frame(
        need_id=ids("ND", size, 5),
        account_id=customers.account_id[account],
        date=dates(t),
        type=kind,
        text=np.array([texts[k][1] for k in kind], dtype=object),
        code=np.array([texts[k][0] for k in kind], dtype=object),
        implicit=rng.random(size) < 0.28,
        source=pick(rng, ["访谈", "问卷", "CRM", "工单"], size, [30, 22, 30, 18]),
        importance=np.clip(np.round(rng.normal(7.2, 1.6, size)), 1, 10).astype(int),
        satisfaction=np.clip(np.round(rng.normal(5.8, 1.9, size)), 1, 10).astype(int),
        solvable_by=np.where(rng.random(size) < 0.7, world.offer.product_id[rng.integers(0, 22, size)], None),
        submitted_to_rd_at=dates(sent),
        replied_at=dates(reply),
    )
    return table.assign(adopted=pd.Series(adopted).where(~np.isnan(reply)))


def loyalty(world: World, pipeline: Pipeline) -> pd.DataFrame:
    """One row per member account and half-year end: points held and the cost of benefits in yuan."""
    rng, customers = world.streams("loyalty"), world.customers
    member = np.isfinite(pipeline.first) & (
        rng.random(len(customers.tier)) < np.array([0.12, 0.4, 0.8])[customers.tier]
    )
    joined = np.maximum(pipeline.first, 0) + rng.uniform(20, 200, len(member))
    ends = month_day(np.arange(6, MONTHS + 1, 6)) - 1
    account, half = np.nonzero(member[:, None] & (joined[:, None] < ends) & (pipeline.stop[:, None] > ends))
    points = np.round(rng.gamma(2, 900, len(account)) * (half + 1), -1).astype(int)
    return frame(
        account_id=customers.account_id[account],
        date=dates(ends[half]),
        joined=dates(joined[account]),
        points=points,
        benefit_cost=np.round(points * rng.uniform(0.15, 0.3, len(account)), 2),
    )


def subscriptions(world: World, contracts: pd.DataFrame, pipeline: Pipeline, sales: Sales) -> pd.DataFrame:
    """One row per contract of a subscription product: its term and monthly fee in yuan."""
    rows = len(pipeline.base["account"])
    won = np.flatnonzero(pipeline.deals.won)
    product = np.r_[pipeline.base["product"], pipeline.deals.product[won]]
    cloud = world.offer.subscription[product]
    table = contracts[cloud]
    ended = pd.to_datetime(table["end_date"]) < pd.Timestamp("2026-07-01")
    return frame(
        sub_id=ids("SB", len(table), 5),
        account_id=table["account_id"].to_numpy(object),
        product_id=world.offer.product_id[product[cloud]],
        start=table["start_date"].to_numpy(),
        end=table["end_date"].to_numpy(),
        monthly_fee=np.round(table["amount"].to_numpy() / 12, 2),
        status=np.where(ended, "ended", "active").astype(object),
    ).pipe(lambda out: out[out["start"] < np.datetime64("2026-07-01")] if rows else out)


def message_events(world: World, pipeline: Pipeline, people: Contacts) -> pd.DataFrame:
    """One row per message sent to a contact; healthy accounts open more."""
    rng, customers = world.streams("message_events"), world.customers
    size = round(14_000 * world.scale)
    contact = rng.integers(0, len(people.account), size)
    account = people.account[contact]
    t = np.sort(rng.uniform(3, NOW - 1, size))
    channel = pick(rng, ["邮件", "短信", "企业微信", "公众号", "小程序", "社群"], size, [42, 12, 26, 12, 5, 3])
    delivered = rng.random(size) < 0.965
    mood = 0.05 * customers.health_at(account, t) * (world.truths.churn_signals is not None)
    rate = np.where(channel == "邮件", 0.24, np.where(channel == "企业微信", 0.55, 0.33)) + mood
    opened = delivered & (rng.random(size) < rate)
    clicked = opened & (rng.random(size) < 0.22)
    read = t + rng.gamma(1.2, 0.3, size)
    return frame(
        event_id=ids("ME", size, 6),
        account_id=customers.account_id[account],
        contact_id=people.contact_id[contact],
        template=pick(rng, ["月度通讯", "新品介绍", "续约提醒", "节日问候", "活动邀请", "使用技巧"], size),
        trigger=pick(rng, ["定时", "行为触发", "人工"], size, [6, 3, 2]),
        channel=channel,
        sent_at=clock(t),
        delivered=delivered,
        opened_at=clock(np.where(opened, read, np.nan)),
        clicked_at=clock(np.where(clicked, read + 0.01, np.nan)),
        unsubscribed=delivered & (rng.random(size) < 0.004),
        replied=opened & (rng.random(size) < 0.05),
    )


def web_events(world: World) -> pd.DataFrame:
    """One row per account and moment of a page view on the firm's site."""
    rng, customers = world.streams("web_events"), world.customers
    size = round(6_000 * world.scale)
    account = rng.integers(0, len(customers.tier), size)
    t = np.sort(rng.uniform(2, NOW - 1, size))
    product = rng.integers(0, 22, size)
    page = pick(rng, ["产品页", "案例", "价格", "白皮书下载", "文档", "首页"], size, [30, 18, 10, 8, 14, 20])
    table = frame(
        account_id=customers.account_id[account],
        ts=clock(t),
        page=page,
        product_id=np.where(page == "产品页", world.offer.product_id[product], None),
        session=ids("S", size, 6),
    )
    return table.drop_duplicates(["account_id", "ts"], ignore_index=True)
