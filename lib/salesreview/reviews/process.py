"""The process review: each step from lead to service, then where it is stuck (requirements P-01 … P-28)."""

from ..record import Card, Exhibit, Review
from .assemble import cards_of, review
from .context import Context
from .findings import process_discipline
from .findings.process import RULES
from .sections.indicators import cycle
from .sections.models import win
from .sections.process import (
    approval,
    approval_bands,
    approval_detail,
    bottlenecks,
    change_log,
    collection,
    contracting,
    departments,
    execution,
    follow_up,
    late_payment,
    lead_assignment,
    lead_care,
    lead_sources,
    missed,
    negotiation,
    pipeline_flow,
    proposals,
    qualification,
    receivables,
    records,
    return_visits,
    selling_time,
    service,
    signed_cash,
    standards,
    switches,
    team_discipline,
    tools,
    value_stream,
)

FACTS = (
    "cycle_cards",
    "time_cards",
    "pain_pareto",
    "approval_cards",
    "collection_terms",
    "lead_care_cards",
    "contract_cards",
    "pipeline_health",
)
CARDS = (
    ("cycle_cards", 0),
    ("lead_care_cards", 0),
    ("approval_cards", 0),
    ("collection_cards", 0),
    ("collection_cards", 2),
)


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
                value_stream.exhibits,
                cycle.exhibits,
                proposals.exhibits,
                approval.exhibits,
                approval_detail.exhibits,
                negotiation.exhibits,
                contracting.exhibits,
                switches.exhibits,
                missed.exhibits,
                pipeline_flow.exhibits,
                win.in_brief,
                collection.exhibits,
                receivables.exhibits,
                signed_cash.exhibits,
                late_payment.exhibits,
                execution.exhibits,
                service.exhibits,
                return_visits.exhibits,
            ],
        ),
        (
            "process_bottlenecks",
            [
                bottlenecks.exhibits,
                departments.exhibits,
                selling_time.exhibits,
                tools.exhibits,
                approval_bands.exhibits,
                standards.exhibits,
                records.exhibits,
                follow_up.exhibits,
                team_discipline.exhibits,
                change_log.exhibits,
            ],
        ),
    )
    return review(
        ctx, "process", parts, rules=(*RULES, *process_discipline.RULES), facts=FACTS, cards=_cards, intro=("P-01",)
    )


def _cards(ctx: Context, shown: dict[str, Exhibit]) -> tuple[Card, ...]:
    return cards_of(shown, CARDS)
