"""How buying changed: where leads come from, through which channel orders come, how often and how long (M-07)."""

from collections.abc import Callable

import pandas as pd

from ....metrics.growth import ratio
from ....queries import buying, sales
from ....record import Chart, Exhibit, Figure, Heading, PeriodName, Prose, Series, Table, Text
from ...context import Context, Span, change
from ..finding import few
from ..indicators.cycle import median_cycle_figure
from ..sales.orders import order_figures
from .boxes import together
from .common import gap, thin

IDS = ("buying_text", "buying_sources", "buying_channels", "buying_habits")
REQUIREMENTS = ("M-07",)
DEALS = ("opportunities.outcome", "opportunities.closed_at")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, slopes of lead sources and order channels, habits on last year."""
    heading = Heading(id="buying_heading", title=Text("buying.heading"))
    if not ctx.covers(ctx.year_ago):
        return heading, *(thin(name, "buying.heading", REQUIREMENTS, "buying.no_base") for name in IDS)
    sources, channels = lead_sources(ctx), order_channels(ctx)
    habits = habit_rows(ctx)
    return (
        heading,
        _prose(sources, channels, habits),
        *together(
            Text("buying.mix"),
            (
                _slope(ctx, "sources", sources, ("leads.source_channel",)),
                _slope(ctx, "channels", channels, ("orders.sales_channel",)),
            ),
        ),
        _habits(habits),
    )


Mix = dict[str, tuple[Figure, Figure, Figure]]


def lead_sources(ctx: Context) -> Mix:
    """Share of leads by source channel: a year before, now, and the change; empty without data."""
    if ctx.mart.missing("leads.source_channel", "leads.received_at"):
        return {}

    def counts(span: Span) -> pd.Series:
        return buying.lead_sources(ctx.mart, span.window).set_index("member")["n"]

    return _mix(ctx, counts, "lead_source_share", "lead_source", counted=True)


def order_channels(ctx: Context) -> Mix:
    """Share of sales by order channel: a year before, now, and the change; empty without data."""
    if ctx.mart.missing("orders.sales_channel"):
        return {}

    def amounts(span: Span) -> pd.Series:
        return sales.by(ctx.mart, span.window, "channel").set_index("channel")["sales"]

    return _mix(ctx, amounts, "share_mix", "channel", counted=False)


def _mix(ctx: Context, read: Callable[[Span], pd.Series], metric: str, dimension: str, counted: bool) -> Mix:
    now, base = read(ctx.current), read(ctx.year_ago)
    totals = float(now.sum()), float(base.sum())
    if min(totals) <= 0:
        return {}
    found: Mix = {}
    for member in sorted(set(now.index) | set(base.index), key=lambda name: (-float(now.get(name, 0.0)), name)):
        pair = []
        for values, total, span in ((base, totals[1], ctx.year_ago), (now, totals[0], ctx.current)):
            part = float(values.get(member, 0.0))
            rest = {"n": int(total), "flags": few(ctx, total)} if counted else {}
            pair.append(ctx.figure(metric, ratio(part, total), span, dimension=dimension, member=member,
                                   numerator=part, denominator=total, **rest))  # fmt: skip
        found[member] = (*pair, change(pair[1], pair[0], "yoy"))
    return found


def moved_most(mix: Mix) -> tuple[str, Figure] | None:
    """The member whose share changed most, of changes beyond chance."""
    known = [(name, row[2]) for name, row in mix.items() if not {"within_chance", "small_n"} & set(row[2].flags)]
    return max(known, key=lambda item: (abs(item[1].value), item[0]), default=None)


def _slope(ctx: Context, name: str, mix: Mix, fields: tuple[str, ...]) -> Exhibit:
    exhibit_id, title = f"buying_{name}", f"buying.{name}"
    if missing := ctx.mart.missing(*fields):
        return gap(exhibit_id, title, REQUIREMENTS, missing)
    if len(mix) < 2:
        return thin(exhibit_id, title, REQUIREMENTS, f"buying.{name}_few")
    top = moved_most(mix)
    told = Text(f"buying.{name}_steady")
    if top is not None:
        told = Text(f"buying.{name}_{'up' if top[1].value > 0 else 'down'}", {"member": top[0], "moved": top[1]})
    listed = tuple(Text("buying.named", {"name": member, "old": row[0], "new": row[1]}) for member, row in mix.items())
    return Chart(
        id=exhibit_id,
        title=told,
        requirements=REQUIREMENTS,
        form="slope",
        categories=(PeriodName(ctx.year_ago.code), PeriodName(ctx.current.code)),
        series=tuple(Series(member, row[:2], "part") for member, row in mix.items()),
        axes={"y": Text(f"buying.{name}_axis")},
        summary=Text("buying.alt", {"shares": listed}),
    )


def habit_rows(ctx: Context) -> list[tuple[Text, Figure, Figure, Figure]]:
    """Measure, a year before, now and the change: order frequency, products an order, decision length, contacts."""
    makers: dict[str, Callable[[Span], Figure]] = {
        "order_frequency": lambda span: order_figures(ctx, span)["order_frequency"],
        "aov": lambda span: order_figures(ctx, span)["aov"],
        "basket_products": lambda span: _basket(ctx, span),
    }
    if not ctx.mart.missing(*DEALS):
        makers["cycle"] = lambda span: median_cycle_figure(ctx, span)
        if not ctx.mart.missing("activities.opp_id"):
            makers["won_touches"] = lambda span: _touches(ctx, span, "touches")
            if not ctx.mart.missing("activities.contact_id"):
                makers["won_contacts"] = lambda span: _touches(ctx, span, "people")
    rows = []
    for name, make in makers.items():
        now, base = make(ctx.current), make(ctx.year_ago)
        if now.value is not None:
            rows.append((Text(f"metric.{name}"), base, now, change(now, base, "yoy")))
    return rows


def _basket(ctx: Context, span: Span) -> Figure:
    products, orders = buying.products_per_order(ctx.mart, span.window)
    return ctx.figure(
        "basket_products", ratio(products, orders), span, numerator=products, denominator=orders, n=orders
    )


def _touches(ctx: Context, span: Span, what: str) -> Figure:
    found = buying.contacts_per_deal(ctx.mart, span.window)
    n = len(found)
    name = "won_contacts" if what == "people" else "won_touches"
    flags = ("small_n",) if n < ctx.settings.minimum_n.mean else ()
    return ctx.figure(name, float(found[what].mean()) if n else None, span, n=n, flags=flags)


def _habits(rows: list[tuple[Text, Figure, Figure, Figure]]) -> Exhibit:
    if not rows:
        return thin("buying_habits", "buying.habits", REQUIREMENTS, "buying.no_base")
    known = [row for row in rows if row[3].value is not None and "small_n" not in row[3].flags]
    title = Text("buying.habits")
    if known:
        most = max(known, key=lambda row: abs(row[3].value) if row[3].unit == "ratio" else 0.0)
        title = Text("buying.habits_title", {"measure": most[0], "moved": most[3], "value": most[2]})
    return Table(
        id="buying_habits",
        title=title,
        requirements=REQUIREMENTS,
        header=tuple(Text(f"buying.column_{name}") for name in ("measure", "before", "now", "moved")),
        rows=tuple(rows),
        notes=(Text("buying.note_habits"),) if any(row[2].metric == "cycle" for row in rows) else (),
    )


def _prose(sources: Mix, channels: Mix, rows: list[tuple[Text, Figure, Figure, Figure]]) -> Prose:
    sentences = []
    for name, mix in (("sources", sources), ("channels", channels)):
        top = moved_most(mix)
        if top is not None:
            values = {"member": top[0], "moved": top[1], "share": mix[top[0]][1]}
            sentences.append(Text(f"buying.sentence_{name}", values))
        elif mix:
            sentences.append(Text(f"buying.{name}_steady_sentence"))
    by_metric = {row[2].metric: row for row in rows}
    for name in ("cycle", "order_frequency"):
        row = by_metric.get(name)
        if row is not None and row[3].value is not None and "small_n" not in row[3].flags:
            sentences.append(Text(f"buying.sentence_{name}", {"value": row[2], "base": row[1]}))
    sentences.append(Text("buying.sentence_limits"))
    return Prose(id="buying_text", title=Text("empty"), requirements=REQUIREMENTS, sentences=tuple(sentences))
