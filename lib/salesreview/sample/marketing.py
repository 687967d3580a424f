"""Campaigns and marketing spend."""

import json
from datetime import date

import numpy as np
import pandas as pd

from .deals import World
from .draw import MONTHS, month_start
from .offer import LEAD_CHANNELS

BASE_SPEND = np.array([165_000, 105_000, 60_000, 25_000, 70_000], dtype=float)  # yuan a month by lead channel, scale 1
FAIRS = (  # code, name, type, channel, start, end, cost, leads, product line, region
    ("F1", "{}年春季智能制造展", "展会", 0, (3, 18), (3, 21), 420_000, 75, "智能装备", "华东"),
    ("F2", "{}年秋季工业博览会", "展会", 0, (9, 16), (9, 20), 520_000, 90, "智能装备", "华东"),
    ("W1", "{}年精益数字化研讨会(上)", "线上研讨会", 4, (5, 14), (5, 15), 60_000, 40, "工业软件", "华南"),
    ("W2", "{}年精益数字化研讨会(下)", "线上研讨会", 4, (11, 12), (11, 13), 60_000, 40, "工业软件", "华北"),
    ("T1", "{}年客户答谢会", "答谢会", 0, (12, 5), (12, 6), 260_000, 15, None, "华东"),
)


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
        for code, name, kind, channel, start, end, cost, leads, line, region in FAIRS:
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
