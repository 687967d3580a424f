"""Where losses come from (requirement D-59)."""

import math
from collections.abc import Sequence

from scipy.stats import spearmanr

from .comparison import Interval

FEWEST = 30
"""Pairs below which no correlation is told (convention X-SMALL, regressions)."""
Z = 1.959964

BRANCHES = {
    "competition": ("竞争劣势",),
    "product": ("价格", "产品", "需求不匹配"),
    "process": ("内部流程",),
    "customer": ("预算限制", "放弃"),
}
"""The branch of each reason for a loss; what is left, and losses without a reason, is ``unknown``."""


def branch(reason: str) -> str:
    """The branch of the cause tree to which a reason for a loss belongs.

    >>> branch("价格"), branch("未分类")
    ('product', 'unknown')
    """
    return next((name for name, reasons in BRANCHES.items() if reason in reasons), "unknown")


def between_share(won: Sequence[int], closed: Sequence[int]) -> float | None:
    """Share of the variance of a won/lost outcome that lies between sellers, 0-1 (one-way ANOVA estimator).

    ``won`` and ``closed`` are counts a seller, in the same order. None with fewer than two sellers with deals, or when
    all deals ended alike. Negative estimates, which chance produces, count as 0.

    Source: intraclass correlation for binary outcomes, Ridout, Demétrio & Firth 1999, ANOVA estimator.
    """
    pairs = [(w, n) for w, n in zip(won, closed, strict=True) if n > 0]
    total, hits = sum(n for _, n in pairs), sum(w for w, _ in pairs)
    if len(pairs) < 2 or total <= len(pairs) or hits in (0, total):
        return None
    mean = hits / total
    between = sum(n * (w / n - mean) ** 2 for w, n in pairs) / (len(pairs) - 1)
    within = sum(w * (n - w) / n for w, n in pairs) / (total - len(pairs))
    size = (total - sum(n * n for _, n in pairs) / total) / (len(pairs) - 1)
    whole = between + (size - 1) * within
    return max(0.0, (between - within) / whole) if whole > 0 else None


def correlation(first: Sequence[float], second: Sequence[float]) -> Interval | None:
    """Spearman's rank correlation with its 95 % interval; None below 30 pairs or when one side does not vary.

    Source of the interval: Fisher's z with the variance of Bonett & Wright 2000.
    """
    if len(first) < FEWEST or len(set(first)) < 2 or len(set(second)) < 2:
        return None
    rho = float(spearmanr(first, second).statistic)
    reach = Z * math.sqrt((1 + rho**2 / 2) / (len(first) - 3))
    z = math.atanh(max(-0.999999, min(0.999999, rho)))
    return Interval(rho, math.tanh(z - reach), math.tanh(z + reach))
