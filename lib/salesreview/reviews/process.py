"""The process review: each step from lead to service, then where it is stuck (requirements P-01 … P-28)."""

from ..record import Card, Exhibit, Review
from .assemble import cards_of, review
from .context import Context
from .findings.process import RULES
from .sections.indicators import cycle
from .sections.process import (
    approval,
    collection,
    late_payment,
    lead_assignment,
    lead_care,
    lead_sources,
    qualification,
    receivables,
    signed_cash,
)

FACTS = ("cycle_cards", "approval_cards", "collection_cards")
CARDS = (("cycle_cards", 0), ("approval_cards", 0), ("collection_cards", 0), ("collection_cards", 2))


def build(ctx: Context) -> Review:
    """The record of the process review."""
    parts = (
        (
            "process_flow",
            [
                lead_sources.exhibits,
                lead_care.exhibits,
                lead_assignment.exhibits,
                qualification.exhibits,
                cycle.exhibits,
                approval.exhibits,
                collection.exhibits,
                receivables.exhibits,
                signed_cash.exhibits,
                late_payment.exhibits,
            ],
        ),
        ("process_bottlenecks", []),
    )
    return review(ctx, "process", parts, rules=RULES, facts=FACTS, cards=_cards, intro=("P-01",))


def _cards(ctx: Context, shown: dict[str, Exhibit]) -> tuple[Card, ...]:
    return cards_of(shown, CARDS)
