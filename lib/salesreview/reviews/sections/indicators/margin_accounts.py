"""Margin by project and by customer, after what serving the customer costs (requirements D-42, D-43)."""

import math

import pandas as pd

from ....metrics import margin as metrics
from ....metrics.acquisition import prorated
from ....metrics.growth import ratio
from ....queries import margin as queries
from ....queries import sales
from ....queries.targets import workdays
from ....record import UNCLASSIFIED, Chart, Exhibit, Figure, NotEnough, NotProvided, Point, Table, Text
from ...context import Context

PROJECT_NEEDS = ("projects.revenue",)
SERVICE_NEEDS = ("account_resources.direct_cost", "account_resources.hours")
HOURS_A_DAY = 8
ENDS = 10
"""How many customers stand at each end of the ranking."""


def projects(ctx: Context) -> Exhibit:
    """Planned and actual margin of the span's projects; open ones at the larger of budget and cost so far (D-42)."""
    fixed = {"id": "margin_projects", "requirements": ("D-42",)}
    title = Text("margin.projects_title")
    missing = ctx.mart.missing(*PROJECT_NEEDS)
    if missing:
        return NotProvided(title=title, missing=missing, **fixed)
    found = queries.projects(ctx.mart, ctx.current.window)
    if found.empty:
        return NotEnough(title=title, reason=Text("margin.projects_none"), **fixed)
    found["expected"] = [_expected(row) for row in found.itertuples()]
    known = found[found["expected"].notna()]
    shown = found.head(ctx.settings.top_n)
    rows = [_project_row(ctx, row) for row in shown.itertuples()]
    revenue, cost = float(known["revenue"].sum()), float(known["expected"].sum())
    rest = {"numerator": revenue - cost, "denominator": revenue, "n": len(known)}
    overall = ctx.figure("project_margin", ratio(revenue - cost, revenue), ctx.current, **rest)
    over = known[(known["budget_cost"] > 0) & (known["expected"] > known["budget_cost"])]
    count = ctx.figure("project_overruns", len(over), ctx.current, n=len(known))
    labels = ["project", "account", "state", "revenue", "planned", "actual", "gap"]
    if all(row.account in row.project for row in shown.itertuples()):
        labels.remove("account")
        rows = [(row[0], *row[2:]) for row in rows]
    return Table(
        title=Text("margin.projects_over" if len(over) else "margin.projects_kept", {"rate": overall, "over": count}
                   if len(over) else {"rate": overall}),
        header=tuple(Text(f"margin.column_{name}") for name in labels),
        rows=tuple(rows),
        notes=(Text("margin.note_projects"),),
        **fixed,
    )  # fmt: skip


def _expected(row) -> float:
    """Cost at completion: what a finished project cost, for an open one the larger of budget and cost so far."""
    known = [value for value in ((row.cost, row.budget_cost) if row.is_open else (row.cost,)) if not pd.isna(value)]
    return max(known) if known else math.nan


def _project_row(ctx: Context, row) -> tuple:
    identity = {"dimension": "project", "member": row.project_id}
    flags = ("estimated",) if row.is_open else ()

    def rate(name: str, cost: float, flags: tuple[str, ...] = ()) -> Figure:
        left = None if pd.isna(cost) else row.revenue - cost
        rest = {"numerator": left, "denominator": row.revenue, "flags": flags}
        return ctx.figure(name, ratio(left, row.revenue), ctx.current, **rest, **identity)

    planned = rate("project_planned_margin", row.budget_cost)
    actual = rate("project_margin", row.expected, flags)
    both = planned.value is not None and actual.value is not None
    gap = ctx.figure(
        "project_margin_gap", actual.value - planned.value if both else None, ctx.current, flags=flags, **identity
    )
    state = Text("margin.state_open" if row.is_open else "margin.state_closed")
    revenue = ctx.figure("project_revenue", row.revenue, ctx.current, **identity)
    return row.project, row.account, state, revenue, planned, actual, gap


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Whale curve and both ends of the customer ranking."""
    whale, table = ({"id": f"margin_{name}", "requirements": ("D-43",)} for name in ("whale", "customers"))
    accounts = _accounts(ctx)
    title = Text("margin.whale_title")
    if len(accounts) < ctx.settings.minimum_n.rate:
        return tuple(NotEnough(title=title, reason=Text("margin.few_accounts"), **box) for box in (whale, table))
    served = len(ctx.mart.missing(*SERVICE_NEEDS)) < len(SERVICE_NEEDS)
    return _whale(ctx, accounts, served, whale), _customers(ctx, accounts, served, table)


def hourly_cost(ctx: Context) -> float | None:
    """What an hour of the sales staff costs in the span; None without staff cost."""
    window = ctx.current.window
    staff = queries.staff_cost_by_month(ctx.mart, window)
    days = workdays(ctx.mart, window).rename(columns={"workdays": "days"})
    hours = staff.merge(days, on="month")
    worked = float((hours["people"] * hours["days"]).sum()) * HOURS_A_DAY
    return ratio(sum(prorated(staff, window, part) for part in queries.STAFF_PARTS), worked)


def _accounts(ctx: Context) -> pd.DataFrame:
    """Known accounts with cost known, by account_id: account, sales, gross, service, profit; best first."""
    frame = sales.by(ctx.mart, ctx.current.window, "account_id", "account")
    frame = frame[(frame["account_id"] != UNCLASSIFIED) & (frame["costed_sales"] != 0)]
    frame = frame.assign(sales=frame["costed_sales"], gross=frame["costed_sales"] - frame["cost"])
    given = queries.service_by_account(ctx.mart, ctx.current.window)
    given["service"] = given["direct_cost"] + given["hours"] * (hourly_cost(ctx) or 0.0)
    frame = frame.merge(given[["account_id", "service", "tickets"]], on="account_id", how="left")
    frame[["service", "tickets"]] = frame[["service", "tickets"]].fillna(0.0)
    frame["profit"] = frame["gross"] - frame["service"]
    return frame.sort_values(["profit", "account_id"], ascending=[False, True]).reset_index(drop=True)


def _whale(ctx: Context, accounts: pd.DataFrame, served: bool, fixed: dict) -> Exhibit:
    curve = metrics.whale_curve(accounts["profit"])
    if not curve:
        return NotEnough(title=Text("margin.whale_title"), reason=Text("margin.no_profit"), **fixed)
    points = []
    for i, (x, y) in enumerate(curve):
        identity = {"dimension": "whale", "member": f"{i:03d}"}
        at = ctx.figure("cumulative_members", x, ctx.current, **identity)
        points.append(Point("", at, ctx.figure("cumulative_profit_share", y, ctx.current, **identity)))
    best = max(1, round(len(accounts) / 5))
    total, losses = float(accounts["profit"].sum()), accounts[accounts["profit"] < 0]
    share = float(accounts["profit"].head(best).sum()) / total
    rest = {"dimension": "accounts", "member": "best_fifth", "n": best}
    values = {
        "share": ctx.figure("cumulative_profit_share", share, ctx.current, **rest),
        "count": ctx.figure("loss_accounts", len(losses), ctx.current, n=len(accounts)),
        "loss": ctx.figure(
            "customer_profit", float(losses["profit"].sum()), ctx.current, dimension="accounts", member="loss"
        ),
    }
    case = "all_earn" if losses.empty else "beyond" if share > 1 else "loss"
    dropped = {"all_earn": ("count", "loss"), "beyond": ("share",)}.get(case, ())
    values = {name: figure for name, figure in values.items() if name not in dropped}
    return Chart(
        title=Text(f"margin.whale_{case}", values),
        form="curve",
        points=tuple(points),
        axes={"x": Text("margin.axis_accounts"), "y": Text("metric.cumulative_profit_share")},
        marks={"diagonal": True},
        summary=Text(f"margin.whale_alt_{case}", values),
        notes=(Text("margin.note_served" if served else "margin.note_not_served"),),
        **fixed,
    )


def _customers(ctx: Context, accounts: pd.DataFrame, served: bool, fixed: dict) -> Table:
    """Both ends of the ranking: the most and the least profitable customers."""
    count = min(ENDS, len(accounts) // 2)
    rows = []
    for end, part in (("top", accounts.head(count)), ("bottom", accounts.tail(count))):
        rows += [_customer_row(ctx, end, row, served) for row in part.itertuples()]
    labels = ["end", "account", "sales", "gross", "gm"] + (["service", "net"] if served else [])
    first, last = accounts.iloc[0], accounts.iloc[-1]
    values = {"first": first["account"], "high": rows[0][-1 if served else 3]}
    values |= {"last": last["account"], "low": rows[-1][-1 if served else 3]}
    return Table(
        title=Text("margin.customers_ends", values),
        header=tuple(Text(f"margin.column_{name}") for name in labels),
        rows=tuple(rows),
        notes=(Text("margin.note_served" if served else "margin.note_not_served"),),
        **fixed,
    )


def _customer_row(ctx: Context, end: str, row, served: bool) -> tuple:
    identity = {"dimension": "account", "member": row.account_id}
    sold = ctx.figure("costed_sales", row.sales, ctx.current, **identity)
    gross = ctx.figure("gross_profit", round(row.gross, 2), ctx.current, **identity)
    rate = None
    if row.sales > 0:
        rest = {"numerator": row.gross, "denominator": row.sales, **identity}
        rate = ctx.figure("gm_pct", ratio(row.gross, row.sales), ctx.current, **rest)
    cells = (Text(f"margin.end_{end}"), row.account, sold, gross, rate)
    if not served:
        return cells
    service = ctx.figure("cost_to_serve", round(row.service, 2), ctx.current, **identity)
    return *cells, service, ctx.figure("customer_profit", round(row.profit, 2), ctx.current, **identity)
