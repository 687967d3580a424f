"""How new products do in the market (requirement D-12)."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from ....metrics.growth import ratio
from ....periods import Window, add_months
from ....queries import launches, sales
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, PeriodName, Point, Prose, Table, Text
from ...context import Context, Span, change
from .sales_common import not_enough, not_provided, shortened

REQUIREMENTS = ("D-12",)
FAR_BELOW = 0.6
"""Share of the plan below which a launch counts as failing; this product's default."""

IDS = ("launches_text", "launches_cards", "launches_curve", "launches_table")


@dataclass(frozen=True)
class Launch:
    """One new product: figures of the period and since launch, and its cumulated curves by months since launch."""

    product_id: str
    name: str
    day: date
    sales: Figure
    cumulated: Figure
    plan: Figure
    attainment: Figure
    accounts: Figure
    repeat: Figure
    curve: tuple[tuple[int, float, float | None], ...]


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, vitality, curves since launch against plan, table."""
    heading = Heading(id="launches_heading", title=Text("launches.heading"))
    if len(absent := ctx.mart.missing("products.launch_date", "product_launches.launch_date")) == 2:
        return heading, *not_provided(IDS, "launches.heading", "D-12", absent)
    found = new_products(ctx)
    if not found:
        none = Text("launches.none", {"months": str(ctx.settings.new_product_months)})
        return heading, *not_enough(IDS, "launches.heading", "D-12", none)
    share = vitality(ctx, ctx.current)
    base = ctx.year_ago
    shift = change(share, vitality(ctx, base) if ctx.covers(base) else None, "yoy")
    cards = (
        Card(Text("metric.vitality"), share, (shift,)),
        *(Card(Text("launches.card", {"product": item.name}), item.attainment) for item in found[:3]),
    )
    return (
        heading,
        _prose(ctx, found, share, shift),
        Cards(
            id="launches_cards",
            title=Text("launches.title", {"share": share, "products": tuple(item.name for item in found[:3])}),
            requirements=REQUIREMENTS,
            cards=cards,
        ),
        _curve(ctx, found),
        _table(found),
    )


def vitality(ctx: Context, span: Span) -> Figure:
    """Share of sales from products launched within ``new_product_months`` before the end of the span."""
    products = launches.launched(ctx.mart, _recent(ctx, span.window.end))["product_id"]
    found = sales.by(ctx.mart, span.window, "product_id")
    new = float(found.loc[found["product_id"].isin(products), "sales"].sum())
    total = float(found["sales"].sum())
    share = ratio(new, total) if total > 0 else None
    return ctx.figure("vitality", share, span, numerator=new, denominator=total, n=len(products))


def _recent(ctx: Context, end: date) -> Window:
    return Window(add_months(end, -ctx.settings.new_product_months) + timedelta(days=1), end)


def new_products(ctx: Context) -> tuple[Launch, ...]:
    """The new products of the period, by sales since launch."""
    rows = launches.launched(ctx.mart, _recent(ctx, ctx.current.window.end))
    inside = sales.by(ctx.mart, ctx.current.window, "product_id").set_index("product_id")["sales"]
    found = [_launch(ctx, row, float(inside.get(row.product_id, 0.0))) for row in rows.itertuples()]
    return tuple(sorted(found, key=lambda item: (-item.cumulated.value, item.name)))


def _launch(ctx: Context, row, inside: float) -> Launch:
    day, end = row.launched_on.date(), ctx.current.window.end
    since = Window(day, max(day, end))
    where = {"dimension": "product", "member": row.product}
    monthly = launches.since_launch(ctx.mart, row.product_id, since)
    curve = _curves(row, monthly, end)
    planned = curve[-1][2]
    accounts, again = launches.buyers(ctx.mart, row.product_id, since)
    small = ("small_n",) if accounts < ctx.settings.minimum_n.rate else ()
    cumulated = ctx.figure("launch_sales", curve[-1][1], ctx.current, n=accounts, **where)
    no_plan = ("no_target",) if planned is None else ()
    return Launch(
        product_id=row.product_id,
        name=row.product,
        day=day,
        sales=ctx.figure("sales", inside, ctx.current, **where),
        cumulated=cumulated,
        plan=ctx.figure("launch_plan", planned, ctx.current, flags=no_plan, **where),
        attainment=ctx.figure(
            "launch_attainment",
            ratio(cumulated.value, planned),
            ctx.current,
            numerator=cumulated.value,
            denominator=planned,
            flags=no_plan,
            **where,
        ),
        accounts=ctx.figure("launch_accounts", accounts, ctx.current, n=accounts, **where),
        repeat=ctx.figure(
            "launch_repeat_rate",
            ratio(again, accounts),
            ctx.current,
            numerator=again,
            denominator=accounts,
            n=accounts,
            flags=small or (),
            **where,
        ),
        curve=curve,
    )


def _curves(row, monthly: pd.DataFrame, end: date) -> tuple[tuple[int, float, float | None], ...]:
    """Months since launch from 1, cumulated sales, cumulated plan (None without a plan); the running month's plan
    counts by its elapsed days."""
    sold = {item.month.date(): item.sales for item in monthly.itertuples()}
    plan = row.plan or _even(row)
    month, number, reached, planned, found = row.launched_on.date().replace(day=1), 1, 0.0, 0.0, []
    while month <= end:
        last = add_months(month, 1) - timedelta(days=1)
        elapsed = min(1.0, ((end - month).days + 1) / last.day)
        reached += sold.get(month, 0.0)
        planned += plan.get(month, 0.0) * elapsed
        found.append((number, reached, planned if plan else None))
        month, number = add_months(month, 1), number + 1
    return tuple(found)


def _even(row) -> dict[date, float]:
    """The launch target in twelve equal months, where there is no monthly plan."""
    if pd.isna(row.target_sales):
        return {}
    first = row.launched_on.date().replace(day=1)
    return {add_months(first, step): float(row.target_sales) / 12 for step in range(12)}


def _curve(ctx: Context, found: tuple[Launch, ...]) -> Chart:
    points = []
    for item in found[:3]:
        for kind, place, metric in (("actual", 1, "launch_sales"), ("plan", 2, "launch_plan")):
            for step in item.curve:
                if step[place] is None:
                    continue
                where = {"dimension": "product×month", "member": f"{item.name} | {step[0]}"}
                x = ctx.figure("launch_age", step[0], ctx.current, **where)
                y = ctx.figure(metric, step[place], ctx.current, **where)
                group = Text(f"launches.curve_{kind}", {"product": item.name})
                points.append(Point(str(step[0]), x=x, y=y, group=group))
    listed = tuple(Text("common_sales.named", {"name": i.name, "value": i.cumulated}) for i in found[:3])
    return Chart(
        id="launches_curve",
        title=_curve_title(found[:3]),
        requirements=REQUIREMENTS,
        form="curve",
        points=tuple(points),
        axes={"x": Text("metric.launch_age"), "y": Text("metric.launch_sales")},
        summary=Text("launches.curve_alt", {"products": listed}),
    )


def _curve_title(found: tuple[Launch, ...]) -> Text:
    """Which products run ahead of their plan and which behind; the rates stand in the cards."""
    planned = [item for item in found if item.attainment.value is not None]
    ahead = tuple(item.name for item in planned if item.attainment.value >= 1)
    behind = tuple(item.name for item in planned if item.attainment.value < 1)
    if not planned:
        return Text("launches.curve_no_plan")
    if ahead and behind:
        return Text("launches.curve_apart", {"ahead": ahead, "behind": behind})
    if ahead:
        return Text("launches.curve_ahead", {"ahead": ahead})
    return Text("launches.curve_behind", {"behind": behind})


def _table(found: tuple[Launch, ...]) -> Table:
    rows = [(item.name, item.day, item.sales, item.cumulated, item.plan, item.accounts, item.repeat) for item in found]
    kept, notes = shortened(rows, key=lambda row: row[3].value)
    return Table(
        id="launches_table",
        title=Text("launches.table"),
        requirements=REQUIREMENTS,
        header=(
            Text("label.product"),
            Text("launches.day"),
            Text("launches.column_sales"),
            Text("launches.column_since"),
            Text("launches.column_plan"),
            Text("launches.column_accounts"),
            Text("launches.column_repeat"),
        ),
        rows=kept,
        notes=(*notes, Text("launches.note_plan")),
    )


def _prose(ctx: Context, found: tuple[Launch, ...], share: Figure, shift: Figure) -> Prose:
    values = {"period": PeriodName(ctx.current.code), "share": share}
    key = "launches.sentence_share" if shift.value is None else "launches.sentence_share_shift"
    sentences = [Text(key, values | ({"shift": shift} if shift.value is not None else {}))]
    success = ctx.settings.thresholds.launch_success
    for item in found[:3]:
        values = {"product": item.name, "sales": item.cumulated, "accounts": item.accounts}
        if item.attainment.value is None:
            sentences.append(Text("launches.sentence_no_plan", values))
            continue
        case = _case(item.attainment.value, success)
        sentences.append(Text(f"launches.sentence_{case}", values | {"attainment": item.attainment}))
    return Prose(id="launches_text", title=Text("empty"), requirements=REQUIREMENTS, sentences=tuple(sentences))


def _case(reached: float, success: float) -> str:
    if reached >= 1:
        return "success" if reached >= success else "met"
    return "short" if reached >= FAR_BELOW else "far"
