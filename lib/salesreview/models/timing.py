"""When a deal that will be won closes, from the stage that it is in and the days that it has been there."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ..mart.store import Mart
from ..queries.opportunity_snapshots import stage_outcomes
from ..settings import Settings

LONGEST = 730
"""Days after which a deal that is still open counts as never won."""
POOLED = 10
"""Wins' worth of all stages in the curve of one stage."""
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
    days = outcomes["days"].clip(0, LONGEST).to_numpy(dtype=int)
    won, lost = (np.bincount(days[(outcomes["fate"] == fate).to_numpy()], minlength=LONGEST + 1)
                 for fate in ("won", "lost"))  # fmt: skip
    if not won.any():
        return None
    at_risk = len(days) - np.concatenate([[0], np.cumsum(np.bincount(days, minlength=LONGEST + 1))[:-1]])
    safe = np.maximum(at_risk, 1)
    staying = np.cumprod(1.0 - (won + lost) / safe)
    reached = np.cumsum(np.concatenate([[1.0], staying[:-1]]) * won / safe)
    even = np.convolve(np.pad(reached, SMOOTH // 2, mode="edge"), np.ones(SMOOTH) / SMOOTH, mode="valid")
    return np.maximum.accumulate(even) / even[-1]
