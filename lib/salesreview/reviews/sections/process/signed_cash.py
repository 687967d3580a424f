"""Signed, billed and collected side by side, and what they did to receivables (requirements S2-24, S2-04)."""

from datetime import timedelta

from ....metrics.funnel import ratio
from ....periods import Window, add_months, containing
from ....queries import collection as queries
from ....queries import sales
from ....record import Chart, Exhibit, Figure, Heading, NotEnough, NotProvided, PeriodName, Series, Table, Text
from ...context import Context, change
from ..cases import base_span
from ..sales.headline import amount, period_targets, rate
from .collection import receivables_figures
from .common import at

BASES = ("signed", "billed", "collected")
QUARTERS = 6


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, the three bases, the bridge of receivables, conversion by quarter of signing."""
    heading = Heading(id="signed_cash_heading", title=Text("signed_cash.heading"))
    return heading, _bases(ctx), _bridge(ctx), _cohorts(ctx)


def collected_signed_figure(ctx: Context) -> Figure:
    """Cash of the period / contracts signed in it (registry key collected_signed)."""
    cash, signed = (amount(ctx, ctx.current, basis).value for basis in ("collected", "signed"))
    value = ratio(cash, signed) if cash is not None and signed else None
    return ctx.figure("collected_signed", value, ctx.current, numerator=cash, denominator=signed)


def _bases(ctx: Context) -> Exhibit:
    box = {"id": "signed_cash_bases", "requirements": ("S2-24", "S2-04")}
    known = [basis for basis in BASES if not sales.basis_missing(ctx.mart, basis)]
    if len(known) < 2:
        absent = tuple(name for basis in BASES for name in sales.basis_missing(ctx.mart, basis))
        return NotProvided(title=Text("signed_cash.table"), missing=absent, **box)
    rows = tuple(_basis(ctx, basis) for basis in known)
    both = collected_signed_figure(ctx)
    title = Text("signed_cash.title")
    if both.value is not None:
        values = {"signed": amount(ctx, ctx.current, "signed"), "collected": amount(ctx, ctx.current, "collected")}
        title = Text("signed_cash.title_gap", values | {"rate": both})
    labels = (Text("signed_cash.basis"), *(Text(f"label.{name}") for name in ("actual", "target", "attainment", "yoy")))
    return Table(title=title, header=labels, rows=rows, notes=(Text("signed_cash.note"),), **box)


def _basis(ctx: Context, basis: str) -> tuple:
    now, span = amount(ctx, ctx.current, basis), base_span(ctx, ctx.year_ago)
    goal = period_targets(ctx, ctx.period, basis).to_date
    then = amount(ctx, span, basis) if span else None
    goal = ctx.figure(f"target_{basis}", goal.value, ctx.current, flags=tuple(f for f in goal.flags if f != "partial"))
    reached = rate(ctx, f"attainment_{basis}", now, goal)
    return Text(f"metric.{basis}"), now, goal, reached, change(now, then, "yoy")


def _bridge(ctx: Context) -> Exhibit:
    box = {"id": "signed_cash_bridge", "requirements": ("S2-24", "P-16")}
    missing = ctx.mart.missing("payments.amount", "payments.paid_at", "invoices.amount")
    if missing:
        return NotProvided(title=Text("signed_cash.bridge"), missing=missing, **box)
    window = ctx.current.window
    before = queries.receivables(ctx.mart, window.start - timedelta(days=1)).owed
    steps = {
        "opening": before,
        "billed": queries.billed(ctx.mart, window),
        "collected": -sales.basis(ctx.mart, window, "collected").amount,
        "written": -queries.written_off(ctx.mart, window)[0],
    }
    closing = receivables_figures(ctx)["receivables"]
    steps["other"] = closing.value - sum(steps.values())
    steps["closing"] = closing.value
    if not any(steps.values()):
        return NotEnough(title=Text("signed_cash.bridge"), reason=Text("receivables.none"), **box)
    figures = {
        name: ctx.figure("receivables_bridge", float(value), ctx.current, **at("step", name))
        for name, value in steps.items()
    }
    moved = ctx.figure("receivables_bridge", closing.value - before, ctx.current, **at("step", "change"))
    plain = {name: ctx.figure(name, abs(steps[name]), ctx.current) for name in ("billed", "collected")}
    case = "up" if moved.value >= 0 else "down"
    ends = {"opening": figures["opening"], "closing": figures["closing"]}
    written = ctx.figure("written_off", -steps["written"], ctx.current)
    return Chart(
        title=Text(f"signed_cash.bridge_{case}", {"change": moved} | plain),
        form="waterfall",
        categories=tuple(Text(f"signed_cash.{name}") for name in figures),
        series=(Series(Text("metric.receivables"), tuple(figures.values())),),
        marks={"totals": (0, -1)},
        axes={"y": Text("receivables.axis")},
        summary=Text("signed_cash.bridge_alt", ends),
        reconciliation=Text("signed_cash.bridge_sum", ends | plain | {"written": written, "other": figures["other"]}),
        notes=(Text("signed_cash.other_note"),),
        **box,
    )


def _cohorts(ctx: Context) -> Exhibit:
    box = {"id": "signed_cash_cohorts", "requirements": ("S2-24",)}
    needs = (
        "contracts.signed_at",
        "contracts.amount",
        "orders.contract_id",
        "invoices.order_id",
        "payments.invoice_id",
    )
    missing = ctx.mart.missing(*needs)
    if missing:
        return NotProvided(title=Text("signed_cash.cohorts"), missing=missing, **box)
    end = ctx.current.window.end
    first = add_months(end.replace(day=1), -3 * QUARTERS + 1)
    first = containing("Q", max(first, ctx.mart.meta.first_day)).start
    found = queries.signed_to_cash(ctx.mart, Window(first, end), end)
    if found.empty:
        return NotEnough(title=Text("signed_cash.cohorts"), reason=Text("signed_cash.none"), **box)
    rows = tuple(_cohort(ctx, row) for row in found.tail(QUARTERS).itertuples())
    labels = ("signed_cash.quarter", "signed_cash.contracts", "metric.signed", "metric.contract_billed")
    told = rows[max(0, len(rows) - 3)]
    return Table(
        title=Text("signed_cash.cohorts_title", {"quarter": told[0], "rate": told[4]}),
        header=(*(Text(label) for label in labels), Text("metric.contract_collected")),
        rows=rows,
        notes=(Text("signed_cash.cohorts_note"),),
        **box,
    )


def _cohort(ctx: Context, row) -> tuple:
    quarter = containing("Q", row.quarter.date())
    identity, signed = at("signed_in", quarter.code), float(row.signed)

    def part(name: str, amount: float) -> Figure:
        value = ratio(amount, signed)
        return ctx.figure(
            name, value, ctx.current, numerator=amount, denominator=signed, n=int(row.contracts), **identity
        )

    return (
        PeriodName(quarter.code),
        ctx.figure("signed_contracts", float(row.contracts), ctx.current, **identity),
        ctx.figure("signed", signed, ctx.current, n=int(row.contracts), **identity),
        part("contract_billed", float(row.billed)),
        part("contract_collected", float(row.collected)),
    )
