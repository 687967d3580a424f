"""How strategic accounts differ from the customer base (requirements K-14, K-17, K-19)."""

from collections.abc import Mapping, Sequence
from datetime import date

from scipy import stats

from .comparison import holm
from .growth import ratio


def location_quotient(part: int, whole: int, base_part: int, base_whole: int) -> float | None:
    """How much more frequent a member is in the group than in the base: share in the group / share in the base.

    Counts; None when the group or the base is empty or the base has no such member (K-14).

    >>> round(location_quotient(6, 20, 60, 600), 6)
    3.0
    """
    return ratio(ratio(part, whole), ratio(base_part, base_whole))


def fisher_p(hits_1: int, n_1: int, hits_0: int, n_0: int) -> float:
    """Two-sided p of Fisher's exact test that two groups of records have one rate; 1 when a group is empty.

    >>> round(fisher_p(8, 10, 1, 6), 3), fisher_p(0, 0, 3, 5)
    (0.035, 1.0)
    """
    return float(stats.fisher_exact([[hits_1, n_1 - hits_1], [hits_0, n_0 - hits_0]]).pvalue)


def over_represented(counts: Mapping[str, tuple[int, int]], level: float = 0.05) -> tuple[str, ...]:
    """Members that are more frequent in the group than in the rest, beyond chance; by name.

    ``counts`` maps a member to (number in the group, number in the rest). One-sided Fisher tests of each member against
    all others, adjusted for their number (Holm), so that the largest of many industries is not taken for a finding.

    >>> over_represented({"a": (15, 50), "b": (5, 530)}), over_represented({"a": (6, 70), "b": (14, 510)})
    (('a',), ())
    """
    inside, outside = (sum(pair[side] for pair in counts.values()) for side in (0, 1))
    names = sorted(counts)
    tests = []
    for name in names:
        n, rest = counts[name]
        tests.append(float(stats.fisher_exact([[n, inside - n], [rest, outside - rest]], "greater").pvalue))
    return tuple(name for name, p in zip(names, holm(tests), strict=True) if p < level)


def month_shares(monthly: Mapping[date, float], years: int) -> dict[int, float] | None:
    """Share of each calendar month (1 … 12) in sales, pooled over the last ``years`` times twelve months.

    ``monthly`` maps first days of months to amounts; months without entry count as zero. None when the months given
    do not reach over twelve months or their sum is not above zero.

    >>> shares = month_shares({date(2025, m, 1): 1.0 for m in range(1, 13)}, 1)
    >>> round(shares[1], 4), len(shares)
    (0.0833, 12)
    """
    if not monthly:
        return None
    last, first = max(monthly), min(monthly)
    span = (last.year - first.year) * 12 + last.month - first.month + 1
    whole = min(years, span // 12)
    if whole < 1:
        return None
    newest = last.year * 12 + last.month
    kept = {day: value for day, value in monthly.items() if newest - (day.year * 12 + day.month) < whole * 12}
    total = sum(kept.values())
    if total <= 0:
        return None
    return {month: sum(v for day, v in kept.items() if day.month == month) / total for month in range(1, 13)}


def weighted_share(named: Sequence[bool], weights: Sequence[float]) -> float | None:
    """Share of the weight of those who named it; negative weights count as zero, None without weight (K-17).

    >>> weighted_share([True, False], [30.0, 70.0])
    0.3
    """
    kept = [max(0.0, weight) for weight in weights]
    return ratio(sum(weight for weight, one in zip(kept, named, strict=True) if one), sum(kept))


def relevant_lines(bought: Mapping[str, int], buyers: int, floor: float) -> tuple[str, ...]:
    """Product lines that at least the share ``floor`` of an industry's ``buyers`` bought, by name (K-19).

    >>> relevant_lines({"a": 9, "b": 1, "c": 0}, 10, 0.1)
    ('a', 'b')
    """
    return tuple(sorted(line for line, n in bought.items() if n > 0 and buyers > 0 and n / buyers >= floor))


def depth_level(lines: int, framework: bool, joint: bool, partner: bool) -> int | None:
    """Depth of cooperation 1-5, the highest step reached; None when nothing was bought (K-19).

    1 one product line, 2 two or more, 3 a live framework contract, 4 a joint project, 5 strategic partner by the
    account plan.

    >>> depth_level(3, True, False, False), depth_level(1, False, False, False), depth_level(0, True, True, True)
    (3, 1, None)
    """
    if lines <= 0:
        return None
    steps = ((5, partner), (4, joint), (3, framework), (2, lines > 1))
    return next((level for level, reached in steps if reached), 1)
