"""What is notable about strategic accounts (requirements K-53, D-52)."""

from collections.abc import Iterable

from ...record import Figure, Finding, Text
from ..context import Context
from ..sections.indicators.renewals import NEEDS
from ..sections.indicators.retention import has_opening
from ..sections.key_account import strategic
from ..sections.key_account.contribution import Group, attainment_figure, growth_figures
from ..sections.key_account.health import FIELDS, health
from ..sections.key_account.keeping import Kept, touch_depth
from ..sections.key_account.projects import LATE, MILESTONES, running, schedule_figures
from ..sections.key_account.voice import weighted_index
from ..sections.key_account.warning import counts, exposed
from ..sections.market.satisfaction import missing as no_survey
from ..sections.sales.headline import target_book
from . import account_relations as account_relations_rules
from .ranking import Rule

NAMED = 4


def steady(ctx: Context) -> Iterable[Finding]:
    """Strategic accounts renew at least what they had, are satisfied as planned, and are met more broadly (D-52)."""
    if strategic.missing(ctx, *NEEDS, "activities.contact_id") or no_survey(ctx, "CSAT"):
        return
    if not ctx.covers(ctx.year_ago) or not has_opening(ctx, ctx.current):
        return
    net, score, goal = Kept(ctx, ctx.current).nrr()[0], weighted_index(ctx), _score_target(ctx)
    depth, before = touch_depth(ctx, ctx.current), touch_depth(ctx, ctx.year_ago)
    known = None not in (net.value, score.value, depth.value, before.value) and goal is not None
    if not known or {"small_n"} & {*score.flags}:
        return
    if net.value < 1 or score.value < goal.value or depth.value <= before.value:
        return
    values = {"nrr": net, "score": score, "goal": goal, "depth": depth, "before": before}
    yield Finding(
        code="F-SUCCESS-KEYACCOUNT",
        topic="key_account_relation",
        favourable=True,
        claim=Text("finding_accounts.steady", {"nrr": net, "score": score}),
        evidence=(Text("finding_accounts.steady_evidence", values), Text("finding_accounts.no_cause")),
        grade="EV1",
        requirements=("D-52",),
    )


def _score_target(ctx: Context) -> Figure | None:
    goal = target_book(ctx, "csat").resolve(ctx.current.window)
    return None if goal is None else ctx.figure("csat_target", goal.value, ctx.current)


def sold_more(ctx: Context) -> Iterable[Finding]:
    """Sales to strategic accounts against the target of their tier and a year ago (K-02)."""
    if strategic.missing(ctx, "orders.account_id"):
        return
    attained, (yoy, same) = attainment_figure(ctx), growth_figures(ctx)
    if attained.value is None:
        return
    gap = ctx.figure("gap", round(attained.numerator - attained.denominator, 2), ctx.current, **strategic.SCOPE)
    met = attained.value >= 1
    evidence = [Text("finding_accounts.sales_evidence", {"sales": Group(ctx, ctx.current).sales(), "gap": gap})]
    if yoy.value is not None and same.value is not None:
        evidence.append(Text("finding_accounts.sales_growth", {"yoy": yoy, "same": same}))
    yield Finding(
        code="F-SUCCESS-KEYACCOUNT" if met else "F-GAP",
        topic="key_account_sales",
        favourable=met,
        claim=Text(f"finding_accounts.sales_{'met' if met else 'missed'}", {"attainment": attained}),
        evidence=tuple(evidence),
        grade="EV1",
        stake=gap,
        requirements=("K-02",),
    )


def wobbling(ctx: Context) -> Iterable[Finding]:
    """Strategic accounts at warning level red, and those already lost (K-13, K-48)."""
    if strategic.missing(ctx, *FIELDS):
        return
    found = health(ctx)
    red = [one for one in found if one.level == "red"]
    if not red:
        return
    amount = exposed(ctx, found)
    names = tuple(one.account for one in red[:NAMED])
    told = tuple(
        Text("finding_accounts.signals", {"account": one.account, "signals": tuple(each.text for each in one.triggers)})
        for one in red[:NAMED]
    )
    evidence = [Text("finding_accounts.red_evidence", {"signals": told})]
    lost = Kept(ctx, ctx.current).lost() if has_opening(ctx, ctx.current) else None
    if lost is not None and len(lost):
        was = ctx.figure("lost_sales", float(lost["prior_sales"].sum()), ctx.current, n=len(lost), **strategic.SCOPE)
        values = {"names": tuple(lost["account"].head(3)), "amount": was}
        evidence.append(Text("finding_accounts.lost_evidence", values))
    evidence.append(Text("finding_accounts.red_limits"))
    yield Finding(
        code="F-CHURN-UP",
        topic="key_account_warning",
        favourable=False,
        claim=Text("finding_accounts.red", {"n": counts(ctx, found)["warned_red"], "names": names}),
        evidence=tuple(evidence),
        grade="EV5",
        stake=amount if amount.value else None,
        requirements=("K-13", "K-48"),
    )


def late(ctx: Context) -> Iterable[Finding]:
    """Projects with strategic accounts that are expected later than planned by more than the tolerance (K-50)."""
    if strategic.missing(ctx, "projects.account_id", *MILESTONES):
        return
    found = running(ctx)
    behind = [one for one in found if one.state in LATE]
    if not behind:
        return
    figures = schedule_figures(ctx, found)
    worst = tuple(Text("finding_accounts.slip", {"project": one.project, "slip": one.slip}) for one in behind[:3])
    evidence = [Text("finding_accounts.late_evidence", {"slips": worst})]
    if figures["spi"].value is not None:
        evidence.append(Text("finding_accounts.late_index", {"spi": figures["spi"]}))
    evidence.append(Text("finding_accounts.late_limits"))
    yield Finding(
        code="F-KA-SLIP",
        topic="key_account_projects",
        favourable=False,
        claim=Text("finding_accounts.late", {"late": figures["late"], "n": figures["n"]}),
        evidence=tuple(evidence),
        grade="EV5",
        stake=figures["late_amount"] if figures["late_amount"].value else None,
        requirements=("K-04", "K-50"),
    )


RULES: tuple[Rule, ...] = (steady, sold_more, wobbling, late, *account_relations_rules.RULES)
