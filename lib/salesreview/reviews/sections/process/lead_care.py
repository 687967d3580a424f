"""Leads that were forgotten or answered late, and how conversion goes with the response (P-04, P-05, S1-45, S1-59)."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from ....metrics.durations import kaplan_meier_median
from ....metrics.funnel import ratio
from ....metrics.worktime import HOURS_A_DAY, working_hours
from ....queries import leads as queries
from ....queries.approvals import workdays
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, NotEnough, PeriodName, Prose, Table, Text
from ...context import Context, Span, change
from ..cases import base_span, rate_movement, seen_until
from .lead_bands import response_bands
from .slot import Slot, shaky

FIELDS = ("leads.assigned_at", "leads.first_touch_at")
SLOTS = {
    "cards": Slot("lead_care_cards", Text("leadcare.heading"), ("P-04", "P-05", "S1-45")),
    "omissions": Slot("lead_care_omissions", Text("leadcare.omissions"), ("P-04",)),
    "delays": Slot("lead_care_delays", Text("leadcare.delays"), ("P-05",)),
    "bands": Slot("lead_care_bands", Text("leadcare.bands"), ("P-05",)),
    "months": Slot("lead_care_months", Text("leadcare.months"), ("S1-59", "S1-45")),
    "prose": Slot("lead_care_text", Text("leadcare.heading"), ("P-04", "P-05", "S1-45")),
}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, omissions, delays, conversion by response band, months, paragraph."""
    heading = Heading(id="lead_care_heading", title=Text("leadcare.heading"))
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return heading, *(slot.absent(missing) for slot in SLOTS.values())
    now = timed_leads(ctx, ctx.current)
    if len(now) < ctx.settings.minimum_n.rate:
        return heading, *(slot.few() for slot in SLOTS.values())
    cards, bands = _cards(ctx), response_bands(ctx, now, SLOTS["bands"])
    return heading, cards, _omissions(ctx), _delays(ctx, now), bands, _months(ctx), _prose(ctx, now, bands)


def timed_leads(ctx: Context, span: Span) -> pd.DataFrame:
    """`queries.leads.leads` of ``span`` with ``response`` (working hours from assignment to first touch, null while
    untouched), ``waited`` (working hours since the assignment to the day of observation) and ``clock`` (days since)."""
    seen = seen_until(ctx, span)
    found = queries.leads(ctx.mart, span.window, seen)
    days = workdays(ctx.mart)
    now = pd.Series(pd.Timestamp(seen) + pd.Timedelta(hours=18), index=found.index)
    found["response"] = working_hours(found["assigned_at"], found["first_touch_at"], days)
    found["waited"] = working_hours(found["assigned_at"], now, days)
    found["clock"] = (now - found["received_at"]).dt.total_seconds() / 86400
    return found


def timely_figure(ctx: Context, span: Span | None = None, found: pd.DataFrame | None = None) -> Figure:
    """Assigned leads touched within the limit / assigned leads whose limit has passed (key lead_timely, S1-45)."""
    span, limit = span or ctx.current, ctx.settings.process_flow.lead_sla_hours
    found = timed_leads(ctx, span) if found is None else found
    due = found[found["assigned_at"].notna() & ((found["waited"] >= limit) | found["first_touch_at"].notna())]
    return _share(ctx, "lead_timely", int((due["response"] <= limit).sum()), len(due), span)


def never_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Assigned leads untouched for longer than the limit / assigned leads old enough (key lead_never, P-04)."""
    span, found = span or ctx.current, timed_leads(ctx, span or ctx.current)
    old = found[found["assigned_at"].notna() & (found["clock"] > ctx.settings.process_flow.lead_sla_days)]
    return _share(ctx, "lead_never", int(old["first_touch_at"].isna().sum()), len(old), span)


def unassigned_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Leads that had no owner for longer than the limit after they came in / leads (P-04)."""
    span = span or ctx.current
    found, limit = timed_leads(ctx, span), ctx.settings.process_flow.assign_hours
    lag = (found["assigned_at"] - found["received_at"]).dt.total_seconds() / 3600
    late = (lag > limit) | (found["assigned_at"].isna() & (found["clock"] * 24 > limit))
    return _share(ctx, "lead_unassigned", int(late.sum()), len(found), span)


def keys_missing_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Leads without industry, region or product interest / leads (P-04)."""
    span = span or ctx.current
    found = queries.leads(ctx.mart, span.window, seen_until(ctx, span))
    return _share(ctx, "lead_keys_missing", int(found["keys_missing"].sum()), len(found), span)


def response_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Median working hours to the first touch, untouched leads counted as still waiting (key lead_response)."""
    span, found = span or ctx.current, timed_leads(ctx, span or ctx.current)
    due = found[found["assigned_at"].notna()]
    done = due["first_touch_at"].notna()
    hours = due["response"].where(done, due["waited"].clip(lower=0))
    flags = shaky(ctx, len(due), "mean")
    value = kaplan_meier_median(hours.to_numpy(), done.to_numpy())
    return ctx.figure("lead_response", value, span, n=len(due), flags=flags or (() if value is not None else flags))


def _share(ctx: Context, name: str, hits: int, n: int, span: Span, **at) -> Figure:
    return ctx.figure(name, ratio(hits, n), span, numerator=hits, denominator=n, n=n, flags=shaky(ctx, n), **at)


def _against(ctx: Context, make: Callable[..., Figure]) -> tuple[Figure, Figure | None, Figure]:
    now, base = make(ctx), base_span(ctx, ctx.year_ago)
    then = make(ctx, base) if base else None
    return now, then, change(now, then, "yoy")


def _cards(ctx: Context) -> Cards:
    timely, then, yoy = _against(ctx, timely_figure)
    case = rate_movement(timely, then)
    level = "met" if timely.value is not None and timely.value >= ctx.settings.kpi_scheme.followup_floor else "missed"
    values = {"timely": timely} | ({"yoy": yoy} if case in ("better", "worse") else {})
    title = f"leadcare.title_{level}" + (f"_{case}" if case in ("better", "worse") else "")
    cards = [Card(Text("metric.lead_timely"), timely, (yoy,))]
    for make in (response_figure, never_figure, unassigned_figure):
        figure, _, moved = _against(ctx, make)
        cards.append(Card(Text(f"metric.{figure.metric}"), figure, (moved,)))
    hours = ctx.figure("limit_hours", ctx.settings.process_flow.lead_sla_hours, ctx.current,
                       dimension="limit", member="lead_response")  # fmt: skip
    return Cards(
        title=Text(title, values),
        cards=tuple(cards),
        notes=(Text("leadcare.note_limits", {"hours": hours}),),
        **SLOTS["cards"].at,
    )


def _omissions(ctx: Context) -> Table:
    """Leads left lying by kind, then those still untouched by age."""
    rows = []
    for make in (unassigned_figure, never_figure, keys_missing_figure):
        now, _, yoy = _against(ctx, make)
        count = ctx.figure("lead_omitted", now.numerator, ctx.current, dimension="omission", member=now.metric)
        rows.append((Text(f"metric.{now.metric}"), count, now, yoy))
    found = timed_leads(ctx, ctx.current)
    untouched = found[found["first_touch_at"].isna() & found["assigned_at"].notna()]
    age = pd.cut(untouched["clock"], [-np.inf, 7, 30, 90, np.inf], labels=["7", "30", "90", "more"])
    for name in ("7", "30", "90", "more"):
        n = int((age == name).sum())
        at = {"dimension": "lead_age", "member": name}
        counted = {"numerator": n, "denominator": len(untouched), "n": len(untouched)}
        few = shaky(ctx, len(untouched))
        share = ctx.figure("lead_share", ratio(n, len(untouched)), ctx.current, flags=few, **counted, **at)
        rows.append((Text(f"leadcare.age_{name}"), ctx.figure("lead_omitted", n, ctx.current, **at), share, None))
    good = int(untouched["band"].isin(["A", "B"]).sum())
    values = {
        "n": ctx.figure("lead_omitted", len(untouched), ctx.current, dimension="omission", member="untouched"),
        "good": ctx.figure("lead_omitted", good, ctx.current, dimension="omission", member="untouched_ab"),
    }
    header = (Text("leadcare.omission"), Text("metric.leads"), Text("label.share"), Text("label.yoy"))
    return Table(
        title=Text("leadcare.omissions_title" if len(untouched) else "leadcare.omissions_none",
                   values if len(untouched) else {}),
        header=header, rows=tuple(rows), notes=(Text("leadcare.note_ages"),), **SLOTS["omissions"].at,
    )  # fmt: skip


def _delays(ctx: Context, now: pd.DataFrame) -> Table:
    days, rows = workdays(ctx.mart), []
    lags = {
        "entry": working_hours(now["received_at"], now["entered_at"], days),
        "assign": working_hours(now["entered_at"].fillna(now["received_at"]), now["assigned_at"], days),
        "response": now["response"],
    }
    for name, hours in lags.items():
        known = hours.dropna()
        at = {"dimension": "lead_step", "member": name, "n": len(known), "flags": shaky(ctx, len(known), "mean")}
        limit = ctx.settings.process_flow.lead_sla_hours
        within = int((known <= limit).sum())
        rows.append(
            (
                Text(f"leadcare.step_{name}"),
                ctx.figure("lead_step_hours", float(known.median()) if len(known) else None, ctx.current, **at),
                ctx.figure("lead_step_p90", float(known.quantile(0.9)) if len(known) else None, ctx.current, **at),
                ctx.figure("lead_step_within", ratio(within, len(known)), ctx.current, numerator=within,
                           denominator=len(known), **at),
            )
        )  # fmt: skip
    slow = max((row for row in rows if row[1].value is not None), key=lambda row: row[1].value)
    names = ("lead_step_hours", "lead_step_p90", "lead_step_within")
    return Table(
        title=Text("leadcare.delays_title", {"step": slow[0], "hours": slow[1]}),
        header=(Text("leadcare.step"), *(Text(f"metric.{name}") for name in names)),
        rows=tuple(rows),
        notes=(Text("leadcare.note_clock"),),
        **SLOTS["delays"].at,
    )


def _months(ctx: Context) -> Exhibit:
    """Month by month: assigned leads, share with a logged touch, share in time, opened messages."""
    opened = {}
    if not ctx.mart.missing("message_events.opened_at"):
        sent = queries.messages(ctx.mart, ctx.current.window)
        opened = {row.month.date(): (int(row.opened), int(row.delivered)) for row in sent.itertuples()}
    rows = []
    for part in ctx.period.parts("M"):
        if part.start > ctx.current.window.end:
            continue
        span = ctx.span(part)
        found = timed_leads(ctx, span)
        assigned = found[found["assigned_at"].notna()]
        touched = _share(ctx, "lead_followed", int(assigned["first_touch_at"].notna().sum()), len(assigned), span)
        hits, n = opened.get(part.start.replace(day=1), (0, 0))
        rate = _share(ctx, "message_open_rate", hits, n, span) if opened else None
        count = ctx.figure("lead_assigned", len(assigned), span)
        rows.append((PeriodName(span.code), count, touched, timely_figure(ctx, span, found), rate))
    if len(rows) < 2:
        return NotEnough(title=SLOTS["months"].title, reason=Text("leadcare.one_month"), **SLOTS["months"].at)
    known = [row for row in rows if row[3].value is not None]
    worst = min(known, key=lambda row: row[3].value, default=None)
    names = ("lead_assigned", "lead_followed", "lead_timely", "message_open_rate")
    return Table(
        title=Text("leadcare.months_title", {"month": PeriodName(worst[3].period, short=True), "timely": worst[3]})
        if worst
        else SLOTS["months"].title,
        header=(Text("label.month"), *(Text(f"metric.{name}") for name in names)),
        rows=tuple(rows),
        notes=(Text("leadcare.note_months" if opened else "leadcare.note_no_messages"),),
        **SLOTS["months"].at,
    )


def _prose(ctx: Context, now: pd.DataFrame, bands: Exhibit) -> Prose:
    timely, never, response = timely_figure(ctx), never_figure(ctx), response_figure(ctx)
    bottom = ctx.figure("lead_timely_bottom", ctx.settings.kpi_scheme.followup_floor, ctx.current)
    level = "met" if timely.value is not None and timely.value >= ctx.settings.kpi_scheme.followup_floor else "missed"
    sentences = [Text(f"leadcare.say_{level}", {"timely": timely, "bottom": bottom})]
    if response.value is not None:
        day = ctx.figure("limit_hours", HOURS_A_DAY, ctx.current, dimension="limit", member="working_day")
        longer = response.value > HOURS_A_DAY
        sentences.append(
            Text(
                "leadcare.say_slow" if longer else "leadcare.say_quick",
                {"hours": response} | ({"day": day} if longer else {}),
            )
        )
    if never.value:
        sentences.append(Text("leadcare.say_never", {"never": never, "n": str(int(never.numerator))}))
    if isinstance(bands, Chart):
        case = rate_movement(bands.points[0].x, bands.points[-1].x)
        sentences.append(Text(f"leadcare.say_bands_{'even' if case == 'flat' else 'apart'}"))
    return Prose(title=Text("empty"), sentences=tuple(sentences), **SLOTS["prose"].at)
