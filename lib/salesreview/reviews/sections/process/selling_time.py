"""What selling time goes into, and what manual work costs (requirement P-23)."""

import pandas as pd

from ....metrics.funnel import ratio
from ....queries import working as queries
from ....record import Cards, Chart, Exhibit, Figure, Heading, NotEnough, Prose, Series, Table, Text
from ...context import Context, Span, change
from ..cases import base_span
from ..finding import finding
from .common import absent, at, cards, count, month_names, months, moved, pair, yoy

NEEDS = ("time_log.hours",)
BOXES = {"time_cards": ("P-23",), "time_shares": ("P-23",), "time_manual": ("P-23",), "time_text": ("P-23",)}
MANUAL = ("录入", "报表", "邮件", "合同")
GROUPS = {"selling": ("有效销售",), "manual": MANUAL, "meetings": ("内部会议",), "travel": ("差旅",)}
"""Groups of the log's categories; whatever else is logged is ``other``."""


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, shares by month, manual categories with their cost, paragraph."""
    heading = Heading(id="time_heading", title=Text("time.heading"))
    missing = ctx.mart.missing(*NEEDS)
    if missing:
        return heading, *absent(BOXES, "time.heading", missing)
    if hours(ctx, ctx.current)["hours"].sum() <= 0:
        box = Text("time.few")
        return heading, *(
            NotEnough(id=i, title=Text("time.heading"), requirements=r, reason=box) for i, r in BOXES.items()
        )
    return heading, _cards(ctx), _shares(ctx), _manual(ctx), _text(ctx)


def hours(ctx: Context, span: Span) -> pd.DataFrame:
    """Hours by month and category with the group of each."""
    found = queries.hours(ctx.mart, span.window)
    groups = {category: group for group, categories in GROUPS.items() for category in categories}
    return found.assign(group=found["category"].map(groups).fillna("other"))


def selling_figure(ctx: Context, span: Span) -> Figure:
    """Selling hours / all hours (registry key selling_time)."""
    return _share(ctx, "selling_time", span, "selling")


def manual_share_figure(ctx: Context, span: Span) -> Figure:
    """Manual hours / all hours (registry key manual_share)."""
    return _share(ctx, "manual_share", span, "manual")


def _share(ctx: Context, name: str, span: Span, group: str) -> Figure:
    found = hours(ctx, span)
    part, total = float(found.loc[found["group"] == group, "hours"].sum()), float(found["hours"].sum())
    people = queries.logged(ctx.mart, span.window)[0]
    return ctx.figure(name, ratio(part, total), span, numerator=part, denominator=total, n=people)


def manual_hours_figure(ctx: Context, span: Span, category: str | None = None) -> Figure:
    """Manual hours of ``span``, all or of one category (registry key manual_hours)."""
    found = hours(ctx, span)
    chosen = found["group"] == "manual" if category is None else found["category"] == category
    identity = at("time_category", category) if category else {}
    return ctx.figure("manual_hours", float(found.loc[chosen, "hours"].sum()), span, **identity)


def hour_cost_figure(ctx: Context, span: Span) -> Figure:
    """Staff cost of those who log hours / their hours (registry key hour_cost); None without cost records."""
    people, cost = queries.logged(ctx.mart, span.window)
    total = float(hours(ctx, span)["hours"].sum())
    value = cost / total if cost and total else None
    return ctx.figure("hour_cost", value, span, numerator=cost, denominator=total, n=people)


def manual_cost_figure(ctx: Context, span: Span) -> Figure:
    """Manual hours x cost per hour (registry key manual_cost)."""
    rate, spent = hour_cost_figure(ctx, span).value, manual_hours_figure(ctx, span).value
    value = None if rate is None else rate * spent
    return ctx.figure("manual_cost", value, span, numerator=spent, denominator=rate)


def automation_figures(ctx: Context) -> dict[str, Figure] | None:
    """Manual hours that tools could take over by the settings' shares, and their cost; None without shares."""
    shares = ctx.settings.manual_work.automatable
    if not shares:
        return None
    freed = sum(manual_hours_figure(ctx, ctx.current, name).value * shares.get(name, 0.0) for name in MANUAL)
    rate = hour_cost_figure(ctx, ctx.current).value
    worth = None if rate is None else freed * rate
    return {
        "automation_hours": ctx.figure("automation_hours", freed, ctx.current),
        "automation_value": ctx.figure("automation_value", worth, ctx.current),
    }


def _week(ctx: Context, span: Span) -> Figure:
    found = hours(ctx, span)
    person_weeks = int(found.drop_duplicates("month")["person_weeks"].sum())
    spent = manual_hours_figure(ctx, span).value
    value = ratio(spent, person_weeks)
    return ctx.figure("manual_week", value, span, numerator=spent, denominator=person_weeks, n=person_weeks)


def _cards(ctx: Context) -> Cards:
    steps = (selling_figure, manual_share_figure, _week, manual_cost_figure)
    makes = [lambda span, make=make: make(ctx, span) for make in steps]
    case, moved_by = moved(ctx, makes[0])
    now = makes[0](ctx.current)
    return Cards(
        id="time_cards",
        title=finding("time.title", _by_point(case, moved_by), moved_by, share=now),
        requirements=BOXES["time_cards"],
        cards=cards(ctx, makes),
        notes=(Text("time.note", {"n": count(ctx, "logged_people", now.n)}),),
    )


def _by_point(case: str, moved_by: Figure) -> str:
    """A share of hours counts as moved from one point on."""
    if moved_by.value is None or case == "small_n":
        return case
    return "flat" if abs(moved_by.value) < 0.01 else "better" if moved_by.value > 0 else "worse"


def _shares(ctx: Context) -> Exhibit:
    box = {"id": "time_shares", "requirements": BOXES["time_shares"]}
    found = hours(ctx, ctx.current)
    if len(months(ctx)) < 2:
        return NotEnough(title=Text("time.shares"), reason=Text("time.one_month"), **box)
    series = []
    for group in (*GROUPS, "other"):
        cells = []
        for month in months(ctx):
            here = found[found["month"] == month.start.strftime("%Y-%m")]
            total, part = float(here["hours"].sum()), float(here.loc[here["group"] == group, "hours"].sum())
            identity = at("time_group×month", pair(group, month.code)) | {"numerator": part, "denominator": total}
            cells.append(ctx.figure("time_share", ratio(part, total), ctx.current, **identity) if total else None)
        series.append(Series(Text(f"time.group_{group}"), tuple(cells), "part"))
    selling, manual = selling_figure(ctx, ctx.current), manual_share_figure(ctx, ctx.current)
    values = {"selling": selling, "manual": manual}
    return Chart(
        title=Text("time.shares_title", values),
        form="stacked",
        categories=month_names(ctx),
        series=tuple(series),
        axes={"y": Text("metric.time_share")},
        summary=Text("time.shares_alt", values),
        **box,
    )


def _manual(ctx: Context) -> Exhibit:
    box = {"id": "time_manual", "requirements": BOXES["time_manual"]}
    rate, shares = hour_cost_figure(ctx, ctx.current), ctx.settings.manual_work.automatable
    total, span = float(hours(ctx, ctx.current)["hours"].sum()), base_span(ctx, ctx.year_ago)
    rows = []
    for name in MANUAL:
        spent = manual_hours_figure(ctx, ctx.current, name)
        if not spent.value:
            continue
        identity = at("time_category", name)
        then = manual_hours_figure(ctx, span, name) if span else None
        part = {"numerator": spent.value, "denominator": total}
        row = [
            name,
            spent,
            change(spent, then, "yoy"),
            ctx.figure("time_share", ratio(spent.value, total), ctx.current, **identity, **part),
        ]
        worth = None if rate.value is None else spent.value * rate.value
        row.append(ctx.figure("manual_cost", worth, ctx.current, **identity))
        if shares:
            freed = spent.value * shares.get(name, 0.0)
            saved = None if rate.value is None else freed * rate.value
            row.append(ctx.figure("automation_hours", freed, ctx.current, **identity))
            row.append(ctx.figure("automation_value", saved, ctx.current, **identity))
        rows.append(tuple(row))
    if not rows:
        return NotEnough(title=Text("time.manual"), reason=Text("time.no_manual"), **box)
    rows.sort(key=lambda row: -row[1].value)
    names = ["manual_hours", None, "time_share", "manual_cost"] + (
        ["automation_hours", "automation_value"] if shares else []
    )
    header = (Text("time.category"), *(Text(f"time.col_{n}") if n else Text("label.yoy") for n in names))
    cost = manual_cost_figure(ctx, ctx.current)
    values = {"hours": manual_hours_figure(ctx, ctx.current)}
    title = Text("time.manual_title", values)
    if cost.value is not None:
        title = Text("time.manual_cost_title", values | {"cost": cost})
    source = ctx.settings.manual_work
    notes = [Text("time.note_cost")]
    if shares:
        notes.append(Text("time.note_automation", {"source": source.source, "date": source.date}))
    return Table(title=title, header=header, rows=tuple(rows), notes=tuple(notes), **box)


def _text(ctx: Context) -> Prose:
    now, manual = selling_figure(ctx, ctx.current), manual_share_figure(ctx, ctx.current)
    moved_by = yoy(ctx, now, lambda span: selling_figure(ctx, span))
    values = {"selling": now, "manual": manual}
    if moved_by.value is None:
        sentences = [Text("time.say", values)]
    else:
        sentences = [Text("time.say_moved", values | {"change": moved_by})]
    cost = manual_cost_figure(ctx, ctx.current)
    freed = automation_figures(ctx)
    if cost.value is not None:
        sentences.append(Text("time.say_cost", {"cost": cost, "rate": hour_cost_figure(ctx, ctx.current)}))
    if freed and freed["automation_value"].value is not None:
        sentences.append(Text("time.say_automation", freed))
    sentences.append(Text("time.say_unknown"))
    return Prose(id="time_text", title=Text("empty"), requirements=BOXES["time_text"], sentences=tuple(sentences))
