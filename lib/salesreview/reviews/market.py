"""The market review: environment, products, customers' voice (requirements M-01 … M-24)."""

from ..record import Card, Exhibit, Review
from .assemble import cards_of, review
from .context import Context
from .findings import market as findings
from .sections.market import csat, launch_score, prices, products, promoters, share
from .sections.sales import launches, portfolio

FACTS = ("share_table", "nps_cards", "launches_cards")
CARDS = (("nps_cards", 0), ("launches_cards", 0), ("launches_cards", 1))
RULES = findings.RULES


def build(ctx: Context) -> Review:
    """The record of the market review."""
    parts = (
        ("market_environment", []),
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
        ("market_customers", [promoters.exhibits, csat.exhibits]),
    )
    return review(ctx, "market", parts, rules=RULES, facts=FACTS, cards=_cards, intro=("M-01",))


def _cards(ctx: Context, shown: dict[str, Exhibit]) -> tuple[Card, ...]:
    return cards_of(shown, CARDS)
