"""Deals lost to internal procedure: named as such, or lost soon after a long internal wait (requirement P-15)."""

from datetime import timedelta

import pandas as pd

from ....metrics.funnel import ratio
from ....metrics.worktime import working_hours
from ....periods import Window
from ....queries import offers as queries
from ....queries.approvals import workdays
from ....record import UNCLASSIFIED, Card, Cards, Exhibit, Figure, Heading, Table, Text
from ...context import Context, Span, change
from ..cases import base_span
from .slot import Slot, shaky

FIELDS = ("opportunities.lost_reason", "opportunities.closed_at")
SLOTS = {
    "cards": Slot("missed_cards", Text("missed.heading"), ("P-15",)),
    "list": Slot("missed_list", Text("missed.list"), ("P-15",)),
}
INTERNAL = "内部流程"


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, count and amount, the largest ones."""
    heading = Heading(id="missed_heading", title=Text("missed.heading"))
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return heading, *(slot.absent(missing) for slot in SLOTS.values())
    found = missed_deals(ctx)
    if found.empty:
        return heading, *(slot.few(Text("missed.none")) for slot in SLOTS.values())
    return heading, _cards(ctx), _list(ctx, found)


def wait_limits(ctx: Context, span: Span) -> dict[str, float]:
    """90th percentile of approval and preparation, in working hours, of deals closed in the year to the span's end."""
    window = Window(span.window.end - timedelta(days=364), span.window.end)
    waits = _waits(ctx, window)
    return {
        name: float(waits[name].quantile(0.9))
        for name in ("approval", "preparation")
        if waits[name].notna().sum() >= ctx.settings.minimum_n.rate
    }


def _waits(ctx: Context, window: Window) -> pd.DataFrame:
    """`queries.offers.quote_waits` with ``approval`` and ``preparation`` in working hours."""
    found, days = queries.quote_waits(ctx.mart, window), workdays(ctx.mart)
    found["approval"] = working_hours(found["first_submitted"], found["last_decided"], days)
    found["preparation"] = working_hours(found["requested_at"], found["sent_at"], days)
    return found


def missed_deals(ctx: Context, span: Span | None = None) -> pd.DataFrame:
    """Deals lost in ``span`` by procedure: ``opp_id``, ``account``, ``amount``, ``closed_at``, ``kind`` (``explicit``,
    ``approval`` or ``preparation``), ``hours`` waited; each deal once, the reason on record first, largest first."""
    span = span or ctx.current
    lost = queries.lost_for(ctx.mart, span.window)
    parts = [lost[lost["reason"] == INTERNAL].assign(kind="explicit", hours=float("nan"))]
    if not ctx.mart.missing("quotes.opp_id"):
        waits, limits = _waits(ctx, span.window), wait_limits(ctx, span)
        waits = waits[waits["outcome"] == "lost"]
        within = pd.Timedelta(days=ctx.settings.process_flow.missed_within_days)
        for kind, ended in (("approval", "last_decided"), ("preparation", "sent_at")):
            if kind in limits:
                gap = waits["closed_at"] - waits[ended]
                late = waits[(waits[kind] > limits[kind]) & (gap >= pd.Timedelta(0)) & (gap <= within)]
                parts.append(late.assign(kind=kind, hours=late[kind]))
    found = pd.concat([part[["opp_id", "account", "amount", "closed_at", "kind", "hours"]] for part in parts])
    found = found.drop_duplicates("opp_id").fillna({"amount": 0.0})
    return found.sort_values(["amount", "opp_id"], ascending=[False, True], ignore_index=True)


def missed_figures(ctx: Context, span: Span | None = None) -> dict[str, Figure]:
    """Number and amount of the deals with the reason on record, and of those lost soon after a long wait."""
    span = span or ctx.current
    found, figures = missed_deals(ctx, span), {}
    explicit = found["kind"] == "explicit"
    for name, part in (("explicit", found[explicit]), ("implicit", found[~explicit])):
        at = {"dimension": "missed", "member": name, "n": len(part)}
        figures[f"{name}_deals"] = ctx.figure("missed_deals", len(part), span, **at)
        figures[f"{name}_amount"] = ctx.figure("missed_amount", float(part["amount"].sum()), span, **at)
    return figures


def internal_share_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Deals lost for internal procedure / lost deals with a reason on record."""
    span = span or ctx.current
    lost = queries.lost_for(ctx.mart, span.window)
    known = lost[lost["reason"] != UNCLASSIFIED]
    hits, n = int((known["reason"] == INTERNAL).sum()), len(known)
    at = {"numerator": hits, "denominator": n, "n": n, "flags": shaky(ctx, n)}
    return ctx.figure("internal_share", ratio(hits, n), span, **at)


def _cards(ctx: Context) -> Cards:
    now, base = missed_figures(ctx), base_span(ctx, ctx.year_ago)
    then = missed_figures(ctx, base) if base else {}
    days = ctx.figure("limit_days", ctx.settings.process_flow.missed_within_days, ctx.current,
                      dimension="limit", member="missed")  # fmt: skip
    total = ctx.figure("missed_amount", now["explicit_amount"].value + now["implicit_amount"].value, ctx.current,
                       n=now["explicit_deals"].n + now["implicit_deals"].n)  # fmt: skip
    count = ctx.figure("missed_deals", total.n, ctx.current)
    return Cards(
        title=Text("missed.title", {"n": count, "amount": total}),
        cards=tuple(
            Card(Text(f"missed.{name}"), figure, (change(figure, then.get(name), "yoy"),))
            for name, figure in now.items()
        ),
        notes=(Text("missed.note", {"days": days}), Text("missed.note_cause")),
        **SLOTS["cards"].at,
    )


def _list(ctx: Context, found: pd.DataFrame) -> Table:
    rows = []
    for row in found.head(ctx.settings.top_n).itertuples():
        at = {"dimension": "opportunity", "member": row.opp_id}
        hours = None if pd.isna(row.hours) else ctx.figure("missed_wait", float(row.hours), ctx.current, **at)
        amount = ctx.figure("missed_amount", float(row.amount), ctx.current, **at)
        rows.append((row.opp_id, row.account, row.closed_at.date(), Text(f"missed.kind_{row.kind}"), hours, amount))
    labels = ("deal", "account", "closed", "kind", "wait", "amount")
    title = SLOTS["list"].title
    if rows[0][1]:
        title = Text("missed.list_title", {"account": rows[0][1], "amount": rows[0][5]})
    return Table(
        title=title,
        header=tuple(Text(f"missed.{label}") for label in labels),
        rows=tuple(rows),
        notes=(Text("missed.note_list"),),
        **SLOTS["list"].at,
    )  # fmt: skip
