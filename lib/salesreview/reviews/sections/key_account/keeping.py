"""Whether strategic accounts stay, renew, buy again and buy more (requirements K-09 … K-11)."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ....metrics import strategic as metrics
from ....metrics.growth import ratio
from ....metrics.retention import Renewals, revenue_retention
from ....queries import account_relations, retention
from ....queries import strategic as queries
from ....queries.key_accounts import strategic_accounts
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, Prose, Series, Text
from ...context import Context, Span, change
from ..cases import base_span
from ..finding import few
from ..indicators.renewals import NEEDS
from ..indicators.retention import Base, has_opening
from . import strategic

IDS = (
    ("strategic_keep_text", "strategic_keep.heading", ("K-09", "K-10", "K-11", "D-52")),
    ("strategic_keep_cards", "strategic_keep.heading", ("K-09", "K-10", "K-11")),
    ("strategic_nrr_bridge", "strategic_keep.bridge_title", ("K-11",)),
    ("strategic_expansion", "strategic_keep.expansion_title", ("K-11",)),
)
BRIDGE = ("start", "expanded", "contracted", "churned", "joined", "end")


@dataclass(frozen=True)
class Kept:
    """The accounts that were strategic at the opening of a span, and how they fared in it."""

    ctx: Context
    span: Span

    @cached_property
    def ids(self) -> set[str]:
        return set(strategic_accounts(self.ctx.mart, retention.opening_day(self.span.window))["account_id"])

    def _mine(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["account_id"].isin(self.ids)]

    def _rate(self, name: str, top: float, bottom: float, flags: tuple[str, ...] = ()) -> Figure:
        flags = (*few(self.ctx, bottom), *flags)
        rest = {"numerator": top, "denominator": bottom, "n": int(bottom), "flags": flags}
        return self.ctx.figure(name, ratio(top, bottom), self.span, **rest, **strategic.SCOPE)

    @cached_property
    def base(self) -> Base:
        return Base(self.ctx, self.span)

    def retention(self) -> Figure:
        before = self._mine(self.base.before)
        return self.base.rates(before, **strategic.SCOPE)[0]

    def lost(self) -> pd.DataFrame:
        """Accounts lost in the span, largest prior sales first (`retention.Base.lost`)."""
        return self._mine(self.base.lost)

    def renewal(self) -> Figure:
        due = self._mine(retention.due_by_account(self.ctx.mart, self.ctx.settings, self.span.window))
        found = Renewals(*(float(due[name].sum()) for name in ("due", "renewed", "pending")))
        return self._rate("renewal_rate", found.renewed, found.decided)

    def repurchase(self) -> Figure:
        found = self._mine(retention.repurchase_by_account(self.ctx.mart, self.span.window))
        return self._rate("repurchase_rate", int(found["has_ordered"].sum()), len(found))

    @cached_property
    def expansion(self) -> metrics.Expansion:
        found = self._mine(queries.expansion(self.ctx.mart, self.span.window))
        return metrics.expansion(found[["sales", "base", "is_new"]].itertuples(index=False))

    def expansion_rate(self) -> Figure:
        found = self.expansion
        rest = {"numerator": found.amount, "denominator": found.base, "n": len(self.ids)}
        return self.ctx.figure("expansion_rate", found.rate, self.span, **rest, **strategic.SCOPE)

    @cached_property
    def _values(self) -> list[tuple[float, float]]:
        live = self._mine(retention.recurring(self.ctx.mart, self.ctx.settings, self.span.window))
        return list(zip(live["at_opening"], live["at_closing"], strict=True))

    def nrr(self) -> tuple[Figure, Figure]:
        """(net, gross) revenue retention in scope (D-33)."""
        found = revenue_retention(self._values)
        n = sum(before > 0 for before, _ in self._values)
        left = found.start - found.churned - found.contracted
        rest = {"denominator": found.start, "n": n}
        return (
            self.ctx.figure("nrr", found.net, self.span, numerator=found.end, **rest, **strategic.SCOPE),
            self.ctx.figure("grr", found.gross, self.span, numerator=left, **rest, **strategic.SCOPE),
        )

    @cached_property
    def bridge(self) -> metrics.RevenueBridge:
        return metrics.revenue_bridge(self._values)


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, cards, bridge of recurring value, expansion split."""
    heading = Heading(id="strategic_keep_heading", title=Text("strategic_keep.heading"))
    absent = strategic.missing(ctx, "orders.account_id")
    if absent:
        return heading, *strategic.not_provided(IDS, absent)
    kept = Kept(ctx, ctx.current)
    if not kept.ids or not has_opening(ctx, ctx.current):
        return heading, *strategic.not_enough(IDS, Text("strategic_keep.nobody"))
    before = base_span(ctx, ctx.year_ago)
    then = Kept(ctx, before) if before and has_opening(ctx, before) else None
    return heading, _prose(ctx, kept, then), _cards(ctx, kept, then), _bridge(ctx, kept), _expansion(ctx, kept)


def touch_depth(ctx: Context, span: Span) -> Figure:
    """Contacts with a two-way contact in the span per strategic account at its end."""
    ids = set(strategic.accounts(ctx, span)["account_id"])
    found = account_relations.touches(ctx.mart, span.window)
    people = found.loc[found["account_id"].isin(ids), "contact_id"].dropna().nunique() if len(found) else 0
    rest = {"numerator": people, "denominator": len(ids), "n": len(ids)}
    return ctx.figure("touch_depth", ratio(people, len(ids)), span, **rest, **strategic.SCOPE)


def _counted(figure: Figure) -> Text:
    """A rate of few records as a/b, because 17 of 18 says more than 94.4 % (X-SMALL)."""
    if figure.value is None:
        return Text("strategic_keep.none_due")
    counts = {"a": str(int(figure.numerator)), "b": str(int(figure.denominator))}
    return Text("strategic_keep.counted", {"rate": figure, **counts})


def _cards(ctx: Context, kept: Kept, then: Kept | None) -> Cards:
    def card(name: str, now: Figure, before: Figure | None, counted: bool = True) -> Card:
        counts = {"a": str(int(now.numerator or 0)), "b": str(int(now.denominator or 0))}
        label = Text("strategic_keep.label_counted", {"name": Text(name), **counts}) if counted else Text(name)
        return Card(label, now, (change(now, before, "yoy"),))

    cards = [
        card("metric.retention", kept.retention(), then and then.retention()),
        card("metric.repurchase_rate", kept.repurchase(), then and then.repurchase()),
        card("metric.expansion_rate", kept.expansion_rate(), then and then.expansion_rate(), counted=False),
    ]
    if not ctx.mart.missing(*NEEDS):
        cards.insert(1, card("metric.renewal_rate", kept.renewal(), then and then.renewal()))
        for place, name in enumerate(("nrr", "grr")):
            before = then.nrr()[place] if then else None
            cards.append(card(f"metric.{name}", kept.nrr()[place], before, counted=False))
    name, _, codes = IDS[1]
    title = Text("strategic_keep.title", {"kept": _counted(kept.retention())})
    return Cards(
        id=name, title=title, requirements=codes, cards=tuple(cards), notes=(Text("strategic_keep.note_scope"),)
    )


def _prose(ctx: Context, kept: Kept, then: Kept | None) -> Prose:
    sentences = [Text("strategic_keep.sentence", {"kept": _counted(kept.retention())})]
    lost = kept.lost()
    if len(lost):
        amount = ctx.figure("lost_sales", float(lost["prior_sales"].sum()), ctx.current, n=len(lost), **strategic.SCOPE)
        values = {"names": tuple(lost["account"].head(3)), "amount": amount}
        sentences.append(Text("strategic_keep.sentence_lost", values))
    if not ctx.mart.missing(*NEEDS):
        renewal, net = kept.renewal(), kept.nrr()[0]
        if renewal.value is not None:
            sentences.append(Text("strategic_keep.sentence_renewal", {"renewal": _counted(renewal)}))
        if net.value is not None:
            case = "grown" if net.value >= 1 else "shrunk"
            sentences.append(Text(f"strategic_keep.sentence_nrr_{case}", {"nrr": net, "grr": kept.nrr()[1]}))
    else:
        sentences.append(Text("strategic_keep.sentence_no_contracts"))
    again = kept.repurchase()
    if again.value is not None:
        sentences.append(Text("strategic_keep.sentence_again", {"again": _counted(again)}))
    if not ctx.mart.missing("activities.contact_id"):
        depth = touch_depth(ctx, ctx.current)
        if depth.value is not None and ctx.covers(ctx.year_ago) and touch_depth(ctx, ctx.year_ago).value is not None:
            values = {"depth": depth, "before": touch_depth(ctx, ctx.year_ago)}
            sentences.append(Text("strategic_keep.sentence_depth", values))
    sentences.append(Text("strategic_keep.sentence_small")) if "small_n" in kept.retention().flags else None
    return Prose(id=IDS[0][0], title=Text("empty"), requirements=IDS[0][2], sentences=tuple(sentences))


def bridge_figures(ctx: Context, kept: Kept) -> dict[str, Figure]:
    """The bars of the bridge in whole cents; losses are negative (`metrics.strategic.RevenueBridge`)."""
    signs = {"contracted": -1, "churned": -1}
    found = {}
    for name in BRIDGE:
        where = {"dimension": "customer_group×step", "member": f"strategic | {name}"}
        value = signs.get(name, 1) * getattr(kept.bridge, name) + 0.0
        found[name] = ctx.figure("recurring_step", value, ctx.current, **where)
    return found


def _bridge(ctx: Context, kept: Kept) -> Exhibit:
    name, _, codes = IDS[2]
    absent = ctx.mart.missing(*NEEDS)
    if absent:
        return strategic.not_provided((IDS[2],), absent)[0]
    bars = bridge_figures(ctx, kept)
    net, gross = kept.nrr()
    if net.value is None:
        return strategic.not_enough((IDS[2],), Text("strategic_keep.no_recurring"))[0]
    shown = [step for step in BRIDGE if step in ("start", "end") or bars[step].value]
    values = {"nrr": net, "grr": gross, "start": bars["start"], "end": bars["end"]}
    case = "grown" if net.value >= 1 else "shrunk"
    return Chart(
        id=name,
        title=Text(f"strategic_keep.bridge_{case}", {"nrr": net, "grr": gross}),
        requirements=codes,
        form="waterfall",
        categories=tuple(Text(f"strategic_keep.step_{step}") for step in shown),
        series=(Series(Text("metric.recurring_step"), tuple(bars[step] for step in shown)),),
        marks={"totals": (0, -1)},
        summary=Text("strategic_keep.bridge_alt", values),
        reconciliation=Text("strategic_keep.bridge_adds_up", bars),
        notes=(Text("strategic_keep.note_bridge"),),
    )


def _expansion(ctx: Context, kept: Kept) -> Exhibit:
    """Sales of old strategic accounts: repeat, more of the same, products new to them."""
    name, _, codes = IDS[3]
    found = kept.expansion
    if found.amount + found.repeat <= 0:
        return strategic.not_enough((IDS[3],), Text("strategic_keep.no_sales"))[0]
    figures = []
    for part in ("repeat", "upsell", "cross"):
        where = {"dimension": "customer_group×purchase", "member": f"strategic | {part}"}
        figures.append(ctx.figure("sales", round(getattr(found, part), 2), ctx.current, **where))
    rate = kept.expansion_rate()
    amount = ctx.figure("expansion_amount", round(found.amount, 2), ctx.current, **strategic.SCOPE)
    values = {"amount": amount, "rate": rate}
    case = "expansion" if rate.value is not None else "expansion_no_base"
    return Chart(
        id=name,
        title=Text(f"strategic_keep.{case}", values if rate.value is not None else {"amount": amount}),
        requirements=codes,
        form="barh",
        categories=tuple(Text(f"strategic_keep.purchase_{part}") for part in ("repeat", "upsell", "cross")),
        series=(Series(Text("metric.sales"), tuple(figures)),),
        summary=Text("strategic_keep.expansion_alt", {"amount": amount}),
        notes=(Text("strategic_keep.note_expansion"),),
    )
