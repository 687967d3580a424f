"""When a deal that will be won closes, from the stage that it is in and the days that it has been there."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ..mart.store import Mart
from ..metrics.survival import LOST, OPEN, WON, incidence
from ..queries.opportunity_snapshots import stage_outcomes
from ..settings import Settings

LONGEST = 730
"""Days after which a deal that is still open counts as never won."""
POOLED = 10
"""Wins' worth of all stages in the curve of one stage."""
FATES = {"won": WON, "lost": LOST, "open": OPEN}
SMOOTH = 7
"""Days over which the steps of a curve are evened out."""


@dataclass(frozen=True)
class Timing:
    """Per stage the share of its wins that closed within so many days of the entry (index: days, 0 to `LONGEST`).

    ``overall`` serves stages without history; it is all ones where nothing was ever won.
    """

    curves: dict[str, np.ndarray]
    overall: np.ndarray

    def median(self, stage: str | None, since: float) -> float:
        """Days until half of the deals that will be won, and have been in the stage for ``since`` days, have closed;
        0 when they are older than any win.

        >>> Timing({}, np.linspace(0, 1, LONGEST + 1)).median("quote", 130)
        300.0
        """
        curve = self.curves.get(stage or "", self.overall)
        start = min(int(max(since, 0)), LONGEST)
        return float(max(np.searchsorted(curve, (1.0 + curve[start]) / 2) - start, 0))


def timing(mart: Mart, settings: Settings, at: date) -> Timing:
    """The curves from all deals known at the end of ``at``."""
    return of(stage_outcomes(mart, settings.funnel, at))


def of(outcomes: pd.DataFrame) -> Timing:
    """The curves of ``outcomes`` (``stage``, ``days``, ``fate``: won, lost, open; see `stage_outcomes`).

    The share won by day d is the Aalen-Johansen estimate (lost deals compete, open ones are censored) over its final
    value, mixed with the curve of all stages as if that had `POOLED` wins, and evened out over a week.
    """
    overall = _won_by(outcomes)
    if overall is None:
        return Timing({}, np.ones(LONGEST + 1))
    curves = {}
    for stage, part in outcomes.groupby("stage"):
        own, wins = _won_by(part), int((part["fate"] == "won").sum())
        curves[str(stage)] = overall if own is None else (wins * own + POOLED * overall) / (wins + POOLED)
    return Timing(curves, overall)


def _won_by(outcomes: pd.DataFrame) -> np.ndarray | None:
    """Share of the wins by day, evened out; None without a win."""
    ended = outcomes["fate"].map(FATES).to_numpy(dtype=int)
    reached = incidence(outcomes["days"].clip(lower=0).to_numpy(), ended, LONGEST)
    if not reached[-1]:
        return None
    even = np.convolve(np.pad(reached, SMOOTH // 2, mode="edge"), np.ones(SMOOTH) / SMOOTH, mode="valid")
    return np.maximum.accumulate(even) / even[-1]
