"""Findings in the order in which they are told, each gap once."""

from collections.abc import Callable, Iterable

from ...record import Exhibit, Finding, Findings, Heading, NotEnough, Text
from ..context import Context

Rule = Callable[[Context], Iterable[Finding]]

DUE = {
    "success": ("D-48", "D-49", "D-50", "D-51", "D-52"),
    "challenge": ("D-53", "D-54", "D-55", "D-56", "D-57", "D-58"),
}
"""What each side would tell: also where no rule fires, the side is the place to look."""
MOST = 8
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
    """Heading, success factors, challenges (requirements D-48 … D-58); a side without findings says so."""
    return (
        Heading(id="findings_heading", title=Text("part.findings"), level=1),
        _side("success", [finding for finding in findings if finding.favourable]),
        _side("challenge", [finding for finding in findings if not finding.favourable]),
    )


def _side(name: str, findings: list[Finding]) -> Exhibit:
    fixed = {"id": f"findings_{name}", "title": Text(f"findings.{name}")}
    if not findings:
        return NotEnough(requirements=DUE[name], reason=Text(f"findings.no_{name}"), **fixed)
    told = tuple(findings[:MOST])
    covered = dict.fromkeys((*DUE[name], *(one for finding in told for one in finding.requirements)))
    return Findings(requirements=tuple(covered), findings=told, **fixed)
