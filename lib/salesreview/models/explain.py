"""Which features moved a probability, and which the model leans on."""

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from .calibration import Tuned
from .evidence import EDGE

BACKGROUND = 200
DRAWS = 8  # rows of the background that stand for the mean row of a model without a formula


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
    rows, others = model.encoded(table), model.encoded(background)
    others = others[np.linspace(0, len(others) - 1, min(DRAWS, len(others))).astype(int)]
    now = model.of_encoded(rows)
    moved = {name: now - _without(model, rows, others, model.block(name)) for name in table}
    return pd.DataFrame(moved, index=table.index)


def _without(model: Tuned, rows: np.ndarray, others: np.ndarray, block: slice) -> np.ndarray:
    """Probabilities with one feature as in the background: the mean over its rows, on the logit."""
    replaced = np.tile(rows, (len(others), 1))
    replaced[:, block] = np.repeat(others[:, block], len(rows), axis=0)
    probabilities = np.clip(model.of_encoded(replaced), EDGE, 1 - EDGE)
    return expit(logit(probabilities).reshape(len(others), len(rows)).mean(axis=0))
