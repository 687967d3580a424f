"""Who carried the result: spread of sales over sellers, and teams (requirements T-04, T-05)."""

import pandas as pd

from ....metrics.concentration import FEWEST, Spread, lorenz, spread
from ....queries.people import credit_by_rep
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
    Table,
    Text,
)
from ...context import Context, Span, change
from ...privacy import rep_labels

BALANCED, FEW_STARS = 0.25, 0.45


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, Lorenz curve, sellers, teams and a paragraph; NotProvided without sellers on orders."""
    heading = Heading(id="contribution_heading", title=Text("contribution.heading"))
    missing = ctx.mart.missing("orders.rep_id")
    ids = ("contribution_cards", "contribution_lorenz", "contribution_reps", "contribution_teams", "contribution_text")
    if missing:
        box = {"title": Text("contribution.heading"), "requirements": ("T-05",), "missing": missing}
        return heading, *(NotProvided(id=name, **box) for name in ids)
    credit, before = (_credit(ctx, span) for span in (ctx.current, ctx.year_ago))
    now, then = spread(_in_post(credit, ctx.current)), spread(_in_post(before, ctx.year_ago))
    if now.gini is None:
        reason = Text("contribution.too_few", {"fewest": str(FEWEST), "n": str(now.n)})
        box = {"title": Text("contribution.heading"), "requirements": ("T-05",), "reason": reason}
        return heading, *(NotEnough(id=name, **box) for name in ids)
    gini, top, carriers = _figures(ctx, now)
    yoy = change(gini, _gini(ctx, then, ctx.year_ago), "yoy")
    title = Text(f"contribution.{verdict(now)}", {"gini": gini, "top": top})
    return (
        heading,
        Cards(
            id="contribution_cards",
            title=title,
            requirements=("T-05",),
            cards=(
                Card(Text("contribution.gini"), gini, (yoy,)),
                Card(Text("contribution.top_share"), top),
                Card(Text("contribution.carriers"), carriers),
            ),
        ),
        _lorenz(ctx, credit, title, gini),
        _reps(ctx, credit),
        _teams(ctx, credit, before),
        Prose(
            id="contribution_text",
            title=Text("empty"),
            requirements=("T-04", "T-05"),
            sentences=(
                Text("contribution.sentence_spread", {"n": str(now.n), "top": top, "carriers": carriers}),
                Text(f"contribution.sentence_{verdict(now)}", {"gini": gini}),
                Text("contribution.sentence_credit"),
            ),
        ),
    )


def verdict(found: Spread) -> str:
    """balanced, mixed or few_stars, by the cut-offs of T-05."""
    if found.gini < BALANCED:
        return "balanced"
    return "few_stars" if found.gini > FEW_STARS else "mixed"


def _credit(ctx: Context, span: Span) -> pd.DataFrame:
    return credit_by_rep(ctx.mart, span.window)


def _in_post(credit: pd.DataFrame, span: Span) -> list[float]:
    """Sales of sellers who were in post for at least half of the span (T-05)."""
    known = credit[(credit.rep_id != UNCLASSIFIED) & (credit.days_in_post * 2 >= span.window.days)]
    return known.sales.tolist()


def _gini(ctx: Context, found: Spread, span: Span) -> Figure:
    return ctx.figure("gini_reps", found.gini, span, n=found.n)


def _figures(ctx: Context, now: Spread) -> tuple[Figure, Figure, Figure]:
    top = ctx.figure("top_fifth_share", now.top_share, ctx.current, n=now.top_count)
    return _gini(ctx, now, ctx.current), top, ctx.figure("carrying_reps", now.carriers, ctx.current, n=now.n)


def _lorenz(ctx: Context, credit: pd.DataFrame, title: Text, gini: Figure) -> Chart:
    points = []
    for i, (x, y) in enumerate(lorenz(_in_post(credit, ctx.current))):
        at = {"dimension": "lorenz", "member": f"{i:03d}"}
        share = ctx.figure("cumulative_members", x, ctx.current, **at)
        points.append(Point("", share, ctx.figure("cumulative_share", y, ctx.current, **at)))
    return Chart(
        id="contribution_lorenz",
        title=title,
        requirements=("T-05",),
        form="curve",
        points=tuple(points),
        axes={"x": Text("contribution.axis_reps"), "y": Text("contribution.axis_sales")},
        marks={"diagonal": True},
        summary=Text("contribution.lorenz_alt", {"gini": gini}),
    )


def _reps(ctx: Context, credit: pd.DataFrame) -> Table:
    labels, total = rep_labels(ctx), credit.sales.sum()
    rows = []
    for row in credit.head(ctx.settings.top_n).itertuples():
        at = {"dimension": "rep", "member": labels.get(row.rep_id, row.rep_id)}
        sales = ctx.figure("sales", row.sales, ctx.current, **at)
        share = ctx.figure(
            "share_mix",
            row.sales / total if total > 0 else None,
            ctx.current,
            numerator=row.sales,
            denominator=total,
            **at,
        )
        rows.append((at["member"], sales, share))
    return Table(
        id="contribution_reps",
        title=Text("contribution.reps", {"n": str(len(rows)), "all": str(len(credit))}),
        requirements=("T-04",),
        header=(Text("contribution.rep"), Text("metric.sales"), Text("metric.share_mix")),
        rows=tuple(rows),
        notes=(Text("contribution.note_masked"),) if ctx.settings.audience == "leadership" else (),
    )


def _teams(ctx: Context, credit: pd.DataFrame, before: pd.DataFrame) -> Exhibit:
    missing = ctx.mart.missing("teams", "reps.team_id")
    if missing:
        return NotProvided(
            id="contribution_teams", title=Text("contribution.teams"), requirements=("T-04",), missing=missing
        )
    now, then = (frame.groupby("team").sales.sum() for frame in (credit, before))
    total, comparable = now.sum(), ctx.covers(ctx.year_ago)
    rows = []
    for team, sales in now.sort_values(ascending=False, kind="stable").items():
        at = {"dimension": "team", "member": team}
        figure = ctx.figure("sales", sales, ctx.current, **at)
        share = ctx.figure(
            "share_mix", sales / total if total > 0 else None, ctx.current, numerator=sales, denominator=total, **at
        )
        base = ctx.figure("sales", then.get(team), ctx.year_ago, **at) if comparable else None
        rows.append((team, figure, share, change(figure, base, "yoy")))
    header = (Text("contribution.team"), Text("metric.sales"), Text("metric.share_mix"), Text("metric.growth_yoy"))
    return Table(
        id="contribution_teams",
        title=Text("contribution.teams"),
        requirements=("T-04",),
        header=header,
        rows=tuple(rows),
    )
