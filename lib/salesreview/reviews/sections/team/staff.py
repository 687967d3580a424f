"""Size and retention of the sales team (requirements T-01, S1-38, S1-70)."""

from datetime import timedelta

import pandas as pd

from ....periods import Window, add_months
from ....queries.staff import kept_by_team, training_in
from ....record import Figure
from ...context import Context, Span

PEOPLE = "reps.rep_id"
LEAVERS = "reps.leave_date"


def retention_figure(ctx: Context, span: Span | None = None) -> Figure:
    """People in post at start and end over those in post at the start of ``span`` (the review period)."""
    span = span or ctx.current
    return retention_of(ctx, kept_by_team(ctx.mart, span.window), span)


def retention_of(ctx: Context, kept: pd.DataFrame, span: Span, **identity) -> Figure:
    """Retention over the rows of `queries.staff.kept_by_team`; flagged small_n below the fewest for a mean."""
    start, stayed = int(kept["at_start"].sum()), int(kept["kept"].sum())
    flags = ("small_n",) if start < ctx.settings.minimum_n.mean else ()
    value = stayed / start if start else None
    rest = {"numerator": stayed, "denominator": start, "n": start, "flags": flags}
    return ctx.figure("rep_retention", value, span, **rest, **identity)


def twelve_months(ctx: Context) -> Span:
    """The twelve months up to the last day of the review window, under the code of their days."""
    end = ctx.current.window.end
    start = add_months(end, -12) + timedelta(days=1)
    return Span(f"{start}:{end}", Window(start, end))


def size_figure(ctx: Context, span: Span | None = None) -> Figure:
    """People in post at the end of ``span``."""
    span = span or ctx.current
    n = int(kept_by_team(ctx.mart, span.window)["at_end"].sum())
    return ctx.figure("team_size", n, span, n=n)


def training_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Hours of training a head in ``span``."""
    span = span or ctx.current
    hours, _ = training_in(ctx.mart, span.window)
    size = size_figure(ctx, span).value
    value = hours / size if size else None
    return ctx.figure("team_training_hours", value, span, numerator=hours, denominator=size, n=int(size))
