"""The forecast that a review prints and its record on past periods, as figures."""

from dataclasses import dataclass
from datetime import date
from functools import partial

import pandas as pd

from ....models.backtest import Record, Tried, backtest
from ....models.forecast import Facts, Forecast, Spread, forecast
from ....models.open_deals import with_model
from ....periods import Period
from ....queries import forecast as queries
from ....record import Figure
from ...context import Context, Span
from ..sales.headline import target_book

PART = "part"


@dataclass(frozen=True)
class Outlook:
    """The forecast with the target of its period (None when there is none) and its backtest. ``modelled``: the open
    deals' chances come from the win model rather than from stage rates."""

    forecast: Forecast
    record: Record
    target: Figure
    modelled: bool

    @property
    def span(self) -> Span:
        """The forecast period."""
        return span_of(self.forecast.target)


def span_of(period: Period) -> Span:
    return Span(period.code, period.window)


def target_period(ctx: Context) -> Period:
    """The running review period, else the one after it."""
    return ctx.period if ctx.current.partial else ctx.period.next()


def known(ctx: Context, day: date) -> Facts:
    """What the data knew at the end of ``day``."""
    mart = ctx.mart
    return Facts(
        day,
        mart.meta.first_day,
        queries.sold(mart, day),
        queries.deals(mart, day),
        queries.stays(mart, ctx.settings.funnel, day),
    )


def outlook(ctx: Context) -> Outlook | None:
    """The forecast from what was known at the end of the review period (or at as_of); None without enough past."""
    period, settings = target_period(ctx), ctx.settings.models
    now = known(ctx, ctx.current.window.end)
    how = {"draws": settings.simulations, "seed": settings.seed}
    plain = forecast(now, period, **how)
    if plain is None:
        return None
    eventual = _eventual(ctx) if plain.pipeline else None
    adjust = partial(with_model, eventual=eventual, horizon=(period.end - now.day).days)
    found = plain if eventual is None else forecast(now, period, adjust=adjust, **how)
    goal = target_book(ctx).resolve(period.window)
    flags = ("no_target",) if goal is None else ("derived_target",) if goal.derived else ()
    target = ctx.figure("target", goal.value if goal else None, span_of(period), flags=flags)
    return Outlook(found, backtest(partial(known, ctx), now, period, **how), target, eventual is not None)


def spread_figures(ctx: Context, span: Span, spread: Spread, part: str | None = None) -> dict[str, Figure]:
    """P10, P50 and P90 of the total or of a part."""
    where = {"dimension": PART, "member": part} if part else {}
    return {
        name: ctx.figure(f"forecast_{name}", getattr(spread, name), span, **where) for name in ("p10", "p50", "p90")
    }


def tried_figures(ctx: Context, one: Tried) -> dict[str, Figure]:
    """What was forecast for a past period, by the method and by the naive one, and both errors."""
    span = span_of(one.period)
    gaps = () if one.naive is not None else ("no_base",)
    return spread_figures(ctx, span, one.spread) | {
        "error": ctx.figure("forecast_error", one.error, span),
        "naive": ctx.figure("forecast_naive", one.naive, span, flags=gaps),
        "naive_error": ctx.figure("forecast_naive_error", one.naive_error, span, flags=gaps),
    }


def record_figures(ctx: Context, found: Outlook) -> dict[str, Figure]:
    """Mean error and bias of both ways over the periods that have both, and how many intervals held."""
    record, span = found.record, found.span
    n = len(record.compared)
    at = {"n": n, "flags": ("small_n",) if n < ctx.settings.minimum_n.mean else ()}
    return {
        "mape": ctx.figure("forecast_mape", record.error, span, **at),
        "bias": ctx.figure("forecast_bias", record.bias, span, **at),
        "naive_mape": ctx.figure("forecast_naive_mape", record.naive_error, span, **at),
        "naive_bias": ctx.figure("forecast_naive_bias", record.naive_bias, span, **at),
        "held": ctx.figure("forecast_held", record.held, span, n=len(record.tried)),
    }


def goal_figures(ctx: Context, found: Outlook) -> dict[str, Figure]:
    """Chance of reaching the target and how far it lies above the P50; empty without a target."""
    goal, span, total = found.target.value, found.span, found.forecast.total
    if goal is None:
        return {}
    flags = tuple(flag for flag in found.target.flags if flag == "derived_target")
    stretch = goal / total.p50 - 1 if total.p50 > 0 else None
    draws = len(found.forecast.draws)
    return {
        "chance": ctx.figure("forecast_attain", found.forecast.chance(goal), span, denominator=draws, flags=flags),
        "stretch": ctx.figure(
            "forecast_stretch", stretch, span, numerator=goal, denominator=total.p50,
            flags=flags + (("not_defined",) if stretch is None else ()),
        ),
    }  # fmt: skip


def cover_figures(ctx: Context, found: Outlook) -> dict[str, Figure]:
    """What the open deals have to bring and how much of them that takes; empty without target, amounts or past
    conversion. ``needed`` and ``now`` have no value when the rest alone is expected to reach the target."""
    made, goal = found.forecast, found.target.value
    if goal is None or made.pipeline is None or not made.conversion or made.pipeline.value <= 0:
        return {}
    parts, span = made.parts, found.span
    gap = goal - sum(parts[name].p50 for name in ("booked", "new", "other"))
    missing = () if gap > 0 else ("not_defined",)
    value = made.pipeline.value
    return {
        "gap": ctx.figure("forecast_to_cover", gap, span),
        "conversion": ctx.figure("forecast_conversion", made.conversion, span, n=len(made.past)),
        "needed": ctx.figure("forecast_needed", gap / made.conversion if gap > 0 else None, span, flags=missing),
        "open": ctx.figure("forecast_open_amount", value, span, n=len(made.pipeline.frame)),
        "times_needed": ctx.figure("forecast_cover_needed", 1 / made.conversion, span),
        "times_now": ctx.figure("forecast_cover_now", value / gap if gap > 0 else None, span, flags=missing),
    }


def _eventual(ctx: Context) -> pd.Series | None:
    """By deal the win model's probability of ever being won; None unless the model has signal."""
    win = ctx.models.win
    scores = win.scores
    if win.evaluation.verdict != "signal" or "eventual" not in scores:
        return None
    own = scores[scores["eventual_basis"] == "model"]
    return own.set_index("id")["eventual"] if len(own) else None
