"""Where approvals queue, and winning by time to approval (requirement P-25)."""

import pandas as pd

from ....metrics.comparison import rate_difference, wilson
from ....metrics.worktime import working_hours
from ....queries.approvals import approval_steps, workdays
from ....record import Chart, Exhibit, Heading, NotEnough, NotProvided, Point, Series, Text
from ...context import Context
from .approval_detail import outcomes
from .common import absent, at, clear, count, share

NEEDS = ("approvals.submitted_at", "approvals.decided_at")
BOXES = {"queue_departments": ("P-25",), "queue_bands": ("P-25",)}
BANDS = (("b2", 0, 2), ("b8", 2, 8), ("b32", 8, 32), ("b32_plus", 32, float("inf")))


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, hours in queue by department, win rate by band of approval time."""
    heading = Heading(id="queue_heading", title=Text("queue.heading"))
    missing = ctx.mart.missing(*NEEDS)
    if missing:
        return heading, *absent(BOXES, "queue.heading", missing)
    return heading, _queue(ctx), _bands(ctx)


def _queue(ctx: Context) -> Exhibit:
    box = {"id": "queue_departments", "requirements": BOXES["queue_departments"]}
    steps = approval_steps(ctx.mart, ctx.current.window)
    if len(steps) < ctx.settings.minimum_n.mean:
        return NotEnough(title=Text("queue.departments"), reason=Text("queue.few"), **box)
    hours = working_hours(steps["submitted_at"], steps["decided_at"], workdays(ctx.mart))
    sums = pd.Series(hours.to_numpy(), index=steps["department"]).groupby(level=0).agg(["sum", "size"])
    sums = sums.sort_values(["sum"], ascending=False)
    figures = [
        ctx.figure("queue_hours", float(row["sum"]), ctx.current, n=int(row["size"]), **at("department", name))
        for name, row in sums.iterrows()
    ]
    total = ctx.figure("queue_hours", float(sums["sum"].sum()), ctx.current, n=len(steps))
    held = figures[0].value / total.value if total.value else None
    part = at("queue", "first") | {"numerator": figures[0].value, "denominator": total.value}
    values = {"department": figures[0].member, "share": ctx.figure("share_mix", held, ctx.current, **part)}
    return Chart(
        title=Text("queue.departments_title", values | {"total": total}),
        form="barh",
        categories=tuple(str(name) for name in sums.index),
        series=(Series(Text("metric.queue_hours"), tuple(figures)),),
        axes={"x": Text("metric.queue_hours")},
        summary=Text("queue.departments_title", values | {"total": total}),
        notes=(Text("queue.note"),),
        **box,
    )


def _bands(ctx: Context) -> Exhibit:
    box = {"id": "queue_bands", "requirements": BOXES["queue_bands"]}
    missing = ctx.mart.missing("quotes.opp_id", "opportunities.outcome")
    if missing:
        return NotProvided(title=Text("queue.bands"), missing=missing, **box)
    found, points, counts = outcomes(ctx).dropna(subset=["hours"]), [], []
    for name, low, high in BANDS:
        inside = (found["hours"] > low) & (found["hours"] <= high) if low else found["hours"] <= high
        won, n = int(found.loc[inside, "won"].sum()), int(inside.sum())
        if n < ctx.settings.minimum_n.rate:
            continue
        identity, ends = at("approval_band", name), wilson(won, n)
        lower, upper = (
            ctx.figure(f"rate_{e}", getattr(ends, e), ctx.current, n=n, **identity) for e in ("low", "high")
        )
        size = count(ctx, "closed_deals", n, **identity)
        label = Text(f"queue.band_{name}", {"n": size})
        points.append(Point(label, share(ctx, "win_rate", won, n, **identity), low=lower, high=upper))
        counts.append((won, n))
    if len(points) < 2:
        return NotEnough(title=Text("queue.bands"), reason=Text("queue.few"), **box)
    case = "differ" if clear(rate_difference(*counts[0], *counts[-1])) else "alike"
    values = {"quick": points[0].x, "slow": points[-1].x}
    return Chart(
        title=Text(f"queue.bands_{case}", values),
        form="dot",
        points=tuple(points),
        axes={"x": Text("metric.win_rate")},
        summary=Text("queue.bands_alt", values),
        notes=(Text("queue.note_bands"),),
        **box,
    )
