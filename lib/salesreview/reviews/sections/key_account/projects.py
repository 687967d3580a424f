"""Projects with strategic accounts: what was signed, and how those under way stand (requirements K-03, K-04)."""

import json
from dataclasses import dataclass

import pandas as pd

from ....metrics import strategic as metrics
from ....metrics.growth import ratio
from ....queries import account_projects as queries
from ....queries.key_accounts import strategic_accounts
from ....record import Cell, Chart, Exhibit, Figure, Heading, Point, Prose, Series, Table, Text
from ...context import Context
from . import strategic

SIGNED = (
    ("strategic_signed", "strategic_projects.signed_title", ("K-03",)),
    ("strategic_signed_stages", "strategic_projects.stages_title", ("K-03",)),
)
RUNNING = (
    ("strategic_projects_text", "strategic_projects.running_title", ("K-04",)),
    ("strategic_projects_dates", "strategic_projects.dates_title", ("K-04",)),
    ("strategic_projects_table", "strategic_projects.running_title", ("K-04",)),
)
FIELDS = ("projects.account_id",)
MILESTONES = ("project_milestones.planned",)
SHOWN = 6
LATE = ("yellow", "red")


@dataclass(frozen=True)
class Running:
    """A project under way: its figures, its next milestone and its state by slip (``unknown`` without milestones)."""

    project: str
    account_id: str
    account: str
    kind: str
    state: str
    amount: Figure
    slip: Figure
    done: Figure
    spi: Figure
    step: str | None
    planned: object
    expected: object


def running(ctx: Context) -> tuple[Running, ...]:
    """Projects of strategic accounts under way on the last day, the latest against plan first."""
    day = ctx.current.window.end
    labels = _labels(ctx)
    found = queries.open_projects(ctx.mart, day)
    found = _told_apart(found[found["account_id"].isin(labels)])
    steps = dict(tuple(queries.milestones(ctx.mart).groupby("project_id")))
    rows = [_running(ctx, row, labels[row.account_id], steps.get(row.project_id)) for row in found.itertuples()]
    return tuple(sorted(rows, key=lambda one: (-(one.slip.value or 0), -(one.amount.value or 0), one.project)))


def _labels(ctx: Context) -> dict[str, str]:
    known = strategic_accounts(ctx.mart, ctx.current.window.end)
    return dict(zip(known["account_id"], known["account"], strict=True))


def _told_apart(projects: pd.DataFrame) -> pd.DataFrame:
    """Projects of one name bear their id behind it."""
    shared = projects["project"].duplicated(keep=False)
    named = projects["project"].where(~shared, projects["project"] + " " + projects["project_id"])
    return projects.assign(project=named)


def _running(ctx: Context, row, account: str, steps: pd.DataFrame | None) -> Running:
    day, rules = ctx.current.window.end, ctx.settings.health
    where = {"dimension": "project", "member": row.project_id}
    found, following = None, None
    if steps is not None:
        marks = [_milestone(step) for step in steps.itertuples()]
        found = metrics.schedule(marks, _day(row.start), day)
        following = next((one for one in steps.itertuples() if pd.isna(one.actual) or _day(one.actual) > day), None)
    get = found or metrics.Schedule(None, None, None, None, None)
    last = max((_milestone(step) for step in steps.itertuples()), key=lambda one: one.planned) if found else None
    return Running(
        project=row.project,
        account_id=row.account_id,
        account=account,
        kind=row.type,
        state=found.state(rules.slip_amber, rules.slip_red) if found else "unknown",
        amount=ctx.figure("project_amount", float(row.amount), ctx.current, **where),
        slip=ctx.figure("slip", get.slip, ctx.current, **where),
        done=ctx.figure("project_done", get.done, ctx.current, **where),
        spi=ctx.figure("spi", get.spi, ctx.current, numerator=get.done, denominator=get.planned, **where),
        step=following.name if following is not None else None,
        planned=_day(following.planned) if following is not None else None,
        expected=last,
    )


def _milestone(step) -> metrics.Milestone:
    weight = 0.0 if pd.isna(step.weight) else float(step.weight)
    return metrics.Milestone(_day(step.planned), _day(step.forecast), _day(step.actual), weight)


def _day(value: object):
    return None if value is None or pd.isna(value) else value.date()


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading; deals signed and the time they took; paragraph, dates and table of the projects under way."""
    heading = Heading(id="strategic_projects_heading", title=Text("strategic_projects.heading"))
    absent = strategic.missing(ctx, *FIELDS)
    if absent:
        return heading, *strategic.not_provided((*SIGNED, *RUNNING), absent)
    return heading, *_signed(ctx), *_running_exhibits(ctx)


def _signed(ctx: Context) -> tuple[Exhibit, ...]:
    gone = ctx.mart.missing("projects.opp_id", "opportunities.outcome")
    if gone:
        return strategic.not_provided(SIGNED, gone)
    labels = _labels(ctx)
    deals = queries.signed_projects(ctx.mart, ctx.current.window)
    deals = _told_apart(deals[deals["account_id"].isin(labels)])
    if deals.empty:
        return strategic.not_enough(SIGNED, Text("strategic_projects.none_signed"))
    shown = deals.head(SHOWN)
    rows = [_deal(ctx, row) for row in shown.itertuples()]
    total = ctx.figure(
        "project_amount", round(float(deals["amount"].sum()), 2), ctx.current, n=len(deals), **strategic.SCOPE
    )
    name, _, codes = SIGNED[0]
    values = {"n": str(len(deals)), "amount": total, "project": shown.iloc[0]["project"]}
    table = Table(
        id=name,
        title=Text("strategic_projects.signed", values),
        requirements=codes,
        header=tuple(
            Text(key)
            for key in (
                "strategic_projects.project",
                "metric.project_amount",
                "strategic_projects.signed_on",
                "metric.cycle",
                "metric.project_planned_margin",
                "strategic_projects.rivals",
                "strategic_projects.kind",
            )
        ),
        rows=tuple(rows),
        notes=(Text("strategic_projects.note_signed"), *_cases(ctx, shown)),
    )
    return table, _stages(ctx, shown)


def _cases(ctx: Context, deals: pd.DataFrame) -> tuple[Text, ...]:
    """Whether somebody wrote down how these deals were won (settings ``cases``)."""
    told = [row.opp_id for row in deals.itertuples() if row.opp_id in ctx.settings.cases.texts]
    return () if told else (Text("strategic_projects.note_cases"),)


def _deal(ctx: Context, row) -> tuple[Cell, ...]:
    where = {"dimension": "project", "member": row.project_id}
    revenue = float(row.revenue) if row.revenue and row.revenue > 0 else None
    budget = None if pd.isna(row.budget_cost) else float(row.budget_cost)
    margin = ratio(revenue - budget, revenue) if revenue and budget is not None else None
    days = (row.signed - row.first_contact).days if not pd.isna(row.first_contact) else None
    rivals = _rivals(ctx, row.rivals)
    kind = "unknown" if pd.isna(row.is_customised) else "bespoke" if row.is_customised else "standard"
    return (
        row.project,
        ctx.figure("project_amount", float(row.amount), ctx.current, **where),
        _day(row.signed),
        ctx.figure("cycle", days, ctx.current, n=1, **where),
        ctx.figure("project_planned_margin", margin, ctx.current, numerator=budget, denominator=revenue, **where),
        Text("strategic_projects.listed", {"names": rivals}) if rivals else Text("strategic_projects.no_rival"),
        Text(f"strategic_projects.{kind}"),
    )


def _rivals(ctx: Context, cell: str | None) -> tuple[str, ...]:
    try:
        ids = json.loads(cell) if cell else []
    except ValueError:
        return ()
    names = queries.competitor_names(ctx.mart)
    return tuple(names.get(one, str(one)) for one in ids)


def _stages(ctx: Context, deals: pd.DataFrame) -> Exhibit:
    """Days in each stage of the largest signed deals: a row a deal, a column a stage of the funnel."""
    name, _, codes = SIGNED[1]
    gone = ctx.mart.missing("stage_history.entered_at", "stage_history.exited_at")
    if gone:
        return strategic.not_provided((SIGNED[1],), gone)[0]
    spent = queries.stage_days(ctx.mart)
    order = {label: place for place, labels in enumerate(ctx.settings.funnel.stages.values()) for label in labels}
    spent = spent[spent["opp_id"].isin(deals["opp_id"]) & spent["stage"].isin(order)]
    stages = sorted(set(spent["stage"]), key=lambda stage: order[stage])[:-1]
    if not stages:
        return strategic.not_enough((SIGNED[1],), Text("strategic_projects.no_stages"))[0]
    days = {(row.opp_id, row.stage): float(row.days) for row in spent.itertuples()}
    rows = []
    for deal in deals.itertuples():
        cells = []
        for stage in stages:
            member = f"{deal.project_id} | {stage}"
            value = days.get((deal.opp_id, stage))
            figure = ctx.figure("stage_days", value, ctx.current, dimension="project×stage", member=member, n=1)
            cells.append(figure if value is not None else None)
        rows.append(Series(deal.project, tuple(cells)))
    known = [(figure, row.label, stage) for row in rows for figure, stage in zip(row.figures, stages, strict=True)]
    longest = max((one for one in known if one[0] is not None), key=lambda one: (one[0].value, one[1]))
    values = {"days": longest[0], "project": longest[1], "stage": longest[2]}
    return Chart(
        id=name,
        title=Text("strategic_projects.stages", values),
        requirements=codes,
        form="heatmap",
        categories=tuple(stages),
        series=tuple(rows),
        axes={"x": Text("strategic_projects.stage"), "y": Text("strategic_projects.project")},
        summary=Text("strategic_projects.stages_alt", values),
    )


def _running_exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    found = running(ctx)
    if not found:
        return strategic.not_enough(RUNNING, Text("strategic_projects.none_running"))
    if ctx.mart.missing(*MILESTONES):
        return strategic.not_provided(RUNNING, MILESTONES)
    return _text(ctx, found), _dates(ctx, found), _table(ctx, found)


def schedule_figures(ctx: Context, found: tuple[Running, ...]) -> dict[str, Figure]:
    """Projects under way (n, amount), those late by more than the amber share (late, late_amount), pooled index."""
    late = [one for one in found if one.state in LATE]
    done = sum(one.spi.numerator or 0.0 for one in found)
    planned = sum(one.spi.denominator or 0.0 for one in found)
    whole = {**strategic.SCOPE, "n": len(found)}
    part = {"dimension": "customer_group×state", "member": "strategic | late", "n": len(late)}
    return {
        "n": ctx.figure("projects_running", len(found), ctx.current, **whole),
        "amount": ctx.figure("projects_running_amount", _sum(found), ctx.current, **whole),
        "late": ctx.figure("projects_running", len(late), ctx.current, **part),
        "late_amount": ctx.figure("projects_running_amount", _sum(late), ctx.current, **part),
        "spi": ctx.figure("spi", ratio(done, planned), ctx.current, numerator=done, denominator=planned, **whole),
    }


def _sum(projects) -> float:
    return round(sum(one.amount.value or 0.0 for one in projects), 2)


def _text(ctx: Context, found: tuple[Running, ...]) -> Prose:
    figures = schedule_figures(ctx, found)
    sentences = [Text("strategic_projects.sentence", {name: figures[name] for name in ("n", "amount")})]
    late = figures["late"].value
    case = "late" if late else "on_time"
    values = {"late": figures["late"], "late_amount": figures["late_amount"]} if late else {}
    sentences.append(Text(f"strategic_projects.sentence_{case}", values))
    if late:
        worst = found[0]
        sentences.append(Text("strategic_projects.sentence_worst", {"project": worst.project, "slip": worst.slip}))
    if figures["spi"].value is not None:
        case = "behind" if figures["spi"].value < 0.995 else "level"
        sentences.append(Text(f"strategic_projects.sentence_spi_{case}", {"spi": figures["spi"]}))
    return Prose(id=RUNNING[0][0], title=Text("empty"), requirements=RUNNING[0][2], sentences=tuple(sentences))


def _dates(ctx: Context, found: tuple[Running, ...]) -> Exhibit:
    """Days from the last day of the data to the end as planned and as expected now."""
    day, points = ctx.current.window.end, []
    for one in found[: ctx.settings.top_n]:
        if one.slip.value is None or one.expected is None:
            continue
        where = {"dimension": "project", "member": one.slip.member}
        planned = (one.expected.planned - day).days
        now = ctx.figure("days_to_end", planned + one.slip.value, ctx.current, **where)
        before = ctx.figure("days_to_planned_end", planned, ctx.current, **where)
        points.append(Point(one.project, x=now, y=before))
    if not points:
        return strategic.not_enough((RUNNING[1],), Text("strategic_projects.no_milestones"))[0]
    values = {"project": points[0].label, "slip": found[0].slip}
    name, _, codes = RUNNING[1]
    case = "dates_late" if found[0].slip.value and found[0].slip.value > 0 else "dates_on_time"
    return Chart(
        id=name,
        title=Text(f"strategic_projects.{case}", values if case == "dates_late" else {}),
        requirements=codes,
        form="dumbbell",
        points=tuple(points),
        axes={"x": Text("strategic_projects.expected"), "y": Text("strategic_projects.planned")},
        summary=Text("strategic_projects.dates_alt", values),
    )


def _table(ctx: Context, found: tuple[Running, ...]) -> Table:
    name, _, codes = RUNNING[2]
    shown = found[: ctx.settings.top_n]
    rows = [
        (
            one.project,
            Text(f"strategic_projects.state_{one.state}"),
            one.amount,
            one.done,
            one.spi,
            one.slip,
            one.step or Text("strategic_projects.no_step"),
            one.planned,
        )
        for one in shown
    ]
    header = (
        Text("strategic_projects.project"),
        Text("strategic_projects.state"),
        *(Text(f"metric.{key}") for key in ("project_amount", "project_done", "spi", "slip")),
        Text("strategic_projects.next_step"),
        Text("strategic_projects.planned_on"),
    )
    return Table(
        id=name,
        title=Text("strategic_projects.table", {"shown": str(len(shown)), "all": str(len(found))}),
        requirements=codes,
        header=header,
        rows=tuple(rows),
        notes=(Text("strategic_projects.note_state"),),
    )
