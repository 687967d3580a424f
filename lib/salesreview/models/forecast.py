"""Sales of the coming period from what is known on a day: booked + open deals + deals to come + other orders.

Every part is drawn many times; the sum of the draws is the forecast. The same function, given only what was known
then, forecasts every past period: that is the backtest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from ..periods import Period, Window, add_months
from .comparable import predicted
from .open_deals import OpenDeals, open_deals, simulated

PARTS = ("booked", "pipeline", "new", "other")
"""Sold already; from the deals open now; from deals not yet created; all other orders (repeat orders without a deal,
late deliveries of deals won before, returns)."""
FEWEST = 2
"""Comparable past periods without which nothing is forecast; one must be of the same season."""
YEARS = 5
"""Years before the target from which comparable periods are taken."""
LINKED = 0.5
"""Share of won deals with an order from which orders can be told apart by deal."""
QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Facts:
    """What was known at the end of ``day``: frames as from queries.forecast, and the first day of the data."""

    day: date
    first_day: date
    sold: pd.DataFrame
    deals: pd.DataFrame
    stays: pd.DataFrame


@dataclass(frozen=True)
class Spread:
    """An amount with the bounds that it stays below in one and in nine of ten draws."""

    p10: float
    p50: float
    p90: float


@dataclass(frozen=True)
class Forecast:
    """Sales of ``target`` as forecast on ``day``.

    ``draws``: total sales of each simulated future. ``parts``: spread by part of `PARTS` (parts that the data does not
    have are left out); ``middle``: what the parts bring in the futures around the P50, adding up to it. ``past``: the
    amounts by part in comparable windows. ``pipeline``: the open deals, None where orders are not linked to deals.
    ``conversion``: share of the open amount that became sales of the period in the past, None when unknown.
    """

    target: Period
    day: date
    draws: np.ndarray
    parts: dict[str, Spread]
    middle: dict[str, float]
    past: pd.DataFrame
    pipeline: OpenDeals | None
    conversion: float | None

    @property
    def total(self) -> Spread:
        return spread(self.draws)

    def chance(self, goal: float) -> float:
        """Share of the futures in which sales reach ``goal``."""
        return float((self.draws >= goal).mean())


@dataclass(frozen=True)
class Comparable:
    """A past period and its window after the same point: its days, its season, its years before the target."""

    period: Period
    day: date
    rest: Window
    season: int
    years: float


def spread(draws: np.ndarray) -> Spread:
    return Spread(*(float(value) for value in np.quantile(draws, QUANTILES)))


def comparable(target: Period, day: date, first_day: date) -> tuple[Comparable, ...]:
    """Past periods of the `YEARS` before that ended by ``day`` and that the data covers from their first month, newest
    first.

    A named period is compared with all earlier ones of its kind, a range of days with the same days of earlier years.
    ``day`` is the day before the target or one inside it; the window after it starts at the same distance.
    """
    elapsed, found = day - target.start, []
    period = target
    earliest = max(first_day.replace(day=1), add_months(target.start, -12 * YEARS))
    while True:
        period = period.year_ago() if target.kind == "range" else period.previous()
        if period.start < earliest:
            break
        then = period.start + elapsed
        if period.end <= day and then < period.end:
            rest = Window(then + timedelta(days=1), period.end)
            found.append(Comparable(period, then, rest, period.number, (target.start - period.start).days / 365.25))
    return tuple(found)


def enough(past: Sequence[Comparable], target: Period) -> bool:
    """Whether a forecast can be made at all: `FEWEST` past periods, one of them of the target's season."""
    return len(past) >= FEWEST and any(one.season == target.number for one in past)


def linked(facts: Facts) -> bool:
    """Whether sales can be told apart by deal: most won deals have an order, and some deals are open."""
    deals = facts.deals
    won = deals[deals["won"]]
    if won.empty or deals["closed"].notna().all():
        return False
    return bool(won["opp_id"].isin(facts.sold["opp_id"].dropna()).mean() >= LINKED)


def forecast(facts: Facts, target: Period, *, draws: int = 4000, seed: int = 0,
             adjust: Callable[[OpenDeals], OpenDeals] | None = None) -> Forecast | None:  # fmt: skip
    """Sales of ``target`` as far as they can be told from ``facts``; None without enough comparable periods.

    ``adjust`` may replace the chances of the open deals by those of a model.
    """
    past = comparable(target, facts.day, facts.first_day)
    if not enough(past, target):
        return None
    rng = np.random.default_rng(seed)
    by_deal = linked(facts)
    history = history_of(facts, past, by_deal)
    found = {"booked": np.full(draws, between(facts.sold, target.start, facts.day))}
    pipeline = None
    if by_deal:
        horizon = (target.end - facts.day).days
        pipeline = open_deals(facts.deals, facts.stays, facts.day, horizon, max(horizon, 400))
        pipeline = adjust(pipeline) if adjust else pipeline
        found["pipeline"] = simulated(pipeline, *_ordered(facts), draws, rng)
    kinds = ["new", "other"] if by_deal else ["other"]
    coming = predicted(
        history[kinds].to_numpy(float), history["season"].to_numpy(), history["years"].to_numpy(float),
        target.number, draws, rng,
    )  # fmt: skip
    found |= {kind: coming[:, place] for place, kind in enumerate(kinds)}
    total = sum(found.values())
    return Forecast(
        target=target,
        day=facts.day,
        draws=total,
        parts={part: spread(values) for part, values in found.items()},
        middle=_middle(found, total),
        past=history,
        pipeline=pipeline,
        conversion=_conversion(facts, past, history) if by_deal else None,
    )


def history_of(facts: Facts, past: Sequence[Comparable], by_deal: bool) -> pd.DataFrame:
    """What the window of each comparable period brought by part: ``code``, ``season``, ``years``, ``pipeline``,
    ``new``, ``other``; without orders by deal all of it is ``other``."""
    known = facts.sold.merge(facts.deals[["opp_id", "created", "closed"]], on="opp_id", how="left")
    rows = []
    for one in past:
        start, end, then = (pd.Timestamp(day) for day in (one.rest.start, one.rest.end, one.day))
        inside = known[(known["day"] >= start) & (known["day"] <= end)]
        new = by_deal & (inside["created"] > then)
        standing = by_deal & (inside["created"] <= then) & (inside["closed"].isna() | (inside["closed"] > then))
        amount = inside["amount"]
        rows.append(
            {"code": one.period.code, "season": one.season, "years": one.years,
             "pipeline": float(amount[standing].sum()), "new": float(amount[new].sum()),
             "other": float(amount[~standing & ~new].sum())}
        )  # fmt: skip
    return pd.DataFrame(rows)


def between(sold: pd.DataFrame, start: date, end: date) -> float:
    """Sales of the days from ``start`` to ``end``, both included; zero when there are none."""
    inside = (sold["day"] >= pd.Timestamp(start)) & (sold["day"] <= pd.Timestamp(end))
    return float(sold.loc[inside, "amount"].sum())


def naive(facts: Facts, target: Period) -> float | None:
    """The yardstick: booked, plus the same days of last year times the growth of the last twelve months on the twelve
    before (1 where the data does not reach back so far); None without last year's days."""
    rest = Window(facts.day + timedelta(days=1), target.end).years_back()
    if rest.start < facts.first_day.replace(day=1):
        return None
    year = Window(facts.day - timedelta(days=364), facts.day)
    before = Window(facts.day - timedelta(days=729), facts.day - timedelta(days=365))
    base = between(facts.sold, before.start, before.end)
    reached = before.start >= facts.first_day.replace(day=1) and base > 0
    growth = between(facts.sold, year.start, year.end) / base if reached else 1.0
    return between(facts.sold, target.start, facts.day) + growth * between(facts.sold, rest.start, rest.end)


def _ordered(facts: Facts) -> tuple[np.ndarray, np.ndarray]:
    """Of the deals won since sales are known: ordered / recorded amount where there is one, and the ordered amounts."""
    totals = facts.sold.dropna(subset="opp_id").groupby("opp_id")["amount"].sum()
    won = facts.deals[facts.deals["won"] & (facts.deals["closed"] >= pd.Timestamp(facts.first_day))]
    ordered = won["opp_id"].map(totals).fillna(0.0).astype(float)
    known = won["quoted"].notna()
    return (ordered[known] / won.loc[known, "quoted"]).to_numpy(), ordered[ordered > 0].to_numpy()


def _middle(found: dict[str, np.ndarray], total: np.ndarray) -> dict[str, float]:
    """Means of the parts in the fifth of the futures around the median, scaled to add up to it."""
    low, middle, high = np.quantile(total, (0.4, 0.5, 0.6))
    near = (total >= low) & (total <= high)
    means = {part: float(values[near].mean()) for part, values in found.items()}
    booked = means["booked"]
    rest = sum(means.values()) - booked
    scale = (middle - booked) / rest if rest else 1.0
    return {part: value if part == "booked" else float(value * scale) for part, value in means.items()}


def _conversion(facts: Facts, past: Sequence[Comparable], history: pd.DataFrame) -> float | None:
    """Sales that the deals open at the same point of past periods brought in them / their amount then."""
    stood = 0.0
    for one in past:
        then = pd.Timestamp(one.day)
        deals = facts.deals
        standing = (deals["created"] <= then) & (deals["closed"].isna() | (deals["closed"] > then))
        stood += float(deals.loc[standing, "quoted"].sum())
    return float(history["pipeline"].sum()) / stood if stood > 0 else None
