"""Companies drawn at random, whose sales and deals are known day by day: does the forecast's interval hold the truth?

Each has its own growth, season, win rates, deal sizes and speed; every half year has a good or bad wind that its deals
and orders share, so that the truth is not what the forecast assumes.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from salesreview.models.forecast import Facts

STAGES = ("contact", "needs", "quote", "signing")
FIRST = date(2020, 1, 1)


@dataclass(frozen=True)
class Company:
    """All that happens in 4.5 years: 2020-H1 to 2024-H1, as in `Facts`, and later."""

    sold: pd.DataFrame
    deals: pd.DataFrame
    stays: pd.DataFrame

    def known(self, day: date) -> Facts:
        """What was known at the end of ``day``."""
        now = pd.Timestamp(day)
        deals = self.deals[self.deals["created"] <= now].copy()
        later = deals["closed"] > now
        deals.loc[later, "won"] = False
        deals.loc[later, "closed"] = pd.NaT
        return Facts(day, FIRST, self.sold[self.sold["day"] <= now], deals, self.stays[self.stays["entered"] <= now])


def company(rng: np.random.Generator, halves: int = 9, with_deals: bool = True) -> Company:
    """One company over ``halves`` half years; without deals all of its orders stand alone."""
    days = halves * 182 + 400
    at = np.arange(-400, days)
    growth, season = rng.normal(0.08, 0.10), rng.normal(0, 0.12)
    half = np.floor_divide(at, 182.625).astype(int)
    wind = rng.normal(0, rng.uniform(0.03, 0.10), np.ptp(half) + 1)
    level = growth * at / 365 + np.where(half % 2 == 1, season, -season) + wind[half - half.min()]
    orders, amounts = _orders(rng, at, rng.uniform(0.5, 4) * np.exp(level))
    sold = [pd.DataFrame({"day": _days(orders), "opp_id": None, "amount": amounts})]
    deals, stays = _deals(rng, at, rng.uniform(0.8, 3) * np.exp(level)) if with_deals else _no_deals()
    won = deals[deals["won"]]
    realised = won["quoted"] * np.exp(rng.normal(-0.03, 0.1, len(won)))
    sold.append(pd.DataFrame({"day": won["closed"], "opp_id": won["opp_id"], "amount": realised}))
    everything = pd.concat([part for part in sold if len(part)]).astype({"opp_id": object})
    return Company(everything[everything["day"] >= pd.Timestamp(FIRST)], deals, stays)


def _orders(rng: np.random.Generator, at: np.ndarray, rate: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    day = np.repeat(at, rng.poisson(rate))
    return day, rng.lognormal(9.5, 0.9, len(day))


def _deals(rng: np.random.Generator, at: np.ndarray, rate: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    created = np.repeat(at, rng.poisson(rate))
    count, speed = len(created), rng.uniform(10, 30)
    step = rng.uniform(0.60, 0.85, 4)  # chance to leave each stage for the next, at the last one: to be won
    stay = 1 + np.floor(rng.gamma(1.5, speed / 1.5, (count, 4))).astype(int)
    passed = rng.random((count, 4)) < step
    reached = np.cumprod(np.c_[np.ones(count, bool), passed], axis=1).astype(bool)  # entered stage k; last: won
    closed = created + (stay * reached[:, :4]).sum(axis=1)
    name = np.array([f"D{i}" for i in range(count)], dtype=object)
    deals = pd.DataFrame(
        {"opp_id": name, "created": _days(created), "closed": _days(closed), "won": reached[:, 4],
         "quoted": rng.lognormal(10.5, 0.8, count)}
    )  # fmt: skip
    entered = created[:, None] + np.cumsum(stay, axis=1) - stay
    deal, stage = np.nonzero(reached[:, :4])
    stays = pd.DataFrame(
        {"opp_id": name[deal], "stage": np.array(STAGES, dtype=object)[stage], "entered": _days(entered[deal, stage])}
    )
    return deals, stays.sort_values("entered", kind="stable", ignore_index=True)


def _no_deals() -> tuple[pd.DataFrame, pd.DataFrame]:
    day = pd.Series(dtype="datetime64[ns]")
    deals = {"opp_id": pd.Series(dtype=object), "created": day, "closed": day, "won": pd.Series(dtype=bool),
             "quoted": pd.Series(dtype=float)}  # fmt: skip
    return pd.DataFrame(deals), pd.DataFrame({"opp_id": deals["opp_id"], "stage": deals["opp_id"], "entered": day})


def _days(number: np.ndarray) -> pd.DatetimeIndex:
    return pd.Timestamp(FIRST) + pd.to_timedelta(number, unit="D")
