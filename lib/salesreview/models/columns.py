"""Feature columns in the two forms that estimators take: numbers (float64, NaN missing) and texts (NaN missing)."""

import numpy as np
import pandas as pd
from pandas.api import types

EPOCH = pd.Timestamp("2000-01-01")
DAY = pd.Timedelta(days=1)


def normalised(features: pd.DataFrame) -> pd.DataFrame:
    """``features`` with float64 and text columns only, named by text.

    Booleans become 0 and 1, dates days since 2000, durations days, categories and objects texts. Infinite numbers and
    blank texts are missing. A column of objects that are all numbers or booleans is numeric.
    """
    columns = {str(name): _normal(features.iloc[:, place]) for place, name in enumerate(features.columns)}
    return pd.DataFrame(columns, index=features.index)


def _normal(column: pd.Series) -> pd.Series:
    kind = column.dtype
    if isinstance(kind, pd.CategoricalDtype):
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
        return _objects(column)
    return _texts(column)


def _finite(column: pd.Series) -> pd.Series:
    values = column.to_numpy(dtype="float64", na_value=np.nan)
    return pd.Series(np.where(np.isfinite(values), values, np.nan), index=column.index)


def _objects(column: pd.Series) -> pd.Series:
    better = column.infer_objects().convert_dtypes()
    if types.is_object_dtype(better.dtype) or types.is_string_dtype(better.dtype):
        return _texts(column)
    return _normal(better)


def _texts(column: pd.Series) -> pd.Series:
    present = column.notna().to_numpy()
    texts = np.full(len(column), None, dtype="object")
    texts[present] = [str(value).strip() or None for value in column.to_numpy(dtype="object")[present]]
    return pd.Series(pd.array(texts, dtype="str"), index=column.index)


def is_text(column: pd.Series) -> bool:
    return not types.is_numeric_dtype(column.dtype)


def codes(column: pd.Series) -> np.ndarray:
    """Each row's value as a number from 0; -1 where it is missing."""
    return pd.factorize(column)[0]
