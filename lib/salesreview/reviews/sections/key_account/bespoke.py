"""Bespoke solutions: who asks for them, what they win, what they cost (requirements K-18, K-20)."""

from dataclasses import replace

import pandas as pd

from ....metrics.bespoke import Compared, compared
from ....metrics.comparison import wilson
from ....metrics.growth import ratio
from ....queries import bespoke as queries
from ....queries.account_needs import needs
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, Point, Prose, Series, Table, Text
from ...context import Context, Span
from ..finding import few
from . import strategic

WISHES = (
    ("bespoke_cards", "bespoke.wishes", ("K-18",)),
    ("bespoke_types", "bespoke.types_title", ("K-18",)),
    ("bespoke_wins", "bespoke.wins_title", ("K-18",)),
)
TRADE = (("bespoke_trade", "bespoke.trade_title", ("K-20",)), ("bespoke_text", "bespoke.trade_title", ("K-20",)))
FIELDS = ("opportunities.is_customised", "opportunities.closed_at")
CUSTOM = "定制"
MONTHS = 12
KINDS = ("bespoke", "standard")


def wishes(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, share of accounts asking, what they ask for, win rates with intervals."""
    heading = Heading(id="bespoke_heading", title=Text("bespoke.wishes"))
    silent = strategic.silent(ctx, WISHES, *FIELDS)
    if silent:
        return heading, *silent
    span = trailing(ctx)
    return heading, _asking(ctx), _types(ctx), _wins(ctx, span, deals(ctx, span))


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, bespoke against standard by measure, paragraph."""
    heading = Heading(id="trade_heading", title=Text("bespoke.trade_title"))
    silent = strategic.silent(ctx, TRADE, *FIELDS)
    if silent:
        return heading, *silent
    span = trailing(ctx)
    found = deals(ctx, span)
    mine = found[found["mine"]]
    if not mine["bespoke"].astype(bool).any() or mine["bespoke"].astype(bool).all():
        return heading, *strategic.not_enough(TRADE, Text("bespoke.one_kind"))
    rows = compared(mine)
    cells = [_row(ctx, span, one) for one in rows]
    return heading, _trade(ctx, cells), _text(ctx, span, mine, cells)


def trailing(ctx: Context) -> Span:
    """The months over which deals are compared, no further back than the data."""
    span = strategic.trailing(ctx, ctx.settings.relations.comparison_months)
    start = max(span.window.start, ctx.mart.meta.first_day)
    window = replace(span.window, start=start)
    return Span(f"{window.start}:{window.end}", window)


def deals(ctx: Context, span: Span) -> pd.DataFrame:
    """Deals closed in the span, with ``mine`` for those of strategic accounts."""
    found = queries.closed_deals(ctx.mart, span.window)
    return found.assign(mine=found["account_id"].isin(strategic.accounts(ctx)["account_id"]))


def _asking(ctx: Context) -> Exhibit:
    """Accounts that named a bespoke need or have a bespoke opportunity opened within a year."""
    span, accounts = strategic.trailing(ctx, MONTHS), strategic.accounts(ctx)
    wanted = set(queries.wanted(ctx.mart, span.window)["account_id"])
    named = needs(ctx.mart, span.window)
    asked = set(named.loc[named["type"] == CUSTOM, "account_id"])
    whole = len(accounts)

    def share(name: str, members: set) -> Figure:
        part = int(accounts["account_id"].isin(members).sum())
        rest = {"numerator": part, "denominator": whole, "n": whole, "flags": few(ctx, whole)}
        return ctx.figure(name, ratio(part, whole), span, **rest, **strategic.SCOPE)

    either, deal, need = (
        share(*one)
        for one in (("bespoke_asked", wanted | asked), ("bespoke_opened", wanted), ("bespoke_needed", asked))
    )
    return Cards(
        id="bespoke_cards",
        title=Text("bespoke.asking", {"share": either}),
        requirements=("K-18",),
        cards=tuple(Card(Text(f"metric.{figure.metric}"), figure) for figure in (either, deal, need)),
        notes=(Text("bespoke.note_asking"),),
    )


def _types(ctx: Context) -> Exhibit:
    box = {"id": "bespoke_types", "requirements": ("K-18",)}
    span, accounts = strategic.trailing(ctx, MONTHS), strategic.accounts(ctx)
    found = queries.wanted(ctx.mart, span.window)
    found = found[found["account_id"].isin(accounts["account_id"])]
    if found.empty:
        return strategic.not_enough((WISHES[1],), Text("bespoke.none_opened"))[0]
    counts = found.groupby("product_line")["deals"].sum().sort_values(ascending=False, kind="stable")
    counts = counts.head(ctx.settings.top_n)
    figures = []
    for line, n in counts.items():
        where = {"dimension": "customer_group×product_line", "member": f"strategic | {line}"}
        figures.append(ctx.figure("bespoke_deals", int(n), span, n=int(n), **where))
    values = {"line": counts.index[0], "count": figures[0]}
    whole = ctx.figure("bespoke_deals", int(found["deals"].sum()), span, **strategic.SCOPE)
    return Chart(
        title=Text("bespoke.types", values | {"whole": whole}),
        form="barh",
        categories=tuple(counts.index),
        series=(Series(Text("metric.bespoke_deals"), tuple(figures)),),
        summary=Text("bespoke.types_alt", values | {"whole": whole}),
        notes=(Text("bespoke.note_types"),),
        **box,
    )


def _rate(ctx: Context, span: Span, part: pd.DataFrame, member: str) -> tuple[Figure, Figure | None, Figure | None]:
    hits, n = int(part["won"].astype(bool).sum()), len(part)
    where = {"dimension": "customer_group×bespoke", "member": member}
    rest = {"numerator": hits, "denominator": n, "n": n, "flags": few(ctx, n)}
    value = ctx.figure("win_rate", ratio(hits, n), span, **rest, **where)
    ends = wilson(hits, n)
    if ends is None:
        return value, None, None
    return value, ctx.figure("rate_low", ends.low, span, **where), ctx.figure("rate_high", ends.high, span, **where)


def _wins(ctx: Context, span: Span, found: pd.DataFrame) -> Exhibit:
    points, rates = [], {}
    for group, mine in (("strategic", True), ("others", False)):
        for kind in KINDS:
            part = found[(found["mine"] == mine) & (found["bespoke"].astype(bool) == (kind == "bespoke"))]
            if part.empty:
                continue
            value, low, high = _rate(ctx, span, part, f"{group} | {kind}")
            rates[group, kind] = value
            label = Text(f"bespoke.point_{group}_{kind}", {"n": str(len(part))})
            points.append(Point(label, value, low=low, high=high))
    if not all(("strategic", kind) in rates for kind in KINDS):
        return strategic.not_enough((WISHES[2],), Text("bespoke.one_kind"))[0]
    mine = found[found["mine"]]
    gap = next(one for one in compared(mine) if one.name == "win_rate")
    values = {kind: rates["strategic", kind] for kind in KINDS}
    case = "few" if any("small_n" in rate.flags for rate in values.values()) else _case(gap)
    overall, *_ = _rate(ctx, span, found, "all")
    return Chart(
        id="bespoke_wins",
        title=Text(f"bespoke.wins_{case}", values),
        requirements=("K-18",),
        form="dot",
        points=tuple(points),
        marks={"reference": overall},
        summary=Text("bespoke.wins_alt", values),
        notes=(Text("bespoke.note_wins", {"first": span.window.start, "last": span.window.end}),),
    )


def _case(one: Compared) -> str:
    if one.gap is None or not one.gap.excludes_zero:
        return "chance"
    return "more" if one.gap.value > 0 else "less"


def _row(ctx: Context, span: Span, one: Compared) -> dict:
    fewest = ctx.settings.minimum_n.rate if one.name in ("win_rate", "special_terms") else ctx.settings.minimum_n.mean
    flags = ("small_n",) if min(one.counts) < fewest else ()
    sides = {}
    for kind, value, n in zip(KINDS, (one.bespoke, one.standard), one.counts, strict=True):
        where = {"dimension": "customer_group×bespoke", "member": f"strategic | {kind}"}
        rest = {}
        if one.name == "win_rate" and value is not None:
            rest = {"numerator": round(value * n), "denominator": n}
        small = few(ctx, n) if one.name == "win_rate" else ("small_n",) if n < fewest else ()
        sides[kind] = ctx.figure(one.name, value, span, n=n, flags=small, **rest, **where)
    gap = []
    for end in ("value", "low", "high"):
        where = {"dimension": "bespoke_gap", "member": f"strategic | {end}"}
        value = getattr(one.gap, end) if one.gap else None
        figure = ctx.figure(one.name, value, span, n=sum(one.counts), flags=flags, **where)
        gap.append(replace(figure, unit="pp" if figure.unit == "ratio" else figure.unit))
    return {"one": one, "sides": sides, "gap": gap, "few": bool(flags), "case": _case(one)}


def _trade(ctx: Context, cells: list[dict]) -> Table:
    told = [cell for cell in cells if not cell["few"] and cell["case"] != "chance"]
    if told:
        cell = told[0]
        values = {"measure": Text(f"metric.{cell['one'].name}"), "gap": cell["gap"][0]}
        title = Text("bespoke.trade_differs", values)
    else:
        title = Text("bespoke.trade_alike")
    rows = []
    for cell in cells:
        name, (one, other) = cell["one"].name, cell["one"].counts
        counts = Text("bespoke.counts", {"bespoke": str(one), "standard": str(other)})
        rows.append((Text(f"metric.{name}"), *cell["sides"].values(), *cell["gap"], counts))
    columns = ("bespoke.measure", "bespoke.bespoke", "bespoke.standard", "bespoke.gap", "bespoke.low", "bespoke.high")
    return Table(
        id="bespoke_trade",
        title=title,
        requirements=("K-20",),
        header=(*(Text(name) for name in columns), Text("bespoke.records")),
        rows=tuple(rows),
        notes=(Text("bespoke.note_trade"),),
    )


def _text(ctx: Context, span: Span, mine: pd.DataFrame, cells: list[dict]) -> Prose:
    part, n = int(mine["bespoke"].astype(bool).sum()), len(mine)
    rest = {"numerator": part, "denominator": n, "n": n, "flags": few(ctx, n)}
    share = ctx.figure("bespoke_share", ratio(part, n), span, **rest, **strategic.SCOPE)
    dates = {"first": span.window.start, "last": span.window.end}
    sentences = [Text("bespoke.sentence", dates | {"share": share, "n": str(n)})]
    by_name = {cell["one"].name: cell for cell in cells}
    for name in ("win_rate", "days_to_win", "won_margin", "extra_cost"):
        cell = by_name[name]
        if cell["few"] or cell["gap"][0].value is None:
            continue
        values = {"gap": cell["gap"][0], "low": cell["gap"][1], "high": cell["gap"][2]}
        sentences.append(Text(f"bespoke.sentence_{name}_{cell['case']}", values))
    thin = tuple(Text(f"metric.{cell['one'].name}") for cell in cells if cell["few"])
    if thin:
        sentences.append(Text("bespoke.sentence_thin", {"measures": thin}))
    return Prose(id="bespoke_text", title=Text("empty"), requirements=("K-20",), sentences=tuple(sentences))
