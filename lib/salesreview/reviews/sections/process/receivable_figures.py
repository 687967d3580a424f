"""What is owed, how old it is, what reminders bring in and what is lost: the figures of the receivables section."""

from datetime import timedelta

import pandas as pd

from ....metrics import collection as metrics
from ....metrics.funnel import ratio
from ....periods import Window
from ....queries import collection as queries
from ....record import Figure
from ...context import Context, Span
from .collection import dso_figure
from .common import at, share

NEEDS = ("payments.amount", "payments.paid_at", "invoices.due_date", "invoices.amount")
MONTHS_BACK = 24


def terms_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Agreed days from issue to due, weighted by amount, of the invoices issued in ``span`` (key agreed_terms)."""
    span = span or ctx.current
    days, amount, bills = queries.agreed_terms(ctx.mart, span.window)
    return ctx.figure("agreed_terms", days, span, denominator=amount, n=bills)


def excess_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Days outstanding beyond the agreed terms (key terms_excess); None without either."""
    span = span or ctx.current
    dso, terms = dso_figure(ctx, span).value, terms_figure(ctx, span).value
    value = None if dso is None or terms is None else dso - terms
    return ctx.figure("terms_excess", value, span, numerator=dso, denominator=terms)


def count_back_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Days outstanding counted back through the latest months' credit sales (key dso_count_back)."""
    span = span or ctx.current
    owed = queries.receivables(ctx.mart, span.window.end).owed
    months, end = [], span.window.end
    while len(months) < MONTHS_BACK and end >= ctx.mart.meta.first_day:
        first = end.replace(day=1)
        months.append((queries.billed(ctx.mart, Window(first, end)), (end - first).days + 1))
        end = first - timedelta(days=1)
    return ctx.figure("dso_count_back", metrics.count_back(owed, months), span, numerator=owed)


def cei_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Collection effectiveness of ``span`` (registry key cei)."""
    span = span or ctx.current
    opening = queries.receivables(ctx.mart, span.window.start - timedelta(days=1)).owed
    closing, billed = queries.receivables(ctx.mart, span.window.end), queries.billed(ctx.mart, span.window)
    value = metrics.cei(opening, billed, closing.owed, closing.owed - closing.overdue)
    at_stake = opening + billed - (closing.owed - closing.overdue)
    return ctx.figure("cei", value, span, numerator=opening + billed - closing.owed, denominator=at_stake)


def band_figures(ctx: Context, span: Span | None = None) -> dict[str, Figure]:
    """Receivables by days overdue at the end of ``span``; the bands add up to the receivables."""
    span = span or ctx.current
    bills = queries.open_bills(ctx.mart, span.window.end)
    known = bills["overdue_days"].map(lambda days: "no_due_date" if pd.isna(days) else metrics.band(days))
    sums, sizes = bills.groupby(known)["owed"].sum(), known.value_counts()
    names = (*metrics.BANDS, *(("no_due_date",) if "no_due_date" in sums.index else ()))
    return {
        name: ctx.figure(
            "receivables", float(sums.get(name, 0.0)), span, n=int(sizes.get(name, 0)), **at("age_band", name)
        )
        for name in names
    }


def bad_debt_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Written off in ``span`` / credit sales in it (registry key bad_debt_rate)."""
    span = span or ctx.current
    gone, bills = queries.written_off(ctx.mart, span.window)
    billed = queries.billed(ctx.mart, span.window)
    return ctx.figure("bad_debt_rate", ratio(gone, billed), span, numerator=gone, denominator=billed, n=bills)


def promise_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Promised payments that came by their day (registry key promise_kept)."""
    span = span or ctx.current
    found = queries.dunning(ctx.mart, span.window)
    promised = found[found["promised"]]
    return share(ctx, "promise_kept", int(promised["kept"].sum()), len(promised), span)


def reminders_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Reminders in ``span`` / invoices paid late in it (registry key dunning_per_collected); None without either."""
    span = span or ctx.current
    asked, paid = len(queries.dunning(ctx.mart, span.window)), queries.late_paid(ctx.mart, span.window)
    value = ratio(asked, paid) if asked else None
    return ctx.figure("dunning_per_collected", value, span, numerator=asked, denominator=paid, n=paid)


def provision_figures(ctx: Context) -> dict[str, Figure] | None:
    """Provision by ageing at the settings' rates, and its share of receivables; None without rates or receivables."""
    rates, bands = ctx.settings.receivables.provision, band_figures(ctx)
    owed = sum(figure.value for figure in bands.values())
    if not rates or owed <= 0:
        return None
    amount = sum(figure.value * rates.get(name, 0.0) for name, figure in bands.items())
    rate = ctx.figure("provision_rate", amount / owed, ctx.current, numerator=amount, denominator=owed)
    return {"provision": ctx.figure("provision", amount, ctx.current), "provision_rate": rate}
