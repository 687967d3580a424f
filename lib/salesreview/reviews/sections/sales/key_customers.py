"""What key customers buy, and how much depends on few of them (requirement D-13)."""

from collections.abc import Callable

import pandas as pd

from ....metrics.bridges import cents
from ....metrics.growth import ratio
from ....periods import Window, containing
from ....queries import sales
from ....queries.key_accounts import key_accounts
from ....record import UNCLASSIFIED, Card, Cards, Exhibit, Figure, Heading, Prose, Spark, Table, Text
from ...context import Context
from .sales_common import DIMENSIONS, grown, not_enough, not_provided, parts, share_of_largest

REQUIREMENTS = ("D-13",)
IDS = ("customers_text", "customers_cards", "customers_table")
DAYS_OF_YEAR = 365
FEW = (5, 10)


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, cards, table of the largest key customers."""
    heading = Heading(id="customers_heading", title=Text("customers.heading"))
    absent = ctx.mart.missing("orders.account_id")
    unknown = ctx.mart.missing("accounts.tier", "accounts.is_strategic")
    if absent or len(unknown) == 2:
        return heading, *not_provided(IDS, "customers.heading", "D-13", (*absent, *unknown))
    accounts = parts(ctx, DIMENSIONS["account"], ctx.current, ctx.year_ago).drop(UNCLASSIFIED, errors="ignore")
    total = sales.totals(ctx.mart, ctx.current.window).sales
    accounts["share"] = accounts["sales"] / total if total > 0 else None
    keys = key_accounts(ctx.mart, ctx.settings.key_tiers).set_index("account_id")
    bought = accounts[accounts.index.isin(keys.index)]
    if bought.empty:
        return heading, *not_enough(IDS, "customers.heading", "D-13", Text("customers.none"))
    sold, share, yoy = _group(ctx, total, bought)
    top = concentration(ctx, accounts, total)
    values = {"n": str(int((bought["orders"] > 0).sum())), "sales": sold, "share": share}
    return (
        heading,
        _prose(ctx, values, yoy, top, bought),
        Cards(
            id="customers_cards",
            title=Text("customers.title", values),
            requirements=REQUIREMENTS,
            cards=(
                Card(Text("customers.sales"), sold, (yoy,)),
                Card(Text("customers.share"), share),
                *(Card(Text("customers.top", {"n": str(n)}), figure) for n, figure in zip(FEW, top, strict=True)),
            ),
        ),
        _table(ctx, bought.head(ctx.settings.top_n), keys),
    )


def concentration(ctx: Context, accounts: pd.DataFrame, total: float) -> tuple[Figure, ...]:
    """Shares of the five and the ten largest customers in ``total`` sales."""
    return tuple(share_of_largest(ctx, accounts["sales"].tolist(), n, total, "account") for n in FEW)


def _group(ctx: Context, total: float, bought: pd.DataFrame) -> tuple[Figure, Figure, Figure]:
    where = {"dimension": "customer_group", "member": "key"}
    base = ctx.year_ago
    amount = round(float(bought["sales"].sum()), 2)
    sold = ctx.figure("sales", amount, ctx.current, n=int(bought["orders"].sum()), **where)
    share = ctx.figure(
        "share_mix", ratio(amount, total), ctx.current, numerator=amount, denominator=total, n=len(bought), **where
    )
    before = ctx.figure("sales", float(bought["sales_base"].sum()), base, **where)
    return sold, share, grown(ctx, sold, before, base, "yoy")


def _table(ctx: Context, largest: pd.DataFrame, keys: pd.DataFrame) -> Table:
    has_cost = not ctx.mart.missing("order_lines.cost_amount")
    has_potential = not ctx.mart.missing("accounts.potential_spend")
    courses = _courses(ctx)
    rows = [
        (*_row(ctx, row, keys.loc[member], has_cost, has_potential), courses(member, row.label))
        for member, row in largest.iterrows()
    ]
    header = [
        Text("label.customer"),
        Text("label.tier"),
        Text("metric.sales"),
        Text("metric.share_mix"),
        Text("label.yoy"),
        Text("metric.order_count"),
    ]
    header += [Text("metric.gm_pct")] if has_cost else []
    header += [Text("metric.wallet_share")] if has_potential else []
    header.append(Text("customers.course"))
    absent = ctx.mart.missing("order_lines.cost_amount", "accounts.potential_spend")
    notes = [Text("customers.note_wallet")] if has_potential else []
    notes += [Text("common_sales.note_missing", {"fields": absent})] if absent else []
    return Table(
        id="customers_table",
        title=Text("customers.table", {"n": str(len(rows)), "customer": rows[0][0], "sales": rows[0][2]}),
        requirements=REQUIREMENTS,
        header=tuple(header),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _courses(ctx: Context) -> Callable[[str, str], Spark]:
    """Monthly sales of an account over the last twelve whole months, as far as the data reaches."""
    last = containing("M", ctx.current.window.end, ctx.period.fiscal_start)
    last = last if last.end <= ctx.current.window.end else last.previous()
    months = [month for month in (last.shifted(back) for back in range(-11, 1)) if month.end >= ctx.mart.meta.first_day]
    window = Window(months[0].start, months[-1].end) if months else ctx.current.window
    found = sales.monthly(ctx.mart, window, "account_id").set_index(["account_id", "month"])["sales"]

    def course(account: str, label: str) -> Spark:
        at = {"dimension": "account", "member": label}
        values = [float(found.get((account, pd.Timestamp(month.start)), 0.0)) for month in months]
        return Spark(
            tuple(
                ctx.figure("sales", value, ctx.span(month), **at) for value, month in zip(values, months, strict=True)
            )
        )

    return course


def _row(ctx: Context, row: pd.Series, key: pd.Series, has_cost: bool, has_potential: bool) -> tuple:
    where = {"dimension": "account", "member": row.label}
    base = ctx.year_ago
    now = ctx.figure("sales", row.sales, ctx.current, n=int(row.orders), **where)
    yoy = grown(ctx, now, ctx.figure("sales", row.sales_base, base, **where), base, "yoy")
    total = ctx.figure("share_mix", row.share, ctx.current, **where)
    cells = [row.label, key["tier"] or UNCLASSIFIED, now, total, yoy]
    cells.append(ctx.figure("order_count", int(row.orders), ctx.current, n=int(row.orders), **where))
    if has_cost:
        margin = ratio(row.costed_sales - row.cost, row.costed_sales)
        part = ratio(row.costed_sales, row.sales)
        partly = () if part is None or part > 0.9995 else (f"coverage={part:.2f}",)
        flags = partly if margin is not None else ("small_n",)
        cells.append(ctx.figure("gm_pct", margin, ctx.current, denominator=row.costed_sales, flags=flags, **where))
    if has_potential:
        potential = key["potential_spend"]
        scaled = None if pd.isna(potential) else float(potential) * ctx.current.window.days / DAYS_OF_YEAR
        wallet = ratio(row.sales, scaled)
        flags = () if wallet is not None else ("small_n",)
        cells.append(
            ctx.figure(
                "wallet_share", wallet, ctx.current, numerator=row.sales, denominator=scaled, flags=flags, **where
            )
        )
    return tuple(cells)


def _prose(ctx: Context, values: dict, yoy: Figure, top: tuple[Figure, ...], bought: pd.DataFrame) -> Prose:
    sentences = [Text("customers.sentence", values)]
    if yoy.value is not None:
        sentences.append(Text(f"customers.sentence_{'up' if yoy.value >= 0 else 'down'}", {"yoy": yoy}))
        fallen = bought[(bought["sales_base"] > 0)].assign(moved=lambda f: f["sales"] - f["sales_base"])
        worst = fallen.sort_values("moved", kind="stable").head(1)
        if len(worst) and worst["moved"].iloc[0] < 0:
            row = worst.iloc[0]
            lost = ctx.figure("sales_change", cents(row.moved), ctx.current, dimension="account", member=row.label)
            sentences.append(Text("customers.sentence_lost", {"customer": row.label, "lost": lost}))
    sentences.append(Text("customers.sentence_top", {"five": top[0], "ten": top[1]}))
    return Prose(id="customers_text", title=Text("empty"), requirements=REQUIREMENTS, sentences=tuple(sentences))
