"""Work and waiting along the way from lead to order (requirements S1-47, S1-48)."""

import pandas as pd

from ....metrics.durations import spread
from ....metrics.funnel import ratio
from ....metrics.worktime import working_hours
from ....queries import stream as queries
from ....queries.approvals import workdays
from ....record import Chart, Exhibit, Figure, Heading, NotProvided, Prose, Series, Table, Text
from ...context import Context
from .slot import Slot

SLOTS = {
    "chain": Slot("stream_chain", Text("stream.chain"), ("S1-48",)),
    "touch": Slot("stream_touch", Text("stream.touch"), ("S1-47",)),
    "flows": Slot("stream_flows", Text("stream.flows"), ("S1-47",)),
    "prose": Slot("stream_text", Text("stream.heading"), ("S1-47", "S1-48")),
}
FIELDS = ("leads.received_at", "quotes.requested_at", "contracts.signed_at")
TO_ORDER = "线索到订单"


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, the eight steps as measured, touch and wait of the mapped steps, efficiency by flow, paragraph."""
    heading = Heading(id="stream_heading", title=Text("stream.heading"))
    chain, (touch, flows) = _chain(ctx), _mapped(ctx)
    return heading, chain, touch, flows, _prose(ctx, chain, flows)


def _chain(ctx: Context) -> Exhibit:
    slot, missing = SLOTS["chain"], ctx.mart.missing(*FIELDS)
    if len(missing) == len(FIELDS):
        return slot.absent(missing)
    days, rows, same_day = workdays(ctx.mart), [], None
    for name, part in queries.chain(ctx.mart, ctx.current.window).items():
        if len(part) < ctx.settings.minimum_n.mean:
            continue
        times = spread(working_hours(part["begun"], part["ended"], days).to_numpy())
        at = {"dimension": "chain_step", "member": name, "n": times.n}
        volume = ctx.figure("chain_volume", times.n, ctx.current, **at)
        if name == "ordered" and times.p90 == 0:
            same_day = (Text(f"stream.step_{name}"), volume, Text("stream.same_day"), None, None)
            continue
        rows.append(
            (
                Text(f"stream.step_{name}"),
                volume,
                ctx.figure("chain_median", times.median, ctx.current, **at),
                ctx.figure("chain_mean", times.mean, ctx.current, **at),
                ctx.figure("chain_p90", times.p90, ctx.current, **at),
            )
        )
    if len(rows) < 2:
        return slot.few()
    worst = max(rows, key=lambda row: row[3].value)
    total = sum(row[3].value for row in rows)
    share = ctx.figure("chain_share", worst[3].value / total, ctx.current, numerator=worst[3].value, denominator=total)
    names = ("chain_volume", "chain_median", "chain_mean", "chain_p90")
    return Table(
        title=Text("stream.chain_title", {"step": worst[0], "hours": worst[3], "share": share}),
        header=(Text("stream.step"), *(Text(f"stream.{name}") for name in names)),
        rows=(*rows, *((same_day,) if same_day else ())),
        total=(Text("stream.sum"), None, None, ctx.figure("chain_mean", total, ctx.current), None),
        notes=(Text("stream.note_chain"),),
        **slot.at,
    )


def _mapped(ctx: Context) -> tuple[Exhibit, Exhibit]:
    missing = ctx.mart.missing("process_steps.touch_h", "process_steps.wait_h")
    if missing:
        return SLOTS["touch"].absent(missing), SLOTS["flows"].absent(missing)
    steps = queries.mapped_steps(ctx.mart)
    return _touch(ctx, steps), _flows(ctx, steps)


def _touch(ctx: Context, steps: pd.DataFrame) -> Exhibit:
    """Touch and wait of each step of the lead-to-order flow, else of the longest flow."""
    sums = steps.groupby("flow")[["touch_h", "wait_h"]].sum().sum(axis=1)
    flow = TO_ORDER if TO_ORDER in sums.index else str(sums.idxmax())
    own = steps[steps["flow"] == flow]

    def figures(column: str) -> tuple[Figure, ...]:
        return tuple(
            ctx.figure(f"step_{column}", float(getattr(row, column)), ctx.current, dimension="flow×step",
                       member=f"{flow} | {row.step_no}")
            for row in own.itertuples()
        )  # fmt: skip

    touch, wait = figures("touch_h"), figures("wait_h")
    longest = max(wait, key=lambda figure: figure.value)
    number = longest.member.rsplit(" | ", 1)[1]
    values = {"flow": flow, "step": number, "wait": longest}
    return Chart(
        title=Text("stream.touch_title", values),
        form="stacked",
        categories=tuple(Text("stream.number", {"n": str(row.step_no)}) for row in own.itertuples()),
        series=(Series(Text("metric.step_touch_h"), touch, "part"), Series(Text("metric.step_wait_h"), wait, "part")),
        axes={"y": Text("stream.axis")},
        summary=Text("stream.touch_alt", values),
        notes=(Text("stream.note_map"),),
        **SLOTS["touch"].at,
    )


def pce_figure(ctx: Context, flow: str | None = None) -> Figure:
    """Touch time / lead time of the mapped steps of ``flow``, by default of all flows (key pce)."""
    steps = queries.mapped_steps(ctx.mart)
    own = steps if flow is None else steps[steps["flow"] == flow]
    touch, wait = float(own["touch_h"].sum()), float(own["wait_h"].sum())
    at = {"dimension": "flow", "member": flow} if flow else {}
    value = ratio(touch, touch + wait)
    flags = () if value is not None else ("small_n",)
    return ctx.figure(
        "pce", value, ctx.current, numerator=touch, denominator=touch + wait, n=len(own), flags=flags, **at
    )


def _flows(ctx: Context, steps: pd.DataFrame) -> Exhibit:
    rows = []
    for flow, own in steps.groupby("flow"):
        at, pce = {"dimension": "flow", "member": str(flow), "n": len(own)}, pce_figure(ctx, str(flow))
        lead = pce.denominator
        waste = own[own["va_class"] == "浪费"]
        wasted = float(waste["touch_h"].sum() + waste["wait_h"].sum())
        known = own["ca_pct"].dropna().astype(float)
        rows.append(
            (
                str(flow),
                ctx.figure("flow_steps", len(own), ctx.current, **at),
                ctx.figure("flow_lead_hours", lead, ctx.current, **at),
                pce,
                ctx.figure("flow_waste", ratio(wasted, lead), ctx.current, numerator=wasted, denominator=lead,
                           flags=() if lead else ("small_n",), **at),
                ctx.figure("flow_yield", float(known.prod()) if len(known) else None, ctx.current,
                           flags=() if len(known) else ("small_n",), **at),
                ctx.figure("flow_automated", int(own["automated"].astype(bool).sum()), ctx.current, **at),
            )
        )  # fmt: skip
    worst = min((row for row in rows if row[3].value is not None), key=lambda row: row[3].value)
    names = ("flow_steps", "flow_lead_hours", "pce", "flow_waste", "flow_yield", "flow_automated")
    return Table(
        title=Text("stream.flows_title", {"flow": worst[0], "pce": worst[3]}),
        header=(Text("stream.flow"), *(Text(f"metric.{name}") for name in names)),
        rows=tuple(rows),
        notes=(Text("stream.note_flows"),),
        **SLOTS["flows"].at,
    )


def _prose(ctx: Context, chain: Exhibit, flows: Exhibit) -> Exhibit:
    sentences = []
    if isinstance(chain, Table):
        ranked = sorted((row for row in chain.rows if row[3] is not None), key=lambda row: -row[3].value)
        sentences.append(Text("stream.say_chain", {"first": ranked[0][0], "one": ranked[0][3], "second": ranked[1][0],
                                                   "two": ranked[1][3]}))  # fmt: skip
    if isinstance(flows, Table):
        sentences.append(Text("stream.say_pce", {"pce": pce_figure(ctx)}))
    if not sentences and isinstance(flows, NotProvided):
        return SLOTS["prose"].absent(flows.missing)
    if not sentences:
        return SLOTS["prose"].few()
    return Prose(title=Text("empty"), sentences=tuple(sentences), **SLOTS["prose"].at)
