"""What holds the process up, ranked by what it costs (requirement P-28)."""

from dataclasses import dataclass

from ....metrics.funnel import ratio
from ....queries import sales
from ....record import Exhibit, Figure, Heading, NotEnough, Prose, Table, Text
from ...context import Context
from ..cases import rate_movement
from . import approval_detail, receivable_figures, selling_time, tools
from .collection import receivables_figures
from .common import at

BOXES = {"pain_pareto": ("P-28",), "pain_text": ("P-28",)}
APPROVAL_NEEDS = (*approval_detail.FIELDS, "quotes.opp_id", "opportunities.outcome")


@dataclass(frozen=True)
class Pain:
    """One bottleneck: its impact in money and the kind of cost (profit, labour, cash, write_off)."""

    name: str
    kind: str
    impact: float


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, ranking with the basis of each amount, paragraph."""
    heading = Heading(id="pain_heading", title=Text("pain.heading"))
    found = pains(ctx)
    if not found:
        reason = Text("pain.none")
        return heading, *(
            NotEnough(id=name, title=Text("pain.heading"), requirements=rows, reason=reason)
            for name, rows in BOXES.items()
        )
    return heading, _pareto(ctx, found), _text(ctx, found)


def pains(ctx: Context) -> list[Pain]:
    """Bottlenecks with an impact above zero, largest first. Hours of manual work count only as far as tools could take
    them over where that is estimated; cash covers receivables less what was written off, so nothing counts twice."""
    found = [_approval(ctx), _manual(ctx), _cash(ctx), _written_off(ctx), _idle_licences(ctx)]
    return sorted((pain for pain in found if pain is not None and pain.impact > 0), key=lambda p: (-p.impact, p.name))


def impact_figure(ctx: Context, pain: Pain) -> Figure:
    """The impact of one bottleneck (registry key pain_impact)."""
    return ctx.figure("pain_impact", pain.impact, ctx.current, **at("bottleneck", pain.name))


def _approval(ctx: Context) -> Pain | None:
    """Amount lost after slow approval above the loss rate after fast approval, at the period's gross margin;
    only where slow ones are won less often beyond chance."""
    if ctx.mart.missing(*APPROVAL_NEEDS):
        return None
    stake, rates, margin = approval_detail.stake_figure(ctx), approval_detail.speed_figures(ctx), _margin(ctx)
    if stake.value is None or "small_n" in stake.flags or margin is None:
        return None
    if rate_movement(rates["slow"], rates["fast"]) != "worse":
        return None
    return Pain("slow_approval", "profit", stake.value * margin)


def _margin(ctx: Context) -> float | None:
    """Gross margin of the period's lines with a cost; None without costs."""
    found = sales.totals(ctx.mart, ctx.current.window)
    return ratio(found.costed_sales - found.cost, found.costed_sales) if found.costed_sales > 0 else None


def _manual(ctx: Context) -> Pain | None:
    if ctx.mart.missing(*selling_time.NEEDS):
        return None
    freed = selling_time.automation_figures(ctx)
    amount = freed["automation_value"] if freed else selling_time.manual_cost_figure(ctx, ctx.current)
    return Pain("manual_work", "labour", amount.value) if amount.value else None


def cash_cost_figure(ctx: Context) -> Figure:
    """Receivables x days beyond terms x cost of capital / 365 (registry key cash_cost); None without a rate."""
    rate = ctx.settings.receivables.capital_cost
    if rate is None or ctx.mart.missing(*receivable_figures.NEEDS):
        return ctx.figure("cash_cost", None, ctx.current)
    owed, extra = receivables_figures(ctx)["receivables"].value, receivable_figures.excess_figure(ctx).value
    value = None if extra is None else owed * max(extra, 0.0) * rate / 365
    return ctx.figure("cash_cost", value, ctx.current, numerator=owed, denominator=extra)


def _cash(ctx: Context) -> Pain | None:
    cost = cash_cost_figure(ctx)
    return Pain("late_payment", "cash", cost.value) if cost.value else None


def _written_off(ctx: Context) -> Pain | None:
    if ctx.mart.missing("invoices.written_off_amount", "payments.amount"):
        return None
    gone = receivable_figures.bad_debt_figure(ctx).numerator
    return Pain("bad_debt", "write_off", gone) if gone else None


def _idle_licences(ctx: Context) -> Pain | None:
    """The period's part of the yearly cost of licences that nobody uses actively."""
    if ctx.mart.missing(*tools.NEEDS, "tools.licences", "tools.cost"):
        return None
    users, idle = tools.tool_users(ctx, ctx.current), 0.0
    active = users[users["active"]].groupby("tool_id").size()
    for row in tools.queries.tools(ctx.mart).dropna(subset=["licences", "cost"]).itertuples():
        unused = max(0.0, float(row.licences) - float(active.get(row.tool_id, 0)))
        idle += float(row.cost) * unused / float(row.licences) if row.licences else 0.0
    return Pain("idle_licences", "labour", idle * ctx.current.window.days / 365)


def _pareto(ctx: Context, found: list[Pain]) -> Table:
    """Bottlenecks by impact with the share that they and those before them hold."""
    rows, running, total = [], 0.0, sum(pain.impact for pain in found)
    for pain in found:
        running += pain.impact
        share = ctx.figure("cumulative_share", running / total, ctx.current, **at("bottleneck", pain.name))
        label, kind, basis = (Text(f"pain.{key}") for key in (pain.name, f"kind_{pain.kind}", f"basis_{pain.name}"))
        rows.append((label, impact_figure(ctx, pain), share, kind, basis))
    sum_of = ctx.figure("pain_impact", total, ctx.current)
    labels = (Text("pain.what"), Text("pain.impact"), Text("pain.cumulative"), Text("pain.kind"), Text("pain.basis"))
    return Table(
        id="pain_pareto",
        title=Text("pain.title", {"first": rows[0][0], "impact": rows[0][1], "total": sum_of}),
        requirements=BOXES["pain_pareto"],
        header=labels,
        rows=tuple(rows),
        total=(Text("label.total"), sum_of, None, None, None),
        notes=(Text("pain.note_overlap"), Text("pain.note_unpriced")),
    )


def _text(ctx: Context, found: list[Pain]) -> Prose:
    first = impact_figure(ctx, found[0])
    total = ctx.figure("pain_impact", sum(pain.impact for pain in found), ctx.current)
    part = at("bottleneck", "first") | {"numerator": first.value, "denominator": total.value}
    share = ctx.figure("share_mix", first.value / total.value, ctx.current, **part)
    values = {"total": total, "first": Text(f"pain.{found[0].name}"), "share": share}
    sentences = [Text("pain.say", values)]
    if found[0].name == "slow_approval":
        sentences.append(Text("pain.say_association"))
    sentences.append(Text("pain.say_limits"))
    return Prose(id="pain_text", title=Text("empty"), requirements=BOXES["pain_text"], sentences=tuple(sentences))
