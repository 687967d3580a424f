"""What customers say: net promoter score and satisfaction with their intervals (requirements M-18, M-20)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .comparison import Interval

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

    @property
    def error(self) -> float | None:
        """Standard error in points, ``sqrt((p + d - (p - d)²) / n)`` (M-18); None without answers."""
        if self.n == 0:
            return None
        p, d = self.promoters / self.n, self.detractors / self.n
        return 100 * math.sqrt(max(p + d - (p - d) ** 2, 0) / self.n)


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


@dataclass(frozen=True)
class Satisfaction:
    """Answers brought to 0-100: ``index`` with its 95 % interval and standard ``error``; ``top`` of the ``n`` answers
    lie in the two highest boxes of their scale. Values are None without answers, the interval with fewer than two."""

    index: float | None
    low: float | None
    high: float | None
    error: float | None
    top: int
    n: int

    @property
    def top_share(self) -> float | None:
        """Satisfied answers / answers (M-20)."""
        return self.top / self.n if self.n else None


def satisfaction(answers: Sequence[tuple[float, float, float]]) -> Satisfaction:
    """From (score, scale minimum, scale maximum) of each answer: ``(mean − min) / (max − min) · 100`` and the two
    highest boxes, which are scores of at least the maximum less one (M-20). Scales may differ between answers.

    >>> satisfaction([(5, 1, 5), (4, 1, 5), (2, 1, 5)]).index
    66.66666666666667
    """
    values = [100 * (score - low) / (high - low) for score, low, high in answers]
    top = sum(score >= high - 1 for score, _, high in answers)
    n = len(values)
    if n == 0:
        return Satisfaction(None, None, None, None, 0, 0)
    mean = sum(values) / n
    if n < 2:
        return Satisfaction(mean, None, None, None, top, n)
    error = math.sqrt(sum((value - mean) ** 2 for value in values) / (n - 1) / n)
    return Satisfaction(mean, max(mean - Z95 * error, 0), min(mean + Z95 * error, 100), error, top, n)


def score_difference(
    now: float | None, error_now: float | None, base: float | None, error_base: float | None
) -> Interval | None:
    """``now`` less ``base`` with a 95 % interval from both standard errors; None where one of the four is unknown.

    >>> score_difference(40, 3, 30, 4).excludes_zero
    True
    """
    if now is None or base is None or error_now is None or error_base is None:
        return None
    half = Z95 * math.hypot(error_now, error_base)
    return Interval(now - base, now - base - half, now - base + half)


def difference_p(
    one: float | None, error_one: float | None, other: float | None, error_other: float | None
) -> float | None:
    """Two-sided p of the difference of two scores under a normal distribution; None where a value is unknown or both
    errors are zero.

    >>> round(difference_p(40, 3, 30, 4), 4)
    0.0455
    """
    if one is None or other is None or error_one is None or error_other is None:
        return None
    error = math.hypot(error_one, error_other)
    return math.erfc(abs(one - other) / error / math.sqrt(2)) if error > 0 else None


def on_scale(index: float | None, low: float, high: float) -> float | None:
    """A 0-100 index on the scale ``low`` to ``high``.

    >>> on_scale(75, 1, 5)
    4.0
    """
    return None if index is None else low + (high - low) * index / 100


def impact(mentions: int, answers: int, score: float | None, whole: float | None) -> float | None:
    """Share of answers that mention a theme x how far their mean index lies below all answers' (M-22), in index
    points; never below zero; None without answers or scores.

    >>> impact(20, 100, 50, 75)
    5.0
    """
    if not answers or score is None or whole is None:
        return None
    return mentions / answers * max(whole - score, 0.0)


def unmet(importance: float, satisfied: float) -> float:
    """How unmet a need is, importance + max(importance − satisfaction, 0), both on 1-10 (S1-07); 1 to 19.

    >>> unmet(9, 4)
    14
    """
    return importance + max(importance - satisfied, 0)


def margin_of_error(n: int, share: float = 0.5) -> float | None:
    """Half width of the 95 % interval of a share of ``n`` answers, ``1.96·sqrt(p(1 − p)/n)`` (S1-08); widest at one
    half; None without answers.

    >>> round(margin_of_error(100), 3)
    0.098
    """
    return Z95 * math.sqrt(share * (1 - share) / n) if n > 0 else None
