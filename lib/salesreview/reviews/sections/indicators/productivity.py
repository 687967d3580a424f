"""Sales and profit per head, by team and person (requirements D-45, D-46), then traits of high performers (D-47)."""

import pandas as pd

from ....metrics import productivity as metrics
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, NotEnough, NotProvided, Prose, Series, Table, Text
from ...context import Context, Span, change
from ...privacy import rep_labels
from ..cases import base_span, movement
from ..finding import finding
from . import high_performers
from .productivity_facts import Facts

REPS = "reps.rep_id"
OWNER = "orders.rep_id"


def productivity_figure(ctx: Context, span: Span | None = None) -> Figure | None:
    """Sales per average quota-carrying FTE of ``span`` (D-45); None when no people are provided."""
    if ctx.mart.missing(REPS):
        return None
    return Facts(ctx, span or ctx.current).headline()["productivity"]


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """The section in reading order; only people and orders are needed, the rest stands aside without its data."""
    heading = Heading(id="productivity_heading", title=Text("productivity.heading"), level=2)
    now, missing = Facts(ctx, ctx.current), ctx.mart.missing(REPS)
    if missing:
        return heading, *(_absent(name, missing) for name in IDS)
    if now.staff.empty:
        return heading, *(_empty(name) for name in IDS)
    base = base_span(ctx, ctx.year_ago)
    year_ago = Facts(ctx, base) if base else None
    opening = heading, _cards(ctx, now, year_ago), _prose(ctx, now, year_ago)
    unowned = ctx.mart.missing(OWNER)
    if unowned:
        return *opening, *(_absent(name, unowned) for name in list(IDS)[2:])
    return *opening, _teams(ctx, now, year_ago), _reps(ctx, now), _others(ctx, now), *high_performers.exhibits(ctx, now)


IDS = {
    "cards": ("D-45", "D-46"), "text": ("D-45", "D-46"), "teams": ("D-45",), "reps": ("D-45",), "others": ("D-45",),
    "trait_table": ("D-47",),
}  # fmt: skip


TITLES = {
    "teams": "productivity.teams_title",
    "reps": "productivity.reps_title",
    "others": "productivity.others_title",
    "trait_table": "productivity.traits_title",
}


def _absent(name: str, missing: tuple[str, ...]) -> NotProvided:
    title = Text(TITLES.get(name, "productivity.heading"))
    return NotProvided(id=f"productivity_{name}", title=title, requirements=IDS[name], missing=missing)


def _empty(name: str) -> NotEnough:
    title, reason = Text(TITLES.get(name, "productivity.heading")), Text("productivity.nobody")
    return NotEnough(id=f"productivity_{name}", title=title, requirements=IDS[name], reason=reason)


def _cards(ctx: Context, now: Facts, year_ago: Facts | None) -> Cards:
    figures, then = now.headline(), year_ago.headline() if year_ago and len(year_ago.staff) else {}
    previous = base_span(ctx, ctx.previous)
    before = Facts(ctx, previous) if previous else None
    seq = before.headline()["productivity"] if before and len(before.staff) else None
    yoy = change(figures["productivity"], then.get("productivity"), "yoy")
    cards = []
    for name, figure in figures.items():
        comparisons = [change(figure, then.get(name), "yoy")]
        if name == "productivity":
            comparisons.append(change(figure, seq, "seq"))
        cards.append(Card(Text(f"metric.{figure.metric}"), figure, tuple(comparisons)))
    ramping = now.figure("ramping_reps", int(now.staff["is_ramping"].sum()), n=len(now.staff))
    cards.append(Card(Text("metric.ramping_reps"), ramping))
    dated = not ctx.mart.missing("reps.hire_date")
    return Cards(
        id="productivity_cards",
        title=finding("productivity.cards", movement(yoy), yoy, value=figures["productivity"]),
        requirements=("D-45", "D-46"),
        cards=tuple(cards),
        notes=(Text("productivity.note_fte" if dated else "productivity.note_heads"),),
    )


def _prose(ctx: Context, now: Facts, year_ago: Facts | None) -> Prose:
    figures, then = now.headline(), year_ago.headline() if year_ago and len(year_ago.staff) else {}
    yoy = change(figures["productivity"], then.get("productivity"), "yoy")
    sentences = [Text("productivity.text_value", {"value": figures["productivity"], "fte": figures["fte"]})]
    if yoy.value is not None:
        staff = change(figures["fte"], then["fte"], "yoy")
        sold = now.figure("sales", now.totals.sales, n=now.totals.orders)
        sales_yoy = change(sold, year_ago.figure("sales", year_ago.totals.sales, n=year_ago.totals.orders), "yoy")
        if staff.value is not None and sales_yoy.value is not None:
            case = "sales" if abs(sales_yoy.value) >= abs(staff.value) else "staff"
            values = {"change": yoy, "staff": staff, "sales": sales_yoy}
            sentences.append(Text(f"productivity.text_{case}", values))
    else:
        sentences.append(Text("productivity.text_no_base"))
    if "per_cost" in figures and figures["per_cost"].value is not None:
        moved = change(figures["per_cost"], then.get("per_cost"), "yoy")
        known = {"change": moved} if moved.value is not None else {}
        case = "known" if known else "no_base"
        sentences.append(Text(f"productivity.text_cost_{case}", {"value": figures["per_cost"]} | known))
    if "estimated" in figures["fte"].flags:
        sentences.append(Text("productivity.text_heads"))
    codes = ("D-45", "D-46")
    return Prose(id="productivity_text", title=Text("empty"), requirements=codes, sentences=tuple(sentences))


def _teams(ctx: Context, now: Facts, year_ago: Facts | None) -> Exhibit:
    fixed = {"id": "productivity_teams", "requirements": ("D-45",)}
    missing = ctx.mart.missing("reps.team_id")
    if missing:
        return NotProvided(title=Text("productivity.teams_title"), missing=missing, **fixed)
    figures = _by_team(now)
    before = _by_team(year_ago) if year_ago and len(year_ago.staff) else {}
    ranked = sorted((f for f in figures.values() if f.value is not None), key=lambda f: (-f.value, f.member))
    series = [Series(Text("label.current"), tuple(ranked))]
    if before:
        series.append(Series(Text("label.prior"), tuple(before.get(f.member) for f in ranked), "prior"))
    values = {"best": ranked[0].member, "high": ranked[0], "worst": ranked[-1].member, "low": ranked[-1]}
    listed = tuple(Text("productivity.named", {"name": f.member, "value": f}) for f in ranked)
    return Chart(
        title=Text("productivity.teams_apart", values)
        if len(ranked) > 1
        else Text("productivity.teams_one", {"value": ranked[0]}),
        form="barh",
        categories=tuple(f.member for f in ranked),
        series=tuple(series),
        axes={"x": Text("metric.productivity")},
        summary=Text("productivity.teams_alt", {"teams": listed}),
        notes=(Text("productivity.note_teams"),),
        **fixed,
    )


def _by_team(facts: Facts) -> dict[str, Figure]:
    sums = facts.staff.groupby("team", sort=True)[["sales", "fte"]].sum()
    return {
        team: facts.figure(
            "productivity",
            metrics.per_head(row["sales"], row["fte"]),
            dimension="team",
            member=team,
            numerator=row["sales"],
            denominator=row["fte"],
        )
        for team, row in sums.iterrows()
    }


def _annual(facts: Facts, row, labels: dict[str, str]) -> Figure:
    few = ("small_n",) if row.orders < facts.ctx.settings.minimum_n.rep else ()
    rest = {"dimension": "rep", "member": labels[row.rep_id], "n": int(row.orders), "flags": few}
    return facts.figure("productivity_annual", row.annual, numerator=row.sales, denominator=row.active_days, **rest)


def _reps(ctx: Context, now: Facts) -> Exhibit:
    """People past their ramp, ranked by sales a year on their own days in post."""
    fixed = {"id": "productivity_reps", "requirements": ("D-45",)}
    settled, labels = now.settled, rep_labels(ctx)
    if len(settled) < ctx.settings.minimum_n.mean:
        return NotEnough(title=Text("productivity.reps_title"), reason=Text("productivity.few_reps"), **fixed)
    ends = ctx.settings.top_n // 2
    drawn = settled if len(settled) <= 2 * ends else pd.concat([settled.head(ends), settled.tail(ends)])
    figures = tuple(_annual(now, row, labels) for row in drawn.itertuples())
    left = ctx.figure(
        "reps_not_shown", len(settled) - len(drawn), ctx.current, dimension="chart", member="productivity"
    )
    quarter = max(1, round(len(settled) / 4))
    means = []
    for member, part in (("top_quarter", settled.head(quarter)), ("bottom_quarter", settled.tail(quarter))):
        rest = {"dimension": "reps", "member": member, "n": quarter}
        means.append(now.figure("productivity_annual", float(part["annual"].mean()), **rest))
    values = {"top": means[0], "bottom": means[1]}
    return Chart(
        title=Text("productivity.reps_apart", values),
        form="barh",
        categories=tuple(figure.member for figure in figures),
        series=(Series(Text("metric.productivity_annual"), figures),),
        axes={"x": Text("metric.productivity_annual")},
        summary=Text("productivity.reps_alt", values | {"first": figures[0].member, "best": figures[0]}),
        notes=(
            Text("productivity.note_reps"),
            *((Text("productivity.note_middle", {"n": left}),) if left.value else ()),
        ),
        **fixed,
    )


def _others(ctx: Context, now: Facts) -> Exhibit:
    """People who are still ramping or have too few orders to be ranked."""
    fixed = {"id": "productivity_others", "requirements": ("D-45",)}
    ranked, labels = set(now.settled["rep_id"]), rep_labels(ctx)
    others = now.staff[~now.staff["rep_id"].isin(ranked)]
    others = others.sort_values(["is_ramping", "annual", "rep_id"], ascending=[False, False, True])
    if others.empty:
        return NotEnough(title=Text("productivity.others_title"), reason=Text("productivity.no_others"), **fixed)
    rows = []
    for row in others.itertuples():
        identity = {"dimension": "rep", "member": labels[row.rep_id]}
        hired = None if pd.isna(row.hire_date) else row.hire_date.date()
        state = Text("productivity.state_ramping" if row.is_ramping else "productivity.state_few")
        fte = now.figure("fte", row.fte, **identity)
        sold = now.figure("credited_sales", row.sales, n=int(row.orders), **identity)
        rows.append((identity["member"], row.team, state, hired, fte, sold, _annual(now, row, labels)))
    ramping = now.figure("ramping_reps", int(now.staff["is_ramping"].sum()), n=len(now.staff))
    labels = ("rep", "team", "state", "hired", "fte", "sales", "annual")
    return Table(
        title=Text("productivity.others_ramping", {"ramping": ramping})
        if ramping.value
        else Text("productivity.others_title"),
        header=tuple(Text(f"productivity.column_{name}") for name in labels),
        rows=tuple(rows),
        **fixed,
    )
