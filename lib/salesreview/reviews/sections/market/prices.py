"""What price changes did to volume, and how customers and rivals reacted (requirements M-14, M-15)."""

from dataclasses import dataclass
from datetime import date, timedelta

from ....metrics.growth import ratio
from ....metrics.price_response import Response, response
from ....periods import Window
from ....queries import price_effects as queries
from ....record import Chart, Exhibit, Figure, Heading, Prose, Series, Table, Text
from ...context import Context, Span, change
from . import price_reactions
from .boxes import absent, too_few
from .price_reactions import reactions

BOXES = {
    "prices_text": ("M-14", "M-15"),
    "prices_events": ("M-14",),
    "prices_volume": ("M-14",),
    **price_reactions.BOXES,
}
STEPS = 3


@dataclass(frozen=True)
class Event:
    """A price change of one product line with the windows around it and what came of it (None: too few orders)."""

    line: str
    day: date
    products: tuple[str, ...]
    announced: float
    before: Window
    after: Window
    cut: bool
    found: Response | None


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, events with elasticity, volume around the change, reactions."""
    heading, title = Heading(id="prices_heading", title=Text("prices.heading")), Text("prices.heading")
    if gone := ctx.mart.missing("price_changes.effective_date", "price_changes.new_price"):
        return heading, *absent(BOXES, title, gone)
    found = events(ctx)
    if not found:
        return heading, *too_few(BOXES, title, Text("prices.none"))
    shown = max(found, key=lambda one: (one.found is not None, len(one.products)))
    return (
        heading,
        _prose(ctx, found, shown),
        _table(ctx, found),
        _volume(ctx, shown),
        reactions(ctx, shown),
    )


def events(ctx: Context) -> tuple[Event, ...]:
    """The price changes of the period of at least ``market.price_change_floor``, by day and line."""
    rules, as_of = ctx.settings.market, ctx.mart.meta.as_of
    found = []
    for row in queries.events(ctx.mart, ctx.current.window).itertuples():
        if abs(row.list_change) < rules.price_change_floor:
            continue
        day, days = row.day.date(), timedelta(days=rules.price_window_days)
        before = Window(day - days, day - timedelta(days=1))
        full = day + days - timedelta(days=1)
        after = Window(day, min(full, as_of))
        others = queries.repriced(ctx.mart, Window(before.start, after.end))
        lines = queries.lines(ctx.mart, Window(before.start, after.end))
        lines = lines.assign(treated=lines["product_id"].isin(row.products), after=lines["day"].dt.date >= day)
        lines = lines[lines["treated"] | ~lines["product_id"].isin(others)]
        enough = ctx.mart.meta.first_day <= before.start
        judged = response(lines, rules.price_orders, rules.price_change_floor) if enough else None
        found.append(
            Event(
                row.product_line,
                day,
                tuple(row.products),
                float(row.list_change),
                before,
                after,
                after.end < full,
                judged,
            )
        )
    return tuple(found)


def figures(ctx: Context, one: Event) -> dict[str, Figure]:
    """The event's figures by metric, under the days of the window after the change."""
    span = Span(f"{one.after.start}:{one.after.end}", one.after)
    where = {"dimension": "product_line", "member": one.line}
    made = {"price_list_change": ctx.figure("price_list_change", one.announced, span, n=len(one.products), **where)}
    if one.found is None:
        return made
    got = one.found
    n = sum(got.orders)
    made |= {
        name: ctx.figure(name, value, span, n=n, **where)
        for name, value in (
            ("price_realised_change", got.price),
            ("price_volume_change", got.volume),
            ("price_control_change", got.control),
            ("price_net_volume", got.net.value),
            ("price_net_volume_low", got.net.low),
            ("price_net_volume_high", got.net.high),
            ("price_more_charged", got.sales[1] - got.sales[1] / (1 + got.price)),
            ("price_sales_gap", got.sales[1] - got.expected_sales),
        )
    }
    if got.elasticity is not None:
        ends = (("elasticity", got.elasticity.value), ("elasticity_low", got.elasticity.low),
                ("elasticity_high", got.elasticity.high))  # fmt: skip
        unsure = got.elasticity.low <= 0 <= got.elasticity.high
        made |= {
            name: ctx.figure(name, value, span, n=n, flags=("within_chance",) if unsure else (), **where)
            for name, value in ends
        }
    if got.margin is not None:
        past = Span(f"{one.before.start}:{one.before.end}", one.before)
        now = ctx.figure("gm_pct", got.margin[1], span, **where)
        made["margin"] = now
        made["margin_change"] = change(now, ctx.figure("gm_pct", got.margin[0], past, **where), "seq")
    return made


def _table(ctx: Context, found: tuple[Event, ...]) -> Table:
    names = (
        "price_list_change", "price_realised_change", "price_volume_change", "price_control_change",
        "price_net_volume", "elasticity", "elasticity_low", "elasticity_high", "margin_change",
    )  # fmt: skip
    rows = []
    for one in found[: ctx.settings.top_n]:
        made = figures(ctx, one)
        label = Text("prices.event", {"line": one.line, "day": one.day})
        rows.append((label, *(made.get(name) for name in names)))
    notes = [Text("prices.note_method", {"days": _days(ctx)}), Text("prices.note_interval")]
    notes += [Text("prices.note_few", {"orders": _orders(ctx)})] if any(one.found is None for one in found) else []
    notes += [Text("prices.note_cut")] if any(one.cut for one in found) else []
    first = figures(ctx, found[0])
    values = {"line": found[0].line, "change": first["price_list_change"]}
    title = Text("prices.table", values)
    if "elasticity" in first:
        chance = "within_chance" in first["elasticity"].flags
        title = Text(
            "prices.table_unsure" if chance else "prices.table_sure", values | {"elasticity": first["elasticity"]}
        )
    return Table(
        id="prices_events",
        title=title,
        requirements=BOXES["prices_events"],
        header=(Text("prices.column_event"), *(Text(f"prices.column_{name}") for name in names)),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _days(ctx: Context) -> Figure:
    return ctx.figure("price_window", ctx.settings.market.price_window_days, ctx.current)


def _orders(ctx: Context) -> Figure:
    return ctx.figure("price_least_orders", ctx.settings.market.price_orders, ctx.current)


def _volume(ctx: Context, one: Event) -> Exhibit:
    """Quantities at old prices in thirds of the windows, changed products beside the others, the first third = 1."""
    place = {"prices_volume": BOXES["prices_volume"]}
    if one.found is None:
        return too_few(place, Text("prices.volume"), Text("prices.too_few", {"orders": _orders(ctx)}))[0]
    window = Window(one.before.start, one.after.end)
    lines = queries.lines(ctx.mart, window)
    prior = lines[lines["day"].dt.date < one.day].groupby("product_id")[["net", "qty"]].sum()
    lines = lines[lines["product_id"].isin(prior.index)]
    volume = lines["qty"] * lines["product_id"].map(prior["net"] / prior["qty"])
    length = max(1, ctx.settings.market.price_window_days // STEPS)
    step = (lines["day"].dt.date.map(lambda day: (day - one.day).days) // length).clip(-STEPS, STEPS - 1)
    others = queries.repriced(ctx.mart, window)
    groups = {"changed": lines["product_id"].isin(one.products), "others": ~lines["product_id"].isin(others)}
    sums = {name: volume[mask].groupby(step[mask]).sum() for name, mask in groups.items()}
    reached = [place for place in range(-STEPS, STEPS) if one.day + timedelta(days=place * length) <= one.after.end]
    series = []
    for name, role in (("changed", "actual"), ("others", "prior")):
        first = float(sums[name].get(-STEPS, 0.0))
        figures_ = tuple(
            ctx.figure("price_volume_index", ratio(float(sums[name].get(step_, 0.0)), first), ctx.current,
                       dimension="price_group×step", member=f"{one.line} {one.day} {name} | {step_}")
            for step_ in reached
        )  # fmt: skip
        series.append(
            Series(Text(f"prices.group_{name}", {"line": one.line} if name == "changed" else {}), figures_, role)
        )
    made = figures(ctx, one)
    values = {"line": one.line, "volume": made["price_volume_change"], "control": made["price_control_change"]}
    return Chart(
        id="prices_volume",
        title=Text("prices.volume_title", values),
        requirements=BOXES["prices_volume"],
        form="line",
        categories=tuple(
            Text("prices.step_before" if place < 0 else "prices.step_after", _step_days(place, length))
            for place in reached
        ),
        series=tuple(series),
        axes={"y": Text("metric.price_volume_index")},
        summary=Text("prices.volume_alt", values),
        notes=(Text("prices.note_volume"),),
    )


def _step_days(place: int, length: int) -> dict[str, str]:
    first, last = (
        (-(place + 1) * length + 1, -place * length) if place < 0 else (place * length, (place + 1) * length - 1)
    )
    return {"first": str(first), "last": str(last)}


def _prose(ctx: Context, found: tuple[Event, ...], one: Event) -> Prose:
    made = figures(ctx, one)
    values = {"line": one.line, "day": one.day, "change": made["price_list_change"], "n": str(len(one.products))}
    sentences = [Text("prices.sentence", values)]
    if one.found is None:
        sentences.append(Text("prices.too_few", {"orders": _orders(ctx)}))
    else:
        sentences.append(
            Text("prices.sentence_realised",
                 {"price": made["price_realised_change"], "more": made["price_more_charged"]})
        )  # fmt: skip
        volume = {"volume": made["price_volume_change"], "control": made["price_control_change"]}
        sentences.append(Text("prices.sentence_volume", volume))
        if "elasticity" in made:
            ends = {"value": made["elasticity"], "low": made["elasticity_low"], "high": made["elasticity_high"]}
            chance = "within_chance" in made["elasticity"].flags
            sentences.append(Text("prices.sentence_unsure" if chance else "prices.sentence_sure", ends))
        if "margin_change" in made and made["margin_change"].value is not None:
            sentences.append(Text("prices.sentence_margin", {"now": made["margin"], "moved": made["margin_change"]}))
    if one.cut:
        sentences.append(Text("prices.note_cut"))
    if len(found) > 1:
        sentences.append(Text("prices.sentence_others", {"n": str(len(found) - 1)}))
    return Prose(id="prices_text", title=Text("empty"), requirements=BOXES["prices_text"], sentences=tuple(sentences))
