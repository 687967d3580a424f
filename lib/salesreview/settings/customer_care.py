"""How the health of accounts is scored and how often customers are to be contacted."""

from pydantic import Field

from .section import Section


class Health(Section):
    """Weights of the parts of the health score, its bands and the triggers of the early warning (K-13, K-48, K-50)."""

    weights: dict[str, float] = Field(
        default_factory=lambda: {
            "trend": 0.25,
            "satisfaction": 0.15,
            "complaints": 0.15,
            "engagement": 0.15,
            "people": 0.10,
            "payment": 0.10,
            "contract": 0.10,
        }
    )
    green: float = Field(70, ge=0, le=100)
    red: float = Field(50, ge=0, le=100)
    sales_drop: float = Field(0.20, gt=0, le=1)
    score_drop: float = Field(10, gt=0, le=100)
    score_floor: float = Field(60, ge=0, le=100)
    slip_amber: float = Field(0.10, ge=0)
    slip_red: float = Field(0.20, ge=0)


class ContactCadence(Section):
    """Days after which a customer of each tier is to be contacted again (S3-61)."""

    source: str = ""
    date: str = ""
    days: dict[str, int] = Field(default_factory=dict)
