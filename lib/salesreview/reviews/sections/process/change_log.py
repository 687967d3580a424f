"""What was changed in the process, what followed, and whether changes come too often (requirements S4-20, S4-35)."""

from datetime import timedelta
from itertools import pairwise

import pandas as pd

from ....periods import containing
from ....record import Exhibit, Heading, NotProvided, Prose, Table, Text
from ....settings.process_flow import Switch
from ...context import Context
from . import switches
from .common import at, count

LOOK_BACK = timedelta(days=730)


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
    rows = tuple((one.date, Text(f"changes.step_{one.step}"), one.change, one.source, _effect(ctx, one)) for one in log)
    return Table(
        id="changes_log",
        title=Text("changes.log_title", {"n": count(ctx, "process_changes", len(log))}),
        requirements=("S4-20",),
        header=tuple(Text(f"changes.{label}") for label in ("date", "step", "what", "source", "verdict")),
        rows=rows,
        notes=(Text("changes.note"),),
    )


def _effect(ctx: Context, one: Switch) -> Text:
    """Medians before and after the change and whether they differ beyond chance, as in the table of switches."""
    if ctx.mart.missing(*switches.NEEDS[one.step]):
        return Text("changes.not_measured")
    found = switches.compared(ctx, one)
    if found is None:
        return Text("changes.few")
    figures = switches.changed_figures(ctx, one, found)
    return Text(f"changes.{switches.verdict(found)}", {name: figures[name] for name in ("before", "after")})


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
