"""Delivery projects of large deals, with their costs and milestones, and joint innovation projects."""

import json

import numpy as np
import pandas as pd

from .deals import Pipeline, World
from .draw import NOW, dates, frame, ids, month_of, month_start, pick, repeats
from .orders import Basket

MILESTONES = ("启动", "方案确认", "到货/开发完成", "上线", "验收")
WEIGHTS = (0.10, 0.20, 0.30, 0.25, 0.15)
AT = (0.05, 0.25, 0.60, 0.85, 1.00)


def project_frame(world: World, pipeline: Pipeline, basket: Basket) -> pd.DataFrame:
    """All projects as numbers: deal, kind, start, planned and real end, revenue and costs in yuan."""
    rng, deals = world.streams("projects"), pipeline.deals
    amount = basket.amount
    large = (world.offer.line[deals.product] <= 1) & (amount > 900_000)
    delivery = np.flatnonzero(large & deals.won)
    selling = np.flatnonzero(large & deals.open & (amount > 1_500_000))
    partners = np.flatnonzero(deals.won & (world.customers.tier[deals.account] == 2) & (amount > 1_200_000))
    joint = partners[rng.random(len(partners)) < 0.06]
    deal = np.r_[delivery, selling, joint]
    kind = np.repeat(np.array(["交付", "销售", "联合创新"], dtype=object), [len(delivery), len(selling), len(joint)])
    count = len(deal)
    start = np.where(kind == "销售", deals.created[deal] + 10, deals.closed[deal] + rng.uniform(5, 25, count))
    length = np.where(
        kind == "联合创新", 240, 70 + 45 * np.log2(np.maximum(amount[deal], 9e5) / 9e5 + 1)
    ) * rng.uniform(0.8, 1.2, count)
    slip = np.where(rng.random(count) < 0.42, rng.gamma(2, 9, count), rng.normal(-2, 4, count))
    budget = amount[deal] * np.where(kind == "销售", 0.01, rng.uniform(0.52, 0.62, count))
    over = np.clip(rng.normal(0.035, 0.08, count) + 0.004 * np.maximum(slip, 0), -0.1, 0.5)
    table = pd.DataFrame(
        {
            "deal": deal,
            "kind": kind,
            "start": np.floor(start),
            "planned": np.floor(start + length),
            "end": np.floor(np.maximum(start + length + slip, start + 20)),
            "revenue": amount[deal] * (kind != "销售"),
            "budget": budget,
            "final": budget * (1 + over),
        }
    )
    table["custom"] = np.where(rng.random(count) < 0.3, table["budget"] * rng.uniform(0.03, 0.15, count), 0.0)
    return table[table["start"] < NOW].sort_values(["start", "deal"], kind="stable", ignore_index=True)


def project_of_deal(projects: pd.DataFrame, deals: int) -> np.ndarray:
    """Row of the delivery or sales project per deal, -1 without one."""
    out = np.full(deals, -1)
    own = projects["kind"] != "联合创新"
    out[projects["deal"][own]] = np.flatnonzero(own)
    return out


def _progress(projects: pd.DataFrame) -> np.ndarray:
    return np.clip((NOW - projects["start"]) / (projects["end"] - projects["start"]), 0, 1).to_numpy()


def project_table(world: World, pipeline: Pipeline, projects: pd.DataFrame) -> pd.DataFrame:
    """One row per project; actual cost is what was spent by the end of the data."""
    rng, deals, customers = world.streams("project_table"), pipeline.deals, world.customers
    count, deal = len(projects), projects["deal"].to_numpy()
    done = (projects["end"] < NOW).to_numpy()
    account = deals.account[deal]
    names = np.array(
        [f"{customers.name[a]}{k}项目" for a, k in zip(account, projects["kind"], strict=True)], dtype=object
    )
    spent = project_costs(world, projects).groupby("project_id")["amount"].sum()
    project_id = ids("PJ", count, 4)
    raci = json.dumps(
        {
            "方案": {"R": "售前", "A": "销售", "C": "研发", "I": "财务"},
            "交付": {"R": "交付中心", "A": "项目经理", "C": "售前", "I": "销售"},
        },
        ensure_ascii=False,
    )
    return frame(
        project_id=project_id,
        account_id=customers.account_id[account],
        opp_id=ids("OP", len(deals), 6)[deal],
        name=names,
        type=projects["kind"].to_numpy(object),
        start=dates(projects["start"].to_numpy()),
        planned_end=dates(projects["planned"].to_numpy()),
        end=dates(np.where(done, projects["end"], np.nan)),
        status=np.where(done, "已完成", "进行中").astype(object),
        revenue=np.round(projects["revenue"].to_numpy(), 2),
        budget_cost=np.round(projects["budget"].to_numpy(), 2),
        actual_cost=np.round(spent.reindex(project_id).fillna(0).to_numpy(), 2),
        customisation_cost=np.round(projects["custom"].to_numpy() * _progress(projects), 2),
        raci=raci,
        owner=pick(rng, ["交付一部", "交付二部", "解决方案中心"], count),
    )


def project_costs(world: World, projects: pd.DataFrame) -> pd.DataFrame:
    """One row per project, month and type of cost up to the end of the data, in yuan."""
    first = month_of(projects["start"].to_numpy())
    last = month_of(np.minimum(projects["end"].to_numpy(), NOW - 1))
    whole = month_of(projects["end"].to_numpy()) - first + 1
    row, number = repeats(np.maximum(last - first + 1, 1))
    monthly = (projects["final"].to_numpy() / whole)[row]
    types, shares = np.array(["人工", "物料", "外协"], dtype=object), np.array([0.45, 0.40, 0.15])
    return frame(
        project_id=np.repeat(ids("PJ", len(projects), 4)[row], 3),
        month=np.repeat(month_start(first[row] + number), 3),
        amount=np.round(np.outer(monthly, shares).ravel(), 2),
        type=np.tile(types, len(row)),
    )


def project_milestones(world: World, projects: pd.DataFrame) -> pd.DataFrame:
    """One row per project and milestone; weights add up to 1."""
    count = len(projects)
    start = np.repeat(projects["start"].to_numpy(), 5)
    planned = start + np.tile(AT, count) * np.repeat((projects["planned"] - projects["start"]).to_numpy(), 5)
    real = start + np.tile(AT, count) * np.repeat((projects["end"] - projects["start"]).to_numpy(), 5)
    return frame(
        project_id=np.repeat(ids("PJ", count, 4), 5),
        name=np.tile(np.array(MILESTONES, dtype=object), count),
        planned=dates(planned),
        forecast=dates(real),
        actual=dates(real, known=True),
        weight=np.tile(WEIGHTS, count),
    )
