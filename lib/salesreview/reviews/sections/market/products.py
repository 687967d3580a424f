"""What each product line contributes, and which are stars, promising or to be improved (requirements M-10, M-11)."""

from dataclasses import dataclass
from statistics import median

from ....metrics.growth import growth, ratio
from ....metrics.market import standing
from ....record import UNCLASSIFIED, Chart, Exhibit, Figure, Heading, Point, Prose, Table, Text
from ...context import Context, change
from ..sales.growth import orders_growth
from ..sales.sales_common import DIMENSIONS, missing, parts
from .boxes import absent, too_few
from .common import thin
from .share import WHOLE, both, share_moved

BOXES = {"lines_text": ("M-10", "M-11"), "lines_table": ("M-10",), "lines_bubbles": ("M-10", "M-11")}
ORDER = ("star", "potential", "cash", "improve")


@dataclass(frozen=True)
class Line:
    """One product line; ``relative`` is None where neither rivals nor other lines can be compared with."""

    name: str
    sales: Figure
    mix: Figure
    yoy: Figure
    margin: Figure
    share: Figure | None
    moved: Figure | None
    relative: Figure
    standing: str | None


@dataclass(frozen=True)
class Lines:
    """All product lines, largest first; ``cut_growth`` is the market's growth, own growth where ``by_rank``: no rivals'
    shares are known and lines are compared with the middle one of the own lines."""

    rows: tuple[Line, ...]
    cut_share: Figure
    cut_growth: Figure
    by_rank: bool
    own_cut: bool


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, table of product lines, growth-share bubbles."""
    heading = Heading(id="lines_heading", title=Text("lines.heading"))
    title, dimension = Text("lines.heading"), DIMENSIONS["product_line"]
    if gone := missing(ctx, dimension):
        return heading, *absent(BOXES, title, gone)
    found = lines(ctx)
    if not found.rows:
        return heading, *too_few(BOXES, title, Text("lines.none"))
    return heading, _prose(found), _table(found), _bubbles(ctx, found)


def lines(ctx: Context) -> Lines:
    """The product lines that sold something, judged by relative share and growth (M-11)."""
    now, before = both(ctx)
    members = parts(ctx, DIMENSIONS["product_line"], ctx.current, ctx.year_ago).drop(UNCLASSIFIED, errors="ignore")
    members = members[members["sales"] > 0]
    _, total, _, yoy, _ = orders_growth(ctx)
    rivals = {key[1]: max(one.rivals.values()) for key, one in now.items() if key[0] == "product_line" and one.rivals}
    by_rank = not rivals
    middle = median(members["sales"]) if len(members) else None
    market = _market_growth(ctx, now, before)
    cut_growth = yoy if market is None else market
    cut_share = ctx.figure(
        "relative_share", ctx.settings.market.relative_share, ctx.current, dimension="cut", member="cut"
    )
    rows = []
    for row in members.itertuples():
        segment, base = now.get(("product_line", row.label)), before.get(("product_line", row.label))
        where = {"dimension": "product_line", "member": row.label}
        if by_rank:
            relative = ratio(row.sales, middle)
        else:
            relative = ratio(segment.share.value, rivals.get(row.label)) if segment is not None else None
        margin = ratio(row.costed_sales - row.cost, row.costed_sales)
        sold = ctx.figure("sales", row.sales, ctx.current, n=int(row.orders), **where)
        old = ctx.figure("sales", row.sales_base, ctx.year_ago, **where) if ctx.covers(ctx.year_ago) else None
        grown = change(sold, old, "yoy")
        judged = None
        if None not in (relative, grown.value, cut_growth.value):
            rules = ctx.settings.market
            judged = standing(relative, grown.value, rules.relative_share, cut_growth.value, margin, rules.margin_floor)
        rows.append(
            Line(
                name=row.label,
                sales=sold,
                mix=ctx.figure(
                    "share_mix", ratio(row.sales, total.value), ctx.current, numerator=row.sales,
                    denominator=total.value, **where,
                ),
                yoy=grown,
                margin=ctx.figure(
                    "gm_pct", margin, ctx.current, flags=() if margin is not None else ("small_n",), **where
                ),
                share=segment.share if segment else None,
                moved=share_moved(ctx, segment, base) if segment else None,
                relative=ctx.figure("relative_share", relative, ctx.current, **where),
                standing=judged,
            )
        )  # fmt: skip
    return Lines(tuple(rows), cut_share, cut_growth, by_rank, market is None)


def _market_growth(ctx: Context, now: dict, before: dict) -> Figure | None:
    if WHOLE not in now or WHOLE not in before or not before[WHOLE].amount.value:
        return None
    value = growth(now[WHOLE].amount.value, before[WHOLE].amount.value)
    return ctx.figure("market_growth_yoy", value, ctx.current)


def _table(found: Lines) -> Table:
    sized = any(row.share is not None for row in found.rows)
    earning = any(row.margin.value is not None for row in found.rows)
    judged = any(row.standing for row in found.rows)
    grown = any(row.yoy.value is not None for row in found.rows)
    names = (
        "line",
        "sales",
        "mix",
        *(("yoy",) if grown else ()),
        *(("margin",) if earning else ()),
        *(("share", "moved") if sized else ()),
    )
    names += ("relative", *(("standing",) if judged else ()))
    rows = []
    for row in found.rows:
        verdict = Text(f"lines.is_{row.standing}") if row.standing else None
        cells = (row.name, row.sales, row.mix, *((row.yoy,) if grown else ()), *((row.margin,) if earning else ()))
        cells += (row.share, row.moved) if sized else ()
        rows.append((*cells, row.relative, *((verdict,) if judged else ())))
    first = found.rows[0]
    return Table(
        id="lines_table",
        title=Text("lines.table", {"line": first.name, "mix": first.mix, "margin": first.margin})
        if first.margin.value is not None
        else Text("lines.table_no_margin", {"line": first.name, "mix": first.mix}),
        requirements=BOXES["lines_table"],
        header=tuple(Text(f"lines.column_{name}") for name in names),
        rows=tuple(rows),
        notes=_notes(found),
    )


def _notes(found: Lines) -> tuple[Text, ...]:
    relative = Text("lines.note_rank" if found.by_rank else "lines.note_relative")
    if found.cut_growth.value is None:
        return (relative,)
    cut = {"share": found.cut_share, "growth": found.cut_growth}
    return relative, Text("lines.note_cut_own" if found.own_cut else "lines.note_cut", cut)


def _bubbles(ctx: Context, found: Lines) -> Exhibit:
    known = [row for row in found.rows if row.standing is not None]
    if len(known) < 2:
        return thin("lines_bubbles", "lines.bubbles", BOXES["lines_bubbles"], "lines.no_base")
    groups = _groups(known)
    listed = _listed(groups)
    return Chart(
        id="lines_bubbles",
        title=Text("lines.bubbles_title", {"groups": listed}),
        requirements=BOXES["lines_bubbles"],
        form="scatter",
        points=tuple(
            Point(row.name, x=row.relative, y=row.yoy, size=row.sales, group=Text(f"lines.is_{row.standing}"))
            for row in known
        ),
        axes={"x": Text("metric.relative_share"), "y": Text("share.own_growth")},
        marks={
            "vline": found.cut_share,
            "hline": found.cut_growth,
            "quadrants": tuple(Text(f"lines.is_{name}") for name in ("star", "cash", "improve", "potential")),
        },
        summary=Text("lines.bubbles_alt", {"groups": listed}),
        notes=_notes(found),
    )


def _groups(known: list[Line]) -> dict[str, list[str]]:
    found = {name: [row.name for row in known if row.standing == name] for name in ORDER}
    return {name: names for name, names in found.items() if names}


def _listed(groups: dict[str, list[str]]) -> Text:
    """The kinds with their lines in one sentence."""
    parts_ = [
        Text("lines.group", {"kind": Text(f"lines.is_{name}"), "lines": tuple(names)}) for name, names in groups.items()
    ]
    told = parts_[-1]
    for part in reversed(parts_[:-1]):
        told = Text("lines.join", {"first": part, "rest": told})
    return told


def _prose(found: Lines) -> Prose:
    first = found.rows[0]
    sentences = [Text("lines.sentence_first", {"line": first.name, "sales": first.sales, "mix": first.mix})]
    earning = [row for row in found.rows if row.margin.value is not None]
    if len(earning) > 1:
        best, least = max(earning, key=lambda r: r.margin.value), min(earning, key=lambda r: r.margin.value)
        values = {"best": best.name, "high": best.margin, "least": least.name, "low": least.margin}
        sentences.append(Text("lines.sentence_margin", values))
    known = [row for row in found.rows if row.standing is not None]
    if not known:
        sentences.append(Text("lines.no_base"))
    for name, names in _groups(known).items():
        sentences.append(Text(f"lines.sentence{'_own' if found.own_cut else ''}_{name}", {"lines": tuple(names)}))
    if known and not found.by_rank and all(row.relative.value < found.cut_share.value for row in known):
        sentences.append(Text("lines.sentence_all_small"))
    return Prose(id="lines_text", title=Text("empty"), requirements=BOXES["lines_text"], sentences=tuple(sentences))
