"""What is notable about customers: satisfaction, losses, prospects, tiers (M-18, M-20, M-23, M-24; engine E-24)."""

from collections.abc import Iterator

from ...queries.retention import UNCODED
from ...record import Finding, Text
from ..context import Context
from ..sections.indicators.retention import Base, has_opening
from ..sections.market import satisfaction, scores
from .ranking import Rule


def csat_low(ctx: Context) -> Iterator[Finding]:
    """Satisfaction whose whole interval lies below its target (M-20)."""
    if satisfaction.missing(ctx, "CSAT"):
        return
    now, goal = satisfaction.csat_index(ctx), scores.target(ctx, "csat")
    if goal is None or not now.claimable or scores.against_target(now, goal) != "below":
        return
    values = {"low": now.low, "high": now.high, "n": str(now.figure.n)}
    yield Finding(
        code="F-CSAT-LOW",
        topic="csat",
        favourable=False,
        claim=Text("customer_finding.csat_low", {"index": now.figure, "goal": goal}),
        evidence=(Text("customer_finding.csat_evidence", values),),
        grade="EV1",
        requirements=("M-20",),
    )


def nps_group(ctx: Context) -> Iterator[Finding]:
    """The tier or region whose promoter score differs most from all others, beyond chance (M-18)."""
    if satisfaction.missing(ctx, "NPS"):
        return
    apart = [group for group in scores.groups(ctx, satisfaction.nps) if group.differs and group.gap.value < 0]
    if not apart:
        return
    worst = min(apart, key=lambda group: (group.gap.value, group.scope.member))
    values = {"group": worst.scope.member, "score": worst.rated.figure, "gap": worst.gap}
    interval = {"low": worst.rated.low, "high": worst.rated.high, "n": str(worst.rated.figure.n)}
    yield Finding(
        code="F-CSAT-LOW",
        topic="nps_group",
        favourable=False,
        claim=Text("customer_finding.nps_group", values),
        evidence=(Text("customer_finding.nps_group_evidence", interval),),
        grade="EV1",
        member=worst.scope.member,
        requirements=("M-18",),
    )


def nps_moved(ctx: Context) -> Iterator[Finding]:
    """A promoter score that moved more than sampling explains (M-18)."""
    if satisfaction.missing(ctx, "NPS"):
        return
    now, base = satisfaction.nps(ctx), scores.year_ago(ctx, satisfaction.nps)
    change = satisfaction.moved(now, base)
    case = scores.case(now, change)
    if case not in ("up", "down"):
        return
    good = case == "up"
    yield Finding(
        code="F-SUCCESS-NPS" if good else "F-CSAT-LOW",
        topic="nps",
        favourable=good,
        claim=Text(f"customer_finding.nps_{case}", {"nps": now.figure, "change": change}),
        evidence=(Text("customer_finding.nps_evidence", {"low": now.low, "high": now.high, "n": str(now.figure.n)}),),
        grade="EV1",
        requirements=("M-18",),
    )


def main_loss(ctx: Context) -> Iterator[Finding]:
    """The recorded reason that cost most sales among lost customers, where there are enough of them (M-23)."""
    if ctx.mart.missing("orders.account_id", "accounts.churn_reason") or not has_opening(ctx, ctx.current):
        return
    base = Base(ctx, ctx.current)
    lost = base.lost
    known = lost[lost["churn_reason"] != UNCODED]
    if len(lost) < ctx.settings.minimum_n.rate or known.empty:
        return
    sums = known.groupby("churn_reason")["prior_sales"].sum().sort_index()
    reason, gone = str(sums.idxmax()), lost[lost["churn_reason"] == sums.idxmax()]
    if gone["prior_sales"].sum() <= 0:
        return
    where = {"dimension": "churn_reason", "member": reason, "n": len(gone)}
    amount = base.figure("lost_sales", float(gone["prior_sales"].sum()), **where)
    coverage = {"numerator": len(known), "denominator": len(lost), "n": len(lost)}
    share = base.figure("churn_reason_coverage", len(known) / len(lost), **coverage)
    yield Finding(
        code="F-CHURN-UP",
        topic="loss_reason",
        favourable=False,
        claim=Text("customer_finding.loss", {"reason": reason, "n": str(len(gone))}),
        evidence=(
            Text("customer_finding.loss_evidence", {"amount": amount, "all": str(len(lost)), "coverage": share}),
        ),
        grade="EV2",
        stake=amount,
        member=reason,
        requirements=("M-23",),
    )


RULES: tuple[Rule, ...] = (csat_low, nps_group, nps_moved, main_loss)
