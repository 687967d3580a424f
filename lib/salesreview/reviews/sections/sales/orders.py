"""Order value, order count, and which of the two moved sales (requirements D-15 … D-17)."""

from itertools import pairwise

from ....metrics import order_value
from ....metrics.bridges import balanced, cents
from ....metrics.growth import ratio
from ....queries import order_values, sales
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, NotEnough, PeriodName, Prose, Series, Text
from ...context import Context, Span, change
from .sales_common import grown, started, unknown
from .trend import monthly_series

REQUIREMENTS = ("D-15", "D-16", "D-17")
COUNT_METRICS = ("order_count", "positive_orders", "buying_accounts", "cancelled_orders")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, cards, orders by month, distribution, the two splits of the change."""
    now, base = order_figures(ctx, ctx.current), order_figures(ctx, ctx.year_ago)
    return (
        Heading(id="orders_heading", title=Text("orders.heading")),
        _prose(ctx, now, base),
        _cards(ctx, now, base),
        _months(ctx),
        _distribution(ctx),
        _factors(ctx),
    )


def order_figures(ctx: Context, span: Span) -> dict[str, Figure]:
    """By metric: sales, order_count, positive_orders, buying_accounts, aov, order_value_median, order_value_p90, arpa,
    order_frequency, cancelled_orders, cancel_rate. Without value where the data does not reach back to the span."""
    if unknown(ctx, span):
        names = ("sales", *COUNT_METRICS, "aov", "order_value_median", "order_value_p90", "arpa", "cancel_rate")
        return {name: ctx.figure(name, None, span, flags=("no_base",)) for name in (*names, "order_frequency")}
    facts, size = sales.totals(ctx.mart, span.window), order_values.sizes(ctx.mart, span.window)
    cancelled = sales.cancelled_orders(ctx.mart, span.window)
    small = ("small_n",) if size.n < ctx.settings.minimum_n.mean else ()
    placed = facts.orders + cancelled

    def rate(name: str, top: float, bottom: float, n: int, flags: tuple[str, ...] = ()) -> Figure:
        value = ratio(top, bottom)
        flags = flags if value is not None else ("small_n",)
        return ctx.figure(name, value, span, numerator=top, denominator=bottom, n=n, flags=flags)

    counts = zip(COUNT_METRICS, (facts.orders, facts.positive_orders, facts.accounts, cancelled), strict=True)
    return {
        "sales": ctx.figure("sales", facts.sales, span, n=facts.orders),
        **{name: ctx.figure(name, count, span, n=count) for name, count in counts},
        "aov": rate("aov", facts.sales, facts.positive_orders, facts.positive_orders, small),
        "order_value_median": _quantile(ctx, "order_value_median", size.median, span, size.n, small),
        "order_value_p90": _quantile(ctx, "order_value_p90", size.p90, span, size.n, small),
        "arpa": rate("arpa", facts.sales, facts.accounts, facts.accounts, small),
        "order_frequency": rate("order_frequency", facts.positive_orders, facts.accounts, facts.accounts, small),
        "cancel_rate": rate("cancel_rate", cancelled, placed, placed),
    }


def _quantile(ctx: Context, name: str, value: float | None, span: Span, n: int, flags: tuple[str, ...]) -> Figure:
    return ctx.figure(name, value, span, n=n, flags=flags if value is not None else ("small_n",))


def split(ctx: Context) -> order_value.CountValue | None:
    """The change of sales on last year by order count and order value; None without a base."""
    base = ctx.year_ago
    if not ctx.covers(base):
        return None
    before, now = sales.totals(ctx.mart, base.window), sales.totals(ctx.mart, ctx.current.window)
    return order_value.count_value(before.sales, before.positive_orders, now.sales, now.positive_orders)


def _cards(ctx: Context, now: dict[str, Figure], base: dict[str, Figure]) -> Cards:
    names = ["aov", "order_value_median", "order_value_p90", "arpa", "order_count"]
    if not ctx.mart.missing("orders.status"):
        names.append("cancel_rate")
    yoy = {name: change(now[name], base[name] if base[name].value is not None else None, "yoy") for name in names}
    values = {"aov": now["aov"], "orders": now["order_count"]}
    comparable = yoy["aov"].value is not None and yoy["order_count"].value is not None
    if comparable:
        values |= {"aov_yoy": yoy["aov"], "orders_yoy": yoy["order_count"]}
    return Cards(
        id="orders_cards",
        title=Text("orders.title_yoy" if comparable else "orders.title", values),
        requirements=("D-15", "D-16"),
        cards=tuple(Card(Text(f"metric.{name}"), now[name], (yoy[name],)) for name in names),
        notes=(Text("orders.note_aov"),),
    )


def _months(ctx: Context) -> Exhibit:
    months = started(ctx, [month for month in monthly_series(ctx)[0] if month.start >= ctx.period.start])
    title = Text("orders.months")
    if not months:
        reason = Text("mix.no_whole_month")
        return NotEnough(id="orders_monthly", title=title, requirements=("D-16",), reason=reason)

    def count(span: Span) -> Figure:
        orders = sales.totals(ctx.mart, span.window).orders
        return ctx.figure("order_count", orders, span, n=orders)

    now = [count(ctx.span(month)) for month in months]
    spans = [ctx.year_before(month) for month in months]
    prior = [count(span) if ctx.covers(span) else None for span in spans]
    peak = max(now, key=lambda figure: (figure.value, figure.period))
    return Chart(
        id="orders_monthly",
        title=Text("orders.months_title", {"month": PeriodName(peak.period), "orders": peak}),
        requirements=("D-16",),
        form="bars",
        categories=tuple(PeriodName(month.code) for month in months),
        series=(Series(Text("label.actual"), tuple(now)), Series(Text("label.prior"), tuple(prior), "prior")),
        summary=Text("orders.months_title", {"month": PeriodName(peak.period), "orders": peak}),
    )


def _distribution(ctx: Context) -> Exhibit:
    title, base = Text("orders.distribution"), ctx.year_ago
    size = order_values.sizes(ctx.mart, ctx.current.window)
    edges = order_value.band_edges(size.q25 / 10, size.p90 * 3) if size.n >= ctx.settings.minimum_n.rate else ()
    if not edges:
        values = {"n": str(size.n), "fewest": str(ctx.settings.minimum_n.rate)}
        reason = Text("orders.too_few", values)
        return NotEnough(id="orders_distribution", title=title, requirements=("D-15",), reason=reason)
    floors = [
        ctx.figure("order_band_floor", e, ctx.current, dimension="order_band", member=str(i))
        for i, e in enumerate(edges)
    ]
    labels = [Text("orders.band_below", {"high": floors[0]})]
    labels += [Text("orders.band", {"low": low, "high": high}) for low, high in pairwise(floors)]
    labels.append(Text("orders.band_above", {"low": floors[-1]}))

    def counts(span: Span) -> tuple[Figure, ...]:
        found = order_values.bands(ctx.mart, span.window, edges)["orders"]
        return tuple(
            ctx.figure("order_value_band", int(n), span, dimension="order_band", member=str(i), n=int(n))
            for i, n in enumerate(found)
        )

    now = counts(ctx.current)
    series = [Series(Text("label.actual"), now)]
    if ctx.covers(base):
        series.append(Series(Text("label.prior"), counts(base), "prior"))
    figures = order_figures(ctx, ctx.current)
    values = {"median": figures["order_value_median"], "p90": figures["order_value_p90"], "aov": figures["aov"]}
    lifted = figures["aov"].value > figures["order_value_median"].value
    title = Text("orders.distribution_title" if lifted else "orders.distribution_even", values)
    return Chart(
        id="orders_distribution",
        title=title,
        requirements=("D-15",),
        form="bars",
        categories=tuple(labels),
        series=tuple(series),
        summary=title,
        notes=(Text("orders.note_bands"),),
    )


def _bridge(ctx: Context, exhibit_id: str, title: Text, bars: dict[str, float]) -> Chart:
    base = ctx.year_ago
    first, last = order_figures(ctx, base)["sales"], order_figures(ctx, ctx.current)["sales"]
    moved = ctx.figure("sales_change", cents(sum(bars.values())), ctx.current)
    values = {"first": first, "change": moved, "last": last}
    return Chart(
        id=exhibit_id,
        title=title,
        requirements=("D-17",),
        form="waterfall",
        categories=(
            PeriodName(first.period),
            *(Text(f"metric.{name}") for name in bars),
            PeriodName(last.period),
        ),
        series=(
            Series(
                Text("metric.sales_change"),
                (first, *(ctx.figure(name, amount, ctx.current) for name, amount in bars.items()), last),
            ),
        ),
        marks={"totals": (0, -1)},
        summary=Text("drivers.bridge_alt", values),
        reconciliation=Text("drivers.adds_up", values),
    )


def verdict_text(ctx: Context, found: order_value.CountValue, key: str) -> Text:
    """What moved sales, by case (count, value, both, none) and direction."""
    kind = order_value.verdict(found, ctx.settings.thresholds.mainly)
    if kind in ("none", "no_base"):
        return Text(f"{key}_none")
    values = {
        "change": ctx.figure("sales_change", cents(found.count + found.value), ctx.current),
        "count": ctx.figure("order_volume_effect", found.count, ctx.current),
        "value": ctx.figure("order_value_effect", found.value, ctx.current),
    }
    return Text(f"{key}_{kind}_{'up' if found.count + found.value > 0 else 'down'}", values)


def _factors(ctx: Context) -> Exhibit:
    base, title = ctx.year_ago, Text("orders.factors")
    absent = ctx.mart.missing("orders.account_id")
    before, now = sales.totals(ctx.mart, base.window), sales.totals(ctx.mart, ctx.current.window)
    found = order_value.three_factor(
        (before.sales, before.positive_orders, before.accounts), (now.sales, now.positive_orders, now.accounts)
    )
    if absent or found is None or not ctx.covers(base):
        reason = Text("orders.no_accounts" if absent else "drivers.no_base")
        return NotEnough(id="orders_factors", title=title, requirements=("D-17",), reason=reason)
    amounts = balanced((found.accounts, found.frequency, found.value), now.sales - before.sales)
    bars = dict(zip(("account_effect", "frequency_effect", "value_effect"), amounts, strict=True))
    name = max(bars, key=lambda effect: (abs(bars[effect]), effect))
    values = {"effect": Text(f"metric.{name}"), "amount": ctx.figure(name, bars[name], ctx.current)}
    return _bridge(ctx, "orders_factors", Text("orders.factors_title", values), bars)


def _prose(ctx: Context, now: dict[str, Figure], base: dict[str, Figure]) -> Prose:
    names = ("aov", "order_value_median", "order_value_p90", "arpa")
    sentences = [
        Text("orders.sentence_count", {"orders": now["order_count"], "accounts": now["buying_accounts"]}),
        Text("orders.sentence_aov", {name: now[name] for name in names}),
    ]
    if now["cancelled_orders"].value:
        values = {"cancelled": now["cancelled_orders"], "rate": now["cancel_rate"]}
        sentences.append(Text("orders.sentence_cancelled", values))
    found = split(ctx)
    if found is None:
        sentences.append(Text("orders.sentence_no_base"))
    else:
        sentences.append(verdict_text(ctx, found, "orders.verdict"))
        yoy = grown(ctx, now["aov"], base["aov"], ctx.year_ago, "yoy")
        if yoy.value is not None:
            sentences.append(Text("orders.sentence_aov_yoy", {"yoy": yoy}))
    return Prose(id="orders_text", title=Text("empty"), requirements=REQUIREMENTS, sentences=tuple(sentences))
