"""What the firm sells and through which channels: products, prices over time, channels."""

import json
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from .draw import NOW, day, frame, ids
from .truths import Truths

LINES = ("工业软件", "智能装备", "控制系统", "云服务订阅", "技术服务")
# name, line, service type, class, life cycle, launch, priority, list price (yuan a unit), cost/list, weight in deals,
# weight in repeat orders
_PRODUCTS = (
    ("MES制造执行平台", 0, "产品", "平台", "成熟", "2017-03-01", "core", 46_000, 0.36, 5.0, 0.0),
    ("APS高级排程", 0, "产品", "平台", "成长", "2020-06-01", "core", 32_000, 0.34, 3.0, 0.0),
    ("QMS质量追溯", 0, "产品", "应用", "成长", "2021-04-01", "push", 21_000, 0.33, 2.2, 0.3),
    ("SCADA数据采集", 0, "产品", "应用", "成熟", "2015-09-01", "maintain", 9_800, 0.40, 1.8, 0.6),
    ("能碳管理套件", 0, "产品", "应用", "导入", None, "push", 24_000, 0.38, 0.0, 0.0),
    ("视觉检测工作站", 1, "产品", "工作站", "成长", "2020-10-01", "core", 58_000, 0.66, 3.2, 0.2),
    ("协作机器人单元", 1, "产品", "机器人", "成长", "2021-08-01", "push", 76_000, 0.70, 3.0, 0.0),
    ("AGV搬运系统", 1, "产品", "物流", "成熟", "2018-05-01", "core", 64_000, 0.69, 2.0, 0.2),
    ("智能拧紧工作台", 1, "产品", "工作站", "衰退", "2014-02-01", "exit", 27_000, 0.72, 1.0, 0.3),
    ("边缘控制器", 2, "产品", "控制器", "成熟", "2018-11-01", "core", 6_800, 0.54, 2.4, 4.0),
    ("工业网关", 2, "产品", "网关", "成熟", "2017-06-01", "maintain", 2_600, 0.56, 1.4, 3.2),
    ("PLC控制柜", 2, "产品", "控制柜", "成熟", "2013-05-01", "core", 18_500, 0.60, 2.2, 2.0),
    ("分布式IO模块", 2, "产品", "模块", "衰退", "2012-03-01", "maintain", 980, 0.58, 0.6, 3.0),
    ("设备云平台", 3, "订阅", "云平台", "成长", "2021-01-15", "core", 4_800, 0.30, 3.0, 0.8),
    ("预测性维护订阅", 3, "订阅", "云应用", "导入", None, "push", 7_200, 0.28, 0.0, 0.0),
    ("供应链协同云", 3, "订阅", "云应用", "成长", "2022-05-01", "push", 3_600, 0.32, 1.6, 0.5),
    ("软件实施服务", 4, "实施", "人天", "成熟", "2015-01-01", "core", 2_400, 0.60, 1.2, 0.4),
    ("装备集成调试", 4, "实施", "人天", "成熟", "2015-01-01", "maintain", 2_100, 0.64, 0.8, 0.4),
    ("年度维保", 4, "维保", "合同", "成熟", "2013-01-01", "core", 5_500, 0.50, 1.0, 0.6),
    ("备件与延保", 4, "维保", "备件", "成熟", "2013-01-01", "maintain", 1_250, 0.55, 0.2, 3.4),
    ("数字化咨询", 4, "咨询", "咨询", "成长", "2022-03-01", "push", 4_500, 0.52, 1.4, 0.2),
    ("数据治理咨询", 4, "咨询", "咨询", "导入", "2024-10-15", "push", 4_200, 0.54, 0.8, 0.0),
)
DEAL_MEAN = np.array([640_000, 820_000, 230_000, 210_000, 300_000], dtype=float)  # yuan by line, medium account
DEAL_SIGMA = np.array([0.58, 0.60, 0.55, 0.50, 0.55])
REPEAT_MEAN = np.array([130_000, 220_000, 120_000, 70_000, 75_000], dtype=float)
CYCLE_DAYS = np.array([115.0, 125.0, 78.0, 84.0, 82.0])  # median days from first contact to closing, before approvals
MES, SERVICE_SOFT, SERVICE_HARD, MAINTENANCE, CLOUD, EDGE = 0, 16, 17, 18, 13, 9

PLANNED_PRICE = 0.9  # price a launch plan reckons with, relative to the list price

LEAD_CHANNELS = ("CH01", "CH02", "CH03", "CH04", "CH05")
_CHANNELS = (  # id, name, role, group, online
    ("CH01", "展会与线下活动", "lead", "市场活动", False),
    ("CH02", "搜索与信息流广告", "lead", "线上广告", True),
    ("CH03", "合作伙伴转介", "lead", "合作伙伴转介", False),
    ("CH04", "销售自拓", "lead", "销售自拓", False),
    ("CH05", "官网与内容", "lead", "其他", True),
    ("CH11", "直销", "sales", "销售自拓", False),
    ("CH12", "经销商", "sales", "合作伙伴转介", False),
    ("CH13", "线上商城", "sales", "其他", True),
    ("CH21", "邮件", "message", "其他", True),
    ("CH22", "企业微信", "message", "其他", True),
    ("CH23", "短信", "message", "其他", True),
)


@dataclass(frozen=True)
class Offer:
    """Products as arrays; line, price and cost by product index."""

    table: pd.DataFrame
    product_id: np.ndarray
    line: np.ndarray
    price: np.ndarray  # before the price rise
    cost_ratio: np.ndarray
    launch: np.ndarray  # day number
    deal_weight: np.ndarray
    repeat_weight: np.ndarray
    subscription: np.ndarray
    truths: Truths

    def price_at(self, product: np.ndarray, t: np.ndarray) -> np.ndarray:
        """List price of ``product`` on day ``t`` in yuan a unit."""
        return self.price[product] * (1 + self.rise(product, t))

    def rise(self, product: np.ndarray, t: np.ndarray) -> np.ndarray:
        """Share by which the price of ``product`` has risen by day ``t``."""
        rise = self.truths.price_rise
        if rise is None:
            return np.zeros(len(np.asarray(t)))
        risen = (self.line[product] == LINES.index(rise.product_line)) & (np.asarray(t) >= day(rise.since))
        return np.where(risen, rise.increase, 0.0)

    def volume(self, product: np.ndarray, t: np.ndarray) -> np.ndarray:
        """Quantity relative to what would have been bought at the old price."""
        rise = self.truths.price_rise
        return (1 + self.rise(product, t)) ** (rise.elasticity if rise else 0.0)


def build(truths: Truths) -> Offer:
    """The product list; prices in the table are those at the end of the data."""
    rows = pd.DataFrame(
        _PRODUCTS,
        columns=[
            "name",
            "line",
            "service_type",
            "class",
            "life_cycle",
            "launch",
            "priority",
            "price",
            "cost",
            "deal",
            "repeat",
        ],
    )
    product_id = ids("P", len(rows), 2)
    launched = {launch.product: launch.launched for launch in (truths.good_launch, truths.poor_launch)}
    dates_ = [
        launched.get(pid) or date.fromisoformat(day_) for pid, day_ in zip(product_id, rows["launch"], strict=True)
    ]
    line = rows["line"].to_numpy()
    offer = Offer(
        table=pd.DataFrame(),
        product_id=product_id,
        line=line,
        price=rows["price"].to_numpy(float),
        cost_ratio=rows["cost"].to_numpy(float),
        launch=np.array([day(when) for when in dates_]),
        deal_weight=rows["deal"].to_numpy(float),
        repeat_weight=rows["repeat"].to_numpy(float),
        subscription=(rows["service_type"] == "订阅").to_numpy(),
        truths=truths,
    )
    now = np.full(len(rows), NOW)
    every = np.arange(len(rows))
    complement = {1: 0, 2: 0, 4: 13, 5: 2, 14: 13, 16: 0, 17: 6, 18: 11, 10: 9, 12: 9}
    table = frame(
        product_id=product_id,
        name=rows["name"].to_numpy(object),
        product_line=np.array(LINES, dtype=object)[line],
        service_type=rows["service_type"].to_numpy(object),
        life_cycle=rows["life_cycle"].to_numpy(object),
        launch_date=np.array(dates_, dtype="datetime64[D]"),
        priority=rows["priority"].to_numpy(object),
        is_core_price=(rows["priority"] == "core").to_numpy(),
        list_price=np.round(offer.price_at(every, now), 2),
        std_cost=np.round(offer.price * offer.cost_ratio, 2),
        complement_of=np.array([product_id[complement[i]] if i in complement else None for i in every], dtype=object),
        is_subscription=offer.subscription,
    )
    table.insert(4, "class", rows["class"].to_numpy(object))
    return Offer(**{**offer.__dict__, "table": table})


def channels() -> pd.DataFrame:
    """One row per lead, sales or message channel."""
    return pd.DataFrame(_CHANNELS, columns=["channel_id", "name", "role", "group4", "is_online"])


def price_changes(offer: Offer) -> pd.DataFrame:
    """One row per product and price change: a small one in 2024 and 2025, and the planted rise."""
    rows = [(offer.product_id[i], when, old, new, reason) for i, when, old, new, reason in _changes(offer)]
    table = pd.DataFrame(rows, columns=["product_id", "effective_date", "old_price", "new_price", "reason"])
    table["effective_date"] = pd.to_datetime(table["effective_date"])
    table["region"] = None
    return table


def _changes(offer: Offer):
    rise = offer.truths.price_rise
    if rise is not None:
        for i in np.flatnonzero(offer.line == LINES.index(rise.product_line)):
            yield i, rise.since, offer.price[i], round(offer.price[i] * (1 + rise.increase), 2), "原材料与芯片成本上涨"


def launch_plan(launch, scale: float) -> dict[str, float]:
    """Planned sales in yuan by month after the launch (``YYYY-MM``), rising over the first months."""
    weights = np.minimum(np.arange(1, 13), 7) / np.minimum(np.arange(1, 13), 7).sum()
    months = (np.datetime64(launch.launched, "M") + np.arange(12)).astype(str)
    return {
        str(month): float(round(launch.plan_12_months * scale * weight, -3))
        for month, weight in zip(months, weights, strict=True)
    }


def launch_table(offer: Offer, scale: float) -> pd.DataFrame:
    """One row per launch with its monthly plan."""
    rows = []
    prices = dict(zip(offer.product_id, offer.price, strict=True))
    for launch, accounts in ((offer.truths.good_launch, 60), (offer.truths.poor_launch, 24)):
        plan = launch_plan(launch, scale)
        rows.append(
            {
                "product_id": launch.product,
                "launch_date": pd.Timestamp(launch.launched),
                "target_units": round(sum(plan.values()) / (prices[launch.product] * PLANNED_PRICE)) or 1,
                "target_sales": sum(plan.values()),
                "target_accounts": max(2, round(accounts * scale)),
                "monthly_plan": json.dumps(plan),
                "stop_loss_amount": round(sum(plan.values()) * 0.3, -3),
                "stop_loss_date": pd.Timestamp(launch.launched) + pd.DateOffset(months=12),
                "kit_ready_at": pd.Timestamp(launch.launched - timedelta(days=9)) + pd.Timedelta(hours=16),
                "status": "在售",
            }
        )
    return pd.DataFrame(rows)
