"""Long-term trend against season and short-term fluctuation (requirement D-05)."""

from datetime import date

from ....metrics.growth import growth
from ....metrics.trend import Decomposition, decompose, moving_average, trailing_sum
from ....periods import Period, Window, add_months, containing
from ....queries import order_values, sales
from ....record import Chart, Exhibit, Figure, Heading, NotEnough, PeriodName, Prose, Series, Table, Text
from ...context import Context, Span

SHOWN = 36
REQUIREMENTS = ("D-05",)


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, series with trend, seasonal index, flagged months."""
    months, values = monthly_series(ctx)
    found = decompose(values)
    heading = Heading(id="trend_heading", title=Text("trend.heading"))
    if len(months) < 3:
        reason = Text("trend.too_short")
        boxes = ("trend_text", "trend_line", "trend_season", "trend_months")
        return heading, *(
            NotEnough(id=i, title=Text("trend.heading"), requirements=REQUIREMENTS, reason=reason) for i in boxes
        )
    flagged = found.flagged(ctx.settings.thresholds.fluctuation_z) if found else ()
    return (
        heading,
        _prose(ctx, months, values, found, flagged),
        _line(ctx, months, values, found, flagged),
        _season(ctx, months, found),
        _flagged(ctx, months, values, found, flagged),
    )


def monthly_series(ctx: Context) -> tuple[tuple[Period, ...], tuple[float, ...]]:
    """Whole calendar months from the first that the data covers to the end of the review period, with their sales;
    months without sales are zero."""
    meta = ctx.mart.meta
    first = meta.first_day.replace(day=1)
    last = ctx.current.window.end
    fiscal = ctx.period.fiscal_start
    found, month = [], containing("M", first, fiscal)
    while month.end <= last:
        found.append(month)
        month = month.shifted(1)
    if not found:
        return (), ()
    sold = {r.month.date(): r.sales for r in sales.monthly(ctx.mart, Window(first, found[-1].end)).itertuples()}
    return tuple(found), tuple(float(sold.get(period.start, 0.0)) for period in found)


def _figure(ctx: Context, name: str, value: float | None, period: Period) -> Figure | None:
    return None if value is None else ctx.figure(name, value, Span(period.code, period.window))


def _line(
    ctx: Context, months: tuple[Period, ...], values: tuple[float, ...], found: Decomposition | None, flagged: tuple
) -> Chart:
    start = max(0, len(months) - SHOWN)
    name = "trend" if found else "sales_3mma"
    smooth = found.trend if found else moving_average(values)
    actual = tuple(_figure(ctx, "sales", value, month) for month, value in zip(months, values, strict=True))
    curve = tuple(_figure(ctx, name, value, month) for month, value in zip(months, smooth, strict=True))
    names = tuple(PeriodName(months[i].code) for i in flagged if i >= start)
    key = "trend.line_flagged" if names else "trend.line_quiet" if found else "trend.line_short"
    return Chart(
        id="trend_line",
        title=Text(key, {"months": names} if names else {}),
        requirements=REQUIREMENTS,
        form="line",
        categories=tuple(PeriodName(month.code) for month in months[start:]),
        series=(
            Series(Text("metric.sales"), actual[start:], "actual"),
            Series(Text(f"metric.{name}"), curve[start:], "trend"),
        ),
        marks={"flagged": tuple(i - start for i in flagged if i >= start)},
        summary=Text(
            "trend.line_alt",
            {
                "first": actual[start],
                "last": actual[-1],
                "from": PeriodName(months[start].code),
                "to": PeriodName(months[-1].code),
            },
        ),
        notes=() if found else (Text("trend.note_short"),),
    )


def _season(ctx: Context, months: tuple[Period, ...], found: Decomposition | None) -> Exhibit:
    if found is None:
        reason = Text("trend.note_short")
        return NotEnough(id="trend_season", title=Text("trend.season"), requirements=REQUIREMENTS, reason=reason)
    order = sorted(range(12), key=lambda i: (months[i].start.month - ctx.period.fiscal_start) % 12)
    span = Span(f"{months[0].start}:{months[-1].end}", Window(months[0].start, months[-1].end))
    figures = tuple(
        ctx.figure("seasonal_index", found.season[i], span, dimension="month", member=f"{months[i].start.month:02d}")
        for i in order
    )
    names = tuple(Text("trend.month_name", {"month": PeriodName(months[i].code, short=True)}) for i in order)
    high, low = (pick(range(12), key=lambda i: figures[i].value) for pick in (max, min))
    values = {"high": names[high], "high_index": figures[high], "low": names[low], "low_index": figures[low]}
    return Chart(
        id="trend_season",
        title=Text("trend.season_title", values),
        requirements=REQUIREMENTS,
        form="bars",
        categories=names,
        series=(Series(Text("metric.seasonal_index"), figures, "actual"),),
        summary=Text("trend.season_alt", values),
        notes=(Text("trend.note_season"),),
    )


def _flagged(
    ctx: Context, months: tuple[Period, ...], values: tuple[float, ...], found: Decomposition | None, flagged: tuple
) -> Exhibit:
    title = Text("trend.months")
    if found is None:
        reason = Text("trend.note_short")
        return NotEnough(id="trend_months", title=title, requirements=REQUIREMENTS, reason=reason)
    limit = ctx.figure("fluctuation_limit", ctx.settings.thresholds.fluctuation_z, ctx.current)
    judged = Text("trend.note_flagged", {"limit": limit})
    recent = [i for i in flagged if i >= len(months) - SHOWN][-ctx.settings.top_n :]
    rows = tuple(_flagged_row(ctx, months[i], values[i], found, i) for i in recent)
    if not rows:
        return Prose(
            id="trend_months",
            title=title,
            requirements=REQUIREMENTS,
            sentences=(Text("trend.months_none"), judged),
        )
    return Table(
        id="trend_months",
        title=Text("trend.months_found"),
        requirements=REQUIREMENTS,
        header=(
            Text("label.month"),
            Text("metric.sales"),
            Text("trend.expected"),
            Text("metric.fluctuation"),
            Text("trend.largest_order"),
            Text("trend.largest_return"),
        ),
        rows=rows,
        notes=(judged,),
    )


def _flagged_row(ctx: Context, month: Period, value: float, found: Decomposition, i: int) -> tuple:
    def order(returns: bool) -> Text | None:
        orders = order_values.largest(ctx.mart, month.window, 1, returns=returns)
        if orders.empty:
            return None
        metric = "largest_return" if returns else "largest_order"
        figure = _figure(ctx, metric, float(orders["sales"].iloc[0]), month)
        return Text("common_sales.named", {"name": str(orders["account"].iloc[0]), "value": figure})

    return (
        PeriodName(month.code),
        _figure(ctx, "sales", value, month),
        _figure(ctx, "sales_expected", found.expected[i], month),
        _figure(ctx, "fluctuation", found.fluctuation[i], month),
        order(False),
        order(True),
    )


def _prose(
    ctx: Context, months: tuple[Period, ...], values: tuple[float, ...], found: Decomposition | None, flagged: tuple
) -> Prose:
    sums = trailing_sum(values)
    sentences = []
    now, before = sums[-1], sums[-13] if len(sums) > 12 else None
    if now is not None:
        ttm = _figure(ctx, "sales_ttm", now, months[-1])
        rate = growth(now, before)
        if rate is None:
            sentences.append(Text("trend.sentence_ttm", {"month": PeriodName(months[-1].code), "ttm": ttm}))
        else:
            change = Figure(
                "sales_ttm", rate, "ratio", months[-1].code, comparison="yoy", numerator=now, denominator=before
            )
            key = "trend.sentence_ttm_up" if rate >= 0 else "trend.sentence_ttm_down"
            sentences.append(Text(key, {"month": PeriodName(months[-1].code), "ttm": ttm, "change": change}))
    if found is None:
        sentences.append(Text("trend.note_short"))
    else:
        inside = tuple(PeriodName(months[i].code) for i in flagged if months[i].start >= ctx.period.start)
        judged = any(found.z[i] is not None for i, month in enumerate(months) if month.start >= ctx.period.start)
        if inside:
            sentences.append(Text("trend.sentence_flagged", {"months": inside}))
        elif judged:
            sentences.append(Text("trend.sentence_quiet"))
        if months[-1].start >= _first_open(months):
            sentences.append(Text("trend.sentence_recent"))
    return Prose(id="trend_text", title=Text("empty"), requirements=REQUIREMENTS, sentences=tuple(sentences))


def _first_open(months: tuple[Period, ...]) -> date:
    """The first of the last six months, for which a centred trend does not exist yet."""
    return add_months(months[-1].start, -5)
