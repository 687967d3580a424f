"""Tuning and calibration on rows that the fitted model did not see."""

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold
from sklearn.utils.validation import check_is_fitted, column_or_1d

from .candidates import SplineLogistic
from .evidence import EDGE, losses

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


class Tuned(ClassifierMixin, BaseEstimator):
    """A candidate with the setting of least log loss on inner folds, calibrated on the same unseen rows.

    Rows of one group stay together in the inner folds; beyond ``rows`` rows a sample is used for tuning, and all rows
    for the final fit.
    """

    def __init__(self, estimator=None, rows: int = 10_000, random_state=0):
        self.estimator = estimator
        self.rows = rows
        self.random_state = random_state

    def fit(self, X, y, groups=None):
        base = SplineLogistic() if self.estimator is None else clone(self.estimator)
        setting, unseen, labels = self._tuned(base, X, y, groups)
        self.setting_ = setting
        self.estimator_ = base.set_params(**setting).fit(X, y)
        self.classes_, self.n_features_in_ = self.estimator_.classes_, self.estimator_.n_features_in_
        if hasattr(self.estimator_, "feature_names_in_"):
            self.feature_names_in_ = self.estimator_.feature_names_in_
        self.calibration_ = Calibration().fit(unseen, labels)
        return self

    def predict_proba(self, X):
        check_is_fitted(self)
        probabilities = self.calibration_.transform(self.estimator_.predict_proba(X)[:, 1])
        return np.column_stack([1 - probabilities, probabilities])

    def predict(self, X):
        return self.classes_[(self.predict_proba(X)[:, 1] > 0.5).astype(int)]

    def _tuned(self, base, X, y, groups) -> tuple[dict, np.ndarray, np.ndarray]:
        """The best setting, its probabilities of unseen rows, and those rows' labels."""
        table = X if isinstance(X, pd.DataFrame) else np.asarray(X)
        classes, labels = np.unique(column_or_1d(y), return_inverse=True)
        nothing = {}, np.zeros(0), np.zeros(0, dtype=int)
        if len(classes) != 2 or len(labels) != len(table):
            return nothing  # the candidate itself tells what is wrong
        groups = np.arange(len(labels)) if groups is None else pd.factorize(np.asarray(groups))[0]
        chosen = sampled(groups, self.rows, self.random_state)
        labels, groups = labels[chosen], groups[chosen]
        take = table.iloc[chosen] if isinstance(table, pd.DataFrame) else table[chosen]
        folds = inner_folds(labels, groups, self.random_state)
        if not folds:
            return nothing
        settings, unseen = {}, {}
        for train, test in folds:
            seen, held = (rows_of(take, part) for part in (train, test))
            for setting, probabilities in base.path(seen, labels[train], held):
                key = tuple(setting.items())
                settings[key] = setting
                unseen.setdefault(key, np.full(len(labels), np.nan))[test] = probabilities
        best = min(unseen, key=lambda key: losses(labels, unseen[key]).mean())
        return settings[best], unseen[best], labels

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        return tags


def rows_of(table, rows: np.ndarray):
    return table.iloc[rows] if isinstance(table, pd.DataFrame) else table[rows]


def sampled(groups: np.ndarray, rows: int, seed: int) -> np.ndarray:
    """Positions of about ``rows`` rows, whole groups drawn at random; all where there are no more."""
    if len(groups) <= rows:
        return np.arange(len(groups))
    sizes = np.bincount(groups)
    order = np.random.default_rng(seed).permutation(len(sizes))
    taken = order[np.cumsum(sizes[order]) <= rows]
    return np.flatnonzero(np.isin(groups, taken))


def inner_folds(labels: np.ndarray, groups: np.ndarray, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Five folds (three from 5,000 rows on) with both outcomes in each training part; none when that cannot be."""
    apart = [len(np.unique(groups[labels == label])) for label in (0, 1)]
    number = min(3 if len(labels) >= 5000 else 5, *apart)
    if number < 2:
        return []
    grouped = len(np.unique(groups)) < len(groups)
    kind = StratifiedGroupKFold if grouped else StratifiedKFold
    split = kind(number, shuffle=True, random_state=seed).split
    folds = list(split(labels, labels, groups if grouped else None))
    return folds if all(0 < labels[train].mean() < 1 for train, _ in folds) else []


def _better(losses: np.ndarray, best: np.ndarray) -> bool:
    gain = best - losses
    return bool(gain.mean() > gain.std(ddof=1) / np.sqrt(len(gain)))


def _isotonic(x: np.ndarray, labels: np.ndarray) -> IsotonicRegression:
    return IsotonicRegression(y_min=1e-3, y_max=1 - 1e-3, out_of_bounds="clip").fit(x, labels)


def _isotonic_unseen(x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    unseen = np.empty(len(x))
    for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(x, labels):
        unseen[test] = _isotonic(x[train], labels[train]).predict(x[test])
    return unseen
