"""Warning lights on the outside world (requirements S1-68, S1-69)."""

from collections.abc import Sequence
from itertools import pairwise

FALLING_MONTHS = 3


def falling(values: Sequence[float], months: int = FALLING_MONTHS) -> bool | None:
    """Whether each of the last ``months`` values lies below the one before; None with fewer than months + 1 values.

    >>> falling([5, 4, 3, 2]), falling([5, 4, 4, 2]), falling([5, 4])
    (True, False, None)
    """
    if len(values) < months + 1:
        return None
    last = values[-(months + 1) :]
    return all(after < before for before, after in pairwise(last))
