"""Which members stand out: strong ones, and small ones that grow fast (requirement D-14)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Standing:
    """One member: share of sales, growth (None without a base), gross margin (None without costs), orders."""

    member: str
    share: float
    growth: float | None
    margin: float | None
    orders: int


def quantile(values: Iterable[float], q: float) -> float | None:
    """Quantile by linear interpolation; None without values.

    >>> quantile([1.0, 2.0, 3.0, 4.0], 0.75)
    3.25
    """
    ordered = sorted(values)
    if not ordered:
        return None
    place = (len(ordered) - 1) * q
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def strong(
    members: Sequence[Standing], growth: float | None, margin: float | None, fewest_orders: int = 0
) -> tuple[str, ...]:
    """Members with a share of at least the median, margin and growth of at least the whole's and at least
    ``fewest_orders`` orders; by share.

    Where the whole has no margin (no costs in the data) or no growth (no base) that condition is left out; a member
    that has none itself does not meet it.
    """
    if not members:
        return ()
    middle = median(member.share for member in members)
    found = [
        member
        for member in members
        if member.share >= middle
        and member.orders >= fewest_orders
        and _reaches(member.margin, margin)
        and _reaches(member.growth, growth)
    ]
    return tuple(member.member for member in sorted(found, key=lambda m: (-m.share, m.member)))


def potential(members: Sequence[Standing], fewest_orders: int, growth_quantile: float = 0.75) -> tuple[str, ...]:
    """Members with growth above zero and of at least the ``growth_quantile`` of all, a share of at most the median and
    at least ``fewest_orders`` orders; by growth. Empty where no growth is known."""
    rates = [member.growth for member in members if member.growth is not None]
    bar = quantile(rates, growth_quantile)
    if bar is None:
        return ()
    middle = median(member.share for member in members)
    found = [
        member
        for member in members
        if member.growth is not None
        and member.growth >= max(bar, 0.0)
        and member.growth > 0
        and member.share <= middle
        and member.orders >= fewest_orders
    ]
    return tuple(member.member for member in sorted(found, key=lambda m: (-m.growth, m.member)))


def _reaches(value: float | None, bar: float | None) -> bool:
    return bar is None or (value is not None and value >= bar)
