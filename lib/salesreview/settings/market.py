"""What people write down about the market, and the rules that judge its figures (M-02 … M-15, S1-05, S3-13)."""

import datetime
from typing import Literal

from pydantic import Field

from .section import Section

Effect = Literal["+", "0", "-"]


class Market(Section):
    """Rules of the market review; shares and changes are 0-1."""

    flat_band: float = Field(0.005, ge=0, lt=1)
    relative_share: float = Field(1.0, gt=0)
    margin_floor: float | None = Field(None, ge=-1, le=1)
    price_window_days: int = Field(90, ge=14)
    price_change_floor: float = Field(0.01, ge=0, lt=1)
    price_orders: int = Field(20, ge=5)
    reaction_days: int = Field(90, ge=7)


class MacroNote(Section):
    """What the author expects of one outside factor: effect on sales, what it means, what to do (class EV7)."""

    factor: Literal["政策", "经济", "社会", "技术"]
    indicator: str
    effect: Effect
    text: str
    action: str = ""
    source: str
    date: datetime.date


class MacroNotes(Section):
    notes: tuple[MacroNote, ...] = ()


class Policy(Section):
    """One change of policy or regulation and how the company answers it (requirement S3-13)."""

    policy: str
    date: datetime.date
    effect: Effect
    action: str
    source: str


class PolicyLog(Section):
    policies: tuple[Policy, ...] = ()


class Force(Section):
    """One of the five forces: 1 weak to 5 strong, where it is heading and why (requirement S1-05)."""

    score: int = Field(ge=1, le=5)
    trend: Literal["上升", "持平", "下降"]
    evidence: str


class FiveForces(Section):
    source: str = ""
    date: datetime.date | None = None
    forces: dict[Literal["rivalry", "entrants", "substitutes", "buyers", "suppliers"], Force] = Field(
        default_factory=dict
    )


class TechTrend(Section):
    """A technology: impact on the business, maturity and own readiness 1-5, and how the company responds (M-05, M-06).

    ``keywords`` are looked for in recorded needs; ``product`` and ``tool`` are ids of what the response consists of.
    """

    tech: str
    impact: int = Field(ge=1, le=5)
    maturity: int = Field(ge=1, le=5)
    readiness: int = Field(ge=1, le=5)
    response: Literal["未响应", "试点", "上线"]
    text: str
    keywords: tuple[str, ...] = ()
    product: str | None = None
    tool: str | None = None
    source: str
    date: datetime.date


class TechTrends(Section):
    trends: tuple[TechTrend, ...] = ()


class NeedScore(Section):
    """How much customers care for a need and how well the company meets it, both 1-10 (requirements S1-06, S3-15)."""

    need: str
    importance: float = Field(ge=1, le=10)
    own: float = Field(ge=1, le=10)


class NeedScores(Section):
    source: str = ""
    date: datetime.date | None = None
    needs: tuple[NeedScore, ...] = ()
