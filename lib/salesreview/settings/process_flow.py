"""Limits of the steps from lead to order, and the dates on which a step was changed (requirements P-04 … P-15)."""

from datetime import date
from typing import Literal

from pydantic import Field

from .section import Section

Step = Literal["lead_response", "proposal", "quote_approval", "contract_approval", "contract_signing"]


class Switch(Section):
    """The day from which one step was done in a new way, with its source (evidence class EV7)."""

    step: Step
    date: date
    change: str
    source: str


class ProcessFlow(Section):
    """Limits and switch dates of the sales process; hours are working hours, days are calendar days."""

    lead_sla_hours: float = Field(8.0, gt=0)
    lead_sla_days: int = Field(3, ge=1)
    assign_hours: float = Field(24.0, gt=0)
    contacts_without_progress: int = Field(5, ge=1)
    approval_limit_hours: float = Field(2.0, gt=0)
    slow_approval_hours: float = Field(24.0, gt=0)
    rubber_stamp_rate: float = Field(0.98, gt=0, le=1)
    signing_limit_days: int = Field(7, ge=1)
    signing_goal_days: int = Field(3, ge=1)
    missed_within_days: int = Field(14, ge=1)
    switches: tuple[Switch, ...] = ()
