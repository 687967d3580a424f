"""What bespoke deals cost and bring against standard ones (requirements K-18, K-20)."""

from dataclasses import dataclass

import pandas as pd

from .comparison import Interval, mean_difference, rate_difference
from .growth import ratio


@dataclass(frozen=True)
class Compared:
    """One measure of both kinds of deals; ``gap`` is bespoke less standard with its 95 % interval, None where too few.

    ``counts`` are the records behind each side.
    """

    name: str
    bespoke: float | None
    standard: float | None
    counts: tuple[int, int]
    gap: Interval | None


def compared(deals: pd.DataFrame) -> list[Compared]:
    """Bespoke against standard: win_rate, days_to_win, quotes_per_win, special_terms, won_margin, extra_cost.

    ``deals`` as `queries.bespoke.closed_deals`. Shares are 0-1, days calendar days. Gross margin is the mean over won
    deals with costed sales; extra cost the customisation cost over sales, mean over won deals with a project.
    """
    won = deals[deals["won"].astype(bool)]
    margins = won[won["sales"] > 0].assign(value=lambda f: (f["sales"] - f["cost"]) / f["sales"])
    extras = won[(won["sales"] > 0) & won["extra"].notna()].assign(value=lambda f: f["extra"] / f["sales"])
    return [
        _rates("win_rate", deals, "won"),
        _means("days_to_win", won.assign(value=won["days"].astype(float))),
        _means("quotes_per_win", won[won["quotes"] > 0].assign(value=lambda f: f["quotes"].astype(float))),
        _rates("special_terms", won.dropna(subset=["special"]), "special"),
        _means("won_margin", margins),
        _means("extra_cost", extras),
    ]


def _sides(deals: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    mask = deals["bespoke"].astype(bool)
    return deals[mask], deals[~mask]


def _rates(name: str, deals: pd.DataFrame, column: str) -> Compared:
    one, zero = ((int(side[column].astype(bool).sum()), len(side)) for side in _sides(deals))
    return Compared(name, ratio(*one), ratio(*zero), (one[1], zero[1]), rate_difference(*one, *zero))


def _means(name: str, deals: pd.DataFrame) -> Compared:
    one, zero = (side["value"].dropna() for side in _sides(deals))
    values = [float(side.mean()) if len(side) else None for side in (one, zero)]
    gap = None
    if min(len(one), len(zero)) > 1:
        gap = mean_difference(len(one), values[0], float(one.std()), len(zero), values[1], float(zero.std()))
    return Compared(name, *values, (len(one), len(zero)), gap)
