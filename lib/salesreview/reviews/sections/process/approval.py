"""How long approvals take, on the working clock (requirements P-10, P-25, S1-50)."""

import pandas as pd

from ....metrics.worktime import working_hours
from ....queries.approvals import approval_runs, approval_steps, workdays
from ....record import Card, Cards, Exhibit, Figure, Heading, NotEnough, NotProvided, Prose, Table, Text
from ...context import Context, Span, change
from .common import at

FIELDS = ("approvals.submitted_at", "approvals.decided_at")
LIMIT_HOURS = 2


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards (median, share within two hours, first pass), hours by department, paragraph."""
    heading = Heading(id="approval_heading", title=Text("approval.heading"))
    ids = ("approval_cards", "approval_departments", "approval_text")
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return heading, *(
            NotProvided(id=name, title=Text("approval.heading"), requirements=("P-10",), missing=missing)
            for name in ids
        )
    now = headline(ctx, ctx.current)
    if now["hours"].value is None:
        reason = Text("approval.none")
        return heading, *(
            NotEnough(id=name, title=Text("approval.heading"), requirements=("P-10",), reason=reason) for name in ids
        )
    then = headline(ctx, ctx.year_ago) if ctx.covers(ctx.year_ago) else {}
    yoy = {name: change(figure, then.get(name), "yoy") for name, figure in now.items()}
    departments = _departments(ctx)
    return (
        heading,
        Cards(
            id="approval_cards",
            title=_title(now["hours"], yoy["hours"]),
            requirements=("P-10", "S1-50"),
            cards=tuple(Card(Text(f"approval.{name}"), figure, (yoy[name],)) for name, figure in now.items()),
        ),
        departments,
        _text(now, departments),
    )


def headline(ctx: Context, span: Span) -> dict[str, Figure]:
    """Median working hours from first submission to last decision, share within two hours, share never returned."""
    runs = approval_runs(ctx.mart, span.window)
    decided = runs[runs.decided_at.notna()]
    hours = working_hours(decided.submitted_at, decided.decided_at, workdays(ctx.mart))
    n = len(decided)
    flags = ("small_n",) if n < ctx.settings.minimum_n.mean else ()
    within, clean = int((hours <= LIMIT_HOURS).sum()), int((~decided.returned.astype(bool)).sum())

    def ratio(name: str, count: int) -> Figure:
        return ctx.figure(name, count / n if n else None, span, numerator=count, denominator=n, n=n, flags=flags)

    return {
        "hours": ctx.figure("approval_hours", float(hours.median()) if n else None, span, n=n, flags=flags),
        "within": ratio("approval_2h", within),
        "first_pass": ratio("first_pass", clean),
    }


def _title(hours: Figure, yoy: Figure) -> Text:
    if yoy.value is None:
        return Text("approval.title", {"hours": hours})
    case = "slower" if yoy.value > 0 else "faster" if yoy.value < 0 else "same"
    return Text(f"approval.title_{case}", {"hours": hours, "yoy": yoy})


def _departments(ctx: Context) -> Table:
    """Steps, hours and queue of each department, largest queue first."""
    now = _by_department(ctx, ctx.current)
    then = _by_department(ctx, ctx.year_ago) if ctx.covers(ctx.year_ago) else {}
    whole = sum(figures["queue_hours"].value for figures in now.values())
    total = ctx.figure("queue_hours", whole, ctx.current, n=sum(figures["n"] for figures in now.values()))
    rows = []
    for name, figures in sorted(now.items(), key=lambda item: (-item[1]["queue_hours"].value, item[0])):
        queue, hours = figures["queue_hours"], figures["approval_hours"]
        rows.append(
            (
                name,
                ctx.figure("approval_steps", figures["n"], ctx.current, **at("department", name), n=figures["n"]),
                hours,
                change(hours, then.get(name, {}).get("approval_hours"), "yoy"),
                figures["approval_p90"],
                queue,
                _held(ctx, name, queue.value, whole),
            )
        )
    names = ("approval_steps", "approval_hours", None, "approval_p90", "queue_hours", "queue_share")
    header = (Text(f"metric.{n}") if n == "queue_hours" else Text(f"approval.col_{n or 'yoy'}") for n in names)
    return Table(
        id="approval_departments",
        title=Text("approval.departments_title", {"total": total, "department": rows[0][0], "share": rows[0][6]}),
        requirements=("P-10", "P-25"),
        header=(Text("approval.department"), *header),
        rows=tuple(rows),
        notes=(Text("approval.note_clock"),),
    )


def _held(ctx: Context, name: str, part: float, whole: float) -> Figure:
    """A department's part of all hours in queue."""
    value = part / whole if whole else None
    flags = () if whole else ("small_n",)
    return ctx.figure(
        "queue_share", value, ctx.current, numerator=part, denominator=whole, flags=flags, **at("department", name)
    )


def _by_department(ctx: Context, span: Span) -> dict[str, dict]:
    """``approval_hours`` (median), ``approval_p90``, ``queue_hours`` (sum) and ``n`` of the steps by department."""
    steps = approval_steps(ctx.mart, span.window)
    hours = working_hours(steps.submitted_at, steps.decided_at, workdays(ctx.mart))
    found = {}
    for name, values in pd.Series(hours.to_numpy(), index=steps.department).groupby(level=0):
        flags = ("small_n",) if len(values) < ctx.settings.minimum_n.mean else ()
        tail = values.quantile(0.9)
        measures = {"approval_hours": values.median(), "approval_p90": tail, "queue_hours": values.sum()}
        identity = at("department", name) | {"n": len(values), "flags": flags}
        figures = {metric: ctx.figure(metric, float(value), span, **identity) for metric, value in measures.items()}
        found[name] = figures | {"n": len(values)}
    return found


def _text(now: dict[str, Figure], departments: Table) -> Prose:
    number = f"{now['hours'].n:,}"
    sentences = [Text("approval.sentence", {"hours": now["hours"], "within": now["within"], "n": number})]
    known = [row for row in departments.rows if "small_n" not in row[2].flags]
    if known:
        slowest = max(known, key=lambda row: (row[2].value, row[0]))
        sentences.append(Text("approval.sentence_slowest", {"department": slowest[0], "hours": slowest[2]}))
    slowed = max((row for row in known if row[3].value is not None), key=lambda row: row[3].value, default=None)
    if slowed and slowed[3].value > 0:
        values = {"department": slowed[0], "hours": slowed[2], "yoy": slowed[3]}
        sentences.append(Text("approval.sentence_slowed", values))
    return Prose(id="approval_text", title=Text("empty"), requirements=("P-10",), sentences=tuple(sentences))
