"""Horizons and floors of the churn and win models and of the forecast (requirements E-21, E-22)."""

from pydantic import Field

from .section import Section


class Models(Section):
    """Floors are the fewest rows of each outcome, and the shortest history, from which anything is learned.

    ``known_early`` names features that a person vouches for, which the leak guard then leaves in. ``false_alarm_cost``
    is the cost of acting on a customer who would have stayed, in units of the cost of losing one unwarned.
    """

    churn_horizon_days: int = Field(180, ge=30, le=730)
    win_horizon_days: int = Field(90, ge=7, le=730)
    snapshot_days: int = Field(30, ge=7, le=180)
    fewest_positives: int = Field(30, ge=10)
    fewest_negatives: int = Field(30, ge=10)
    fewest_days: int = Field(365, ge=0)
    folds: int = Field(3, ge=2, le=10)
    known_early: tuple[str, ...] = ()
    false_alarm_cost: float = Field(0.2, gt=0, lt=1)
    simulations: int = Field(4000, ge=500, le=100000)
    seed: int = Field(0, ge=0)
    attainment_band: tuple[float, float] = (0.30, 0.70)


class Playbook(Section):
    """What the company does about a warning (params/playbook.yml): per feature of the churn model one action, a word
    that the catalogues know (``playbook.contact`` …) or any text; ``deal_actions`` likewise for the win model."""

    actions: dict[str, str] = Field(default_factory=dict)
    deal_actions: dict[str, str] = Field(default_factory=dict)
    source: str = ""
    date: str = ""
