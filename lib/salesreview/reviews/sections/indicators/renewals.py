"""Contract renewal and recurring revenue (requirement D-33)."""

import pandas as pd

from ....metrics.retention import Renewals, RevenueRetention, revenue_retention
from ....queries import retention as queries
from ....record import Chart, Exhibit, Figure, NotEnough, NotProvided, PeriodName, Series, Table, Text
from ...context import Context, Span, change
from ..cases import base_span
from ..finding import few, finding, rate_case

NEEDS = ("contracts.account_id", "contracts.start_date", "contracts.end_date")
CODES = ("D-33",)
SUMS = ("due", "renewed", "pending")


def missing(ctx: Context) -> tuple[str, ...]:
    """What the renewal rate needs and the data does not have."""
    return ctx.mart.missing(*NEEDS)


def recurring_figures(ctx: Context, span: Span | None = None) -> tuple[Figure, Figure, Figure]:
    """(gross retention, net retention, recurring value at the start) of the contracts' annual value (D-33)."""
    span = span or ctx.current
    found = _recurring(ctx, span)
    left = found.start - found.churned - found.contracted
    return (
        ctx.figure("grr", found.gross, span, numerator=left, denominator=found.start),
        ctx.figure("nrr", found.net, span, numerator=found.end, denominator=found.start),
        ctx.figure("recurring_value", found.start, span),
    )


def _recurring(ctx: Context, span: Span) -> RevenueRetention:
    live = queries.recurring(ctx.mart, ctx.settings, span.window)
    return revenue_retention(zip(live["at_opening"], live["at_closing"], strict=True))


def _sums(due: pd.DataFrame, suffix: str = "") -> Renewals:
    return Renewals(*(float(due[f"{name}{suffix}"].sum()) for name in SUMS))


def _rates(ctx: Context, span: Span, due: pd.DataFrame) -> tuple[Figure, Figure]:
    counts, values = _sums(due), _sums(due, "_value")
    n = int(counts.decided)
    rest = {"n": n, "flags": few(ctx, n)}
    return (
        ctx.figure("renewal_rate", counts.rate, span, numerator=counts.renewed, denominator=counts.decided, **rest),
        ctx.figure(
            "renewal_rate_value", values.rate, span, numerator=values.renewed, denominator=values.decided, **rest
        ),
    )


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Contracts due by month, then the table of renewals and recurring revenue."""
    chart, table = ({"id": f"retention_{name}", "requirements": CODES} for name in ("renewals", "renewal_table"))
    title = Text("retention.renewals_title")
    absent = missing(ctx)
    if absent:
        return tuple(NotProvided(title=title, missing=absent, **fixed) for fixed in (chart, table))
    due = queries.due_by_month(ctx.mart, ctx.settings, ctx.current.window)
    if due.empty:
        reason = Text("retention.renewals_none")
        return tuple(NotEnough(title=title, reason=reason, **fixed) for fixed in (chart, table))
    year_ago = base_span(ctx, ctx.year_ago)
    before = queries.due_by_month(ctx.mart, ctx.settings, year_ago.window) if year_ago else None
    return _chart(ctx, due, before, chart), _table(ctx, due, before, table)


def _chart(ctx: Context, due: pd.DataFrame, before: pd.DataFrame | None, fixed: dict) -> Chart:
    now = _rates(ctx, ctx.current, due)[0]
    then = _rates(ctx, ctx.year_ago, before)[0] if before is not None and len(before) else None
    counts = _sums(due)
    pending = ctx.figure("renewals_pending", counts.pending, ctx.current)
    values = {"rate": now, "due": ctx.figure("renewals_due", counts.due, ctx.current), "pending": pending}
    if now.value is None:
        title = Text("retention.renewals_pending", {"pending": pending})
    else:
        case = rate_case(now, then)
        title = finding("retention.renewals", case, change(now, then, "yoy"), rate=now)
    months = [f"{month.year}-M{month.month:02d}" for month in due["month"]]

    def series(name: str, metric: str, role: str) -> Series:
        figures = tuple(
            ctx.figure(metric, float(value), ctx.current, dimension="month", member=month)
            for month, value in zip(months, due[name], strict=True)
        )
        return Series(Text(f"retention.series_{name}"), figures, role)

    return Chart(
        title=title,
        form="bars",
        categories=tuple(PeriodName(month) for month in months),
        series=(
            series("due", "renewals_due", "target"),
            series("renewed", "renewals_renewed", "actual"),
            series("pending", "renewals_pending", "prior"),
        ),
        axes={"y": Text("retention.axis_contracts")},
        summary=Text("retention.renewals_alt", values),
        notes=(Text("retention.note_renewals"),),
        **fixed,
    )


def _table(ctx: Context, due: pd.DataFrame, before: pd.DataFrame | None, fixed: dict) -> Table:
    now = _rows(ctx, ctx.current, due)
    then = _rows(ctx, ctx.year_ago, before) if before is not None else (None,) * len(now)
    rows = tuple(
        (Text(f"metric.{figure.metric}"), figure, base, change(figure, base, "yoy"))
        for figure, base in zip(now, then, strict=True)
    )
    by_metric = {figure.metric: figure for figure in now}
    net = by_metric["nrr"]
    title = Text("retention.recurring_none")
    if net.value is not None:
        case = "grown" if net.value > 1 else "shrunk" if net.value < 1 else "level"
        title = Text(f"retention.recurring_{case}", {"nrr": net, "grr": by_metric["grr"]})
    return Table(
        title=title,
        header=(Text("label.metric"), *(Text(f"retention.column_{name}") for name in ("now", "prior", "yoy"))),
        rows=rows,
        notes=(Text("retention.note_recurring"),),
        **fixed,
    )


def _rows(ctx: Context, span: Span, due: pd.DataFrame) -> tuple[Figure, ...]:
    rate, rate_value = _rates(ctx, span, due)
    found = []
    for suffix, share in (("", rate), ("_value", rate_value)):
        sums = _sums(due, suffix)
        for name in ("due", "renewed", "lapsed", "pending"):
            found.append(ctx.figure(f"renewals_{name}{suffix}", getattr(sums, name), span))
        found.append(share)
    gross, net, start = recurring_figures(ctx, span)
    return (*found, start, gross, net)
