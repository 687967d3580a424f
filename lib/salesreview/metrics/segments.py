"""Which groups of customers carry the sales, and how they differ from all customers (requirement M-17)."""

from collections.abc import Mapping, Sequence


def carrying(sales: Mapping[str, float], share: float = 0.80) -> tuple[str, ...]:
    """The fewest members, largest first, whose sales together reach ``share`` of the total; members without positive
    sales are never among them, and a total that is not positive gives none.

    >>> carrying({"a": 50, "b": 35, "c": 15})
    ('a', 'b')
    """
    total, running, found = sum(sales.values()), 0.0, []
    if total <= 0:
        return ()
    for name in sorted(sales, key=lambda name: (-sales[name], name)):
        if running >= share * total - 1e-9 or sales[name] <= 0:
            break
        running += sales[name]
        found.append(name)
    return tuple(found)


def profile_index(part: int, group: int, part_of_base: int, base: int) -> float | None:
    """Share of a trait in the group over its share in the base, times 100: 150 means half as common again.

    None when group or base is empty or nobody in the base has the trait.

    >>> profile_index(6, 10, 40, 100)
    150.0
    """
    if not group or not base or not part_of_base:
        return None
    return 100 * (part / group) / (part_of_base / base)


def distinct(index: Sequence[tuple[str, float]], most: int) -> tuple[str, ...]:
    """The ``most`` traits whose index lies furthest from 100, by distance."""
    ranked = sorted(index, key=lambda item: (-abs(item[1] - 100), item[0]))
    return tuple(name for name, _ in ranked[:most])
