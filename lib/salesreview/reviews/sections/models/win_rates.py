"""Past win rates of simple segments: what is known of open deals where no model is (G-11, E-22)."""

from ....models.result import Segment
from ....record import Exhibit, Figure, Table, Text
from ...context import Context
from ..indicators.stages import stage_label
from ..process.slot import Slot, shaky

SLOT = Slot("win_rates", Text("win.rates"), ("G-11",))


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """The table by stage (by age without stages); without signal by type and product line too."""
    if ctx.mart.missing("opportunities.opp_id"):
        return (SLOT.absent(("opportunities.opp_id",)),)
    found = ctx.models.win.evaluation
    rules = list(dict.fromkeys(one.rule for one in found.segments))
    chosen = rules[:1] if found.verdict == "signal" else rules
    shown = [one for rule in chosen for one in _ordered(ctx, rule, found.segments)]
    if not shown:
        return (SLOT.few(Text("win.no_rates")),)
    rows = [(Text(f"win.rule_{one.rule}"), label(one), *figures(ctx, one)) for one in shown]
    solid = [row for row in rows if row[0] == rows[0][0] and "small_n" not in row[3].flags]
    several = len({one.rule for one in shown}) > 1
    names = (Text("win.rule"), Text("win.member")) if several else (rows[0][0],)
    values = {"days": str(ctx.settings.models.win_horizon_days)}
    if solid:
        best = max(solid, key=lambda row: row[3].value)
        values |= {"best": best[1], "rate": best[3]}
    return (
        Table(
            title=Text("win.rates_title", values) if solid else SLOT.title,
            header=(*names, Text("metric.segment_snapshots"), Text("metric.segment_win_rate")),
            rows=tuple(rows if several else (row[1:] for row in rows)),
            notes=(Text("win.note_rates", {"n": str(ctx.settings.minimum_n.rate)}),),
            **SLOT.at,
        ),
    )


def figures(ctx: Context, one: Segment) -> tuple[Figure, Figure]:
    """Snapshots of a segment, and the share of them won within the horizon."""
    at = {"dimension": "rule×member", "member": f"{one.rule} | {one.member}", "n": one.rows}
    rate = one.events / one.rows if one.rows else None
    return (
        ctx.figure("segment_snapshots", one.rows, ctx.current, **at),
        ctx.figure("segment_win_rate", rate, ctx.current, numerator=one.events, denominator=one.rows,
                   flags=shaky(ctx, one.rows), **at),
    )  # fmt: skip


def label(one: Segment) -> Text | str:
    """A segment in words; names of the data stay as they are."""
    if one.rule == "stage":
        return stage_label(one.member)
    return Text(f"win.age_{one.member}") if one.rule == "age_band" else one.member


def _ordered(ctx: Context, rule: str, segments: tuple[Segment, ...]) -> list[Segment]:
    """Stages in their order, ages from young to old, others by size; at most as many as a table takes."""
    own = [one for one in segments if one.rule == rule]
    order = list(ctx.settings.funnel.stages)
    if rule == "stage":
        own.sort(key=lambda one: (order.index(one.member) if one.member in order else len(order), one.member))
    elif rule == "age_band":
        own.sort(key=lambda one: int(one.member))
    return own[: ctx.settings.top_n]
