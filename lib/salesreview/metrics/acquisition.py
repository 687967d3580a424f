"""Acquisition cost: the lag, the window of cost, allocation to channels, payback (engine row E-14)."""

import calendar
import math
from collections.abc import Mapping
from datetime import date

import pandas as pd

from ..periods import Window, add_months

DAYS_PER_MONTH = 30


def lag_months(median_cycle_days: float | None) -> int:
    """Months by which cost runs ahead of the customers it wins: the median cycle / 30, rounded half up (D-19).

    Zero when the cycle is not known.

    >>> lag_months(75.0), lag_months(74.9), lag_months(None)
    (3, 2, 0)
    """
    return 0 if median_cycle_days is None else max(0, math.floor(median_cycle_days / DAYS_PER_MONTH + 0.5))


def moved_back(window: Window, months: int) -> Window:
    """``window`` some months earlier; an end on a month's last day stays one.

    >>> moved_back(Window(date(2026, 1, 1), date(2026, 6, 30)), 2).end
    datetime.date(2026, 4, 30)
    """
    end = add_months(window.end, -months)
    if window.end.day == _days_in(window.end):
        end = end.replace(day=_days_in(end))
    return Window(add_months(window.start, -months), end)


def month_shares(window: Window) -> dict[date, float]:
    """How much of each calendar month lies in ``window`` (0-1), by the month's first day.

    >>> month_shares(Window(date(2026, 3, 1), date(2026, 4, 15)))
    {datetime.date(2026, 3, 1): 1.0, datetime.date(2026, 4, 1): 0.5}
    """
    shares, first = {}, window.start.replace(day=1)
    while first <= window.end:
        last = first.replace(day=_days_in(first))
        days = (min(last, window.end) - max(first, window.start)).days + 1
        shares[first] = days / _days_in(first)
        first = add_months(first, 1)
    return shares


def months_in(window: Window) -> float:
    """Length of ``window`` in months: 6 for a half year, 3.5 for 1 January to 15 April."""
    return math.fsum(month_shares(window).values())


def prorated(monthly: pd.DataFrame, window: Window, column: str = "amount") -> float:
    """Sum of ``column`` over ``window`` from rows of whole months (column ``month``), to the cent.

    A month that lies partly in the window counts by days. No rows give 0.0.
    """
    shares = month_shares(window)
    parts = (
        float(amount) * shares.get(pd.Timestamp(month).date(), 0.0)
        for month, amount in zip(monthly["month"], monthly[column], strict=True)
        if pd.notna(amount)
    )
    return round(math.fsum(parts), 2)


def acquisition_share(rep_costs: pd.DataFrame, columns: tuple[str, ...]) -> tuple[pd.DataFrame, float | None]:
    """Rep costs times the share of time spent on acquisition, and the share of the cost for which that is known.

    ``rep_costs`` has ``month``, ``acquisition_share`` and ``columns``; rows without a share count as nothing. The
    second value is None when there is no cost at all.
    """
    costs = rep_costs.copy()
    share = pd.to_numeric(costs["acquisition_share"])
    total = float(costs[list(columns)].sum().sum())
    known = float(costs.loc[share.notna(), list(columns)].sum().sum())
    for column in columns:
        costs[column] = costs[column].astype(float) * share.fillna(0.0)
    return costs, known / total if total > 0 else None


def month_coverage(window: Window, first: date | None, last: date | None) -> float:
    """Share of ``window``, in months, that lies between the first and last month with records (0 without records)."""
    if first is None or last is None:
        return 0.0
    shares = month_shares(window)
    inside = math.fsum(share for month, share in shares.items() if first.replace(day=1) <= month <= last)
    return inside / math.fsum(shares.values())


def per_customer(cost: float | None, customers: int) -> float | None:
    """Cost / new customers (D-19); None without customers or without a cost."""
    return None if cost is None or customers <= 0 else cost / customers


def payback_months(cac: float | None, arpa_per_month: float | None, gm_ratio: float | None) -> float | None:
    """CAC / (monthly sales per customer x gross margin), D-20; None when unknown or when the margin is not above zero.

    >>> payback_months(12000, 5000, 0.4)
    6.0
    """
    if cac is None or arpa_per_month is None or gm_ratio is None or arpa_per_month * gm_ratio <= 0:
        return None
    return cac / (arpa_per_month * gm_ratio)


def allocated(total: float, weights: Mapping[str, float]) -> dict[str, float]:
    """``total`` split by ``weights`` in whole cents that add up to it exactly (largest remainder, ties by name).

    Weights that are all zero give an empty dict.

    >>> allocated(100.0, {"a": 1, "b": 1, "c": 1})
    {'a': 33.34, 'b': 33.33, 'c': 33.33}
    """
    whole = math.fsum(weights.values())
    if whole <= 0:
        return {}
    cents = round(total * 100)
    exact = {name: cents * weight / whole for name, weight in weights.items()}
    floors = {name: math.floor(value) for name, value in exact.items()}
    order = sorted(exact, key=lambda name: (floors[name] - exact[name], name))
    for name in order[: cents - sum(floors.values())]:
        floors[name] += 1
    return {name: floors[name] / 100 for name in exact}


def by_channel(
    direct: Mapping[str, float], shared: float, leads: Mapping[str, float], customers: Mapping[str, int], rest: str
) -> pd.DataFrame:
    """Acquisition cost of each channel (D-21).

    Columns: ``channel``, ``direct``, ``shared``, ``cost`` (their sum), ``leads``, ``customers``, ``cac`` (null without
    customers), ordered by cost, then name. ``shared`` is allocated by leads, without leads by direct cost, without
    either to ``rest``; the costs add up to direct + shared in cents.
    """
    basis = next((w for w in (leads, direct) if math.fsum(w.values()) > 0), {rest: 1.0})
    parts = allocated(shared, basis)
    names = sorted({*direct, *parts, *leads, *customers})
    rows = []
    for name in names:
        own, part, won = round(direct.get(name, 0.0), 2), parts.get(name, 0.0), int(customers.get(name, 0))
        cost = round(own + part, 2)
        rows.append((name, own, part, cost, int(leads.get(name, 0)), won, per_customer(cost, won)))
    frame = pd.DataFrame(rows, columns=["channel", "direct", "shared", "cost", "leads", "customers", "cac"])
    return frame.sort_values(["cost", "channel"], ascending=[False, True], ignore_index=True)


def _days_in(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]
