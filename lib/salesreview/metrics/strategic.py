"""Strategic accounts: revenue bridge, expansion, health score, schedule of projects (K-09 … K-13, K-50)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from .bridges import balanced, cents

HEALTH_PARTS = ("trend", "satisfaction", "complaints", "engagement", "people", "payment", "contract")
"""Parts of the health score in the order in which they are shown."""
FEWEST_PARTS = 4
FULL_CONTRACT_DAYS, FULL_PEOPLE, WORST_COMPLAINTS = 180, 4, 0.5


@dataclass(frozen=True)
class RevenueBridge:
    """Recurring value in whole cents: ``start + expanded − contracted − churned + joined == end``.

    ``joined`` is the value of accounts that had none at the start (new or back); it is no part of the retention rates.
    """

    start: float
    expanded: float
    contracted: float
    churned: float
    joined: float
    end: float


def revenue_bridge(values: Iterable[tuple[float, float]]) -> RevenueBridge:
    """The bridge from (start, end) yearly values of accounts; all zero without any.

    >>> revenue_bridge([(100, 0), (100, 80), (100, 150), (0, 70)])
    RevenueBridge(start=300.0, expanded=50.0, contracted=20.0, churned=100.0, joined=70.0, end=300.0)
    """
    parts = dict.fromkeys(("start", "expanded", "contracted", "churned", "joined"), 0.0)
    end = 0.0
    for before, after in values:
        before, after = max(0.0, float(before)), max(0.0, float(after))
        parts["start"] += before
        end += after
        if before == 0:
            parts["joined"] += after
        elif after == 0:
            parts["churned"] += before
        else:
            parts["expanded"] += max(0.0, after - before)
            parts["contracted"] += max(0.0, before - after)
    signs = {"start": 1, "expanded": 1, "contracted": -1, "churned": -1, "joined": 1}
    rounded = balanced([sign * parts[name] for name, sign in signs.items()], end)
    found = {name: sign * amount + 0.0 for (name, sign), amount in zip(signs.items(), rounded, strict=True)}
    return RevenueBridge(end=cents(end), **found)


@dataclass(frozen=True)
class Expansion:
    """``cross`` is sales of products new to the account, ``upsell`` growth of products bought before, ``repeat`` the
    other sales of old customers; ``base`` their sales in the window a year before. Money."""

    cross: float
    upsell: float
    repeat: float
    base: float

    @property
    def amount(self) -> float:
        return self.cross + self.upsell

    @property
    def rate(self) -> float | None:
        """Expansion over the same accounts' sales a year before; None when they bought nothing then."""
        return self.amount / self.base if self.base > 0 else None


def expansion(rows: Iterable[tuple[float, float, bool]]) -> Expansion:
    """Split (sales, base, is_new) of account and product pairs (T-09).

    >>> expansion([(50, 0, True), (120, 100, False), (30, 40, False)])
    Expansion(cross=50.0, upsell=20.0, repeat=130.0, base=140.0)
    """
    cross = upsell = repeat = before = 0.0
    for sales, base, is_new in rows:
        before += base
        if is_new:
            cross += sales
            continue
        more = max(0.0, sales - max(0.0, base))
        upsell += more
        repeat += sales - more
    return Expansion(float(cross), float(upsell), float(repeat), float(before))


def health_parts(facts: Mapping[str, float | None], day: date) -> dict[str, float | None]:
    """The parts of the health score, each 0-100 or None where nothing is known (K-13).

    ``facts`` as a row of `queries.strategic.health_facts`, missing values None. trend: 50 + 100 × change of the sales
    of 12 months, so a loss of half gives 0 and growth by half 100; satisfaction: mean score; complaints: 100 without
    any among the tickets of six months, 0 from one in two on; engagement: touches of 90 days against the account's
    own pace in the 270 days before; people: contacts met in 90 days, four are full; payment: 100 less the share of the
    year's due bills that is past due, 0 from one half on; contract: days that the last contract still runs, 180 are
    full.
    """
    get = {name: None if value is None or value != value else value for name, value in facts.items()}
    parts: dict[str, float | None] = dict.fromkeys(HEALTH_PARTS)
    if get.get("base") and get["base"] > 0:
        parts["trend"] = 50 + 100 * (get["sales"] / get["base"] - 1)
    parts["satisfaction"] = get.get("score")
    if get.get("tickets"):
        parts["complaints"] = 100 * (1 - get["complaints"] / get["tickets"] / WORST_COMPLAINTS)
    if get.get("touches_before"):
        parts["engagement"] = 100 * get["touches"] / (get["touches_before"] / 3)
    if get.get("people") is not None:
        parts["people"] = 100 * get["people"] / FULL_PEOPLE
    if get.get("billed"):
        parts["payment"] = 100 * (1 - 2 * get["overdue"] / get["billed"])
    if isinstance(get.get("contract_end"), date):
        parts["contract"] = 100 * (get["contract_end"] - day).days / FULL_CONTRACT_DAYS
    return {name: None if value is None else float(min(100.0, max(0.0, value))) for name, value in parts.items()}


def health(parts: Mapping[str, float | None], weights: Mapping[str, float]) -> float | None:
    """Weighted mean of the known parts, 0-100; None with fewer than four of them or without weight.

    >>> health({"trend": 50.0, "people": 100.0, "payment": 100.0, "contract": 100.0, "complaints": None},
    ...        {"trend": 3.0, "people": 1.0, "payment": 1.0, "contract": 1.0, "complaints": 5.0})
    75.0
    """
    known = {name: value for name, value in parts.items() if value is not None and weights.get(name, 0) > 0}
    total = sum(weights[name] for name in known)
    if len(known) < FEWEST_PARTS or total <= 0:
        return None
    return sum(value * weights[name] for name, value in known.items()) / total


@dataclass(frozen=True)
class Milestone:
    """A milestone's days; ``weight`` as a share of the project."""

    planned: date
    forecast: date | None
    actual: date | None
    weight: float


@dataclass(frozen=True)
class Schedule:
    """How a project stands on a day. ``done`` and ``planned`` are shares of its weight; ``spi`` done / planned (None
    before the first milestone is planned); ``slip`` days by which the last milestone is expected later than planned;
    ``slip_share`` of the planned length (None without a length)."""

    done: float
    planned: float
    spi: float | None
    slip: float | None
    slip_share: float | None

    def state(self, amber: float, red: float) -> str:
        """``green``, ``yellow`` or ``red`` by the slip's share of the planned length (K-50)."""
        if self.slip_share is None:
            return "unknown"
        return "red" if self.slip_share > red else "yellow" if self.slip_share > amber else "green"


def schedule(milestones: Sequence[Milestone], start: date | None, day: date) -> Schedule | None:
    """The schedule of one project on ``day``; None without milestones. Weights are taken relative to their sum, equal
    ones when all are zero. A milestone that should be over by ``day`` but has no actual day slips at least to ``day``.
    """
    if not milestones:
        return None
    total = sum(each.weight for each in milestones)
    shares = [each.weight / total if total > 0 else 1 / len(milestones) for each in milestones]
    pairs = list(zip(milestones, shares, strict=True))
    done = sum(share for each, share in pairs if each.actual is not None and each.actual <= day)
    planned = sum(share for each, share in pairs if each.planned <= day)
    last = max(milestones, key=lambda each: each.planned)
    expected = last.actual or last.forecast or last.planned
    if last.actual is None and last.planned < day:
        expected = max(expected, day)
    slip = (expected - last.planned).days
    length = (last.planned - start).days if start else 0
    return Schedule(
        done, planned, done / planned if planned > 0 else None, float(slip), slip / length if length > 0 else None
    )
