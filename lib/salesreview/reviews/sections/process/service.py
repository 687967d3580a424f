"""How quickly and how well service answers (requirements P-20, P-21, S3-44, S3-45)."""

from functools import lru_cache

import pandas as pd

from ....metrics.comparison import mean_difference
from ....metrics.durations import differ
from ....metrics.worktime import working_hours
from ....queries import service as queries
from ....queries.approvals import workdays
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, NotEnough, NotProvided, Prose, Series, Table, Text
from ...context import Context, Span
from ..cases import seen_until
from ..finding import finding
from .common import absent, at, cards, clear, count, mean, middle, month_names, months, pair, share, shifted, too_few

NEEDS = ("tickets.first_response_at",)
BOXES = {
    "service_cards": ("P-20", "P-21"),
    "service_sla_map": ("P-20",),
    "service_channels": ("S3-44",),
    "service_categories": ("S3-45", "P-21"),
    "service_satisfaction": ("P-21",),
    "service_text": ("P-20", "P-21"),
}
PHASES = ("售前", "售中", "售后")
SOLVED_BANDS = (("h8", 0, 8), ("h16", 8, 16), ("h40", 16, 40), ("h40_plus", 40, float("inf")))
OLD_DAYS = 30


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, limits kept by phase and month, channels, categories, satisfaction by time, paragraph."""
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
        _table(ctx, "channel", "service_channels"),
        _table(ctx, "category", "service_categories"),
        _satisfaction(ctx),
        _text(ctx),
    )


def tickets(ctx: Context, span: Span) -> pd.DataFrame:
    """Tickets opened in ``span`` with their working hours: response, solved, waiting (to the last day), limit (null
    where none is agreed), in_time (null while the limit has not passed), first_contact."""
    return _tickets(ctx, span).copy()


@lru_cache(maxsize=16)
def _tickets_kept(mart, window, seen, limits) -> pd.DataFrame:
    found, days = queries.tickets(mart, window, seen), workdays(mart)
    end = pd.Series(pd.Timestamp(seen) + pd.Timedelta(hours=24), index=found.index)
    found["response"] = working_hours(found["opened_at"], found["first_response_at"], days)
    found["solved"] = working_hours(found["opened_at"], found["resolved_at"], days)
    found["limit"] = found["phase"].map(dict(limits)).astype(float)
    waited = working_hours(found["opened_at"], end, days)
    answered = found["response"].notna()
    late = waited > found["limit"]
    due = found["limit"].notna() & (answered | late)
    found["in_time"] = (answered & (found["response"] <= found["limit"])).where(due).astype("boolean")
    same_day = found["resolved_at"].notna() & (found["solved"] <= found["response"] + 8)
    found["first_contact"] = same_day & ~found["reopened"] & ~found["handed"]
    return found


def _tickets(ctx: Context, span: Span) -> pd.DataFrame:
    limits = tuple((phase, limit.first_response_h) for phase, limit in ctx.settings.sla.service.items())
    return _tickets_kept(ctx.mart, span.window, seen_until(ctx, span), limits)


def response_figure(ctx: Context, span: Span, quantile: float = 0.5) -> Figure:
    """Median (key first_response) or 90th percentile (first_response_p90) of the first response, working hours."""
    name = "first_response" if quantile == 0.5 else "first_response_p90"
    return middle(ctx, name, _tickets(ctx, span)["response"], span, quantile)


def sla_figure(ctx: Context, span: Span) -> Figure:
    """Tickets first answered within the agreed limit (registry key service_sla); None where no limit is agreed."""
    return _kept(ctx, _tickets(ctx, span), span)


def _kept(ctx: Context, found: pd.DataFrame, span: Span, **identity) -> Figure:
    due = found["in_time"].dropna()
    return share(ctx, "service_sla", int(due.sum()), len(due), span, **identity)


def resolve_figure(ctx: Context, span: Span) -> Figure:
    """Median working hours to the solution; open tickets are left out (registry key resolve_time)."""
    return middle(ctx, "resolve_time", _tickets(ctx, span)["solved"], span)


def fcr_figure(ctx: Context, span: Span) -> Figure:
    """Solved within a working day of the first response, not handed on and not reopened / tickets (key fcr)."""
    found = _tickets(ctx, span)
    return share(ctx, "fcr", int(found["first_contact"].sum()), len(found), span)


def reopen_figure(ctx: Context, span: Span) -> Figure:
    """Reopened / resolved tickets (registry key reopen)."""
    solved = _tickets(ctx, span)
    solved = solved[solved["resolved_at"].notna()]
    return share(ctx, "reopen", int(solved["reopened"].sum()), len(solved), span)


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
    open_now = queries.backlog(ctx.mart, ctx.current.window.end)["days"]
    found = cards(ctx, makes)
    left = count(ctx, "open_tickets", len(open_now))
    found += (Card(Text("metric.open_tickets"), left),)
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
    return shifted(ctx, lambda span: response_figure(ctx, span), lambda span: _tickets(ctx, span)["response"])


def _map(ctx: Context) -> Exhibit:
    """Share answered in time by phase and month; without agreed limits the median response."""
    found, limited = _tickets(ctx, ctx.current), bool(ctx.settings.sla.service)
    rows = []
    for phase in PHASES:
        cells = []
        for month in months(ctx):
            part = found[(found["phase"] == phase) & (found["month"] == month.start.strftime("%Y-%m"))]
            identity = at("phase×month", pair(phase, month.code))
            if part.empty:
                cells.append(None)
            elif limited:
                cells.append(_kept(ctx, part, ctx.current, **identity))
            else:
                cells.append(middle(ctx, "first_response", part["response"], **identity))
        if any(cell is not None and cell.value is not None for cell in cells):
            rows.append((phase, tuple(cells)))
    box = {"id": "service_sla_map", "requirements": BOXES["service_sla_map"]}
    if not rows or len(months(ctx)) < 2:
        return NotEnough(title=Text("service.map"), reason=Text("service.few"), **box)
    name = "service_sla" if limited else "first_response"
    by_phase = {
        phase: _kept(ctx, part, ctx.current, **at("phase", phase))
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


def _table(ctx: Context, dimension: str, box_id: str) -> Exhibit:
    box = {"id": box_id, "requirements": BOXES[box_id]}
    missing = ctx.mart.missing(f"tickets.{dimension}")
    if missing:
        return NotProvided(title=Text(f"service.{dimension}s"), missing=missing, **box)
    rows = []
    for name, part in _tickets(ctx, ctx.current).groupby(dimension):
        identity, solved = at(f"ticket_{dimension}", name), part[part["resolved_at"].notna()]
        rows.append(
            (
                str(name),
                count(ctx, "tickets_opened", len(part), **identity),
                middle(ctx, "first_response", part["response"], **identity),
                *((_kept(ctx, part, ctx.current, **identity),) if ctx.settings.sla.service else ()),
                middle(ctx, "resolve_time", part["solved"], **identity),
                share(ctx, "fcr", int(part["first_contact"].sum()), len(part), **identity),
                share(ctx, "reopen", int(solved["reopened"].sum()), len(solved), **identity),
                mean(ctx, "ticket_csat", part["csat"], **identity),
            )
        )
    rows.sort(key=lambda row: (-row[1].value, row[0]))
    names = ["tickets_opened", "first_response", "resolve_time", "fcr", "reopen", "ticket_csat"]
    if ctx.settings.sla.service:
        names.insert(2, "service_sla")
    title = _slowest(ctx, dimension, rows, names.index("resolve_time") + 1)
    notes = (Text("service.note_availability"),) if dimension == "channel" else (Text("service.note_category"),)
    header = (Text(f"service.{dimension}"), *(Text(f"metric.{name}") for name in names))
    return Table(title=title, header=header, rows=tuple(rows[: ctx.settings.top_n]), notes=notes, **box)


def _slowest(ctx: Context, dimension: str, rows: list[tuple], place: int) -> Text:
    """Which member takes longest, where the members with records enough differ beyond chance."""
    solid = [row for row in rows if row[place].value is not None and "small_n" not in row[place].flags]
    if len(solid) < 2:
        return Text(f"service.{dimension}s")
    solved = _tickets(ctx, ctx.current).dropna(subset=["solved"]).groupby(dimension)["solved"]
    if not differ(*(solved.get_group(row[0]) for row in solid)):
        return Text(f"service.{dimension}s_alike")
    slow = max(solid, key=lambda row: row[place].value)
    return Text(f"service.{dimension}s_slowest", {"name": slow[0], "hours": slow[place], "n": slow[1]})


def _satisfaction(ctx: Context) -> Exhibit:
    box = {"id": "service_satisfaction", "requirements": BOXES["service_satisfaction"]}
    missing = ctx.mart.missing("tickets.csat")
    if missing:
        return NotProvided(title=Text("service.csat"), missing=missing, **box)
    found = _tickets(ctx, ctx.current)
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
        form="bars",
        categories=tuple(Text(f"service.band_{name}") for name, _ in parts),
        series=(Series(Text("metric.ticket_csat"), tuple(figures)),),
        axes={"y": Text("metric.ticket_csat"), "x": Text("service.axis_band")},
        summary=Text("service.csat_alt", values),
        notes=tuple(notes),
        **box,
    )


def _text(ctx: Context) -> Prose:
    case, change = _response_moved(ctx)
    now, tail = response_figure(ctx, ctx.current), response_figure(ctx, ctx.current, 0.9)
    opened = count(ctx, "tickets_opened", len(_tickets(ctx, ctx.current)))
    sentences = [finding("service.say", case, change, hours=now, tail=tail, n=opened)]
    kept = sla_figure(ctx, ctx.current)
    if kept.value is not None:
        sentences.append(Text("service.say_sla", {"kept": kept}))
    open_days = queries.backlog(ctx.mart, ctx.current.window.end)["days"]
    left = count(ctx, "open_tickets", len(open_days))
    old = count(ctx, "old_tickets", int((open_days > OLD_DAYS).sum()))
    fcr = fcr_figure(ctx, ctx.current)
    sentences.append(Text("service.say_backlog", {"fcr": fcr, "open": left, "old": old}))
    return Prose(id="service_text", title=Text("empty"), requirements=BOXES["service_text"], sentences=tuple(sentences))
