"""How good the forecast would have been: each past period forecast with what was known then."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from ..periods import Period
from .forecast import Facts, Spread, between, comparable, forecast, naive

MOST_TRIED = 10
"""Past periods forecast at most, the last ones: all halves of five years."""


@dataclass(frozen=True)
class Tried:
    """A past period: its sales, the forecast on ``day``, and the naive one (None without last year's days)."""

    period: Period
    day: date
    actual: float
    spread: Spread
    naive: float | None

    @property
    def error(self) -> float:
        """P50 / actual - 1."""
        return self.spread.p50 / self.actual - 1

    @property
    def naive_error(self) -> float | None:
        return None if self.naive is None else self.naive / self.actual - 1

    @property
    def held(self) -> bool:
        """Whether the sales lay between P10 and P90."""
        return self.spread.p10 <= self.actual <= self.spread.p90


@dataclass(frozen=True)
class Record:
    """All past periods together: mean absolute error and mean error of forecast and naive, over the periods that have
    both; None without any."""

    tried: tuple[Tried, ...]

    @property
    def compared(self) -> tuple[Tried, ...]:
        return tuple(one for one in self.tried if one.naive is not None)

    @property
    def error(self) -> float | None:
        return _mean([abs(one.error) for one in self.compared])

    @property
    def bias(self) -> float | None:
        return _mean([one.error for one in self.compared])

    @property
    def naive_error(self) -> float | None:
        return _mean([abs(one.naive_error) for one in self.compared])

    @property
    def naive_bias(self) -> float | None:
        return _mean([one.naive_error for one in self.compared])

    @property
    def held(self) -> int:
        """Periods whose sales lay inside the interval."""
        return sum(one.held for one in self.tried)


def backtest(known: Callable[[date], Facts], now: Facts, target: Period, *, draws: int, seed: int) -> Record:
    """The past periods comparable to ``target``, each forecast at the same point with ``known(that day)`` only.

    Periods with too little before them, or without sales, are left out; in order of time.
    """
    tried = []
    for one in reversed(comparable(target, now.day, now.first_day)[:MOST_TRIED]):
        then = known(one.day)
        found = forecast(then, one.period, draws=draws, seed=seed)
        actual = between(now.sold, one.period.start, one.period.end)
        if found is not None and actual > 0:
            tried.append(Tried(one.period, one.day, actual, found.total, naive(then, one.period)))
    return Record(tuple(tried))


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
