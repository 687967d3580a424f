"""Customers by recency, frequency and money: tiers, migration, who is in them (requirements S1-16 … S1-25)."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from ....metrics import rfm
from ....metrics.growth import ratio
from ....periods import Window
from ....queries import rfm as queries
from ....record import Chart, Exhibit, Figure, Heading, Prose, Series, Table, Text
from ...context import Context
from ..finding import few
from . import tier_lists
from .boxes import absent, too_few
from .tier_lists import SILENT

TIERS = ("S1-16", "S1-25")
BOXES = {
    "tiers_text": TIERS,
    "tiers_table": ("S1-16", "S1-17", "S1-19", "S1-21", "S1-23", "S1-25"),
    "tiers_migration": ("S1-16",),
} | tier_lists.BOXES
NEW = "new"


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, tier table, migration since the opening, the leading customers of each tier."""
    heading = Heading(id="tiers_heading", title=Text("tiers.heading"))
    fields = ctx.mart.missing("orders.account_id")
    if fields:
        return heading, *absent(BOXES, Text("tiers.heading"), fields)
    now = Tiers(ctx, ctx.current.window.end).placed
    if len(now) < ctx.settings.minimum_n.rate:
        return heading, *too_few(BOXES, Text("tiers.heading"), Text("tiers.few", {"n": str(len(now))}))
    then = Tiers(ctx, ctx.current.window.start - timedelta(days=1)).placed
    facts = Facts(ctx, now, then)
    return heading, _text(facts), _table(facts), _migration(facts), *tier_lists.lists(ctx, now)


@dataclass(frozen=True)
class Tiers:
    """The tiers of all customers on one day."""

    ctx: Context
    day: date

    @property
    def placed(self) -> pd.DataFrame:
        """As `queries.rfm.customers` with monthly (orders a month), money (percentile 0-1), tier, exact; by id."""
        found = queries.customers(self.ctx.mart, self.day)
        monthly = [rfm.monthly_orders(row.orders, row.tenure) for row in found.itertuples()]
        found = found.assign(monthly=monthly, money=rfm.percentiles(found["sales"].tolist()))
        rules = _rules(self.ctx)
        placed = [rfm.place(row.days, row.monthly, row.money, rules) for row in found.itertuples()]
        return found.assign(tier=[one.tier for one in placed], exact=[one.exact for one in placed])


def _rules(ctx: Context) -> rfm.Rules:
    limits = ctx.settings.customer_tiers
    return rfm.Rules(
        high_days=limits.high_days,
        high_orders=limits.high_orders,
        high_money=limits.high_money,
        potential_days=limits.potential_days,
        potential_orders=limits.potential_orders,
        dormant_days=limits.dormant_days,
        dormant_orders=limits.dormant_orders,
        low_days=limits.low_days,
        low_orders=limits.low_orders,
        low_money=limits.low_money,
    )


@dataclass(frozen=True)
class Facts:
    """Customers with their tiers at the end of the period and at its opening."""

    ctx: Context
    now: pd.DataFrame
    then: pd.DataFrame

    @property
    def looks_back(self) -> bool:
        """Whether the data holds the whole of the twelve months before the last twelve."""
        end = self.ctx.current.window.end
        first = Window(end, end).years_back().years_back().end + timedelta(days=1)
        return self.ctx.mart.meta.first_day.replace(day=1) <= first

    def of(self, tier: str | None) -> pd.DataFrame:
        return self.now if tier is None else self.now[self.now["tier"] == tier]

    def figure(self, name: str, value: float | None, tier: str | None, **rest) -> Figure:
        where = {"dimension": "rfm_tier", "member": tier} if tier else {"dimension": "rfm_tier", "member": "total"}
        return self.ctx.figure(name, value, self.ctx.current, **where, **rest)

    def count(self, tier: str | None) -> Figure:
        return self.figure("tier_accounts", len(self.of(tier)), tier, n=len(self.of(tier)))

    def share(self, tier: str | None) -> Figure:
        n, whole = len(self.of(tier)), len(self.now)
        return self.figure("tier_share", ratio(n, whole), tier, numerator=n, denominator=whole, n=whole)

    def sales(self, tier: str | None) -> Figure:
        return self.figure("tier_sales", float(self.of(tier)["sales"].sum()), tier, n=len(self.of(tier)))

    def sales_share(self, tier: str | None) -> Figure:
        part, whole = float(self.of(tier)["sales"].sum()), float(self.now["sales"].sum())
        return self.figure("tier_sales_share", ratio(part, whole), tier, numerator=part, denominator=whole)

    def margin(self, tier: str | None) -> Figure:
        rows = self.of(tier)
        costed, cost = float(rows["costed"].sum()), float(rows["cost"].sum())
        covered = ratio(costed, float(rows["sales"].sum()))
        flags = () if covered is None or covered >= 0.995 else (f"coverage={covered:.2f}",)
        return self.figure("tier_margin", ratio(costed - cost, costed), tier, denominator=costed, flags=flags)

    def growth(self, tier: str | None) -> Figure:
        rows = self.of(tier)
        sales, before = float(rows["sales"].sum()), float(rows["before"].sum())
        value = sales / before - 1 if before > 0 and self.looks_back else None
        return self.figure("tier_growth", value, tier, numerator=sales, denominator=before)

    def exact(self, tier: str | None) -> Figure:
        rows = self.of(tier)
        hits = int(rows["exact"].sum())
        rest = {"numerator": hits, "denominator": len(rows), "n": len(rows), "flags": few(self.ctx, len(rows))}
        return self.figure("tier_exact", ratio(hits, len(rows)), tier, **rest)

    def change(self, tier: str) -> Figure:
        before = int((self.then["tier"] == tier).sum())
        value = len(self.of(tier)) - before
        return self.figure("tier_change", value, tier, numerator=len(self.of(tier)), denominator=before)


def _table(facts: Facts) -> Table:
    costs = not facts.ctx.mart.missing("order_lines.cost_amount")
    past = len(facts.then) > 0
    grown = facts.growth(None).value is not None

    def row(tier: str | None, name: object) -> tuple:
        cells = [name, facts.count(tier), facts.share(tier)]
        cells += [facts.change(tier) if tier else None] if past else []
        cells += [facts.sales(tier), facts.sales_share(tier), *([facts.growth(tier)] if grown else [])]
        cells += [facts.margin(tier)] if costs else []
        return *cells, facts.exact(tier)

    columns = ["tier", "accounts", "share"] + (["change"] if past else [])
    columns += ["sales", "sales_share"] + (["growth"] if grown else []) + (["margin"] if costs else []) + ["exact"]
    high = facts.of("高价值")
    values = {"n": facts.count("高价值"), "share": facts.share("高价值"), "sales": facts.sales_share("高价值")}
    return Table(
        id="tiers_table",
        title=Text("tiers.title", values) if len(high) else Text("tiers.title_none"),
        requirements=BOXES["tiers_table"],
        header=tuple(Text(f"tiers.column_{name}") for name in columns),
        rows=tuple(row(tier, tier) for tier in rfm.TIERS if len(facts.of(tier))),
        total=row(None, Text("label.total")),
        notes=(Text("tiers.note_rules"), *((Text("tiers.note_growth"),) if grown else ())),
    )


def moves(facts: Facts) -> pd.DataFrame:
    """Customers by tier at the opening (rows; `NEW` for those without an order then) and at the end (columns)."""
    joined = facts.now.set_index("account_id")["tier"].to_frame("now")
    joined["then"] = facts.then.set_index("account_id")["tier"].reindex(joined.index).fillna(NEW)
    counts = pd.crosstab(joined["then"], joined["now"])
    return counts.reindex(index=(*rfm.TIERS, NEW), columns=rfm.TIERS, fill_value=0)


def _migration(facts: Facts) -> Exhibit:
    ctx, box = facts.ctx, {"id": "tiers_migration", "requirements": BOXES["tiers_migration"]}
    if facts.then.empty:
        return too_few({box["id"]: box["requirements"]}, Text("tiers.migration"), Text("tiers.migration_none"))[0]
    table = moves(facts)
    rows = [name for name in table.index if table.loc[name].sum() > 0]

    def cell(before: str, after: str) -> Figure:
        n = int(table.loc[before, after])
        where = {"dimension": "rfm_tier_before×rfm_tier", "member": f"{before} | {after}"}
        return ctx.figure("tier_accounts", n, ctx.current, n=n, **where)

    fell, rose = (_moved(facts, table, name) for name in ("silent", "back"))
    return Chart(
        title=Text("tiers.migration_title", {"fell": fell, "rose": rose}),
        form="heatmap",
        categories=rfm.TIERS,
        series=tuple(Series(_named(name), tuple(cell(name, after) for after in rfm.TIERS), "part") for name in rows),
        axes={"x": Text("tiers.axis_now"), "y": Text("tiers.axis_then")},
        summary=Text("tiers.migration_alt", {"fell": fell, "rose": rose, "n": str(len(facts.now))}),
        notes=(Text("tiers.note_migration"),),
        **box,
    )


def _named(name: str) -> object:
    return Text("tiers.new") if name == NEW else name


def _moved(facts: Facts, table: pd.DataFrame, way: str) -> Figure:
    """Customers that fell silent (from 高价值 or 潜力 to 休眠 or 低价值), or came back from there."""
    awake = [tier for tier in rfm.TIERS if tier not in SILENT]
    here, there = (awake, list(SILENT)) if way == "silent" else (list(SILENT), awake)
    n = int(table.loc[here, there].to_numpy().sum())
    return facts.ctx.figure("tier_accounts", n, facts.ctx.current, dimension="rfm_move", member=way, n=n)


def _text(facts: Facts) -> Prose:
    values = {"n": str(len(facts.now)), "high": facts.count("高价值"), "share": facts.sales_share("高价值")}
    sentences = (
        [Text("tiers.sentence", values)]
        if len(facts.of("高价值"))
        else [Text("tiers.sentence_no_high", {"n": values["n"]})]
    )
    silent = facts.now[facts.now["tier"].isin(SILENT)]
    share = facts.figure(
        "tier_share", ratio(len(silent), len(facts.now)), "silent", numerator=len(silent), denominator=len(facts.now),
        n=len(facts.now),
    )  # fmt: skip
    gone = facts.figure("tier_sales_before", float(silent["before"].sum()), "silent", n=len(silent))
    if silent.empty:
        sentences.append(Text("tiers.sentence_none_silent"))
    elif gone.value and facts.looks_back:
        sentences.append(Text("tiers.sentence_silent", {"share": share, "before": gone, "n": str(len(silent))}))
    else:
        sentences.append(Text("tiers.sentence_silent_short", {"share": share, "n": str(len(silent))}))
    if len(facts.then):
        table = moves(facts)
        fell, rose = _moved(facts, table, "silent"), _moved(facts, table, "back")
        case = "more" if fell.value > rose.value else "fewer" if fell.value < rose.value else "equal"
        sentences.append(Text(f"tiers.sentence_moves_{case}", {"fell": fell, "rose": rose}))
    exact = facts.exact(None)
    if exact.value is not None:
        sentences.append(Text("tiers.sentence_exact", {"exact": exact}))
    return Prose(id="tiers_text", title=Text("empty"), requirements=TIERS, sentences=tuple(sentences))
