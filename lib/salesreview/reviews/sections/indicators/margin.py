"""Gross margin, its bridge and the contribution of sales (requirement D-40), then the parts of D-41 … D-44."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ....metrics import margin as metrics
from ....metrics.acquisition import month_shares, prorated
from ....metrics.growth import ratio
from ....queries import acquisition as acquisition_queries
from ....queries import margin as queries
from ....queries import sales
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, NotEnough, NotProvided, Prose, Series, Table, Text
from ...context import Context, Span, change
from ..cases import base_span, movement
from ..finding import finding
from . import margin_accounts, margin_lines

COST = "order_lines.cost_amount"
EXPENSE_NEEDS = ("rep_costs.month", "marketing_spend.amount")
MARGIN_TOLERANCE = 0.005
"""Change of a margin rate up to which it counts as unchanged: half a percentage point."""


@dataclass(frozen=True)
class Facts:
    """Sales, cost and direct selling expense of one span."""

    ctx: Context
    span: Span

    @cached_property
    def totals(self) -> sales.Totals:
        return sales.totals(self.ctx.mart, self.span.window)

    @cached_property
    def margin(self) -> metrics.Margin:
        return metrics.Margin(self.totals.sales, self.totals.costed_sales, self.totals.cost)

    @cached_property
    def expenses(self) -> dict[str, float]:
        """Direct selling expense by part, pro-rated to the span by days."""
        window = self.span.window
        staff = queries.staff_cost_by_month(self.ctx.mart, window)
        spend = acquisition_queries.marketing_by_month(self.ctx.mart, window)
        parts = {name: prorated(staff, window, name) for name in queries.STAFF_PARTS}
        return parts | {"marketing": prorated(spend, window)}

    @cached_property
    def months_covered(self) -> float:
        """Share of the span's months for which both people's cost and marketing spend are there."""
        window = self.span.window
        staff = set(queries.staff_cost_by_month(self.ctx.mart, window)["month"].dt.date)
        spend = set(acquisition_queries.marketing_by_month(self.ctx.mart, window)["month"].dt.date)
        months = month_shares(window)
        return sum(share for month, share in months.items() if month in staff & spend) / sum(months.values())

    def figure(self, name: str, value: float | None, **rest) -> Figure:
        return self.ctx.figure(name, value, self.span, **rest)

    @property
    def _covered(self) -> tuple[str, ...]:
        known = self.margin.coverage
        return (f"coverage={known:.2f}",) if known is not None and known < 0.995 else ()

    def rate(self) -> Figure:
        found = self.margin
        rest = {"numerator": found.gross_profit, "denominator": found.covered, "n": self.totals.lines}
        return self.figure("gm_pct", found.rate, flags=self._covered, **rest)

    def profit(self) -> Figure:
        return self.figure("gross_profit", self.margin.gross_profit, n=self.totals.lines, flags=self._covered)

    def expense(self) -> Figure:
        return self.figure("selling_expense", sum(self.expenses.values()), flags=self._booked)

    @property
    def _booked(self) -> tuple[str, ...]:
        return (f"coverage={self.months_covered:.2f}",) if self.months_covered < 0.995 else ()

    def contribution(self) -> tuple[Figure, Figure, Figure]:
        """(contribution, contribution margin, expense ratio)."""
        spent, sold = sum(self.expenses.values()), self.totals.sales
        left = metrics.contribution(self.margin, spent)
        flags = self._covered or self._booked
        return (
            self.figure("contribution", left, flags=flags),
            self.figure("contribution_pct", ratio(left, sold), numerator=left, denominator=sold, flags=flags),
            self.figure("expense_ratio", ratio(spent, sold), numerator=spent, denominator=sold, flags=self._booked),
        )


def gross_margin_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Gross margin of the lines with cost known, flagged with their share of sales where it is not all (D-40)."""
    return Facts(ctx, span or ctx.current).rate()


def gross_profit_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Gross profit of the lines with cost known (D-40)."""
    return Facts(ctx, span or ctx.current).profit()


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """The section in reading order; without any cost every exhibit names the missing field."""
    heading = Heading(id="margin_heading", title=Text("margin.heading"), level=2)
    missing = ctx.mart.missing(COST)
    now = Facts(ctx, ctx.current)
    if missing or now.margin.rate is None:
        absent = _absent(missing)
        return heading, *absent[:-2], margin_accounts.projects(ctx), *absent[-2:]
    base = base_span(ctx, ctx.year_ago)
    year_ago = Facts(ctx, base) if base else None
    return (
        heading,
        _cards(ctx, now, year_ago),
        _prose(ctx, now, year_ago),
        _bridge(ctx, now, year_ago),
        _statement(ctx, now, year_ago),
        *margin_lines.exhibits(ctx),
        margin_accounts.projects(ctx),
        *margin_accounts.exhibits(ctx),
    )


IDS = {
    "cards": ("D-40", "margin.heading"),
    "text": ("D-40", "margin.heading"),
    "bridge": ("D-40", "margin.bridge_title"),
    "statement": ("D-40", "margin.statement_title"),
    "lines": ("D-41", "margin.lines_title"),
    "line_table": ("D-41", "margin.lines_title"),
    "quadrants": ("D-44", "margin.quadrants_title"),
    "scenario": ("D-44", "margin.scenario_title"),
    "whale": ("D-43", "margin.whale_title"),
    "customers": ("D-43", "margin.whale_title"),
}
"""Requirement and title of each exhibit that needs a cost."""


def _absent(missing: tuple[str, ...]) -> tuple[Exhibit, ...]:
    reason = Text("margin.no_cost_in_period")
    boxes = [
        {"id": f"margin_{name}", "title": Text(title), "requirements": (code,)} for name, (code, title) in IDS.items()
    ]
    if missing:
        return tuple(NotProvided(missing=missing, **box) for box in boxes)
    return tuple(NotEnough(reason=reason, **box) for box in boxes)


def _cards(ctx: Context, now: Facts, year_ago: Facts | None) -> Cards:
    previous = base_span(ctx, ctx.previous)
    before = Facts(ctx, previous) if previous else None
    rate, base = now.rate(), year_ago and year_ago.rate()
    yoy = change(rate, base, "yoy")
    cards = [
        Card(Text("metric.gm_pct"), rate, (yoy, change(rate, before and before.rate(), "seq"))),
        Card(Text("metric.gross_profit"), now.profit(), (change(now.profit(), year_ago and year_ago.profit(), "yoy"),)),
    ]
    if not ctx.mart.missing(*EXPENSE_NEEDS):
        then = year_ago.contribution() if year_ago else (None,) * 3
        for figure, old in list(zip(now.contribution(), then, strict=True))[1:]:
            cards.append(Card(Text(f"metric.{figure.metric}"), figure, (change(figure, old, "yoy"),)))
    coverage = now.figure("cost_coverage", now.margin.coverage)
    cards.append(Card(Text("metric.cost_coverage"), coverage))
    return Cards(
        id="margin_cards",
        title=finding("margin.cards", movement(yoy, MARGIN_TOLERANCE), yoy, rate=rate),
        requirements=("D-40",),
        cards=tuple(cards),
        notes=(Text("margin.note_cost", {"coverage": coverage}),),
    )


def _prose(ctx: Context, now: Facts, year_ago: Facts | None) -> Prose:
    rate, profit = now.rate(), now.profit()
    yoy = change(rate, year_ago and year_ago.rate(), "yoy")
    sentences = [
        Text("margin.text_profit", {"profit": profit, "rate": rate}),
        finding("margin.text_change", movement(yoy, MARGIN_TOLERANCE), yoy),
    ]
    if year_ago and year_ago.margin.rate is not None:
        effects = _effect_figures(now, _bridge_of(now, year_ago))
        ranked = sorted(effects.items(), key=lambda item: (-abs(item[1].value), item[0]))
        values = {
            "first": Text(f"margin.effect_{ranked[0][0]}"), "first_value": ranked[0][1],
            "second": Text(f"margin.effect_{ranked[1][0]}"), "second_value": ranked[1][1],
        }  # fmt: skip
        sentences.append(Text("margin.text_bridge", values))
    if not ctx.mart.missing(*EXPENSE_NEEDS):
        left, share, spent = now.contribution()
        sentences.append(Text("margin.text_contribution", {"left": left, "share": share, "spent": spent}))
    if now.margin.coverage is not None and now.margin.coverage < 0.995:
        coverage = now.figure("cost_coverage", now.margin.coverage)
        sentences.append(Text("margin.text_coverage", {"coverage": coverage}))
    return Prose(id="margin_text", title=Text("empty"), requirements=("D-40",), sentences=tuple(sentences))


def _bridge_of(now: Facts, base: Facts) -> metrics.Bridge:
    sides = [queries.costed_products(now.ctx.mart, facts.span.window) for facts in (base, now)]
    products = pd.merge(*sides, on="product_id", how="outer", suffixes=("_0", "_1"))
    return metrics.bridge(products, (base.margin.gross_profit, now.margin.gross_profit))


def _effect_figures(now: Facts, found: metrics.Bridge) -> dict[str, Figure]:
    """Effects that say something: without list prices there is no discount to tell from price."""
    listed = not now.ctx.mart.missing("order_lines.list_price", "order_lines.qty")
    return {
        name: now.figure("gp_effect", value, dimension="effect", member=name)
        for name, value in found.effects.items()
        if listed or name != "discount"
    }


def _bridge(ctx: Context, now: Facts, year_ago: Facts | None) -> Exhibit:
    fixed = {"id": "margin_bridge", "requirements": ("D-40",)}
    if year_ago is None or year_ago.margin.rate is None:
        return NotEnough(title=Text("margin.bridge_title"), reason=Text("margin.no_base"), **fixed)
    found = _bridge_of(now, year_ago)
    effects = _effect_figures(now, found)
    start, end = year_ago.profit(), now.profit()
    largest = max(effects, key=lambda name: (abs(effects[name].value), name))
    difference = now.figure("gp_effect", found.end - found.start, dimension="effect", member="all")
    values = {"effect": Text(f"margin.effect_{largest}"), "value": effects[largest]}
    case = "up" if found.end > found.start else "down"
    categories = (
        Text("margin.bridge_start"),
        *(Text(f"margin.effect_{name}") for name in effects),
        Text("margin.bridge_end"),
    )
    parts = tuple(Text("margin.bridge_part", {"amount": effect}) for effect in effects.values())
    return Chart(
        title=Text(f"margin.bridge_{case}", values | {"change": difference}),
        form="waterfall",
        categories=categories,
        series=(Series(Text("metric.gross_profit"), (start, *effects.values(), end)),),
        axes={"y": Text("metric.gross_profit")},
        marks={"totals": (0, -1)},
        summary=Text("margin.bridge_alt", values | {"start": start, "end": end}),
        reconciliation=Text("margin.bridge_reconciled", {"start": start, "parts": parts, "end": end}),
        notes=(Text("margin.note_bridge"),),
        **fixed,
    )


def _statement(ctx: Context, now: Facts, year_ago: Facts | None) -> Exhibit:
    """From sales to contribution, each as a share of sales and against last year."""
    fixed = {"id": "margin_statement", "requirements": ("D-40",)}
    missing = ctx.mart.missing(*EXPENSE_NEEDS)
    if missing:
        return NotProvided(title=Text("margin.statement_title"), missing=missing, **fixed)
    rows = []
    then = _lines(year_ago) if year_ago else {}
    for name, (label, figure) in _lines(now).items():
        part = ratio(figure.value, now.totals.sales)
        rest = {"dimension": "statement", "member": name, "numerator": figure.value, "denominator": now.totals.sales}
        share = now.figure("share_mix", part, **rest)
        base = then[name][1] if name in then else None
        rows.append((label, figure, share, base, change(figure, base, "yoy")))
    _, rate, spent = now.contribution()
    labels = ("item", "now", "of_sales", "prior", "yoy")
    return Table(
        title=Text("margin.statement_left", {"rate": rate, "spent": spent}),
        header=tuple(Text(f"margin.column_{name}") for name in labels),
        rows=tuple(rows),
        notes=(Text("margin.note_statement"),),
        **fixed,
    )


def _lines(facts: Facts) -> dict[str, tuple[Text, Figure]]:
    found = {
        "sales": (Text("metric.sales"), facts.figure("sales", facts.totals.sales, n=facts.totals.orders)),
        "cost": (Text("metric.cost"), facts.figure("cost", facts.totals.cost)),
        "gross_profit": (Text("metric.gross_profit"), facts.profit()),
    }
    for name, value in facts.expenses.items():
        figure = facts.figure("selling_expense", value, dimension="cost_type", member=name)
        found[name] = (Text(f"margin.expense_{name}"), figure)
    found["expense"] = (Text("metric.selling_expense"), facts.expense())
    found["contribution"] = (Text("metric.contribution"), facts.contribution()[0])
    return found
