"""Which strategic accounts carry the sales and who moved them (requirement K-02)."""

import pandas as pd

from ....record import Chart, Exhibit, Series, Table, Text
from ...context import Context
from . import strategic
from .contribution_group import Group

IDS = (
    ("strategic_pareto", "strategic_sales.pareto_title", ("K-02",)),
    ("strategic_movers", "strategic_sales.movers_title", ("K-02",)),
)
MOVERS = 4


def pareto(ctx: Context) -> Exhibit:
    """Sales of the strategic accounts, largest first, and the cumulative share of the group's sales."""
    name, _, codes = IDS[0]
    group = Group(ctx, ctx.current)
    part = group.facts[group.facts["mine"]].groupby(["account_id", "account"], as_index=False)["sales"].sum()
    part = part[part["sales"] > 0].sort_values(["sales", "account_id"], ascending=[False, True])
    total = float(part["sales"].sum())
    if len(part) < 2 or total <= 0:
        return strategic.not_enough((IDS[0],), Text("strategic_sales.few"))[0]
    amounts, running, done = [], [], 0.0
    for row in part.itertuples():
        done += row.sales
        where = {"dimension": "customer_group×account", "member": f"strategic | {row.account}"}
        amounts.append(ctx.figure("sales", round(float(row.sales), 2), ctx.current, **where))
        running.append(ctx.figure("cumulative_share", done / total, ctx.current, **where))
    at = min(2, len(part) - 1)
    values = {"n": str(at + 1), "share": running[at], "first": part.iloc[0]["account"], "all": str(len(part))}
    return Chart(
        id=name,
        title=Text("strategic_sales.pareto", {key: values[key] for key in ("n", "share", "all")}),
        requirements=codes,
        form="pareto",
        categories=tuple(part["account"]),
        series=(
            Series(Text("metric.sales"), tuple(amounts)),
            Series(Text("metric.cumulative_share"), tuple(running), "rate"),
        ),
        summary=Text("strategic_sales.pareto_alt", values),
    )


def moved(ctx: Context) -> list[tuple]:
    """Rows of strategic accounts by the size of their change in sales: account, now, a year ago, change."""
    base = ctx.year_ago
    if not ctx.covers(base):
        return []
    frames = [Group(ctx, span).facts.query("mine") for span in (ctx.current, base)]
    labels = dict(pd.concat(frames)[["account_id", "account"]].itertuples(index=False))
    now, before = (frame.groupby("account_id")["sales"].sum() for frame in frames)
    rows = []
    for account, label in sorted(labels.items()):
        first, then = round(float(now.get(account, 0.0)), 2), round(float(before.get(account, 0.0)), 2)
        where = {"dimension": "customer_group×account", "member": f"strategic | {label}"}
        figures = (ctx.figure("sales", first, ctx.current, **where), ctx.figure("sales", then, base, **where))
        rows.append((label, *figures, ctx.figure("sales_change", round(first - then, 2), ctx.current, **where)))
    return sorted((row for row in rows if row[3].value), key=lambda row: (-abs(row[3].value), row[0]))


def movers(ctx: Context, found: list[tuple]) -> Exhibit:
    """Accounts that rose and fell most; the rest in one row, so that the column adds up to the group's change."""
    name, _, codes = IDS[1]
    if not found:
        return strategic.not_enough((IDS[1],), Text("strategic_sales.no_base"))[0]
    kept = sorted(found[: 2 * MOVERS], key=lambda row: (-row[3].value, row[0]))
    rest = found[2 * MOVERS :]
    now, base = Group(ctx, ctx.current).sales(), Group(ctx, ctx.year_ago).sales()
    whole = ctx.figure("sales_change", round(now.value - base.value, 2), ctx.current, **strategic.SCOPE)
    rows = list(kept)
    if rest:
        where = {"dimension": "customer_group×account", "member": "strategic | rest"}
        sums = [round(sum(row[i].value for row in rest), 2) for i in (1, 2, 3)]
        figures = (
            ctx.figure("sales", sums[0], ctx.current, **where),
            ctx.figure("sales", sums[1], ctx.year_ago, **where),
            ctx.figure("sales_change", sums[2], ctx.current, **where),
        )
        rows.append((Text("strategic_sales.rest", {"n": str(len(rest))}), *figures))
    return Table(
        id=name,
        title=Text("strategic_sales.movers", {"account": kept[0][0], "change": kept[0][3]})
        if kept[0][3].value > 0
        else Text("strategic_sales.movers_down", {"account": kept[-1][0], "change": kept[-1][3]}),
        requirements=codes,
        header=(Text("label.customer"), Text("label.current"), Text("label.prior"), Text("metric.sales_change")),
        rows=tuple(rows),
        total=(Text("label.total"), now, base, whole),
        notes=(Text("strategic_sales.note_movers"),),
    )
