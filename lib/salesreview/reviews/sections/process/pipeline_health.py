"""Stalled deals, coverage and velocity of the open pipeline (requirement S2-43). Part of pipeline_flow."""

from datetime import timedelta

import pandas as pd

from ....metrics.funnel import ratio
from ....metrics.pipeline import stalled, velocity
from ....periods import Window
from ....queries import pipeline as queries
from ....record import Exhibit, Figure, Table, Text
from ...context import Context, Span, change
from ..cases import base_span
from ..indicators.cycle import median_cycle_figure
from ..indicators.rates import win_rate_figure
from ..indicators.stages import stage_label
from ..sales.headline import target_book
from .slot import Slot, shaky

HEALTH = Slot("pipeline_health", Text("pipeflow.health"), ("S2-43",))
STAGES = Slot("pipeline_stages", Text("pipeflow.stages"), ("S2-43",))


def health_exhibits(ctx: Context, slippage: Figure | None) -> tuple[Exhibit, Exhibit]:
    """Table of the pipeline's health, and open and stalled deals by stage."""
    missing = ctx.mart.missing("stage_history.entered_at")
    if missing:
        return HEALTH.absent(missing), STAGES.absent(missing)
    if len(open_deals(ctx, ctx.current)) < ctx.settings.minimum_n.mean:
        return HEALTH.few(), STAGES.few()
    return _health(ctx, slippage), _stages(ctx)


def open_deals(ctx: Context, span: Span) -> pd.DataFrame:
    """`queries.pipeline.open_stages` at the end of ``span`` with ``stalled`` and the ``chance`` of its stage.

    A deal is stalled when it has been in its stage longer than three quarters of the deals won in the twelve months
    before were; its chance is the share won of the deals that were closed in these months and had reached the stage.
    """
    found = queries.open_stages(ctx.mart, ctx.settings.funnel, span.window.end)
    past = past_stages(ctx, span)
    solid = past[past["n"] >= ctx.settings.minimum_n.rate]
    limits = dict(solid.loc[solid["won"] >= ctx.settings.minimum_n.mean, ["stage", "days_p75"]].to_numpy())
    found["stalled"] = stalled(found, limits).astype(bool)
    found["chance"] = found["stage"].map(dict(zip(solid["stage"], solid["won"] / solid["n"], strict=True)))
    return found


def past_stages(ctx: Context, span: Span) -> pd.DataFrame:
    """`queries.pipeline.stage_wins` of the twelve months to the end of ``span``."""
    end = span.window.end
    return queries.stage_wins(ctx.mart, ctx.settings.funnel, Window(end - timedelta(days=364), end))


def stalled_figures(ctx: Context, span: Span | None = None) -> dict[str, Figure]:
    """Share (``stalled_rate``) and amount (``stalled_amount``) of the open deals that are stalled."""
    span = span or ctx.current
    found = open_deals(ctx, span)
    slow, n = found[found["stalled"]], len(found)
    at = {"n": n, "flags": shaky(ctx, n)}
    return {
        "stalled_rate": ctx.figure("stalled_rate", ratio(len(slow), n), span, numerator=len(slow), denominator=n, **at),
        "stalled_amount": ctx.figure("stalled_amount", float(slow["amount"].sum()), span, n=len(slow)),
    }


def velocity_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Open deals × win rate × average won amount / median cycle (key velocity)."""
    span = span or ctx.current
    n, amount = queries.won_amount(ctx.mart, span.window)
    rate, cycle = win_rate_figure(ctx, span), median_cycle_figure(ctx, span)
    count = len(open_deals(ctx, span))
    value = velocity(count, rate.value, ratio(amount, n), cycle.value)
    flags = tuple(dict.fromkeys((*rate.flags, *cycle.flags))) or (() if value is not None else ("small_n",))
    return ctx.figure("velocity", value, span, n=count, flags=tuple(f for f in flags if f != "partial"))


def coverage_figure(ctx: Context) -> Figure:
    """Open deals expected in the plan period, weighted by their stage's chance / its target (key coverage_pipe)."""
    plan = ctx.period.next()
    found = open_deals(ctx, ctx.current)
    due = found[found["expected_close"].between(pd.Timestamp(plan.start), pd.Timestamp(plan.end))]
    weighted = float((due["amount"] * due["chance"].astype(float)).sum())
    goal = target_book(ctx).resolve(plan.window)
    flags = ("no_target",) if goal is None else ("derived_target",) if goal.derived else ()
    value = None if goal is None else ratio(weighted, goal.value)
    at = {"numerator": weighted, "denominator": goal.value if goal else None, "n": len(due)}
    return ctx.figure("coverage_pipe", value, ctx.current, flags=flags, **at)


def _health(ctx: Context, slippage: Figure | None) -> Table:
    base = base_span(ctx, ctx.year_ago)
    found = open_deals(ctx, ctx.current)
    amount = ctx.figure("open_amount_staged", float(found["amount"].sum()), ctx.current, n=len(found))
    count = ctx.figure("open_deals_staged", len(found), ctx.current)
    then = open_deals(ctx, base) if base else None
    before = (
        {
            "open_deals_staged": ctx.figure("open_deals_staged", len(then), base),
            "open_amount_staged": ctx.figure("open_amount_staged", float(then["amount"].sum()), base),
            "velocity": velocity_figure(ctx, base),
        }
        | stalled_figures(ctx, base)
        if base
        else {}
    )
    slow, cover = stalled_figures(ctx), coverage_figure(ctx)
    shown = [count, amount, *slow.values(), velocity_figure(ctx)]
    rows = [
        (Text(f"metric.{figure.metric}"), figure, change(figure, before.get(figure.metric), "yoy"),
         Text(f"pipeflow.means_{figure.metric}"))
        for figure in shown
    ]  # fmt: skip
    rows.append((Text("metric.coverage_pipe"), cover, None, Text("pipeflow.means_coverage_pipe")))
    if slippage is not None:
        rows.append((Text("metric.slippage"), slippage, None, Text("pipeflow.means_slippage")))
    values = {"rate": slow["stalled_rate"], "amount": slow["stalled_amount"]}
    return Table(
        title=Text("pipeflow.health_title", values),
        header=(Text("label.metric"), Text("label.current"), Text("label.yoy"), Text("pipeflow.means")),
        rows=tuple(rows),
        notes=(Text("pipeflow.note_health"),),
        **HEALTH.at,
    )


def _stages(ctx: Context) -> Exhibit:
    found, past = open_deals(ctx, ctx.current), past_stages(ctx, ctx.current).set_index("stage")
    order = list(ctx.settings.funnel.stages)
    rows = []
    for stage in sorted(found["stage"].unique(), key=lambda s: (order.index(s) if s in order else len(order), s)):
        part = found[found["stage"] == stage]
        slow, at = part[part["stalled"]], {"dimension": "stage", "member": stage}
        known = stage in past.index and past.loc[stage, "won"] >= ctx.settings.minimum_n.mean
        limit = float(past.loc[stage, "days_p75"]) if known else None
        chance = part["chance"].iloc[0]
        rows.append(
            (
                stage_label(stage),
                ctx.figure("open_deals_staged", len(part), ctx.current, **at),
                ctx.figure("stage_limit", limit, ctx.current, flags=() if known else ("small_n",), **at),
                ctx.figure("stalled_deals", len(slow), ctx.current, n=len(part), **at),
                ctx.figure("stalled_amount", float(slow["amount"].sum()), ctx.current, n=len(slow), **at),
                ctx.figure("stage_chance", None if pd.isna(chance) else float(chance), ctx.current,
                           flags=("small_n",) if pd.isna(chance) else (), **at),
            )
        )  # fmt: skip
    worst = max(rows, key=lambda row: row[4].value)
    names = ("open_deals_staged", "stage_limit", "stalled_deals", "stalled_amount", "stage_chance")
    values = {"stage": worst[0], "n": worst[3], "amount": worst[4]}
    return Table(
        title=Text("pipeflow.stages_title", values) if worst[3].value else Text("pipeflow.stages_none"),
        header=(Text("cycle.stage"), *(Text(f"pipeflow.col_{name}") for name in names)),
        rows=tuple(rows),
        notes=(Text("pipeflow.note_stalled"),),
        **STAGES.at,
    )
