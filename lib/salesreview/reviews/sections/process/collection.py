"""What came in of what was sold: collected amount, collection rate, days outstanding, overdue share."""

from ....metrics import collection as metrics
from ....metrics.funnel import ratio
from ....periods import Period
from ....queries import collection as queries
from ....queries import sales
from ....record import (
    Card,
    Cards,
    Chart,
    Exhibit,
    Figure,
    Heading,
    NotEnough,
    NotProvided,
    PeriodName,
    Prose,
    Series,
    Text,
)
from ...context import Context, Span, change
from ..cases import base_span, movement

FIELDS = ("payments.amount", "payments.paid_at")
IDS = ("collection_text", "collection_cards", "collection_due", "collection_trend")
REQUIREMENTS = ("S2-04", "P-16")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, cards, bills due and overdue, months."""
    heading = Heading(id="collection_heading", title=Text("collection.heading"))
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        box = {"title": Text("collection.heading"), "requirements": REQUIREMENTS, "missing": missing}
        return heading, *(NotProvided(id=name, **box) for name in IDS)
    return heading, _prose(ctx), _cards(ctx), _due_cards(ctx), _trend(ctx)


def headline(ctx: Context) -> Figure:
    """The figure to speak of: the collection rate, or where no due dates are provided cash / sales."""
    return collection_rate_figure(ctx) if _has_due_dates(ctx) else cash_sales_figure(ctx)


def collected_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Payments that arrived in ``span`` (registry key collected)."""
    span = span or ctx.current
    found = sales.basis(ctx.mart, span.window, "collected")
    return ctx.figure("collected", found.amount, span, n=found.records)


def cash_sales_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Collected / sales of ``span``; None without sales. Cash of earlier sales counts, so it may exceed one."""
    span = span or ctx.current
    cash, sold = collected_figure(ctx, span).value, sales.totals(ctx.mart, span.window).sales
    return ctx.figure("cash_sales", ratio(cash, sold), span, numerator=cash, denominator=sold)


def collection_rate_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Received by the end of ``span`` against the invoices due in it / those invoices (key collection_rate)."""
    span = span or ctx.current
    found = queries.due(ctx.mart, span.window)
    value = metrics.rate(found.received, found.amount)
    flags = ("small_n",) if found.bills < ctx.settings.minimum_n.rate else ()
    at = {"numerator": found.received, "denominator": found.amount, "n": found.bills, "flags": flags}
    return ctx.figure("collection_rate", value, span, **at)


def dso_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Average month-end receivables / credit sales x days (registry key dso).

    Flagged ``estimated`` where orders stand for invoices, paid first in, first out.
    """
    span = span or ctx.current
    owed = [queries.receivables(ctx.mart, day).owed for day in metrics.month_ends(span.window)]
    billed = queries.billed(ctx.mart, span.window)
    flags = ("estimated",) if queries.bills_source(ctx.mart) == "orders" else ()
    return ctx.figure("dso", metrics.dso(owed, billed, span.window.days), span, denominator=billed, flags=flags)


def receivables_figures(ctx: Context, span: Span | None = None) -> dict[str, Figure]:
    """``receivables``, ``overdue_amount`` and ``overdue_rate`` on the last day of ``span``."""
    span = span or ctx.current
    found = queries.receivables(ctx.mart, span.window.end)
    flags = ("estimated",) if queries.bills_source(ctx.mart) == "orders" else ()
    rate = ratio(found.overdue, found.owed)
    at = {"numerator": found.overdue, "denominator": found.owed, "n": found.bills_owed}
    return {
        "receivables": ctx.figure("receivables", found.owed, span, n=found.bills_owed, flags=flags),
        "overdue_amount": ctx.figure("overdue_amount", found.overdue, span, n=found.bills_overdue),
        "overdue_rate": ctx.figure("overdue_rate", rate, span, **at),
    }


def _has_due_dates(ctx: Context) -> bool:
    return not ctx.mart.missing("invoices.due_date")


def _against(ctx: Context, now: Figure, make) -> Figure:
    span = base_span(ctx, ctx.year_ago)
    return change(now, make(ctx, span) if span else None, "yoy")


def _card(ctx: Context, now: Figure, make) -> Card:
    return Card(Text(f"metric.{now.metric}"), now, (_against(ctx, now, make),))


def _cards(ctx: Context) -> Cards:
    cash = collected_figure(ctx)
    yoy = _against(ctx, cash, collected_figure)
    case = movement(yoy)
    orders = queries.bills_source(ctx.mart) == "orders"
    notes = (Text("collection.note_fifo_orders" if orders else "collection.note_fifo"),)
    return Cards(
        id="collection_cards",
        title=Text(f"collection.title_{case}", {"cash": cash} | ({"yoy": yoy} if case != "no_base" else {})),
        requirements=REQUIREMENTS,
        cards=(
            Card(Text("metric.collected"), cash, (yoy,)),
            _card(ctx, cash_sales_figure(ctx), cash_sales_figure),
            _card(ctx, dso_figure(ctx), dso_figure),
            _card(ctx, receivables_figures(ctx)["receivables"], lambda c, s: receivables_figures(c, s)["receivables"]),
        ),
        notes=notes,
    )


def _due_cards(ctx: Context) -> Exhibit:
    box = {"id": "collection_due", "requirements": ("S2-04", "P-17")}
    missing = ctx.mart.missing("invoices.due_date", "invoices.amount")
    if missing:
        return NotProvided(title=Text("collection.due"), missing=missing, **box)
    rate, owed = collection_rate_figure(ctx), receivables_figures(ctx)
    if rate.value is None:
        return NotEnough(title=Text("collection.due"), reason=Text("collection.none_due"), **box)
    late = owed["overdue_rate"]
    cards = (
        _card(ctx, rate, collection_rate_figure),
        _card(ctx, late, lambda c, s: receivables_figures(c, s)["overdue_rate"]),
        _card(ctx, owed["overdue_amount"], lambda c, s: receivables_figures(c, s)["overdue_amount"]),
    )
    return Cards(
        title=Text("collection.due_title", {"rate": rate, "overdue": owed["overdue_amount"]}), cards=cards, **box
    )


def _trend(ctx: Context) -> Exhibit:
    box = {"id": "collection_trend", "requirements": ("S2-04",)}
    months = [month for month in ctx.period.parts("M") if month.start <= ctx.mart.meta.as_of]
    if len(months) < 2:
        return NotEnough(title=Text("collection.trend"), reason=Text("collection.one_month"), **box)
    cash = [_month(ctx, month, "collected") for month in months]
    sold = [_month(ctx, month, "sales") for month in months]
    best = max(cash, key=lambda figure: figure.value)
    values = {"month": PeriodName(best.period), "cash": best}
    return Chart(
        title=Text("collection.trend_title", values),
        form="bars",
        categories=tuple(PeriodName(figure.period, short=True) for figure in cash),
        series=(Series(Text("metric.collected"), tuple(cash)), Series(Text("metric.sales"), tuple(sold), "prior")),
        axes={"y": Text("collection.axis_amount")},
        summary=Text("collection.trend_alt", values | {"total": collected_figure(ctx)}),
        **box,
    )


def _month(ctx: Context, month: Period, name: str) -> Figure:
    span = ctx.span(month)
    if name == "collected":
        return collected_figure(ctx, span)
    return ctx.figure("sales", sales.totals(ctx.mart, span.window).sales, span)


def _prose(ctx: Context) -> Prose:
    cash, share = collected_figure(ctx), cash_sales_figure(ctx)
    yoy = _against(ctx, cash, collected_figure)
    case = movement(yoy)
    sentences = [Text("collection.say_level", {"cash": cash, "share": share})]
    ratio_moved = _against(ctx, share, cash_sales_figure).value
    said = "behind" if case == "better" and ratio_moved is not None and ratio_moved < 0 else case
    sentences.append(Text(f"collection.say_{said}", {"yoy": yoy} if case in ("better", "worse") else {}))
    days = dso_figure(ctx)
    if days.value is not None:
        moved = _against(ctx, days, dso_figure)
        known = moved.value is not None
        sentences.append(
            Text(
                "collection.say_dso" if known else "collection.say_dso_only",
                {"dso": days} | ({"yoy": moved} if known else {}),
            )
        )
    if _has_due_dates(ctx):
        owed = receivables_figures(ctx)
        sentences.append(
            Text(
                "collection.say_overdue",
                {"rate": collection_rate_figure(ctx), "late": owed["overdue_rate"], "amount": owed["overdue_amount"]},
            )
        )
    else:
        sentences.append(Text("collection.say_no_due_dates"))
    return Prose(id="collection_text", title=Text("empty"), requirements=REQUIREMENTS, sentences=tuple(sentences))
