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
    folds = [(model, model.encoded(table.iloc[part]), labels[part]) for model, part in zip(fitted, looked, strict=True)]
    lost = {name: np.concatenate([_lost(*fold, name, chance) for fold in folds]) for name in table}
    whole = np.var(labels[rows]) or 1.0
    weights = list(resamples(units[rows], seed))[:200]
    held, (model, encoded, _) = table.iloc[looked[-1]], folds[-1]
    found = []
    for name in table:
        draws = [np.average(lost[name], weights=weight) / whole for weight in weights]
        low, high = np.quantile(draws, (0.025, 0.975))
        direction, category = _direction(model, encoded, held[name].reset_index(drop=True))
        importance = Estimate(float(lost[name].mean() / whole), float(low), float(high))
        found.append(Driver(name, importance, direction, category))
    return tuple(sorted(found, key=lambda driver: -driver.importance.value))


def _some(rows: np.ndarray, most: int, chance: np.random.Generator) -> np.ndarray:
    return rows if len(rows) <= most else np.sort(chance.choice(rows, max(most, 1), replace=False))


def _lost(model: Tuned, rows: np.ndarray, labels: np.ndarray, name: str, chance: np.random.Generator) -> np.ndarray:
    """What each row's squared error rises by, on average over the shuffles."""
    block = model.block(name)
    now = (model.of_encoded(rows) - labels) ** 2
    shuffled = np.tile(rows, (SHUFFLES, 1))
    shuffled[:, block] = np.concatenate([rows[chance.permutation(len(rows))][:, block] for _ in range(SHUFFLES)])
    then = (model.of_encoded(shuffled).reshape(SHUFFLES, -1) - labels) ** 2
    return then.mean(axis=0) - now


def _direction(model: Tuned, rows: np.ndarray, column: pd.Series) -> tuple[str, str | None]:
    """Whether the mean probability rises with the value, or which category moves it most and where to."""
    known = column.dropna()
    if not len(known):
        return "mixed", None
    if is_text(known):
        return _category(model, rows, known)
    ranked = known.sort_values(kind="stable")
    picked = ranked.iloc[(np.linspace(0.05, 0.95, 7) * (len(ranked) - 1)).round().astype(int)].drop_duplicates()
    if len(picked) < 2:
        return "mixed", None
    means = pd.Series([_mean_as(model, rows, known.name, place) for place in picked.index])
    if means.max() - means.min() < 1e-9:
        return "mixed", None
    agreement = means.rank().corr(pd.Series(picked.to_numpy()).rank())
    return ("up" if agreement >= STEADY else "down" if agreement <= -STEADY else "mixed"), None


def _category(model: Tuned, rows: np.ndarray, known: pd.Series) -> tuple[str, str | None]:
    counts = known.value_counts().head(LISTED)
    counts = counts[counts > 0]
    first = {value: known.index[known == value][0] for value in counts.index}
    means = pd.Series({value: _mean_as(model, rows, known.name, place) for value, place in first.items()})
    middle = np.average(means, weights=counts)
    pull = (means - middle) * np.sqrt(counts)
    most = pull.abs().idxmax()
    return ("up" if pull[most] > 0 else "down" if pull[most] < 0 else "mixed"), str(most)


def _mean_as(model: Tuned, rows: np.ndarray, name: str, place: int) -> float:
    """Mean probability if all rows had the feature as the row at ``place`` has it."""
    same, block = rows.copy(), model.block(name)
    same[:, block] = rows[place, block]
    return float(model.of_encoded(same).mean())
