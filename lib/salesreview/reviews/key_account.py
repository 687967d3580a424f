"""The key-account review: what strategic accounts bought, who they are, what hinders (requirements K-01 … K-24)."""

from ..record import Card, Exhibit, Review
from .assemble import cards_of, review
from .context import Context
from .findings.key_account import RULES
from .sections.key_account import decision, key_accounts, success_managers, touch
from .sections.sales import key_customers

FACTS = ("customers_cards", "key_accounts_cards")
CARDS = (("customers_cards", 0), ("customers_cards", 1), ("key_accounts_cards", 0))


def build(ctx: Context) -> Review:
    """The record of the key-account review."""
    parts = (
        ("accounts_results", [key_customers.exhibits, key_accounts.exhibits]),
        ("accounts_profile", [decision.exhibits, touch.exhibits, success_managers.exhibits]),
        ("accounts_challenges", []),
        ("accounts_pages", []),
    )
    return review(ctx, "key_account", parts, rules=RULES, facts=FACTS, cards=_cards, intro=("K-01",))


def _cards(ctx: Context, shown: dict[str, Exhibit]) -> tuple[Card, ...]:
    return cards_of(shown, CARDS)
