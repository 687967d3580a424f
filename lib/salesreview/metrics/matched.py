"""Two rates compared within bands of like cases (requirement T-14, evidence class EV4)."""

import math
from collections.abc import Sequence

from .comparison import Interval

Z95 = 1.959963984540054


def matched_difference(bands: Sequence[tuple[int, int, int, int]]) -> Interval | None:
    """First rate less second, band by band, weighted by n1·n0/(n1+n0) (Mantel-Haenszel), with a 95 % interval.

    Each band is (hits_1, n_1, hits_0, n_0). Bands without records of both kinds say nothing and are left out; None
    when none is left. Variances take half a hit and half a miss more a group, so that 0 % and 100 % are not certain.

    >>> round(matched_difference([(6, 10, 4, 10), (5, 10, 5, 10)]).value, 3)
    0.1
    """
    total = weighted = variance = 0.0
    for hits_1, n_1, hits_0, n_0 in bands:
        if n_1 <= 0 or n_0 <= 0:
            continue
        weight = n_1 * n_0 / (n_1 + n_0)
        total += weight
        weighted += weight * (hits_1 / n_1 - hits_0 / n_0)
        variance += weight**2 * (_variance(hits_1, n_1) + _variance(hits_0, n_0))
    if not total:
        return None
    value, half = weighted / total, Z95 * math.sqrt(variance) / total
    return Interval(value, max(-1.0, value - half), min(1.0, value + half))


def _variance(hits: int, n: int) -> float:
    rate = (hits + 0.5) / (n + 1)
    return rate * (1 - rate) / n
