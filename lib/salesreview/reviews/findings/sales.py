"""What is notable about sales and the key indicators (requirements D-49 … D-58)."""

from collections.abc import Iterator

from ...metrics.comparison import rate_difference
from ...record import UNCLASSIFIED, Figure, Finding, Text
from ..context import Context, change
from ..sections.cases import base_span
from ..sections.indicators import campaigns as campaign_section
from ..sections.indicators import cash_cycle, product_wins
from ..sections.indicators.acquisition import cac_figures
from ..sections.indicators.cycle import median_cycle_figure
from ..sections.indicators.margin import COST, gross_margin_figure, gross_profit_figure
from ..sections.indicators.rates import win_rate_figure
from ..sections.indicators.repurchase import has_opening
from ..sections.indicators.retention import Base
from ..sections.process.collection import dso_figure
from ..sections.sales.gap import member_gaps
from ..sections.sales.headline import headline_figures
from ..sections.sales.mix_members import member_figures
from ..sections.sales.sales_common import DIMENSIONS, missing

OVER = 1.05
"""Attainment from which a region is told as a success."""
GAP_SHARE = 0.10
"""Share of all shortfalls that a region's gap must reach (D-54)."""
CHURN_RISE, MARGIN_MOVE, CYCLE_RISE = 0.01, 0.01, 0.10


def regions(ctx: Context) -> Iterator[Finding]:
    """Regions clearly below or above their target (D-54); a gap counts from a tenth of all shortfalls on."""
    split = next((one for one in member_gaps(ctx, headline_figures(ctx)) if one.dimension == "region"), None)
    if split is None or ctx.current.partial:
        return
    rows = [row for row in split.rows if row[3].value is not None and row[0] != UNCLASSIFIED]
    short = sum(row[4].value for row in rows if row[4].value < 0)
    for label, now, target, attained, gap, yoy in rows:
        values = {"region": label, "attainment": attained, "sales": now, "target": target}
        weak = attained.value < ctx.settings.thresholds.region_attainment and gap.value <= GAP_SHARE * short < 0
        if not weak and attained.value < OVER:
            continue
        told = Text("finding.region_yoy", {"yoy": yoy}) if yoy.value is not None else Text("finding.region_no_base")
        side = "weak" if weak else "strong"
        yield Finding(
            code="F-GAP-REG" if weak else "F-SUCCESS-REG",
            topic=f"region:{label}",
            favourable=not weak,
            claim=Text(f"finding.region_{side}", {"region": label, "attainment": attained}),
            evidence=(Text("finding.region_evidence", values), told),
            grade="EV2",
            stake=gap if weak else ctx.figure("over_target", gap.value, ctx.current, dimension="region", member=label),
            member=label,
            requirements=("D-54",),
        )


def acquisition_cost(ctx: Context) -> Iterator[Finding]:
    """Acquisition cost well above the year before (D-56): what the same customers cost more than then."""
    if base_span(ctx, ctx.year_ago) is None:
        return
    now, then = cac_figures(ctx), cac_figures(ctx, ctx.year_ago)
    head, base = now.headline, then.named(now.headline.metric)
    moved = change(head, base, "yoy")
    if moved.value is None or "small_n" in head.flags or abs(moved.value) < ctx.settings.thresholds.cac_increase:
        return
    dearer = moved.value > 0
    excess = (head.value - base.value) * now.customers.value
    side = "dearer" if dearer else "cheaper"
    yield Finding(
        code="F-CAC-HIGH" if dearer else "F-SUCCESS-CAC",
        topic="cac",
        favourable=not dearer,
        claim=Text(f"finding.cac_{side}", {"yoy": moved, "cac": head}),
        evidence=(Text("finding.cac_evidence", {"customers": now.customers, "cac": head, "base": base}),),
        grade="EV1",
        stake=ctx.figure("cac_excess", excess, ctx.current),
        requirements=("D-56",),
    )


def product_conversion(ctx: Context) -> Iterator[Finding]:
    """Product lines whose win rate is clearly apart from the whole (D-55)."""
    if ctx.mart.missing(*product_wins.FIELDS):
        return
    overall = win_rate_figure(ctx)
    for one in product_wins.line_wins(ctx):
        if "small_n" in one.rate.flags or one.rate.member == UNCLASSIFIED or overall.value is None:
            continue
        low, high = one.interval.high < overall.value, one.interval.low > overall.value
        if not low and not high:
            continue
        values = {"line": one.rate.member, "rate": one.rate, "overall": overall}
        yield Finding(
            code="F-GAP-PROD" if low else "F-SUCCESS-PROD",
            topic=f"line:{one.rate.member}",
            favourable=high,
            claim=Text("finding.line_low" if low else "finding.line_high", values),
            evidence=(
                Text("finding.line_evidence", {"n": str(one.rate.n)}),
                *((Text("finding.line_amount"),) if low else ()),
            ),
            grade="EV1",
            stake=_not_won(ctx, one, overall) if low else None,
            member=one.rate.member,
            requirements=("D-55",),
        )


def _not_won(ctx: Context, one: product_wins.LineWins, overall: Figure) -> Figure:
    """What would have been won in addition at the overall rate, as a part of what was lost."""
    share = (overall.value - one.rate.value) / (1 - one.rate.value)
    return ctx.figure(
        "win_shortfall", one.lost_amount * share, ctx.current, dimension="product_line", member=one.rate.member
    )


def campaigns(ctx: Context) -> Iterator[Finding]:
    """Campaigns with as many leads as planned and clearly better ones (D-50)."""
    if ctx.mart.missing(*campaign_section.FIELDS):
        return
    found = campaign_section.Campaigns(ctx)
    for figures in found.strong:
        name = figures["campaign_leads"].member
        told = {key: figures[key] for key in ("campaign_leads", "lead_plan_rate", "good_lead_rate")}
        yield Finding(
            code="F-SUCCESS-CAMPAIGN",
            topic=f"campaign:{name}",
            favourable=True,
            claim=Text("finding.campaign", {"campaign": name, **told}),
            evidence=(Text("finding.campaign_evidence", {"base": found.base, "cost": figures["cost_per_lead"]}),),
            grade="EV1",
            stake=figures["campaign_pipeline"],
            member=name,
            requirements=("D-50",),
        )


def cycle_and_cash(ctx: Context) -> Iterator[Finding]:
    """Sales cycle and collection period both longer than a year ago (D-57)."""
    if ctx.mart.missing(*cash_cycle.FIELDS) or base_span(ctx, ctx.year_ago) is None:
        return
    cycle, dso = median_cycle_figure(ctx), dso_figure(ctx)
    longer = change(cycle, median_cycle_figure(ctx, ctx.year_ago), "yoy")
    slower = change(dso, dso_figure(ctx, ctx.year_ago), "yoy")
    if longer.value is None or slower.value is None or longer.value < CYCLE_RISE or slower.value <= 0:
        return
    yield Finding(
        code="F-CYCLE-LONG",
        topic="cycle",
        favourable=False,
        claim=Text("finding.cycle", {"cycle": cycle, "longer": longer, "dso": dso, "slower": slower}),
        evidence=(Text("finding.cycle_evidence"),),
        grade="EV4",
        requirements=("D-57",),
    )


def churn(ctx: Context) -> Iterator[Finding]:
    """Churn at least one point above or below the year before, and more than chance (D-58)."""
    base = base_span(ctx, ctx.year_ago)
    if base is None or not has_opening(ctx, ctx.current) or not has_opening(ctx, base):
        return
    now, then = Base(ctx, ctx.current), Base(ctx, base)
    if not now.kept.start or not then.kept.start:
        return
    moved = rate_difference(now.kept.lost, now.kept.start, then.kept.lost, then.kept.start)
    if moved is None or not moved.excludes_zero or abs(moved.value) < CHURN_RISE:
        return
    rate, before = now.rates()[1], then.rates()[1]
    lost = float(now.lost["prior_sales"].sum())
    worse = moved.value > 0
    values = {"churn": rate, "yoy": change(rate, before, "yoy")}
    yield Finding(
        code="F-CHURN-UP" if worse else "F-SUCCESS-CHURN",
        topic="churn",
        favourable=not worse,
        claim=Text("finding.churn_up" if worse else "finding.churn_down", values),
        evidence=(Text("finding.churn_evidence", {"lost": str(now.kept.lost), "start": str(now.kept.start)}),),
        grade="EV1",
        stake=ctx.figure("lost_sales", lost, ctx.current) if worse else None,
        requirements=("D-58",),
    )


def margin(ctx: Context) -> Iterator[Finding]:
    """Gross margin at least one point above or below the year before (D-40)."""
    if ctx.mart.missing(COST) or base_span(ctx, ctx.year_ago) is None:
        return
    now, then = gross_margin_figure(ctx), gross_margin_figure(ctx, ctx.year_ago)
    moved = change(now, then, "yoy")
    if moved.value is None or abs(moved.value) < MARGIN_MOVE or not now.denominator:
        return
    better = moved.value > 0
    values = {"margin": now, "yoy": moved}
    told = {"profit": gross_profit_figure(ctx), "base": then}
    yield Finding(
        code="F-SUCCESS-MARGIN" if better else "F-MARGIN-LOW",
        topic="margin",
        favourable=better,
        claim=Text("finding.margin_up" if better else "finding.margin_down", values),
        evidence=(Text("finding.margin_evidence", told),),
        grade="EV2",
        stake=ctx.figure("margin_rate_effect", moved.value * now.denominator, ctx.current),
        requirements=("D-40",),
    )


def growth(ctx: Context) -> Iterator[Finding]:
    """The product line that carries most of the growth, or of the decline (D-07)."""
    line = DIMENSIONS["product_line"]
    if ctx.settings.revenue_basis != "orders" or missing(ctx, line) or not ctx.covers(ctx.year_ago):
        return
    members = [one for one in member_figures(ctx, line) if one["sales"].member != UNCLASSIFIED]
    known = [one for one in members if one["contribution"].value is not None and one["yoy"].value is not None]
    total = sum(one["contribution"].value for one in known)
    if len(known) < 2 or not total:
        return
    sign = 1 if total > 0 else -1
    most = max(known, key=lambda one: (sign * one["contribution"].value, one["sales"].member))
    if most["contribution"].value / total < 1 / len(known):
        return
    name, added = most["sales"].member, most["sales"].value - most["yoy"].denominator
    values = {"line": name, "contribution": most["contribution"]}
    yield Finding(
        code="F-SUCCESS-GROWTH" if sign > 0 else "F-DECLINE",
        topic=f"growth:{name}",
        favourable=sign > 0,
        claim=Text("finding.growth_up" if sign > 0 else "finding.growth_down", values),
        evidence=(Text("finding.growth_evidence", {"sales": most["sales"], "yoy": most["yoy"], "line": name}),),
        grade="EV2",
        stake=ctx.figure("sales_added", added, ctx.current, dimension="product_line", member=name),
        member=name,
        requirements=("D-07", "D-48"),
    )


RULES = (regions, growth, acquisition_cost, product_conversion, campaigns, cycle_and_cash, churn, margin)
