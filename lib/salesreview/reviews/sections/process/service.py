"""How quickly and how well service answers (requirements P-20, P-21, S3-44, S3-45)."""

import pandas as pd

from ....metrics.comparison import mean_difference
from ....metrics.durations import differ
from ....queries import service as queries
from ....record import Cards, Chart, Exhibit, Figure, Heading, NotEnough, NotProvided, Prose, Series, Table, Text
from ...context import Context
from ..finding import finding
from .common import absent, at, cards, clear, count, mean, middle, month_names, months, pair, share, shifted, too_few
from .service_figures import (
    fcr_figure,
    kept_figure,
    reopen_figure,
    resolve_figure,
    response_figure,
    sla_figure,
    tickets,
)

NEEDS = ("tickets.first_response_at",)
BOXES = {
    "service_cards": ("P-20", "P-21"),
    "service_sla_map": ("P-20",),
    "service_groups": ("S3-44", "S3-45", "P-21"),
    "service_satisfaction": ("P-21",),
    "service_text": ("P-20", "P-21"),
}
PHASES = ("售前", "售中", "售后")
SOLVED_BANDS = (("h8", 0, 8), ("h16", 8, 16), ("h40", 16, 40), ("h40_plus", 40, float("inf")))
OLD_DAYS = 30
GROUPS = ("channel", "category")
COMPARED = {"resolve_time": ("solved", max), "ticket_csat": ("csat", min)}
"""What groups are compared by: the column of each ticket, and which end is the worse."""


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, limits kept by phase and month, channels and categories, satisfaction by time, paragraph."""
    heading = Heading(id="service_heading", title=Text("service.heading"))
    missing = ctx.mart.missing(*NEEDS)
    if missing:
        return heading, *absent(BOXES, "service.heading", missing)
    if len(tickets(ctx, ctx.current)) < ctx.settings.minimum_n.mean:
        return heading, *too_few(BOXES, "service.heading", "service.few")
    return (
        heading,
        _cards(ctx),
        _map(ctx),
        _groups(ctx),
        _satisfaction(ctx),
        _text(ctx),
    )


def _cards(ctx: Context) -> Cards:
    makes = [
        lambda span: response_figure(ctx, span),
        lambda span: response_figure(ctx, span, 0.9),
        lambda span: sla_figure(ctx, span),
        lambda span: resolve_figure(ctx, span),
        lambda span: fcr_figure(ctx, span),
        lambda span: reopen_figure(ctx, span),
    ]
    case, change = _response_moved(ctx)
    found = cards(ctx, makes)
    policy = ctx.settings.sla
    notes = [Text("service.note_clock")]
    if policy.service:
        notes.append(Text("service.note_sla", {"source": policy.source, "date": policy.date}))
    else:
        notes.append(Text("service.note_no_sla"))
    return Cards(
        id="service_cards",
        title=finding("service.title", case, change, hours=makes[0](ctx.current)),
        requirements=BOXES["service_cards"],
        cards=found,
        notes=tuple(notes),
    )


def _response_moved(ctx: Context) -> tuple[str, Figure]:
    return shifted(ctx, lambda span: response_figure(ctx, span), lambda span: tickets(ctx, span)["response"])


def _map(ctx: Context) -> Exhibit:
    """Share answered in time by phase and month; without agreed limits the median response."""
    found, limited = tickets(ctx, ctx.current), bool(ctx.settings.sla.service)
    rows = []
    for phase in PHASES:
        cells = []
        for month in months(ctx):
            part = found[(found["phase"] == phase) & (found["month"] == month.start.strftime("%Y-%m"))]
            identity = at("phase×month", pair(phase, month.code))
            if part.empty:
                cells.append(None)
            elif limited:
                cells.append(kept_figure(ctx, part, ctx.current, **identity))
            else:
                cells.append(middle(ctx, "first_response", part["response"], **identity))
        if any(cell is not None and cell.value is not None for cell in cells):
            rows.append((phase, tuple(cells)))
    box = {"id": "service_sla_map", "requirements": BOXES["service_sla_map"]}
    if not rows or len(months(ctx)) < 2:
        return NotEnough(title=Text("service.map"), reason=Text("service.few"), **box)
    name = "service_sla" if limited else "first_response"
    by_phase = {
        phase: kept_figure(ctx, part, ctx.current, **at("phase", phase))
        if limited
        else middle(ctx, name, part["response"], **at("phase", phase))
        for phase, part in found[found["phase"].isin(PHASES)].groupby("phase")
    }
    solid = [f for f in by_phase.values() if f.value is not None and "small_n" not in f.flags]
    ranked = sorted(solid, key=lambda f: f.value if limited else -f.value)
    title = Text("service.map")
    if ranked:
        title = Text(f"service.map_{name}", {"phase": ranked[0].member, "value": ranked[0]})
    return Chart(
        title=title,
        form="heatmap",
        categories=month_names(ctx),
        series=tuple(Series(phase, cells, "part") for phase, cells in rows),
        axes={"value": Text(f"metric.{name}")},
        summary=Text("service.map_alt", {"phases": tuple(_named(f) for f in by_phase.values())}),
        **box,
    )


def _named(figure: Figure) -> Text:
    return Text("service.named", {"name": figure.member, "value": figure})


def _groups(ctx: Context) -> Exhibit:
    """Channels and categories of tickets side by side, those of each kind with most tickets first."""
    box = {"id": "service_groups", "requirements": BOXES["service_groups"]}
    known = [name for name in GROUPS if not ctx.mart.missing(f"tickets.{name}")]
    if not known:
        missing = tuple(f"tickets.{name}" for name in GROUPS)
        return NotProvided(title=Text("service.groups"), missing=missing, **box)
    limited = bool(ctx.settings.sla.service)
    names = ("tickets_opened", *(("service_sla",) if limited else ()), "resolve_time", "reopen", "ticket_csat")
    rows, standing = [], []
    for kind in known:
        parts = tickets(ctx, ctx.current).groupby(kind)
        found = [_group(ctx, kind, str(name), part) for name, part in parts]
        found.sort(key=lambda figures: (-figures["tickets_opened"].value, figures["tickets_opened"].member))
        standing.append(_standing_out(ctx, kind, found))
        rows += [
            (Text(f"service.group_{kind}", {"name": figures["tickets_opened"].member}), *(figures[n] for n in names))
            for figures in found[: ctx.settings.top_n]
        ]
    told = next((text for text in standing if text is not None), Text("service.groups_alike"))
    notes = {"channel": Text("service.note_availability"), "category": Text("service.note_category")}
    header = (Text("service.group"), *(Text(f"service.col_{name}") for name in names))
    return Table(title=told, header=header, rows=tuple(rows), notes=tuple(notes[kind] for kind in known), **box)


def _group(ctx: Context, kind: str, name: str, part: pd.DataFrame) -> dict[str, Figure]:
    identity, solved = at(f"ticket_{kind}", name), part[part["resolved_at"].notna()]
    return {
        "tickets_opened": count(ctx, "tickets_opened", len(part), **identity),
        "service_sla": kept_figure(ctx, part, ctx.current, **identity),
        "resolve_time": middle(ctx, "resolve_time", part["solved"], **identity),
        "reopen": share(ctx, "reopen", int(solved["reopened"].sum()), len(solved), **identity),
        "ticket_csat": mean(ctx, "ticket_csat", part["csat"], **identity),
    }


def _standing_out(ctx: Context, kind: str, found: list[dict[str, Figure]]) -> Text | None:
    """The member that takes longest to solve, else the one rated lowest, where members with records enough differ
    beyond chance; None otherwise."""
    for metric, (column, worst) in COMPARED.items():
        solid = [one for one in found if one[metric].value is not None and "small_n" not in one[metric].flags]
        if len(solid) < 2:
            continue
        values = tickets(ctx, ctx.current).dropna(subset=[column]).groupby(kind)[column]
        groups = (values.get_group(one[metric].member) for one in solid)
        if differ(*groups, level=0.05 / (len(GROUPS) * len(COMPARED))):
            told = worst(solid, key=lambda one: one[metric].value)
            values = {"name": told[metric].member, "value": told[metric], "n": told["tickets_opened"]}
            return Text(f"service.{kind}_{metric}", values)
    return None


def _satisfaction(ctx: Context) -> Exhibit:
    box = {"id": "service_satisfaction", "requirements": BOXES["service_satisfaction"]}
    missing = ctx.mart.missing("tickets.csat")
    if missing:
        return NotProvided(title=Text("service.csat"), missing=missing, **box)
    found = tickets(ctx, ctx.current)
    rated = found[found["csat"].notna() & found["solved"].notna()]
    parts = [(name, rated[(rated["solved"] > low) & (rated["solved"] <= high)]) for name, low, high in SOLVED_BANDS]
    parts[0] = ("h8", rated[rated["solved"] <= 8])
    parts = [(name, part) for name, part in parts if len(part)]
    if len(rated) < ctx.settings.minimum_n.rate or len(parts) < 2:
        return NotEnough(title=Text("service.csat"), reason=Text("service.few_ratings"), **box)
    figures = [mean(ctx, "ticket_csat", part["csat"], **at("solved_band", name)) for name, part in parts]
    quick, slow = parts[0][1]["csat"], parts[-1][1]["csat"]
    gap = mean_difference(len(quick), quick.mean(), quick.std(), len(slow), slow.mean(), slow.std())
    values = {"quick": figures[0], "slow": figures[-1], "band": Text(f"service.band_{parts[-1][0]}")}
    notes = [Text("service.note_csat", {"n": count(ctx, "tickets_opened", len(rated), **at("group", "rated"))})]
    if gap:
        ends = zip(("gap", "low", "high"), (gap.value, gap.low, gap.high), strict=True)
        interval = {k: ctx.figure(f"ticket_csat_{k}", float(v), ctx.current, n=len(quick) + len(slow)) for k, v in ends}
        notes.append(Text("service.note_gap", interval))
    few_sides = min(len(quick), len(slow)) < ctx.settings.minimum_n.mean
    case = "differ" if clear(gap) and not few_sides else "alike"
    return Chart(
        title=Text(f"service.csat_{case}", values if case == "differ" else {}),
        form="barh",
        categories=tuple(Text(f"service.band_{name}") for name, _ in parts),
        series=(Series(Text("metric.ticket_csat"), tuple(figures)),),
        axes={"x": Text("metric.ticket_csat"), "y": Text("service.axis_band")},
        summary=Text("service.csat_alt", values),
        notes=tuple(notes),
        **box,
    )


def _text(ctx: Context) -> Prose:
    case, change = _response_moved(ctx)
    now, tail = response_figure(ctx, ctx.current), response_figure(ctx, ctx.current, 0.9)
    opened = count(ctx, "tickets_opened", len(tickets(ctx, ctx.current)))
    sentences = [finding("service.say", case, change, hours=now, tail=tail, n=opened)]
    kept = sla_figure(ctx, ctx.current)
    if kept.value is not None:
        sentences.append(Text("service.say_sla", {"kept": kept}))
    open_days = queries.backlog(ctx.mart, ctx.current.window.end)["days"]
    left = count(ctx, "open_tickets", len(open_days))
    old = count(ctx, "old_tickets", int((open_days > OLD_DAYS).sum()))
    fcr = fcr_figure(ctx, ctx.current)
    key, values = "service.say_backlog", {"fcr": fcr, "open": left}
    aged = ("_old", {"old": old}) if old.value else ("_fresh" if left.value else "", {})
    sentences.append(Text(key + aged[0], values | aged[1]))
    return Prose(id="service_text", title=Text("empty"), requirements=BOXES["service_text"], sentences=tuple(sentences))
