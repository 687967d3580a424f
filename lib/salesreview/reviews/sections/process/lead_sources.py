"""Where leads come from and what they are worth (requirements P-02, P-03, S3-29)."""

from datetime import timedelta

import pandas as pd

from ....metrics.comparison import rate_difference
from ....metrics.funnel import ratio
from ....periods import Window
from ....queries import leads as queries
from ....record import UNCLASSIFIED, Chart, Exhibit, Figure, Heading, Point, Prose, Spark, Table, Text
from ...context import Context, Span, change
from ..cases import base_span, rate_movement, seen_until
from ..indicators.cycle import cycle_figures
from .slot import Slot, shaky

FIELDS = ("leads.received_at", "leads.source_channel")
DIMENSION = "lead_source"
GROWN = 0.20
"""A source with so many more leads than a year ago has grown clearly."""
MATURE_DAYS = 180
"""Age of a mature lead where no sales cycle is known."""

SLOTS = (
    Slot("lead_sources_table", Text("leadsource.heading"), ("P-02", "S3-29")),
    Slot("lead_sources_quality", Text("leadsource.quality"), ("P-03",)),
    Slot("lead_sources_value", Text("leadsource.value"), ("P-03",)),
    Slot("lead_sources_text", Text("leadsource.heading"), ("P-02", "P-03")),
)


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, counts by source, quantity against quality, value of mature leads, paragraph."""
    heading = Heading(id="lead_sources_heading", title=Text("leadsource.heading"))
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return heading, *(slot.absent(missing) for slot in SLOTS)
    now = queries.leads(ctx.mart, ctx.current.window, seen_until(ctx, ctx.current))
    if len(now) < ctx.settings.minimum_n.rate:
        return heading, *(slot.few() for slot in SLOTS)
    span = mature_span(ctx)
    mature = _mature(ctx, span)
    table = _sources(ctx, now)
    return heading, table, _quality(ctx, now), _value(ctx, mature, span), _prose(ctx, table, now, mature, span)


def mature_span(ctx: Context) -> Span:
    """The twelve months of leads that are at least a P75 cycle old at the end of the review period."""
    age = cycle_figures(ctx)["cycle_p75"].value
    end = ctx.current.window.end - timedelta(days=round(age) if age else MATURE_DAYS)
    window = Window(max(ctx.mart.meta.first_day, end - timedelta(days=364)), max(ctx.mart.meta.first_day, end))
    return Span(f"{window.start}:{window.end}", window)


def value_figure(ctx: Context) -> Figure:
    """Won amount per mature lead of all sources (P-03); flagged small_n when there are few."""
    span = mature_span(ctx)
    found = _mature(ctx, span)
    amount, n = float(found["amount"].fillna(0).sum()), len(found)
    return ctx.figure("lead_value", ratio(amount, n), span, numerator=amount, denominator=n, n=n, flags=shaky(ctx, n))


def best_growing(ctx: Context) -> tuple[Figure, Figure, Figure, Figure] | None:
    """The source with most leads of those that grew and whose qualified share is above that of the others beyond
    chance: its leads, their change, its share, the others' share. None without one."""
    base = base_span(ctx, ctx.year_ago)
    if base is None or ctx.mart.missing(*FIELDS):
        return None
    now = queries.leads(ctx.mart, ctx.current.window, seen_until(ctx, ctx.current))
    then = queries.leads(ctx.mart, base.window, seen_until(ctx, base))
    for source in _ordered(now):
        own, rest = now[now["source"] == source], now[now["source"] != source]
        rate, others = _qualified(ctx, own, source, ctx.current), _others(ctx, rest, source)
        count, _, yoy, _ = _row(ctx, source, now, then, base)[1:]
        solid = source != UNCLASSIFIED and min(len(own), len(rest)) >= ctx.settings.minimum_n.rate
        if solid and (yoy.value or 0) >= GROWN and rate_movement(rate, others) == "better":
            return count, yoy, rate, others
    return None


def _others(ctx: Context, rest: pd.DataFrame, source: str) -> Figure:
    hits, n = int(rest["qualified"].sum()), len(rest)
    at = {"dimension": "other_lead_sources", "member": source, "n": n}
    return ctx.figure("lead_qualified", ratio(hits, n), ctx.current, numerator=hits, denominator=n, **at)


def _mature(ctx: Context, span: Span) -> pd.DataFrame:
    end = ctx.current.window.end
    found = queries.leads(ctx.mart, span.window, end)
    return found.merge(queries.outcomes(ctx.mart, span.window, end), on="lead_id", how="left")


def _ordered(now: pd.DataFrame) -> list[str]:
    sizes = now.groupby("source").size()
    return sorted(sizes.index, key=lambda source: (source == UNCLASSIFIED, -sizes[source], source))


def _sources(ctx: Context, now: pd.DataFrame) -> Table:
    base = base_span(ctx, ctx.year_ago)
    then = queries.leads(ctx.mart, base.window, seen_until(ctx, base)) if base else None
    rows = [_row(ctx, source, now, then, base) for source in _ordered(now)]
    whole = ctx.figure("leads", len(now), ctx.current)
    before = ctx.figure("leads", len(then), base) if base else None
    first = rows[0]
    slot = SLOTS[0]
    return Table(
        title=Text("leadsource.title", {"source": first[0], "share": first[2], "n": whole}),
        header=(
            Text("leadsource.source"),
            Text("metric.leads"),
            Text("label.share"),
            Text("label.yoy"),
            Text("leadsource.trend"),
        ),
        rows=tuple(rows),
        total=(Text("label.total"), whole, None, change(whole, before, "yoy"), None),
        notes=(Text("leadsource.note_groups"),),
        **slot.at,
    )


def _row(ctx: Context, source: str, now: pd.DataFrame, then: pd.DataFrame | None, base: Span | None) -> tuple:
    n, at = int((now["source"] == source).sum()), {"dimension": DIMENSION, "member": source}
    count = ctx.figure("leads", n, ctx.current, **at)
    share = ctx.figure("lead_share", n / len(now), ctx.current, numerator=n, denominator=len(now), n=len(now), **at)
    before = ctx.figure("leads", int((then["source"] == source).sum()), base, **at) if base else None
    return source, count, share, change(count, before, "yoy"), _months(ctx, source, now, at)


def _months(ctx: Context, source: str, now: pd.DataFrame, at: dict) -> Spark:
    months = [ctx.span(part) for part in ctx.period.parts("M") if part.start <= ctx.current.window.end]
    own = now.loc[now["source"] == source, "month"]
    return Spark(
        tuple(
            ctx.figure("leads", int((own == pd.Timestamp(month.window.start.replace(day=1))).sum()), month, **at)
            for month in months
        )
    )


def _qualified(ctx: Context, part: pd.DataFrame, source: str | None, span: Span) -> Figure:
    """Qualified / received; the young leads of a period may still change."""
    hits, n = int(part["qualified"].sum()), len(part)
    at = {"dimension": DIMENSION, "member": source} if source else {}
    return ctx.figure(
        "lead_qualified", ratio(hits, n), span, numerator=hits, denominator=n, n=n, flags=shaky(ctx, n), **at
    )


def _quality(ctx: Context, now: pd.DataFrame) -> Exhibit:
    points = []
    for source in _ordered(now):
        part = now[now["source"] == source]
        if source != UNCLASSIFIED and len(part) >= ctx.settings.minimum_n.rate:
            count = ctx.figure("leads", len(part), ctx.current, dimension=DIMENSION, member=source)
            points.append(Point(source, count, _qualified(ctx, part, source, ctx.current)))
    slot = SLOTS[1]
    if len(points) < 2:
        return slot.few()
    best, worst = (pick(points, key=lambda p: (p.y.value, str(p.label))) for pick in (max, min))
    apart = rate_difference(*(int(v) for p in (best, worst) for v in (p.y.numerator, p.y.denominator)))
    pooled = _qualified(ctx, now, None, ctx.current)
    mean = ctx.figure("leads_mean", len(now) / len(points), ctx.current, dimension=DIMENSION, member="mean")
    values = {"best": best.label, "high": best.y, "worst": worst.label, "low": worst.y}
    return Chart(
        title=Text("leadsource.quality_title" if apart.excludes_zero else "leadsource.quality_even", values),
        form="scatter",
        points=tuple(points),
        axes={"x": Text("metric.leads"), "y": Text("metric.lead_qualified")},
        marks={
            "vline": mean,
            "hline": pooled,
            "quadrants": tuple(Text(f"leadsource.quadrant_{name}") for name in ("both", "many", "neither", "few")),
        },
        summary=Text("leadsource.quality_alt", values | {"pooled": pooled}),
        notes=(Text("leadsource.note_quality", {"pooled": pooled}),),
        **slot.at,
    )


def _value(ctx: Context, mature: pd.DataFrame, span: Span) -> Exhibit:
    slot = SLOTS[2]
    if len(mature) < ctx.settings.minimum_n.rate:
        return slot.few()
    rows = sorted(
        (_value_row(ctx, source, part, span) for source, part in mature.groupby("source")),
        key=lambda row: (-row[4].value, row[0]),
    )
    solid = [row for row in rows if "small_n" not in row[4].flags and row[0] != UNCLASSIFIED]
    values = {"source": solid[0][0], "value": solid[0][4]} if solid else {}
    labels = ("leads", "lead_qualified", "lead_won", "lead_value", "lead_score")
    total = _value_row(ctx, None, mature, span)
    return Table(
        title=Text("leadsource.value_title", values) if values else slot.title,
        header=(Text("leadsource.source"), *(Text(f"metric.{name}") for name in labels)),
        rows=tuple(rows),
        total=(Text("label.total"), *total[1:]),
        notes=(Text("leadsource.note_mature", {"first": span.window.start, "last": span.window.end}),),
        **slot.at,
    )


def _value_row(ctx: Context, source: str | None, part: pd.DataFrame, span: Span) -> tuple:
    n, at = len(part), {"dimension": DIMENSION, "member": source} if source else {}
    won, amount = int(part["won"].fillna(False).sum()), float(part["amount"].fillna(0).sum())
    few = {"n": n, "flags": shaky(ctx, n)}
    scores = part["score"].dropna()
    score = float(scores.mean()) if len(scores) else None
    return (
        source,
        ctx.figure("leads", n, span, **at),
        _qualified(ctx, part, source, span),
        ctx.figure("lead_won", ratio(won, n), span, numerator=won, denominator=n, **few, **at),
        ctx.figure("lead_value", amount / n, span, numerator=amount, denominator=n, **few, **at),
        ctx.figure("lead_score", score, span, n=len(scores), flags=shaky(ctx, len(scores), "mean"), **at),
    )


def _prose(ctx: Context, table: Table, now: pd.DataFrame, mature: pd.DataFrame, span: Span) -> Prose:
    first, yoy = table.rows[0], table.total[3]
    sentences = [Text("leadsource.say_count", {"n": table.total[1], "source": first[0], "share": first[2]})]
    if yoy.value is not None:
        sentences.append(Text("leadsource.say_yoy", {"yoy": yoy}))
    moved = [row for row in table.rows if row[3].value is not None and row[1].value >= ctx.settings.minimum_n.rate]
    if len(moved) > 1:
        most, least = (pick(moved, key=lambda row: (row[3].value, row[0])) for pick in (max, min))
        values = {"most": most[0], "up": most[3], "least": least[0], "down": least[3]}
        sentences.append(Text("leadsource.say_moved", values))
    if len(mature) >= ctx.settings.minimum_n.rate:
        total = _value_row(ctx, None, mature, span)
        sentences.append(Text("leadsource.say_value", {"value": total[4], "won": total[3]}))
    unknown = int((now["source"] == UNCLASSIFIED).sum())
    if unknown:
        share = ctx.figure("lead_share", unknown / len(now), ctx.current, numerator=unknown, denominator=len(now),
                           n=len(now), dimension=DIMENSION, member=UNCLASSIFIED)  # fmt: skip
        sentences.append(Text("leadsource.say_unknown", {"share": share}))
    return Prose(id=SLOTS[3].id, title=Text("empty"), requirements=SLOTS[3].requirements, sentences=tuple(sentences))
