"""The market review: environment, products, customers' voice (requirements M-01 … M-24)."""

from ..record import Card, Exhibit, Review
from .assemble import cards_of, review
from .context import Context
from .sections.market import csat, position, promoters
from .sections.sales import launches, portfolio

FACTS = ("position_share", "nps_cards", "launches_cards")
CARDS = (("nps_cards", 0), ("launches_cards", 0), ("launches_cards", 1))
RULES = ()


def build(ctx: Context) -> Review:
    """The record of the market review."""
    parts = (
        ("market_environment", []),
        ("market_performance", [position.exhibits, launches.exhibits, portfolio.exhibits]),
        ("market_customers", [promoters.exhibits, csat.exhibits]),
    )
    return review(ctx, "market", parts, rules=RULES, facts=FACTS, cards=_cards, intro=("M-01",))


def _cards(ctx: Context, shown: dict[str, Exhibit]) -> tuple[Card, ...]:
    return cards_of(shown, CARDS)
