"""The market review, first short version: position, launches, products and markets."""

from ..record import Card, Exhibit, Review
from .assemble import cards_of, review
from .context import Context
from .sections.market import position
from .sections.sales import launches, portfolio

FINDINGS = ("position_share", "position_nps", "launches_cards")
CARDS = (("position_nps", 0), ("launches_cards", 0), ("launches_cards", 1))


def build(ctx: Context) -> Review:
    """The record of the market review."""
    parts = (("market", [position.exhibits, launches.exhibits, portfolio.exhibits]),)
    return review(ctx, "market", parts, findings=FINDINGS, cards=_cards)


def _cards(ctx: Context, shown: dict[str, Exhibit]) -> tuple[Card, ...]:
    return cards_of(shown, CARDS)
