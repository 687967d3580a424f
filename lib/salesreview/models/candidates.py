"""The classifiers that compete: splines with a ridge penalty, and boosted trees."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length, check_is_fitted, column_or_1d

from .columns import as_number, as_text, frequent, is_text, places
from .encoding import Design, frame

Trials = Iterator[tuple[dict[str, float], np.ndarray]]
PENALTIES = (0.001, 0.01, 0.1, 1.0, 10.0)
LEAVES = (4, 12)
ROUNDS = (10, 20, 30, 40, 60, 80, 100, 125, 150)
WIDE = 600


class Binary(ClassifierMixin, BaseEstimator, ABC):
    """What both share: two classes, columns of any type, missing values."""

    def predict(self, X):
        check_is_fitted(self)
        return self.classes_[(self.predict_proba(X)[:, 1] > 0.5).astype(int)]

    def _read(self, X, y) -> tuple[pd.DataFrame, np.ndarray]:
        """The table and the targets as 0 and 1; sets ``classes_``."""
        table = frame(self, X, reset=True)
        if y is None:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but the target y is None.")
        check_classification_targets(y)
        self.classes_, labels = np.unique(column_or_1d(y, warn=True), return_inverse=True)
        check_consistent_length(table, labels)
        if len(self.classes_) > 2:
            raise ValueError(f"Only binary classification is supported. Got {len(self.classes_)} classes.")
        if len(self.classes_) < 2:
            raise ValueError("Classifier can't train when only one class is present.")
        return table, labels

    def predict_proba(self, X):
        check_is_fitted(self)
        events = self.of_encoded(self.encoded(X))
        return np.column_stack([1 - events, events])

    @abstractmethod
    def encoded(self, X) -> np.ndarray:
        """Rows as the numbers that the model takes."""

    @abstractmethod
    def block(self, name: str) -> slice:
        """The columns of ``encoded`` that an input column became."""

    @abstractmethod
    def of_encoded(self, matrix: np.ndarray) -> np.ndarray:
        """Probability of the event for rows as of ``encoded``."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        return tags


class SplineLogistic(Binary):
    """Logistic regression with a ridge penalty on the columns of ``Design``; a smaller ``C`` is a stronger penalty."""

    def __init__(self, C: float = 0.1, knots: int = 5, rare: int = 10):
        self.C = C
        self.knots = knots
        self.rare = rare

    def fit(self, X, y):
        table, labels = self._read(X, y)
        self.design_ = Design(self.knots, self.rare)
        columns = self.design_.fit_transform(table)
        self.model_ = _ridge(self.C, columns, labels)
        self.centre_ = columns.mean(axis=0)
        return self

    def decision_function(self, X) -> np.ndarray:
        """The logit of each row."""
        check_is_fitted(self)
        return self.model_.decision_function(self.encoded(X))

    def encoded(self, X) -> np.ndarray:
        return self.design_.transform(frame(self, X, reset=False))

    def block(self, name: str) -> slice:
        return slice(*self.design_.spans_[name])

    def of_encoded(self, matrix: np.ndarray) -> np.ndarray:
        return self.model_.predict_proba(matrix)[:, 1]

    def contributions(self, X) -> pd.DataFrame:
        """What each input column adds to the logit of each row, against the mean of the training rows.

        A row's contributions and ``offset_`` sum to its ``decision_function``.
        """
        check_is_fitted(self)
        columns = (self.design_.transform(X) - self.centre_) * self.model_.coef_[0]
        sums = {name: columns[:, start:end].sum(axis=1) for name, (start, end) in self.design_.spans_.items()}
        return pd.DataFrame(sums, index=getattr(X, "index", None))

    @property
    def offset_(self) -> float:
        return float(self.model_.intercept_[0] + self.centre_ @ self.model_.coef_[0])

    def path(self, X, y, unseen) -> Trials:
        """Probabilities of ``unseen`` rows for each strength of the penalty, the strongest first."""
        table, labels = self._read(X, y)
        design = Design(self.knots, self.rare)
        seen, unseen = design.fit_transform(table), design.transform(frame(self, unseen, reset=False))
        for C in PENALTIES:
            yield {"C": C}, _ridge(C, seen, labels).predict_proba(unseen)[:, 1]


def _ridge(C: float, columns: np.ndarray, labels: np.ndarray) -> LogisticRegression:
    solver = "newton-cholesky" if columns.shape[1] <= WIDE else "lbfgs"
    return LogisticRegression(C=C, solver=solver, max_iter=300).fit(columns, labels)


class Boosting(Binary):
    """Histogram gradient boosting with missing values and categories taken natively; ``rounds`` trees of ``leaves``.

    Categories with fewer than ``rare`` rows, all beyond the 100 most frequent, and those not seen before are one.
    """

    def __init__(self, leaves: int = 4, rounds: int = 100, rate: float = 0.1, rare: int = 10, random_state=0):
        self.leaves = leaves
        self.rounds = rounds
        self.rate = rate
        self.rare = rare
        self.random_state = random_state

    def fit(self, X, y):
        table, labels = self._read(X, y)
        self.encoder_, self.model_ = self._grown(table, labels, self.leaves, self.rounds)
        return self

    def encoded(self, X) -> np.ndarray:
        return _coded(self.encoder_, frame(self, X, reset=False))

    def block(self, name: str) -> slice:
        place = list(self.feature_names_in_).index(name)
        return slice(place, place + 1)

    def of_encoded(self, matrix: np.ndarray) -> np.ndarray:
        return self.model_.predict_proba(matrix)[:, 1]

    def path(self, X, y, unseen) -> Trials:
        """Probabilities of ``unseen`` rows along the rounds, for small trees and then for larger ones."""
        table, labels = self._read(X, y)
        unseen = frame(self, unseen, reset=False)
        for leaves in LEAVES:
            encoder, model = self._grown(table, labels, leaves, ROUNDS[-1])
            stages = enumerate(model.staged_predict_proba(_coded(encoder, unseen)), start=1)
            for rounds, probabilities in stages:
                if rounds in ROUNDS:
                    yield {"leaves": leaves, "rounds": rounds}, probabilities[:, 1]

    def _grown(self, table: pd.DataFrame, labels: np.ndarray, leaves: int, rounds: int):
        encoder = {name: frequent(table[name], self.rare, 100) for name in table if is_text(table[name])}
        texts = np.array([name in encoder for name in table])
        model = HistGradientBoostingClassifier(
            learning_rate=self.rate,
            max_iter=rounds,
            max_leaf_nodes=leaves,
            min_samples_leaf=max(5, min(40, len(table) // 25)),
            l2_regularization=5.0,
            early_stopping=False,
            categorical_features=texts if texts.any() else None,
            random_state=self.random_state,
        )
        values = _coded(encoder, table)
        values[:, np.isnan(values).all(axis=0)] = 0.0  # no bins can be cut of nothing
        return encoder, model.fit(values, labels)


def _coded(encoder: dict[str, list[str]], table: pd.DataFrame) -> np.ndarray:
    """All columns as numbers: texts by their place among the frequent ones, one more for the rest, missing as NaN."""
    values = np.empty(table.shape, dtype="float64")
    for place, name in enumerate(table):
        if name in encoder:
            found = places(as_text(table[name]), encoder[name], missing=-1, other=len(encoder[name]))
            values[:, place] = np.where(found < 0, np.nan, found)
        else:
            values[:, place] = as_number(table[name])
    return values
