"""What a classifier learns from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class Task:
    """Rows of known outcome; all parts share one index.

    ``features``: numbers, booleans or texts (categories); anything may be missing. ``target``: booleans, True is the
    event (lost, won). ``groups``: rows of one group are never split between training and test (a customer, an
    opportunity). ``times``: the day a row's facts were known; with it the evidence is out of time, and a row may only
    train for a day on which its outcome was known, ``horizon_days`` after its own. ``rules``: simple
    segmentations (a stage, "silent for longer than usual") whose smoothed rates in the training rows are baselines.
    ``opinions``: probabilities that people gave, baselines as they stand. ``known_later``: columns filled after the
    outcome, kept out. ``known_early``: columns that a person vouches for, which the leak guard leaves in.
    """

    name: str
    features: pd.DataFrame
    target: pd.Series
    groups: pd.Series | None = None
    times: pd.Series | None = None
    rules: Mapping[str, pd.Series] = field(default_factory=dict)
    opinions: Mapping[str, pd.Series] = field(default_factory=dict)
    known_later: tuple[str, ...] = ()
    known_early: tuple[str, ...] = ()
    horizon_days: int = 0
