"""What customers say: net promoter score with its interval (requirement M-18)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z95 = 1.959963984540054


@dataclass(frozen=True)
class PromoterScore:
    """``value`` in -100..100 with a 95 % interval; all None without answers."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    promoters: int
    detractors: int


def promoter_score(scores: Sequence[float]) -> PromoterScore:
    """NPS of answers on 0-10: share of 9-10 less share of 0-6, in points; normal interval of M-18.

    >>> promoter_score([10, 9, 8, 3]).value
    25.0
    """
    n = len(scores)
    promoters = sum(score >= 9 for score in scores)
    detractors = sum(score <= 6 for score in scores)
    if n == 0:
        return PromoterScore(None, None, None, 0, 0, 0)
    p, d = promoters / n, detractors / n
    error = Z95 * math.sqrt(max(p + d - (p - d) ** 2, 0) / n)
    value = p - d
    return PromoterScore(
        100 * value, 100 * max(value - error, -1), 100 * min(value + error, 1), n, promoters, detractors
    )
