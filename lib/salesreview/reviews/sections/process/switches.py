"""What changed when a step was done in a new way (requirements S1-51, S1-52); days of change come from params."""

from datetime import timedelta

import pandas as pd

from ....metrics.process_flow import BeforeAfter, before_after
from ....metrics.worktime import working_hours
from ....periods import Window
from ....queries import leads as lead_queries
from ....queries import offers as queries
from ....queries.approvals import approval_runs, workdays
from ....record import Exhibit, Figure, Heading, Table, Text
from ....settings.process_flow import Switch
from ...context import Context, Span
from .common import at
from .slot import Slot

DAYS = 182
NEEDS = {
    "lead_response": ("leads.assigned_at", "leads.first_touch_at"),
    "proposal": ("quotes.requested_at", "quotes.prepared_at"),
    "quote_approval": ("approvals.submitted_at", "approvals.decided_at"),
    "contract_approval": ("approvals.submitted_at", "approvals.decided_at"),
    "contract_signing": ("contracts.drafted_at", "contracts.signed_at"),
}
IN_DAYS = ("contract_signing",)
SLOT = Slot("switches_table", Text("switches.heading"), ("S1-51", "S1-52"))


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading and table of the changed steps before and after."""
    heading = Heading(id="switches_heading", title=Text("switches.heading"))
    planned = ctx.settings.process_flow.switches
    if not planned:
        return heading, SLOT.absent(("params/process_flow.yml",))
    known = [one for one in planned if not ctx.mart.missing(*NEEDS[one.step])]
    if not known:
        return heading, SLOT.absent(tuple(dict.fromkeys(field for one in planned for field in NEEDS[one.step])))
    found = [(one, compared(ctx, one)) for one in known]
    told = [(one, result) for one, result in found if result is not None]
    if not told:
        return heading, SLOT.few(Text("switches.few"))
    return heading, _table(ctx, told)


def compared(ctx: Context, switch: Switch) -> BeforeAfter | None:
    """Durations of the step in the half year before and after the day of its change; None with too few of either."""
    end = min(switch.date + timedelta(days=DAYS - 1), ctx.current.window.end)
    before = Window(switch.date - timedelta(days=DAYS), switch.date - timedelta(days=1))
    if end < switch.date or before.start < ctx.mart.meta.first_day - timedelta(days=31):
        return None
    sides = (_durations(ctx, switch.step, window) for window in (before, Window(switch.date, end)))
    return before_after(*sides, fewest=ctx.settings.minimum_n.rate)


def _durations(ctx: Context, step: str, window: Window) -> pd.Series:
    """Durations of ``step`` that began in ``window`` (signing: ended), in working hours or days."""
    if step == "contract_signing":
        return queries.contracts(ctx.mart, window)["days"].dropna()
    if step == "proposal":
        rows = queries.quotes(ctx.mart, window)
        begun, ended = rows.loc[rows["version"] == 1, "requested_at"], rows.loc[rows["version"] == 1, "prepared_at"]
    elif step == "lead_response":
        rows = lead_queries.leads(ctx.mart, window, ctx.current.window.end)
        begun, ended = rows["assigned_at"], rows["first_touch_at"]
    else:
        rows = approval_runs(ctx.mart, window)
        rows = rows[rows["object"] == step.removesuffix("_approval")]
        begun, ended = rows["submitted_at"], rows["decided_at"]
    return working_hours(begun, ended, workdays(ctx.mart)).dropna()


def _table(ctx: Context, told: list[tuple[Switch, BeforeAfter]]) -> Table:
    apart = [(one, result) for one, result in told if result.differs]
    worse = [one for one, result in apart if result.low > 0]
    counts = {
        "n": ctx.figure("changes_apart", len(apart), ctx.current, dimension="verdict", member="apart"),
        "worse": ctx.figure("changes_apart", len(worse), ctx.current, dimension="verdict", member="slower"),
    }
    case = "none" if not apart else "better" if not worse else "slower" if len(worse) == len(apart) else "some"
    values = counts if case == "some" else {"n": counts["n"]} if apart else {}
    values |= {"all": str(len(told))} if apart else {}
    days = ctx.figure("compared_days", DAYS, ctx.current)
    changes = tuple(
        Text(
            "switches.change",
            {"step": Text(f"switches.step_{one.step}"), "change": one.change, "source": one.source},
        )
        for one, _ in told
    )
    labels = ("step", "date", "mean", "median", "interval", "verdict")
    return Table(
        title=Text(f"switches.title_{case}", values),
        header=tuple(Text(f"switches.{label}") for label in labels),
        rows=tuple(_row(ctx, one, result) for one, result in told),
        notes=(*changes, Text("switches.note", {"days": days}), Text("switches.goals")),
        **SLOT.at,
    )


def _row(ctx: Context, switch: Switch, found: BeforeAfter) -> tuple:
    figures = changed_figures(ctx, switch, found)
    return (
        Text(f"switches.step_{switch.step}"),
        switch.date,
        Text("switches.pair", {"before": figures["mean_before"], "after": figures["mean_after"]}),
        Text("switches.pair", {"before": figures["before"], "after": figures["after"]}),
        Text("switches.range", {"low": figures["low"], "high": figures["high"]}),
        Text(f"switches.{verdict(found)}"),
    )


def changed_figures(ctx: Context, switch: Switch, found: BeforeAfter) -> dict[str, Figure]:
    """Means and medians before and after the change (``mean_before``, ``mean_after``, ``before``, ``after``) and the
    interval of the medians' difference (``low``, ``high``), in working hours or days."""
    unit, span = "days" if switch.step in IN_DAYS else "hours", Span(f"{switch.date}", ctx.current.window)
    before, after = found.n_before, found.n_after
    values = {
        "mean_before": (found.mean_before, before),
        "mean_after": (found.mean_after, after),
        "before": (found.median_before, before),
        "after": (found.median_after, after),
        "low": (found.low, before + after),
        "high": (found.high, before + after),
    }
    return {
        what: ctx.figure(f"changed_{unit}", value, span, n=n, **at("changed_step", f"{switch.step} | {what}"))
        for what, (value, n) in values.items()
    }


def verdict(found: BeforeAfter) -> str:
    """``chance``, ``slower`` or ``faster``."""
    return "chance" if not found.differs else "slower" if found.low > 0 else "faster"
