"""Executive visits at strategic accounts against the plan, and their sponsors (requirement K-33)."""

from ....metrics.growth import ratio
from ....periods import add_months
from ....queries import account_relations as queries
from ....record import Chart, Exhibit, Figure, NotEnough, PeriodName, Series, Text
from ...context import Context
from . import strategic

VISIT = "高层互访"


def planned_visits(ctx: Context, account_id: str) -> float:
    """Executive visits planned in the review period's elapsed months."""
    plan = ctx.settings.account_plans.get(account_id)
    per_quarter = plan.exec_visits_per_quarter if plan else None
    per_quarter = ctx.settings.relations.exec_visits_per_quarter if per_quarter is None else per_quarter
    return per_quarter * len(_months(ctx)) / 3


def _months(ctx: Context) -> list:
    window = ctx.current.window
    first, months = window.start.replace(day=1), []
    while first <= window.end:
        months.append(first)
        first = add_months(first, 1)
    return months


def calendar(ctx: Context) -> tuple[Exhibit, dict[str, Figure]]:
    """Visits by account and month, and the figures about them."""
    box = {"id": "touch_visits", "requirements": ("K-33",)}
    accounts, months = strategic.accounts(ctx), _months(ctx)
    made = queries.visits(ctx.mart, ctx.current.window, VISIT)
    counts = {(row.account_id, row.month.date()): int(row.visits) for row in made.itertuples()}
    done = made[made["account_id"].isin(accounts["account_id"])].groupby("account_id")["visits"].sum()
    planned = accounts["account_id"].map(lambda one: planned_visits(ctx, one))
    total = {"numerator": int(done.sum()), "denominator": float(planned.sum()), "n": len(accounts)}
    pooled = ctx.figure(
        "exec_visit", ratio(total["numerator"], total["denominator"]), ctx.current, **total, **strategic.SCOPE
    )
    on_plan = int((accounts["account_id"].map(done).fillna(0) >= planned).sum())
    unvisited = [row.account for row in accounts.itertuples() if not done.get(row.account_id, 0)]
    plans = [ctx.settings.account_plans.get(one) for one in accounts["account_id"]]
    sponsored = sum(bool(plan and plan.exec_sponsor) for plan in plans)
    rest = {"denominator": len(accounts), "n": len(accounts)}
    values = {
        "visits": ctx.figure("exec_visits", int(done.sum()), ctx.current, **strategic.SCOPE),
        "planned": ctx.figure("exec_visits_planned", float(planned.sum()), ctx.current, **strategic.SCOPE),
        "rate": pooled,
        "on_plan": _share(ctx, "visit_plan_met", on_plan, rest),
        "unvisited": ctx.figure("accounts_unvisited", len(unvisited), ctx.current, n=len(accounts), **strategic.SCOPE),
        "sponsored": _share(ctx, "sponsor_assigned", sponsored, rest),
    }
    told = {name: values[name] for name in ("visits", "planned", "unvisited")}
    if not int(made["visits"].sum()):
        return NotEnough(title=Text("touch.visits_title"), reason=Text("touch.no_visits"), **box), values
    series = [
        Series(row.account, tuple(_visit(ctx, row, month, counts) for month in months), "part")
        for row in accounts.itertuples()
        if done.get(row.account_id, 0)
    ]
    chart = Chart(
        title=Text("touch.visits_found", told),
        form="heatmap",
        categories=tuple(PeriodName(f"{month.year}-M{month.month:02d}", short=True) for month in months),
        series=tuple(series),
        axes={"x": Text("label.month"), "y": Text("label.customer")},
        summary=Text("touch.visits_alt", told),
        notes=(Text("touch.note_visits"),),
        **box,
    )
    return chart, values


def _visit(ctx: Context, row, month, counts: dict) -> Figure:
    where = {"dimension": "account×month", "member": f"{row.account} | {month:%Y-%m}"}
    return ctx.figure("exec_visits", counts.get((row.account_id, month), 0), ctx.current, **where)


def _share(ctx: Context, name: str, part: int, rest: dict) -> Figure:
    flags = ("small_n",) if rest["n"] < ctx.settings.minimum_n.rate else ()
    value = ratio(part, rest["denominator"])
    return ctx.figure(name, value, ctx.current, numerator=part, flags=flags, **rest, **strategic.SCOPE)
