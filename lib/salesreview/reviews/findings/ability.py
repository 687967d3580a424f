"""What is notable about the abilities and the mood of the team (requirements D-51, T-21 … T-24)."""

from collections.abc import Iterable

from ...metrics.durations import differ
from ...record import Finding, Text
from ..context import Context, change
from ..sections.cases import base_span
from ..sections.team import knowledge_gaps, morale, obstacles, ramp, requests, training_effect
from .ranking import Rule

SLOWER = 0.25
"""Relative rise of a department's median time to the answer from which it is told."""


def training(ctx: Context) -> Iterable[Finding]:
    """A course after which the trained improved more than the others (D-51)."""
    if ctx.mart.missing(*training_effect.FIELDS):
        return
    for course in training_effect.courses(ctx)[:1]:
        if not course.stands_out or course.effect.value < 0:
            continue
        value, low, high = training_effect.effect_figures(ctx, course)
        trained, others = course.effect.reps
        after = course.effect.cells[1][1]
        span = training_effect.effect_span(course)
        told = course.effect.is_clear and course.amount
        amount = course.effect.value * after * course.amount if told else None
        stake = ctx.figure(
            "training_stake", amount, span, dimension="course", member=course.name, n=after, flags=("estimated",)
        )
        evidence = [
            Text(
                "team_finding.training_evidence", {"low": low, "high": high, "n": str(trained), "others": str(others)}
            ),
            Text("team_finding.training_caveat" if course.effect.is_clear else "team_finding.training_unclear"),
        ]
        if amount is not None:
            evidence.append(Text("team_finding.training_stake", {"n": str(after)}))
        yield Finding(
            code="F-SUCCESS-TRAINING",
            topic="training",
            favourable=True,
            claim=Text("team_finding.training", {"course": course.name, "effect": value}),
            evidence=tuple(evidence),
            grade="EV3",
            stake=stake if amount is not None else None,
            member=course.name,
            requirements=("D-51",),
        )


def silo(ctx: Context) -> Iterable[Finding]:
    """The department whose answers to the others slowed down most, beyond chance allowing for the number of departments
    (T-23, P-22). The process review tells it too."""
    base = base_span(ctx, ctx.year_ago)
    if base is None or ctx.mart.missing(*requests.FIELDS):
        return
    now, before = (requests.judged_requests(ctx, span) for span in (ctx.current, base))
    past, teams, found = requests.by_department(ctx, before, base), requests.by_department(ctx, now, ctx.current), []
    for name, figures in teams.items():
        hours = [frame.loc[frame["to_dept"] == name, "hours"].dropna() for frame in (now, before)]
        then = past.get(name, {}).get("median")
        yoy = change(figures["median"], then, "yoy")
        enough = min(len(part) for part in hours) >= ctx.settings.minimum_n.mean
        if enough and yoy.value is not None and yoy.value >= SLOWER and differ(*hours, level=0.05 / len(teams)):
            found.append((yoy.value, name, figures, then, yoy))
    if not found:
        return
    _, name, figures, then, yoy = max(found, key=lambda item: (item[0], item[1]))
    values = {"department": name, "hours": figures["median"], "then": then, "n": str(figures["median"].n)}
    evidence = [Text("team_finding.silo_evidence", values)]
    if figures["sla"].value is not None:
        evidence.append(Text("team_finding.silo_sla", {"sla": figures["sla"]}))
    stake = _lost_to_process(ctx)
    if stake is not None:
        evidence.append(Text("team_finding.silo_stake", {"n": str(stake.n)}))
    yield Finding(
        code="F-SILO",
        topic="silo",
        favourable=False,
        claim=Text("team_finding.silo", {"department": name, "hours": figures["median"], "yoy": yoy}),
        evidence=tuple(evidence),
        grade="EV1",
        stake=stake,
        member=name,
        requirements=("T-23", "T-15", "P-22", "P-44"),
    )


def _lost_to_process(ctx: Context):
    """The amount of deals lost to internal process after an overdue answer, where those are lost to it more often."""
    if ctx.mart.missing(*obstacles.DEALS):
        return None
    deals, gap = obstacles.late_deals(ctx)
    if gap is None or gap.low <= 0:
        return None
    lost = deals[deals["late"] & deals["internal"].astype(bool)]
    return ctx.figure("internal_lost_amount", float(lost["amount"].sum()), ctx.current, n=len(lost))


def skill(ctx: Context) -> Iterable[Finding]:
    """The topic whose gap to the standard weighs most, where it is one beyond chance (T-21)."""
    if ctx.mart.missing(*knowledge_gaps.FIELDS):
        return
    short = [topic for topic in knowledge_gaps.topics(ctx) if knowledge_gaps.is_short(topic)]
    for topic in short[:1]:
        evidence = [Text("team_finding.skill_evidence", {"coverage": topic["coverage"], "n": str(topic["gap"].n)})]
        if topic["pipeline"] is not None:
            evidence.append(Text("team_finding.skill_pipeline", {"pipeline": topic["pipeline"]}))
        yield Finding(
            code="F-SKILL",
            topic="skill",
            favourable=False,
            claim=Text("team_finding.skill", {"topic": topic["name"], "gap": topic["gap"]}),
            evidence=tuple(evidence),
            grade="EV1",
            member=topic["name"],
            requirements=("T-21",),
        )


def slow_ramp(ctx: Context) -> Iterable[Finding]:
    """Newcomers take longer to ramp than the months that people are given (setting ``ramp_months``; T-22)."""
    if ctx.mart.missing(*ramp.FIELDS):
        return
    found = ramp.newcomers(ctx)
    if len(found) < ctx.settings.minimum_n.mean:
        return
    figures, given = ramp.ramp_figures(ctx, found), ctx.settings.ramp_months
    median, ripe = figures["median"], [one for one in found if one.months >= given or one.reached]
    slow = median.value is None or median.value > given
    if not slow or len(ripe) < ctx.settings.minimum_n.mean:
        return
    short = ramp.shortfall_figure(ctx, found)
    stake = short if short.value else None
    evidence = [
        Text("team_finding.ramp_evidence", {"n": figures["people"], "ramped": figures["ramped"], "given": str(given)})
    ]
    if stake is not None:
        evidence.append(Text("team_finding.ramp_stake", {"n": str(stake.n)}))
    case = "known" if median.value is not None else "open"
    yield Finding(
        code="F-RAMP",
        topic="ramp",
        favourable=False,
        claim=Text(
            f"team_finding.ramp_{case}", {"median": median} if case == "known" else {"ramped": figures["ramped"]}
        ),
        evidence=tuple(evidence),
        grade="EV3",
        stake=stake,
        requirements=("T-22",),
    )


def mood(ctx: Context) -> Iterable[Finding]:
    """eNPS below zero or below that of the year before, beyond chance (T-24)."""
    if ctx.mart.missing("surveys.score", "surveys.rep_id"):
        return
    now, base = morale.headline(ctx, ctx.current).get("enps"), base_span(ctx, ctx.year_ago)
    if now is None or now.flags:
        return
    low, high = morale.enps_interval(ctx, ctx.current)
    then = morale.headline(ctx, base).get("enps") if base else None
    fell = then is not None and then.value > now.value and morale.enps_moved(ctx)
    if not (high < 0 or fell):
        return
    values = {"enps": now} | ({"before": then} if fell else {})
    interval = {
        name: ctx.figure("enps", value, ctx.current, dimension="interval", member=f"enps | {name}")
        for name, value in (("low", low), ("high", high))
    }
    yield Finding(
        code="F-MORALE",
        topic="morale",
        favourable=False,
        claim=Text("team_finding.morale_fell" if fell else "team_finding.morale_negative", values),
        evidence=(Text("team_finding.morale_evidence", interval | {"n": str(now.n)}),),
        grade="EV1",
        requirements=("T-24",),
    )


RULES: tuple[Rule, ...] = (training, silo, skill, slow_ramp, mood)
