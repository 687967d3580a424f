"""Why sales changed: price, volume, mix, new and discontinued products (requirement D-06)."""

import pandas as pd

from ....metrics.bridges import PriceVolumeMix, Sold, price_volume_mix
from ....queries import sales
from ....queries.price_changes import repriced_products
from ....record import UNCLASSIFIED, Chart, Exhibit, Figure, Heading, PeriodName, Prose, Series, Table, Text
from ...context import Context, Span
from .gap import named_amounts
from .sales_common import not_enough, not_provided, shortened

REQUIREMENTS = ("D-06",)
PARTS = {
    "volume": "volume_effect",
    "mix": "mix_effect",
    "price": "price_effect",
    "new": "new_product_effect",
    "discontinued": "discontinued_effect",
    "other": "other_effect",
}
IDS = ("drivers_text", "drivers_bridge", "drivers_lines")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, bridge from last year to now, table by product line."""
    heading = Heading(id="drivers_heading", title=Text("drivers.heading"))
    absent = ctx.mart.missing("order_lines.qty", "order_lines.product_id")
    if absent:
        return heading, *not_provided(IDS, "drivers.bridge", "D-06", absent)
    base = ctx.year_ago
    if not ctx.covers(base):
        return heading, *not_enough(IDS, "drivers.bridge", "D-06", Text("drivers.no_base"))
    before, now = _sold(ctx, base), _sold(ctx, ctx.current)
    first, last = (sales.totals(ctx.mart, span.window).sales for span in (base, ctx.current))
    split = price_volume_mix(before, now, last - first)
    lines = sorted({item.line for item in (*before, *now)})
    by_line = {
        line: price_volume_mix([i for i in before if i.line == line], [i for i in now if i.line == line])
        for line in lines
    }
    return heading, _prose(ctx, split, by_line), _bridge(ctx, base, before, now, split), _lines(ctx, split, by_line)


def _sold(ctx: Context, span: Span) -> list[Sold]:
    """One entry per product. The unit of quantity is taken to be one per product line and service type, because the
    data model has no unit of its own."""
    found: pd.DataFrame = sales.by(ctx.mart, span.window, "product_id", "product_line", "service_type")
    return [
        Sold(
            product=row.product_id,
            line=row.product_line,
            unit=row.service_type if row.product_line != UNCLASSIFIED else row.product_id,
            qty=row.qty,
            sales=row.sales,
            counted=abs(row.counted_sales - row.sales) < 0.005 and row.product_id != UNCLASSIFIED,
        )
        for row in found.itertuples()
    ]


def _parts(ctx: Context, split: PriceVolumeMix, line: str | None = None) -> dict[str, Figure]:
    where = {} if line is None else {"dimension": "product_line", "member": line}
    return {name: ctx.figure(metric, getattr(split, name), ctx.current, **where) for name, metric in PARTS.items()}


def _bridge(ctx: Context, base: Span, before: list[Sold], now: list[Sold], split: PriceVolumeMix) -> Chart:
    start, end = sales.totals(ctx.mart, base.window), sales.totals(ctx.mart, ctx.current.window)
    first = ctx.figure("sales", start.sales, base, n=start.orders)
    last = ctx.figure("sales", end.sales, ctx.current, n=end.orders)
    change = ctx.figure("sales_change", split.total, ctx.current)
    bars = {name: figure for name, figure in _parts(ctx, split).items() if figure.value or name in ("volume", "price")}
    values = {"first": first, "change": change, "last": last}
    return Chart(
        id="drivers_bridge",
        title=_title(split, bars, change),
        requirements=REQUIREMENTS,
        form="waterfall",
        categories=(
            PeriodName(base.code),
            *(Text(f"metric.{figure.metric}") for figure in bars.values()),
            PeriodName(ctx.current.code),
        ),
        series=(Series(Text("metric.sales_change"), (first, *bars.values(), last)),),
        marks={"totals": (0, -1)},
        summary=Text("drivers.bridge_alt", values),
        reconciliation=Text("drivers.adds_up", values),
        notes=(Text("drivers.note_units"),),
    )


def _title(split: PriceVolumeMix, bars: dict[str, Figure], change: Figure) -> Text:
    if not split.total:
        return Text("drivers.bridge_flat")
    leading = _leading(split, bars)
    values = {"change": change, "effect": Text(f"metric.{leading.metric}"), "amount": leading}
    return Text("drivers.bridge_up" if split.total > 0 else "drivers.bridge_down", values)


def _leading(split: PriceVolumeMix, bars: dict[str, Figure]) -> Figure:
    """The effect that pushes most in the direction of the change."""
    sign = 1 if split.total > 0 else -1
    return max(bars.values(), key=lambda figure: figure.value * sign)


def _lines(ctx: Context, split: PriceVolumeMix, by_line: dict[str, PriceVolumeMix]) -> Table:
    shown = [name for name in PARTS if any(getattr(part, name) for part in by_line.values())]
    rows = []
    for line, part in sorted(by_line.items(), key=lambda item: (-abs(item[1].total), item[0])):
        change = ctx.figure("sales_change", part.total, ctx.current, dimension="product_line", member=line)
        figures = _parts(ctx, part, line)
        rows.append((line, change, *(figures[name] for name in shown)))
    kept, notes = shortened(rows, key=lambda row: abs(row[1].value))
    total = _parts(ctx, split)
    return Table(
        id="drivers_lines",
        title=Text("drivers.lines_title", {"line": rows[0][0], "change": rows[0][1]})
        if rows
        else Text("drivers.lines"),
        requirements=REQUIREMENTS,
        header=(
            Text("label.product_line"),
            Text("metric.sales_change"),
            *(Text(f"metric.{PARTS[name]}") for name in shown),
        ),
        rows=kept,
        total=(
            Text("label.total"),
            ctx.figure("sales_change", split.total, ctx.current),
            *(total[name] for name in shown),
        ),
        notes=notes,
    )


def _prose(ctx: Context, split: PriceVolumeMix, by_line: dict[str, PriceVolumeMix]) -> Prose:
    figures = _parts(ctx, split)
    change = ctx.figure("sales_change", split.total, ctx.current)
    key = "up" if split.total > 0 else "down" if split.total < 0 else "flat"
    sentences = [Text(f"drivers.sentence_{key}", {} if key == "flat" else {"change": change})]
    sentences.append(Text("drivers.sentence_parts", {name: figures[name] for name in ("volume", "mix", "price")}))
    if split.new or split.discontinued:
        sentences.append(Text("drivers.sentence_products", {n: figures[n] for n in ("new", "discontinued")}))
    moved = {line: part.price for line, part in by_line.items() if part.price}
    if moved:
        line = max(moved, key=lambda name: (abs(moved[name]), name))
        figure = _parts(ctx, by_line[line], line)["price"]
        sentences.append(Text("drivers.sentence_price_line", {"driver": named_amounts((figure,))}))
    if not ctx.mart.missing("price_changes"):
        count = repriced_products(ctx.mart, ctx.current.window)
        if count:
            repriced = ctx.figure("repriced_products", count, ctx.current, n=count)
            sentences.append(Text("drivers.sentence_repriced", {"n": repriced}))
    if split.other:
        sentences.append(Text("drivers.sentence_other", {"other": figures["other"]}))
    return Prose(id="drivers_text", title=Text("empty"), requirements=REQUIREMENTS, sentences=tuple(sentences))
