"""The key-account review, first short version: what key accounts buy, whether they stay."""

from ..record import Card, Exhibit, Review
from .assemble import cards_of, review
from .context import Context
from .sections.key_account import key_accounts
from .sections.sales import key_customers

FINDINGS = ("customers_cards", "key_accounts_cards")
CARDS = (("customers_cards", 0), ("customers_cards", 1), ("key_accounts_cards", 0))


def build(ctx: Context) -> Review:
    """The record of the key-account review."""
    parts = (("key_account", [key_customers.exhibits, key_accounts.exhibits]),)
    return review(ctx, "key_account", parts, findings=FINDINGS, cards=_cards)


def _cards(ctx: Context, shown: dict[str, Exhibit]) -> tuple[Card, ...]:
    return cards_of(shown, CARDS)
