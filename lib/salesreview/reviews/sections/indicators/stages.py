"""Time in the sales stages: slowest stage, waiting against working, levers (D-32). Part of the cycle section."""

from ....metrics import durations
from ....metrics.durations import Lever
from ....queries import cycle as queries
from ....record import UNCLASSIFIED, Chart, Exhibit, Figure, NotEnough, NotProvided, Series, Table, Text
from ...context import Context, Span, change
from ..cases import base_span

FIELDS = ("stage_history.entered_at", "stage_history.exited_at")
KNOWN = ("lead", "contact", "needs", "demo", "quote", "negotiation", "signing", "collection", "opportunity", "signed")
AFTER_SIGNING = "collection"


def stage_label(key: str) -> Text | str:
    """A stage or step in words; a stage that only the data names is shown under its own name."""
    return Text(f"funnel.step_{key}") if key in KNOWN else key or UNCLASSIFIED


def stage_levers(ctx: Context, span: Span | None = None) -> list[Lever]:
    """Stages up to signing by time in stage for the stays that ended in ``span``; empty without stage history."""
    span = span or ctx.current
    funnel = ctx.settings.funnel
    stays = queries.stage_stays(ctx.mart, funnel, span.window)
    return durations.levers(stays[stays["stage"] != AFTER_SIGNING], tuple(funnel.stages))


def stage_exhibits(ctx: Context) -> tuple[Exhibit, Exhibit]:
    """Stacked bars of waiting and working time, and the table of levers."""
    ids = ("cycle_stages", "cycle_levers")
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        box = {"title": Text("cycle.stages"), "requirements": ("D-32",), "missing": missing}
        return NotProvided(id=ids[0], **box), NotProvided(id=ids[1], **box)
    solid = [lever for lever in stage_levers(ctx) if lever.n >= ctx.settings.minimum_n.mean]
    if not solid:
        box = {"title": Text("cycle.stages"), "requirements": ("D-32",), "reason": Text("cycle.few_stays")}
        return NotEnough(id=ids[0], **box), NotEnough(id=ids[1], **box)
    return _chart(ctx, solid), _table(ctx, solid)


def _figure(ctx: Context, name: str, lever: Lever, value: float, span: Span | None = None) -> Figure:
    at = {"dimension": "stage", "member": lever.stage, "n": lever.n}
    return ctx.figure(name, value, span or ctx.current, **at)


def _chart(ctx: Context, levers: list[Lever]) -> Chart:
    slowest = max(levers, key=lambda lever: (lever.median, lever.stage))
    waited = any(lever.waiting > 0 for lever in levers)
    working = tuple(_figure(ctx, "stage_working", lever, lever.working) for lever in levers)
    series = [Series(Text("cycle.working" if waited else "cycle.in_stage"), working, "part")]
    if waited:
        waiting = tuple(_figure(ctx, "stage_waiting", lever, lever.waiting) for lever in levers)
        series.append(Series(Text("cycle.waiting"), waiting, "part"))
    values = {"stage": stage_label(slowest.stage), "days": _figure(ctx, "stage_days", slowest, slowest.median)}
    waits = max(levers, key=lambda lever: (lever.waiting, lever.stage))
    queue = {"queue": stage_label(waits.stage), "waiting": _figure(ctx, "stage_waiting", waits, waits.waiting)}
    return Chart(
        id="cycle_stages",
        title=Text("cycle.stages_title_waiting", values | queue) if waited else Text("cycle.stages_title", values),
        requirements=("D-32",),
        form="stacked",
        categories=tuple(stage_label(lever.stage) for lever in levers),
        series=tuple(series),
        axes={"y": Text("cycle.axis_mean_days")},
        summary=Text("cycle.stages_alt", values),
        notes=(Text("cycle.note_waiting" if waited else "cycle.note_no_approvals"),),
    )


def _table(ctx: Context, levers: list[Lever]) -> Table:
    span = base_span(ctx, ctx.year_ago)
    before = {lever.stage: lever for lever in stage_levers(ctx, span)} if span else {}
    still = queries.open_stays(ctx.mart, ctx.settings.funnel, ctx.current.window.end).set_index("stage")["n"].to_dict()
    rows = [_row(ctx, lever, before.get(lever.stage), span, int(still.get(lever.stage, 0))) for lever in levers]
    total = sum(lever.potential for lever in levers)
    saved = ctx.figure("stage_saving", total / 2, ctx.current)
    most = max(levers, key=lambda lever: (lever.potential, lever.stage))
    values = {
        "stage": stage_label(most.stage),
        "potential": _figure(ctx, "stage_potential", most, most.potential),
        "saved": saved,
    }
    names = (
        "stage_days",
        "growth_yoy",
        "stage_days_best",
        "stage_potential",
        "stage_waiting",
        "stage_open",
    )
    return Table(
        id="cycle_levers",
        title=Text("cycle.levers_title", values),
        requirements=("D-32",),
        header=(Text("cycle.stage"), Text("cycle.stays"), *(Text(f"cycle.col_{name}") for name in names)),
        rows=tuple(rows),
        total=(
            Text("label.total"),
            None,
            None,
            None,
            None,
            ctx.figure("stage_potential", total, ctx.current),
            None,
            None,
        ),
        notes=(Text("cycle.note_levers"), Text("cycle.note_scenario")),
    )


def _row(ctx: Context, lever: Lever, prior: Lever | None, span: Span | None, still: int) -> tuple:
    median = _figure(ctx, "stage_days", lever, lever.median)
    base = _figure(ctx, "stage_days", prior, prior.median, span) if prior else None
    return (
        stage_label(lever.stage),
        _figure(ctx, "stage_stays", lever, lever.n),
        median,
        change(median, base, "yoy"),
        _figure(ctx, "stage_days_best", lever, lever.best),
        _figure(ctx, "stage_potential", lever, lever.potential),
        _figure(ctx, "stage_waiting", lever, lever.waiting),
        _figure(ctx, "stage_open", lever, still),
    )
