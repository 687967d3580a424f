"""The period's figures in one place, each against its target and the year before (requirements S1-60, S1-61, S3-86 …).

Every figure is made by the section that owns it; this one only lists them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ....metrics.funnel import ratio
from ....queries import acquisition as acquisition_queries
from ....queries import targets
from ....queries.followups import followups
from ....record import Exhibit, Figure, Heading, NotEnough, Table, Text
from ....registry import metric
from ...context import Context, Span, change
from ..cases import base_span, newcomer_base
from ..indicators import cycle, margin, rates, repurchase, retention
from ..indicators.cohort import lead_deal_conv_figure
from ..market import satisfaction
from ..market import share as market_share
from ..process import collection
from .headline import amount, target_book
from .orders import order_figures
from .sales_common import told_columns

Make = Callable[[Context, Span], Figure | None]


@dataclass(frozen=True)
class Line:
    """One row: how its figure is made, from which fields, and which target it is held against (additive targets may
    be spread over parts of a period)."""

    make: Make
    needs: tuple[str, ...] = ()
    target: str | None = None
    additive: bool = False


def _basis(name: str) -> Make:
    return lambda ctx, span: amount(ctx, span, name)


def _new_customers(ctx: Context, span: Span) -> Figure:
    count = int(acquisition_queries.new_customers(ctx.mart, span.window)["customers"].sum())
    return ctx.figure("new_customers", count, span, n=count)


def _expense_ratio(ctx: Context, span: Span) -> Figure | None:
    if ctx.mart.missing(margin.COST, *margin.EXPENSE_NEEDS):
        return None
    return margin.Facts(ctx, span).contribution()[2]


def _repurchase(ctx: Context, span: Span) -> Figure | None:
    return repurchase.repurchase_figures(ctx, span)[0] if repurchase.has_opening(ctx, span) else None


def _retention(ctx: Context, span: Span) -> Figure | None:
    return retention.retention_figure(ctx, span) if repurchase.has_opening(ctx, span) else None


def _csat(ctx: Context, span: Span) -> Figure | None:
    return satisfaction.csat_index(ctx, span).figure


def _share(ctx: Context, span: Span) -> Figure | None:
    """The share of the whole market in the review period or the year before."""
    segments = market_share.both(ctx)[0 if span == ctx.current else 1]
    return segments[market_share.WHOLE].share if market_share.WHOLE in segments else None


def _followups(outcome: str) -> Make:
    def make(ctx: Context, span: Span) -> Figure:
        found = followups(ctx.mart, span.window).set_index("outcome")
        deals, touches = (int(found[name].get(outcome, 0)) for name in ("deals", "touches"))
        few = ("small_n",) if deals < ctx.settings.minimum_n.mean else ()
        at = {"numerator": touches, "denominator": deals, "n": deals, "flags": few}
        return ctx.figure(f"followups_{outcome}", ratio(touches, deals), span, **at)

    return make


DEALS = ("opportunities.outcome", "opportunities.closed_at")
RESULTS = {
    "sales": Line(_basis("orders"), target="sales", additive=True),
    "signed": Line(_basis("signed"), ("contracts.signed_at",), "signed", True),
    "collected": Line(_basis("collected"), ("payments.paid_at",), "collected", True),
    "gross_profit": Line(margin.gross_profit_figure, (margin.COST,), "gross_profit", True),
    "gm_pct": Line(margin.gross_margin_figure, (margin.COST,)),
    "expense_ratio": Line(_expense_ratio, (margin.COST, *margin.EXPENSE_NEEDS)),
    "new_customers": Line(_new_customers, ("orders.account_id",), "new_customers", True),
    "aov": Line(lambda ctx, span: order_figures(ctx, span)["aov"]),
    "repurchase_rate": Line(_repurchase, ("orders.account_id",), "repurchase_rate"),
    "retention": Line(_retention, ("orders.account_id",), "retention"),
    "csat_index": Line(_csat, ("surveys.score", "surveys.scale_max"), "csat"),
    "market_share": Line(_share, ("market_size.market_amount",), "market_share"),
    "collection_rate": Line(collection.collection_rate_figure, ("invoices.due_date", "payments.paid_at")),
}
PROCESS = {
    "lead_conv": Line(rates.lead_conv_figure, ("leads.received_at",), "conversion"),
    "lead_deal_conv": Line(lead_deal_conv_figure, ("leads.received_at", *DEALS)),
    "win_rate": Line(rates.win_rate_figure, DEALS),
    "cycle": Line(cycle.median_cycle_figure, DEALS),
    "followups_won": Line(_followups("won"), ("activities.opp_id", *DEALS)),
    "followups_lost": Line(_followups("lost"), ("activities.opp_id", *DEALS)),
}
GOALS = ("S2-02", "S2-04", "S2-05", "S2-07", "S2-08", "S2-09", "S2-23", "S2-24")
EVALUATED = ("S3-86", "S3-87", "S3-88", "S3-89", "S3-90")
TABLES = (
    ("scorecard_results", RESULTS, ("S1-61", *GOALS, *EVALUATED)),
    ("scorecard_process", PROCESS, ("S1-60", "S2-06")),
)


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, then result and process figures as tables; lines without data are named below them."""
    heading = Heading(id="scorecard_heading", title=Text("scorecard.heading"))
    return heading, *(_table(ctx, *table) for table in TABLES)


def _table(ctx: Context, name: str, lines: dict[str, Line], requirements: tuple[str, ...]) -> Exhibit:
    fixed = {"id": name, "title": Text(f"{name.replace('_', '.')}"), "requirements": requirements}
    absent = {key: ctx.mart.missing(*line.needs) for key, line in lines.items()}
    made = {key: line.make(ctx, ctx.current) for key, line in lines.items() if not absent[key]}
    rows = tuple(_row(ctx, lines[key], now) for key, now in made.items() if now is not None and now.value is not None)
    if not rows:
        return NotEnough(reason=Text("scorecard.none"), **fixed)
    unknown = [key for key in lines if absent[key]]
    notes = [Text("scorecard.note")]
    if unknown:
        fields = tuple(dict.fromkeys(field for key in unknown for field in absent[key]))
        names = tuple(Text(f"metric.{key}") for key in unknown)
        notes.append(Text("scorecard.absent", {"metrics": names, "fields": fields}))
    header = ("label.metric", "label.current", "label.target", "label.attainment", "label.prior", "label.yoy")
    return told_columns(Table(header=tuple(Text(key) for key in header), rows=rows, notes=tuple(notes), **fixed))


def _row(ctx: Context, line: Line, now: Figure) -> tuple:
    base = (newcomer_base if now.metric == "new_customers" else base_span)(ctx, ctx.year_ago)
    then = line.make(ctx, base) if base else None
    goal = _target(ctx, line, now)
    reached = None if goal is None else _attained(ctx, now, goal)
    return Text(f"metric.{now.metric}"), now, goal, reached, then, change(now, then, "yoy")


def _target(ctx: Context, line: Line, now: Figure) -> Figure | None:
    """The approved target to date; one that cannot be added only when it is given for this very period."""
    if line.target is None:
        return None
    if line.additive:
        found = target_book(ctx, line.target).resolve(ctx.current.window)
        value, derived = (found.value, found.derived) if found else (None, False)
    else:
        rows = targets.rows(ctx.mart, line.target)
        window = ctx.period.window
        days = (rows["period_start"].dt.date == window.start) & (rows["period_end"].dt.date == window.end)
        exact = rows[days & (rows["version"] == targets.ORIGINAL)]["value"]
        value, derived = (float(exact.iloc[0]) if len(exact) else None), False
    if value is None:
        return None
    flags = ("derived_target",) if derived else ()
    return ctx.figure(now.metric, value, ctx.current, dimension="target", member="original", flags=flags)


def _attained(ctx: Context, now: Figure, goal: Figure) -> Figure:
    """Actual over target; for what should be low, 2 − actual / target, not below 0 (metric dictionary)."""
    share = ratio(now.value, goal.value)
    if share is not None and metric(now.metric).direction == "lower":
        share = max(0.0, 2 - share)
    at = {"dimension": "metric", "member": now.metric, "flags": goal.flags}
    return ctx.figure("attainment", share, ctx.current, numerator=now.value, denominator=goal.value, **at)
