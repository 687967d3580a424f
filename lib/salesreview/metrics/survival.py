"""How many have got there by when, while others are still on the way (Kaplan-Meier; requirements T-16, T-22);
with an end that competes, Aalen-Johansen."""

from collections.abc import Sequence

import numpy as np

OPEN, WON, LOST = 0, 1, 2
"""How the observation of a deal ended."""


def reached_curve(times: Sequence[float], happened: Sequence[bool]) -> list[tuple[float, float]]:
    """Points (time, share that has got there), from (0, 0) up; one point for each time at which somebody got there.

    ``times`` are days or months to the event, or to the last look at those for whom it has not ``happened``, who count
    as on the way until then (convention X-CENS). Without records only the origin.

    >>> reached_curve([1, 2, 2, 3], [True, True, False, True])
    [(0.0, 0.0), (1.0, 0.25), (2.0, 0.5), (3.0, 1.0)]
    """
    values, done = np.asarray(times, dtype=float), np.asarray(happened, dtype=bool)
    points, left = [(0.0, 0.0)], 1.0
    for time in np.unique(values[done]) if len(values) else ():
        at_risk, events = int((values >= time).sum()), int((values[done] == time).sum())
        left *= 1 - events / at_risk
        points.append((float(time), round(1 - left, 12)))
    return points


def staircase(points: Sequence[tuple[float, float]], until: float) -> list[tuple[float, float]]:
    """The corners of the stepped line through ``points``, drawn on to ``until``.

    >>> staircase([(0.0, 0.0), (2.0, 0.5)], 3.0)
    [(0.0, 0.0), (2.0, 0.0), (2.0, 0.5), (3.0, 0.5)]
    """
    corners = [points[0]]
    for time, share in points[1:]:
        corners += [(time, corners[-1][1]), (time, share)]
    return corners if until <= corners[-1][0] else [*corners, (until, corners[-1][1])]


def share_by(curve: Sequence[tuple[float, float]], time: float) -> float:
    """The share of ``curve`` that has got there by ``time``."""
    return max(share for at, share in curve if at <= time)


def incidence(days: np.ndarray, event: np.ndarray, horizon: int) -> np.ndarray:
    """Share won by day 0 … ``horizon`` (length horizon + 1) of deals observed for ``days`` (whole, at least 1) until
    ``event`` (`WON`, `LOST`, or `OPEN` when the observation ended). Without deals all zeros.

    >>> incidence(np.array([1, 1, 2, 3]), np.array([WON, LOST, WON, OPEN]), 3).tolist()
    [0.0, 0.25, 0.5, 0.5]
    """
    if len(days) == 0:
        return np.zeros(horizon + 1)
    within = np.minimum(days, horizon + 1).astype(int)
    left = np.bincount(within, minlength=horizon + 2)[: horizon + 1]
    at_risk = len(days) - np.concatenate(([0], np.cumsum(left)[:-1]))
    wins = np.bincount(within[event == WON], minlength=horizon + 2)[: horizon + 1]
    ends = np.bincount(within[event != OPEN], minlength=horizon + 2)[: horizon + 1]
    safe = np.maximum(at_risk, 1)
    survival = np.concatenate(([1.0], np.cumprod(1 - ends / safe)[:-1]))
    return np.cumsum(survival * wins / safe)
