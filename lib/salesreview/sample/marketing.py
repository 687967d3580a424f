"""Campaigns, marketing spend and leads."""

import json
from datetime import date

import numpy as np
import pandas as pd

from .draw import MONTHS, NOW, clock, day, frame, ids, month_day, month_of, month_start, pick, systematic
from .names import TRADES
from .offer import LEAD_CHANNELS, LINES
from .organisation import REGION_IDS, REGIONS
from .pipeline import Pipeline, World

BASE_SPEND = np.array([165_000, 105_000, 60_000, 25_000, 70_000], dtype=float)  # yuan a month by lead channel, scale 1
CONVERSION = np.array([0.20, 0.14, 0.31, 0.26, 0.19])  # share of leads that become an opportunity
_FAIRS = (  # code, name, type, channel, start, end, cost, leads, product line, region
    ("F1", "{}年春季智能制造展", "展会", 0, (3, 18), (3, 21), 420_000, 75, "智能装备", "华东"),
    ("F2", "{}年秋季工业博览会", "展会", 0, (9, 16), (9, 20), 520_000, 90, "智能装备", "华东"),
    ("W1", "{}年精益数字化研讨会(上)", "线上研讨会", 4, (5, 14), (5, 15), 60_000, 40, "工业软件", "华南"),
    ("W2", "{}年精益数字化研讨会(下)", "线上研讨会", 4, (11, 12), (11, 13), 60_000, 40, "工业软件", "华北"),
    ("T1", "{}年客户答谢会", "答谢会", 0, (12, 5), (12, 6), 260_000, 15, None, "华东"),
)
REJECTED = ("预算未定", "非目标行业", "信息不完整", "重复线索")
DISQUALIFIED = ("需求不匹配", "无预算", "联系不上", "非决策人", "竞争", "其他")


def campaign_rows(world: World) -> list[dict]:
    """All campaigns as plain rows: always-on ones per channel and year, fairs and webinars, launches, plans."""
    rows, scale, truths = [], world.scale, world.truths
    for year in (2023, 2024, 2025, 2026):
        for channel, kind in ((1, "SEO/SEM"), (4, "内容"), (2, "社媒"), (3, "广告"), (0, "沙龙")):
            rows.append(
                _row(
                    f"CP-{year}-A{channel}",
                    f"{year}年常态{kind}投放",
                    kind,
                    channel,
                    date(year, 1, 1),
                    date(year, 12, 31),
                    BASE_SPEND[channel] * 12 * 0.7 * scale,
                    300 * scale,
                    None,
                    None,
                )
            )
        for code, name, kind, channel, start, end, cost, leads, line, region in _FAIRS:
            rows.append(
                _row(
                    f"CP-{year}-{code}",
                    name.format(year),
                    kind,
                    channel,
                    date(year, *start),
                    date(year, *end),
                    cost * scale,
                    leads * scale,
                    line,
                    region,
                )
            )
    strong = truths.strong_campaign
    rows.append(
        _row(
            "CP-2026-S1",
            "2026年预测性维护全国巡展",
            "沙龙",
            0,
            date(2026, 2, 24),
            date(2026, 4, 10),
            380_000 * scale,
            (strong.planned_leads if strong else 90) * scale,
            "云服务订阅",
            None,
        )
    )
    for launch, name in ((truths.good_launch, "预测性维护订阅上市发布"), (truths.poor_launch, "能碳管理套件上市发布")):
        when = launch.launched
        rows.append(
            _row(
                f"CP-{launch.product}-L",
                name,
                "产品发布",
                0,
                when,
                date(when.year, when.month + 1, 10),
                300_000 * scale,
                50 * scale,
                "云服务订阅" if launch.product == "P15" else "工业软件",
                None,
            )
        )
    rows.append(
        _row(
            "CP-2026-W3",
            "2026年下半年行业直播周",
            "直播",
            4,
            date(2026, 8, 17),
            date(2026, 8, 21),
            120_000 * scale,
            80 * scale,
            "工业软件",
            "华南",
        )
    )
    rows.append(
        _row(
            "CP-2026-V1",
            "2026年西部制造沙龙",
            "沙龙",
            0,
            date(2026, 9, 8),
            date(2026, 9, 10),
            180_000 * scale,
            60 * scale,
            None,
            "西北",
        )
    )
    return [row for row in rows if row["end"] >= date(2023, 7, 1)]


def _row(code, name, kind, channel, start, end, cost, leads, product, region) -> dict:
    status = "计划" if start > date(2026, 6, 30) else "进行中" if end > date(2026, 6, 30) else "已结束"
    return {
        "campaign_id": code,
        "name": name,
        "type": kind,
        "channel_id": LEAD_CHANNELS[channel],
        "product": product,
        "region": region,
        "start": start,
        "end": end,
        "planned_cost": round(cost, -2),
        "planned_leads": max(1, round(leads)),
        "status": status,
        "is_plan": start > date(2026, 6, 30),
    }


def campaign_table(world: World) -> pd.DataFrame:
    """One row per campaign; thank-you events name the invited accounts."""
    table = pd.DataFrame(campaign_rows(world))
    top = world.customers.account_id[np.argsort(-world.customers.scale_factor, kind="stable")[:30]].tolist()
    table["invited"] = [json.dumps(top) if kind == "答谢会" else None for kind in table["type"]]
    table["start"], table["end"] = pd.to_datetime(table["start"]), pd.to_datetime(table["end"])
    return table


def spend_table(world: World) -> pd.DataFrame:
    """One row per month, channel, campaign and cost type, in yuan."""
    rng, jump, rows = world.streams("marketing_spend"), world.truths.cac_jump, []
    noise = np.exp(rng.normal(0, 0.05, (MONTHS, 5)))
    starts = month_start(np.arange(MONTHS))
    for month in range(MONTHS):
        when = starts[month].item()
        for channel in range(5):
            amount = BASE_SPEND[channel] * world.scale * 1.04 ** (month / 12) * noise[month, channel]
            if jump and LEAD_CHANNELS[channel] == jump.channel and when >= jump.since:
                amount *= jump.spend_factor
            rows.append(
                (
                    when,
                    LEAD_CHANNELS[channel],
                    f"CP-{when.year}-A{channel}",
                    round(amount * 0.82, 2),
                    "投放",
                    None,
                    None,
                )
            )
            rows.append(
                (
                    when,
                    LEAD_CHANNELS[channel],
                    f"CP-{when.year}-A{channel}",
                    round(amount * 0.18, 2),
                    "制作",
                    None,
                    None,
                )
            )
    for row in campaign_rows(world):
        if "-A" in row["campaign_id"] or row["is_plan"] or row["start"] < date(2023, 7, 1):
            continue
        cost = row["planned_cost"] * float(rng.uniform(0.9, 1.08))
        rows.append(
            (
                row["start"].replace(day=1),
                row["channel_id"],
                row["campaign_id"],
                round(cost, 2),
                "活动",
                row["product"],
                row["region"],
            )
        )
    table = pd.DataFrame(
        rows, columns=["month", "channel_id", "campaign_id", "amount", "cost_type", "product_line", "region"]
    )
    table["month"] = pd.to_datetime(table["month"])
    return table.sort_values(["month", "channel_id", "campaign_id", "cost_type"], kind="stable", ignore_index=True)


def lead_frame(world: World, pipeline: Pipeline) -> pd.DataFrame:
    """All leads as numbers, sorted by arrival: deal (-1 when it came to nothing), channel, received day, qualified."""
    rng, deals, jump = world.streams("leads"), pipeline.deals, world.truths.cac_jump
    deal = np.flatnonzero(deals.channel >= 0)
    gap = np.exp(rng.normal(1.0, 0.6, len(deal)))
    won = pd.DataFrame(
        {"deal": deal, "channel": deals.channel[deal], "received": deals.created[deal] - gap, "gap": gap}
    )
    parts = [won]
    ads = LEAD_CHANNELS.index(jump.channel) if jump else -1
    for channel in range(5):
        mine = won[(won["channel"] == channel) & (won["received"] > -60)]
        lost = round(len(mine) * (1 / CONVERSION[channel] - 1))
        even = (np.arange(lost) + rng.random(lost)) / max(lost, 1)
        received = world.season.warp(world.season.even(0.0) + even * (NOW - 0.01 - world.season.even(0.0)))
        received = received[received < NOW]
        if channel == ads:
            late = received[received >= day(jump.since)]
            more = rng.choice(late, round(len(late) * (jump.lead_factor - 1) * 1.2)) + rng.uniform(-0.4, 0.4)
            received = np.r_[received, np.minimum(more, NOW - 0.5)]
        parts.append(
            pd.DataFrame(
                {
                    "deal": -1,
                    "channel": channel,
                    "received": received,
                    "gap": np.exp(rng.normal(1.4, 0.7, len(received))),
                }
            )
        )
    table = pd.concat([*parts, _strong(world, rng)], ignore_index=True)
    table["strong"] = table.get("strong").fillna(False).astype(bool)
    table = table[table["received"] < NOW].sort_values("received", kind="stable", ignore_index=True)
    window = (
        (table["received"] >= day(date(2026, 2, 24)))
        & (table["received"] < day(date(2026, 4, 15)))
        & (table["channel"] == 0)
    )
    table["strong"] |= window & (table["deal"] >= 0) & (world.truths.strong_campaign is not None)
    table["qualified"] = _qualified(world, table)
    return table


def _strong(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """The extra leads of the planted campaign (as planned when the truth is off)."""
    strong = world.truths.strong_campaign
    count = round((strong.planned_leads * strong.leads_of_plan if strong else 90) * world.scale)
    received = day(date(2026, 2, 25)) + 46 * np.sort(rng.random(count))
    return pd.DataFrame(
        {"deal": -1, "channel": 0, "received": received, "gap": np.exp(rng.normal(0.9, 0.5, count)), "strong": True}
    )


def _qualified(world: World, table: pd.DataFrame) -> np.ndarray:
    """Which leads were qualified: all that became a deal, and a share of the others by channel."""
    rng, jump, strong = world.streams("qualified"), world.truths.cac_jump, world.truths.strong_campaign
    share = np.array([0.24, 0.18, 0.33, 0.28, 0.24])[table["channel"]]
    if jump:
        ads = (table["channel"] == LEAD_CHANNELS.index(jump.channel)) & (table["received"] >= day(jump.since))
        share = np.where(ads, share * (jump.qualified_factor - 0.25), share)
    if strong:
        share = np.where(table["strong"], np.minimum(share * strong.qualified_factor * 1.5, 0.9), share)
    chosen = systematic(
        rng, share, table["channel"].to_numpy(), table["strong"].to_numpy(), table["received"].to_numpy()
    )
    return chosen | (table["deal"] >= 0).to_numpy()


def lead_table(world: World, pipeline: Pipeline, leads: pd.DataFrame) -> pd.DataFrame:
    """One row per lead with its way from arrival to qualification."""
    rng, deals, customers, org = world.streams("lead_table"), pipeline.deals, world.customers, world.org
    count, deal = len(leads), leads["deal"].to_numpy()
    has, owner = deal >= 0, np.clip(deal, 0, None)
    received, gap = leads["received"].to_numpy(), leads["gap"].to_numpy()
    prospect = np.flatnonzero(customers.kind == 1)
    named = rng.random(count) < 0.22
    account = np.where(has, deals.account[owner], np.where(named, prospect[rng.integers(0, len(prospect), count)], -1))
    region = np.where(
        account >= 0, customers.region[account], rng.choice(6, size=count, p=[0.31, 0.21, 0.17, 0.12, 0.11, 0.08])
    )
    industry = np.where(account >= 0, customers.industry[account], rng.choice(8, size=count))
    seat = np.where(account >= 0, customers.seat[account], rng.integers(0, len(org.seat_team), count))
    rep = org.rep_at(seat, received)
    touched = has | leads["qualified"].to_numpy() | (rng.random(count) < 0.90)
    marketing = np.isin(leads["channel"], [0, 1, 4])
    qualified = leads["qualified"].to_numpy() & (received + 0.85 * gap < NOW)
    effective = touched & (qualified | (rng.random(count) < 0.5))
    age = NOW - received
    out = touched & ~qualified & (age > 20) & (rng.random(count) < 0.92)
    rejected = marketing & ~qualified & (rng.random(count) < 0.12)
    converted = has & (deals.created[owner] < NOW)
    status = np.select(
        [converted, qualified, out, touched], ["converted", "qualified", "disqualified", "working"], "new"
    )
    at = {
        "entered": 0.03,
        "handed": 0.06,
        "accepted": 0.10,
        "assigned": 0.12,
        "touch": 0.3,
        "effective": 0.5,
        "qualified": 0.8,
    }
    when = {name: received + share * gap for name, share in at.items()}
    gone = clock(np.where(out, received + 3 * gap + 4, np.nan))
    score = np.clip(rng.normal(48, 14, count) + 16 * qualified + 10 * has, 1, 99)
    band = np.array(["D", "C", "B", "A"], dtype=object)[np.searchsorted([40, 55, 70], score)]
    yes = np.array(["false", "true"], dtype=object)
    answers = (rng.random((count, 4)) < 0.35 + 0.4 * qualified[:, None]).astype(int)
    bant = np.array(
        [
            f'{{"budget": {yes[a]}, "authority": {yes[b]}, "need": {yes[c]}, "timing": {yes[d]}}}'
            for a in (0, 1)
            for b in (0, 1)
            for c in (0, 1)
            for d in (0, 1)
        ],
        dtype=object,
    )
    lead_id = ids("L", count, 6)
    return frame(
        lead_id=lead_id,
        received_at=clock(received),
        entered_at=clock(when["entered"]),
        assigned_at=clock(when["assigned"]),
        first_touch_at=clock(np.where(touched, when["touch"], np.nan)),
        first_effective_contact_at=clock(np.where(effective, when["effective"], np.nan)),
        source_channel=np.array(LEAD_CHANNELS, dtype=object)[leads["channel"]],
        campaign_id=_campaign_of(leads),
        account_id=np.where(account >= 0, customers.account_id[account], None),
        industry=np.array(list(TRADES), dtype=object)[industry],
        region_id=np.where(rng.random(count) < 0.02, None, np.array(REGION_IDS, dtype=object)[region]),
        product_interest=np.array(LINES, dtype=object)[
            np.where(has, world.offer.line[deals.product[owner]], rng.integers(0, 5, count))
        ],
        assigned_rep_id=np.where(when["assigned"] < NOW, org.rep_id[rep], None),
        score=np.round(score, 1),
        band=band,
        status=status.astype(object),
        qualified_at=clock(np.where(qualified, when["qualified"], np.nan)),
        disqualified_at=gone,
        disqualify_reason=np.where(~np.isnat(gone), pick(rng, list(DISQUALIFIED), count, [24, 22, 26, 12, 9, 7]), None),
        nurtured=(rng.random(count) < 0.3) & touched,
        handed_over_at=clock(np.where(marketing, when["handed"], np.nan)),
        accepted_at=clock(np.where(marketing & ~rejected, when["accepted"], np.nan)),
        rejected_at=clock(np.where(rejected, when["accepted"], np.nan)),
        rejected_reason=np.where(rejected & (when["accepted"] < NOW), pick(rng, list(REJECTED), count), None),
        opp_id=np.where(converted, ids("OP", len(deals), 6)[owner], None),
        bant=bant[answers @ [8, 4, 2, 1]],
    )


def _campaign_of(leads: pd.DataFrame) -> np.ndarray:
    """The campaign that brought each lead: the planted one, a fair or webinar in the weeks after it, else the year's always-on one."""
    received, channel = leads["received"].to_numpy(), leads["channel"].to_numpy()
    year = 2023 + np.maximum(month_of(received) + 6, 6) // 12
    code = np.array([f"CP-{y}-A{c}" for y, c in zip(year, channel, strict=True)], dtype=object)
    for y in (2023, 2024, 2025, 2026):
        for fair, _, _, of_channel, start, _, _, _, _, _ in _FAIRS:
            begin = day(date(y, *start))
            if begin >= 0:
                code[(channel == of_channel) & (received >= begin) & (received < begin + 21)] = f"CP-{y}-{fair}"
    code[leads["strong"].to_numpy()] = "CP-2026-S1"
    return code


def lead_of_deal(leads: pd.DataFrame, deals: int) -> np.ndarray:
    """Row of the lead per deal, -1 without one."""
    out = np.full(deals, -1)
    has = leads["deal"].to_numpy() >= 0
    out[leads["deal"].to_numpy()[has]] = np.flatnonzero(has)
    return out


__all__ = ["REGIONS", "campaign_table", "lead_frame", "lead_of_deal", "lead_table", "month_day", "spend_table"]
