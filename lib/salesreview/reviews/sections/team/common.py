"""What the sections on the team's strengths and challenges share: boxes without data, rates, means, groups."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np
import pandas as pd

from ....periods import Window, add_months
from ....record import Exhibit, Figure, Heading, NotEnough, NotProvided, Text
from ...context import Context, Span
from ..finding import few

ANONYMOUS = 5
"""Fewest people of a group about which morale or resilience is told (T-17, T-24)."""


def absent(ids: Mapping[str, tuple[str, ...]], topic: str, missing: Sequence[str]) -> tuple[Exhibit, ...]:
    """The heading ``topic_heading`` and one box per id that names what is missing (convention X-NODATA)."""
    title = Text(f"{topic}.heading")
    boxes = (NotProvided(id=i, title=title, requirements=codes, missing=tuple(missing)) for i, codes in ids.items())
    return Heading(id=f"{topic}_heading", title=title), *boxes


def lacking(ids: Mapping[str, tuple[str, ...]], topic: str, reason: Text) -> tuple[Exhibit, ...]:
    """The heading ``topic_heading`` and one box per id that says why nothing can be said (convention X-SMALL)."""
    title = Text(f"{topic}.heading")
    boxes = (NotEnough(id=i, title=title, requirements=codes, reason=reason) for i, codes in ids.items())
    return Heading(id=f"{topic}_heading", title=title), *boxes


def share(ctx: Context, name: str, hits: float, n: float, span: Span | None = None, **identity) -> Figure:
    """A share of records, flagged when they are few (rates)."""
    n = int(n)
    rest = {"numerator": int(hits), "denominator": n, "n": n, "flags": few(ctx, n)}
    return ctx.figure(name, hits / n if n else None, span or ctx.current, **rest, **identity)


def thin(ctx: Context, n: float) -> tuple[str, ...]:
    """The flag of a mean or median over fewer records than a claim needs."""
    return ("small_n",) if n < ctx.settings.minimum_n.mean else ()


def mean(ctx: Context, name: str, values: Sequence[float], span: Span | None = None, **identity) -> Figure:
    """The mean of ``values``, flagged when they are few; without value when there are none."""
    known = pd.Series(values, dtype=float).dropna()
    rest = {"n": len(known), "flags": thin(ctx, len(known))}
    return ctx.figure(name, float(known.mean()) if len(known) else None, span or ctx.current, **rest, **identity)


def quantile(
    ctx: Context, name: str, values: Sequence[float], q: float, span: Span | None = None, **identity
) -> Figure:
    """The ``q`` quantile of ``values``, flagged when they are few; without value when there are none."""
    known = pd.Series(values, dtype=float).dropna()
    rest = {"n": len(known), "flags": thin(ctx, len(known))}
    return ctx.figure(
        name, float(np.quantile(known, q)) if len(known) else None, span or ctx.current, **rest, **identity
    )


def year_to(ctx: Context, span: Span | None = None) -> Span:
    """The twelve months up to the last day of ``span`` (the review period), as far as the data reaches back."""
    end = (span or ctx.current).window.end
    start = max(add_months(end, -12) + timedelta(days=1), ctx.mart.meta.first_day)
    return Span(f"{start}:{end}", Window(start, end))


def ends(ctx: Context, name: str, span: Span, member: str, low: float, high: float) -> tuple[Figure, Figure]:
    """The ends of an interval as figures of metric ``name``."""
    return tuple(
        ctx.figure(name, value, span, dimension="interval", member=f"{member} | {end}")
        for end, value in (("low", low), ("high", high))
    )
