"""Columns as a matrix for a linear model: scaled numbers and splines, indicators of missing values and categories."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import SplineTransformer
from sklearn.utils.validation import check_is_fitted, validate_data

from .columns import as_number, as_text, frequent, is_text, normalised, places

TAILS = (0.005, 0.995)
WIDEST = 400
FEWEST_MISSING = 5


def frame(estimator: BaseEstimator, X, *, reset: bool) -> pd.DataFrame:
    """``X`` as normalised columns, after scikit-learn's own checks of names, shape and, for arrays, content."""
    if isinstance(X, pd.DataFrame):
        validate_data(estimator, X, skip_check_array=True, reset=reset)
        return normalised(X)
    checked = validate_data(estimator, X, reset=reset, dtype="float64", ensure_all_finite="allow-nan")
    names = getattr(estimator, "feature_names_in_", None)
    return normalised(pd.DataFrame(checked, columns=names))


class Design(TransformerMixin, BaseEstimator):
    """Columns of any type as float64 columns of like size.

    A number is clipped to its inner 99 %, scaled by its standard deviation and, with at least four distinct values,
    joined by cubic splines with ``knots`` knots at its quantiles; fewer knots where the table is wide or short. Missing
    numbers take the median, with an indicator when at least five rows lack the value. A text has one column for each
    category that holds ``rare`` rows (at most ``categories``), and for missing values; all others share one, also
    those not seen before.

    ``spans_`` maps each input column to its slice of output columns.
    """

    def __init__(self, knots: int = 5, rare: int = 10, categories: int = 30):
        self.knots = knots
        self.rare = rare
        self.categories = categories

    def fit(self, X, y=None):
        table = frame(self, X, reset=True)
        numbers = sum(not is_text(table[name]) for name in table)
        knots = int(np.clip(min(WIDEST // max(numbers, 1) - 2, len(table) // 40), 0, self.knots))
        self.parts_, self.spans_, start = [], {}, 0
        for name in table:
            part = (
                _categories(table[name], self.rare, self.categories)
                if is_text(table[name])
                else _numbers(table[name], knots)
            )
            width = part.width
            self.parts_.append((name, part))
            self.spans_[name] = (start, start + width)
            start += width
        return self

    def transform(self, X):
        check_is_fitted(self)
        table = frame(self, X, reset=False)
        blocks = [part.encoded(table.iloc[:, place]) for place, (_, part) in enumerate(self.parts_)]
        return np.hstack(blocks) if blocks else np.zeros((len(table), 0))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        return tags


@dataclass
class Numbers:
    """How one numeric column is encoded."""

    low: float
    high: float
    median: float
    centre: float
    scale: float
    indicator: bool
    splines: SplineTransformer | None

    @property
    def width(self) -> int:
        return 1 + self.indicator + (self.splines.n_features_out_ if self.splines else 0)

    def encoded(self, column: pd.Series) -> np.ndarray:
        values = as_number(column).to_numpy(dtype="float64")
        missing = np.isnan(values)
        filled = np.clip(np.where(missing, self.median, values), self.low, self.high)
        blocks = [((filled - self.centre) / self.scale)[:, None]]
        if self.indicator:
            blocks.append(missing[:, None].astype("float64"))
        if self.splines is not None:
            blocks.append(
                self.splines.transform(filled[:, None]) if len(filled) else np.zeros((0, self.splines.n_features_out_))
            )
        return np.hstack(blocks)


@dataclass
class Categories:
    """How one text column is encoded: a column for each of ``kept``, one for missing values (where they are frequent
    enough), and one for all else."""

    kept: list[str]
    indicator: bool

    @property
    def width(self) -> int:
        return len(self.kept) + 1 + self.indicator

    def encoded(self, column: pd.Series) -> np.ndarray:
        other = len(self.kept)
        return np.eye(self.width)[places(as_text(column), self.kept, missing=other + self.indicator, other=other)]


def _numbers(column: pd.Series, knots: int) -> Numbers:
    values = column.to_numpy(dtype="float64")
    known = values[~np.isnan(values)]
    indicator = len(values) - len(known) >= FEWEST_MISSING and len(known) > 0
    if not len(known):
        return Numbers(0.0, 0.0, 0.0, 0.0, 1.0, False, None)
    low, high = (float(value) for value in np.quantile(known, TAILS, method="nearest"))
    inner = np.clip(known, low, high)
    scale = float(inner.std()) or 1.0
    return Numbers(low, high, float(np.median(inner)), float(inner.mean()), scale, indicator, _splines(inner, knots))


def _splines(values: np.ndarray, knots: int) -> SplineTransformer | None:
    if knots < 3 or len(np.unique(values)) < 4:
        return None
    grid = np.unique(np.quantile(values, np.linspace(0, 1, knots)))
    if len(grid) < 3:
        return None
    splines = SplineTransformer(knots=grid[:, None], extrapolation="constant", include_bias=False)
    return splines.fit(values[:, None])


def _categories(column: pd.Series, rare: int, most: int) -> Categories:
    return Categories(frequent(column, rare, most), bool(column.isna().sum() >= rare))
