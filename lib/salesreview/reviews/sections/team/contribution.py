"""Who carried the result: a few or everybody, and how it was a year ago (requirements T-04, T-05)."""

import pandas as pd

from ....metrics.concentration import FEWEST, Spread, lorenz, spread
from ....metrics.growth import ratio
from ....record import (
    UNCLASSIFIED,
    Card,
    Cards,
    Chart,
    Exhibit,
    Figure,
    Heading,
    NotEnough,
    NotProvided,
    Point,
    Prose,
    Series,
    Table,
    Text,
)
from ...context import Context, Span, change
from ..sales.headline import target_book
from .credit import Credit, Line, in_post

IDS = {
    "contribution_cards": ("T-05",),
    "contribution_lorenz": ("T-05",),
    "contribution_reps": ("T-04", "S2-11", "S4-27"),
    "contribution_movers": ("T-04",),
    "contribution_text": ("T-04", "T-05"),
}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, Lorenz curve, ranked sellers, movers and a paragraph; NotProvided without sellers on orders."""
    heading = Heading(id="contribution_heading", title=Text("contribution.heading"))
    missing = ctx.mart.missing("orders.rep_id")
    if missing:
        box = {"title": Text("contribution.heading"), "missing": missing}
        return heading, *(NotProvided(id=name, requirements=codes, **box) for name, codes in IDS.items())
    credit = Credit(ctx)
    now = spread_of(credit.now, ctx.current)
    if now.gini is None:
        reason = Text("contribution.too_few", {"fewest": str(FEWEST), "n": str(now.n)})
        box = {"title": Text("contribution.heading"), "reason": reason}
        return heading, *(NotEnough(id=name, requirements=codes, **box) for name, codes in IDS.items())
    gini, top, carriers = spread_figures(ctx, now, ctx.current)
    title = Text(f"contribution.{verdict(ctx, now)}", {"gini": gini, "top": top})
    before = _before(ctx, credit)
    reached = reps_on_target(ctx, credit)
    return (
        heading,
        _cards(ctx, title, (gini, top, carriers), before, reached),
        _lorenz(ctx, credit.now, title, gini),
        _reps(ctx, credit),
        _movers(ctx, credit),
        _text(ctx, now, (gini, top, carriers), before, reached),
    )


def spread_of(credit: pd.DataFrame, span: Span) -> Spread:
    """Spread over the people in post for at least half of the span."""
    return spread(in_post(credit, span).sales.tolist())


def verdict(ctx: Context, found: Spread) -> str:
    """balanced, mixed or few_stars, by the cut-offs of T-05."""
    scheme = ctx.settings.kpi_scheme
    if found.gini < scheme.balanced_gini:
        return "balanced"
    return "few_stars" if found.gini > scheme.stars_gini else "mixed"


def spread_figures(ctx: Context, found: Spread, span: Span) -> tuple[Figure, Figure, Figure]:
    """(Gini, share of the leading fifth, people who make up 80 %)."""
    return (
        ctx.figure("gini_reps", found.gini, span, n=found.n),
        ctx.figure("top_fifth_share", found.top_share, span, n=found.top_count),
        ctx.figure("carrying_reps", found.carriers, span, n=found.n),
    )


def reps_on_target(ctx: Context, credit: Credit, span: Span | None = None) -> Figure:
    """Share of people in post for half of the span who reached their target; None without personal targets."""
    span = span or ctx.current
    frame = in_post(credit.now if span == ctx.current else credit.before, span)
    goals = target_book(ctx, "sales", "rep").members(span.window)
    rated = [(row.sales, goals[row.rep_id].value) for row in frame.itertuples() if row.rep_id in goals]
    rated = [sales / goal for sales, goal in rated if goal > 0]
    hits = sum(share >= 1 for share in rated)
    flags = () if rated else ("no_target",)
    flags += ("small_n",) if 0 < len(rated) < ctx.settings.minimum_n.rate else ()
    rest = {"numerator": hits, "denominator": len(rated), "n": len(rated), "flags": flags}
    return ctx.figure("reps_on_target", ratio(hits, len(rated)), span, **rest)


def _before(ctx: Context, credit: Credit) -> tuple[Figure, Figure, Figure] | None:
    if not credit.comparable:
        return None
    found = spread_of(credit.before, ctx.year_ago)
    return spread_figures(ctx, found, ctx.year_ago) if found.gini is not None else None


def _cards(ctx: Context, title: Text, now, before, reached: Figure) -> Cards:
    labels = ("gini", "top_share", "carriers")
    cards = [
        Card(Text(f"contribution.{label}"), figure, (change(figure, before[i] if before else None, "yoy"),))
        for i, (label, figure) in enumerate(zip(labels, now, strict=True))
    ]
    if reached.value is not None:
        then = reps_on_target(ctx, Credit(ctx), ctx.year_ago) if before else None
        moved = change(reached, then if then and then.value is not None else None, "yoy")
        cards.append(Card(Text("metric.reps_on_target"), reached, (moved,)))
    return Cards(
        id="contribution_cards",
        title=title,
        requirements=IDS["contribution_cards"],
        cards=tuple(cards),
        notes=(Text("contribution.note_in_post"),),
    )


def _lorenz(ctx: Context, credit: pd.DataFrame, title: Text, gini: Figure) -> Chart:
    points = []
    for i, (x, y) in enumerate(lorenz(in_post(credit, ctx.current).sales.tolist())):
        at = {"dimension": "lorenz", "member": f"{i:03d}"}
        share = ctx.figure("cumulative_members", x, ctx.current, **at)
        points.append(Point("", share, ctx.figure("cumulative_share", y, ctx.current, **at)))
    return Chart(
        id="contribution_lorenz",
        title=Text("contribution.lorenz", {"gini": gini}),
        requirements=IDS["contribution_lorenz"],
        form="curve",
        points=tuple(points),
        axes={"x": Text("contribution.axis_reps"), "y": Text("contribution.axis_sales")},
        marks={"diagonal": True},
        summary=Text("contribution.lorenz_alt", {"gini": gini}),
    )


def _people(credit: Credit) -> list[Line]:
    return [line for line in credit.reps if line.member != UNCLASSIFIED]


def _reps(ctx: Context, credit: Credit) -> Chart:
    """The largest sellers with their targets."""
    lines = _people(credit)
    top = lines[: ctx.settings.top_n]
    targets = tuple(line.target if line.target.value is not None else None for line in top)
    series = [Series(Text("metric.credited_sales"), tuple(line.sales for line in top))]
    series += [Series(Text("metric.target"), targets, "target")] if any(targets) else []
    total = credit.total
    sold = sum(line.sales.value for line in top)
    share = ctx.figure(
        "share_mix", ratio(sold, total) if total > 0 else None, ctx.current, numerator=sold,
        denominator=max(total, 0.0), dimension="reps", member=f"top {len(top)}", n=len(top),
    )  # fmt: skip
    values = {"n": str(len(top)), "share": share}
    return Chart(
        id="contribution_reps",
        title=Text("contribution.reps", values | {"all": str(len([one for one in lines if one.sales.value]))}),
        requirements=IDS["contribution_reps"],
        form="barh",
        categories=tuple(line.member for line in top),
        series=tuple(series),
        axes={"x": Text("metric.credited_sales")},
        summary=Text("contribution.reps_alt", values | {"first": top[0].member, "sales": top[0].sales}),
        notes=(Text("contribution.note_masked"),) if ctx.settings.audience == "leadership" else (),
    )


def _movers(ctx: Context, credit: Credit) -> Exhibit:
    """Who gained and who lost most on the year before, with target and attainment."""
    fixed = {"id": "contribution_movers", "requirements": IDS["contribution_movers"]}
    moved = [line for line in _people(credit) if line.change.value is not None]
    if not moved:
        return NotEnough(title=Text("contribution.movers_title"), reason=Text("contribution.no_base"), **fixed)
    ranked = sorted(moved, key=lambda line: (-line.change.value, line.member))
    half = max(1, ctx.settings.top_n // 2)
    up = [line for line in ranked if line.change.value > 0][:half]
    down = [line for line in ranked if line.change.value < 0][-half:]
    left = {row.rep_id for row in credit.before.itertuples()} - {row.rep_id for row in credit.now.itertuples()}
    rows = tuple((o.member, o.sales, o.change, o.target, o.attainment) for o in (*up, *down))
    case = "both" if up and down else "up" if up else "down"
    values = {"up": up[0].member, "gain": up[0].change} if up else {}
    values |= {"down": down[-1].member, "loss": down[-1].change} if down else {}
    names = ("rep", "sales", "change", "target", "attainment")
    return Table(
        title=Text(f"contribution.movers_{case}", values) if rows else Text("contribution.movers_title"),
        header=tuple(Text(f"contribution.column_{name}") for name in names),
        rows=rows,
        notes=(Text("contribution.note_movers"),) if left else (),
        **fixed,
    )


def _text(ctx: Context, found: Spread, now, before, reached: Figure) -> Prose:
    gini, top, carriers = now
    sentences = [
        Text("contribution.sentence_spread", {"n": str(found.n), "top": top, "carriers": carriers}),
        Text(f"contribution.sentence_{verdict(ctx, found)}", {"gini": gini}),
    ]
    if before:
        moved = change(gini, before[0], "yoy")
        case = "up" if moved.value > 0.02 else "down" if moved.value < -0.02 else "same"
        sentences.append(Text(f"contribution.sentence_{case}", {"before": before[0]}))
    else:
        sentences.append(Text("contribution.sentence_no_base"))
    if reached.value is not None:
        counts = {"hits": str(int(reached.numerator)), "n": str(reached.n), "share": reached}
        sentences.append(Text("contribution.sentence_reached", counts))
    sentences.append(Text("contribution.sentence_credit"))
    return Prose(
        id="contribution_text",
        title=Text("empty"),
        requirements=IDS["contribution_text"],
        sentences=tuple(sentences),
    )
