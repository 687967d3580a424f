"""What is notable in cash, manual work, cooperation, standards and records (requirements 14)."""

from collections.abc import Iterable

from ...record import Finding, Table, Text
from ..context import Context
from ..sections.process import bottlenecks, receivable_figures, records, selling_time, standards
from ..sections.process.collection import dso_figure, receivables_figures
from ..sections.process.common import moved, yoy
from .ability import silo

LATE_SHARE, MANUAL_SHARE, TEMPLATE_FLOOR, DAILY_FLOOR = 0.15, 0.25, 0.8, 0.8


def collect(ctx: Context) -> Iterable[Finding]:
    """Receivables stand beyond agreed terms and much of them is overdue (F-COLLECT)."""
    if ctx.mart.missing(*receivable_figures.NEEDS):
        return
    excess, owed = receivable_figures.excess_figure(ctx), receivables_figures(ctx)
    rate, late = owed["overdue_rate"], owed["overdue_amount"]
    if excess.value is None or excess.value <= 0 or rate.value is None or rate.value < LATE_SHARE:
        return
    if rate.n < ctx.settings.minimum_n.rate:
        return
    base = {
        "dso": dso_figure(ctx),
        "terms": receivable_figures.terms_figure(ctx),
        "cei": receivable_figures.cei_figure(ctx),
    }
    evidence = [Text("pain_finding.collect_dso", base)]
    change = yoy(ctx, rate, lambda span: receivables_figures(ctx, span)["overdue_rate"])
    if change.value is not None:
        evidence.append(Text("pain_finding.collect_yoy", {"change": change}))
    evidence.append(Text("pain_finding.collect_unknown"))
    cost = bottlenecks.cash_cost_figure(ctx)
    yield Finding(
        code="F-COLLECT",
        topic="collect",
        favourable=False,
        claim=Text("pain_finding.collect", {"excess": excess, "overdue": late, "rate": rate}),
        evidence=tuple(evidence),
        grade="EV1",
        stake=cost if cost.value else None,
        requirements=("P-16", "P-17"),
    )


def manual(ctx: Context) -> Iterable[Finding]:
    """Manual work takes more than a quarter of the hours (F-MANUAL)."""
    if ctx.mart.missing(*selling_time.NEEDS):
        return
    share, cost = selling_time.manual_share_figure(ctx, ctx.current), selling_time.manual_cost_figure(ctx, ctx.current)
    if share.value is None or share.value < MANUAL_SHARE or cost.value is None or share.n < ctx.settings.minimum_n.mean:
        return
    selling, people = selling_time.selling_figure(ctx, ctx.current), ctx.figure("logged_people", share.n, ctx.current)
    evidence = [Text("pain_finding.manual_base", {"selling": selling, "n": people})]
    freed, stake = selling_time.automation_figures(ctx), cost
    if freed and freed["automation_value"].value:
        stake = freed["automation_value"]
        evidence.append(Text("pain_finding.manual_saving", {"hours": freed["automation_hours"], "value": stake}))
    yield Finding(
        code="F-MANUAL",
        topic="manual",
        favourable=False,
        claim=Text("pain_finding.manual", {"manual": share, "cost": cost}),
        evidence=tuple(evidence),
        grade="EV1",
        stake=stake,
        requirements=("P-23",),
    )


def standard(ctx: Context) -> Iterable[Finding]:
    """Standards are missing and templates left aside (F-STD)."""
    shown = {exhibit.id: exhibit for exhibit in standards.exhibits(ctx)}
    table, listed = shown["standards_templates"], ctx.settings.standards
    gone = [item for item in listed.items if item.status != "生效"]
    if not isinstance(table, Table) or not gone:
        return
    low = min(table.rows, key=lambda row: row[2].value)
    if low[2].value >= TEMPLATE_FLOOR or "small_n" in low[2].flags:
        return
    evidence = [Text("pain_finding.standards_base", {"n": low[1], "low": low[4], "high": low[5]})]
    absent = tuple(item.name for item in gone if item.status == "缺失")
    if absent:
        evidence.append(Text("pain_finding.standards_list", {"names": absent}))
    missing = ctx.figure("standards_missing", len(gone), ctx.current)
    yield Finding(
        code="F-STD",
        topic="standards",
        favourable=False,
        claim=Text("pain_finding.standards", {"missing": missing, "artefact": low[0], "rate": low[2]}),
        evidence=tuple(evidence),
        grade="EV1",
        requirements=("P-26",),
    )


def data(ctx: Context) -> Iterable[Finding]:
    """Records are kept late or thinly (F-DATA)."""
    shown = {exhibit.id: exhibit for exhibit in records.exhibits(ctx)}
    cards, fields = (shown[name] for name in ("records_index", "records_fields"))
    if not getattr(cards, "cards", ()) or not getattr(fields, "series", ()):
        return
    if ctx.mart.missing("activities.logged_at", "activities.rep_id"):
        return
    daily = records.daily_figure(ctx, ctx.current)
    if daily.value is None or daily.value >= DAILY_FLOOR or "small_n" in daily.flags:
        return
    backfill = records.check_figure(ctx, ctx.current, "backfill")
    base = {"index": cards.cards[0].figure, "backfill": backfill}
    evidence = [Text("pain_finding.data_base", base)]
    case, change = moved(ctx, lambda span: records.check_figure(ctx, span, "bulk_logged"))
    if case == "worse":
        bulk = records.check_figure(ctx, ctx.current, "bulk_logged")
        evidence.append(Text("pain_finding.data_bulk", {"bulk": bulk, "change": change}))
    need = next(f for f in fields.series[0].figures if f.member == "need_feedback")
    yield Finding(
        code="F-DATA",
        topic="data",
        favourable=False,
        claim=Text("pain_finding.data", {"need": need, "daily": daily}),
        evidence=tuple(evidence),
        grade="EV1",
        requirements=("P-36", "S4-33"),
    )


RULES = (collect, manual, silo, standard, data)
