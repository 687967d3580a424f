"""The quality of customer records and of the log (requirements P-36, S4-12, S4-24, S4-25, S4-33)."""

import pandas as pd

from ....queries import discipline as queries
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, NotEnough, NotProvided, Series, Table, Text
from ...context import Context, Span
from .common import at, card, count, months, share, yoy

COMPONENTS = {
    "completeness": ("filled", "cells"),
    "validity": ("valid", "judged"),
    "timeliness": ("timely", "logged"),
    "uniqueness": ("distinct_rows", "comparable"),
}
CHECKS = {
    "backfill": ("backfilled", "logged"),
    "bulk_logged": ("bulk", "logged"),
    "repeated_text": ("repeated", None),
    "implausible_visit": ("implausible", "visit"),
}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, index with components, by object, audit of the log, daily records, sellers, fields of the record."""
    heading = Heading(id="records_heading", title=Text("records.heading"))
    return heading, *_index(ctx), _audit(ctx), _daily(ctx), _reps(ctx), _fields(ctx)


def quality(ctx: Context, found: pd.DataFrame, **identity) -> tuple[Figure, dict[str, Figure]]:
    """The data quality index (key dq_index, 0-100) and its components; components without records count for nothing
    and the other weights are scaled up."""
    parts = {}
    for name, (hits, n) in COMPONENTS.items():
        good, total = int(found[hits].sum()), int(found[n].sum())
        parts[name] = share(ctx, f"dq_{name}", good, total, **identity)
    weights = {name: ctx.settings.records.weights.get(name, 0.0) for name, f in parts.items() if f.value is not None}
    total = sum(weights.values())
    value = 100 * sum(w * parts[name].value for name, w in weights.items()) / total if total else None
    return ctx.figure("dq_index", value, ctx.current, n=int(found["n"].sum()), **identity), parts


def _index(ctx: Context) -> tuple[Exhibit, ...]:
    boxes = {name: {"id": name, "requirements": ("P-36",)} for name in ("records_index", "records_objects")}
    found = queries.record_quality(ctx.mart, ctx.current.window, ctx.settings.records.late_after_h)
    if found.empty:
        missing = tuple(f"{name}.{kept.fields[0]}" for name, kept in queries.OBJECTS.items())
        return tuple(NotProvided(title=Text("records.index"), missing=missing, **box) for box in boxes.values())
    index, parts = quality(ctx, found)
    known = {name: figure for name, figure in parts.items() if figure.value is not None}
    weak = min(known.values(), key=lambda figure: figure.value)
    values = {"index": index, "part": Text(f"metric.{weak.metric}"), "value": weak}
    cards = Cards(
        title=Text("records.index_title", values),
        cards=tuple(Card(Text(f"metric.{f.metric}"), f) for f in (index, *known.values())),
        notes=(Text("records.note_index"),),
        **boxes["records_index"],
    )
    return cards, _objects(ctx, found, boxes["records_objects"])


def _objects(ctx: Context, found: pd.DataFrame, box: dict) -> Exhibit:
    if found["object"].nunique() < 2:
        return NotEnough(title=Text("records.by_object"), reason=Text("records.one_object"), **box)
    rows = []
    for member, part in found.groupby("object"):
        index, parts = quality(ctx, part, **at("records_object", member))
        size = count(ctx, "records_judged", int(part["n"].sum()), **at("records_object", member))
        cells = (f if f.value is not None else None for f in parts.values())
        rows.append((Text(f"records.object_{member}"), size, index, *cells))
    rows.sort(key=lambda row: (row[2].value, row[0].key))
    solid = [row for row in rows if row[1].value >= ctx.settings.minimum_n.rate] or rows
    known = [place for place in range(1, len(rows[0])) if any(row[place] is not None for row in rows)]
    names = ("records_judged", "dq_index", *(f"dq_{name}" for name in COMPONENTS))
    return Table(
        title=Text("records.by_object_title", {"name": solid[0][0], "index": solid[0][2]}),
        header=(Text("records.object"), *(Text(f"metric.{names[place - 1]}") for place in known)),
        rows=tuple((row[0], *(row[place] for place in known)) for row in rows),
        **box,
    )


def check_figure(ctx: Context, span: Span, name: str) -> Figure:
    """One check of the log over ``span``: backfill, bulk_logged, repeated_text or implausible_visit."""
    found = queries.audit(ctx.mart, span.window, ctx.settings.records)
    hits, base = CHECKS[name]
    total = len(found) if base is None else int(found[base].sum())
    return share(ctx, name, int(found[hits].sum()), total, span)


def _audit(ctx: Context) -> Exhibit:
    box = {"id": "records_audit", "requirements": ("S4-33",)}
    missing = ctx.mart.missing("activities.logged_at", "activities.rep_id")
    if missing:
        return NotProvided(title=Text("records.audit"), missing=missing, **box)
    found, rows = queries.audit(ctx.mart, ctx.current.window, ctx.settings.records), []
    for name, (hits, _) in CHECKS.items():
        now, flagged = check_figure(ctx, ctx.current, name), found[found[hits]]
        if now.value is None:
            continue
        identity = at("record_check", name)
        rows.append(
            (
                Text(f"metric.{name}"),
                count(ctx, "audit_records", len(flagged), **identity),
                now,
                yoy(ctx, now, lambda span, name=name: check_figure(ctx, span, name)),
                count(ctx, "audit_people", flagged["rep_id"].nunique(), **identity),
            )
        )
    if not rows:
        return NotEnough(title=Text("records.audit"), reason=Text("records.no_log"), **box)
    header = (Text("records.check"), Text("metric.audit_records"), Text("label.share"), Text("label.yoy"))
    return Table(
        title=Text("records.audit_title", {"backfill": rows[0][2]}),
        header=(*header, Text("metric.audit_people")),
        rows=tuple(rows),
        notes=(Text("records.note_audit"),),
        **box,
    )


def daily_figure(ctx: Context, span: Span) -> Figure:
    """Working days with a same-day record / working days in post, over people (registry key record_daily)."""
    found = queries.daily_records(ctx.mart, span.window)
    return share(ctx, "record_daily", int(found["days"].sum()), int(found["workdays"].sum()), span)


def _daily(ctx: Context) -> Exhibit:
    box = {"id": "records_daily", "requirements": ("S4-12",)}
    missing = ctx.mart.missing("activities.logged_at", "activities.rep_id")
    if missing:
        return NotProvided(title=Text("records.daily"), missing=missing, **box)
    now = daily_figure(ctx, ctx.current)
    if now.value is None:
        return NotEnough(title=Text("records.daily"), reason=Text("records.no_log"), **box)
    found = [card(ctx, lambda span: daily_figure(ctx, span))]
    codes = [month.start.strftime("%Y-%m") for month in months(ctx)]
    checks = [pair for code, pair in ctx.settings.records.checks.items() if code in codes]
    notes = [Text("records.note_daily")]
    if checks:
        done = share(ctx, "spot_checks", sum(d for d, _ in checks), sum(due for _, due in checks))
        found.append(Card(Text("metric.spot_checks"), done))
    else:
        notes.append(Text("records.no_checks"))
    return Cards(title=Text("records.daily_title", {"daily": now}), cards=tuple(found), notes=tuple(notes), **box)


def _reps(ctx: Context) -> Exhibit:
    """The sellers with the fewest days on which they recorded anything the same day."""
    box = {"id": "records_reps", "requirements": ("S4-12",)}
    missing = ctx.mart.missing("activities.logged_at", "activities.rep_id")
    if missing:
        return NotProvided(title=Text("records.reps"), missing=missing, **box)
    found = queries.daily_records(ctx.mart, ctx.current.window)
    found = found[found["workdays"] >= ctx.settings.minimum_n.rate]
    if found.empty:
        return NotEnough(title=Text("records.reps"), reason=Text("records.no_log"), **box)
    found = found.assign(rate=found["days"] / found["workdays"]).sort_values(["rate", "rep_id"])
    rows = []
    for row in found.head(ctx.settings.top_n).itertuples():
        identity = at("rep", row.rep_id)
        worked = ctx.figure("work_days", float(row.workdays), ctx.current, **identity)
        kept = ctx.figure("record_days", float(row.days), ctx.current, **identity)
        rows.append((row.rep, row.team, worked, kept, share(ctx, "record_daily", row.days, row.workdays, **identity)))
    half = ctx.figure("record_daily", float(found["rate"].median()), ctx.current, **at("reps", "median"))
    names = ("work_days", "record_days", "record_daily")
    return Table(
        title=Text("records.reps_title", {"median": half, "low": rows[0][4]}),
        header=(Text("label.rep"), Text("label.team"), *(Text(f"metric.{name}") for name in names)),
        rows=tuple(rows),
        notes=(Text("records.note_reps"),),
        **box,
    )


def _fields(ctx: Context) -> Exhibit:
    box = {"id": "records_fields", "requirements": ("S4-24", "S4-25")}
    missing = ctx.mart.missing("activities.started_at")
    if missing:
        return NotProvided(title=Text("records.fields"), missing=missing, **box)
    row = queries.record_fields(ctx.mart, ctx.current.window).iloc[0]
    n = int(row["n"])
    if not n:
        return NotEnough(title=Text("records.fields"), reason=Text("records.no_log"), **box)
    figures = [share(ctx, "field_filled", int(row[f]), n, **at("record_field", f)) for f in queries.RECORD_FIELDS]
    sync, need = figures[-1], figures[queries.RECORD_FIELDS.index("need_feedback")]
    return Chart(
        title=Text("records.fields_title", {"need": need, "sync": sync}),
        form="barh",
        categories=tuple(Text(f"records.field_{name}") for name in queries.RECORD_FIELDS),
        series=(Series(Text("metric.field_filled"), tuple(figures)),),
        axes={"x": Text("metric.field_filled")},
        summary=Text("records.fields_title", {"need": need, "sync": sync}),
        notes=(Text("records.note_fields"),),
        **box,
    )
