"""Large deals and the long tail, apart (requirement D-18)."""

import pandas as pd

from ....metrics.growth import growth, ratio
from ....queries import order_values, sales
from ....queries.order_values import LARGE, RETURNS, TAIL
from ....record import Chart, Exhibit, Figure, Heading, Point, Prose, Table, Text
from ...context import Context, Span
from .sales_common import not_enough, share_of_largest, twelve_months_before, whole_share

REQUIREMENTS = ("D-18",)
IDS = ("deals_text", "deals_classes", "deals_curve")
TOP = 3


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, table of classes, curve of concentration."""
    heading = Heading(id="deals_heading", title=Text("deals.heading"))
    n = order_values.sizes(ctx.mart, ctx.current.window).n
    if n < ctx.settings.minimum_n.rate:
        values = {"n": str(n), "fewest": str(ctx.settings.minimum_n.rate)}
        return heading, *not_enough(IDS, "deals.classes", "D-18", Text("orders.too_few", values))
    threshold, own = large_threshold(ctx)
    classes = order_values.classes(ctx.mart, ctx.current.window, threshold.value, ctx.settings.long_tail_share)
    figures = {
        row["class"]: _class(ctx, row, sales.totals(ctx.mart, ctx.current.window).sales)
        for _, row in classes.iterrows()
    }
    return heading, _prose(ctx, figures, threshold), _table(ctx, classes, figures, threshold, own), _curve(ctx)


def large_threshold(ctx: Context) -> tuple[Figure, str]:
    """The least amount of a large deal, and where it comes from: ``set``, ``history`` (90th percentile of the twelve
    months before the period) or ``period`` (of the period itself, where there is no history)."""
    if ctx.settings.large_deal_threshold is not None:
        return ctx.figure("order_threshold", ctx.settings.large_deal_threshold, ctx.current), "set"
    before = order_values.sizes(ctx.mart, twelve_months_before(ctx.current.window))
    if before.n >= ctx.settings.minimum_n.rate:
        return ctx.figure("order_threshold", before.p90, ctx.current, n=before.n), "history"
    inside = order_values.sizes(ctx.mart, ctx.current.window)
    return ctx.figure("order_threshold", inside.p90, ctx.current, n=inside.n, flags=("estimated",)), "period"


def _class(ctx: Context, row: pd.Series, total: float) -> dict[str, Figure]:
    where = {"dimension": "order_class", "member": row["class"]}
    orders, amount = int(row["orders"]), float(row["sales"])
    small = ("small_n",) if orders < ctx.settings.minimum_n.mean else ()

    def rate(name: str, top: float, bottom: float, flags: tuple[str, ...] = small) -> Figure:
        value = ratio(top, bottom)
        flags = flags if value is not None else ("small_n",)
        return ctx.figure(name, value, ctx.current, numerator=top, denominator=bottom, n=orders, flags=flags, **where)

    discount = ratio(row["listed_sales"], row["list_sales"])
    cycle = None if pd.isna(row["cycle_days"]) else float(row["cycle_days"])
    return {
        "order_count": ctx.figure("order_count", orders, ctx.current, n=orders, **where),
        "sales": ctx.figure("sales", amount, ctx.current, n=orders, **where),
        "share_mix": rate("share_mix", amount, total, ()),
        "aov": rate("aov", amount, orders),
        "gm_pct": rate("gm_pct", row["costed_sales"] - row["cost"], row["costed_sales"]),
        "discount_rate": ctx.figure(
            "discount_rate",
            None if discount is None else 1 - discount,
            ctx.current,
            flags=small if discount is not None else ("small_n",),
            n=orders,
            **where,
        ),
        "cycle": ctx.figure(
            "cycle",
            cycle,
            ctx.current,
            n=int(row["cycle_n"]),
            flags=small if cycle is not None else ("small_n",),
            **where,
        ),
    }


def _columns(ctx: Context) -> list[str]:
    names = ["order_count", "sales", "share_mix", "aov"]
    if not ctx.mart.missing("order_lines.cost_amount"):
        names.append("gm_pct")
    if not ctx.mart.missing("order_lines.list_price", "order_lines.qty"):
        names.append("discount_rate")
    if not ctx.mart.missing("opportunities", "orders.opp_id"):
        names.append("cycle")
    return names


def _table(ctx: Context, classes: pd.DataFrame, figures: dict, threshold: Figure, own: str) -> Table:
    names = _columns(ctx)
    rows = [(Text(f"deals.class_{name}"), *(figures[name][column] for column in names)) for name in classes["class"]]
    facts = sales.totals(ctx.mart, ctx.current.window)
    total = ctx.figure("sales", facts.sales, ctx.current, n=facts.orders)
    whole = whole_share(ctx, facts.sales)
    absent = ctx.mart.missing(
        "order_lines.cost_amount", "order_lines.list_price", "order_lines.qty", "opportunities", "orders.opp_id"
    )
    tail = ctx.figure("long_tail_limit", ctx.settings.long_tail_share, ctx.current)
    notes = [Text(f"deals.note_{own}", {"threshold": threshold}), Text("deals.note_classes", {"tail": tail})]
    notes += [Text("common_sales.note_missing", {"fields": absent})] if absent else []
    return Table(
        id="deals_classes",
        title=_title(figures),
        requirements=REQUIREMENTS,
        header=(Text("deals.class"), *(Text(f"metric.{name}") for name in names)),
        rows=tuple(rows),
        total=(Text("label.total"), None, total, whole, *(None for _ in names[3:])),
        notes=tuple(notes),
    )


def _title(figures: dict[str, dict[str, Figure]]) -> Text:
    if LARGE not in figures:
        return Text("deals.title_no_large")
    large = figures[LARGE]
    return Text("deals.title", {"n": large["order_count"], "share": large["share_mix"], "sales": large["sales"]})


def _curve(ctx: Context) -> Chart:
    steps = order_values.pareto(ctx.mart, ctx.current.window)
    orders, amount = float(steps["orders"].iloc[-1]), float(steps["sales"].iloc[-1])
    points = []
    for step, count, reached in ((0, 0, 0.0), *steps[["step", "orders", "sales"]].itertuples(index=False)):
        where = {"dimension": "order_rank", "member": str(int(step)), "n": int(count)}
        x = ctx.figure("cumulative_orders", count / orders, ctx.current, **where)
        points.append(
            Point(str(int(step)), x=x, y=ctx.figure("cumulative_share", reached / amount, ctx.current, **where))
        )
    fifth = min(points, key=lambda point: (abs(point.x.value - 0.2), point.x.value))
    values = {"orders": fifth.x, "share": fifth.y}
    return Chart(
        id="deals_curve",
        title=Text("deals.curve_title", values),
        requirements=REQUIREMENTS,
        form="curve",
        points=tuple(points),
        axes={"x": Text("metric.cumulative_orders"), "y": Text("metric.cumulative_share")},
        marks={"diagonal": True},
        summary=Text("deals.curve_title", values),
    )


def without_top(ctx: Context) -> tuple[Figure, Figure] | None:
    """Year-on-year growth with all orders, and without the three largest of each period; None without a base."""
    base = ctx.year_ago
    if not ctx.covers(base):
        return None
    now, before = (_without(ctx, span) for span in (ctx.current, base))
    rates = growth(now[0], before[0]), growth(now[1], before[1])
    if None in rates:
        return None
    return (
        ctx.figure("growth_yoy", rates[0], ctx.current, numerator=now[0], denominator=before[0]),
        ctx.figure(
            "growth_yoy",
            rates[1],
            ctx.current,
            dimension="order_class",
            member="without top 3",
            numerator=now[1],
            denominator=before[1],
        ),
    )


def _without(ctx: Context, span: Span) -> tuple[float, float]:
    total = sales.totals(ctx.mart, span.window).sales
    return total, total - float(order_values.largest(ctx.mart, span.window, TOP)["sales"].sum())


def _prose(ctx: Context, figures: dict[str, dict[str, Figure]], threshold: Figure) -> Prose:
    sentences = []
    if LARGE in figures:
        large = figures[LARGE]
        values = {"n": large["order_count"], "sales": large["sales"], "share": large["share_mix"]}
        sentences.append(Text("deals.sentence_large", values | {"threshold": threshold}))
    if TAIL in figures:
        tail = figures[TAIL]
        sentences.append(Text("deals.sentence_tail", {"n": tail["order_count"], "aov": tail["aov"]}))
        if LARGE in figures and None not in (tail["gm_pct"].value, figures[LARGE]["gm_pct"].value):
            values = {"large": figures[LARGE]["gm_pct"], "tail": tail["gm_pct"]}
            sentences.append(Text("deals.sentence_margin", values))
    if RETURNS in figures:
        sentences.append(Text("deals.sentence_returns", {"amount": figures[RETURNS]["sales"]}))
    rates = without_top(ctx)
    if rates is not None:
        same = (rates[0].value >= 0) == (rates[1].value >= 0)
        key = "deals.sentence_top_same" if same else "deals.sentence_top_turns"
        sentences.append(Text(key, {"all": rates[0], "without": rates[1]}))
    top = order_values.largest(ctx.mart, ctx.current.window, TOP)["sales"].tolist()
    total = sales.totals(ctx.mart, ctx.current.window)
    share = share_of_largest(ctx, top, TOP, total.sales, "order")
    if share.value is not None:
        sentences.append(Text("deals.sentence_top_share", {"share": share}))
    return Prose(id="deals_text", title=Text("empty"), requirements=REQUIREMENTS, sentences=tuple(sentences))
