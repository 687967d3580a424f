"""Tickets and surveys: the voice of the customers and of the staff."""

import numpy as np
import pandas as pd

from .deals import Pipeline, World
from .draw import MONTHS, NOW, clock, dates, frame, ids, month_day, pick, working

CATEGORIES = ("质量", "功能", "响应", "价格", "协调", "使用")
THEMES = ("产品质量", "响应速度", "功能满足度", "价格", "交付进度", "培训支持")
COMPLAINTS, WORST_HEALTH = 0.16, -2.0
"""Complaints per plain ticket over all accounts, and the health below which an account complains no more than that."""


def buying_months(pipeline: Pipeline) -> np.ndarray:
    """True per account and month from 2023-07 while the account buys; two months of silence follow the stop."""
    begin, end = month_day(np.arange(MONTHS)), month_day(np.arange(1, MONTHS + 1))
    return (pipeline.first[:, None] < end) & (pipeline.stop[:, None] > begin)


def ticket_table(world: World, pipeline: Pipeline) -> pd.DataFrame:
    """One row per ticket; accounts in poor health complain more and are answered no slower."""
    rng, customers, signals = world.streams("tickets"), world.customers, world.truths.churn_signals
    active = buying_months(pipeline)
    health = np.repeat(customers.health[:, : MONTHS // 3], 3, axis=1)
    rate = np.array([0.16, 0.34, 0.7])[customers.tier][:, None] * active
    plain = rng.poisson(rate)
    trouble = np.exp(-(signals.complaints if signals else 0.0) * np.maximum(health, WORST_HEALTH))
    angry = rng.poisson(rate * COMPLAINTS * trouble / trouble.mean())
    account, month = np.nonzero(plain + angry)
    number = (plain + angry)[account, month]
    complaints = np.repeat(angry[account, month], number)
    account, month = np.repeat(account, number), np.repeat(month, number)
    rank = np.arange(len(account)) - np.repeat(np.cumsum(number) - number, number)
    complaint = rank < complaints
    stop = np.minimum(pipeline.stop[account], NOW - 0.2)
    opened = working(np.minimum(month_day(month) + rng.random(len(account)) * 29, stop))
    opened = np.minimum(opened, NOW - 0.05)
    order = np.argsort(opened, kind="stable")
    account, opened, complaint = account[order], opened[order], complaint[order]
    count = len(account)
    severity = np.where(
        complaint, pick(rng, [1, 2, 3], count, [20, 50, 30]), pick(rng, [1, 2, 3], count, [60, 33, 7])
    ).astype(int)
    answer = np.exp(rng.normal(-1.6, 0.9, count))
    solve = answer + np.exp(rng.normal(0.9, 0.9, count)) * np.array([1.0, 1.3, 1.9])[severity - 1]
    resolved = opened + solve
    mood = 0.25 * customers.health_at(account, opened) * (signals is not None)
    csat = np.clip(
        np.round(4.3 - 0.9 * complaint - 0.12 * np.minimum(solve, 8) + mood + rng.normal(0, 0.6, count)), 1, 5
    )
    known = (resolved < NOW) & (rng.random(count) < 0.72)
    csm = world.org.of_role("CSM")
    phase = np.where(rng.random(count) < 0.72, "售后", pick(rng, ["售前", "售中"], count))
    return frame(
        ticket_id=ids("TK", count, 6),
        account_id=customers.account_id[account],
        opened_at=clock(opened),
        first_response_at=clock(opened + answer),
        resolved_at=clock(resolved),
        phase=phase.astype(object),
        category=np.where(
            complaint,
            pick(rng, list(CATEGORIES), count, [30, 14, 26, 8, 16, 6]),
            pick(rng, list(CATEGORIES), count, [16, 20, 10, 5, 14, 35]),
        ),
        severity=severity,
        is_complaint=complaint,
        channel=pick(rng, ["电话", "企业微信", "邮件", "门户"], count, [4, 4, 1, 2]),
        dedicated_channel=(customers.tier[account] == 2) & (rng.random(count) < 0.9),
        reopened=pd.array(rng.random(count) < 0.06, dtype="boolean"),
        csat=np.where(known, csat, np.nan),
        product_id=world.offer.product_id[
            rng.choice(len(world.offer.line), count, p=world.offer.deal_weight / world.offer.deal_weight.sum())
        ],
        handed_to=np.where(rng.random(count) < 0.2, "研发中心", None).astype(object),
        owner_rep_id=world.org.rep_id[csm[rng.integers(0, len(csm), count)]],
    ).assign(reopened=lambda table: table["reopened"].where(resolved < NOW))


def _answers(world: World, pipeline: Pipeline, name: str, every: int, share: float):
    """Account and day of invitations to buying accounts every so many months; ``answered`` marks replies."""
    rng = world.streams(f"survey:{name}")
    active = buying_months(pipeline)[:, every - 1 :: every]
    account, number = np.nonzero(active)
    chosen = rng.random(len(account)) < 0.85
    account, number = account[chosen], number[chosen]
    t = working(np.minimum(month_day((number + 1) * every - 1) + 4 + 20 * rng.random(len(account)), NOW - 1))
    return rng, account, t, rng.random(len(account)) < share


def customer_surveys(world: World, pipeline: Pipeline) -> list[pd.DataFrame]:
    """NPS half-yearly, CSAT quarterly, awareness yearly: scores follow the account's health."""
    parts, customers, signals = [], world.customers, world.truths.churn_signals
    slope = signals.score if signals else 0.0
    for name, every, share, question, mean, spread, low, high in (
        ("NPS", 6, 0.44, "您有多大可能向同行推荐我们?", 8.15, 1.7, 0, 10),
        ("CSAT", 3, 0.38, "您对我们的整体服务满意吗?", 4.15, 0.75, 1, 5),
        ("awareness", 12, 0.30, "您对我们新产品的了解程度?", 3.1, 1.0, 1, 5),
    ):
        rng, account, t, answered = _answers(world, pipeline, name, every, share)
        health = customers.health_at(account, t) * slope * (high - low) / 10
        score = np.clip(np.round(mean + health + rng.normal(0, spread, len(account))), low, high)
        theme = pick(rng, list(THEMES), len(account), [20, 24, 18, 14, 14, 10])
        good = score >= (high - low) * 0.7 + low
        parts.append(
            frame(
                type=np.full(len(account), name, dtype=object),
                account=account,
                t=t,
                question=question,
                score=np.where(answered, score, np.nan),
                scale_min=float(low),
                scale_max=float(high),
                theme=np.where(answered, theme, None),
                sentiment=np.where(
                    answered, np.where(good, "正面", np.where(score <= low + (high - low) * 0.4, "负面", "中性")), None
                ).astype(object),
                comment=np.where(
                    answered & (rng.random(len(account)) < 0.35),
                    np.where(good, "总体满意,合作顺畅", "希望响应更快,问题闭环更及时"),
                    None,
                ).astype(object),
            )
        )
    return parts


def staff_surveys(world: World) -> list[pd.DataFrame]:
    """eNPS half-yearly, pulse quarterly, values and 360 yearly, answers per employee."""
    parts, org = [], world.org
    for name, every, question, mean, spread, low, high in (
        ("eNPS", 6, "您有多大可能推荐朋友加入公司?", 7.6, 1.8, 0, 10),
        ("pulse", 3, "本季度工作状态如何?", 3.8, 0.8, 1, 5),
        ("values", 12, "您认同公司的价值观吗?", 4.2, 0.6, 1, 5),
        ("360", 12, "同事协作评价", 4.0, 0.6, 1, 5),
    ):
        rng = world.streams(f"survey:{name}")
        days = month_day(np.arange(every - 1, MONTHS, every)) + 14
        present = (org.rep_start[:, None] < days) & (org.rep_end[:, None] > days)
        rep, number = np.nonzero(present)
        leaving = (org.rep_end[rep] - days[number]) < 150
        answered = rng.random(len(rep)) < 0.82
        score = np.clip(np.round(mean - 1.6 * (high - low) / 10 * leaving + rng.normal(0, spread, len(rep))), low, high)
        parts.append(
            frame(
                type=np.full(len(rep), name, dtype=object),
                rep=rep,
                t=working(days[number] + rng.integers(0, 3, len(rep))),
                question=question,
                score=np.where(answered, score, np.nan),
                scale_min=float(low),
                scale_max=float(high),
                theme=np.where(answered, pick(rng, ["薪酬激励", "成长空间", "协作氛围", "管理支持"], len(rep)), None),
                sentiment=np.full(len(rep), None, dtype=object),
                comment=np.full(len(rep), None, dtype=object),
            )
        )
    return parts


def survey_table(world: World, pipeline: Pipeline, contact_of: np.ndarray | None = None) -> pd.DataFrame:
    """One row per invitation and question; the score is null without an answer."""
    table = pd.concat([*customer_surveys(world, pipeline), *staff_surveys(world)], ignore_index=True)
    table = table.sort_values(["t", "type"], kind="stable", ignore_index=True)
    account, rep = table["account"].fillna(-1).astype(int).to_numpy(), table["rep"].fillna(-1).astype(int).to_numpy()
    customers, org = world.customers, world.org
    contact = (
        np.full(len(table), None, dtype=object)
        if contact_of is None
        else np.where(account >= 0, contact_of[np.clip(account, 0, None)], None)
    )
    return frame(
        response_id=ids("SV", len(table), 6),
        type=table["type"].to_numpy(object),
        account_id=np.where(account >= 0, customers.account_id[np.clip(account, 0, None)], None),
        contact_id=contact,
        rep_id=np.where(rep >= 0, org.rep_id[np.clip(rep, 0, None)], None),
        date=dates(table["t"].to_numpy()),
        question=table["question"].to_numpy(object),
        score=table["score"].to_numpy(),
        scale_min=table["scale_min"].to_numpy(),
        scale_max=table["scale_max"].to_numpy(),
        comment=table["comment"].to_numpy(object),
        theme=table["theme"].to_numpy(object),
        sentiment=table["sentiment"].to_numpy(object),
        invited=True,
    )
