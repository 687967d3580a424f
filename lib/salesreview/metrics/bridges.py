"""Variance bridges whose bars add up to the cent (requirements D-02, D-06; engine E-09)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


def cents(amount: float) -> float:
    """``amount`` in whole cents, rounded the way all bridges are."""
    return round(amount * 100) / 100


def balanced(parts: Sequence[float], total: float) -> tuple[float, ...]:
    """``parts`` rounded to cents so that they add up to ``total`` rounded to cents.

    What rounding leaves over (cents, not money) goes to the part with the largest absolute value, the first of equals.
    Raises ValueError when the parts differ from the total by more than rounding can explain: a bridge hides nothing.

    >>> balanced((1.004, 1.004, 1.004), 3.012)
    (1.01, 1.0, 1.0)
    """
    found = [round(part * 100) for part in parts]
    left = round(total * 100) - sum(found)
    allowed = len(found) + 1 + sum(abs(part) for part in parts) * 1e-9
    if abs(left) > allowed:
        raise ValueError(f"the parts add up to {sum(parts)!r}, not to {total!r}")
    if found and left:
        largest = max(range(len(found)), key=lambda i: (abs(found[i]), -i))
        found[largest] += left
    return tuple(part / 100 for part in found)


@dataclass(frozen=True)
class Step:
    """One bar of a bridge. ``kind`` is ``member``, ``rest`` (the members beyond the top) or ``residual``."""

    member: str
    amount: float
    kind: str = "member"
    count: int = 1


def ranked_steps(
    amounts: Mapping[str, float], total: float, top_n: int, residual: str | None = None
) -> tuple[Step, ...]:
    """The ``top_n`` members with the largest absolute amounts, then the rest as one bar, then ``residual``.

    ``total`` is what all bars add up to; what the members leave open becomes the residual bar, which is left out when
    it is zero or when ``residual`` is None (then the members must add up themselves, else ValueError). Members with
    zero are left out. Amounts are in whole cents. Equal amounts stand in order of name, so the order of ``amounts``
    does not matter.
    """
    ranked = sorted((m for m in amounts if round(amounts[m] * 100)), key=lambda m: (-abs(amounts[m]), m))
    shown = ranked if len(ranked) <= top_n + 1 else ranked[:top_n]
    rest = [member for member in ranked if member not in set(shown)]
    bars = [(member, amounts[member], "member", 1) for member in shown]
    if rest:
        bars.append(("rest", sum(amounts[member] for member in rest), "rest", len(rest)))
    if residual is not None:
        bars.append((residual, total - sum(bar[1] for bar in bars), "residual", 1))
    values = balanced([bar[1] for bar in bars], total) if bars else ()
    steps = (Step(name, value, kind, count) for (name, _, kind, count), value in zip(bars, values, strict=True))
    return tuple(step for step in steps if step.amount or step.kind != "residual")


@dataclass(frozen=True)
class Gap:
    """How the gap to a target comes about. ``members`` holds actual − target of the members that have a target;
    ``unallocated`` is what they leave of the total gap: sales of members without a target, less the part of the total
    target that no member carries."""

    total: float
    members: dict[str, float]
    unallocated: float


def gap(actuals: Mapping[str, float], targets: Mapping[str, float], actual: float, target: float) -> Gap:
    """The gap ``actual − target`` by member (requirement D-02, convention TGT); members without a target stay out.

    >>> gap({"a": 90.0, "b": 30.0, "c": 5.0}, {"a": 100.0, "b": 20.0}, 125.0, 130.0)
    Gap(total=-5.0, members={'a': -10.0, 'b': 10.0}, unallocated=-5.0)
    """
    members = {member: actuals.get(member, 0.0) - value for member, value in targets.items()}
    return Gap(actual - target, members, actual - target - sum(members.values()))


@dataclass(frozen=True)
class Sold:
    """What one product sold in a window. ``counted`` says that all of its lines carry a quantity."""

    product: str
    line: str
    unit: str
    qty: float
    sales: float
    counted: bool = True


@dataclass(frozen=True)
class PriceVolumeMix:
    """Parts of a change of sales in whole cents; they add up to it (requirement D-06).

    ``other`` holds products whose unit price cannot be formed (no quantity, or net returns in one of the periods).
    """

    volume: float
    mix: float
    price: float
    new: float
    discontinued: float
    other: float

    @property
    def total(self) -> float:
        return round(sum(vars(self).values()), 2)


def price_volume_mix(base: Iterable[Sold], now: Iterable[Sold], total: float | None = None) -> PriceVolumeMix:
    """Split ``Σ now − Σ base`` into volume, mix, price, new, discontinued and other, product by product.

    Inside a product line whose products share one ``unit`` quantities are added: volume ``(Q1−Q0)·S0/Q0``, mix
    ``Σ(q1 − Q1·q0/Q0)·p0``, price ``Σ(p1−p0)·q1`` over products sold in both periods. In a line with several units
    volume is ``Σ(q1−q0)·p0`` and there is no mix. Products sold in one period only are new or discontinued. Swapping
    the periods flips the sign of the total and of ``other``, turns new into minus discontinued, and flips the sum of
    volume, mix and price, but not each of the three (quantities at old prices, prices at new quantities). The order of
    products does not matter. Empty inputs give zeros. ``total`` is the change as it is shown elsewhere, where it comes
    from another sum of the same amounts; ValueError when it is not the same but for rounding.

    >>> price_volume_mix([Sold("a", "L", "u", 10, 100.0)], [Sold("a", "L", "u", 12, 132.0)])
    PriceVolumeMix(volume=20.0, mix=0.0, price=12.0, new=0.0, discontinued=0.0, other=0.0)
    """
    old, new = {item.product: item for item in base}, {item.product: item for item in now}
    parts = dict.fromkeys(("volume", "mix", "price", "new", "discontinued", "other"), 0.0)
    lines: dict[str, list[tuple[Sold, Sold]]] = {}
    for product in sorted(old.keys() | new.keys()):
        before, after = old.get(product), new.get(product)
        if before is None:
            parts["new"] += after.sales
        elif after is None:
            parts["discontinued"] -= before.sales
        elif _priced(before) and _priced(after):
            lines.setdefault(before.line, []).append((before, after))
        else:
            parts["other"] += after.sales - before.sales
    for line in sorted(lines):
        for name, amount in zip(("volume", "mix", "price"), _line(lines[line]), strict=True):
            parts[name] += amount
    if total is None:
        total = sum(new[p].sales for p in sorted(new)) - sum(old[p].sales for p in sorted(old))
    return PriceVolumeMix(*balanced(tuple(parts.values()), total))


def _priced(item: Sold) -> bool:
    return item.counted and item.qty > 0 and item.sales > 0


def _line(pairs: list[tuple[Sold, Sold]]) -> tuple[float, float, float]:
    price = sum(after.sales - before.sales / before.qty * after.qty for before, after in pairs)
    at_old_prices = sum(before.sales / before.qty * (after.qty - before.qty) for before, after in pairs)
    if len({before.unit for before, _ in pairs}) > 1:
        return at_old_prices, 0.0, price
    old_qty, new_qty = sum(before.qty for before, _ in pairs), sum(after.qty for _, after in pairs)
    volume = (new_qty - old_qty) * sum(before.sales for before, _ in pairs) / old_qty
    return volume, at_old_prices - volume, price
