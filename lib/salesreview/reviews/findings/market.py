"""What is notable about the market: launches, share, prices, rivals (requirements M-01, M-12; engine E-24)."""

from collections.abc import Iterator

import pandas as pd

from ...metrics.growth import growth
from ...queries import sales
from ...record import Figure, Finding, Text
from ..context import Context, change
from ..sections.market import launch_score, prices, rival_figures, share
from ..sections.market.common import SIZE_FIELDS, Segment
from .ranking import Rule

WEAK_LAUNCH = 0.6
"""Share of its plan below which a launch is told as failing; this product's default."""
CLEAR_LEAD = 0.05
"""Lead in growth over the whole market that is told where the source gives no range; this product's default."""


def launches(ctx: Context) -> Iterator[Finding]:
    """Launches far above or far below their plan at the same months since launch (M-12)."""
    if len(ctx.mart.missing("products.launch_date", "product_launches.launch_date")) == 2:
        return
    found = launch_score.scored(ctx)
    pair = launch_score.weak_and_reference(found)
    for one in found:
        item = one.launch
        reached = item.attainment.value
        if reached is None or WEAK_LAUNCH <= reached < ctx.settings.thresholds.launch_success:
            continue
        good = reached >= WEAK_LAUNCH
        apart = item.cumulated.value - item.plan.value
        values = {"product": item.name, "attainment": item.attainment}
        facts = {"sales": item.cumulated, "plan": item.plan, "accounts": item.accounts}
        evidence = [Text("market_finding.launch_evidence", facts)]
        if pair is not None and pair[0].launch.name == item.name:
            worst = launch_score.clear(launch_score.checklist(ctx, *pair))
            if worst is not None:
                link = {"link": Text(f"metric.{worst.metric}"), "now": worst.now, "reference": worst.reference}
                evidence.append(Text("market_finding.launch_link", link))
        yield Finding(
            code="F-SUCCESS-LAUNCH" if good else "F-NEWPROD-WEAK",
            topic=f"launch:{item.name}",
            favourable=good,
            claim=Text(f"market_finding.launch_{'good' if good else 'weak'}", values),
            evidence=tuple(evidence),
            grade="EV1",
            stake=ctx.figure(
                "launch_surplus" if good else "launch_shortfall",
                round(abs(apart), 2),
                ctx.current,
                dimension="product",
                member=item.name,
            ),
            member=item.name,
            requirements=("M-12", "M-13"),
        )


def market_share(ctx: Context) -> Iterator[Finding]:
    """The whole market's share, and the segments whose share clearly moved (M-09)."""
    if ctx.mart.missing(*SIZE_FIELDS) or ctx.current.partial:
        return
    now, before = share.both(ctx)
    for key, one in now.items():
        verdict = share.case(ctx, one, before.get(key))
        if verdict not in ("up", "down") or key[0] not in (None, "product_line"):
            continue
        base = before[key]
        moved = change(one.share, base.share, "yoy")
        effect = (one.share.value - base.share.value) * one.amount.value
        values = {"segment": share.name_of(one), "share": one.share, "moved": moved}
        yield Finding(
            code="F-SUCCESS-SHARE" if verdict == "up" else "F-SHARE-DOWN",
            topic=f"share:{one.member or ''}",
            favourable=verdict == "up",
            claim=Text(f"market_finding.share_{verdict}", values),
            evidence=(
                Text("market_finding.share_evidence", {"sales": one.sales, "amount": one.amount, "before": base.share}),
                Text("market_finding.share_source", {"source": one.source or "—"}),
            ),
            grade="EV7",
            stake=ctx.figure("share_effect", round(effect, 2), ctx.current, dimension=one.dimension, member=one.member),
            member=one.member,
            requirements=("M-09",),
        )


def segment_growth(ctx: Context) -> Iterator[Finding]:
    """Segments whose market clearly outgrew the whole market, with orders enough to judge own growth (S2-17)."""
    if ctx.mart.missing(*SIZE_FIELDS) or ctx.current.partial:
        return
    now, before = share.both(ctx)
    whole, base = now.get(share.WHOLE), before.get(share.WHOLE)
    if whole is None or base is None:
        return
    average = share.market_growth(ctx, whole, base)
    for one, market, own in share.growths(ctx, now, before):
        old = before[one.dimension, one.member]
        n = [int(found["orders"].get(one.member, 0)) for found in _orders(ctx, one.dimension)]
        if average.value is None or min(n) < ctx.settings.minimum_n.rate or not _outgrows(one, old, market, average):
            continue
        ahead = own.value >= market.value
        effect = ctx.figure(
            "market_effect", round(old.share.value * (one.amount.value - old.amount.value), 2), ctx.current,
            dimension=one.dimension, member=one.member,
        )  # fmt: skip
        source = {"source": one.source or "—"}
        known = one.amount_low.value is not None
        yield Finding(
            code="F-SEG-GROW",
            topic=f"segment:{one.member}",
            favourable=ahead,
            claim=Text(
                f"market_finding.segment_{'ahead' if ahead else 'behind'}",
                {"segment": one.member, "market": market, "whole": average, "own": own},
            ),
            evidence=(
                Text(
                    "market_finding.segment_evidence",
                    {"sales": one.sales, "before": old.sales, "n": str(n[0]), "effect": effect},
                ),
                Text("market_finding.segment_range", source | {"low": one.amount_low})
                if known
                else Text("market_finding.segment_source", source),
            ),
            grade="EV7",
            stake=effect,
            member=one.member,
            requirements=("S2-17",),
        )


def _orders(ctx: Context, dimension: str) -> list[pd.DataFrame]:
    """Own orders by member, of the period and of the year before."""
    return [
        sales.by(ctx.mart, span.window, dimension).set_index(dimension)[["orders"]]
        for span in (ctx.current, ctx.year_ago)
    ]


def _outgrows(one: Segment, old: Segment, market: Figure, whole: Figure) -> bool:
    """Whether a market grew, and outgrew the whole even at the lower bound of its size (without one: by a margin)."""
    low = one.amount_low.value
    surely = growth(low, old.amount.value) if low is not None else market.value - CLEAR_LEAD
    return market.value > 0 and surely is not None and surely > whole.value


def price_changes(ctx: Context) -> Iterator[Finding]:
    """Price changes after which sales clearly fell behind, or ran ahead of, those of the other products (M-14)."""
    if ctx.mart.missing("price_changes.effective_date", "price_changes.new_price"):
        return
    for one in prices.events(ctx):
        if one.found is None or one.cut:
            continue
        made = prices.figures(ctx, one)
        level = 1 + one.found.price
        lost = (1 + one.found.net.high) * level < 1
        won = (1 + one.found.net.low) * level > 1
        if not lost and not won:
            continue
        values = {"line": one.line, "change": made["price_realised_change"], "net": made["price_net_volume"]}
        ends = {"low": made["price_net_volume_low"], "high": made["price_net_volume_high"]}
        yield Finding(
            code="F-SUCCESS-PRICE" if won else "F-PRICE-VOLUME",
            topic=f"price:{one.line}",
            favourable=won,
            claim=Text(f"market_finding.price_{'won' if won else 'lost'}", values),
            evidence=(Text("market_finding.price_evidence", ends | {"n": str(sum(one.found.orders))}),),
            grade="EV3",
            stake=made["price_sales_gap"],
            member=one.line,
            requirements=("M-14",),
        )


def head_to_head(ctx: Context) -> Iterator[Finding]:
    """Rivals against whom clearly less is won than in deals without them (M-03)."""
    if ctx.mart.missing(*rival_figures.DEAL_FIELDS):
        return
    duels = rival_figures.duels(ctx)
    for one in duels.rows:
        if not one.below:
            continue
        yield Finding(
            code="F-RIVAL",
            topic=f"rival:{one.name}",
            favourable=False,
            claim=Text("market_finding.rival", {"rival": one.name, "rate": one.rate, "others": duels.without}),
            evidence=(
                Text(
                    "market_finding.rival_evidence",
                    {"deals": one.deals, "low": one.low, "high": one.high, "n": str(duels.without.n)},
                ),
            ),
            grade="EV1",
            stake=one.lost_amount if one.lost_amount.value else None,
            member=one.name,
            requirements=("M-03", "M-04"),
        )


RULES: tuple[Rule, ...] = (launches, market_share, segment_growth, price_changes, head_to_head)
