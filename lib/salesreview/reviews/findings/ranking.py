"""Findings in the order in which they are told, each gap once."""

from collections.abc import Callable, Iterable

from ...record import Exhibit, Finding, Findings, Heading, NotEnough, Text
from ..context import Context

Rule = Callable[[Context], Iterable[Finding]]

MOST = 6
"""How many strengths and how many challenges a review tells."""


def found(ctx: Context, rules: Iterable[Rule]) -> tuple[Finding, ...]:
    """All findings of ``rules``, ranked: by the money at stake, then those without an amount by code and member.

    Of several findings about one topic only the first in this order is kept.
    """
    ranked = sorted((finding for rule in rules for finding in rule(ctx)), key=_rank)
    kept: dict[tuple[bool, str], Finding] = {}
    for finding in ranked:
        kept.setdefault((finding.favourable, finding.topic), finding)
    return tuple(kept.values())


def _rank(finding: Finding) -> tuple:
    stake = abs(finding.stake.value) if finding.stake is not None and finding.stake.value is not None else 0.0
    return -stake, finding.code, finding.member or ""


def exhibits(findings: tuple[Finding, ...]) -> tuple[Exhibit, ...]:
    """Heading, success factors, challenges (requirements D-48, D-53); a side without findings says so."""
    sides = (("success", True, "D-48"), ("challenge", False, "D-53"))
    return (
        Heading(id="findings_heading", title=Text("part.findings"), level=1),
        *(_side(name, [f for f in findings if f.favourable == good], code) for name, good, code in sides),
    )


def _side(name: str, findings: list[Finding], code: str) -> Exhibit:
    fixed = {"id": f"findings_{name}", "title": Text(f"findings.{name}")}
    if not findings:
        return NotEnough(requirements=(code,), reason=Text(f"findings.no_{name}"), **fixed)
    told = tuple(findings[:MOST])
    covered = dict.fromkeys((code, *(one for finding in told for one in finding.requirements)))
    return Findings(requirements=tuple(covered), findings=told, **fixed)
