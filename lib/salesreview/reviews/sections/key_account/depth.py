"""How broad and how deep the cooperation with strategic accounts is (requirement K-19)."""

from ....record import Card, Cards, Chart, Exhibit, Heading, Prose, Series, Text
from ...context import Context, Span
from . import depth_white, strategic
from .depth_facts import FIELDS, LEVELS, MONTHS, Breadth, breadths, depth_figures

BOXES = (
    ("depth_cards", "depth.heading", ("K-19",)),
    ("depth_matrix", "depth.matrix_title", ("K-19",)),
    ("depth_whitespace", "depth.whitespace_title", ("K-19",)),
    ("depth_table", "depth.table_title", ("K-19",)),
    ("depth_text", "depth.heading", ("K-19",)),
)


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, matrix of depth and breadth, white space by line, accounts with the most room, paragraph."""
    heading = Heading(id="depth_heading", title=Text("depth.heading"))
    silent = strategic.silent(ctx, BOXES, *FIELDS)
    if silent:
        return heading, *silent
    span = strategic.trailing(ctx, MONTHS)
    found = breadths(ctx, span)
    if not any(one.bought for one in found):
        return heading, *strategic.not_enough(BOXES, Text("depth.nothing_bought"))
    return (
        heading,
        _cards(ctx, span, found),
        _matrix(ctx, span, found),
        *depth_white.exhibits(ctx, span, found),
        _text(ctx, span, found),
    )


def _cards(ctx: Context, span: Span, found: tuple[Breadth, ...]) -> Cards:
    values = depth_figures(ctx, span, found)
    names = ["breadth", "deep"] + (["wallet", "room"] if values["wallet"].value is not None else [])
    told = {name: values[name] for name in ("breadth", "deep", "count")}
    return Cards(
        id="depth_cards",
        title=Text("depth.cards", told),
        requirements=("K-19",),
        cards=tuple(Card(Text(f"metric.{values[name].metric}"), values[name]) for name in names),
        notes=(Text("depth.note_rule"),),
    )


def _matrix(ctx: Context, span: Span, found: tuple[Breadth, ...]) -> Chart:
    """Accounts by depth level (rows) and number of lines bought (columns)."""
    most = max(len(one.bought) for one in found)
    columns = range(1, most + 1)
    series = []
    for level in LEVELS:
        figures = []
        for lines in columns:
            n = sum(one.level == level and len(one.bought) == lines for one in found)
            where = {"dimension": "depth×lines", "member": f"{level} | {lines}"}
            figures.append(ctx.figure("depth_accounts", n, span, n=n, **where) if n else None)
        series.append(Series(Text(f"depth.level_{level}"), tuple(figures), "part"))
    bought = sum(bool(one.bought) for one in found)
    none = ctx.figure("accounts_not_buying", len(found) - bought, span, n=len(found), **strategic.SCOPE)
    values = depth_figures(ctx, span, found)
    told = {"deep": values["deep"], "count": values["count"], "none": none}
    return Chart(
        id="depth_matrix",
        title=Text("depth.matrix_none" if none.value else "depth.matrix", told if none.value else _without(told)),
        requirements=("K-19",),
        form="heatmap",
        categories=tuple(Text("depth.lines", {"n": str(lines)}) for lines in columns),
        series=tuple(series),
        axes={"x": Text("depth.axis_lines"), "y": Text("depth.axis_level")},
        summary=Text("depth.matrix_alt", {"deep": values["deep"], "count": values["count"]}),
        notes=(Text("depth.note_matrix"),),
    )


def _without(values: dict) -> dict:
    return {name: figure for name, figure in values.items() if name != "none"}


def _text(ctx: Context, span: Span, found: tuple[Breadth, ...]) -> Prose:
    values = depth_figures(ctx, span, found)
    sentences = [Text("depth.sentence", {name: values[name] for name in ("count", "breadth", "deep")})]
    if values["wallet"].value is not None:
        sentences.append(Text("depth.sentence_wallet", {name: values[name] for name in ("wallet", "room")}))
    over = [one.account for one in found if one.potential and one.sales > one.potential]
    if over:
        sentences.append(Text("depth.sentence_over", {"accounts": tuple(over[:3])}))
    idle = [one.account for one in found if not one.bought]
    if idle:
        sentences.append(Text("depth.sentence_idle", {"accounts": tuple(idle[:4])}))
    return Prose(id="depth_text", title=Text("empty"), requirements=("K-19",), sentences=tuple(sentences))
