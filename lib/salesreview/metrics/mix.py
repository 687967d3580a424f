"""Shares and concentration of parts of a total (requirements D-07 … D-11, D-13; engine E-08)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


def shares(parts: Mapping[str, float], total: float) -> dict[str, float | None]:
    """Each part over ``total``, negative parts kept; None for each when the total is not above zero.

    >>> shares({"a": 75.0, "b": 25.0}, 100.0)
    {'a': 0.75, 'b': 0.25}
    """
    return {member: value / total if total > 0 else None for member, value in parts.items()}


@dataclass(frozen=True)
class Concentration:
    """``hhi`` from 0 to 10 000, None without a positive part; ``excluded`` are the negative members left out of it."""

    hhi: float | None
    excluded: tuple[str, ...]


def concentration(parts: Mapping[str, float]) -> Concentration:
    """Herfindahl index Σ(share in percent)² over the members that are not negative.

    >>> concentration({"a": 50.0, "b": 50.0}).hhi
    5000.0
    """
    kept = [value for value in parts.values() if value >= 0]
    total = sum(kept)
    excluded = tuple(sorted(member for member, value in parts.items() if value < 0))
    return Concentration(sum((value / total * 100) ** 2 for value in kept) if total > 0 else None, excluded)


def top_share(values: Iterable[float], n: int, total: float) -> float | None:
    """Share of the ``n`` largest values in ``total`` (CRn); None when the total is not above zero.

    >>> top_share([5.0, 3.0, 2.0], 2, 10.0)
    0.8
    """
    return sum(sorted(values, reverse=True)[:n]) / total if total > 0 else None


def ranked(parts: Mapping[str, float]) -> list[str]:
    """Members from the largest to the smallest; equal ones in order of name."""
    return sorted(parts, key=lambda member: (-parts[member], member))
