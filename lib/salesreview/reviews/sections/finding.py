"""A sentence that states a finding in the wording of its case, and figures that know when they are few."""

from ...record import Figure, Text
from ..context import Context
from .cases import rate_movement

MOVED = ("better", "worse", "flat")


def finding(key: str, case: str, change: Figure | None = None, **values: object) -> Text:
    """The entry ``key_case``; ``change`` goes into the cases better, worse and flat only, where there is one."""
    return Text(f"{key}_{case}", values | ({"change": change} if case in MOVED and change is not None else {}))


def few(ctx: Context, n: float) -> tuple[str, ...]:
    """The flag of a rate over fewer records than a claim needs (convention X-SMALL)."""
    return ("small_n",) if n < ctx.settings.minimum_n.rate else ()


def rate_case(now: Figure, base: Figure | None) -> str:
    """`cases.rate_movement`, or small_n for a rate over few records."""
    return "small_n" if "small_n" in now.flags else rate_movement(now, base)
