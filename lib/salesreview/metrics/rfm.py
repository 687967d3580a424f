"""Customer tiers from recency, frequency and money (requirements S1-16 … S1-25)."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Tier = Literal["高价值", "潜力", "潜力(观察)", "休眠", "低价值"]
TIERS: tuple[Tier, ...] = ("高价值", "潜力", "潜力(观察)", "休眠", "低价值")
SHORTEST_MONTHS, LONGEST_MONTHS = 3, 12
DAYS_OF_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Rules:
    """Limits of the four tiers: days since the last order, orders a month, percentile of sales (0-1)."""

    high_days: float = 30
    high_orders: float = 1
    high_money: float = 0.80
    potential_days: float = 60
    potential_orders: float = 1 / 3
    dormant_days: float = 90
    dormant_orders: float = 2 / 12
    low_days: float = 180
    low_orders: float = 1 / 12
    low_money: float = 0.20


@dataclass(frozen=True)
class Placed:
    """The tier of one customer; ``exact`` where it meets the tier's own rule, else it fell there by its last order."""

    tier: Tier
    exact: bool


def place(days: float, orders: float, money: float, rules: Rules) -> Placed:
    """The one tier of a customer with ``days`` since its last order, ``orders`` a month and ``money`` percentile.

    Tested in the order 高价值, 低价值, 休眠, 潜力; what meets none of them is placed by its last order alone (S1-25).

    >>> place(10, 2, 0.95, Rules())
    Placed(tier='高价值', exact=True)
    >>> place(75, 2, 0.95, Rules())
    Placed(tier='潜力(观察)', exact=False)
    """
    if days <= rules.high_days and orders >= rules.high_orders and money >= rules.high_money:
        return Placed("高价值", True)
    if days >= rules.low_days and orders <= rules.low_orders and money <= rules.low_money:
        return Placed("低价值", True)
    if days >= rules.dormant_days and orders <= rules.dormant_orders:
        return Placed("休眠", True)
    middle = rules.low_money < money < rules.high_money
    if days <= rules.potential_days and orders >= rules.potential_orders and middle:
        return Placed("潜力", True)
    if days >= rules.dormant_days:
        return Placed("休眠", False)
    return Placed("潜力" if days <= rules.potential_days else "潜力(观察)", False)


def monthly_orders(orders: int, tenure_days: float) -> float:
    """Orders of the last twelve months a month of them; of the tenure where it is shorter, at least three months.

    >>> monthly_orders(6, 30)
    2.0
    """
    months = min(max(tenure_days / DAYS_OF_MONTH, SHORTEST_MONTHS), LONGEST_MONTHS)
    return orders / months


def percentiles(amounts: Sequence[float]) -> list[float]:
    """For each amount the share of the others that lie below it, 0-1; equal amounts share the lowest place. A single
    amount stands in the middle.

    >>> percentiles([0, 0, 5, 9, 7])
    [0.0, 0.0, 0.5, 1.0, 0.75]
    """
    ordered, others = sorted(amounts), len(amounts) - 1
    return [bisect_left(ordered, amount) / others if others else 0.5 for amount in amounts]
