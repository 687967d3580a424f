"""Tuning and calibration on rows that the fitted model did not see."""

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, clone
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from .candidates import Binary, SplineLogistic
from .encoding import frame
from .evidence import EDGE, losses
from .splits import dealt

MANY = 1000  # rows of the rarer outcome from which a free (isotonic) calibration is tried


class Calibration(BaseEstimator):
    """Probabilities mended where that helps: as they are, by a sigmoid of the logit, or isotonic.

    A form is taken only when it lowers the mean log loss by more than one standard error of the paired differences, so
    that calibration never does harm; the isotonic one is judged on folds of the rows it was not fitted to.
    """

    def fit(self, probabilities: np.ndarray, labels: np.ndarray):
        x = logit(np.clip(probabilities, EDGE, 1 - EDGE))
        self.kind_, best = "none", losses(labels, expit(x))
        self.slope_, self.intercept_, self.steps_ = 1.0, 0.0, None
        if not 0 < labels.sum() < len(labels):
            return self
        line = LogisticRegression(C=np.inf).fit(x[:, None], labels)
        slope, intercept = float(line.coef_[0, 0]), float(line.intercept_[0])
        straight = losses(labels, expit(slope * x + intercept))
        if slope > 0 and _better(straight, best):
            self.kind_, self.slope_, self.intercept_, best = "sigmoid", slope, intercept, straight
        if np.bincount(labels).min() >= MANY and _better(losses(labels, _isotonic_unseen(x, labels)), best):
            self.kind_, self.steps_ = "isotonic", _isotonic(x, labels)
        return self

    def transform(self, probabilities: np.ndarray) -> np.ndarray:
        x = logit(np.clip(probabilities, EDGE, 1 - EDGE))
        if self.kind_ == "isotonic":
            return self.steps_.predict(x)
        return expit(self.slope_ * x + self.intercept_)


class Tuned(Binary):
    """A candidate with the setting of least log loss on inner folds, calibrated on the same unseen rows.

    Rows of one group stay together in the inner folds; beyond ``rows`` rows a sample is used for tuning, and all rows
    for the final fit.
    """

    def __init__(self, estimator=None, rows: int = 8_000, random_state=0):
        self.estimator = estimator
        self.rows = rows
        self.random_state = random_state

    def fit(self, X, y, groups=None):
        table, labels = self._read(X, y)
        base = SplineLogistic() if self.estimator is None else clone(self.estimator)
        self.setting_, unseen, seen = self._tuned(base, table, labels, groups)
        self.estimator_ = base.set_params(**self.setting_).fit(table, labels)
        self.calibration_ = Calibration().fit(unseen, seen)
        return self

    def encoded(self, X) -> np.ndarray:
        return self.estimator_.encoded(frame(self, X, reset=False))

    def block(self, name: str) -> slice:
        return self.estimator_.block(name)

    def of_encoded(self, matrix: np.ndarray) -> np.ndarray:
        return self.calibration_.transform(self.estimator_.of_encoded(matrix))

    def _tuned(
        self, base: Binary, table: pd.DataFrame, labels: np.ndarray, groups
    ) -> tuple[dict, np.ndarray, np.ndarray]:
        """The best setting, its probabilities of unseen rows, and those rows' labels; nothing from too few rows."""
        groups = np.arange(len(labels)) if groups is None else pd.factorize(np.asarray(groups))[0]
        taken = sampled(groups, self.rows, self.random_state)
        table, labels, groups = table.iloc[taken], labels[taken], groups[taken]
        settings: dict[tuple, dict] = {}
        unseen: dict[tuple, np.ndarray] = {}
        for train, test in inner_folds(labels, groups, self.random_state):
            for setting, probabilities in base.path(table.iloc[train], labels[train], table.iloc[test]):
                key = tuple(setting.items())
                settings[key] = setting
                unseen.setdefault(key, np.full(len(labels), np.nan))[test] = probabilities
        if not unseen:
            return {}, np.zeros(0), np.zeros(0, dtype=int)
        best = min(unseen, key=lambda key: losses(labels, unseen[key]).mean())
        return settings[best], unseen[best], labels


def sampled(groups: np.ndarray, rows: int, seed: int) -> np.ndarray:
    """Positions of about ``rows`` rows, whole groups drawn at random; all where there are no more."""
    if len(groups) <= rows:
        return np.arange(len(groups))
    sizes = np.bincount(groups)
    order = np.random.default_rng(seed).permutation(len(sizes))
    taken = order[np.cumsum(sizes[order]) <= rows]
    return np.flatnonzero(np.isin(groups, taken))


def inner_folds(labels: np.ndarray, groups: np.ndarray, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Five folds (three from 2,000 rows on) with both outcomes in each training part; none when that cannot be."""
    apart = [len(np.unique(groups[labels == label])) for label in (0, 1)]
    number = min(3 if len(labels) >= 2000 else 5, *apart)
    if number < 2:
        return []
    held = dealt(labels, groups, number, seed)
    folds = [(np.flatnonzero(held != fold), np.flatnonzero(held == fold)) for fold in range(number)]
    return folds if all(0 < labels[train].mean() < 1 for train, _ in folds) else []


def _better(losses: np.ndarray, best: np.ndarray) -> bool:
    gain = best - losses
    return bool(gain.mean() > gain.std(ddof=1) / np.sqrt(len(gain)))


def _isotonic(x: np.ndarray, labels: np.ndarray) -> IsotonicRegression:
    return IsotonicRegression(y_min=1e-3, y_max=1 - 1e-3, out_of_bounds="clip").fit(x, labels)


def _isotonic_unseen(x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    unseen, held = np.empty(len(x)), dealt(labels, np.arange(len(x)), 5, 0)
    for fold in range(5):
        seen = held != fold
        unseen[~seen] = _isotonic(x[seen], labels[seen]).predict(x[~seen])
    return unseen
