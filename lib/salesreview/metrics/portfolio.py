"""Which members stand out: strong ones, and small ones that grow fast (requirement D-14)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Standing:
    """One member: share of sales, growth (None without a base), gross margin (None without costs), orders, open
    pipeline per sales to be expected (None without deals)."""

    member: str
    share: float
    growth: float | None
    margin: float | None
    orders: int
    cover: float | None = None


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


def potential(
    members: Sequence[Standing], fewest_orders: int, growth_quantile: float = 0.75, most_cover: float = 3.0
) -> tuple[str, ...]:
    """Small members that may grow: a share of at most the median, at least ``fewest_orders`` orders, and either growth
    above zero and of at least the ``growth_quantile`` of all, or a pipeline of ``most_cover`` and more; by growth,
    those without growth last. Empty where neither growth nor pipeline is known."""
    if not members:
        return ()
    bar = quantile([member.growth for member in members if member.growth is not None], growth_quantile)
    middle = median(member.share for member in members)
    found = [
        member
        for member in members
        if member.share <= middle
        and member.orders >= fewest_orders
        and (_grows(member.growth, bar) or (member.cover is not None and member.cover >= most_cover))
    ]
    unknown = float("inf")
    order = sorted(found, key=lambda m: (unknown if m.growth is None else -m.growth, m.member))
    return tuple(member.member for member in order)


def _grows(growth: float | None, bar: float | None) -> bool:
    return growth is not None and bar is not None and growth > 0 and growth >= bar


def _reaches(value: float | None, bar: float | None) -> bool:
    return bar is None or (value is not None and value >= bar)
