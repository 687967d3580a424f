"""The market outside: its size, competitors and their moves, indicators, channel partners."""

import json

import numpy as np
import pandas as pd

from .deals import World
from .draw import MONTHS, NOW, clock, dates, frame, ids, month_start, pick, take, working
from .funnel import COMPETITORS
from .names import TRADES
from .offer import LINES
from .organisation import REGION_SHARE, REGIONS

MARKET = 6.4e9  # yuan in 2023-H2 over all segments at scale 1
GROWTH = 0.085  # a year
LINE_SHARE = np.array([0.24, 0.30, 0.21, 0.10, 0.15])
LINE_GROWTH = np.array([0.10, 0.07, 0.03, 0.22, 0.09])
PERIODS = ("2023-H2", "2024-H1", "2024-H2", "2025-H1", "2025-H2", "2026-H1", "2026-H2")
NEEDS = ("易用性", "集成能力", "价格", "服务响应", "行业经验")
_COMPETITORS = (  # name, features, price index, channels, strengths, weaknesses, entrant, need scores
    ("恒拓智控", "平台型MES与自研控制器", 104, "直销+集成商", "品牌与案例丰富", "实施周期长", False, (7, 8, 5, 6, 9)),
    ("蓝矩工业软件", "轻量云MES", 82, "线上+经销", "价格低、上线快", "深度定制弱", False, (8, 5, 9, 6, 5)),
    ("Nordvik Automation", "高端PLC与运动控制", 131, "直销", "性能稳定", "价格高、交期长", False, (6, 8, 3, 5, 8)),
    ("锐弧机器人", "协作机器人整线", 96, "直销+代理", "硬件性价比高", "软件能力弱", False, (6, 5, 7, 6, 6)),
    ("智汇云联", "设备云与物联网关", 78, "线上", "订阅灵活", "现场服务少", True, (8, 6, 8, 5, 4)),
    ("中岭系统集成", "总包集成", 99, "招投标", "本地关系深", "产品非自研", False, (5, 7, 6, 7, 7)),
    ("格物数科", "能碳与数据治理", 90, "咨询带动", "咨询能力强", "产品不成体系", True, (7, 6, 6, 6, 6)),
    ("启明视觉", "机器视觉检测", 93, "经销+代理", "算法迭代快", "售后网点少", False, (7, 6, 7, 5, 6)),
)


def competitors() -> pd.DataFrame:
    """One row per competitor; the price index is relative to own prices (100)."""
    rows = [
        (
            code,
            name,
            features,
            float(index),
            channels,
            strong,
            weak,
            entrant,
            json.dumps(dict(zip(NEEDS, scores, strict=True)), ensure_ascii=False),
        )
        for code, (name, features, index, channels, strong, weak, entrant, scores) in zip(
            COMPETITORS, _COMPETITORS, strict=True
        )
    ]
    return pd.DataFrame(
        rows,
        columns=[
            "competitor_id",
            "name",
            "product_features",
            "price_index",
            "channels",
            "strengths",
            "weaknesses",
            "is_new_entrant",
            "need_scores",
        ],
    )


def competitor_moves(world: World) -> pd.DataFrame:
    """One row per observed move; two thirds of the last half's moves concern price."""
    rng = world.streams("competitor_moves")
    size = 46
    t = np.sort(working(rng.uniform(5, NOW - 4, size)))
    recent = t > NOW - 181
    kind = np.where(
        recent,
        pick(rng, ["降价", "新品", "渠道", "营销", "进入"], size, [5, 2, 1, 1, 1]),
        pick(rng, ["新品", "降价", "渠道", "挖角", "进入", "营销"], size, [5, 3, 3, 2, 1, 4]),
    )
    text = {
        "新品": "发布新一代产品",
        "降价": "主力产品下调报价",
        "渠道": "新签区域代理",
        "挖角": "招募行业销售骨干",
        "进入": "进入新的细分行业",
        "营销": "举办行业巡展",
    }
    return frame(
        move_id=ids("MV", size, 3),
        competitor_id=np.array(COMPETITORS, dtype=object)[rng.integers(0, 8, size)],
        date=dates(t),
        type=kind.astype(object),
        description=np.array([text[k] for k in kind], dtype=object),
        source=pick(rng, ["客户反馈", "公开新闻", "招投标信息", "展会"], size),
    )


def market_size(world: World) -> pd.DataFrame:
    """One row per half and segment (all, line, region, industry, line within region), in yuan, with a range."""
    rng, rows = world.streams("market_size"), []
    shares = np.array([0.05, 0.045, 0.06, 0.03, 0.018, 0.022, 0.012, 0.02])
    for number, period in enumerate(PERIODS):
        season = 1.06 if period.endswith("H2") else 0.94
        years = number / 2
        lines = MARKET * world.scale * season * LINE_SHARE * (1 + LINE_GROWTH) ** years
        total = lines.sum()
        industry = np.array([0.22, 0.17, 0.16, 0.11, 0.10, 0.11, 0.08, 0.05])
        segments = [("全部", None, None, None, total, GROWTH)]
        segments += [
            (f"产品线:{name}", name, None, None, value, growth)
            for name, value, growth in zip(LINES, lines, LINE_GROWTH, strict=True)
        ]
        segments += [
            (f"区域:{name}", None, None, name, total * share, GROWTH)
            for name, share in zip(REGIONS, REGION_SHARE, strict=True)
        ]
        segments += [
            (f"行业:{name}", None, name, None, total * share, GROWTH)
            for name, share in zip(TRADES, industry, strict=True)
        ]
        segments += [
            (f"产品线:{line}|区域:{region}", line, None, region, value * share, growth)
            for line, value, growth in zip(LINES, lines, LINE_GROWTH, strict=True)
            for region, share in zip(REGIONS, REGION_SHARE, strict=True)
        ]
        for name, line, industry_name, region, amount, growth in segments:
            value = round(amount * float(rng.uniform(0.985, 1.015)), -5)
            drift = shares * rng.uniform(0.85, 1.15, 8) * (1 + 0.06 * years * np.array([0, 1, 0, 0, 2, -1, 1, 0]))
            rows.append(
                (
                    period,
                    name,
                    line,
                    industry_name,
                    region,
                    "中国",
                    value,
                    growth + float(rng.normal(0, 0.008)),
                    round(value * 0.026, -3),
                    json.dumps({code: round(float(share), 4) for code, share in zip(COMPETITORS, drift, strict=True)}),
                    "行业协会报告" if line is None or region is None else "内部估算",
                    "高" if name == "全部" else "中" if region is None or line is None else "低",
                    round(value * 0.92, -5),
                    round(value * 1.08, -5),
                )
            )
    table = pd.DataFrame(
        rows,
        columns=[
            "period",
            "segment",
            "product_line",
            "industry",
            "region",
            "country",
            "market_amount",
            "growth",
            "own_estimate",
            "competitor_shares",
            "source",
            "confidence",
            "low",
            "high",
        ],
    )
    return table.assign(growth=table["growth"].round(4))


def macro_indicators(world: World) -> pd.DataFrame:
    """One row per month and indicator: industry growth, prosperity, confidence, and fixed investment by region."""
    rng, parts = world.streams("macro_indicators"), []
    months = month_start(np.arange(MONTHS))
    for name, mean, sd, unit in (
        ("制造业PMI", 50.2, 0.5, "点"),
        ("工业增加值同比", 5.1, 0.6, "%"),
        ("行业景气度", 52.0, 1.6, "点"),
        ("消费者信心指数", 89.0, 1.5, "点"),
        ("装备行业收入增速", 7.5, 1.2, "%"),
    ):
        walk = mean + np.cumsum(rng.normal(0, sd * 0.35, MONTHS)) * 0.6 + rng.normal(0, sd * 0.4, MONTHS)
        parts.append(
            frame(
                month=months,
                indicator=name,
                region=np.full(MONTHS, None, dtype=object),
                value=np.round(walk, 2),
                unit=unit,
                source="统计机构",
            )
        )
    for region in REGIONS:
        base = {"西北": 4.4, "东北": 2.6}.get(region, 5.6)
        parts.append(
            frame(
                month=months,
                indicator="工业投资增速",
                region=region,
                value=np.round(base + rng.normal(0, 0.7, MONTHS), 2),
                unit="%",
                source="统计机构",
            )
        )
    return pd.concat(parts, ignore_index=True)


def channel_partners(world: World) -> pd.DataFrame:
    """One row per partner; few in the weak region."""
    rng = world.streams("channel_partners")
    size = max(6, round(28 * world.scale))
    region = rng.choice(6, size=size, p=[0.32, 0.24, 0.18, 0.13, 0.04, 0.09])
    stage = pick(rng, ["潜在", "洽谈", "试点", "签约", "活跃"], size, [3, 3, 2, 4, 8])
    signed = np.where(np.isin(stage, ["试点", "签约", "活跃"]), rng.uniform(-300, NOW - 10, size), np.nan)
    fit = rng.integers(2, 6, (size, 3))
    return frame(
        partner_id=ids("PT", size, 3),
        name=np.array([f"{REGIONS[r]}渠道伙伴{n + 1:02d}号" for n, r in enumerate(region)], dtype=object),
        type=pick(rng, ["经销", "代理", "平台", "战略", "生态"], size, [8, 5, 2, 2, 3]),
        region=take(np.array(REGIONS, dtype=object), region),
        stage=stage,
        signed_at=clock(signed),
        active=stage == "活跃",
        fit_scores=np.array(
            [json.dumps({"行业匹配": a, "技术能力": b, "资金实力": c}, ensure_ascii=False) for a, b, c in fit.tolist()],
            dtype=object,
        ),
    )
