"""What every section of a review needs: the mart, the settings, and the period with its like-for-like windows."""

from dataclasses import dataclass, replace
from functools import cached_property

from ..errors import PeriodError
from ..mart.naming import Naming
from ..mart.store import Mart
from ..metrics.comparison import rate_difference
from ..models.fitted import Models, fitted
from ..periods import Period, Window
from ..record import Figure
from ..registry import metric
from ..settings import Settings


@dataclass(frozen=True)
class Span:
    """A window of days under the code that its figures carry."""

    code: str
    window: Window
    partial: bool = False


@dataclass(frozen=True)
class Context:
    """One review's inputs. ``period`` is the review period; as_of comes from the mart, never from the clock.

    People and customers appear under the labels that the settings' audience may see: the mart knows no others.
    """

    mart: Mart
    settings: Settings
    period: Period

    def __post_init__(self):
        kept = Naming(self.settings.audience != "leadership", self.settings.customer_names == "kept")
        if self.mart.naming != kept:
            object.__setattr__(self, "mart", self.mart.named(kept))
        meta = self.mart.meta
        self.period.until(meta.as_of)
        if self.period.end < meta.first_day:
            raise PeriodError(
                f"period {self.period.code} lies before the data begins",
                expected=f"a period that ends on or after {meta.first_day}",
                got=f"{self.period.start} to {self.period.end}",
                advice="choose a later --period or --year, or bring older data",
            )

    @cached_property
    def models(self) -> Models:
        """What the churn and win models say with the facts known at the end of the review period, or at as_of."""
        return fitted(self.mart, self.settings, self.current.window.end)

    def span(self, period: Period) -> Span:
        """``period`` cut at as_of; flagged partial when as_of falls inside (convention X-PART)."""
        window = period.until(self.mart.meta.as_of)
        return Span(period.code, window, window.end < period.end)

    @cached_property
    def current(self) -> Span:
        return self.span(self.period)

    @cached_property
    def year_ago(self) -> Span:
        """The review period a year before, like for like."""
        return self.year_before(self.period)

    @cached_property
    def previous(self) -> Span:
        """The period before the review period, like for like."""
        return self.preceding(self.period)

    def year_before(self, period: Period) -> Span:
        """The window of ``period`` up to as_of, a year before, cut at the same elapsed point (convention YOY)."""
        now = self.span(period)
        return _compared(period.year_ago(), now.window.years_back(), now.partial)

    def preceding(self, period: Period) -> Span:
        """The period before ``period``, of equal type, cut after the same number of days when ``period`` is running
        (convention SEQ)."""
        now, before = self.span(period), period.previous()
        if not now.partial:
            return _compared(before, before.window, False)
        end = min(before.end, before.start + (now.window.end - now.window.start))
        return _compared(before, Window(before.start, end), True)

    def covers(self, span: Span) -> bool:
        """Whether the span can serve as a base: the data begins in its first month or earlier."""
        return self.mart.meta.first_day.replace(day=1) <= span.window.start

    def figure(self, name: str, value: float | None, span: Span, **rest) -> Figure:
        """A figure of registry metric ``name`` over ``span``; the unit comes from the registry, partial is flagged."""
        flags = tuple(rest.pop("flags", ())) + (("partial",) if span.partial else ())
        return Figure(name, value, unit=metric(name).unit, period=span.code, flags=flags, **rest)


def _compared(period: Period, window: Window, partial: bool) -> Span:
    """A cut window goes by its days, so that its figures cannot be taken for those of the whole period."""
    return Span(f"{window.start}:{window.end}" if partial else period.code, window, partial)


def change(now: Figure, base: Figure | None, comparison: str) -> Figure:
    """How ``now`` differs from ``base``: relative for amounts, a difference (``pp``) for ratios and scores.

    The value is None and flagged ``no_base`` when the base is missing or, for a relative change, not above zero
    (convention X-BASE). The change of a share of records that chance explains is flagged ``within_chance``.
    """
    rated = now.unit in ("ratio", "score", "index", "times", "pp")
    unit = "pp" if now.unit == "ratio" else now.unit if rated else "ratio"
    usable = base is not None and base.value is not None and now.value is not None and (rated or base.value > 0)
    value = (now.value - base.value if rated else now.value / base.value - 1) if usable else None
    flags = tuple(flag for flag in now.flags if flag in ("partial", "small_n"))
    flags += () if usable else ("no_base",)
    flags += ("within_chance",) if usable and _within_chance(now, base) else ()
    return replace(
        now,
        value=value,
        unit=unit,
        comparison=comparison,
        numerator=now.value,
        denominator=base.value if base else None,
        flags=flags,
    )


def _within_chance(now: Figure, base: Figure) -> bool:
    """Whether two shares of records differ no more than chance explains (95 %, Newcombe)."""
    if not (_counted(now) and _counted(base)):
        return False
    counts = (now.numerator, now.denominator, base.numerator, base.denominator)
    found = rate_difference(*(int(count) for count in counts))
    return found is not None and not found.excludes_zero


def _counted(figure: Figure) -> bool:
    """Whether a figure is a share of its ``n`` records, rather than of an amount."""
    return (
        figure.unit == "ratio"
        and figure.numerator is not None
        and figure.denominator is not None
        and figure.denominator == figure.n
        and 0 <= figure.numerator <= figure.denominator
        and float(figure.numerator).is_integer()
    )
