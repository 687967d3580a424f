"""How departments answer each other, and against which limit (requirements P-22, P-44, S4-05)."""

import pandas as pd

from ....metrics.worktime import working_hours
from ....queries import working as queries
from ....queries.approvals import workdays
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, NotEnough, Prose, Series, Table, Text
from ....settings.process_rules import Sla
from ...context import Context, Span, change
from ..cases import base_span, seen_until
from ..finding import finding
from .common import absent, at, cards, count, middle, moved, pair, share, too_few

NEEDS = ("internal_requests.responded_at", "internal_requests.to_dept")
BOXES = {
    "departments_cards": ("P-22", "P-44"),
    "departments_matrix": ("P-22",),
    "departments_sla": ("P-44", "S4-05"),
    "departments_text": ("P-22", "P-44"),
}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, matrix of departments, limits by pair and type, paragraph."""
    heading = Heading(id="departments_heading", title=Text("desks.heading"))
    missing = ctx.mart.missing(*NEEDS)
    if missing:
        return heading, *absent(BOXES, "desks.heading", missing)
    if len(requests(ctx, ctx.current)) < ctx.settings.minimum_n.mean:
        return heading, *too_few(BOXES, "desks.heading", "desks.few")
    table = _sla_table(ctx)
    return heading, _cards(ctx), _matrix(ctx), table, _text(ctx, table)


def requests(ctx: Context, span: Span) -> pd.DataFrame:
    """Requests opened in ``span`` with hours (working time to the answer), limit (working hours: of the agreement,
    else of the request), in_time (null while the limit has not passed) and pending."""
    seen = seen_until(ctx, span)
    return judged(queries.requests(ctx.mart, span.window, seen), ctx.settings.sla, workdays(ctx.mart), seen)


def judged(found: pd.DataFrame, sla: Sla, days: list, seen) -> pd.DataFrame:
    """As `requests` for the rows of `queries.working.requests` as known at the end of the day ``seen``."""
    agreed = {(one.to, one.type): one.limit_h for one in sla.requests}
    keys = zip(found["to_dept"], found["type"], strict=True)
    limit = pd.Series([agreed.get(key) for key in keys], index=found.index, dtype=float)
    limit = limit.fillna(found["own_limit"].astype(float))
    end = pd.Series(pd.Timestamp(seen) + pd.Timedelta(hours=24), index=found.index)
    hours, waited = (working_hours(found["opened_at"], last, days) for last in (found["responded_at"], end))
    answered = hours.notna()
    due = limit.notna() & (answered | (waited > limit))
    in_time = (answered & (hours <= limit)).where(due).astype("boolean")
    return found.assign(hours=hours, limit=limit, in_time=in_time, pending=~answered & ~due)


def sla_figure(ctx: Context, span: Span, found: pd.DataFrame | None = None, **identity) -> Figure:
    """Requests answered within their limit / requests answered or past it (registry key sla_rate)."""
    due = (requests(ctx, span) if found is None else found)["in_time"].dropna()
    return share(ctx, "sla_rate", int(due.sum()), len(due), span, **identity)


def repeat_figure(ctx: Context, span: Span) -> Figure:
    """Repeats / requests (registry key request_repeats)."""
    found = requests(ctx, span)
    return share(ctx, "request_repeats", int(found["repeated"].sum()), len(found), span)


def _per_deal(ctx: Context, span: Span) -> Figure:
    linked = requests(ctx, span)["opp_id"].dropna()
    deals = linked.nunique()
    value = len(linked) / deals if deals else None
    return ctx.figure("requests_per_deal", value, span, numerator=len(linked), denominator=deals, n=deals)


def _lacking(ctx: Context, span: Span) -> Figure:
    return share(ctx, "missing_shared", *queries.lacking_shared(ctx.mart, span.window), span)


def _coordination(ctx: Context, span: Span) -> Figure:
    return share(ctx, "coordination_complaints", *queries.coordination_complaints(ctx.mart, span.window), span)


def _cards(ctx: Context) -> Cards:
    makes = [lambda span, make=make: make(ctx, span) for make in (sla_figure, repeat_figure, _per_deal)]
    if not ctx.mart.missing("opportunities.created_at"):
        makes.append(lambda span: _lacking(ctx, span))
    if not ctx.mart.missing("tickets.category", "tickets.is_complaint"):
        makes.append(lambda span: _coordination(ctx, span))
    total = count(ctx, "requests_opened", len(requests(ctx, ctx.current)))
    first = (Card(Text("metric.requests_opened"), total),)
    kept = makes[0](ctx.current)
    if kept.value is None:
        title = Text("desks.title_unlimited", {"n": total})
    else:
        case, moved_by = moved(ctx, makes[0])
        title = finding("desks.title", case, moved_by, kept=kept)
    policy, notes = ctx.settings.sla, [Text("desks.note")]
    if policy.requests:
        notes.append(Text("desks.note_sla", {"source": policy.source, "date": policy.date}))
    else:
        notes.append(Text("desks.note_own"))
    return Cards(
        id="departments_cards",
        title=title,
        requirements=BOXES["departments_cards"],
        cards=first + cards(ctx, makes),
        notes=tuple(notes),
    )


def _matrix(ctx: Context) -> Exhibit:
    found = requests(ctx, ctx.current)
    columns = sorted(found["to_dept"].unique())
    rows = []
    for name, part in found.groupby("from_dept"):
        cells = []
        for column in columns:
            here = part[part["to_dept"] == column]
            identity = at("from×to", pair(name, column))
            cells.append(middle(ctx, "request_hours", here["hours"], **identity) if len(here) else None)
        rows.append(Series(str(name), tuple(cells), "part"))
    known = [c for row in rows for c in row.figures if c is not None and c.value is not None]
    solid = [cell for cell in known if "small_n" not in cell.flags]
    box = {"id": "departments_matrix", "requirements": BOXES["departments_matrix"]}
    if not known:
        return NotEnough(title=Text("desks.matrix"), reason=Text("desks.few"), **box)
    slow = max(solid or known, key=lambda cell: cell.value)
    start, _, end = slow.member.partition(" | ")
    values = {"from": start, "to": end, "hours": slow}
    return Chart(
        title=Text("desks.matrix_title", values),
        form="heatmap",
        categories=tuple(columns),
        series=tuple(rows),
        axes={"value": Text("metric.request_hours"), "x": Text("desks.to"), "y": Text("desks.from")},
        summary=Text("desks.matrix_alt", values),
        notes=(Text("desks.note_matrix"),),
        **box,
    )


def _sla_table(ctx: Context) -> Exhibit:
    box = {"id": "departments_sla", "requirements": BOXES["departments_sla"]}
    span = base_span(ctx, ctx.year_ago)
    before = requests(ctx, span) if span else None
    owners = {(one.to, one.type): one.owner for one in ctx.settings.sla.requests}
    rows = []
    for (dept, kind), part in requests(ctx, ctx.current).groupby(["to_dept", "type"]):
        identity = at("to×request_type", pair(dept, kind))
        kept, then = sla_figure(ctx, ctx.current, part, **identity), None
        if before is not None:
            same = before[(before["to_dept"] == dept) & (before["type"] == kind)]
            then = sla_figure(ctx, span, same, **identity)
        limit = part["limit"].dropna()
        rows.append(
            (
                str(dept),
                str(kind),
                owners.get((dept, kind)) or None,
                ctx.figure("request_limit", float(limit.median()) if len(limit) else None, ctx.current, **identity),
                count(ctx, "requests_opened", len(part), **identity),
                middle(ctx, "request_hours", part["hours"], **identity),
                kept,
                change(kept, then, "yoy"),
                count(ctx, "requests_pending", int(part["pending"].sum()), **identity),
            )
        )
    rows.sort(key=lambda row: (row[6].value is None, row[6].value or 0, row[0], row[1]))
    solid = [row for row in rows if row[6].value is not None and "small_n" not in row[6].flags]
    title = Text("desks.sla")
    if solid:
        title = Text("desks.sla_title", {"dept": solid[0][0], "type": solid[0][1], "kept": solid[0][6]})
    labels = [Text(f"desks.{name}") for name in ("to", "type", "owner")]
    names = ("request_limit", "requests_opened", "request_hours", "sla_rate")
    header = (*labels, *(Text(f"desks.col_{name}") for name in (*names, "yoy", "pending")))
    return Table(title=title, header=header, rows=tuple(rows[:12]), notes=(Text("desks.note_due"),), **box)


def _text(ctx: Context, table: Exhibit) -> Prose:
    kept, repeats = sla_figure(ctx, ctx.current), repeat_figure(ctx, ctx.current)
    total = count(ctx, "requests_opened", len(requests(ctx, ctx.current)))
    values = {"n": total, "repeats": repeats}
    sentences = [Text("desks.say_volume", values)]
    if kept.value is not None:
        case, moved_by = moved(ctx, lambda span: sla_figure(ctx, span))
        sentences.append(finding("desks.say", case, moved_by, kept=kept))
    rows = [row for row in getattr(table, "rows", ()) if row[6].value is not None and "small_n" not in row[6].flags]
    weak = [row for row in rows if row[6].value < 0.8]
    if weak:
        named = tuple(Text("desks.pair", {"dept": r[0], "type": r[1], "kept": r[6]}) for r in weak[:3])
        sentences.append(Text("desks.say_weak", {"pairs": named}))
    sentences.append(Text("desks.say_unknown"))
    return Prose(
        id="departments_text", title=Text("empty"), requirements=BOXES["departments_text"], sentences=tuple(sentences)
    )
