"""Where the funnel loses most, and why (D-27). Part of the funnel section."""

import pandas as pd

from ....metrics import funnel as metrics
from ....metrics.funnel import Stake
from ....queries import funnel as queries
from ....record import Chart, Exhibit, Figure, NotEnough, NotProvided, Series, Table, Text
from ...context import Context
from .cohort import Cohort
from .rates import usable
from .stages import stage_label

MOST_REASONS = 8


def bottleneck_table(cohort: Cohort, stakes: tuple[Stake, ...]) -> Exhibit:
    """Steps ranked by value at stake, with what they lose and the reference of each."""
    ctx = cohort.ctx
    box = {"id": "funnel_bottleneck", "requirements": ("D-27",)}
    if cohort.missing:
        return NotProvided(title=Text("funnel.bottleneck"), missing=cohort.missing, **box)
    if not stakes:
        return NotEnough(title=Text("funnel.bottleneck"), reason=Text("funnel.few_records"), **box)
    ranked = sorted(stakes, key=lambda stake: -(stake.value or 0))
    names = ("stage_count_judged", "stage_loss", "stage_rate_judged", "stage_reference", "value_at_stake")
    return Table(
        title=_stake_title(cohort, stakes),
        header=(
            Text("funnel.step"),
            *(Text(f"metric.{name}") for name in names[:4]),
            Text("funnel.reference"),
            Text("metric.value_at_stake"),
        ),
        rows=tuple(_stake_row(ctx, stake) for stake in ranked),
        notes=(Text(f"funnel.note_basis_{cohort.basis}"), Text("funnel.note_stake")),
        **box,
    )


def _stake_row(ctx: Context, stake: Stake) -> tuple:
    at = {"dimension": "stage", "member": stake.key}
    return (
        stage_label(stake.key),
        ctx.figure("stage_count_judged", stake.reached, ctx.current, **at),
        ctx.figure("stage_loss", stake.loss, ctx.current, **at),
        ctx.figure("stage_rate_judged", stake.rate, ctx.current, flags=_unknown(stake.rate), **at),
        ctx.figure("stage_reference", stake.reference, ctx.current, flags=_unknown(stake.reference), **at),
        Text(f"funnel.reference_{stake.source or 'none'}"),
        value_figure(ctx, stake),
    )


def _stake_title(cohort: Cohort, stakes: tuple[Stake, ...]) -> Text:
    neck, leak = metrics.bottleneck(stakes), metrics.biggest_leak(stakes)
    if leak is None:
        return Text("funnel.bottleneck")
    lost = cohort.ctx.figure("stage_loss", leak.loss, cohort.ctx.current, dimension="stage", member=leak.key)
    values = {"leak": stage_label(leak.key), "lost": lost}
    if neck is None:
        return Text("funnel.leak_title", values)
    worst = {"step": stage_label(neck.key), "value": value_figure(cohort.ctx, neck)}
    if neck.key == leak.key:
        return Text("funnel.bottleneck_same", worst | {"lost": lost})
    return Text("funnel.bottleneck_title", worst | values)


def value_figure(ctx: Context, stake: Stake) -> Figure:
    """A step's value at stake (registry key value_at_stake)."""
    at = {"dimension": "stage", "member": stake.key, "flags": _unknown(stake.value)}
    return ctx.figure("value_at_stake", stake.value, ctx.current, **at)


def _unknown(value: float | None) -> tuple[str, ...]:
    return ("no_reference",) if value is None else ()


def lost_reasons(ctx: Context, stakes: tuple[Stake, ...]) -> Exhibit:
    """Why deals were lost at the bottleneck; for leads why they were disqualified; else over all steps."""
    box = {"id": "funnel_lost_reasons", "requirements": ("D-27",)}
    neck = metrics.bottleneck(stakes) or metrics.biggest_leak(stakes)
    if neck is not None and neck.key == "lead" and not ctx.mart.missing("leads.disqualify_reason"):
        found, step = queries.disqualified(ctx.mart, ctx.current.window, ctx.mart.meta.as_of), "lead"
    else:
        missing = ctx.mart.missing("opportunities.lost_reason")
        if missing:
            return NotProvided(title=Text("funnel.reasons"), missing=missing, **box)
        lost = queries.lost_reasons(ctx.mart, usable(ctx), ctx.current.window)
        here = lost[lost["step"] == neck.key] if neck is not None else lost
        step = neck.key if neck is not None and here["n"].sum() >= ctx.settings.minimum_n.mean else None
        found = (here if step else lost).groupby("reason", as_index=False)["n"].sum()
    if found["n"].sum() < ctx.settings.minimum_n.mean:
        return NotEnough(title=Text("funnel.reasons"), reason=Text("funnel.few_records"), **box)
    return _reason_chart(ctx, found, step, box)


def _reason_chart(ctx: Context, found: pd.DataFrame, step: str | None, box: dict) -> Chart:
    ranked = found.sort_values(["n", "reason"], ascending=[False, True]).head(MOST_REASONS)
    total = int(found["n"].sum())
    dimension = "lost_reason" if step is None else "stage×lost_reason"
    figures = []
    for row in ranked.itertuples():
        member = row.reason if step is None else f"{step} | {row.reason}"
        figures.append(ctx.figure("lost_records", int(row.n), ctx.current, dimension=dimension, member=member, n=total))
    top = ranked.iloc[0]
    share = ctx.figure(
        "share_mix",
        int(top.n) / total,
        ctx.current,
        dimension=dimension,
        member=figures[0].member,
        numerator=int(top.n),
        denominator=total,
    )
    where = stage_label(step) if step else Text("funnel.all_steps")
    values = {"reason": str(top.reason), "share": share, "where": where}
    return Chart(
        title=Text("funnel.reasons_title", values),
        form="barh",
        categories=tuple(str(reason) for reason in ranked["reason"]),
        series=(Series(Text("metric.lost_records"), tuple(figures)),),
        axes={"x": Text("metric.lost_records")},
        summary=Text("funnel.reasons_alt", values | {"n": figures[0]}),
        notes=(Text("funnel.note_reasons"),),
        **box,
    )
