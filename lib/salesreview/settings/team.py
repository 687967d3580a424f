"""Settings of the team review: the appraisal scheme, warning limits, cases told in words, the brand."""

from pydantic import Field, model_validator

from .section import Section


class KpiScheme(Section):
    """How people are appraised (requirements S1-39 … S1-46, S4-28) and when a team's light turns.

    ``weights`` of the groups results, value, ability and team add up to 100. ``targets`` are by KPI, in its own unit
    (ratios 0-1; ``new_customers`` a person and half-year); a KPI without one takes the company's target, else it is
    left out and its group is weighted anew. ``process_parts`` is the part of a group's weight that measures how work
    is done (P-27; half of ability is data use, half of team cooperation, S1-41 and S1-42). ``penalty`` is the share of
    the bonus withheld by number of breaches.
    """

    weights: dict[str, float] = Field(
        default_factory=lambda: {"results": 40.0, "value": 30.0, "ability": 20.0, "team": 10.0}
    )
    process_parts: dict[str, float] = Field(default_factory=lambda: {"ability": 0.5, "team": 0.5})
    targets: dict[str, float] = Field(default_factory=dict)
    sheet_cap: float = Field(1.0, gt=0)
    bonus_cap: float = Field(1.2, gt=0)
    excellent_from: float = Field(90, ge=0)
    good_from: float = Field(80, ge=0)
    complaint_limit: float = Field(0.01, ge=0)
    followup_floor: float = Field(0.95, ge=0, le=1)
    penalty: dict[int, float] = Field(default_factory=dict)
    serious_times: float = Field(2, gt=1)
    manager_attainment: float = Field(0.90, ge=0)
    manager_retention: float = Field(0.85, ge=0, le=1)
    warning_retention: float = Field(0.80, ge=0, le=1)
    warning_attainment: float = Field(0.70, ge=0)
    warning_months: int = Field(2, ge=1)
    balanced_gini: float = Field(0.25, ge=0, le=1)
    stars_gini: float = Field(0.45, ge=0, le=1)
    scheme_source: str = ""

    @model_validator(mode="after")
    def _adds_up(self):
        if abs(sum(self.weights.values()) - 100) > 1e-9:
            raise ValueError("the weights add up to 100")
        return self


class CaseText(Section):
    """What people say about a deal: only they can know it."""

    background: str = ""
    teamwork: str = ""
    difficulties: str = ""
    solutions: str = ""
    results: str = ""
    author: str = ""


class Cases(Section):
    """Which deals are told as cases: ``pinned`` first, never ``excluded``; ``texts`` by opportunity."""

    shown_cases: int = Field(3, ge=1, le=10)
    pinned: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    texts: dict[str, CaseText] = Field(default_factory=dict)


class Outside(Section):
    """A value measured outside, with its source."""

    value: float
    source: str
    date: str


class Brand(Section):
    """What is known of the brand from outside (requirement T-13), and customers' words that may be quoted."""

    aided_awareness: Outside | None = None
    share_of_voice: Outside | None = None
    testimonials: tuple[str, ...] = ()
