"""Product lines that strategic accounts do not buy yet, and the room that their potential leaves (requirement K-19)."""

from ....metrics.growth import ratio
from ....record import Chart, Exhibit, Figure, Series, Table, Text
from ...context import Context, Span
from . import strategic
from .depth_facts import Breadth, breadth_figure, depth_figures


def exhibits(ctx: Context, span: Span, found: tuple[Breadth, ...]) -> tuple[Exhibit, ...]:
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
            Series(one.account, tuple(_cell(ctx, span, one, line) for line in lines), "part")
            for one in buying[: ctx.settings.top_n]
        ),
        axes={"x": Text("label.product_line"), "y": Text("label.customer")},
        summary=Text(f"depth.whitespace_alt_{case}", told),
        notes=(Text("depth.note_whitespace", {"n": str(min(len(buying), ctx.settings.top_n))}),),
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
        cells = [one.account, level, breadth_figure(ctx, span, len(one.bought), len(one.relevant), **where), sold]
        if known:
            rest = {"numerator": one.sales, "denominator": one.potential}
            cells.append(ctx.figure("wallet_share", ratio(one.sales, one.potential), span, **rest, **where))
            cells.append(ctx.figure("wallet_room", round(one.headroom, 2), span, **where))
        cells.append(Text("touch.list", {"names": one.open_lines}) if one.open_lines else None)
        rows.append(tuple(cells))
    columns = ["label.customer", "metric.depth_level", "metric.breadth", "depth.sales_year"]
    columns += ["metric.wallet_share", "metric.wallet_room"] if known else []
    values = depth_figures(ctx, span, found)
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
