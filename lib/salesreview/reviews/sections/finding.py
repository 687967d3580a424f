"""A sentence that states a finding in the wording of its case, and figures that know when they are few."""

from ...record import Figure, Text
from ..context import Context

MOVED = ("better", "worse", "flat")


def finding(key: str, case: str, change: Figure | None = None, **values: object) -> Text:
    """The entry ``key_case``; ``change`` goes into the cases better, worse and flat only, where there is one."""
    return Text(f"{key}_{case}", values | ({"change": change} if case in MOVED and change is not None else {}))


def few(ctx: Context, n: float) -> tuple[str, ...]:
    """The flag of a rate over fewer records than a claim needs (convention X-SMALL)."""
    return ("small_n",) if n < ctx.settings.minimum_n.rate else ()
