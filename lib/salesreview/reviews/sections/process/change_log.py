"""What was changed in the process, what followed, and whether changes come too often (requirements S4-20, S4-35)."""

from datetime import date, timedelta
from itertools import pairwise

import pandas as pd

from ....metrics.durations import differ
from ....metrics.worktime import working_hours
from ....periods import Window, containing
from ....queries import approvals
from ....record import Exhibit, Figure, Heading, NotProvided, Prose, Table, Text
from ....settings.process_flow import Switch
from ...context import Context
from .common import at, count, middle

LOOK_BACK = timedelta(days=730)
EITHER_SIDE = timedelta(days=180)
MEASURED = {"quote_approval": "quote", "contract_approval": "contract"}
"""Steps whose effect the approval log shows, and the object approved."""


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, the log of the last two years with what followed, the check of its pace."""
    heading = Heading(id="changes_heading", title=Text("changes.heading"))
    log = changes(ctx)
    if not ctx.settings.process_flow.switches:
        fixed = {"title": Text("changes.heading"), "missing": ("params/process_flow.yml",)}
        boxes = {"changes_log": ("S4-20",), "changes_pace": ("S4-35",)}
        return heading, *(NotProvided(id=name, requirements=rows, **fixed) for name, rows in boxes.items())
    return heading, _log(ctx, log), _pace(ctx, log)


def changes(ctx: Context) -> list[Switch]:
    """Process changes of the two years up to the cut-off, latest first."""
    end = ctx.current.window.end
    found = [one for one in ctx.settings.process_flow.switches if end - LOOK_BACK <= one.date <= end]
    return sorted(found, key=lambda one: (-one.date.toordinal(), one.step))


def _log(ctx: Context, log: list[Switch]) -> Exhibit:
    rows = []
    for number, one in enumerate(log, start=1):
        before, after, verdict = _effect(ctx, one, number)
        rows.append((one.date, Text(f"changes.step_{one.step}"), one.change, one.source, before, after, verdict))
    labels = ("date", "step", "what", "source", "before", "after", "verdict")
    return Table(
        id="changes_log",
        title=Text("changes.log_title", {"n": count(ctx, "process_changes", len(log))}),
        requirements=("S4-20",),
        header=tuple(Text(f"changes.{label}") for label in labels),
        rows=tuple(rows),
        notes=(Text("changes.note"),),
    )


def _effect(ctx: Context, one: Switch, number: int) -> tuple[Figure | None, Figure | None, Text]:
    """Median approval hours in the half-year before and after the change, and whether they differ beyond chance."""
    if one.step not in MEASURED or ctx.mart.missing("approvals.decided_at"):
        return None, None, Text("changes.not_measured")
    last = min(one.date + EITHER_SIDE, ctx.current.window.end)
    sides = [
        _hours(ctx, MEASURED[one.step], *ends)
        for ends in ((one.date - EITHER_SIDE, one.date - timedelta(days=1)), (one.date, last))
    ]
    names = [at("change×side", f"{number} | {side}") for side in ("before", "after")]
    figures = [middle(ctx, "approval_hours", hours, **name) for hours, name in zip(sides, names, strict=True)]
    if any(len(hours) < ctx.settings.minimum_n.rate for hours in sides):
        return *figures, Text("changes.few")
    if not differ(*sides):
        return *figures, Text("changes.alike")
    return *figures, Text("changes.slower" if figures[1].value > figures[0].value else "changes.faster")


def _hours(ctx: Context, kind: str, start: date, end: date) -> pd.Series:
    runs = approvals.approval_runs(ctx.mart, Window(start, end))
    runs = runs[(runs["object"] == kind) & runs["decided_at"].notna()]
    return working_hours(runs["submitted_at"], runs["decided_at"], approvals.workdays(ctx.mart))


def _pace(ctx: Context, log: list[Switch]) -> Exhibit:
    limits, dates = ctx.settings.change_limits, sorted(one.date for one in log)
    quarters = pd.Series([containing("Q", day, ctx.period.fiscal_start).code for day in dates], dtype=object)
    most = int(quarters.value_counts().max()) if len(dates) else 0
    gaps = [(later - earlier).days for earlier, later in pairwise(dates)]
    busiest = count(ctx, "process_changes", most, **at("quarter", "busiest"))
    limit = count(ctx, "process_changes", limits.most_per_quarter, **at("quarter", "limit"))
    kept = most <= limits.most_per_quarter and all(gap >= limits.least_days_between for gap in gaps)
    sentences = [Text("changes.say_quarter", {"most": busiest, "limit": limit})]
    if gaps:
        shortest = ctx.figure("change_gap", float(min(gaps)), ctx.current, **at("changes", "shortest_gap"))
        least = ctx.figure("change_gap", float(limits.least_days_between), ctx.current, **at("changes", "least_gap"))
        sentences.append(Text("changes.say_gap", {"shortest": shortest, "least": least}))
    sentences.append(Text("changes.say_kept" if kept else "changes.say_broken"))
    return Prose(id="changes_pace", title=Text("changes.pace"), requirements=("S4-35",), sentences=tuple(sentences))
