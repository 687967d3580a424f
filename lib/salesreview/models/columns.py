"""Feature columns in the two forms that estimators take: numbers (float64) and categories named by text."""

import numpy as np
import pandas as pd
from pandas.api import types

EPOCH = pd.Timestamp("2000-01-01")
DAY = pd.Timedelta(days=1)


def normalised(features: pd.DataFrame) -> pd.DataFrame:
    """``features`` with float64 columns and categories of texts only, their names as text; missing is NaN.

    Booleans become 0 and 1, dates days since 2000, durations days, texts and other objects categories. Infinite numbers
    and blank texts are missing. A column of objects that are all numbers or booleans is numeric.
    """
    columns = {str(name): _normal(features.iloc[:, place]) for place, name in enumerate(features.columns)}
    return pd.DataFrame(columns, index=features.index)


def _normal(column: pd.Series) -> pd.Series:
    kind = column.dtype
    if isinstance(kind, pd.CategoricalDtype):
        if is_normal(kind):
            return column
        column = column.astype(kind.categories.dtype if len(kind.categories) else "object")
        kind = column.dtype
    if types.is_datetime64_any_dtype(kind):
        naive = column.dt.tz_localize(None) if getattr(kind, "tz", None) is not None else column
        return ((naive - EPOCH) / DAY).astype("float64")
    if types.is_timedelta64_dtype(kind):
        return (column / DAY).astype("float64")
    if types.is_numeric_dtype(kind):
        return _finite(column)
    if types.is_object_dtype(kind):
        better = column.infer_objects().convert_dtypes()
        if not (types.is_object_dtype(better.dtype) or types.is_string_dtype(better.dtype)):
            return _normal(better)
    return _texts(column)


def is_normal(kind: pd.CategoricalDtype) -> bool:
    """Whether the categories are stripped texts already."""
    names = kind.categories
    if not types.is_object_dtype(names.dtype) or kind.ordered:
        return False
    return all(isinstance(name, str) and name and name == name.strip() for name in names)


def _finite(column: pd.Series) -> pd.Series:
    if types.is_complex_dtype(column.dtype):
        raise ValueError("Complex data not supported")
    values = column.to_numpy(dtype="float64", na_value=np.nan)
    return pd.Series(np.where(np.isfinite(values), values, np.nan), index=column.index)


def _texts(column: pd.Series) -> pd.Series:
    numbers, distinct = pd.factorize(column.astype("object"))
    names = [written(value) or None for value in distinct]
    places, categories = pd.factorize(pd.Series(names, dtype="object"), sort=True)
    coded = np.append(places, -1)[numbers]
    return pd.Series(
        pd.Categorical.from_codes(coded, categories=pd.Index(categories, dtype="object")), index=column.index
    )


def written(value: object) -> str:
    """A value as a person writes it: whole numbers without decimals, no blanks around."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def as_text(column: pd.Series) -> pd.Series:
    """A normalised column as categories, where the model learned from texts."""
    return column if is_text(column) else _texts(column)


def as_number(column: pd.Series) -> pd.Series:
    """A normalised column as numbers, where the model learned from numbers; other texts are missing."""
    return pd.to_numeric(column.astype("object"), errors="coerce").astype("float64") if is_text(column) else column


def is_text(column: pd.Series) -> bool:
    """Whether a normalised column holds categories."""
    return isinstance(column.dtype, pd.CategoricalDtype)


def codes(column: pd.Series) -> np.ndarray:
    """Each row's value as a number from 0; -1 where it is missing."""
    return column.cat.codes.to_numpy(dtype="int64") if is_text(column) else pd.factorize(column)[0]


def places(column: pd.Series, kept: list[str], missing: int, other: int) -> np.ndarray:
    """Each row's place in ``kept``; ``missing`` and ``other`` for values that are missing or not in it."""
    place = {name: number for number, name in enumerate(kept)}
    found = [place.get(name, other) for name in column.cat.categories]
    return np.array([*found, missing])[column.cat.codes.to_numpy()]


def frequent(column: pd.Series, rows: int, most: int) -> list[str]:
    """The at most ``most`` commonest categories with at least ``rows`` rows, in order of their names."""
    counts = column.value_counts()
    return sorted(str(name) for name in counts[counts >= rows].head(most).index)
