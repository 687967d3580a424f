"""What the process sections share: shares, medians, changes on the year, and boxes where something is absent."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd

from ....metrics.comparison import Interval
from ....metrics.durations import differ
from ....periods import Period
from ....record import Card, Exhibit, Figure, NotEnough, NotProvided, PeriodName, Text
from ...context import Context, Span, change
from ..cases import base_span, movement
from ..finding import few, rate_case

Make = Callable[[Span], Figure]
Boxes = Mapping[str, Sequence[str]]
"""Ids of a section's exhibits and the requirements that each meets."""


def share(ctx: Context, name: str, hits: float, n: float, span: Span | None = None, **identity) -> Figure:
    """``hits`` / ``n`` records as a figure; None without records, flagged small_n below the minimum for rates."""
    value = float(hits) / float(n) if n else None
    counts = {"numerator": int(hits), "denominator": int(n), "n": int(n), "flags": few(ctx, n)}
    return ctx.figure(name, value, span or ctx.current, **counts, **identity)


def middle(ctx: Context, name: str, values, span: Span | None = None, quantile: float = 0.5, **identity) -> Figure:
    """A quantile of ``values`` (nulls left out); None without any, flagged small_n below the minimum for means."""
    known = pd.Series(values, dtype=float).dropna()
    flags = ("small_n",) if len(known) < ctx.settings.minimum_n.mean else ()
    value = float(known.quantile(quantile)) if len(known) else None
    return ctx.figure(name, value, span or ctx.current, n=len(known), flags=flags, **identity)


def mean(ctx: Context, name: str, values, span: Span | None = None, **identity) -> Figure:
    """As `middle` for the mean."""
    known = pd.Series(values, dtype=float).dropna()
    flags = ("small_n",) if len(known) < ctx.settings.minimum_n.mean else ()
    value = float(known.mean()) if len(known) else None
    return ctx.figure(name, value, span or ctx.current, n=len(known), flags=flags, **identity)


def count(ctx: Context, name: str, number: float, span: Span | None = None, **identity) -> Figure:
    """A plain number of records."""
    return ctx.figure(name, float(number), span or ctx.current, **identity)


def yoy(ctx: Context, now: Figure, make: Make) -> Figure:
    """The change of ``now`` on the year-ago span, without value where the data does not reach it."""
    span = base_span(ctx, ctx.year_ago)
    return change(now, make(span) if span else None, "yoy")


def base(ctx: Context, make: Make) -> Figure | None:
    """The figure of the year-ago span, or None where the data does not reach it."""
    span = base_span(ctx, ctx.year_ago)
    return make(span) if span else None


def card(ctx: Context, make: Make) -> Card:
    """The figure of the review period beside its change on the year."""
    now = make(ctx.current)
    return Card(Text(f"metric.{now.metric}"), now, (yoy(ctx, now, make),))


def cards(ctx: Context, makes: Iterable[Make]) -> tuple[Card, ...]:
    """Cards of the figures that have a value."""
    return tuple(one for one in (card(ctx, make) for make in makes) if one.figure.value is not None)


def moved(ctx: Context, make: Make) -> tuple[str, Figure]:
    """How a figure moved on the year (better, worse, flat, no_base, small_n) and the change itself."""
    now, before = make(ctx.current), base(ctx, make)
    if "small_n" in now.flags:
        return "small_n", change(now, before, "yoy")
    found = change(now, before, "yoy")
    counted = now.unit == "ratio" and now.denominator is not None and now.denominator == now.n
    return (rate_case(now, before) if counted else movement(found)), found


def shifted(ctx: Context, make: Make, values: Callable[[Span], pd.Series]) -> tuple[str, Figure]:
    """As `moved` for a median: flat unless the records of both years differ beyond chance (rank-sum test)."""
    case, found = moved(ctx, make)
    span = base_span(ctx, ctx.year_ago)
    if case not in ("better", "worse") or span is None:
        return case, found
    return case if differ(values(ctx.current).dropna(), values(span).dropna()) else "flat", found


def absent(boxes: Boxes, title: str, missing: Sequence[str]) -> tuple[Exhibit, ...]:
    """One box per exhibit that names what is missing (convention X-NODATA)."""
    return tuple(
        NotProvided(id=name, title=Text(title), requirements=tuple(rows), missing=tuple(missing))
        for name, rows in boxes.items()
    )


def too_few(boxes: Boxes, title: str, reason: str) -> tuple[Exhibit, ...]:
    """One box per exhibit that says why there is nothing to tell (convention X-SMALL)."""
    return tuple(
        NotEnough(id=name, title=Text(title), requirements=tuple(rows), reason=Text(reason))
        for name, rows in boxes.items()
    )


def months(ctx: Context) -> list[Period]:
    """The months of the review period that have begun on as_of."""
    return [month for month in ctx.period.parts("M") if month.start <= ctx.mart.meta.as_of]


def month_names(ctx: Context) -> tuple[PeriodName, ...]:
    return tuple(PeriodName(month.code, short=True) for month in months(ctx))


def at(dimension: str, member: object) -> dict[str, str]:
    """The identity of a member's figure."""
    return {"dimension": dimension, "member": str(member)}


def pair(left: object, right: object) -> str:
    """The member of a figure that lies in two dimensions."""
    return f"{left} | {right}"


def clear(interval: Interval | None) -> bool:
    """Whether a difference lies beyond chance."""
    return interval is not None and interval.excludes_zero
