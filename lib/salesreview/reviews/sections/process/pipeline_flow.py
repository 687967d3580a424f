"""How the period's pipeline came and went, what slipped, and how healthy it is now (requirements S2-43, S4-31)."""

import pandas as pd

from ....metrics.bridges import balanced
from ....metrics.pipeline import Flow, flow
from ....queries import pipeline as queries
from ....record import Chart, Exhibit, Figure, Heading, Prose, Series, Table, Text
from ...context import Context, Span, change
from ..cases import base_span
from ..indicators.stages import stage_label
from ..sales.headline import headline_figures
from .pipeline_health import HEALTH, STAGES, health_exhibits
from .slot import Slot

FIELDS = ("opportunities.amount", "opportunities.closed_at")
SLOTS = {
    "flow": Slot("pipeline_flow", Text("pipeflow.flow"), ("S2-43", "S4-31")),
    "slipped": Slot("pipeline_slipped", Text("pipeflow.slipped"), ("S4-31",)),
    "health": HEALTH,
    "stages": STAGES,
    "prose": Slot("pipeline_text", Text("pipeflow.heading"), ("S2-43", "S4-31")),
}
SIGNS = {"start": 1, "created": 1, "pulled_in": 1, "cut": -1, "won": -1, "lost": -1, "slipped": -1, "end": 1}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, bridge of the pipeline, slipped deals, health, stalled deals by stage, paragraph."""
    heading = Heading(id="pipeline_heading", title=Text("pipeflow.heading"))
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return heading, *(slot.absent(missing) for slot in SLOTS.values())
    bridge, slipped = _bridge(ctx), _slipped(ctx)
    health, stages = health_exhibits(ctx, slippage_figure(ctx))
    return heading, bridge, slipped, health, stages, _prose(ctx, bridge, slipped)


def _has_shots(ctx: Context, span: Span) -> bool:
    return queries.period_deals(ctx.mart, span.window) is not None


def flow_of(ctx: Context, span: Span) -> Flow:
    """The pipeline of ``span`` from snapshots, else rebuilt from today's amounts (nothing can slip then)."""
    deals = queries.period_deals(ctx.mart, span.window)
    return flow(queries.rebuilt_deals(ctx.mart, span.window) if deals is None else deals)


def slippage_figure(ctx: Context, span: Span | None = None) -> Figure | None:
    """Amount of the deals expected in ``span`` and moved out of it (key slippage, S4-31); None without snapshots."""
    span = span or ctx.current
    if not _has_shots(ctx, span):
        return None
    found = flow_of(ctx, span)
    return ctx.figure("slippage", found.slipped, span, n=found.slipped_deals)


def slipped_share_figure(ctx: Context) -> Figure:
    """Slipped amount / all that was expected in the period at any time: the start, what came in, what was raised."""
    found = flow_of(ctx, ctx.current)
    whole = found.start + found.created + found.pulled_in
    value = found.slipped / whole if whole > 0 else None
    return ctx.figure("slippage_of_expected", value, ctx.current, numerator=found.slipped, denominator=whole)


def _bridge(ctx: Context) -> Exhibit:
    slot, found, shots = SLOTS["flow"], flow_of(ctx, ctx.current), _has_shots(ctx, ctx.current)
    if not any(vars(found).values()):
        return slot.few()
    if not shots and not queries.lost_priced(ctx.mart, ctx.current.window):
        return slot.few(Text("pipeflow.unpriced"))
    names = [name for name in SIGNS if shots or name not in ("pulled_in", "cut", "slipped")]
    moves = [SIGNS[name] * getattr(found, name) for name in names[1:-1]]
    start, end = round(found.start, 2), round(found.end, 2)
    values = (start, *balanced(moves, end - start), end)
    flags = () if shots else ("estimated",)
    figures = tuple(
        ctx.figure("pipeline_flow", value, ctx.current, dimension="flow", member=name, flags=flags)
        for name, value in zip(names, values, strict=True)
    )
    shown = dict(zip(names, figures, strict=True))
    said = {name: shown[name] for name in ("start", "won", "lost", "end")}
    title = Text("pipeflow.title_rebuilt", said)
    if shots:
        values = said | {"slipped": shown["slipped"]}
        title = Text("pipeflow.title", values)
        if not shown["end"].value:
            title = Text("pipeflow.title_closed", {k: v for k, v in values.items() if k != "end"})
    ends = ("", "") if shots else ("start", "end")
    return Chart(
        title=title,
        form="waterfall",
        categories=tuple(Text(f"pipeflow.bar_{name}{'_all' if name in ends else ''}") for name in names),
        series=(Series(Text("metric.pipeline_flow"), figures),),
        axes={"y": Text("metric.pipeline_flow")},
        marks={"totals": (0, len(names) - 1)},
        summary=Text("pipeflow.alt", said),
        reconciliation=Text("pipeflow.reconciled", {"start": shown["start"], "end": shown["end"]}),
        notes=(Text("pipeflow.note_scope" if shots else "pipeflow.note_rebuilt"),),
        **slot.at,
    )  # fmt: skip


def slipped_deals(ctx: Context, span: Span | None = None) -> pd.DataFrame:
    """Deals that were expected in ``span`` and are open and expected later, largest first."""
    deals = queries.period_deals(ctx.mart, (span or ctx.current).window)
    came = deals["start"].where(deals["start"] > 0, deals["first"])
    kept = deals[(deals["fate"] == "open") & (came > 0) & (deals["end"] == 0)].assign(slipped=came)
    return kept.sort_values(["slipped", "opp_id"], ascending=[False, True])


def _slipped(ctx: Context) -> Exhibit:
    slot = SLOTS["slipped"]
    if not _has_shots(ctx, ctx.current):
        return slot.absent(("opportunity_snapshots.expected_close",))
    found, total = slipped_deals(ctx), slippage_figure(ctx)
    stages = {name: stage_label(key) for key, names in ctx.settings.funnel.stages.items() for name in names}
    if not len(found):
        return slot.few(Text("pipeflow.none_slipped"))
    rows = []
    for row in found.head(ctx.settings.top_n).itertuples():
        at = {"dimension": "opportunity", "member": row.opp_id}
        moved = (row.expected_last - row.expected_first).days
        rows.append(
            (
                f"{row.opp_id}",
                row.account,
                stages.get(row.stage, row.stage),
                row.expected_first.date(),
                row.expected_last.date(),
                ctx.figure("days_moved", moved, ctx.current, **at),
                ctx.figure("slippage", float(row.slipped), ctx.current, **at),
            )
        )
    shown = sum(row[-1].value for row in rows)
    part = ctx.figure("slippage_share", shown / total.value, ctx.current, numerator=shown, denominator=total.value)
    base = base_span(ctx, ctx.year_ago)
    then = slippage_figure(ctx, base) if base else None
    yoy = change(total, then, "yoy")
    count = ctx.figure("slipped_deals", len(found), ctx.current)
    values = {"n": count, "amount": total} | ({"yoy": yoy} if yoy.value is not None else {})
    labels = ("deal", "account", "stage", "expected", "now", "moved", "amount")
    return Table(
        title=Text("pipeflow.slipped_yoy" if yoy.value is not None else "pipeflow.slipped_title", values),
        header=tuple(Text(f"pipeflow.{label}") for label in labels),
        rows=tuple(rows),
        notes=(Text("pipeflow.note_slipped", {"share": part}),),
        **slot.at,
    )


def _prose(ctx: Context, bridge: Exhibit, slipped: Exhibit) -> Exhibit:
    if not isinstance(bridge, Chart):
        return SLOTS["prose"].few()
    shown = {figure.member: figure for figure in bridge.series[0].figures}
    told = "say_end" if _has_shots(ctx, ctx.current) else "say_rebuilt"
    sentences = [Text(f"pipeflow.{told}", {name: shown[name] for name in ("start", "created", "won", "lost")})]
    if isinstance(slipped, Table):
        total, headline = slippage_figure(ctx), headline_figures(ctx)
        sentences.append(
            Text("pipeflow.say_slipped", {"amount": total, "n": ctx.figure("slipped_deals", total.n, ctx.current)})
        )
        gap = headline.gap
        if gap.value is not None and gap.value < 0:
            against = ctx.figure("slippage_gap", total.value / -gap.value, ctx.current, numerator=total.value,
                                 denominator=-gap.value)  # fmt: skip
            sentences.append(Text("pipeflow.say_gap", {"times": against, "gap": gap}))
        elif gap.value is not None:
            sentences.append(Text("pipeflow.say_no_gap"))
    elif not _has_shots(ctx, ctx.current):
        sentences.append(Text("pipeflow.say_no_shots"))
    return Prose(title=Text("empty"), sentences=tuple(sentences), **SLOTS["prose"].at)
