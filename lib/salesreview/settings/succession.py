"""Who should be able to take over which key role (requirement T-02; params/succession.yml)."""

from pydantic import Field

from .section import Section


class KeyRole(Section):
    """A role that must not stay empty, and the roles from which it is filled.

    ``standard`` (0-100) is the mean score that the role asks for; without one, that of its holders' own standard holds.
    """

    role: str
    feeders: tuple[str, ...]
    standard: float | None = Field(None, ge=0, le=100)


class Succession(Section):
    """The company's rule for its bench, with source and date. Gaps are points on 0-100."""

    source: str = ""
    date: str = ""
    key_roles: tuple[KeyRole, ...] = ()
    target_ratio: float = Field(1.0, ge=0)
    ready_gap: float = Field(0.0, ge=0)
    soon_gap: float = Field(4.0, ge=0)
    least_months: int = Field(24, ge=0)
