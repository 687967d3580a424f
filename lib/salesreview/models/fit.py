"""From a task to a model with its evidence."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .result import Evaluation
from .task import Task


@dataclass(frozen=True)
class Fit:
    """A model and what is known about it. ``estimator`` is None unless the verdict is ``signal``."""

    evaluation: Evaluation
    estimator: object | None
    fallback: object

    def predict(self, features: pd.DataFrame, segments: pd.Series | None = None) -> np.ndarray:
        """Probability of the event per row; without signal the smoothed rate of the row's segment (first rule)."""
        raise NotImplementedError

    def explain(self, features: pd.DataFrame, top: int = 3) -> pd.DataFrame:
        """The features that moved each row's probability most: ``row`` (the index), ``rank``, ``feature``,
        ``value`` (text), ``effect`` (percentage points as ratio, signed); empty without signal."""
        raise NotImplementedError


def fit(task: Task, *, seed: int = 0) -> Fit:
    """Choose, calibrate and judge a classifier for ``task``."""
    raise NotImplementedError
