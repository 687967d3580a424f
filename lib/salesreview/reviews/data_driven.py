"""The data-driven review, past period: sales against target, then the key indicators (requirements D-01 … D-59)."""

from ..record import Card, Exhibit, Review
from .assemble import cards_of, review
from .context import Context
from .findings import ability, key_account, market, process, sales, team
from .sections.indicators import (
    acquisition,
    campaigns,
    cash_cycle,
    causes,
    cycle,
    funnel,
    margin,
    product_wins,
    productivity,
    retention,
    value,
)
from .sections.models import churn, forecast, win
from .sections.sales import (
    attainment,
    deals,
    drivers,
    growth,
    key_customers,
    launches,
    mix,
    orders,
    portfolio,
    scorecard,
    trend,
)

SALES = (scorecard, attainment, growth, trend, drivers, mix, launches, key_customers, portfolio, orders, deals)
FACTS = (
    "attainment_bridge_1",
    "drivers_bridge",
    "launches_cards",
    "acquisition_cac_cards",
    "funnel_bottleneck",
    "cycle_cards",
    "retention_cards",
    "margin_cards",
)
RULES = (
    *sales.RULES,
    market.launches,
    ability.training,
    team.leavers,
    key_account.steady,
    process.slow_approval,
    process.slipped,
)
"""The chapter's own rules and those of the other reviews that the founding document names as examples; which of them
are told, the money at stake decides."""
CARDS = (
    ("margin_cards", 0),
    ("funnel_cards", 0),
    ("retention_cards", 0),
    ("acquisition_cac_cards", 0),
    ("productivity_cards", 0),
)


def build(ctx: Context) -> Review:
    """The record of the data-driven review."""
    indicators = (
        acquisition.exhibits,
        campaigns.exhibits,
        funnel.exhibits,
        product_wins.exhibits,
        cycle.exhibits,
        cash_cycle.exhibits,
        retention.exhibits,
        lambda inner: value.exhibits(inner, acquisition.cac_figures(inner).cac),
        margin.exhibits,
        productivity.exhibits,
        causes.exhibits,
    )
    parts = (
        ("sales", [section.exhibits for section in SALES]),
        ("indicators", indicators),
        ("outlook", (win.exhibits, forecast.exhibits, churn.exhibits)),
    )
    return review(ctx, "data_driven", parts, rules=RULES, facts=FACTS, cards=_cards)


def _cards(ctx: Context, shown: dict[str, Exhibit]) -> tuple[Card, ...]:
    return cards_of(shown, CARDS)
