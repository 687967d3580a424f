"""Which features moved a probability, and which the model leans on."""

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from .calibration import Tuned

BACKGROUND = 200


def nothing() -> pd.DataFrame:
    """No explanation: the columns of ``strongest`` without rows."""
    kinds = {"row": "object", "rank": "int64", "feature": "str", "value": "str", "effect": "float64"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})


def background(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """A sample of training rows that stands for the mean row."""
    return table.sample(min(BACKGROUND, len(table)), random_state=seed).reset_index(drop=True)


def strongest(model: Tuned, table: pd.DataFrame, background: pd.DataFrame, top: int) -> pd.DataFrame:
    """The ``top`` features of each row by size of effect; see ``Fit.explain``."""
    moved = effects(model, table, background)
    order = np.argsort(-np.abs(moved.to_numpy()), axis=1, kind="stable")[:, :top]
    rows = np.repeat(np.arange(len(table)), order.shape[1])
    places = order.ravel()
    return pd.DataFrame(
        {
            "row": table.index.to_numpy()[rows],
            "rank": np.tile(np.arange(1, order.shape[1] + 1), len(table)),
            "feature": table.columns.to_numpy()[places],
            "value": [as_text(table.iat[row, place]) for row, place in zip(rows, places, strict=True)],
            "effect": moved.to_numpy()[rows, places],
        }
    )


def as_text(value: object) -> str:
    """A feature's value for people: short numbers, empty where it is missing."""
    if pd.isna(value):
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def effects(model: Tuned, table: pd.DataFrame, background: pd.DataFrame) -> pd.DataFrame:
    """Rows x features: how far each probability lies above what it would be with that feature as in the mean row."""
    mended = model.calibration_.transform
    if hasattr(model.estimator_, "contributions"):
        added = model.estimator_.contributions(table)
        logits = added.sum(axis=1).to_numpy() + model.estimator_.offset_
        now = mended(expit(logits))
        return added.apply(lambda one: now - mended(expit(logits - one.to_numpy())))
    now = model.predict_proba(table)[:, 1]
    return pd.DataFrame({name: now - _without(model, table, name, background) for name in table}, index=table.index)


def _without(model: Tuned, table: pd.DataFrame, name: str, background: pd.DataFrame, draws: int = 16) -> np.ndarray:
    """Probabilities with one feature as in the background: the mean over some of its rows, on the logit."""
    total = np.zeros(len(table))
    for value in background[name].iloc[np.linspace(0, len(background) - 1, min(draws, len(background))).astype(int)]:
        probabilities = model.predict_proba(table.assign(**{name: value}).astype({name: table[name].dtype}))[:, 1]
        total += logit(np.clip(probabilities, 1e-6, 1 - 1e-6))
    return expit(total / min(draws, len(background)))
