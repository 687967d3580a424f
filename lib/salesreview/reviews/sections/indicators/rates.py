"""The conversion rates of the funnel as figures, each with its interval and counts. Part of the funnel section."""

from datetime import date

import pandas as pd

from ....metrics.comparison import wilson
from ....metrics.funnel import Conversion, conversion, ratio
from ....queries import funnel as queries
from ....record import Figure
from ....settings import Funnel
from ...context import Context, Span
from ..cases import seen_until

CHANNEL = "source_channel"
UNDECIDED = 0.25
"""Share of undecided opportunities from which a rate is provisional: progress shows sooner than a loss."""

NEEDS = {
    "lead_conv": ("leads.received_at",),
    "demo_conv": ("stage_history.stage",),
    "quote_conv": ("quotes.opp_id",),
    "sign_conv": ("stage_history.stage",),
    "win_rate": ("opportunities.outcome", "opportunities.closed_at"),
}
"""Rates in the order of the funnel, and the fields that each cannot do without."""

BASES = {"demo_conv": "demo", "quote_conv": "quote"}


def usable(ctx: Context) -> Funnel:
    """The funnel of the settings without the stages that the data cannot show.

    Without stage history a stage stays only when quotes or demo activities tell of it.
    """
    stages = ctx.settings.funnel.stages
    if ctx.mart.missing("stage_history.stage"):
        told = {"quote": "quotes.opp_id", "demo": "activities.opp_id"}
        stages = {
            key: names
            for key, names in stages.items()
            if key in queries.ENDS or (key in told and not ctx.mart.missing(told[key]))
        }
    return Funnel(stages=stages)


def available(ctx: Context) -> tuple[str, ...]:
    """The rates for which there is data, in order."""
    keys = queries.steps(usable(ctx))
    found = [name for name, fields in NEEDS.items() if not ctx.mart.missing(*fields)]
    return tuple(name for name in found if BASES.get(name, "signed") in keys)


def win_rate_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Won / (won + lost) of the deals closed in ``span`` (registry key win_rate); None when none was closed."""
    span = span or ctx.current
    return _win_rate(ctx, queries.closed(ctx.mart, span.window), span)


def win_rate_value_figure(ctx: Context, span: Span | None = None) -> Figure:
    """The win rate weighted by amount; None with flag coverage when under half of the lost deals have an amount."""
    span = span or ctx.current
    closed = queries.closed(ctx.mart, span.window)
    sums = closed[["won", "lost", "won_amount", "lost_amount", "priced_won", "priced_lost"]].sum()
    n = int(sums["won"] + sums["lost"])
    priced = ratio(float(sums["priced_won"] + sums["priced_lost"]), n)
    lost_priced = ratio(float(sums["priced_lost"]), float(sums["lost"]))
    told = lost_priced is None or lost_priced >= 0.5
    won, whole = float(sums["won_amount"]), float(sums["won_amount"] + sums["lost_amount"])
    flags = _small(ctx, n) + ((f"coverage={priced:.2f}",) if priced is not None and priced < 1 else ())
    value = ratio(won, whole) if told else None
    return ctx.figure("win_rate_value", value, span, numerator=won, denominator=whole, n=n, flags=flags)


def lead_conv_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Leads received in ``span`` that became an opportunity / leads received (registry key lead_conv)."""
    span = span or ctx.current
    return _lead_conv(ctx, _frames(ctx, span, seen_until(ctx, span))[0], span)


def rate_figures(ctx: Context, span: Span | None = None) -> dict[str, Figure]:
    """Every available rate of ``span`` by its registry key, pooled over channels."""
    span = span or ctx.current
    return _rates(ctx, span, *_frames(ctx, span, seen_until(ctx, span)))


def rates_by_channel(ctx: Context) -> dict[str, dict[str, Figure]]:
    """`rate_figures` of the review period for each source channel, most leads and deals first."""
    span = ctx.current
    leads, steps, closed = frames = _frames(ctx, span, seen_until(ctx, span))
    weight = leads.groupby("channel")["n"].sum().add(steps.groupby("channel")["n"].sum(), fill_value=0)
    weight = weight.add(closed.groupby("channel")[["won", "lost"]].sum().sum(axis=1), fill_value=0)
    names = sorted(weight.index, key=lambda name: (-weight[name], name))
    return {
        str(name): _rates(ctx, span, *(f[f["channel"] == name] for f in frames), dimension=CHANNEL, member=str(name))
        for name in names
    }


def rates_by_month(ctx: Context) -> dict[str, dict[str, Figure]]:
    """`rate_figures` of each whole month of the review period that has begun, by period code, all followed to the
    same day: young months have had less time to convert."""
    seen = seen_until(ctx, ctx.current)
    spans = [ctx.span(month) for month in ctx.period.parts("M") if month.start <= ctx.mart.meta.as_of]
    return {span.code: _rates(ctx, span, *_frames(ctx, span, seen)) for span in spans}


def interval_figures(ctx: Context, rate: Figure) -> tuple[Figure, Figure] | None:
    """The ends of a rate's 95 % Wilson interval as figures ``rate_low`` and ``rate_high``; None without records."""
    found = wilson(int(rate.numerator or 0), int(rate.denominator or 0))
    if found is None:
        return None
    at = {"dimension": "rate", "member": rate.metric, "n": rate.n, "flags": rate.flags}
    low = ctx.figure("rate_low", found.low, ctx.current, **at)
    return low, ctx.figure("rate_high", found.high, ctx.current, **at)


def _frames(ctx: Context, span: Span, seen: date) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Leads, opportunities by step and closed deals of ``span`` as they stood on ``seen``."""
    funnel = usable(ctx)
    leads = queries.lead_cohort(ctx.mart, funnel, span.window, seen, seen)
    steps = queries.conversions(ctx.mart, funnel, span.window, seen)
    return leads, steps, queries.closed(ctx.mart, span.window)


def _rates(
    ctx: Context, span: Span, leads: pd.DataFrame, steps: pd.DataFrame, closed: pd.DataFrame, **member
) -> dict[str, Figure]:
    keys = queries.steps(usable(ctx))
    found = {}
    for name in available(ctx):
        if name == "lead_conv":
            found[name] = _lead_conv(ctx, leads, span, **member)
        elif name == "win_rate":
            found[name] = _win_rate(ctx, closed, span, **member)
        else:
            step = BASES.get(name, keys[-2])
            found[name] = _conversion(ctx, name, conversion(steps, step), span, **member)
    return found


def _lead_conv(ctx: Context, leads: pd.DataFrame, span: Span, **member) -> Figure:
    n = int(leads["n"].sum())
    converted = int(leads.loc[leads["level"] >= 1, "n"].sum())
    at = {"numerator": converted, "denominator": n, "n": n, "flags": _small(ctx, n)}
    return ctx.figure("lead_conv", ratio(converted, n), span, **at, **member)


def _win_rate(ctx: Context, closed: pd.DataFrame, span: Span, **member) -> Figure:
    won, n = int(closed["won"].sum()), int(closed["won"].sum() + closed["lost"].sum())
    at = {"numerator": won, "denominator": n, "n": n, "flags": _small(ctx, n)}
    return ctx.figure("win_rate", ratio(won, n), span, **at, **member)


def _conversion(ctx: Context, name: str, found: Conversion, span: Span, **member) -> Figure:
    at = {"numerator": found.progressed, "denominator": found.decided, "n": found.decided}
    young = found.undecided > UNDECIDED * (found.decided + found.undecided)
    flags = _small(ctx, found.decided) + (("provisional",) if young else ())
    return ctx.figure(name, found.rate, span, **at, flags=flags, **member)


def _small(ctx: Context, n: int) -> tuple[str, ...]:
    return ("small_n",) if n < ctx.settings.minimum_n.rate else ()
