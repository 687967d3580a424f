"""The page for those who read one page: what happened, why, and what is to be done by whom until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ..record import Cell, Exhibit, Figure, Finding, Heading, NotEnough, NotProvided, Prose, Table, Text
from ..settings.decisions import Decision
from .context import Context

FACTS, STRENGTHS, CHALLENGES, DECISIONS = 3, 3, 4, 5
OWN_DECISIONS = ("lost_to_procedure", "key_account_warning", "nps_group", "key_account_projects", "exec_visits")
"""Topics whose remedy is not that of their finding code."""
NAMED = {
    *("F-GAP-PROD", "F-GAP-REG", "F-GAP-TEAM", "F-NEWPROD-WEAK", "F-RIVAL", "F-SILO", "F-SEG-GROW"),
    *(f"F-SUCCESS-{what}" for what in ("CAMPAIGN", "GROWTH", "LAUNCH", "LEADS", "PROD", "REG", "SHARE", "TEAM")),
    "F-SUCCESS-TRAINING",
}
"""What proposals name the member that the finding is about."""
DAYS = dict.fromkeys(("F-LEAD-LEAK", "key_account_warning"), 15)
DAYS |= dict.fromkeys(
    ("F-CHURN-UP", "F-COLLECT", "F-DATA", "F-GAP", "F-KA-SLIP", "F-LEAVER", "key_account_projects"), 30
)
DAYS |= dict.fromkeys(
    ("F-CSAT-LOW", "F-DECLINE", "F-GAP-REG", "F-GAP-TEAM", "F-MARGIN-LOW", "F-PRICE-VOLUME", "F-RIVAL", "F-SILO"), 45
)
DAYS |= dict.fromkeys(("F-MANUAL", "F-STARS"), 90)
USUAL_DAYS, SUCCESS_DAYS = 60, 90


@dataclass(frozen=True)
class Told:
    """A finding with the number that it bears on the page."""

    number: Text
    finding: Finding


def exhibits(
    ctx: Context,
    verdict: Text,
    findings: Sequence[Finding],
    facts: Sequence[Exhibit],
    requirements: Sequence[str],
) -> tuple[Exhibit, ...]:
    """Heading, what happened, why, and the decisions.

    ``facts`` are the exhibits whose titles tell what happened beside the verdict: those without data are named as
    not judged. ``findings`` come in order of rank; the first of each side are told and numbered, and each bears one
    decision: what params/decisions.yml says, else the proposal of the playbook for its kind.
    """
    told = _told(findings)
    return (
        Heading(id="summary_heading", title=Text("summary.heading"), level=1),
        _happened(verdict, facts, requirements),
        _why(told),
        _decisions(ctx, told),
    )


def _happened(verdict: Text, facts: Sequence[Exhibit], requirements: Sequence[str]) -> Prose:
    known = [fact.title for fact in facts if not isinstance(fact, NotProvided | NotEnough)][:FACTS]
    absent = tuple(fact.title for fact in facts if isinstance(fact, NotProvided))
    sentences = [verdict, *(Text("summary.finding", {"finding": title}) for title in known)]
    if absent:
        sentences.append(Text("summary.absent", {"topics": absent}))
    requirements = ("G-02", *requirements)
    return Prose(
        id="summary_text", title=Text("empty"), requirements=requirements, sentences=tuple(sentences), listed=True
    )


def _told(findings: Sequence[Finding]) -> list[Told]:
    sides = (("challenge", False, CHALLENGES), ("strength", True, STRENGTHS))
    return [
        Told(Text(f"executive.{side}", {"n": str(place)}), finding)
        for side, favourable, most in sides
        for place, finding in enumerate([one for one in findings if one.favourable == favourable][:most], 1)
    ]


def _why(told: Sequence[Told]) -> Exhibit:
    fixed = {"id": "executive_findings", "requirements": ("G-02",)}
    if not told:
        return NotEnough(title=Text("executive.findings"), reason=Text("executive.no_findings"), **fixed)
    good = sum(one.finding.favourable for one in told)
    columns = ("no", "claim", "stake")
    return Table(
        title=Text("executive.findings_title", {"good": str(good), "bad": str(len(told) - good)}),
        header=tuple(Text(f"executive.col_{name}") for name in columns),
        rows=tuple((one.number, one.finding.claim, _stake(one.finding)) for one in told),
        **fixed,
    )


def _stake(finding: Finding) -> Figure | None:
    return finding.stake if finding.stake is not None and finding.stake.value else None


def _decisions(ctx: Context, told: Sequence[Told]) -> Exhibit:
    fixed = {"id": "executive_decisions", "requirements": ("G-03",)}
    if not told:
        return NotEnough(title=Text("executive.decisions"), reason=Text("executive.no_decisions"), **fixed)
    chosen = told[:DECISIONS]
    made = sum(_made(ctx, one.finding) is not None for one in chosen)
    key = "executive.decisions_mixed" if made else "executive.decisions_title"
    return Table(
        title=Text(key, {"n": str(len(chosen))} | ({"made": str(made)} if made else {})),
        header=tuple(Text(f"executive.col_{name}") for name in ("what", "why", "who", "when", "measure")),
        rows=tuple(_row(ctx, one) for one in chosen),
        notes=(Text("executive.decisions_note"),) if made < len(chosen) else (),
        **fixed,
    )


def _row(ctx: Context, told: Told) -> tuple[Cell, ...]:
    finding, name = told.finding, _name(told.finding)
    made = _made(ctx, finding)
    decided = made or Decision()
    proposal = Text(f"decision.{name}", {"member": finding.member} if name in NAMED else {})
    what = decided.decision or proposal
    usual = SUCCESS_DAYS if finding.favourable else USUAL_DAYS
    due = decided.due or ctx.mart.meta.as_of + timedelta(days=DAYS.get(name, usual))
    return (
        Text("executive.made", {"decision": what}) if made else what,
        told.number,
        decided.owner or Text(f"decision_owner.{name}"),
        due,
        decided.measure or Text(f"decision_measure.{name}"),
    )


def _name(finding: Finding) -> str:
    return finding.topic if finding.topic in OWN_DECISIONS else finding.code


def _made(ctx: Context, finding: Finding) -> Decision | None:
    """What was decided about exactly this finding (``code:member``), or about its kind."""
    decisions = ctx.settings.decisions
    return decisions.get(f"{_name(finding)}:{finding.member}") or decisions.get(_name(finding))
