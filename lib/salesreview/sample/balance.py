"""Balanced sampling: outcomes with given chances whose totals hardly stray from what was to be expected.

The flight phase of the cube method (Deville and Tillé 2004): every row keeps exactly its chance of being drawn, yet the
drawn rows' totals of the balancing columns come out as expected. So the planted truths, not luck, make the figures.
"""

import numpy as np

_EDGE = 1e-9


def balanced(
    rng: np.random.Generator, chance: np.ndarray, columns: np.ndarray, stratum: np.ndarray, order: np.ndarray
) -> np.ndarray:
    """True with ``chance`` per row, balanced on ``columns`` inside each stratum.

    ``columns`` (rows x k) come most important first: when few rows are left the last ones are given up. Rows are
    decided along ``order``, so those that matter least for the totals should come last.
    """
    out = np.zeros(len(chance), dtype=bool)
    for value in np.unique(stratum):
        rows = np.flatnonzero(stratum == value)
        rows = rows[np.argsort(order[rows], kind="stable")]
        out[rows] = _one(rng, chance[rows], columns[rows])
    return out


def _one(rng: np.random.Generator, chance: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """One stratum: undecided rows move, some at a time, in a direction that keeps all totals, until one is decided."""
    level = chance.astype(float).copy()
    scale = np.abs(columns).max(axis=0)
    weights = columns / np.where(scale > 0, scale, 1)
    waiting = np.flatnonzero((level > _EDGE) & (level < 1 - _EDGE)).tolist()
    lots = iter(rng.random(len(waiting) + 1))
    group: list[int] = []
    kept = columns.shape[1]
    while waiting or len(group) > 1:
        while waiting and len(group) < kept + 1:
            group.insert(0, waiting.pop(0))
        kept = min(kept, len(group) - 1)
        if kept < 1:
            break
        _move(level, weights, np.array(group), kept, next(lots))
        group = [row for row in group if _EDGE < level[row] < 1 - _EDGE]
    if group:
        level[group[0]] = float(next(lots) < level[group[0]])
    return level > 0.5


def _move(level: np.ndarray, weights: np.ndarray, group: np.ndarray, kept: int, lot: float) -> None:
    """Move the group's chances so far along a null direction of its balancing columns that one becomes 0 or 1.

    The last basis vector is the one that the group's last row takes most part in, so the row that has waited longest
    stands last.
    """
    direction = np.linalg.qr(weights[group, :kept], mode="complete")[0][:, -1]
    here = level[group]
    with np.errstate(divide="ignore", invalid="ignore"):
        up = np.where(direction > 0, (1 - here) / direction, np.where(direction < 0, -here / direction, np.inf)).min()
        down = np.where(direction > 0, here / direction, np.where(direction < 0, (here - 1) / direction, np.inf)).min()
    step = up if lot < down / (up + down) else -down
    moved = here + step * direction
    moved[np.abs(moved) < _EDGE] = 0.0
    moved[np.abs(moved - 1) < _EDGE] = 1.0
    level[group] = np.clip(moved, 0.0, 1.0)
