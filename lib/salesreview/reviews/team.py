"""The team review: results and who carried them, strengths, challenges (requirements T-01 … T-24)."""

from ..record import Card, Exhibit, Review
from .assemble import cards_of, review
from .context import Context
from .findings import ability, team
from .sections.indicators import productivity
from .sections.team import (
    appraisal,
    contribution,
    cooperation,
    customer_voice,
    departments,
    differences,
    innovation,
    knowledge_gaps,
    learning,
    morale,
    obstacles,
    profession,
    ramp,
    resilience,
    succession,
    team_cases,
    team_customers,
    team_market,
    team_results,
    team_warnings,
    training_effect,
)

RESULTS = (
    team_results,
    contribution,
    productivity,
    team_customers,
    customer_voice,
    team_cases,
    team_market,
    team_warnings,
    appraisal,
)
RULES = (*team.RULES, *ability.RULES)
STRENGTHS = (cooperation, departments, learning, training_effect, resilience, profession, innovation, succession)
CHALLENGES = (differences, knowledge_gaps, ramp, obstacles, morale)

FACTS = ("team_results_bullet", "contribution_cards", "team_customers_cards", "appraisal_scores")
CARDS = (
    ("team_results_cards", 2),
    ("team_results_cards", 3),
    ("team_results_cards", 4),
    ("productivity_cards", 0),
    ("contribution_cards", 1),
)


def build(ctx: Context) -> Review:
    """The record of the team review."""
    parts = (
        ("team_results", [section.exhibits for section in RESULTS]),
        ("team_strengths", [section.exhibits for section in STRENGTHS]),
        ("team_challenges", [section.exhibits for section in CHALLENGES]),
    )
    return review(ctx, "team", parts, rules=RULES, facts=FACTS, cards=_cards, intro=("T-01",))


def _cards(ctx: Context, shown: dict[str, Exhibit]) -> tuple[Card, ...]:
    return cards_of(shown, CARDS)
