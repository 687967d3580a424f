"""What people write down about strategic accounts, and the rules by which their relations are judged (K-14 … K-35)."""

from typing import Literal

from pydantic import Field

from .section import Section


class ChainStep(Section):
    """One step of the account's purchasing decision (requirement K-15)."""

    step: str
    department: str
    criterion: str = ""
    days: float | None = Field(None, ge=0)


class ExpectedRole(Section):
    """A decision maker (KDM) or influencer (KIP) whom a department of the account should have (requirement K-16)."""

    department: str
    role: Literal["KDM", "KIP"]


class RivalPosition(Section):
    """What is known of a rival at the account; ``competitor`` is an id of the table competitors (requirement K-23)."""

    competitor: str
    position: Literal["在位", "入围", "接触"]


class AccountPlan(Section):
    """The plan of one account, by account_id (evidence class EV7: ``source`` and ``date`` are printed)."""

    decision_process: tuple[ChainStep, ...] = ()
    expected_roles: tuple[ExpectedRole, ...] = ()
    competitor_position: tuple[RivalPosition, ...] = ()
    exec_sponsor: str | None = None
    exec_visits_per_quarter: float | None = Field(None, ge=0)
    cooperation_level: int | None = Field(None, ge=1, le=5)
    source: str
    date: str


class Relations(Section):
    """Rules of the key-account review; shares are 0-1."""

    penetration_floor: float = Field(0.60, ge=0, le=1)
    single_thread_share: float = Field(0.70, gt=0, le=1)
    touch_days: int = Field(90, ge=1)
    exec_visits_per_quarter: float = Field(1.0, ge=0)
    relevant_line_share: float = Field(0.10, ge=0, le=1)
    comparison_months: int = Field(24, ge=1)
    wallet_low: float = Field(0.30, ge=0, le=1)
    regression_n: int = Field(30, ge=5)
