"""Customer retention and churn: who stayed, bought again, renewed, left and why (requirements D-33 … D-37)."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ....metrics.retention import Kept, annualised
from ....queries import retention as queries
from ....record import (
    Card,
    Cards,
    Chart,
    Exhibit,
    Figure,
    Heading,
    NotEnough,
    NotProvided,
    PeriodName,
    Prose,
    Series,
    Table,
    Text,
)
from ...context import Context, Span, change
from ..cases import base_span, past_quarters, rate_movement
from ..finding import few, finding, rate_case
from . import churn, renewals, repurchase
from .repurchase import has_opening, repurchase_figures

FEWEST_QUARTERS = 3


@dataclass(frozen=True)
class Base:
    """The accounts active around one span and the figures that follow from them."""

    ctx: Context
    span: Span

    @cached_property
    def accounts(self) -> pd.DataFrame:
        return queries.base(self.ctx.mart, self.ctx.settings, self.span.window)

    @cached_property
    def before(self) -> pd.DataFrame:
        return self.accounts[self.accounts["is_active_before"]]

    @cached_property
    def lost(self) -> pd.DataFrame:
        """Accounts lost in the span, largest prior sales first."""
        gone = self.before[~self.before["is_active_after"]]
        return gone.sort_values(["prior_sales", "account_id"], ascending=[False, True])

    @property
    def kept(self) -> Kept:
        return _kept(self.before)

    def figure(self, name: str, value: float | None, **rest) -> Figure:
        flags = rest.pop("flags", ()) + provisional(self.ctx, self.span)
        return self.ctx.figure(name, value, self.span, flags=flags, **rest)

    def rates(self, accounts: pd.DataFrame | None = None, **identity) -> tuple[Figure, Figure]:
        """(retention, churn) of the accounts active before, or of some of them."""
        kept = self.kept if accounts is None else _kept(accounts)
        rest = {"denominator": kept.start, "n": int(kept.start), "flags": few(self.ctx, kept.start)} | identity
        return (
            self.figure("retention", kept.retention, numerator=kept.kept, **rest),
            self.figure("churn", kept.churn, numerator=kept.lost, **rest),
        )

    def revenue(self) -> Figure:
        sales, base = float(self.before["sales"].sum()), float(self.before["base_sales"].sum())
        value = sales / base if base > 0 else None
        n = len(self.before)
        return self.figure("revenue_retention", value, numerator=sales, denominator=base, n=n)


def _kept(accounts: pd.DataFrame) -> Kept:
    return Kept(len(accounts), int(accounts["is_active_after"].sum()))


def provisional(ctx: Context, span: Span) -> tuple[str, ...]:
    """Flag of a span whose opening base looks back further than the data, so that it may be too small."""
    since = queries.opening_day(span.window).toordinal() - ctx.settings.activity_window_days
    return ("provisional",) if ctx.mart.meta.first_day.toordinal() > since + 1 else ()


def retention_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Retention of ``span`` (the current one unless given); None without anybody active at its opening (D-35)."""
    return Base(ctx, span or ctx.current).rates()[0]


def key_account_retention(ctx: Context, span: Span | None = None) -> Figure:
    """Retention among strategic accounts and those of ``key_tiers`` at the opening (D-35); dimension key_account."""
    found = Base(ctx, span or ctx.current)
    key = found.before["tier"].isin(ctx.settings.key_tiers) | found.before["is_strategic"].astype(bool)
    return found.rates(found.before[key], dimension="key_account", member="key")[0]


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """The section in reading order; works from orders alone, renewals and reasons stand aside without their data."""
    heading = Heading(id="retention_heading", title=Text("retention.heading"), level=2)
    base = Base(ctx, ctx.current)
    if not has_opening(ctx, ctx.current) or base.kept.start == 0:
        absent = _without_opening()
        return heading, *absent[:4], *renewals.exhibits(ctx), *absent[4:]
    before = base_span(ctx, ctx.year_ago)
    year_ago = Base(ctx, before) if before and has_opening(ctx, before) else None
    return (
        heading,
        _cards(ctx, base, year_ago),
        _prose(ctx, base, year_ago),
        _trend(ctx),
        _segments(ctx, base, year_ago),
        *renewals.exhibits(ctx),
        repurchase.exhibit(ctx),
        churn.cohort_exhibit(ctx),
        *churn.exhibits(ctx, base.lost, base.figure),
    )


def _without_opening() -> tuple[Exhibit, ...]:
    ids = {
        "cards": ("D-35", "D-36"),
        "text": ("D-35", "D-36"),
        "trend": ("D-35",),
        "segments": ("D-36",),
        "repurchase": ("D-34",),
        "cohorts": ("D-34", "D-35"),
        "lost": ("D-36",),
        "reasons": ("D-37",),
        "signals": ("D-37",),
    }
    reason = Text("retention.no_opening")
    return tuple(
        NotEnough(id=f"retention_{name}", title=Text(f"retention.{name}_title"), requirements=codes, reason=reason)
        for name, codes in ids.items()
    )


def _figures(base: Base) -> dict[str, Figure]:
    kept, rest = base.kept, {"n": int(base.kept.start)}
    retention, lost = base.rates()
    return {
        "retention": retention,
        "churn": lost,
        "annual": base.figure("churn_annual", annualised(kept.churn, base.span.window.days), **rest),
        "active": base.figure("active_accounts", kept.start, dimension="balance", member="opening", **rest),
        "lost": base.figure("lost_accounts", kept.lost, **rest),
        "lost_sales": base.figure("lost_sales", float(base.lost["prior_sales"].sum()), n=len(base.lost)),
        "revenue": base.revenue(),
    }


def _cards(ctx: Context, base: Base, year_ago: Base | None) -> Cards:
    now, then = _figures(base), _figures(year_ago) if year_ago else {}
    previous = base_span(ctx, ctx.previous)
    before = Base(ctx, previous) if previous and has_opening(ctx, previous) else None
    seq = dict(zip(("retention", "churn"), before.rates(), strict=True)) if before else {}
    bought_again = repurchase_figures(ctx)[0]
    repurchased = repurchase_figures(ctx, ctx.year_ago)[0] if then else None

    def card(name: str, *comparisons: Figure) -> Card:
        return Card(Text(f"metric.{now[name].metric}"), now[name], comparisons)

    def yoy(name: str) -> Figure:
        return change(now[name], then.get(name), "yoy")

    rate = change(now["retention"], then.get("retention"), "yoy")
    return Cards(
        id="retention_cards",
        title=finding(
            "retention.cards", rate_case(now["retention"], then.get("retention")), rate, rate=now["retention"]
        ),
        requirements=("D-34", "D-35", "D-36"),
        notes=(Text("retention.note_active"),),
        cards=(
            card("retention", rate, change(now["retention"], seq.get("retention"), "seq")),
            card("churn", yoy("churn"), change(now["churn"], seq.get("churn"), "seq")),
            card("lost", yoy("lost")),
            card("lost_sales", yoy("lost_sales")),
            card("revenue", yoy("revenue")),
            Card(Text("metric.repurchase_rate"), bought_again, (change(bought_again, repurchased, "yoy"),)),
        ),
    )


def _prose(ctx: Context, base: Base, year_ago: Base | None) -> Prose:
    now, then = _figures(base), _figures(year_ago) if year_ago else {}
    rate = change(now["churn"], then.get("churn"), "yoy")
    case = rate_case(now["churn"], then.get("churn"))
    sentences = [
        Text("retention.text_base", {name: now[name] for name in ("active", "lost", "churn", "annual")}),
        finding("retention.text_change", case, rate),
    ]
    if len(base.lost):
        top = base.lost.head(3)
        value = float(top["prior_sales"].sum())
        total = now["lost_sales"].value
        share = base.figure(
            "share_mix", value / total if total else None, dimension="lost", member="top_3", numerator=value, n=len(top)
        )
        names = tuple(top["account"])
        sentences.append(Text("retention.text_lost", {"lost_sales": now["lost_sales"], "names": names, "share": share}))
    if now["revenue"].value is not None:
        sentences.append(Text("retention.text_revenue", {"revenue": now["revenue"]}))
    if "provisional" in now["churn"].flags:
        sentences.append(Text("retention.text_provisional"))
    return Prose(id="retention_text", title=Text("empty"), requirements=("D-35", "D-36"), sentences=tuple(sentences))


def _trend(ctx: Context) -> Exhibit:
    """Retention quarter by quarter, as far back as an opening base is complete."""
    spans = [ctx.span(quarter) for quarter in past_quarters(ctx)]
    spans = [span for span in spans if not provisional(ctx, span)]
    fixed = {"id": "retention_trend", "requirements": ("D-35", "D-36")}
    if len(spans) < FEWEST_QUARTERS:
        reason = Text("retention.trend_short")
        return NotEnough(title=Text("retention.trend_title"), reason=reason, **fixed)
    figures = []
    for span in spans:
        kept = Kept(*queries.counts(ctx.mart, ctx.settings, span.window))
        rest = {"numerator": kept.kept, "denominator": kept.start, "n": int(kept.start)}
        figures.append(ctx.figure("retention", kept.retention, span, flags=few(ctx, kept.start), **rest))
    last, lowest = figures[-1], min(figures, key=lambda f: (f.value if f.value is not None else 2, f.period))
    values = {"last": last, "lowest": lowest, "quarter": PeriodName(lowest.period)}
    direction = {"better": "up", "worse": "down"}.get(rate_movement(last, figures[0]), "flat")
    return Chart(
        title=Text(f"retention.trend_{direction}", {"last": last, "first": figures[0]}),
        form="line",
        categories=tuple(PeriodName(span.code) for span in spans),
        series=(Series(Text("metric.retention"), tuple(figures)),),
        axes={"y": Text("metric.retention")},
        summary=Text("retention.trend_alt", values),
        **fixed,
    )


def _segments(ctx: Context, base: Base, year_ago: Base | None) -> Exhibit:
    """Retention and churn by tier and by customer type, members by size of the opening base."""
    fixed = {"id": "retention_segments", "requirements": ("D-35", "D-36")}
    missing = ctx.mart.missing("accounts.tier", "accounts.customer_type")
    title = Text("retention.segments_title")
    if len(missing) == 2:
        return NotProvided(title=title, missing=missing, **fixed)
    rows = []
    for dimension in (name for name in ("tier", "customer_type") if f"accounts.{name}" not in missing):
        sizes = base.before.groupby(dimension).size().sort_index().sort_values(ascending=False, kind="stable")
        for member in sizes.index:
            identity = {"dimension": dimension, "member": member}
            _, now = base.rates(base.before[base.before[dimension] == member], **identity)
            then = None
            if year_ago:
                then = year_ago.rates(year_ago.before[year_ago.before[dimension] == member], **identity)[1]
            gone = base.lost[base.lost[dimension] == member]
            count = base.figure("lost_accounts", len(gone), n=int(sizes[member]), **identity)
            sales = base.figure("lost_sales", float(gone["prior_sales"].sum()), n=len(gone), **identity)
            balance = {"dimension": f"{dimension}×balance", "member": f"{member} | opening"}
            opening = base.figure("active_accounts", int(sizes[member]), **balance)
            rows.append((member, opening, count, now, change(now, then, "yoy"), sales))
    shown = [row for row in rows if "small_n" not in row[3].flags and row[3].dimension == "tier"]
    worst = max(shown, key=lambda row: (row[3].value or 0, row[0])) if len(shown) > 1 else None
    if worst and worst[3].value:
        title = Text("retention.segments_worst", {"member": worst[0], "churn": worst[3], "all": base.rates()[1]})
    labels = ("segment", "opening", "lost", "churn", "churn_change", "lost_sales")
    return Table(
        title=title,
        header=tuple(Text(f"retention.column_{name}") for name in labels),
        rows=tuple(rows),
        notes=(Text("retention.note_segments"),),
        **fixed,
    )
