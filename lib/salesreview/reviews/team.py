"""The team review, first short version: result, who carried it, productivity."""

from ..record import Card, Exhibit, Review
from .assemble import cards_of, review
from .context import Context
from .sections.indicators import productivity
from .sections.team import contribution

FINDINGS = ("contribution_cards", "productivity_cards")
CARDS = (("contribution_cards", 0), ("contribution_cards", 2), ("productivity_cards", 0))


def build(ctx: Context) -> Review:
    """The record of the team review."""
    parts = (("team", [contribution.exhibits, productivity.exhibits]),)
    return review(ctx, "team", parts, findings=FINDINGS, cards=_cards)


def _cards(ctx: Context, shown: dict[str, Exhibit]) -> tuple[Card, ...]:
    return cards_of(shown, CARDS)
