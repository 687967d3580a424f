"""How broad and how deep the cooperation with strategic accounts is (requirement K-19)."""

from dataclasses import dataclass

from ....metrics.account_profile import depth_level, relevant_lines
from ....metrics.growth import ratio
from ....queries import account_lines as queries
from ....queries import sales
from ....record import UNCLASSIFIED, Card, Cards, Chart, Exhibit, Figure, Heading, Prose, Series, Table, Text
from ...context import Context, Span
from ..finding import few
from . import strategic

FIELDS = ("products.product_line", "orders.account_id")
BOXES = (
    ("depth_cards", "depth.heading", ("K-19",)),
    ("depth_matrix", "depth.matrix_title", ("K-19",)),
    ("depth_whitespace", "depth.whitespace_title", ("K-19",)),
    ("depth_table", "depth.table_title", ("K-19",)),
    ("depth_text", "depth.heading", ("K-19",)),
)
MONTHS = 12
LEVELS = (5, 4, 3, 2, 1)


@dataclass(frozen=True)
class Breadth:
    """One account's twelve months: sales by line bought, lines relevant to its industry (all that it bought included),
    depth level (None without purchase), potential a year (None where unknown)."""

    account: str
    bought: dict[str, float]
    relevant: tuple[str, ...]
    level: int | None
    sales: float
    potential: float | None

    @property
    def open_lines(self) -> tuple[str, ...]:
        return tuple(line for line in self.relevant if line not in self.bought)

    @property
    def headroom(self) -> float:
        """Potential spend of a year that did not come to us; zero where it is unknown or exceeded."""
        return max(0.0, (self.potential or 0.0) - self.sales)


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
        *_white(ctx, span, found),
        _text(ctx, span, found),
    )


def breadths(ctx: Context, span: Span) -> tuple[Breadth, ...]:
    """One entry per strategic account, largest sales of the review period first."""
    rules, window = ctx.settings.relations, span.window
    sold = sales.by(ctx.mart, window, "account_id", "product_line")
    sold = sold[(sold["positive_orders"] > 0) & (sold["product_line"] != UNCLASSIFIED)]
    counts = queries.buyers_by_line(ctx.mart, window)
    frameworks = queries.frameworks(ctx.mart, window.end)
    joint = queries.joint_projects(ctx.mart, window)
    totals = sales.by(ctx.mart, window, "account_id").set_index("account_id")["sales"]
    found = []
    for row in strategic.accounts(ctx).itertuples():
        mine = sold[sold["account_id"] == row.account_id]
        bought = dict(zip(mine["product_line"], mine["sales"], strict=True))
        lines = counts[counts["industry"] == row.industry].set_index("product_line")["buyers"].to_dict()
        buyers = lines.pop("*", 0)
        lines.pop(UNCLASSIFIED, None)
        relevant = relevant_lines(lines, buyers, rules.relevant_line_share)
        plan = ctx.settings.account_plans.get(row.account_id)
        partner = bool(plan and plan.cooperation_level == LEVELS[0])
        level = depth_level(len(bought), row.account_id in frameworks, row.account_id in joint, partner)
        known = None if row.potential_spend != row.potential_spend else row.potential_spend
        found.append(
            Breadth(
                account=row.account,
                bought=bought,
                relevant=tuple(sorted({*relevant, *bought})),
                level=level,
                sales=float(totals.get(row.account_id, 0.0)),
                potential=None if known is None else float(known),
            )
        )
    return tuple(found)


def _breadth(ctx: Context, span: Span, part: int, whole: int, **where) -> Figure:
    rest = {"numerator": part, "denominator": whole, "n": whole}
    return ctx.figure("breadth", ratio(part, whole), span, **rest, **where)


def pooled_wallet(ctx: Context, span: Span, found: tuple[Breadth, ...]) -> Figure:
    """Sales of twelve months over potential spend a year, of the strategic accounts whose potential is known."""
    known = [one for one in found if one.potential]
    sold, potential = sum(one.sales for one in known), sum(one.potential for one in known)
    rest = {"numerator": sold, "denominator": potential, "n": len(known), "flags": few(ctx, len(known))}
    return ctx.figure("wallet_share", ratio(sold, potential), span, **rest, **strategic.SCOPE)


def _values(ctx: Context, span: Span, found: tuple[Breadth, ...]) -> dict[str, Figure]:
    lines, relevant = sum(len(one.bought) for one in found), sum(len(one.relevant) for one in found)
    deep = sum((one.level or 0) >= 3 for one in found)
    room = round(sum(one.headroom for one in found), 2)
    return {
        "breadth": _breadth(ctx, span, lines, relevant, **strategic.SCOPE),
        "deep": ctx.figure("accounts_deep", deep, span, n=len(found), **strategic.SCOPE),
        "count": ctx.figure("strategic_accounts", len(found), ctx.current, n=len(found), **strategic.SCOPE),
        "wallet": pooled_wallet(ctx, span, found),
        "room": ctx.figure("wallet_room", room, span, n=sum(bool(one.potential) for one in found), **strategic.SCOPE),
    }


def _cards(ctx: Context, span: Span, found: tuple[Breadth, ...]) -> Cards:
    values = _values(ctx, span, found)
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
    values = _values(ctx, span, found)
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


def _white(ctx: Context, span: Span, found: tuple[Breadth, ...]) -> tuple[Exhibit, ...]:
    lines = sorted({line for one in found for line in one.relevant})
    gaps = {line: sum(line in one.open_lines for one in found if one.bought) for line in lines}
    buying = [one for one in found if one.bought]
    worst = max(lines, key=lambda line: gaps[line])
    count = ctx.figure("line_gaps", gaps[worst], span, n=len(buying), dimension="product_line", member=worst)
    values = {"line": worst, "count": count}
    case = "found" if gaps[worst] else "full"
    told = values if case == "found" else {}
    chart = Chart(
        id="depth_whitespace",
        title=Text(f"depth.whitespace_{case}", told),
        requirements=("K-19",),
        form="heatmap",
        categories=tuple(lines),
        series=tuple(
            Series(one.account, tuple(_cell(ctx, span, one, line) for line in lines), "part") for one in buying
        ),
        axes={"x": Text("label.product_line"), "y": Text("label.customer")},
        summary=Text(f"depth.whitespace_alt_{case}", told),
        notes=(Text("depth.note_whitespace"),),
    )
    return chart, _table(ctx, span, found)


def _cell(ctx: Context, span: Span, one: Breadth, line: str) -> Figure | None:
    """Sales of the line; zero where it is relevant and not bought, None where it is not relevant."""
    if line not in one.relevant:
        return None
    where = {"dimension": "account×product_line", "member": f"{one.account} | {line}"}
    return ctx.figure("sales", round(float(one.bought.get(line, 0.0)), 2), span, **where)


def _table(ctx: Context, span: Span, found: tuple[Breadth, ...]) -> Table:
    """Accounts with the most room first; by open lines where no potential is known."""
    known = any(one.potential for one in found)
    ranked = sorted(found, key=lambda one: (-one.headroom, -len(one.open_lines)))[: ctx.settings.top_n]
    rows = []
    for one in ranked:
        where = strategic.of_account(one.account)
        level = Text(f"depth.level_{one.level}") if one.level else None
        sold = ctx.figure("sales", round(one.sales, 2), span, **where)
        cells = [one.account, level, _breadth(ctx, span, len(one.bought), len(one.relevant), **where), sold]
        if known:
            rest = {"numerator": one.sales, "denominator": one.potential}
            cells.append(ctx.figure("wallet_share", ratio(one.sales, one.potential), span, **rest, **where))
            cells.append(ctx.figure("wallet_room", round(one.headroom, 2), span, **where))
        cells.append(Text("touch.list", {"names": one.open_lines}) if one.open_lines else None)
        rows.append(tuple(cells))
    columns = ["label.customer", "metric.depth_level", "metric.breadth", "depth.sales_year"]
    columns += ["metric.wallet_share", "metric.wallet_room"] if known else []
    values = _values(ctx, span, found)
    part = ctx.figure(
        "wallet_room",
        round(sum(one.headroom for one in ranked[:3]), 2),
        span,
        dimension="customer_group×top",
        member="strategic | 3",
    )
    case = "room" if known and part.value else "plain"
    told = {"room": values["room"], "part": part} if case == "room" else {}
    return Table(
        id="depth_table",
        title=Text(f"depth.table_{case}", told),
        requirements=("K-19",),
        header=(*(Text(name) for name in columns), Text("depth.open_lines")),
        rows=tuple(rows),
        notes=(Text("depth.note_wallet"),) if known else (),
    )


def _text(ctx: Context, span: Span, found: tuple[Breadth, ...]) -> Prose:
    values = _values(ctx, span, found)
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
