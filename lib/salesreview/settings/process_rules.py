"""What the process review compares with: service levels, standards, credit policy, record and change rules."""

import datetime
from typing import Literal

from pydantic import Field

from .section import Section


class RequestLimit(Section):
    """How long a department may take to answer one type of request, in working hours, and who answers for it."""

    to: str
    type: str
    limit_h: float = Field(gt=0)
    owner: str = ""
    hands_over: str = ""


class ServiceLimit(Section):
    """Limits of customer service for one phase, in working hours."""

    first_response_h: float = Field(gt=0)
    resolve_h: float | None = Field(None, gt=0)


class Sla(Section):
    """Service levels between departments and towards customers (params/sla.yml)."""

    source: str = ""
    date: str = ""
    requests: tuple[RequestLimit, ...] = ()
    service: dict[Literal["售前", "售中", "售后"], ServiceLimit] = Field(default_factory=dict)


class Standard(Section):
    """One standard that the sales process should have, and whether it exists."""

    name: str
    artefact: Literal["话术", "演示", "报价", "合同", "流程", "其他"]
    status: Literal["生效", "修订中", "缺失"]
    owner: str = ""
    since: datetime.date | None = None


class Standards(Section):
    """Standards of the sales process (params/standards.yml) and what a compliant deal must show."""

    source: str = ""
    date: str = ""
    items: tuple[Standard, ...] = ()
    mandatory_stages: tuple[str, ...] = ("needs", "quote", "negotiation")
    mandatory_fields: tuple[Literal["amount", "expected_close", "first_contact_at", "product_id", "region_id"], ...] = (
        "amount",
        "expected_close",
        "first_contact_at",
        "product_id",
    )


class Receivables(Section):
    """Credit policy (params/receivables.yml): provision by days overdue and the yearly cost of capital, 0-1."""

    source: str = ""
    date: str = ""
    provision: dict[Literal["current", "d1_30", "d31_60", "d61_90", "d90_plus"], float] = Field(default_factory=dict)
    capital_cost: float | None = Field(None, ge=0, lt=1)


class ManualWork(Section):
    """Categories of the time log that tools could take over, and the share of their hours (params/manual_work.yml)."""

    source: str = ""
    date: str = ""
    automatable: dict[str, float] = Field(default_factory=dict)


class Records(Section):
    """Rules of record keeping (params/records.yml). ``checks`` holds spot-checks by month: {"2026-01": [done, due]}."""

    late_after_h: float = Field(24, gt=0)
    bulk_count: int = Field(5, ge=2)
    bulk_minutes: int = Field(10, ge=1)
    repeated_texts: int = Field(3, ge=2)
    shortest_visit_min: int = Field(15, ge=0)
    longest_visit_min: int = Field(480, ge=1)
    weights: dict[Literal["completeness", "validity", "timeliness", "uniqueness"], float] = Field(
        default_factory=lambda: {"completeness": 0.35, "validity": 0.25, "timeliness": 0.25, "uniqueness": 0.15}
    )
    checks: dict[str, tuple[int, int]] = Field(default_factory=dict)


class ChangeLimits(Section):
    """How often the sales process may change (params/change_limits.yml); the changes are ``process_flow.switches``."""

    most_per_quarter: int = Field(2, ge=1)
    least_days_between: int = Field(30, ge=0)
