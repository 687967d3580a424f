"""Growth rates and contributions to growth (requirements D-03, D-04, D-07; engine E-07)."""

from collections.abc import Mapping


def ratio(numerator: float | None, denominator: float | None) -> float | None:
    """``numerator / denominator``; None when either is missing or the denominator is zero (convention X-ZERO)."""
    if numerator is None or denominator is None or denominator == 0:
        return None
    return numerator / denominator


def growth(now: float | None, base: float | None) -> float | None:
    """Relative change; None when a value is missing or the base is not above zero (convention X-BASE).

    >>> growth(115.0, 100.0)
    0.15
    """
    if now is None or base is None or base <= 0:
        return None
    return (now - base) / base


def contributions(now: Mapping[str, float], base: Mapping[str, float]) -> dict[str, float] | None:
    """Each member's share of total growth: ``(S_i - S_i,base) / S_base``; they add up to the growth of the total.

    A member missing on one side counts as zero there. None when the base total is not above zero.

    >>> contributions({"a": 60.0, "b": 60.0}, {"a": 50.0, "c": 50.0})
    {'a': 0.1, 'b': 0.6, 'c': -0.5}
    """
    total = sum(base.values())
    if total <= 0:
        return None
    members = dict.fromkeys([*now, *base])
    return {member: (now.get(member, 0.0) - base.get(member, 0.0)) / total for member in members}


def seasonally_adjusted(now: float, base: float, now_index: float, base_index: float) -> float | None:
    """Growth after both values are divided by their seasonal index (requirement D-04).

    >>> round(seasonally_adjusted(120.0, 80.0, 1.2, 0.8), 12)
    0.0
    """
    if now_index <= 0 or base_index <= 0:
        return None
    return growth(now / now_index, base / base_index)
