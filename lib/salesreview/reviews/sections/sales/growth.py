"""Year on year and on the preceding period, by month and quarter (requirements D-03, D-04)."""

from collections.abc import Sequence

from ....metrics.bridges import cents
from ....metrics.growth import seasonally_adjusted
from ....metrics.trend import decompose
from ....periods import Period, containing
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, PeriodName, Prose, Series, Table, Text
from ...context import Context
from .headline import Headline, headline_figures
from .sales_common import grown, sales_figure, started, told_columns
from .trend import monthly_series

REQUIREMENTS = ("D-03", "D-04")
QUARTERS_BEFORE = 4


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, cards, months against last year, table of months, table of quarters."""
    found = headline_figures(ctx)
    months = growth_rows(ctx, started(ctx, _months(ctx.period)))
    quarters = growth_rows(ctx, _quarters(ctx))
    return (
        Heading(id="growth_heading", title=Text("growth.heading")),
        _prose(ctx, months),
        _cards(ctx, found),
        _chart(months),
        told_columns(_month_table(months)),
        told_columns(_quarter_table(ctx, quarters)),
    )


def _months(period: Period) -> tuple[Period, ...]:
    """Calendar months that the period touches."""
    found, month = [], containing("M", period.start, period.fiscal_start)
    while month.start <= period.end:
        found.append(month)
        month = month.shifted(1)
    return tuple(found)


def _quarters(ctx: Context) -> tuple[Period, ...]:
    """The quarters of the period and the four before, as far as they began and the data reaches back."""
    last = containing("Q", ctx.current.window.end, ctx.period.fiscal_start)
    first = containing("Q", ctx.period.start, ctx.period.fiscal_start).shifted(-QUARTERS_BEFORE)
    found = []
    while first.start <= last.start:
        found.append(first)
        first = first.shifted(1)
    return tuple(period for period in found if period.start >= ctx.mart.meta.first_day.replace(day=1))


Row = tuple[Period, Figure, Figure, Figure, Figure]


def growth_rows(ctx: Context, periods: Sequence[Period]) -> tuple[Row, ...]:
    """For each period: itself, sales, sales a year ago, year on year, and on the period before (orders basis)."""
    rows = []
    for period in periods:
        base, before = ctx.year_before(period), ctx.preceding(period)
        now, last_year = sales_figure(ctx, ctx.span(period)), sales_figure(ctx, base)
        yoy = grown(ctx, now, last_year, base, "yoy")
        rows.append((period, now, last_year, yoy, grown(ctx, now, sales_figure(ctx, before), before, "seq")))
    return tuple(rows)


def orders_growth(ctx: Context) -> Row:
    """Growth of the review period on the orders basis."""
    return growth_rows(ctx, (ctx.period,))[0]


def case(yoy: Figure) -> str:
    """``up``, ``down``, ``flat`` (under half a per mille) or ``no_base``."""
    if yoy.value is None:
        return "no_base"
    if abs(yoy.value) < 0.0005:
        return "flat"
    return "up" if yoy.value > 0 else "down"


def _cards(ctx: Context, found: Headline) -> Cards:
    _, now, last_year, yoy, seq = orders_growth(ctx)
    values = {"period": PeriodName(now.period)}
    if yoy.value is not None:
        values |= {"sales": now, "base": last_year, "yoy": yoy}
    change = ctx.figure(
        "sales_change",
        None if last_year.value is None else cents(now.value - last_year.value),
        ctx.current,
        flags=yoy.flags,
    )
    cards = [Card(Text("label.yoy"), yoy), Card(Text("label.seq"), seq), Card(Text("metric.sales_change"), change)]
    return Cards(
        id="growth_cards",
        title=Text(f"growth.title_{case(yoy)}", values),
        requirements=REQUIREMENTS,
        cards=tuple(cards),
        notes=(Text("growth.note_partial", {"day": ctx.current.window.end}),) if ctx.current.partial else (),
    )


def _chart(months: Sequence[Row]) -> Chart:
    rated = [row for row in months if row[3].value is not None]
    fell = [PeriodName(row[0].code, short=True) for row in rated if row[3].value < 0]
    if not rated:
        title = Text("growth.months")
    elif not fell:
        title = Text("growth.months_all_up")
    elif len(fell) == len(rated):
        title = Text("growth.months_all_down")
    else:
        title = Text("growth.months_some_down", {"months": tuple(fell)})
    listed = tuple(Text("common_sales.named", {"name": PeriodName(row[0].code), "value": row[1]}) for row in months)
    return Chart(
        id="growth_monthly",
        title=title,
        requirements=("D-03",),
        form="bars",
        categories=tuple(PeriodName(row[0].code) for row in months),
        series=(
            Series(Text("label.actual"), tuple(row[1] for row in months), "actual"),
            Series(Text("label.prior"), tuple(row[2] if row[2].value is not None else None for row in months), "prior"),
        ),
        summary=Text("growth.months_alt", {"months": listed}),
    )


def _month_table(months: Sequence[Row]) -> Table:
    best = max((row for row in months if row[3].value is not None), key=lambda row: row[3].value, default=None)
    return Table(
        id="growth_months",
        title=Text("growth.month_table_best", {"month": PeriodName(best[0].code), "yoy": best[3]})
        if best and best[3].value > 0
        else Text("growth.month_table"),
        requirements=("D-04",),
        header=(
            Text("label.month"),
            Text("metric.sales"),
            Text("label.prior"),
            Text("label.yoy"),
            Text("growth.month_on_month"),
        ),
        rows=tuple((PeriodName(period.code), now, base, yoy, seq) for period, now, base, yoy, seq in months),
    )


def _quarter_table(ctx: Context, quarters: Sequence[Row]) -> Table:
    indices = _quarter_season(ctx)
    rows = []
    for period, now, _, yoy, seq in quarters:
        adjusted = None
        if indices and now.value is not None and seq.denominator and not ctx.span(period).partial:
            adjusted = seasonally_adjusted(
                now.value, seq.denominator, indices[period.number], indices[(period.number - 2) % 4 + 1]
            )
        flags = () if adjusted is not None else ("no_base",)
        figure = ctx.figure("growth_seq_adjusted", adjusted, ctx.span(period), comparison="seq", flags=flags)
        rows.append((PeriodName(period.code), now, seq, yoy, figure))
    last = quarters[-1]
    values = {"quarter": PeriodName(last[0].code), "seq": last[4], "yoy": last[3]}
    known = last[3].value is not None and last[4].value is not None
    return Table(
        id="growth_quarters",
        title=Text("growth.quarters_last", values) if known else Text("growth.quarters"),
        requirements=("D-04",),
        header=(
            Text("label.quarter"),
            Text("metric.sales"),
            Text("growth.quarter_on_quarter"),
            Text("label.yoy"),
            Text("metric.growth_seq_adjusted"),
        ),
        rows=tuple(rows),
        notes=(Text("growth.note_adjusted"),) if indices else (Text("growth.note_not_adjusted"),),
    )


def _quarter_season(ctx: Context) -> dict[int, float]:
    """Mean seasonal index of the months of each fiscal quarter; empty below 24 months of history."""
    months, values = monthly_series(ctx)
    found = decompose(values)
    if found is None:
        return {}
    sums: dict[int, list[float]] = {}
    for month, index in zip(months[:12], found.season, strict=True):
        sums.setdefault(containing("Q", month.start, ctx.period.fiscal_start).number, []).append(index)
    return {number: sum(indices) / len(indices) for number, indices in sums.items()}


def _prose(ctx: Context, months: Sequence[Row]) -> Prose:
    _, now, last_year, yoy, seq = orders_growth(ctx)
    values = {"period": PeriodName(now.period), "sales": now}
    if yoy.value is not None:
        values |= {"yoy": yoy, "base": last_year}
    sentences = [Text(f"growth.sentence_{case(yoy)}", values)]
    if seq.value is not None and ctx.period.kind != "FY":
        sentences.append(Text(f"growth.sentence_seq_{'up' if seq.value >= 0 else 'down'}", {"seq": seq}))
    moved = sorted((row for row in months if row[3].value is not None), key=lambda row: row[1].value - row[2].value)
    if yoy.value is not None and len(moved) > 1:
        extreme = moved[-1] if yoy.value >= 0 else moved[0]
        values = {"month": PeriodName(extreme[0].code), "yoy": extreme[3]}
        sentences.append(Text(f"growth.sentence_month_{'up' if yoy.value >= 0 else 'down'}", values))
    if ctx.current.partial:
        sentences.append(Text("growth.note_partial", {"day": ctx.current.window.end}))
    return Prose(id="growth_text", title=Text("empty"), requirements=REQUIREMENTS, sentences=tuple(sentences))
