"""The market review: environment, products, customers' voice (requirements M-01 … M-24)."""

from ..record import Card, Exhibit, Review
from .assemble import review
from .context import Context
from .findings import market as findings
from .findings import market_customers
from .sections.market import (
    behaviour,
    csat,
    feedback,
    forces,
    insight,
    launch_score,
    lost_customers,
    macro,
    main_group,
    needs,
    outside,
    prices,
    products,
    promoters,
    prospects,
    rivals,
    share,
    structure,
    tech,
    tiers,
)
from .sections.sales import launches, portfolio

FACTS = ("share_table", "nps_cards", "launches_cards", "rivals_duels", "buying_sources", "prices_events")
RULES = (*findings.RULES, *market_customers.RULES)


def build(ctx: Context) -> Review:
    """The record of the market review."""
    parts = (
        (
            "market_environment",
            [
                insight.opening,
                macro.exhibits,
                outside.exhibits,
                rivals.exhibits,
                forces.exhibits,
                tech.exhibits,
                behaviour.exhibits,
                insight.answers,
                _swot,
            ],
        ),
        (
            "market_performance",
            [
                share.exhibits,
                products.exhibits,
                portfolio.exhibits,
                launches.exhibits,
                launch_score.exhibits,
                prices.exhibits,
            ],
        ),
        (
            "market_customers",
            [
                structure.exhibits,
                main_group.exhibits,
                tiers.exhibits,
                promoters.exhibits,
                csat.exhibits,
                feedback.exhibits,
                needs.exhibits,
                lost_customers.exhibits,
                prospects.exhibits,
            ],
        ),
    )
    return review(ctx, "market", parts, rules=RULES, facts=FACTS, cards=_cards, intro=("M-01",))


def _swot(ctx: Context) -> tuple[Exhibit, ...]:
    return insight.swot(ctx, RULES)


def _cards(ctx: Context, shown: dict[str, Exhibit]) -> tuple[Card, ...]:
    return tuple(insight.headline_cards(ctx).values())
