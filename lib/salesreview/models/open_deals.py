"""The open pipeline of a day: chance and timing of each deal from how earlier deals went on, and its simulation.

A deal's chance to be won within so many days is the share of deals that stood in the same stage at earlier month-ends
and were won within as many days (Aalen-Johansen: losses compete, deals still open count as long as they were seen).
Deals older than nine in ten won ones form groups of their own; thin groups are drawn towards all deals.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from ..metrics.survival import LOST, OPEN, WON, incidence

LOOKS, EVERY = 24, 30
"""Earlier days on which the open pipeline is looked at, and the days between them."""
FULL_WEIGHT = 20
"""Deals with which a group's own rate weighs as much as that of all deals."""
MOST_EVIDENCE = 150
"""Deals that a rate counts as, however many there were: markets move, and so do rates."""
OLD = 0.9


@dataclass(frozen=True)
class OpenDeals:
    """Deals open on a day. ``frame``: ``opp_id``, ``amount`` (missing where none is recorded), ``group``,
    ``probability`` of being won within the horizon. ``timing``: by group the cumulative share of its deals won by
    each day from 0 to the longest horizon. ``evidence``: by group the deals behind it."""

    frame: pd.DataFrame
    timing: Mapping[str, np.ndarray]
    evidence: Mapping[str, int]

    @property
    def value(self) -> float:
        """Amount of all open deals."""
        return float(self.frame["amount"].sum())


def open_deals(deals: pd.DataFrame, stays: pd.DataFrame, day: date, horizon: int, longest: int) -> OpenDeals:
    """The deals open on ``day`` with their chances within ``horizon`` days (frames as from queries.forecast).

    ``longest`` is how many days the timing reaches. Amounts count only where lost deals have them too: an amount that
    is entered on winning knows the outcome.
    """
    now = pd.Timestamp(day)
    won = deals[deals["won"]]
    ages = (won["closed"] - won["created"]).dt.days
    limit = float(ages.quantile(OLD)) if len(ages) else np.inf
    seen = pd.concat([_look(deals, now - pd.Timedelta(days=EVERY * k)) for k in range(1, LOOKS + 1)])
    seen = _grouped(seen, stays, limit)
    current = _grouped(_look(deals, now), stays, limit)
    ended = seen["closed"].notna()
    seen["days"] = (seen["closed"].fillna(now) - seen["at"]).dt.days
    seen["event"] = np.where(ended & seen["won"], WON, np.where(ended, LOST, OPEN))
    everything = incidence(seen["days"].to_numpy(), seen["event"].to_numpy(), longest)
    timing, evidence = {}, {}
    by_group = dict(tuple(seen.groupby("group")))
    for group in sorted(current["group"].unique()):
        rows = by_group.get(group, seen.iloc[:0])
        count = int(rows["opp_id"].nunique())
        own = incidence(rows["days"].to_numpy(), rows["event"].to_numpy(), longest)
        timing[group] = (count * own + FULL_WEIGHT * everything) / (count + FULL_WEIGHT)
        evidence[group] = count
    chance = current["group"].map({group: curve[min(horizon, longest)] for group, curve in timing.items()})
    amount = current["quoted"] if priced(deals) else pd.Series(np.nan, index=current.index)
    frame = pd.DataFrame({"opp_id": current["opp_id"], "amount": amount.astype(float), "group": current["group"],
                          "probability": chance.astype(float)})  # fmt: skip
    return OpenDeals(frame.reset_index(drop=True), timing, evidence)


def with_model(deals: OpenDeals, eventual: pd.Series, horizon: int) -> OpenDeals:
    """The deals with a model's probability of ever being won (by opp_id) where it has one; the timing stays."""
    curves = {g: curve[min(horizon, len(curve) - 1)] / curve[-1] for g, curve in deals.timing.items() if curve[-1] > 0}
    frame = deals.frame
    soon = frame["opp_id"].map(eventual).astype(float) * frame["group"].map(curves).astype(float)
    return replace(deals, frame=frame.assign(probability=soon.fillna(frame["probability"])))


def priced(deals: pd.DataFrame) -> bool:
    """Whether at least half of the lost deals have an amount; True when none was lost."""
    lost = deals[deals["closed"].notna() & ~deals["won"]]
    return bool(lost["quoted"].notna().sum() * 2 >= len(lost))


def simulated(
    deals: OpenDeals, realised: np.ndarray, amounts: np.ndarray, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """Sales from the open deals in each of ``draws`` futures (float64, length draws).

    A group's rate is itself drawn (Beta, as many deals as stand behind it); each deal is won or not; a won one brings
    its amount times one of ``realised`` (ordered / recorded amount of won deals), one without amount one of
    ``amounts`` (ordered amounts of won deals). Without open deals, or without any history of amounts, all zeros.
    """
    frame, total = deals.frame, np.zeros(draws)
    for group, rows in frame.groupby("group"):
        base = float(rows["probability"].mean())
        if base <= 0:
            continue
        evidence = min(deals.evidence[group] + FULL_WEIGHT, MOST_EVIDENCE)
        centre = min(base, 0.999)
        factor = rng.beta(centre * evidence, (1 - centre) * evidence, draws) / base
        chance, amount = rows["probability"].to_numpy(), rows["amount"].to_numpy()
        for first in range(0, draws, 250):
            block = factor[first : first + 250]
            at, which = np.nonzero(rng.random((len(block), len(rows))) < np.minimum(block[:, None] * chance, 1.0))
            total[first : first + len(block)] += np.bincount(
                at, _worth(amount[which], realised, amounts, rng), minlength=len(block)
            )
    return total


def _worth(amount: np.ndarray, realised: np.ndarray, amounts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    ratio = rng.choice(realised, len(amount)) if len(realised) else np.ones(len(amount))
    drawn = rng.choice(amounts, len(amount)) if len(amounts) else np.zeros(len(amount))
    return np.where(np.isnan(amount), drawn, np.nan_to_num(amount) * ratio)


def _look(deals: pd.DataFrame, at: pd.Timestamp) -> pd.DataFrame:
    """The deals open at the end of ``at``."""
    standing = (deals["created"] <= at) & (deals["closed"].isna() | (deals["closed"] > at))
    return deals[standing].assign(at=at)


def _grouped(rows: pd.DataFrame, stays: pd.DataFrame, limit: float) -> pd.DataFrame:
    """``rows`` with ``group``: the stage last entered by ``at``, and whether the deal was then old."""
    rows = rows.astype({"opp_id": object}).sort_values(["at", "opp_id"])
    types = {"opp_id": object, "entered": rows["at"].dtype}
    entered = stays.astype(types).sort_values("entered", kind="stable")
    joined = pd.merge_asof(rows, entered, left_on="at", right_on="entered", by="opp_id")
    old = (joined["at"] - joined["created"]).dt.days > limit
    return joined.assign(group=joined["stage"].fillna("") + np.where(old, "+", ""))
