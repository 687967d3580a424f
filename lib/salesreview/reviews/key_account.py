"""The key-account review: what strategic accounts bought, who they are, what hinders (requirements K-01 … K-24)."""

from ..record import Card, Exhibit, Review
from .assemble import cards_of, review
from .context import Context
from .findings.key_account import RULES
from .sections.key_account import (
    account_needs,
    bespoke,
    complaints,
    contribution,
    decision,
    depth,
    keeping,
    key_accounts,
    lights,
    pages,
    profile,
    projects,
    records,
    resources,
    rivals,
    service,
    success_managers,
    support,
    touch,
    voice,
    warning,
    winning,
)

PROFILE = (
    profile.exhibits,
    decision.exhibits,
    touch.exhibits,
    success_managers.exhibits,
    account_needs.exhibits,
    bespoke.wishes,
    depth.exhibits,
)
CHALLENGES = (bespoke.exhibits, resources.exhibits, rivals.exhibits, support.exhibits)
RESULTS = (
    contribution,
    projects,
    winning,
    keeping,
    key_accounts,
    voice,
    service,
    complaints,
    warning,
    lights,
    records,
)
FACTS = ("strategic_quarters", "strategic_nrr_bridge", "strategic_new_cards", "strategic_service")
CARDS = (("strategic_cards", 0), ("strategic_cards", 2), ("strategic_keep_cards", 0), ("strategic_keep_cards", 4))


def build(ctx: Context) -> Review:
    """The record of the key-account review."""
    parts = (
        ("accounts_results", [section.exhibits for section in RESULTS]),
        ("accounts_profile", PROFILE),
        ("accounts_challenges", CHALLENGES),
        ("accounts_pages", [pages.exhibits]),
    )
    return review(ctx, "key_account", parts, rules=RULES, facts=FACTS, cards=_cards, intro=("K-01",))


def _cards(ctx: Context, shown: dict[str, Exhibit]) -> tuple[Card, ...]:
    return cards_of(shown, CARDS)
