"""What is notable about the team's results (requirements T-03 … T-05, T-20; engine E-24)."""

from collections.abc import Iterable

from ...record import UNCLASSIFIED, Finding, Text
from ..context import Context
from ..sections.sales.headline import headline_figures
from ..sections.team import contribution, team_leavers
from ..sections.team.credit import Credit, Line
from .ranking import Rule


def stars(ctx: Context) -> Iterable[Finding]:
    """The result leans on few people (F-STARS, T-05)."""
    if ctx.mart.missing("orders.rep_id"):
        return
    credit = Credit(ctx)
    found = contribution.spread_of(credit.now, ctx.current)
    if found.gini is None or contribution.verdict(ctx, found) != "few_stars":
        return
    gini, top, carriers = contribution.spread_figures(ctx, found, ctx.current)
    limit = ctx.figure(
        "scheme_value", ctx.settings.kpi_scheme.stars_gini, ctx.current, dimension="scheme", member="stars gini"
    )
    evidence = [Text("team_findings.stars_evidence", {"gini": gini, "limit": limit, "n": str(found.n)})]
    before = contribution.spread_of(credit.before, ctx.year_ago) if credit.comparable else None
    if before is not None and before.gini is not None:
        then = contribution.spread_figures(ctx, before, ctx.year_ago)[0]
        evidence.append(Text("team_findings.stars_before", {"before": then}))
    yield Finding(
        code="F-STARS",
        topic="stars",
        favourable=False,
        claim=Text("team_findings.stars", {"top": top, "carriers": carriers}),
        evidence=tuple(evidence),
        grade="EV1",
        requirements=("T-05",),
    )


def leavers(ctx: Context) -> Iterable[Finding]:
    """Sales to the customers of someone who left fell, by more than chance explains."""
    for one in team_leavers.leavers(ctx):
        if not one.fell:
            continue
        named = {"rep": one.label, "team": one.team, "change": one.yoy, "others": one.others}
        fell = {"n": str(one.accounts), "day": one.left, "before": one.before, "now": one.now}
        yield Finding(
            code="F-LEAVER",
            topic=f"leaver:{one.label}",
            favourable=False,
            claim=Text("team_findings.leaver", named),
            evidence=(Text("team_findings.leaver_evidence", fell), Text("team_findings.leaver_caveat")),
            grade="EV3",
            stake=one.drop,
            member=one.label,
            requirements=("T-04",),
        )
        return


def teams(ctx: Context) -> Iterable[Finding]:
    """The team furthest above its target, and the one furthest below, when it misses the managers' standard."""
    if ctx.mart.missing("orders.rep_id", "reps.team_id"):
        return
    known = [one for one in Credit(ctx).teams if one.attainment.value is not None and one.member != UNCLASSIFIED]
    if len(known) < 2:
        return
    best, worst = (pick(known, key=lambda one: (one.gap.value, one.member)) for pick in (max, min))
    if best.attainment.value >= 1:
        yield _team(ctx, best, "above")
    limit = ctx.settings.kpi_scheme.manager_attainment
    if worst.attainment.value < limit:
        yield _team(ctx, worst, "short")


def _team(ctx: Context, line: Line, case: str) -> Finding:
    evidence = [Text("team_findings.above_evidence", {"sales": line.sales, "target": line.target})]
    if case == "short":
        limit = ctx.figure(
            "scheme_value",
            ctx.settings.kpi_scheme.manager_attainment,
            ctx.current,
            dimension="scheme",
            member="manager attainment",
        )
        evidence.append(Text("team_findings.short_limit", {"limit": limit}))
    whole = headline_figures(ctx).yoy
    if line.yoy.value is not None and whole.value is not None:
        evidence.append(Text("team_findings.above_yoy", {"yoy": line.yoy, "whole": whole}))
    claim = {"team": line.member, "attainment": line.attainment}
    return Finding(
        code="F-SUCCESS-TEAM" if case == "above" else "F-GAP-TEAM",
        topic=f"team:{line.member}",
        favourable=case == "above",
        claim=Text(f"team_findings.{case}", claim),
        evidence=tuple(evidence),
        grade="EV1",
        stake=line.gap
        if case == "short"
        else ctx.figure("over_target", line.gap.value, ctx.current, dimension="team", member=line.member),
        member=line.member,
        requirements=("T-03", "T-04"),
    )


RULES: tuple[Rule, ...] = (stars, leavers, teams)
