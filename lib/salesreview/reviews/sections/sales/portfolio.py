"""Strong products and potential markets (requirement D-14)."""

from statistics import median

import pandas as pd

from ....metrics.growth import growth, ratio
from ....metrics.portfolio import Standing, potential, strong
from ....queries.forecast import open_by
from ....record import UNCLASSIFIED, Chart, Exhibit, Figure, Heading, NotEnough, Point, Prose, Table, Text
from ...context import Context
from .growth import orders_growth
from .sales_common import DIMENSIONS, Dimension, grown, missing, not_enough, not_provided, parts

REQUIREMENTS = ("D-14",)
IDS = ("portfolio_text", "portfolio_scatter", "portfolio_strong", "portfolio_potential")
MOST_POINTS = 40
"""Products that a scatter can hold and still be read."""

MARKETS = ("industry", "region", "customer_type")
HEADER = ("metric.sales", "metric.share_mix", "label.yoy", "metric.gm_pct", "metric.order_count")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, growth-share scatter of products, strong products, potential markets."""
    heading = Heading(id="portfolio_heading", title=Text("portfolio.heading"))
    products = DIMENSIONS["product"]
    absent = missing(ctx, products)
    if absent:
        return heading, *not_provided(IDS, "portfolio.heading", "D-14", absent)
    if not ctx.covers(ctx.year_ago):
        return heading, *not_enough(IDS, "portfolio.heading", "D-14", Text("drivers.no_base"))
    members = _members(ctx, products)
    pace, margin = growth(*_totals(members)), _margin(members)
    best = strong(_standings(members), pace, margin, ctx.settings.minimum_n.mean)
    judged = _judged(pace, margin)
    markets = [
        (DIMENSIONS[name], _members(ctx, DIMENSIONS[name])) for name in MARKETS if not missing(ctx, DIMENSIONS[name])
    ]
    promising = [
        (dimension, frame, name)
        for dimension, frame in markets
        for name in potential(
            _standings(frame, _covers(ctx, dimension, frame)),
            ctx.settings.minimum_n.mean,
            ctx.settings.thresholds.high_growth_quantile,
            ctx.settings.thresholds.potential_coverage,
        )
    ]
    return (
        heading,
        _prose(best, judged, [name for _, _, name in promising], any(_covers(ctx, *market) for market in markets)),
        _scatter(ctx, products, members, best),
        _strong(ctx, products, members, best, judged),
        _potential(ctx, promising),
    )


def _judged(pace: float | None, margin: float | None) -> str:
    """Which of growth and margin the choice of strong products rests on, as the end of a text's key."""
    if pace is None:
        return "_share" if margin is None else "_margin"
    return "_pace" if margin is None else ""


def _members(ctx: Context, dimension: Dimension) -> pd.DataFrame:
    """Members that sold something now, known ones only, by label."""
    found = parts(ctx, dimension, ctx.current, ctx.year_ago).drop(UNCLASSIFIED, errors="ignore")
    found = found[found["sales"] > 0].set_index("label")
    return found.assign(share=found["sales"] / found["sales"].sum())


def _totals(members: pd.DataFrame) -> tuple[float, float]:
    return float(members["sales"].sum()), float(members["sales_base"].sum())


def _margin(members: pd.DataFrame) -> float | None:
    costed = float(members["costed_sales"].sum())
    return ratio(costed - float(members["cost"].sum()), costed)


def _covers(ctx: Context, dimension: Dimension, members: pd.DataFrame) -> dict[str, Figure]:
    """Open pipeline at the period's end / sales of the coming period a year before, by member; without deals empty.

    Members that sold nothing then have no figure.
    """
    coming = ctx.period.next().year_ago()
    base = ctx.span(coming)
    if ctx.mart.missing("opportunities.amount") or base.partial or not ctx.covers(base):
        return {}
    pipeline = open_by(ctx.mart, ctx.current.window.end, dimension.name).set_index("member")
    before = parts(ctx, dimension, base, base).set_index("label")["sales"]
    return {
        name: ctx.figure(
            "market_pipeline_cover", ratio(float(pipeline.loc[name, "amount"]), float(before[name])), ctx.current,
            dimension=dimension.name, member=name, n=int(pipeline.loc[name, "deals"]),
            numerator=float(pipeline.loc[name, "amount"]), denominator=float(before[name]),
        )
        for name in members.index
        if name in pipeline.index and before.get(name, 0.0) > 0
    }  # fmt: skip


def _standings(members: pd.DataFrame, covers: dict[str, Figure] | None = None) -> list[Standing]:
    covers = covers or {}
    return [
        Standing(
            member=row.Index,
            share=row.share,
            growth=growth(row.sales, row.sales_base),
            margin=ratio(row.costed_sales - row.cost, row.costed_sales),
            orders=int(row.orders),
            cover=covers[row.Index].value if row.Index in covers else None,
        )
        for row in members.itertuples()
    ]


def _figures(ctx: Context, dimension: Dimension, members: pd.DataFrame, name: str) -> tuple[Figure, ...]:
    """Sales, share, year on year, gross margin and orders of one member."""
    row, base = members.loc[name], ctx.year_ago
    where = {"dimension": dimension.name, "member": name}
    now = ctx.figure("sales", row.sales, ctx.current, n=int(row.orders), **where)
    margin = ratio(row.costed_sales - row.cost, row.costed_sales)
    _, total, *_ = orders_growth(ctx)
    share = ratio(row.sales, total.value)
    return (
        now,
        ctx.figure("share_mix", share, ctx.current, numerator=row.sales, denominator=total.value, **where),
        grown(ctx, now, ctx.figure("sales", row.sales_base, base, **where), base, "yoy"),
        ctx.figure("gm_pct", margin, ctx.current, flags=() if margin is not None else ("small_n",), **where),
        ctx.figure("order_count", int(row.orders), ctx.current, n=int(row.orders), **where),
    )


def _scatter(ctx: Context, dimension: Dimension, members: pd.DataFrame, best: tuple[str, ...]) -> Exhibit:
    title = Text("portfolio.scatter")
    points = []
    drawn = members.index[:MOST_POINTS]
    for name in drawn:
        sold, share, yoy, *_ = _figures(ctx, dimension, members, name)
        if yoy.value is not None:
            group = Text("portfolio.is_strong" if name in best else "portfolio.is_other")
            points.append(Point(name, x=share, y=yoy, size=sold, group=group))
    if len(points) < ctx.settings.minimum_n.rep:
        reason = Text("portfolio.too_few")
        return NotEnough(id="portfolio_scatter", title=title, requirements=REQUIREMENTS, reason=reason)
    middle = median(point.x.value for point in points)
    _, _, _, yoy, _ = orders_growth(ctx)
    fastest = max(points, key=lambda point: (point.y.value, str(point.label)))
    return Chart(
        id="portfolio_scatter",
        title=Text("portfolio.scatter_title", {"member": fastest.label, "yoy": fastest.y, "share": fastest.x}),
        requirements=REQUIREMENTS,
        form="scatter",
        points=tuple(points),
        axes={"x": Text("metric.share_mix"), "y": Text("label.yoy")},
        marks={
            "vline": ctx.figure("share_mix", middle, ctx.current, dimension=dimension.name, member="median"),
            "hline": yoy,
            "quadrants": tuple(Text(f"portfolio.quadrant_{name}") for name in ("star", "base", "weak", "rising")),
        },
        summary=Text("portfolio.scatter_title", {"member": fastest.label, "yoy": fastest.y, "share": fastest.x}),
        notes=_left_out(len(points), len(drawn), len(members)),
    )


def _left_out(points: int, drawn: int, members: int) -> tuple[Text, ...]:
    notes = [Text("portfolio.note_new")] if points < drawn else []
    if drawn < members:
        notes.append(Text("portfolio.note_largest", {"drawn": str(drawn), "all": str(members)}))
    return tuple(notes)


def _strong(ctx: Context, dimension: Dimension, members: pd.DataFrame, best: tuple[str, ...], judged: str) -> Exhibit:
    title = Text("portfolio.strong")
    if not best:
        sentences = (Text("portfolio.none_strong"),)
        return Prose(id="portfolio_strong", title=title, requirements=REQUIREMENTS, sentences=sentences)
    rows = [(name, *_figures(ctx, dimension, members, name)) for name in best[: ctx.settings.top_n]]
    return Table(
        id="portfolio_strong",
        title=Text("portfolio.strong_title", {"members": tuple(row[0] for row in rows[:3])}),
        requirements=REQUIREMENTS,
        header=(Text("label.product"), *(Text(key) for key in HEADER)),
        rows=tuple(rows),
        notes=(Text(f"portfolio.note_strong{judged}"),),
    )


def _potential(ctx: Context, promising: list[tuple[Dimension, pd.DataFrame, str]]) -> Exhibit:
    title = Text("portfolio.potential")
    if not promising:
        sentences = (Text("portfolio.none_potential"),)
        return Prose(id="portfolio_potential", title=title, requirements=REQUIREMENTS, sentences=sentences)
    rows = []
    for dimension, frame, name in promising[: ctx.settings.top_n]:
        label = Text("mix.cut", {"cut": Text(f"label.{dimension.name}"), "member": name})
        cover = _covers(ctx, dimension, frame).get(name)
        rows.append((label, *_figures(ctx, dimension, frame, name), cover))
    covered = any(row[-1] is not None for row in rows)
    rows = rows if covered else [row[:-1] for row in rows]
    return Table(
        id="portfolio_potential",
        title=Text("portfolio.potential_title", {"members": tuple(name for *_, name in promising[:3])}),
        requirements=REQUIREMENTS,
        header=(
            Text("portfolio.market"),
            *(Text(key) for key in HEADER),
            *((Text("metric.market_pipeline_cover"),) if covered else ()),
        ),
        rows=tuple(rows),
        notes=(_potential_note(ctx, covered),),
    )


def _potential_note(ctx: Context, covered: bool) -> Text:
    limits = ctx.settings.thresholds
    fast = ctx.figure("fast_growth_share", 1 - limits.high_growth_quantile, ctx.current)
    if not covered:
        return Text("portfolio.note_potential", {"fast": fast})
    cover = ctx.figure("potential_coverage", limits.potential_coverage, ctx.current)
    return Text("portfolio.note_potential_cover", {"fast": fast, "cover": cover})


def _prose(best: tuple[str, ...], judged: str, promising: list[str], covered: bool) -> Prose:
    strong_text = Text("portfolio.none_strong")
    if best:
        strong_text = Text(f"portfolio.sentence_strong{judged}", {"members": best[:3]})
    found = Text("portfolio.none_potential")
    if promising:
        found = Text(f"portfolio.sentence_potential{'_cover' if covered else ''}", {"members": tuple(promising[:3])})
    return Prose(id="portfolio_text", title=Text("empty"), requirements=REQUIREMENTS, sentences=(strong_text, found))
