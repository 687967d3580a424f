"""Whether long sales cycles go with late payment (requirement D-57)."""

import pandas as pd

from ....metrics.causes import FEWEST, correlation
from ....queries import causes as queries
from ....record import Chart, Exhibit, Figure, NotEnough, NotProvided, Point, Text
from ...context import Context, Span

FIELDS = ("opportunities.outcome", "orders.opp_id", "invoices.issue_date", "payments.invoice_id")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Cycle and days to pay by product line, with the correlation over deals."""
    fixed = {"id": "cash_cycle", "requirements": ("D-57",)}
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return (NotProvided(title=Text("cash_cycle.heading"), missing=missing, **fixed),)
    deals = queries.cycle_and_payment(ctx.mart, ctx.current.window)
    found = correlation(deals["cycle"], deals["paying"])
    if found is None:
        reason = Text("cash_cycle.few", {"n": str(len(deals)), "fewest": str(FEWEST)})
        return (NotEnough(title=Text("cash_cycle.heading"), reason=reason, **fixed),)
    case = "longer" if found.low > 0 else "shorter" if found.high < 0 else "none"
    told = ctx.figure("cycle_pay_correlation", found.value, ctx.current, n=len(deals))
    points = tuple(_point(ctx, line, group) for line, group in deals.groupby("product_line", sort=True))
    chart = Chart(
        title=Text(f"cash_cycle.title_{case}", {"rho": told}),
        form="scatter",
        points=points,
        axes={"x": Text("metric.cycle"), "y": Text("metric.paying_days")},
        summary=Text("cash_cycle.alt", {"lines": tuple(_said(point) for point in points)}),
        notes=(Text("cash_cycle.note", {"n": str(len(deals))}),),
        **fixed,
    )
    return (chart,)


def _point(ctx: Context, line: str, deals: pd.DataFrame) -> Point:
    span: Span = ctx.current
    flags = ("small_n",) if len(deals) < ctx.settings.minimum_n.mean else ()
    at = {"dimension": "paid_product_line", "member": line, "n": len(deals), "flags": flags}
    x = ctx.figure("cycle", float(deals["cycle"].median()), span, **at)
    y: Figure = ctx.figure("paying_days", float(deals["paying"].median()), span, **at)
    return Point(line, x, y, size=ctx.figure("collected", float(deals["amount"].sum()), span, **at))


def _said(point: Point) -> Text:
    return Text("cash_cycle.item", {"line": point.label, "cycle": point.x, "paying": point.y})
