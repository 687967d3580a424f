"""The place of one exhibit: what stands there when its data is absent or too thin."""

from dataclasses import dataclass

from ....record import NotEnough, NotProvided, Text
from ...context import Context


@dataclass(frozen=True)
class Slot:
    """Id, title in the absence of a finding, and requirements of an exhibit."""

    id: str
    title: Text
    requirements: tuple[str, ...]

    def absent(self, missing: tuple[str, ...]) -> NotProvided:
        return NotProvided(id=self.id, title=self.title, requirements=self.requirements, missing=missing)

    def few(self, reason: Text | None = None) -> NotEnough:
        reason = reason or Text("flow.too_few")
        return NotEnough(id=self.id, title=self.title, requirements=self.requirements, reason=reason)

    @property
    def at(self) -> dict:
        """What every exhibit in this place is made with."""
        return {"id": self.id, "requirements": self.requirements}


def shaky(ctx: Context, n: float, kind: str = "rate") -> tuple[str, ...]:
    """The flag of a figure over fewer records than its kind (rate, mean) needs."""
    return ("small_n",) if n < getattr(ctx.settings.minimum_n, kind) else ()
