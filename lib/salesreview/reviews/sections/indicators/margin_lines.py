"""Margin by product line, high-margin business and what a better mix would bring (requirements D-41, D-44)."""

import pandas as pd

from ....metrics import margin as metrics
from ....metrics.growth import ratio
from ....queries import sales
from ....record import UNCLASSIFIED, Chart, Exhibit, Figure, NotEnough, NotProvided, Point, Series, Table, Text
from ...context import Context, Span, change
from ..cases import base_span

LINE = "products.product_line"
SHIFTS = (0.01, 0.03, 0.05)
"""Shares of sales that the scenarios move from low- to high-margin products."""
SMALLEST_SHARE = 0.01
LEVELS = (("product_id", "product"), ("product_class",), ("product_line",))
LEAST_COVERED = 0.6
"""Share of sales that the members of a level with the smallest share or more must make up for the level to be used."""
NAMED = 5
"""How many members a sentence names."""


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Margin by product line as picture and table, products by margin and size, the mix scenario."""
    return *_lines(ctx), *_products(ctx)


def _members(ctx: Context, span: Span, *dimensions: str) -> pd.DataFrame:
    """Sales with cost known and their profit by the first of ``dimensions``; rows without such sales are left out."""
    frame = sales.by(ctx.mart, span.window, *dimensions).set_index(dimensions[0])
    frame = frame[frame["costed_sales"] != 0]
    return frame.assign(sales=frame["costed_sales"], profit=frame["costed_sales"] - frame["cost"])


def _rate(ctx: Context, span: Span, member: str, row: pd.Series, dimension: str) -> Figure:
    value = ratio(row["profit"], row["sales"]) if row["sales"] > 0 else None
    rest = {"numerator": row["profit"], "denominator": row["sales"], "dimension": dimension, "member": member}
    return ctx.figure("gm_pct", value, span, n=int(row["lines"]), **rest)


def _lines(ctx: Context) -> tuple[Exhibit, ...]:
    chart, table = ({"id": f"margin_{name}", "requirements": ("D-41",)} for name in ("lines", "line_table"))
    missing = ctx.mart.missing(LINE)
    if missing:
        return tuple(NotProvided(title=Text("margin.lines_title"), missing=missing, **box) for box in (chart, table))
    base = base_span(ctx, ctx.year_ago)
    now = _members(ctx, ctx.current, "product_line").sort_values(["sales", "lines"], ascending=False, kind="stable")
    then = _members(ctx, base, "product_line") if base else None
    return _line_chart(ctx, now, then, chart), _line_table(ctx, now, then, table)


def _line_chart(ctx: Context, now: pd.DataFrame, then: pd.DataFrame | None, fixed: dict) -> Chart:
    rates = {line: _rate(ctx, ctx.current, line, row, "product_line") for line, row in now.iterrows()}
    before = {} if then is None else {m: _rate(ctx, ctx.year_ago, m, row, "product_line") for m, row in then.iterrows()}
    ranked = sorted((f for f in rates.values() if f.value is not None), key=lambda f: (-f.value, f.member))
    lines = tuple(figure.member for figure in ranked)
    values = {"best": ranked[0].member, "high": ranked[0], "worst": ranked[-1].member, "low": ranked[-1]}
    series = [Series(Text("label.current"), tuple(ranked))]
    if before:
        series.append(Series(Text("label.prior"), tuple(before.get(line) for line in lines), "prior"))
    return Chart(
        title=Text("margin.lines_apart", values) if len(ranked) > 1 else Text("margin.lines_one", {"high": ranked[0]}),
        form="barh",
        categories=lines,
        series=tuple(series),
        axes={"x": Text("metric.gm_pct")},
        summary=Text(
            "margin.lines_alt", {"rates": tuple(Text("margin.named", {"name": f.member, "value": f}) for f in ranked)}
        ),
        **fixed,
    )


def _line_table(ctx: Context, now: pd.DataFrame, then: pd.DataFrame | None, fixed: dict) -> Exhibit:
    """Mix and rate effect of each line; together they are the change of the margin."""
    if then is None or then["sales"].sum() <= 0 or now["sales"].sum() <= 0:
        return NotEnough(title=Text("margin.lines_title"), reason=Text("margin.no_base"), **fixed)
    sides = [frame[["sales", "profit"]].add_suffix(f"_{i}") for i, frame in enumerate((then, now))]
    members = sides[1].join(sides[0], how="outer").fillna(0.0)
    effects = metrics.mix_and_rate(members)
    effects = effects.join(members).sort_values(["sales_1", "sales_0"], ascending=False, kind="stable")
    rows = []
    for line, row in effects.iterrows():
        identity = {"dimension": "product_line", "member": line}
        share = ctx.figure("costed_share", row["share_1"], ctx.current, **identity)
        rate = _rate(ctx, ctx.current, line, now.loc[line], "product_line") if line in now.index else None
        old = _rate(ctx, ctx.year_ago, line, then.loc[line], "product_line") if line in then.index else None
        moved = change(rate, old, "yoy") if rate else None
        rows.append((line, share, rate, moved, *_effects(ctx, row["mix"], row["rate"], **identity)))
    totals = effects[["mix", "rate"]].sum()
    mix, rate = _effects(ctx, totals["mix"], totals["rate"], dimension="effect", member="all")
    whole = ctx.figure("gm_mix_effect", totals.sum(), ctx.current, dimension="effect", member="mix_and_rate")
    case = "mix" if abs(mix.value) > abs(rate.value) else "rate"
    labels = ("line", "share", "gm", "gm_change", "mix", "rate")
    return Table(
        title=Text(f"margin.split_{case}", {"all": whole, "mix": mix, "rate": rate}),
        header=tuple(Text(f"margin.column_{name}") for name in labels),
        rows=tuple(rows),
        total=(Text("label.total"), None, None, whole, mix, rate),
        reconciliation=Text("margin.split_reconciled", {"all": whole, "mix": mix, "rate": rate}),
        notes=(Text("margin.note_split"),),
        **fixed,
    )


def _effects(ctx: Context, mix: float, rate: float, **identity) -> tuple[Figure, Figure]:
    return (
        ctx.figure("gm_mix_effect", mix, ctx.current, **identity),
        ctx.figure("gm_rate_effect", rate, ctx.current, **identity),
    )


def _products(ctx: Context) -> tuple[Exhibit, ...]:
    quadrants, scenario = ({"id": f"margin_{name}", "requirements": ("D-44",)} for name in ("quadrants", "scenario"))
    boxes, title = (quadrants, scenario), Text("margin.quadrants_title")
    missing = ctx.mart.missing("order_lines.product_id")
    if missing:
        return tuple(NotProvided(title=title, missing=missing, **box) for box in boxes)
    for level in LEVELS:
        members = _named(ctx, level)
        classes = metrics.margin_classes(members, SMALLEST_SHARE)
        sized = members.loc[members["sales"] >= SMALLEST_SHARE * members["sales"].sum(), "sales"].sum()
        if classes is not None and sized >= LEAST_COVERED * members["sales"].sum():
            dimension = level[0].removesuffix("_id")
            return (
                _quadrants(ctx, members, classes, dimension, quadrants),
                _scenario(ctx, members, classes, scenario),
            )
    return tuple(NotEnough(title=title, reason=Text("margin.few_products"), **box) for box in boxes)


def _named(ctx: Context, level: tuple[str, ...]) -> pd.DataFrame:
    """Known members of a product level with sales and their name, largest first."""
    members = _members(ctx, ctx.current, *level)
    members = members[(members.index != UNCLASSIFIED) & (members["sales"] > 0)]
    members = members.assign(name=members[level[1]] if len(level) > 1 else members.index)
    return members.sort_values("sales", ascending=False, kind="stable")


def _names(members: pd.DataFrame, chosen: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the largest of ``chosen``."""
    return tuple(members.loc[members.index.isin(chosen), "name"].head(NAMED))


def _quadrants(
    ctx: Context, members: pd.DataFrame, classes: metrics.MarginClasses, dimension: str, fixed: dict
) -> Chart:
    total = members["sales"].sum()
    sized = members[members["sales"] >= SMALLEST_SHARE * total]
    points = []
    for product, row in sized.iterrows():
        identity = {"dimension": dimension, "member": product}
        share = ctx.figure("costed_share", row["sales"] / total, ctx.current, **identity)
        points.append(Point(row["name"], share, _rate(ctx, ctx.current, product, row, dimension)))
    typical = ctx.figure("costed_share", 1 / len(sized), ctx.current, dimension=dimension, member="average")
    rest = {"dimension": "products", "member": "all", "n": len(sized)}
    overall = ctx.figure("gm_pct", classes.overall, ctx.current, **rest)
    high = _names(members, classes.high)
    count = ctx.figure("high_margin_members", len(classes.high), ctx.current, n=len(sized))
    values = {
        "count": count,
        "high": high,
        "from": ctx.figure("margin_cutoff", classes.high_from, ctx.current, member="high", dimension="class"),
    }
    return Chart(
        title=Text("margin.quadrants_high", values) if high else Text("margin.quadrants_none"),
        form="scatter",
        points=tuple(points),
        axes={"x": Text("metric.costed_share"), "y": Text("metric.gm_pct")},
        marks={
            "vline": typical,
            "hline": overall,
            "quadrants": tuple(
                Text(f"margin.quadrant_{name}") for name in ("big_rich", "big_poor", "small_poor", "small_rich")
            ),
        },
        summary=Text("margin.quadrants_alt", {"overall": overall, "high": high}),
        notes=(Text("margin.note_quadrants"),),
        **fixed,
    )


def _scenario(ctx: Context, members: pd.DataFrame, classes: metrics.MarginClasses, fixed: dict) -> Exhibit:
    if not classes.high or not classes.low:
        return NotEnough(title=Text("margin.scenario_title"), reason=Text("margin.no_classes"), **fixed)
    pooled = {}
    for name, chosen in (("high", classes.high), ("low", classes.low)):
        rows = members.loc[list(chosen)]
        sold, profit = float(rows["sales"].sum()), float(rows["profit"].sum())
        rest = {"dimension": "margin_class", "member": name, "numerator": profit, "denominator": sold, "n": len(rows)}
        pooled[name] = ctx.figure("gm_pct", profit / sold, ctx.current, **rest)
    total = float(members["sales"].sum())
    rows = []
    for shift in SHIFTS:
        identity = {"dimension": "shift", "member": f"{shift:.0%}"}
        gain = metrics.mix_scenario(total, pooled["high"].value, pooled["low"].value, shift)
        rows.append(
            (
                Text("margin.scenario_row", {"shift": ctx.figure("mix_shift", shift, ctx.current, **identity)}),
                ctx.figure("mix_scenario", gain, ctx.current, **identity),
                ctx.figure("gm_pct", classes.overall + gain / total, ctx.current, **identity),
            )
        )
    low, high = _names(members, classes.low), _names(members, classes.high)
    first = rows[0]
    return Table(
        title=Text("margin.scenario_gain", {"shift": first[0].values["shift"], "gain": first[1]}),
        header=tuple(Text(f"margin.column_{name}") for name in ("scenario", "gain", "new_rate")),
        rows=tuple(rows),
        notes=(
            Text(
                "margin.note_scenario",
                {"low": low, "high": high, "low_rate": pooled["low"], "high_rate": pooled["high"]},
            ),
        ),
        **fixed,
    )
