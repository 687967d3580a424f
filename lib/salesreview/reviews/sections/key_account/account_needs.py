"""What strategic accounts need and whether we can meet it (requirement K-17)."""

import pandas as pd

from ....metrics.account_profile import weighted_share
from ....metrics.growth import ratio
from ....queries.account_needs import needs
from ....record import Chart, Exhibit, Figure, Heading, Prose, Series, Table, Text
from ...context import Context, Span
from . import strategic

BOXES = (
    ("needs_chart", "needs.chart_title", ("K-17",)),
    ("needs_table", "needs.table_title", ("K-17",)),
    ("needs_text", "needs.heading", ("K-17",)),
)
MONTHS = 12
MOST = 10


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, ranked themes, what meets them, paragraph."""
    heading = Heading(id="needs_heading", title=Text("needs.heading"))
    silent = strategic.silent(ctx, BOXES, "needs.type")
    if silent:
        return heading, *silent
    span, accounts = strategic.trailing(ctx, MONTHS), strategic.accounts(ctx)
    named = needs(ctx.mart, span.window)
    named = named[named["account_id"].isin(accounts["account_id"])]
    if named.empty:
        return heading, *strategic.not_enough(BOXES, Text("needs.none"))
    rows = themes(ctx, span, accounts, named)
    return heading, _chart(ctx, span, rows), _table(rows), _text(ctx, rows, accounts, named)


def themes(ctx: Context, span: Span, accounts: pd.DataFrame, named: pd.DataFrame) -> list[dict]:
    """Themes by the review period's sales of the accounts that name them, then by their number."""
    found = []
    for theme, part in named.groupby("theme"):
        by = accounts["account_id"].isin(part["account_id"])
        solved = part["product"].dropna()
        where = {"dimension": "customer_group×need", "member": f"strategic | {theme}"}
        n, whole = int(by.sum()), len(accounts)
        flags = ("small_n",) if whole < ctx.settings.minimum_n.rate else ()
        weighted = weighted_share(list(by), list(accounts["sales"]))
        best = solved.value_counts()
        found.append(
            {
                "theme": theme,
                "type": part["type"].mode().iloc[0],
                "product": sorted(best[best == best.max()].index)[0] if len(best) else None,
                "accounts": ctx.figure("need_accounts", n, span, n=whole, **where),
                "share": ctx.figure(
                    "need_share", ratio(n, whole), span, numerator=n, denominator=whole, n=whole, flags=flags, **where
                ),
                "weighted": ctx.figure("need_weighted", weighted, span, n=whole, **where),
                "solvable": ctx.figure(
                    "need_solvable",
                    ratio(len(solved), len(part)),
                    span,
                    numerator=len(solved),
                    denominator=len(part),
                    n=len(part),
                    flags=("small_n",) if len(part) < ctx.settings.minimum_n.mean else (),
                    **where,
                ),
                "gap": _gap(ctx, span, part, where),
            }
        )
    return sorted(found, key=lambda row: (-(row["weighted"].value or 0), -row["accounts"].value, row["theme"]))[:MOST]


def _gap(ctx: Context, span: Span, part: pd.DataFrame, where: dict) -> Figure:
    """Mean importance less mean satisfaction of the needs that carry both."""
    both = part.dropna(subset=["importance", "satisfaction"])
    flags = ("small_n",) if len(both) < ctx.settings.minimum_n.mean else ()
    value = float((both["importance"] - both["satisfaction"]).mean()) if len(both) else None
    return ctx.figure("account_need_gap", value, span, n=len(both), flags=flags, **where)


def _chart(ctx: Context, span: Span, rows: list[dict]) -> Chart:
    first = rows[0]
    values = {"theme": first["theme"], "weighted": first["weighted"], "share": first["share"]}
    case = "plain" if first["weighted"].value is None else "found"
    if case == "plain":
        values.pop("weighted")
    series = [Series(Text("metric.need_share"), tuple(row["share"] for row in rows), "prior")]
    if case == "found":
        series.insert(0, Series(Text("metric.need_weighted"), tuple(row["weighted"] for row in rows)))
    return Chart(
        id="needs_chart",
        title=Text(f"needs.chart_{case}", values),
        requirements=("K-17",),
        form="barh",
        categories=tuple(row["theme"] for row in rows),
        series=tuple(series),
        summary=Text(f"needs.alt_{case}", values),
        notes=(Text("needs.note"),),
    )


def _table(rows: list[dict]) -> Table:
    columns = ("needs.theme", "needs.type", "metric.need_accounts", "metric.account_need_gap", "metric.need_solvable")
    known = [row for row in rows if row["gap"].value is not None and "small_n" not in row["gap"].flags]
    widest = max(known, key=lambda row: row["gap"].value, default=None)
    case = "gap" if widest is not None and widest["gap"].value > 0 else "plain"
    values = {"theme": widest["theme"], "gap": widest["gap"]} if case == "gap" else {}
    return Table(
        id="needs_table",
        title=Text(f"needs.table_{case}", values),
        requirements=("K-17",),
        header=(*(Text(name) for name in columns), Text("needs.product")),
        rows=tuple(
            (row["theme"], row["type"], row["accounts"], row["gap"], row["solvable"], row["product"]) for row in rows
        ),
        notes=(Text("needs.note_gap"),),
    )


def _text(ctx: Context, rows: list[dict], accounts: pd.DataFrame, named: pd.DataFrame) -> Prose:
    silent = int((~accounts["account_id"].isin(named["account_id"])).sum())
    count = ctx.figure("accounts_without_need", silent, ctx.current, n=len(accounts), **strategic.SCOPE)
    told = {"n": str(len(named)), "theme": rows[0]["theme"], "accounts": rows[0]["accounts"]}
    sentences = [Text("needs.sentence", told)]
    hard = [row for row in rows if row["solvable"].value < 0.5 and "small_n" not in row["solvable"].flags]
    sentences += [Text("needs.sentence_hard", {"themes": tuple(row["theme"] for row in hard[:3])})] if hard else []
    solved, whole = (int(sum(getattr(row["solvable"], side) for row in rows)) for side in ("numerator", "denominator"))
    rest = {"numerator": solved, "denominator": whole, "n": whole}
    span = strategic.trailing(ctx, MONTHS)
    pooled = ctx.figure("need_solvable", ratio(solved, whole), span, **rest, **strategic.SCOPE)
    sentences.append(Text("needs.sentence_solvable", {"solvable": pooled}))
    sentences += [Text("needs.sentence_silent", {"count": count})] if silent else []
    return Prose(id="needs_text", title=Text("empty"), requirements=("K-17",), sentences=tuple(sentences))
