"""What is notable in the sales process: approvals, leads, conversion, slipped and missed deals, cash (requirements 14).

``RULES`` is what the process review tells.
"""

from collections.abc import Iterator

from ...metrics import funnel as funnel_metrics
from ...metrics.comparison import wilson
from ...metrics.durations import differ
from ...metrics.worktime import working_hours
from ...queries.approvals import approval_steps, workdays
from ...record import UNCLASSIFIED, Figure, Finding, Text
from ..context import Context, change
from ..sections.cases import base_span, rate_movement
from ..sections.indicators import funnel
from ..sections.indicators.bottleneck import value_figure
from ..sections.indicators.cohort import Cohort, stakes_of
from ..sections.indicators.stages import stage_label
from ..sections.process import approval_detail, lead_care, lead_sources, missed, pipeline_flow
from .ranking import Rule

SLOWER = 0.10
"""A department's median must have risen by more than this to be called slower."""


def slow_approval(ctx: Context) -> Iterator[Finding]:
    """The department whose approvals slowed most, where chance does not explain it (F-APPROVAL)."""
    found = _slowed(ctx)
    if found is None:
        return
    now, then = found
    values = {"department": now.member, "now": now, "then": then}
    evidence = [Text("process_finding.approval_steps", {"yoy": change(now, then, "yoy"), "n": f"{now.n:,}"})]
    stake, claim = None, Text("process_finding.approval", values)
    if not ctx.mart.missing("quotes.opp_id", "opportunities.outcome"):
        rates = approval_detail.speed_figures(ctx)
        solid = not any("small_n" in rate.flags for rate in rates.values())
        if solid and rate_movement(rates["slow"], rates["fast"]) == "worse":
            stake = approval_detail.stake_figure(ctx)
            claim = Text("process_finding.approval_wins", values | rates)
            evidence.append(Text("process_finding.approval_stake", {"stake": stake}))
        elif solid:
            evidence.append(Text("process_finding.approval_no_wins", rates))
    yield Finding(
        code="F-APPROVAL",
        topic="approval",
        favourable=False,
        claim=claim,
        evidence=tuple(evidence),
        grade="EV4" if stake is not None else "EV1",
        stake=stake,
        member=now.member,
        requirements=("P-10", "P-25"),
    )


def _slowed(ctx: Context) -> tuple[Figure, Figure] | None:
    """Median hours of the department that slowed most, now and a year ago; None when none did beyond chance."""
    base = base_span(ctx, ctx.year_ago)
    if base is None or ctx.mart.missing("approvals.submitted_at", "approvals.decided_at"):
        return None
    days, sides = workdays(ctx.mart), []
    for span in (ctx.current, base):
        steps = approval_steps(ctx.mart, span.window)
        steps["hours"] = working_hours(steps["submitted_at"], steps["decided_at"], days)
        sides.append({name: part["hours"].to_numpy() for name, part in steps.groupby("department")})
    slowed = []
    for name, hours in sides[0].items():
        before = sides[1].get(name, ())
        if name == UNCLASSIFIED or min(len(hours), len(before)) < ctx.settings.minimum_n.rate:
            continue
        now, then = (
            ctx.figure("approval_hours", _median(part), span, dimension="department", member=name, n=len(part))
            for part, span in ((hours, ctx.current), (before, base))
        )
        if now.value > then.value * (1 + SLOWER) and differ(hours, before):
            slowed.append((now, then))
    return max(slowed, key=lambda pair: (pair[0].value - pair[1].value, pair[0].member), default=None)


def _median(values) -> float:
    ordered = sorted(float(value) for value in values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def lead_leak(ctx: Context) -> Iterator[Finding]:
    """Fewer leads are followed up in time than the bottom line asks for (F-LEAD-LEAK)."""
    if ctx.mart.missing(*lead_care.FIELDS):
        return
    timely, never = lead_care.timely_figure(ctx), lead_care.never_figure(ctx)
    if timely.value is None or timely.n < ctx.settings.minimum_n.rate:
        return
    if wilson(int(timely.numerator), int(timely.denominator)).high >= ctx.settings.kpi_scheme.followup_floor:
        return
    bottom = ctx.figure("lead_timely_bottom", ctx.settings.kpi_scheme.followup_floor, ctx.current)
    evidence = [Text("process_finding.leak_n", {"late": str(int(timely.n - timely.numerator)), "n": f"{timely.n:,}"})]
    stake = _untouched_value(ctx, never)
    if stake is not None:
        values = {"n": str(int(never.numerator)), "never": never, "stake": stake}
        evidence.append(Text("process_finding.leak_never", values))
    yield Finding(
        code="F-LEAD-LEAK",
        topic="lead_leak",
        favourable=False,
        claim=Text("process_finding.leak", {"timely": timely, "bottom": bottom}),
        evidence=tuple(evidence),
        grade="EV1",
        stake=stake,
        requirements=("P-04", "P-05", "S1-45"),
    )


def _untouched_value(ctx: Context, never: Figure) -> Figure | None:
    """What the untouched leads would be worth at the value of an average mature lead; None where none is known."""
    if not never.numerator or ctx.mart.missing("opportunities.amount"):
        return None
    each = lead_sources.value_figure(ctx)
    if not each.value or "small_n" in each.flags:
        return None
    value = never.numerator * each.value
    return ctx.figure("lead_leak_value", value, ctx.current, numerator=never.numerator, denominator=each.value)


def weak_step(ctx: Context) -> Iterator[Finding]:
    """The step of the funnel with most value at stake, where chance does not explain its rate (F-CONV-LOW)."""
    if ctx.mart.missing(*funnel.FIELDS):
        return
    neck = funnel_metrics.bottleneck(stakes_of(Cohort(ctx)))
    if neck is None or neck.reached < ctx.settings.minimum_n.rate:
        return
    if wilson(neck.reached - neck.loss, neck.reached).high >= neck.reference:
        return
    at = {"dimension": "stage", "member": neck.key}
    values = {
        "step": stage_label(neck.key),
        "rate": ctx.figure("stage_rate_judged", neck.rate, ctx.current, **at),
        "reference": ctx.figure("stage_reference", neck.reference, ctx.current, **at),
    }
    lost = ctx.figure("stage_loss", neck.loss, ctx.current, **at)
    reached = ctx.figure("stage_count_judged", neck.reached, ctx.current, **at)
    yield Finding(
        code="F-CONV-LOW",
        topic="conversion",
        favourable=False,
        claim=Text(f"process_finding.step_{neck.source}", values),
        evidence=(Text("process_finding.step_counts", {"lost": lost, "reached": reached}),),
        grade="EV1",
        stake=value_figure(ctx, neck),
        member=neck.key,
        requirements=("D-27",),
    )


def slipped(ctx: Context) -> Iterator[Finding]:
    """Deals expected in the period and put off, when they are many and not fewer than a year ago (F-KA-SLIP)."""
    if ctx.mart.missing(*pipeline_flow.FIELDS):
        return
    now = pipeline_flow.slippage_figure(ctx)
    if now is None or now.n < ctx.settings.minimum_n.rate:
        return
    base = base_span(ctx, ctx.year_ago)
    then = pipeline_flow.slippage_figure(ctx, base) if base else None
    yoy = change(now, then, "yoy")
    if yoy.value is not None and yoy.value <= 0:
        return
    share = pipeline_flow.slipped_share_figure(ctx)
    evidence = [Text("process_finding.slip_share", {"share": share, "amount": now})]
    evidence += [Text("process_finding.slip_yoy", {"yoy": yoy})] if yoy.value is not None else []
    yield Finding(
        code="F-KA-SLIP",
        topic="slippage",
        favourable=False,
        claim=Text("process_finding.slip", {"n": ctx.figure("slipped_deals", now.n, ctx.current)}),
        evidence=tuple(evidence),
        grade="EV1",
        requirements=("S4-31",),
    )


def lost_to_procedure(ctx: Context) -> Iterator[Finding]:
    """More of the lost deals than a year ago were lost for internal procedure (F-APPROVAL)."""
    if ctx.mart.missing(*missed.FIELDS):
        return
    base = base_span(ctx, ctx.year_ago)
    now, then = missed.internal_share_figure(ctx), missed.internal_share_figure(ctx, base) if base else None
    if now.value is None or "small_n" in now.flags or rate_movement(now, then) != "worse":
        return
    figures = missed.missed_figures(ctx)
    implicit = {"n": figures["implicit_deals"], "amount": figures["implicit_amount"]}
    yield Finding(
        code="F-APPROVAL",
        topic="lost_to_procedure",
        favourable=False,
        claim=Text("process_finding.missed", {"now": now, "then": then}),
        evidence=(
            Text("process_finding.missed_n", {"deals": figures["explicit_deals"], "n": str(now.n)}),
            Text("process_finding.missed_implicit", implicit),
        ),
        grade="EV1",
        stake=figures["explicit_amount"],
        requirements=("P-15",),
    )


def good_source(ctx: Context) -> Iterator[Finding]:
    """A source that brings clearly more leads than a year ago, and better ones than the others (F-SUCCESS-LEADS)."""
    found = lead_sources.best_growing(ctx)
    if found is None:
        return
    count, yoy, rate, rest = found
    yield Finding(
        code="F-SUCCESS-LEADS",
        topic="lead_source",
        favourable=True,
        claim=Text("process_finding.source", {"source": count.member, "yoy": yoy, "rate": rate, "rest": rest}),
        evidence=(Text("process_finding.source_n", {"n": count}),),
        grade="EV5",
        member=count.member,
        requirements=("P-02", "P-03"),
    )


RULES: tuple[Rule, ...] = (slow_approval, lead_leak, weak_step, slipped, lost_to_procedure, good_source)
