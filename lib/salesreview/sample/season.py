"""Seasonal time: even time is warped so that events gather where a year's business gathers."""

import numpy as np

from .draw import NOW, START
from .truths import Truths

_FIRST, _LAST = -900, int(NOW) + 900
WEEKEND = 0.06  # weight of a Saturday or Sunday


class Season:
    """Intensity of business by day; ``warp`` maps even time to seasonal time and keeps each year's total."""

    def __init__(self, truths: Truths):
        days = np.arange(_FIRST, _LAST)
        calendar = np.datetime64(START, "D") + days.astype("timedelta64[D]")
        weekday = (days + 5) % 7
        weight = np.where(weekday >= 5, WEEKEND, 1.0)
        if truths.seasonality:
            months = calendar.astype("datetime64[M]")
            number = months.astype(int) % 12
            length = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(int)
            late = ((calendar - months.astype("datetime64[D]")).astype(int) / length > 0.66) & (number % 3 == 2)
            weight = weight * np.where(late, truths.seasonality.quarter_end, 1.0)
            total = np.zeros(months.astype(int).max() + 1)
            np.add.at(total, months.astype(int), weight)
            weight = weight / total[months.astype(int)] * np.array(truths.seasonality.months)[number]
        years = calendar.astype("datetime64[Y]").astype(int)
        per_year = np.bincount(years - years.min(), weights=weight)
        span = np.bincount(years - years.min())
        self.edges = np.r_[days, _LAST].astype(float)
        self.cumulative = np.r_[0, np.cumsum(weight * (span / per_year)[years - years.min()])] + _FIRST
        self.weight = weight

    def warp(self, x: np.ndarray) -> np.ndarray:
        """Seasonal time of even time ``x`` (both in days since START)."""
        return np.interp(x, self.cumulative, self.edges)

    def even(self, t: np.ndarray) -> np.ndarray:
        """Even time of seasonal time ``t``; the inverse of ``warp``."""
        return np.interp(t, self.edges, self.cumulative)
