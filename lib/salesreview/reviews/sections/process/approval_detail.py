"""Approvals by object, what slow ones go with, and a replay under other rules (P-10, P-14, P-33)."""

import pandas as pd

from ....metrics import approvals as metrics
from ....metrics.durations import spread
from ....metrics.funnel import ratio
from ....metrics.worktime import working_hours
from ....queries.approvals import approval_runs, quote_outcomes, steps_of_runs, workdays
from ....record import Exhibit, Figure, Table, Text
from ...context import Context, Span
from .slot import Slot, shaky

FIELDS = ("approvals.submitted_at", "approvals.decided_at")
SLOTS = {
    "objects": Slot("approval_objects", Text("approvals.objects"), ("P-10", "P-14", "S1-50")),
    "replay": Slot("approval_replay", Text("approvals.replay"), ("P-33", "S1-50")),
}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Steps and times by object, replay."""
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return tuple(slot.absent(missing) for slot in SLOTS.values())
    steps = _steps(ctx, ctx.current)
    if steps["object_id"].nunique() < ctx.settings.minimum_n.mean:
        return tuple(slot.few(Text("approval.none")) for slot in SLOTS.values())
    return _objects(ctx, steps), _replay(ctx, steps)


def _steps(ctx: Context, span: Span) -> pd.DataFrame:
    """`queries.approvals.steps_of_runs` with ``hours`` of each step, in working hours."""
    found = steps_of_runs(ctx.mart, span.window)
    found["hours"] = working_hours(found["submitted_at"], found["decided_at"], workdays(ctx.mart))
    return found


def _objects(ctx: Context, steps: pd.DataFrame) -> Table:
    runs = approval_runs(ctx.mart, ctx.current.window)
    runs["hours"] = working_hours(runs["submitted_at"], runs["decided_at"], workdays(ctx.mart))
    rows = []
    for name, part in runs.groupby("object"):
        own, done = steps[steps["object"] == name], part[part["hours"].notna()]
        n, at = len(part), {"dimension": "approval_object", "member": name}
        mean = {"n": len(done), "flags": shaky(ctx, len(done), "mean")}
        rate = {"denominator": len(done), "n": len(done), "flags": shaky(ctx, len(done))}
        within = int((done["hours"] <= ctx.settings.process_flow.approval_limit_hours).sum())
        clean = int((~done["returned"].astype(bool)).sum())
        departments = float(own.groupby("object_id")["department"].nunique().mean())
        times = spread(done["hours"].to_numpy())
        rows.append(
            (
                name,
                ctx.figure("approval_runs", n, ctx.current, **at),
                ctx.figure("approval_steps_each", len(own) / n, ctx.current, numerator=len(own), denominator=n, **at),
                ctx.figure("approval_departments_each", departments, ctx.current, n=n, **at),
                ctx.figure("approval_hours", times.median, ctx.current, **mean, **at),
                ctx.figure("approval_p90", times.p90, ctx.current, **mean, **at),
                ctx.figure("approval_2h", ratio(within, len(done)), ctx.current, numerator=within, **rate, **at),
                ctx.figure("first_pass", ratio(clean, len(done)), ctx.current, numerator=clean, **rate, **at),
            )
        )
    rows.sort(key=lambda row: (-(row[4].value or 0), row[0]))
    names = ("approval_runs", "approval_steps_each", "approval_departments_each", "approval_hours", "approval_p90")
    names += ("approval_2h", "first_pass")
    return Table(
        title=Text("approvals.objects_title", {"object": rows[0][0], "hours": rows[0][4], "p90": rows[0][5]}),
        header=(Text("approvals.object"), *(Text(f"approvals.col_{name}") for name in names)),
        rows=tuple(rows),
        notes=(*_queue_note(ctx, runs), Text("approvals.note_objects")),
        **SLOTS["objects"].at,
    )


def _queue_note(ctx: Context, runs: pd.DataFrame) -> tuple[Text, ...]:
    """The share of the quotes' approval time in which nobody worked on them, where the touch time is on record."""
    if ctx.mart.missing("process_steps.touch_h"):
        return (Text("approvals.note_no_touch"),)
    found = ctx.mart.query("SELECT coalesce(sum(touch_h), 0) AS touch FROM process_steps WHERE flow = '报价审批'")
    touch, own = float(found.iloc[0]["touch"]), runs.loc[runs["object"] == "quote", "hours"].dropna()
    if not touch or len(own) < ctx.settings.minimum_n.mean or own.mean() <= touch:
        return (Text("approvals.note_no_touch"),)
    mean = float(own.mean())
    at = {"numerator": mean - touch, "denominator": mean, "n": len(own)}
    share = ctx.figure("approval_queue", 1 - touch / mean, ctx.current, **at)
    return (Text("approvals.note_queue", {"share": share}),)


def outcomes(ctx: Context, span: Span | None = None) -> pd.DataFrame:
    """Closed deals with an approved quote: ``opp_id``, ``won``, ``amount``, ``hours`` of the longest approval and
    ``slow`` (longer than the setting)."""
    span = span or ctx.current
    found = quote_outcomes(ctx.mart, span.window)
    found["hours"] = working_hours(found["submitted_at"], found["decided_at"], workdays(ctx.mart))
    found["slow"] = found["hours"] > ctx.settings.process_flow.slow_approval_hours
    found["won"] = found["won"].astype(bool)
    return found


def speed_figures(ctx: Context) -> dict[str, Figure]:
    """Win rate after fast and after slow approval (``fast``, ``slow``) of the deals closed in the period."""
    found, rates = outcomes(ctx), {}
    for name, part in (("fast", found[~found["slow"]]), ("slow", found[found["slow"]])):
        won, n = int(part["won"].sum()), len(part)
        at = {"dimension": "approval_speed", "member": name, "n": n, "flags": shaky(ctx, n)}
        rates[name] = ctx.figure("win_rate", ratio(won, n), ctx.current, numerator=won, denominator=n, **at)
    return rates


def stake_figure(ctx: Context) -> Figure:
    """Lost amount of slowly approved deals above the loss rate of the fast ones; an association, not an effect."""
    found, rates = outcomes(ctx), speed_figures(ctx)
    lost = float(found.loc[found["slow"] & ~found["won"], "amount"].fillna(0).sum())
    known = rates["slow"].value is not None and rates["fast"].value is not None
    value = metrics.above_fast(lost, rates["slow"].value, rates["fast"].value) if known else None
    return ctx.figure("lost_above_fast", value, ctx.current, n=rates["slow"].n, flags=rates["slow"].flags)


def _replay(ctx: Context, steps: pd.DataFrame) -> Exhibit:
    """The period's approvals under other rules: hours, share within the limit, money of the quotes concerned."""
    flow = ctx.settings.process_flow
    stamps = metrics.stamping(steps, flow.rubber_stamp_rate, ctx.settings.minimum_n.rate)
    found = metrics.replay(steps, stamps)
    if len(found) < ctx.settings.minimum_n.mean:
        return SLOTS["replay"].few()
    rules = [rule for rule in metrics.RULES if stamps or rule in ("serial", "parallel")]
    rows = [_rule(ctx, rule, found) for rule in rules]
    values = {"now": rows[0][2], "then": rows[-1][2], "saved": rows[-1][4]}
    names = ("replay_hours", "replay_median", "replay_within", "replay_saved")
    limit = ctx.figure("limit_hours", flow.approval_limit_hours, ctx.current, dimension="limit", member="approval")
    stamp_note = Text("approvals.note_stamps", {"departments": stamps}) if stamps else Text("approvals.note_no_stamps")
    return Table(
        title=Text("approvals.replay_title", values),
        header=(Text("approvals.rule"), *(Text(f"metric.{name}") for name in names)),
        rows=tuple(rows),
        notes=(Text("approvals.note_replay", {"limit": limit}), stamp_note),
        **SLOTS["replay"].at,
    )


def _rule(ctx: Context, rule: str, found: pd.DataFrame) -> tuple:
    n, at = len(found), {"dimension": "replay", "member": rule, "n": len(found)}
    within = int((found[rule] <= ctx.settings.process_flow.approval_limit_hours).sum())
    saved = float(found["serial"].sum() - found[rule].sum())
    return (
        Text(f"approvals.rule_{rule}"),
        ctx.figure("replay_hours", float(found[rule].mean()), ctx.current, **at),
        ctx.figure("replay_median", float(found[rule].median()), ctx.current, **at),
        ctx.figure("replay_within", within / n, ctx.current, numerator=within, denominator=n, **at),
        ctx.figure("replay_saved", saved, ctx.current, **at),
    )
