"""Whether those who were trained improved more than those who were not (requirement D-51, evidence class EV3)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

DRAWS = 2000
SEED = 20260101


@dataclass(frozen=True)
class Effect:
    """Difference in differences of a rate. ``cells`` holds (hits, records) of trained before and after, untrained
    before and after; ``reps`` the numbers of trained and untrained people. ``low`` and ``high`` bound the 95 % range,
    ``low_adjusted`` and ``high_adjusted`` the one that allows for the number of courses looked at."""

    value: float
    low: float
    high: float
    low_adjusted: float
    high_adjusted: float
    cells: tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]
    reps: tuple[int, int]

    @property
    def is_clear(self) -> bool:
        """Whether the adjusted interval leaves out zero."""
        return self.low_adjusted > 0 or self.high_adjusted < 0


def difference_in_differences(records: pd.DataFrame, tests: int = 1) -> Effect | None:
    """(trained after − before) − (untrained after − before) of the share of hits, with an interval by bootstrap.

    ``records`` has one row per record: rep_id, trained, after, won (all but the first bool). People are drawn with all
    their records, trained and untrained apart, so that a person's deals stay together; the seed is fixed. A draw that
    leaves a cell empty is left out. ``tests`` is the number of courses compared (Bonferroni). None with an empty cell.
    """
    if records.empty:
        return None
    counts = _counts(records)
    trained = counts[counts["trained"]][list(CELLS)].to_numpy(float)
    others = counts[~counts["trained"]][list(CELLS)].to_numpy(float)
    cells = (*_pairs(trained.sum(axis=0)), *_pairs(others.sum(axis=0)))
    if len(trained) == 0 or len(others) == 0 or any(n == 0 for _, n in cells):
        return None
    rng = np.random.default_rng(SEED)
    gaps = _gain(_drawn(rng, trained)) - _gain(_drawn(rng, others))
    gaps = gaps[np.isfinite(gaps)]
    value = float((_gain(trained.sum(axis=0)[None, :]) - _gain(others.sum(axis=0)[None, :]))[0])
    low, high = (float(np.quantile(gaps, q)) for q in (0.025, 0.975))
    part = 0.025 / max(1, tests)
    adjusted = (float(np.quantile(gaps, q)) for q in (part, 1 - part))
    return Effect(value, low, high, *adjusted, cells, (len(trained), len(others)))


CELLS = ("hits_before", "n_before", "hits_after", "n_after")


def _counts(records: pd.DataFrame) -> pd.DataFrame:
    after, won = records["after"].astype(bool), records["won"].astype(bool)
    parts = pd.DataFrame(
        {
            "rep_id": records["rep_id"],
            "trained": records["trained"].astype(bool),
            "hits_before": (~after & won).astype(int),
            "n_before": (~after).astype(int),
            "hits_after": (after & won).astype(int),
            "n_after": after.astype(int),
        }
    )
    return parts.groupby(["rep_id", "trained"], sort=True, as_index=False).sum()


def _pairs(sums: np.ndarray) -> tuple[tuple[int, int], tuple[int, int]]:
    return (int(sums[0]), int(sums[1])), (int(sums[2]), int(sums[3]))


def _drawn(rng: np.random.Generator, people: np.ndarray) -> np.ndarray:
    return people[rng.integers(0, len(people), (DRAWS, len(people)))].sum(axis=1)


def _gain(sums: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return sums[:, 2] / sums[:, 3] - sums[:, 0] / sums[:, 1]
