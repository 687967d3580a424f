"""Members of a dimension of sales with share, shift, growth and contribution, ready for tables (requirement D-07)."""

from ....metrics import growth, mix
from ....metrics.attainment import attainment
from ....queries import sales
from ....record import UNCLASSIFIED, Figure, Text
from ...context import Context, change
from .gap import member_targets
from .sales_common import DIMENSIONS, Dimension, grown, parts, share_of_largest

LARGEST = 3


def member_figures(ctx: Context, dimension: Dimension) -> list[dict[str, Figure]]:
    """One mapping per member of a dimension, from the largest down: ``sales``, ``share``, ``shift`` (change of the
    share), ``yoy``, ``contribution`` to total growth, and ``attainment`` where the member has a target."""
    base = ctx.year_ago
    members = parts(ctx, dimension, ctx.current, base)
    total, total_base = (sales.totals(ctx.mart, span.window).sales for span in (ctx.current, base))
    shares = mix.shares(dict(members["sales"]), total)
    shares_base = mix.shares(dict(members["sales_base"]), total_base)
    added = growth.contributions(dict(members["sales"]), dict(members["sales_base"])) if ctx.covers(base) else None
    goals = member_targets(ctx, dimension.name) if dimension.target else {}
    found = []
    for member, row in members.iterrows():
        where = {"dimension": dimension.name, "member": row.label}
        now = ctx.figure("sales", row.sales, ctx.current, n=int(row.orders), **where)
        share = ctx.figure("share_mix", shares[member], ctx.current, numerator=row.sales, denominator=total, **where)
        share_base = ctx.figure("share_mix", shares_base[member], base, **where)
        goal, derived = goals.get(member, (None, False))
        flags = ("no_target",) if goal is None else ("derived_target",) if derived else ()
        found.append(
            {
                "sales": now,
                "share": share,
                "shift": change(share, share_base if ctx.covers(base) else None, "yoy"),
                "yoy": grown(ctx, now, ctx.figure("sales", row.sales_base, base, **where), base, "yoy"),
                "contribution": ctx.figure(
                    "growth_contribution",
                    added[member] if added else None,
                    ctx.current,
                    flags=() if added else ("no_base",),
                    **where,
                ),
                "attainment": ctx.figure(
                    "attainment",
                    attainment(row.sales, goal),
                    ctx.current,
                    numerator=row.sales,
                    denominator=goal,
                    n=int(row.orders),
                    flags=flags,
                    **where,
                ),
            }
        )
    return found


COLUMNS = ("sales", "share", "shift", "yoy", "contribution")


def mix_header(first: Text, with_target: bool) -> tuple[Text, ...]:
    header = (
        first,
        Text("metric.sales"),
        Text("metric.share_mix"),
        Text("mix.shift"),
        Text("label.yoy"),
        Text("metric.growth_contribution"),
    )
    return (*header, Text("metric.attainment")) if with_target else header


def mix_title(dimension: Dimension, members: list[dict[str, Figure]]) -> Text:
    """Names the largest member, and the one whose share moved most where there is a base."""
    by = Text(f"common_sales.by_{dimension.name}")
    known = [figures for figures in members if figures["sales"].member != UNCLASSIFIED]
    if not known or known[0]["share"].value is None:
        return Text("mix.by", {"dimension": by})
    first = known[0]
    values = {"dimension": by, "member": first["sales"].member, "share": first["share"]}
    moved = [figures for figures in known if figures["shift"].value is not None]
    if not moved:
        return Text("mix.title", values)
    most = max(moved, key=lambda figures: abs(figures["shift"].value))
    if abs(most["shift"].value) < 0.0005:
        return Text("mix.title", values)
    if most is first:
        return Text("mix.title_own_shift", values | {"shift": most["shift"]})
    return Text("mix.title_shift", values | {"moved": most["sales"].member, "shift": most["shift"]})


def main_line(ctx: Context) -> tuple[str, Figure, Figure] | None:
    """The main product line, its share and the change of its share (requirement D-11).

    The line with most sales of products flagged as core; without such flags the largest line of last year, else of
    now. None without known product lines.
    """
    figures = {f["sales"].member: f for f in member_figures(ctx, DIMENSIONS["product_line"])}
    figures.pop(UNCLASSIFIED, None)
    if not figures:
        return None
    base = ctx.year_ago
    flagged = sales.by(ctx.mart, ctx.current.window, "product_line", "priority")
    flagged = flagged[(flagged["priority"] == "core") & flagged["product_line"].isin(figures)]
    if flagged.empty:
        span = base if ctx.covers(base) else ctx.current
        flagged = sales.by(ctx.mart, span.window, "product_line")
        flagged = flagged[flagged["product_line"].isin(figures)]
    best = flagged.sort_values(["sales", "product_line"], ascending=[False, True], kind="stable")
    name = best["product_line"].iloc[0] if len(best) else next(iter(figures))
    return name, figures[name]["share"], figures[name]["shift"]


def concentration_figures(ctx: Context, dimension: Dimension) -> tuple[Figure, Figure]:
    members = parts(ctx, dimension, ctx.current, ctx.year_ago)
    amounts = dict(members["sales"])
    found = mix.concentration(amounts)
    where = {"dimension": dimension.name}
    flags = () if found.hhi is not None else ("small_n",)
    hhi = ctx.figure("hhi", found.hhi, ctx.current, n=len(amounts), flags=flags, **where)
    total = sales.totals(ctx.mart, ctx.current.window).sales
    return hhi, share_of_largest(ctx, list(amounts.values()), LARGEST, total, dimension.name)
