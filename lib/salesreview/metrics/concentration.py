"""How evenly a total is spread over members: Gini, Lorenz curve, leaders' share (requirement T-05)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FEWEST = 5


@dataclass(frozen=True)
class Spread:
    """``gini`` 0-1 (0: all equal) and ``top_share`` (share of the leading fifth, rounded up) are None below five
    members or without a positive total; ``top_count`` members make up that fifth; ``carriers`` is the smallest number
    of members that make up 80 % of the total."""

    n: int
    gini: float | None
    top_share: float | None
    top_count: int
    carriers: int | None


def spread(values: Sequence[float]) -> Spread:
    """Spread of amounts over members; negative amounts count as zero.

    >>> spread([10, 10, 10, 10, 10]).gini
    0.0
    >>> spread([0, 0, 0, 0, 100]).top_share
    1.0
    """
    amounts = np.sort(np.clip(np.asarray(values, dtype=float), 0, None))
    n, total = len(amounts), float(amounts.sum())
    top = math.ceil(0.2 * n)
    if n < FEWEST or total <= 0:
        return Spread(n, None, None, top, None)
    ranks = np.arange(1, n + 1)
    gini = float(((2 * ranks - n - 1) * amounts).sum() / (n * total))
    cumulative = np.cumsum(amounts[::-1])
    carriers = int(np.searchsorted(cumulative, 0.8 * total - 1e-9) + 1)
    return Spread(n, gini, float(amounts[n - top :].sum() / total), top, carriers)


def lorenz(values: Sequence[float]) -> list[tuple[float, float]]:
    """Points (share of members, share of the total) from the smallest member up, with the origin; [] without a total.

    >>> lorenz([1, 3])
    [(0.0, 0.0), (0.5, 0.25), (1.0, 1.0)]
    """
    amounts = np.sort(np.clip(np.asarray(values, dtype=float), 0, None))
    total = amounts.sum()
    if len(amounts) == 0 or total <= 0:
        return []
    shares = np.concatenate([[0.0], np.cumsum(amounts) / total])
    return [(i / len(amounts), float(share)) for i, share in enumerate(shares)]
