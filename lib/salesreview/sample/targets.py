"""Targets, as a firm sets them: from what planners could expect, a stretch, and rounding.

Planners do not know the planted shocks, so a weak region misses its target. Money is in yuan, ratios are 0-1.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .customers import TIERS, TYPES
from .deals import World
from .draw import MONTHS, NOW, day, frame, ids, month_of, month_start
from .offer import LINES, launch_plan
from .orders import Sales
from .organisation import REGION_IDS, TEAMS, employed_months

STRETCH = 0.985  # how far plans lie above what could be expected
YEARS = (2024, 2025, 2026)
SHARE = {"region": 0.985, "product_line": 1.0, "customer_type": 1.0, "team": 1.0, "rep": 1.03}


@dataclass(frozen=True)
class Span:
    """A period of targets: its code and its months from 2023-07 (first, one past the last)."""

    code: str
    first: int
    after: int


def spans() -> list[Span]:
    """2023-H2 with its quarters and months, then every year with halves, quarters and months."""
    out = [Span("2023-H2", 0, 6), Span("2023-Q3", 0, 3), Span("2023-Q4", 3, 6)]
    out += [Span(f"2023-M{m + 7:02d}", m, m + 1) for m in range(6)]
    for year in YEARS:
        at = (year - 2024) * 12 + 6
        out.append(Span(f"{year}-FY", at, at + 12))
        out += [Span(f"{year}-H{h + 1}", at + 6 * h, at + 6 * h + 6) for h in range(2)]
        out += [Span(f"{year}-Q{q + 1}", at + 3 * q, at + 3 * q + 3) for q in range(4)]
        out += [Span(f"{year}-M{m + 1:02d}", at + m, at + m + 1) for m in range(12)]
    return out


def rounded(values: np.ndarray) -> np.ndarray:
    """Rounded as people round targets: to 10 000 yuan above two million, to 1 000 below."""
    values = np.asarray(values, dtype=float)
    step = np.where(values > 2e7, 1e5, np.where(values > 2e6, 1e4, 1e3))
    return np.round(values / step) * step


def plan_by_month(world: World, sales: Sales, member: np.ndarray, members: int) -> np.ndarray:
    """Expected sales by member (rows) and month from 2023-07 (columns); 2026-H2 is the year before plus 7 %."""
    plan = sales.plan
    factor = np.ones(len(plan))
    for number, launch in enumerate((world.truths.good_launch, world.truths.poor_launch), start=1):
        factor[plan["launch"].to_numpy() == number] /= launch.actual_of_plan
    month = month_of(plan["t"].to_numpy())
    inside = (month >= 0) & (month < MONTHS) & (plan["t"].to_numpy() < NOW)
    out = np.zeros((members, MONTHS + 6))
    np.add.at(out, (member[inside], month[inside]), (plan["amount"].to_numpy() * factor)[inside])
    out[:, MONTHS:] = out[:, MONTHS - 12 : MONTHS - 6] * 1.07
    return out


def smoothed(world: World, plan: np.ndarray) -> np.ndarray:
    """The plan with each half's total kept and the seasonal profile inside it, since nobody plans single deals."""
    weights = world.truths.seasonality.months if world.truths.seasonality else (1.0,) * 12
    profile = np.array([weights[(m + 6) % 12] for m in range(MONTHS + 6)])
    halves = plan.reshape(len(plan), -1, 6).sum(axis=2)
    share = profile.reshape(-1, 6) / profile.reshape(-1, 6).sum(axis=1, keepdims=True)
    return (halves[:, :, None] * share).reshape(len(plan), -1)


def _sales_members(world: World, sales: Sales) -> list[tuple[str, list, np.ndarray]]:
    """Dimension, its members and the member index of each planned row."""
    plan, customers, org = sales.plan, world.customers, world.org
    account, seat = plan["account"].to_numpy(), plan["seat"].to_numpy()
    return [
        ("total", [None], np.zeros(len(plan), dtype=int)),
        ("region", list(REGION_IDS), customers.region[account]),
        ("product_line", list(LINES), world.offer.line[plan["product"].to_numpy()]),
        ("customer_type", list(TYPES), customers.type_[account]),
        ("tier", list(TIERS), customers.tier[account]),
        ("team", [f"T{k + 1:02d}" for k in range(len(TEAMS))], org.seat_team[seat]),
    ]


def _row(
    span: Span,
    metric: str,
    dim: str,
    member,
    value: float,
    unit: str = "元",
    direction: str = "higher",
    version: str = "original",
    owner: str | None = None,
) -> tuple:
    return (span.code, span.first, span.after, metric, dim, member, value, unit, direction, version, owner)


def sales_rows(world: World, sales: Sales) -> list[tuple]:
    """Sales targets by period for the total and each dimension; quarters and halves are sums of months."""
    rows, org = [], world.org
    managers = org.rep_id[org.managers]
    for dim, members, index in _sales_members(world, sales):
        plan = smoothed(world, plan_by_month(world, sales, index, len(members)))
        values = np.round(plan * STRETCH * SHARE.get(dim, 1.0), -3) if dim != "total" else rounded(plan * STRETCH)
        for number, member in enumerate(members):
            owner = managers[number] if dim == "team" else managers[-1]
            for span in spans():
                value = rounded(values[number, span.first : span.after].sum())
                rows.append(_row(span, "sales", dim, member, float(value), owner=owner))
                if dim in ("total", "region") and span.code in ("2026-H1", "2026-Q2", "2026-FY"):
                    rows.append(
                        _row(
                            span, "sales", dim, member, float(rounded(value * 0.985)), version="revised-1", owner=owner
                        )
                    )
    return rows + _rep_rows(world, sales) + _product_rows(world, sales)


def _rep_rows(world: World, sales: Sales) -> list[tuple]:
    """Targets of every quota carrier for the months employed; newcomers ramp up over six months."""
    rng, org = world.streams("rep_targets"), world.org
    seats = len(org.seat_team)
    plan = smoothed(world, plan_by_month(world, sales, sales.plan["seat"].to_numpy(), seats))
    even = plan.mean(axis=0, keepdims=True)
    seat_plan = 0.7 * plan + 0.3 * even
    quota = np.flatnonzero(org.rep_quota)
    present = employed_months(org, MONTHS + 6)[quota]
    start = month_of(np.clip(org.rep_start[quota], -9000, None))
    ramp = np.clip((np.arange(MONTHS + 6) - start[:, None] + 1) / 7, 0.3, 1.0)
    taste = np.exp(rng.normal(0, 0.06, len(quota)))[:, None]
    monthly = seat_plan[org.seat_of_rep[quota]] * present * ramp * taste * STRETCH * SHARE["rep"]
    rows = []
    for number, rep in enumerate(quota):
        for span in spans():
            value = float(rounded(monthly[number, span.first : span.after].sum()))
            if value > 0 and (span.code < "2026-M07" or "-M" not in span.code):
                rows.append(_row(span, "sales", "rep", org.rep_id[rep], value, owner=org.rep_id[org.rep_team[rep]]))
    return rows


def _product_rows(world: World, sales: Sales) -> list[tuple]:
    """Targets of the launched products from their launch plan."""
    rows = []
    for launch in (world.truths.good_launch, world.truths.poor_launch):
        plan = launch_plan(launch, world.scale)
        monthly = np.zeros(MONTHS + 6)
        for month, value in plan.items():
            at = int(np.datetime64(month, "M").astype(int) - np.datetime64("2023-07", "M").astype(int))
            if at < len(monthly):
                monthly[at] = value
        for span in spans():
            value = monthly[span.first : span.after].sum()
            if value > 0:
                rows.append(_row(span, "sales", "product", launch.product, float(value)))
    return rows


def other_rows(world: World, actual: dict[str, np.ndarray]) -> list[tuple]:
    """Targets of the other metrics for the total; ``actual`` holds money by month to derive them from."""
    rows = []
    for span in spans():
        if "-M" in span.code:
            continue
        months = slice(span.first, span.after)
        length = (span.after - span.first) / 12
        for metric, factor in (("signed", 1.04), ("collected", 1.03), ("gross_profit", 1.03), ("contribution", 1.03)):
            value = (
                actual[metric][months].sum()
                if span.after <= MONTHS
                else actual[metric][slice(span.first - 12, span.after - 12)].sum() * 1.08
            )
            rows.append(_row(span, metric, "total", None, float(rounded(value * factor))))
        rows.append(_row(span, "new_customers", "total", None, float(max(1, round(78 * world.scale * length))), "个"))
        year = int(span.code[:4]) - 2024
        for metric, value, unit, direction in (
            ("repurchase_rate", 0.80 + 0.005 * year, "%", "higher"),
            ("retention", 0.93, "%", "higher"),
            ("churn_rate", 0.07, "%", "lower"),
            ("csat", 82 + year, "分", "higher"),
            ("nps", 36 + 2 * year, "分", "higher"),
            ("market_share", 0.026 + 0.001 * year, "%", "higher"),
            ("online_share", 0.03 + 0.005 * year, "%", "higher"),
            ("conversion", 0.35, "%", "higher"),
            ("team_training_coverage", 0.9, "%", "higher"),
        ):
            rows.append(_row(span, metric, "total", None, value, unit, direction))
        rows.append(_row(span, "productivity", "total", None, float(rounded(8.8e6 * length * 1.06**year)), "元"))
    return rows


def activity_rows(world: World) -> list[tuple]:
    """Visits planned per seller and half."""
    org, rows = world.org, []
    for rep in np.flatnonzero(org.rep_quota):
        for span in spans():
            if (
                "-H" in span.code
                and org.rep_start[rep] < day(_date(span.after))
                and org.rep_end[rep] > day(_date(span.first))
            ):
                rows.append(_row(span, "activity:上门拜访", "rep", org.rep_id[rep], 90.0, "个"))
    return rows


def _date(month: int):
    return month_start(np.array([month]))[0].item()


def target_table(rows: list[tuple]) -> pd.DataFrame:
    """One row per metric, member, period and version; approved in the weeks before the year (revisions: April 2026)."""
    table = pd.DataFrame(
        rows,
        columns=[
            "period_code",
            "first",
            "after",
            "metric",
            "dim",
            "member",
            "value",
            "unit",
            "direction",
            "version",
            "owner_id",
        ],
    )
    first, after = table["first"].to_numpy(), table["after"].to_numpy()
    start, end = month_start(first), month_start(after) - np.timedelta64(1, "D")
    year = table["period_code"].str[:4].to_numpy()
    signed = np.array([f"{int(y) - 1}-12-22" if y != "2023" else "2023-06-26" for y in year], dtype="datetime64[D]")
    signed = np.where(table["version"] == "original", signed, np.datetime64("2026-04-08"))
    out = frame(
        target_id=ids("TG", len(table), 6),
        period_code=table["period_code"].to_numpy(object),
        period_start=start,
        period_end=end,
        **{name: table[name].to_numpy(object) for name in ("metric", "dim", "member")},
        value=table["value"].to_numpy(float),
        **{name: table[name].to_numpy(object) for name in ("unit", "direction", "version")},
        status="approved",
        owner_id=table["owner_id"].to_numpy(object),
        due=end,
        completion_standard=np.where(table["dim"] == "rep", "订单净额(不含税)以系统记录为准", None).astype(object),
        signed_at=signed,
        reward_penalty=np.where(table["dim"] == "rep", "按提成方案执行", None).astype(object),
    )
    return out
