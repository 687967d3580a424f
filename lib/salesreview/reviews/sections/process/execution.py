"""From the order to the delivery: times recorded, produced and delivered on time (requirements S3-41, S3-42, S3-43)."""

import pandas as pd

from ....queries import service as queries
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, NotEnough, Prose, Series, Text
from ...context import Context, Span
from ..cases import seen_until
from ..finding import finding
from .common import absent, at, card, cards, count, middle, month_names, months, moved, share, too_few

NEEDS = ("orders.promised_date", "orders.delivered_at")
BOXES = {
    "execution_cards": ("S3-43",),
    "execution_production": ("S3-41", "S3-42"),
    "execution_months": ("S3-43",),
    "execution_text": ("S3-41", "S3-42", "S3-43"),
}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, delivery, production and records, months, paragraph."""
    heading = Heading(id="execution_heading", title=Text("execution.heading"))
    missing = ctx.mart.missing(*NEEDS)
    if missing:
        return heading, *absent(BOXES, "execution.heading", missing)
    if len(_due(ctx, ctx.current)) < ctx.settings.minimum_n.mean:
        return heading, *too_few(BOXES, "execution.heading", "execution.few")
    return heading, _delivery(ctx), _production(ctx), _months(ctx), _text(ctx)


def _due(ctx: Context, span: Span) -> pd.DataFrame:
    return judged(queries.deliveries(ctx.mart, span.window, seen_until(ctx, span)))


def judged(found: pd.DataFrame) -> pd.DataFrame:
    """Deliveries with ``on_time``, ``full`` (null where not recorded), ``perfect`` (both; an undelivered order is a
    miss, an unrecorded completeness counts as complete), ``made_on_time``, ``delay`` (days, of late deliveries)."""
    promised, delivered = found["promised_date"], found["delivered_at"].dt.normalize()
    on_time = delivered.notna() & (delivered <= promised)
    full = found["complete"].astype("boolean").where(delivered.notna())
    made = found["produced_at"].dt.normalize()
    return found.assign(
        on_time=on_time,
        full=full,
        perfect=on_time & full.fillna(True).astype(bool),
        made_on_time=made.notna() & (made <= promised),
        delay=(delivered - promised).dt.days.where(delivered > promised),
    )


def otif_figure(ctx: Context, span: Span) -> Figure:
    """On time and complete / orders promised for ``span`` (registry key otif)."""
    due = _due(ctx, span)
    return share(ctx, "otif", int(due["perfect"].sum()), len(due), span)


def _on_time(ctx: Context, span: Span) -> Figure:
    due = _due(ctx, span)
    return share(ctx, "delivered_on_time", int(due["on_time"].sum()), len(due), span)


def _complete(ctx: Context, span: Span) -> Figure:
    known = _due(ctx, span)["full"].dropna()
    return share(ctx, "delivered_complete", int(known.sum()), len(known), span)


def _delay(ctx: Context, span: Span) -> Figure:
    return middle(ctx, "delay_days", _due(ctx, span)["delay"], span)


def _delivery(ctx: Context) -> Cards:
    makes = [lambda span, make=make: make(ctx, span) for make in (otif_figure, _on_time, _complete, _delay)]
    case, change = moved(ctx, makes[0])
    return Cards(
        id="execution_cards",
        title=finding("execution.title", case, change, otif=makes[0](ctx.current)),
        requirements=BOXES["execution_cards"],
        cards=cards(ctx, makes),
        notes=(Text("execution.note"),),
    )


def produced_figure(ctx: Context, span: Span) -> Figure:
    """Produced by the promised day / orders promised for ``span`` (registry key production_on_time)."""
    due = _due(ctx, span)
    return share(ctx, "production_on_time", int(due["made_on_time"].sum()), len(due), span)


def quality_figure(ctx: Context, span: Span) -> Figure:
    """Complaints about quality / orders delivered in ``span`` (registry key quality_complaint_rate)."""
    complaints, delivered = queries.quality_complaints(ctx.mart, span.window)
    value = complaints / delivered if delivered else None
    counts = {"numerator": complaints, "denominator": delivered}
    return ctx.figure("quality_complaint_rate", value, span, **counts)


def stamp_figure(ctx: Context, span: Span) -> Figure:
    """Shipped orders that bear promised, produced and delivered time (registry key stamp_rate)."""
    row = queries.stamped(ctx.mart, span.window).iloc[0]
    return share(ctx, "stamp_rate", int(row["all_three"]), int(row["n"]), span)


def _lag(ctx: Context, span: Span, name: str, first: str, last: str) -> Figure:
    due = _due(ctx, span)
    return middle(ctx, name, (due[last] - due[first]).dt.total_seconds() / 86400, span)


def _production(ctx: Context) -> Exhibit:
    box = {"id": "execution_production", "requirements": BOXES["execution_production"]}
    makes = [lambda span: stamp_figure(ctx, span)]
    if not ctx.mart.missing("orders.produced_at"):
        makes += [
            lambda span: produced_figure(ctx, span),
            lambda span: _lag(ctx, span, "production_lag", "order_date", "produced_at"),
            lambda span: _lag(ctx, span, "delivery_lag", "produced_at", "delivered_at"),
        ]
    found = cards(ctx, makes)
    if not ctx.mart.missing("tickets.category", "tickets.is_complaint"):
        complaints, _ = queries.quality_complaints(ctx.mart, ctx.current.window)
        found += (
            Card(Text("metric.quality_complaints"), count(ctx, "quality_complaints", complaints)),
            card(ctx, lambda span: quality_figure(ctx, span)),
        )
    if not found:
        return NotEnough(title=Text("execution.production"), reason=Text("execution.few"), **box)
    stamped = stamp_figure(ctx, ctx.current)
    title = Text("execution.production")
    if stamped.value is not None:
        title = Text("execution.production_title", {"stamped": stamped})
        if not ctx.mart.missing("orders.produced_at"):
            values = {"stamped": stamped, "made": produced_figure(ctx, ctx.current)}
            title = Text("execution.production_made", values)
    return Cards(title=title, cards=found, notes=(Text("execution.note_production"),), **box)


def _months(ctx: Context) -> Exhibit:
    box = {"id": "execution_months", "requirements": BOXES["execution_months"]}
    if len(months(ctx)) < 2:
        return NotEnough(title=Text("execution.months"), reason=Text("execution.few"), **box)
    figures = [otif_figure(ctx, ctx.span(month)) for month in months(ctx)]
    known = [figure for figure in figures if figure.value is not None]
    if not known:
        return NotEnough(title=Text("execution.months"), reason=Text("execution.few"), **box)
    low = min(known, key=lambda figure: figure.value)
    month = month_names(ctx)[figures.index(low)]
    overall = otif_figure(ctx, ctx.current)
    values = {"month": month, "low": low}
    return Chart(
        title=Text("execution.months_title", values),
        form="line",
        categories=month_names(ctx),
        series=(Series(Text("metric.otif"), tuple(figures)),),
        axes={"y": Text("metric.otif")},
        summary=Text("execution.months_alt", values | {"otif": overall}),
        **box,
    )


def _text(ctx: Context) -> Prose:
    due, now = _due(ctx, ctx.current), otif_figure(ctx, ctx.current)
    case, change = moved(ctx, lambda span: otif_figure(ctx, span))
    size = count(ctx, "orders_due", len(due))
    sentences = [finding("execution.say", case, change, otif=now, n=size)]
    late, short = int((~due["on_time"]).sum()), int((due["on_time"] & ~due["perfect"]).sum())
    parts = {name: count(ctx, "orders_due", n, **at("missed", name)) for name, n in (("late", late), ("short", short))}
    if late or short:
        sentences.append(Text("execution.say_misses", parts))
    delay = _delay(ctx, ctx.current)
    if delay.value is not None:
        sentences.append(Text("execution.say_delay", {"delay": delay}))
    sentences.append(Text("execution.say_unknown"))
    return Prose(
        id="execution_text", title=Text("empty"), requirements=BOXES["execution_text"], sentences=tuple(sentences)
    )
