"""The process review, first short version: cycle, approvals, cash."""

from ..record import Card, Exhibit, Review
from .assemble import cards_of, review
from .context import Context
from .sections.indicators import cycle
from .sections.process import approval, collection

FINDINGS = ("cycle_cards", "approval_cards", "collection_cards")
CARDS = (("cycle_cards", 0), ("approval_cards", 0), ("collection_cards", 0), ("collection_cards", 2))


def build(ctx: Context) -> Review:
    """The record of the process review."""
    parts = (("process", [cycle.exhibits, approval.exhibits, collection.exhibits]),)
    return review(ctx, "process", parts, findings=FINDINGS, cards=_cards)


def _cards(ctx: Context, shown: dict[str, Exhibit]) -> tuple[Card, ...]:
    return cards_of(shown, CARDS)
