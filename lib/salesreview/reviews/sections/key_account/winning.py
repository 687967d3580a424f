"""Strategic accounts newly won or promoted, what they cost and how long they took (requirements K-05 … K-08)."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ....metrics.growth import ratio
from ....queries import sales
from ....queries import strategic as queries
from ....queries.key_accounts import strategic_accounts
from ....queries.retention import opening_day
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, Prose, Series, Table, Text
from ...context import Context
from ..indicators.cac import Acquisition
from . import strategic

IDS = (
    ("strategic_new_text", "strategic_new.heading", ("K-05", "K-08")),
    ("strategic_new_cards", "strategic_new.heading", ("K-05", "K-08")),
    ("strategic_new_industries", "strategic_new.industries_title", ("K-06",)),
    ("strategic_new_cost", "strategic_new.cost_title", ("K-07",)),
)
COST_FIELDS = ("account_resources.hours", "rep_costs.base")
HOURS_A_MONTH = 21.75 * 8


@dataclass(frozen=True)
class Newcomers:
    """Strategic accounts that joined in the review period: by their first order (won) or by their mark (promoted)."""

    ctx: Context

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """account_id, account, industry, first_order, is_won, sales (of the period); largest sales first."""
        ctx, window = self.ctx, self.ctx.current.window
        found = strategic.accounts(ctx)
        firsts = queries.first_orders(ctx.mart, window.end).set_index("account_id")["first_order"]
        before = set(strategic_accounts(ctx.mart, opening_day(window))["account_id"])
        found["first_order"] = found["account_id"].map(firsts)
        found = found[found["first_order"].notna()]
        found = found.assign(is_won=found["first_order"] >= pd.Timestamp(window.start))
        return found[found["is_won"] | ~found["account_id"].isin(before)].reset_index(drop=True)

    def count(self, is_won: bool) -> Figure:
        n = int((self.accounts["is_won"] == is_won).sum())
        name = "strategic_won" if is_won else "strategic_promoted"
        return self.ctx.figure(name, n, self.ctx.current, n=n)

    @cached_property
    def won(self) -> pd.DataFrame:
        return self.accounts[self.accounts["is_won"]]


def cycle_figures(ctx: Context, won: set[str]) -> tuple[Figure, Figure]:
    """Median days from first contact to first signed contract: strategic accounts newly won, all new customers."""
    found = queries.first_cycles(ctx.mart, ctx.current.window)

    def figure(part: pd.DataFrame, **where) -> Figure:
        n = len(part)
        flags = ("small_n",) if n < ctx.settings.minimum_n.mean else ()
        value = float(part["days"].median()) if n else None
        return ctx.figure("conversion_cycle", value, ctx.current, n=n, flags=flags, **where)

    return figure(found[found["account_id"].isin(won)], **strategic.SCOPE), figure(found)


def cost_figures(ctx: Context, found: Newcomers) -> dict[str, Figure]:
    """Acquisition cost of each newly won account by its id, then ``mean`` and ``median``: direct cost and hours up to
    the month of the first order, hours at the mean cost of an hour of the sales people (K-07)."""
    staff = queries.team_cost(ctx.mart, ctx.current.window).iloc[0]
    hourly = ratio(float(staff["cost"]), float(staff["person_months"]) * HOURS_A_MONTH) or 0.0
    spent = queries.direct_cost(ctx.mart).set_index("account_id")
    figures, values = {}, []
    for row in found.won.itertuples():
        where = {"dimension": "account", "member": row.account}
        value = None
        if row.account_id in spent.index:
            cost = spent.loc[row.account_id]
            value = round(float(cost["direct_cost"]) + float(cost["hours"]) * hourly, 2)
            values.append(value)
        figures[row.account_id] = ctx.figure("account_acquisition_cost", value, ctx.current, **where)
    n = len(values)
    flags = ("small_n",) if n < ctx.settings.minimum_n.mean else ()
    rest = {"n": n, "flags": flags}
    series = pd.Series(values, dtype=float)
    for name, value in (("mean", series.mean()), ("median", series.median())):
        where = {"dimension": "customer_group×statistic", "member": f"strategic | {name}"}
        figures[name] = ctx.figure(
            "account_acquisition_cost", float(value) if n else None, ctx.current, **rest, **where
        )
    return figures


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, cards, industries, cost by account."""
    heading = Heading(id="strategic_new_heading", title=Text("strategic_new.heading"))
    absent = strategic.silent(ctx, IDS, "orders.account_id")
    if absent:
        return heading, *absent
    found = Newcomers(ctx)
    return heading, _prose(ctx, found), _cards(ctx, found), _industries(ctx, found), _cost(ctx, found)


def _cards(ctx: Context, found: Newcomers) -> Cards:
    name, _, codes = IDS[1]
    won, promoted = found.count(True), found.count(False)
    amount = round(float(found.accounts["sales"].sum()), 2)
    where = {"dimension": "customer_group", "member": "strategic_joined"}
    sold = ctx.figure("sales", amount, ctx.current, n=len(found.accounts), **where)
    cards = [
        Card(Text("metric.strategic_won"), won),
        Card(Text("metric.strategic_promoted"), promoted),
        Card(Text("strategic_new.sales"), sold),
    ]
    if not ctx.mart.missing("contracts.signed_at"):
        mine, everyone = cycle_figures(ctx, set(found.won["account_id"]))
        cards.append(Card(Text("strategic_new.cycle"), mine))
        cards.append(Card(Text("strategic_new.cycle_all"), everyone))
    notes = (Text("strategic_new.note_counts"),)
    return Cards(id=name, title=_title(won, promoted), requirements=codes, cards=tuple(cards), notes=notes)


def _title(won: Figure, promoted: Figure) -> Text:
    case = "both" if won.value and promoted.value else "won" if won.value else "promoted" if promoted.value else "none"
    values = {"both": {"won": won, "promoted": promoted}, "won": {"won": won}, "promoted": {"promoted": promoted}}
    return Text(f"strategic_new.title_{case}", values.get(case, {}))


def _prose(ctx: Context, found: Newcomers) -> Prose:
    sentences = []
    if found.accounts.empty:
        sentences.append(Text("strategic_new.sentence_none"))
        years = [ctx.year_ago, ctx.previous]
        sentences += [] if all(ctx.covers(span) for span in years) else [Text("strategic_new.sentence_short")]
    else:
        names = tuple(found.accounts["account"].head(3))
        values = {"won": found.count(True), "promoted": found.count(False), "names": names}
        sentences.append(Text("strategic_new.sentence", values))
    if not ctx.mart.missing("contracts.signed_at"):
        mine, everyone = cycle_figures(ctx, set(found.won["account_id"]))
        if mine.value is not None and everyone.value is not None:
            values = {"mine": mine, "all": everyone, "n": str(mine.n), "m": str(everyone.n)}
            case = "few" if "small_n" in mine.flags else "compared"
            sentences.append(Text(f"strategic_new.sentence_cycle_{case}", values))
        elif everyone.value is not None:
            sentences.append(Text("strategic_new.sentence_cycle_none", {"all": everyone, "m": str(everyone.n)}))
    return Prose(id=IDS[0][0], title=Text("empty"), requirements=IDS[0][2], sentences=tuple(sentences))


def _industries(ctx: Context, found: Newcomers) -> Exhibit:
    """Strategic accounts by industry, those that joined in the period beside them."""
    name, _, codes = IDS[2]
    if ctx.mart.missing("accounts.industry"):
        return strategic.not_provided((IDS[2],), ("accounts.industry",))[0]
    everyone = strategic.accounts(ctx)
    sizes = everyone.groupby("industry").size().sort_index().sort_values(ascending=False, kind="stable")
    joined = found.accounts.groupby("industry").size()

    def series(label: str, counts: pd.Series, group: str, role: str) -> Series:
        figures = []
        for industry in sizes.index:
            n = int(counts.get(industry, 0))
            where = {"dimension": "customer_group×industry", "member": f"{group} | {industry}"}
            figures.append(ctx.figure("strategic_accounts", n, ctx.current, n=n, **where))
        return Series(Text(label), tuple(figures), role)

    stock = series("strategic_new.stock", sizes, "strategic", "actual")
    values = {"industry": sizes.index[0], "count": stock.figures[0], "n": str(len(found.accounts))}
    return Chart(
        id=name,
        title=Text("strategic_new.industries", {"industry": values["industry"], "count": values["count"]}),
        requirements=codes,
        form="barh",
        categories=tuple(sizes.index),
        series=(stock, series("strategic_new.joined", joined, "joined", "prior")),
        summary=Text("strategic_new.industries_alt", values),
    )


def _cost(ctx: Context, found: Newcomers) -> Exhibit:
    name, _, codes = IDS[3]
    absent = ctx.mart.missing(*COST_FIELDS)
    if absent:
        return strategic.not_provided((IDS[3],), absent)[0]
    if found.won.empty:
        return strategic.not_enough((IDS[3],), Text("strategic_new.cost_none"))[0]
    figures = cost_figures(ctx, found)
    if figures["mean"].value is None:
        return strategic.not_enough((IDS[3],), Text("strategic_new.cost_unknown"))[0]
    cac = Acquisition(ctx).now.cac if not ctx.mart.missing("marketing_spend.amount") else None
    sold = sales.by(ctx.mart, ctx.current.window, "account_id").set_index("account_id")["sales"]
    rows = []
    for row in found.won.head(ctx.settings.top_n).itertuples():
        where = {"dimension": "account", "member": row.account}
        amount = ctx.figure("sales", float(sold.get(row.account_id, 0.0)), ctx.current, **where)
        rows.append((row.account, row.industry, row.first_order.date(), amount, figures[row.account_id]))
    if figures["mean"].n > 1:
        rows.append((Text("strategic_new.mean"), None, None, None, figures["mean"]))
        rows.append((Text("strategic_new.median"), None, None, None, figures["median"]))
    if cac is not None and cac.value is not None:
        rows.append((Text("strategic_new.cac"), None, None, None, cac))
    head = ("label.customer", "label.industry", "strategic_new.first_order", "metric.sales")
    return Table(
        id=name,
        title=Text("strategic_new.cost", {"mean": figures["mean"], "n": str(figures["mean"].n)}),
        requirements=codes,
        header=(*(Text(key) for key in head), Text("metric.account_acquisition_cost")),
        rows=tuple(rows),
        notes=(Text("strategic_new.note_cost"),),
    )
