"""Projects with strategic accounts: what was signed, and how those under way stand (requirements K-03, K-04)."""

from dataclasses import dataclass

import pandas as pd

from ....metrics import strategic as metrics
from ....metrics.growth import ratio
from ....queries import account_projects as queries
from ....record import Chart, Exhibit, Figure, Heading, Point, Prose, Table, Text
from ...context import Context
from ..models.pipeline import open_chances
from . import projects_signed, strategic
from .project_names import as_day, labels_of, told_apart

RUNNING = (
    ("strategic_projects_text", "strategic_projects.running_title", ("K-04",)),
    ("strategic_projects_dates", "strategic_projects.dates_title", ("K-04",)),
    ("strategic_projects_table", "strategic_projects.running_title", ("K-04",)),
)
FIELDS = ("projects.account_id",)
MILESTONES = ("project_milestones.planned",)
LATE = ("yellow", "red")


@dataclass(frozen=True)
class Running:
    """A project under way: its figures, its next milestone and its state by slip (``unknown`` without milestones).

    ``chance`` is the probability that its deal is won, None when that is decided.
    """

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
    chance: Figure | None


def running(ctx: Context) -> tuple[Running, ...]:
    """Projects of strategic accounts under way on the last day, the latest against plan first."""
    day = ctx.current.window.end
    labels = labels_of(ctx)
    found = queries.open_projects(ctx.mart, day)
    found = told_apart(found[found["account_id"].isin(labels)])
    steps = dict(tuple(queries.milestones(ctx.mart).groupby("project_id")))
    chances = open_chances(ctx)
    rows = [
        _running(ctx, row, labels[row.account_id], steps.get(row.project_id), chances.get(row.opp_id))
        for row in found.itertuples()
    ]
    return tuple(sorted(rows, key=lambda one: (-(one.slip.value or 0), -(one.amount.value or 0), one.project)))


def _running(ctx: Context, row, account: str, steps: pd.DataFrame | None, chance: Figure | None) -> Running:
    day, rules = ctx.current.window.end, ctx.settings.health
    where = {"dimension": "project", "member": row.project_id}
    found, following = None, None
    if steps is not None:
        marks = [_milestone(step) for step in steps.itertuples()]
        found = metrics.schedule(marks, as_day(row.start), day)
        following = next((one for one in steps.itertuples() if pd.isna(one.actual) or as_day(one.actual) > day), None)
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
        planned=as_day(following.planned) if following is not None else None,
        expected=last,
        chance=chance,
    )


def _milestone(step) -> metrics.Milestone:
    weight = 0.0 if pd.isna(step.weight) else float(step.weight)
    return metrics.Milestone(as_day(step.planned), as_day(step.forecast), as_day(step.actual), weight)


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading; deals signed and the time they took; paragraph, dates and table of the projects under way."""
    heading = Heading(id="strategic_projects_heading", title=Text("strategic_projects.heading"))
    absent = strategic.missing(ctx, *FIELDS)
    if absent:
        return heading, *strategic.not_provided((*projects_signed.SIGNED, *RUNNING), absent)
    return heading, *projects_signed.exhibits(ctx), *_running_exhibits(ctx)


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
            one.chance or Text("strategic_projects.decided"),
            one.step or Text("strategic_projects.no_step"),
            one.planned,
        )
        for one in shown
    ]
    header = (
        Text("strategic_projects.project"),
        Text("strategic_projects.state"),
        *(Text(f"metric.{key}") for key in ("project_amount", "project_done", "spi", "slip")),
        Text("metric.deal_win_probability"),
        Text("strategic_projects.next_step"),
        Text("strategic_projects.planned_on"),
    )
    return Table(
        id=name,
        title=Text("strategic_projects.table", {"shown": str(len(shown)), "all": str(len(found))}),
        requirements=codes,
        header=header,
        rows=tuple(rows),
        notes=(Text("strategic_projects.note_state"), Text("strategic_projects.note_chance")),
    )
