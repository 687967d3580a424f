"""Hours on leads and deals that could never be won (requirement P-08). Part of qualification."""

from ....metrics.funnel import ratio
from ....queries import leads as queries
from ....record import Exhibit, Figure, Table, Text
from ...context import Context, Span, change
from ..cases import base_span, seen_until
from .slot import Slot

CAUSES = (("disqualified", True), ("disqualified", False), ("lost", True), ("lost", False))


def _hours(ctx: Context, span: Span) -> dict[tuple[str, bool], tuple[float, int]]:
    """Hours and contacts by fate and thinness; contacts without a duration take the mean of the others."""
    found = queries.effort(ctx.mart, span.window, seen_until(ctx, span))
    timed, minutes = float(found["timed"].sum()), float(found["minutes"].sum())
    mean = minutes / timed if timed else 0.0
    found["hours"] = (found["minutes"] + (found["n"] - found["timed"]) * mean) / 60
    sums = found.groupby(["fate", "thin"])[["hours", "n"]].sum()
    return {(fate, bool(thin)): (float(row["hours"]), int(row["n"])) for (fate, thin), row in sums.iterrows()}


def waste_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Hours on leads found to have no need, budget or right contact and on deals lost for want of need or budget / all
    hours on leads and deals (key wasted_effort); estimated where durations are missing."""
    span = span or ctx.current
    hours = _hours(ctx, span)
    total = sum(value for value, _ in hours.values())
    wasted = sum(value for (fate, _), (value, _) in hours.items() if fate != "other")
    n = sum(count for _, count in hours.values())
    flags = ("estimated",) if ctx.mart.missing("activities.duration_min") else ()
    flags += ("small_n",) if n < ctx.settings.minimum_n.rate else ()
    return ctx.figure(
        "wasted_effort", ratio(wasted, total), span, numerator=wasted, denominator=total, n=n, flags=flags
    )


def waste_table(ctx: Context, slot: Slot) -> Exhibit:
    """Hours that came to nothing by kind, split by whether little was known when the lead came in."""
    missing = ctx.mart.missing("activities.started_at", "activities.lead_id")
    if missing:
        return slot.absent(missing)
    hours, base = _hours(ctx, ctx.current), base_span(ctx, ctx.year_ago)
    share = waste_figure(ctx)
    if not share.value or "small_n" in share.flags:
        return slot.few()
    wasted, rows = share.numerator, []
    for fate, thin in CAUSES:
        value, n = hours.get((fate, thin), (0.0, 0))
        if not n:
            continue
        at = {"dimension": "waste_cause", "member": f"{fate}_{'thin' if thin else 'known'}"}
        spent = ctx.figure("wasted_hours", value, ctx.current, n=n, **at)
        part = ctx.figure("wasted_share", value / wasted, ctx.current, numerator=value, denominator=wasted, n=n, **at)
        rows.append(
            (Text(f"qualify.cause_{at['member']}"), spent, part, ctx.figure("wasted_contacts", n, ctx.current, **at))
        )
    yoy = change(share, waste_figure(ctx, base) if base else None, "yoy")
    whole = ctx.figure("wasted_hours", wasted, ctx.current)
    notes = [Text("qualify.note_waste")]
    if not ctx.mart.missing("stage_history.stage"):
        most = ctx.settings.process_flow.contacts_without_progress
        stuck = ctx.figure("fruitless_deals", queries.fruitless(ctx.mart, ctx.current.window, most), ctx.current)
        notes += [Text("qualify.note_fruitless", {"n": stuck, "most": str(most)})] if stuck.value else []
    names = ("wasted_hours", "wasted_share", "wasted_contacts")
    values = {"share": share, "hours": whole}
    return Table(
        title=Text("qualify.waste_title_yoy", values | {"yoy": yoy})
        if yoy.value is not None
        else Text("qualify.waste_title", values),
        header=(Text("qualify.cause"), *(Text(f"qualify.col_{name}") for name in names)),
        rows=tuple(rows),
        total=(Text("label.total"), whole, None, None),
        notes=tuple(notes),
        **slot.at,
    )
