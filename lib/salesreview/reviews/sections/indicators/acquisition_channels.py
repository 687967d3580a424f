"""What a new customer costs by channel (D-21). Part of the section acquisition."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ....metrics import acquisition as metrics
from ....queries import acquisition as queries
from ....record import UNCLASSIFIED, Chart, Exhibit, Figure, NotEnough, Series, Table, Text
from ...context import Span, change
from .cac import FULL, Acquisition

CHANNEL = "acquisition_channel"
SUMS = {"acquisition_cost_direct": "direct", "acquisition_cost_shared": "shared", "allocation_leads": "leads"}
EMPTY = pd.DataFrame(columns=["channel", "direct", "shared", "cost", "leads", "customers", "cac"])


@dataclass(frozen=True)
class Channels:
    """Cost and new customers by channel, now and a year ago (empty frames where cost months are missing)."""

    facts: Acquisition

    @cached_property
    def now(self) -> pd.DataFrame:
        return self.of(self.facts.ctx.current)

    @cached_property
    def before(self) -> pd.DataFrame:
        return self.of(self.facts.ctx.year_ago) if "yoy" in self.facts.bases else EMPTY

    def of(self, span: Span) -> pd.DataFrame:
        """`metrics.acquisition.by_channel` of ``span``."""
        window, mart = self.facts.cost_window(span), self.facts.ctx.mart
        if self.facts.covered(window) < FULL:
            return EMPTY
        total = round(sum(self.facts.costs(window)[0].values()), 2)
        direct = {
            str(name): metrics.prorated(part, window)
            for name, part in queries.marketing_by_month(mart, window).groupby("channel", sort=True)
            if name != UNCLASSIFIED
        }
        leads = queries.leads_by_channel(mart, window).set_index("channel")["leads"].to_dict()
        won = queries.new_customers(mart, span.window).set_index("channel")["customers"].to_dict()
        return metrics.by_channel(direct, round(total - sum(direct.values()), 2), leads, won, UNCLASSIFIED)

    def cac(self, row, span: Span) -> Figure:
        ctx = self.facts.ctx
        few = ("small_n",) if row.customers < ctx.settings.minimum_n.mean else ()
        value = None if pd.isna(row.cac) else float(row.cac)
        at = {"dimension": CHANNEL, "member": row.channel, "n": int(row.customers), "flags": few}
        return ctx.figure("cac_channel", value, span, numerator=row.cost, denominator=row.customers, **at)

    @cached_property
    def prior(self) -> dict[str, Figure]:
        """Last year's CAC by channel."""
        return {row.channel: self.cac(row, self.facts.ctx.year_ago) for row in self.before.itertuples()}

    @cached_property
    def solid(self) -> list[Figure]:
        """CAC of the channels with enough new customers, dearest first."""
        found = [self.cac(row, self.facts.ctx.current) for row in self.now.itertuples() if row.channel != UNCLASSIFIED]
        enough = [figure for figure in found if figure.value is not None and "small_n" not in figure.flags]
        return sorted(enough, key=lambda figure: (-figure.value, figure.member))

    @cached_property
    def largest_rise(self) -> dict[str, object] | None:
        """The channel whose own spend rose most in money against last year: its name, spend and change."""
        if self.now.empty or self.before.empty:
            return None
        ctx, before = self.facts.ctx, self.before.set_index("channel")["direct"]
        rises = [(row.direct - before.get(row.channel, 0.0), row.channel, row.direct) for row in self.now.itertuples()]
        rise, name, spend = max(rises, key=lambda item: (item[0], item[1]))
        if rise <= 0 or before.get(name, 0.0) <= 0:
            return None
        at = {"dimension": CHANNEL, "member": name}
        now = ctx.figure("acquisition_cost_direct", spend, ctx.current, **at)
        then = ctx.figure("acquisition_cost_direct", float(before[name]), ctx.year_ago, **at)
        return {"channel": name, "spend": now, "yoy": change(now, then, "yoy")}


def channel_chart(channels: Channels) -> Exhibit:
    """CAC of the channels with enough new customers, beside last year's."""
    box = {"id": "acquisition_channels", "requirements": ("D-21",)}
    solid = channels.solid
    if len(solid) < 2:
        return NotEnough(title=Text("acquisition.channels"), reason=Text("acquisition.few_channels"), **box)
    series = [Series(Text("label.current"), tuple(solid), "actual")]
    if channels.prior:
        prior = tuple(channels.prior.get(figure.member) for figure in solid)
        series.append(Series(Text("label.prior"), prior, "prior"))
    values = {"dear": solid[0].member, "high": solid[0], "cheap": solid[-1].member, "low": solid[-1]}
    return Chart(
        title=Text("acquisition.channels_title", values),
        form="barh",
        categories=tuple(figure.member for figure in solid),
        series=tuple(series),
        axes={"x": Text("acquisition.axis_cac")},
        summary=Text("acquisition.channels_alt", values | {"all": channels.facts.now.headline}),
        notes=(Text("acquisition.note_first_touch"),),
        **box,
    )


def channel_table(channels: Channels) -> Exhibit:
    """Direct and allocated cost, leads, new customers and CAC by channel, adding up to the total."""
    box = {"id": "acquisition_channel_table", "requirements": ("D-21",)}
    if channels.now.empty:
        return NotEnough(title=Text("acquisition.channels"), reason=Text("acquisition.no_cost_months"), **box)
    ctx, now = channels.facts.ctx, channels.facts.now
    sums = {
        name: ctx.figure(name, round(float(channels.now[column].sum()), 2), ctx.current)
        for name, column in SUMS.items()
    }
    direct, shared, leads = sums.values()
    names = (*list(SUMS)[:2], "acquisition_cost", "allocation_leads", "new_customers", "cac_channel", "growth_yoy")
    rise = channels.largest_rise
    split = "acquisition.note_shared_direct" if ctx.mart.missing("leads.source_channel") else "acquisition.note_shared"
    return Table(
        title=Text("acquisition.channel_table_rise", rise) if rise else Text("acquisition.channel_table"),
        header=(Text("label.channel"), *(Text(f"metric.{name}") for name in names)),
        rows=tuple(_row(channels, row) for row in channels.now.itertuples()),
        total=(
            Text("label.total"),
            direct,
            shared,
            now.cost,
            leads,
            now.customers,
            now.headline,
            channels.facts.moved(now.headline),
        ),
        reconciliation=Text("acquisition.reconciled", {"direct": direct, "shared": shared, "total": now.cost}),
        notes=(Text(split), Text("acquisition.note_small")),
        **box,
    )


def _row(channels: Channels, row) -> tuple:
    ctx = channels.facts.ctx
    at = {"dimension": CHANNEL, "member": row.channel}
    cac = channels.cac(row, ctx.current)
    return (
        row.channel,
        ctx.figure("acquisition_cost_direct", row.direct, ctx.current, **at),
        ctx.figure("acquisition_cost_shared", row.shared, ctx.current, **at),
        ctx.figure("acquisition_cost", row.cost, ctx.current, **at),
        ctx.figure("allocation_leads", row.leads, ctx.current, **at),
        ctx.figure("new_customers", row.customers, ctx.current, **at),
        cac,
        change(cac, channels.prior.get(row.channel), "yoy"),
    )
