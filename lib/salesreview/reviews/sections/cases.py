"""Which of its wordings a finding takes: better, worse, flat, no base or too few records."""

from datetime import date

from ...metrics.comparison import rate_difference
from ...periods import Period, add_months, containing
from ...record import Figure
from ...registry import metric
from ..context import Context, Span

TOLERANCE = 0.02
"""Relative change of an amount or duration up to which it counts as unchanged."""


def movement(change: Figure, tolerance: float = TOLERANCE) -> str:
    """``better``, ``worse``, ``flat`` or ``no_base`` for a change of an amount or duration, by its direction."""
    if change.value is None:
        return "no_base"
    if abs(change.value) <= tolerance:
        return "flat"
    return "better" if (change.value > 0) == (metric(change.metric).direction != "lower") else "worse"


def rate_movement(now: Figure, base: Figure | None) -> str:
    """As `movement` for a share of records: ``flat`` while the difference lies within chance (95 %, Newcombe).

    Needs numerator and denominator counts on both figures.
    """
    if base is None or now.value is None or base.value is None:
        return "no_base"
    found = rate_difference(int(now.numerator), int(now.denominator), int(base.numerator), int(base.denominator))
    if found is None or not found.excludes_zero:
        return "flat"
    return "better" if (found.value > 0) == (metric(now.metric).direction != "lower") else "worse"


def seen_until(ctx: Context, span: Span) -> date:
    """The day to which records of ``span`` are followed: as long after its end as as_of lies after the review's end.

    So last year's cohort is judged at the same age as this one (convention YOY, X-CENS).
    """
    return min(ctx.mart.meta.as_of, span.window.end + (ctx.mart.meta.as_of - ctx.current.window.end))


def base_span(ctx: Context, span: Span) -> Span | None:
    """``span`` when the data begins in its first month or earlier, so that it can serve as a base; else None."""
    return span if ctx.covers(span) else None


def newcomer_base(ctx: Context, span: Span) -> Span | None:
    """``span`` when the data begins a year or more before it, so that its new customers can be told from those whose
    first orders lie before the data; else None."""
    return span if ctx.mart.meta.first_day.replace(day=1) <= add_months(span.window.start, -12) else None


def past_quarters(ctx: Context, count: int = 8) -> tuple[Period, ...]:
    """The last whole quarters that end within the review period's data, oldest first, as far as the data reaches."""
    meta, end = ctx.mart.meta, ctx.current.window.end
    quarter = containing("Q", end, ctx.period.fiscal_start)
    if quarter.end > end:
        quarter = quarter.previous()
    found = [quarter.shifted(-steps) for steps in range(count)]
    return tuple(reversed([q for q in found if q.start >= meta.first_day.replace(day=1)]))
