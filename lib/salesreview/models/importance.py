"""Which features the model leans on, by shuffling them in rows it did not see, and in which direction."""

import numpy as np
import pandas as pd

from .calibration import Tuned
from .columns import is_text
from .evidence import resamples
from .result import Driver, Estimate
from .splits import Folds

ROWS = 3000  # unseen rows looked at, over all folds
SHUFFLES = 2
STEADY = 0.8  # rank correlation of value and mean probability from which a direction is named
LISTED = 8  # categories compared


def drivers(
    fitted: list[Tuned], table: pd.DataFrame, labels: np.ndarray, units: np.ndarray, split: Folds, seed: int
) -> tuple[Driver, ...]:
    """Features by the Brier skill that is lost when they are shuffled among the unseen rows of their fold, the most
    important first, with a 95 % bootstrap interval by unit."""
    chance = np.random.default_rng(seed)
    looked = [_some(test, ROWS // len(split), chance) for _, test in split]
    rows = np.concatenate(looked)
    lost = {
        name: np.concatenate(
            [
                _lost(model, table.iloc[part], name, labels[part], chance)
                for model, part in zip(fitted, looked, strict=True)
            ]
        )
        for name in table
    }
    whole = np.var(labels[rows]) or 1.0
    weights = list(resamples(units[rows], seed))[:200]
    held, model = table.iloc[looked[-1]], fitted[-1]
    found = []
    for name in table:
        draws = [np.average(lost[name], weights=weight) / whole for weight in weights]
        low, high = np.quantile(draws, (0.025, 0.975))
        direction, category = _direction(model, held, name)
        importance = Estimate(float(lost[name].mean() / whole), float(low), float(high))
        found.append(Driver(name, importance, direction, category))
    return tuple(sorted(found, key=lambda driver: -driver.importance.value))


def _some(rows: np.ndarray, most: int, chance: np.random.Generator) -> np.ndarray:
    return rows if len(rows) <= most else np.sort(chance.choice(rows, max(most, 1), replace=False))


def _lost(model: Tuned, table: pd.DataFrame, name: str, labels: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """What each row's squared error rises by, on average over the shuffles."""
    now = (model.predict_proba(table)[:, 1] - labels) ** 2
    orders = [chance.permutation(len(table)) for _ in range(SHUFFLES)]
    shuffled = pd.concat([table] * SHUFFLES, ignore_index=True)
    shuffled[name] = pd.concat([table[name].iloc[order] for order in orders], ignore_index=True)
    then = (model.predict_proba(shuffled)[:, 1].reshape(SHUFFLES, -1) - labels) ** 2
    return then.mean(axis=0) - now


def _direction(model: Tuned, table: pd.DataFrame, name: str) -> tuple[str, str | None]:
    """Whether the mean probability rises with the value, or which category moves it most and where to."""
    column = table[name].dropna()
    if not len(column):
        return "mixed", None
    if is_text(column):
        return _category(model, table, name, column)
    values = np.unique(np.quantile(column, np.linspace(0.05, 0.95, 7)))
    if len(values) < 2:
        return "mixed", None
    means = pd.Series([_mean_with(model, table, name, value) for value in values])
    if means.max() - means.min() < 1e-9:
        return "mixed", None
    agreement = means.rank().corr(pd.Series(values).rank())
    return ("up" if agreement >= STEADY else "down" if agreement <= -STEADY else "mixed"), None


def _category(model: Tuned, table: pd.DataFrame, name: str, column: pd.Series) -> tuple[str, str | None]:
    counts = column.value_counts().head(LISTED)
    counts = counts[counts > 0]
    means = pd.Series({value: _mean_with(model, table, name, value) for value in counts.index})
    middle = np.average(means, weights=counts)
    pull = (means - middle) * np.sqrt(counts)
    most = pull.abs().idxmax()
    return ("up" if pull[most] > 0 else "down" if pull[most] < 0 else "mixed"), str(most)


def _mean_with(model: Tuned, table: pd.DataFrame, name: str, value: object) -> float:
    same = pd.Series([value] * len(table), index=table.index, dtype=table[name].dtype)
    return float(model.predict_proba(table.assign(**{name: same}))[:, 1].mean())
