"""The key-account review: what strategic accounts bought, who they are, what hinders (requirements K-01 … K-24)."""

from ..record import Card, Exhibit, Review
from .assemble import cards_of, review
from .context import Context
from .findings.key_account import RULES
from .sections.key_account import (
    contribution,
    decision,
    keeping,
    key_accounts,
    lights,
    pages,
    projects,
    records,
    service,
    success_managers,
    touch,
    voice,
    warning,
    winning,
)

RESULTS = (contribution, projects, winning, keeping, key_accounts, voice, service, warning, lights, records)
FACTS = ("strategic_cards", "strategic_nrr_bridge", "strategic_signals", "strategic_new_cards")
CARDS = (("strategic_cards", 0), ("strategic_cards", 2), ("strategic_keep_cards", 0), ("strategic_keep_cards", 4))


def build(ctx: Context) -> Review:
    """The record of the key-account review."""
    parts = (
        ("accounts_results", [section.exhibits for section in RESULTS]),
        ("accounts_profile", [decision.exhibits, touch.exhibits, success_managers.exhibits]),
        ("accounts_challenges", []),
        ("accounts_pages", [pages.exhibits]),
    )
    return review(ctx, "key_account", parts, rules=RULES, facts=FACTS, cards=_cards, intro=("K-01",))


def _cards(ctx: Context, shown: dict[str, Exhibit]) -> tuple[Card, ...]:
    return cards_of(shown, CARDS)
