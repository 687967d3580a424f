"""Order value and what moved sales: order count, order value, customers (requirements D-15, D-17)."""

import math
from dataclasses import dataclass

from .bridges import balanced
from .growth import ratio


def average(sales: float, positive_orders: int) -> float | None:
    """Average order value: sales over orders with a net amount above zero; returns lower the numerator only.

    >>> average(900.0, 3)
    300.0
    """
    return ratio(sales, positive_orders)


@dataclass(frozen=True)
class CountValue:
    """A change of sales split into the effect of the number of orders and of their value; the two add up to it."""

    count: float
    value: float


def count_value(sales0: float, orders0: int, sales1: float, orders1: int) -> CountValue | None:
    """``ΔN·(AOV0+AOV1)/2`` and ``ΔAOV·(N0+N1)/2`` in whole cents; None when either side has no orders.

    The two swap sign when the periods are swapped.

    >>> count_value(1000.0, 10, 1500.0, 12)
    CountValue(count=225.0, value=275.0)
    """
    if orders0 <= 0 or orders1 <= 0:
        return None
    aov0, aov1 = sales0 / orders0, sales1 / orders1
    parts = ((orders1 - orders0) * (aov0 + aov1) / 2, (aov1 - aov0) * (orders0 + orders1) / 2)
    return CountValue(*balanced(parts, sales1 - sales0))


@dataclass(frozen=True)
class ThreeFactor:
    """A change of sales split into customers, orders per customer and order value; the three add up to it."""

    accounts: float
    frequency: float
    value: float


def shapley(factors0: tuple[float, float, float], factors1: tuple[float, float, float]) -> tuple[float, float, float]:
    """Shapley split of the change of a product of three factors: each effect averaged over the six orders of change.

    ``Δa·[(b0c0 + b1c1)/3 + (b0c1 + b1c0)/6]`` and likewise for b and c; they add up to ``a1b1c1 - a0b0c0``.
    """

    def effect(i: int) -> float:
        j, k = (i + 1) % 3, (i + 2) % 3
        same = factors0[j] * factors0[k] + factors1[j] * factors1[k]
        crossed = factors0[j] * factors1[k] + factors1[j] * factors0[k]
        return (factors1[i] - factors0[i]) * (same / 3 + crossed / 6)

    return effect(0), effect(1), effect(2)


def three_factor(
    base: tuple[float, int, int],
    now: tuple[float, int, int],
) -> ThreeFactor | None:
    """Split by ``S = accounts × orders per account × AOV``; each argument is (sales, orders, accounts).

    In whole cents; None when a side has no orders or no customers. The effects swap sign when the periods are swapped.
    """
    if min(base[1:]) <= 0 or min(now[1:]) <= 0:
        return None
    before, after = ((accounts, orders / accounts, sales / orders) for sales, orders, accounts in (base, now))
    return ThreeFactor(*balanced(shapley(before, after), now[0] - base[0]))


def verdict(split: CountValue | None, mainly: float = 0.6) -> str:
    """Which effect explains the change: ``count``, ``value``, ``both``, ``none`` (no change) or ``no_base``.

    ``mainly`` is the share of the change above which one effect counts as the main one; when the effects work against
    each other the one that points in the direction of the change is the main one.

    >>> verdict(CountValue(70.0, 30.0))
    'count'
    """
    if split is None:
        return "no_base"
    change = split.count + split.value
    if abs(change) < 0.005:
        return "none"
    if split.count / change > mainly:
        return "count"
    return "value" if split.value / change > mainly else "both"


def band_edges(low: float, high: float, limit: int = 8) -> tuple[float, ...]:
    """Round edges (1, 2, 5 times a power of ten) of a logarithmic scale that span ``low`` to ``high``.

    Thinned to powers of ten when there would be more than ``limit``; empty when ``low`` is not above zero.

    >>> band_edges(900.0, 12000.0)
    (1000.0, 2000.0, 5000.0, 10000.0)
    """
    if low <= 0 or high < low:
        return ()
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    edges = [float(step * 10**power) for power in powers for step in (1, 2, 5) if low <= step * 10**power <= high]
    if len(edges) > limit:
        edges = [float(10**power) for power in powers if low <= 10**power <= high]
    return tuple(edges)
