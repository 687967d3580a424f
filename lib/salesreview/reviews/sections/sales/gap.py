"""Where the gap to target comes from, member by member (requirement D-02)."""

from collections.abc import Sequence
from dataclasses import dataclass

from ....metrics.bridges import Gap, Step, gap, ranked_steps
from ....record import UNCLASSIFIED, Chart, Exhibit, Figure, NotEnough, NotProvided, Series, Table, Text
from ...context import Context
from .headline import Headline, rate, target_book
from .sales_common import DIMENSIONS, grown, missing, parts, shortened

BRIDGE_DIMENSIONS = ("region", "product_line", "customer_type", "team")
DRIVERS = 3


@dataclass(frozen=True)
class MemberGap:
    """The gap over one dimension: its bars in whole cents, and one table row per member (label, sales, target,
    attainment, gap, year on year), by attainment, members without a target last."""

    dimension: str
    total: float
    bars: tuple[tuple[Step, Figure], ...]
    rows: tuple[tuple, ...]

    @property
    def drivers(self) -> tuple[Figure, ...]:
        """The members that push most in the direction of the gap, at most three."""
        sign = 1 if self.total >= 0 else -1
        return tuple(f for step, f in self.bars if step.kind == "member" and f.value * sign > 0)[:DRIVERS]

    @property
    def unallocated(self) -> Figure | None:
        """The difference that no member's target explains; None when there is none."""
        return next((figure for step, figure in self.bars if step.kind == "residual"), None)


def member_gaps(ctx: Context, found: Headline) -> tuple[MemberGap, ...]:
    """The gap by each dimension of `BRIDGE_DIMENSIONS` whose members have targets; empty without a total target or
    when the headline basis is not orders, because only orders can be cut by member."""
    if found.target.value is None or found.sales.metric != "sales":
        return ()
    gaps = (_member_gap(ctx, name, found) for name in BRIDGE_DIMENSIONS if not missing(ctx, DIMENSIONS[name]))
    return tuple(one for one in gaps if one is not None)


def member_targets(ctx: Context, dimension: str) -> dict[str, tuple[float, bool]]:
    """Target of the current window and whether it is derived, by member id."""
    goals = target_book(ctx, "sales", DIMENSIONS[dimension].target).members(ctx.current.window)
    return {member: (goal.value, goal.derived) for member, goal in goals.items()}


def _member_gap(ctx: Context, name: str, found: Headline) -> MemberGap | None:
    goals = member_targets(ctx, name)
    if not goals:
        return None
    base = ctx.year_ago
    members = parts(ctx, DIMENSIONS[name], ctx.current, base)
    labels = {member: member for member in goals} | dict(members["label"])
    split: Gap = gap(
        {row.label: row.sales for row in members.itertuples()},
        {labels[member]: value for member, (value, _) in goals.items()},
        found.sales.value,
        found.target.value,
    )
    steps = ranked_steps(split.members, split.total, ctx.settings.top_n, residual=UNCLASSIFIED)
    bars = tuple((step, _gap_figure(ctx, name, step)) for step in steps)
    sold = {member: (row.sales, row.sales_base, int(row.orders)) for member, row in members.iterrows()}
    rows = [_row(ctx, name, labels[m], sold.get(m, (0.0, 0.0, 0)), goals.get(m)) for m in sorted(labels)]
    rows.sort(key=lambda row: (row[3].value is None, row[3].value or 0.0, row[0]))
    return MemberGap(name, split.total, bars, tuple(rows))


def _gap_figure(ctx: Context, dimension: str, step: Step) -> Figure:
    metric = "target_unallocated" if step.kind == "residual" else "gap_contribution"
    return ctx.figure(metric, step.amount, ctx.current, dimension=dimension, member=step.member, n=step.count)


def _row(ctx: Context, dimension: str, label: str, sold: tuple, goal: tuple[float, bool] | None) -> tuple:
    base = ctx.year_ago
    value, before, orders = sold
    where = {"dimension": dimension, "member": label}
    flags = ("no_target",) if goal is None else ("derived_target",) if goal[1] else ()
    now = ctx.figure("sales", value, ctx.current, n=orders, **where)
    target = ctx.figure("target", goal[0] if goal else None, ctx.current, flags=flags, **where)
    short = ctx.figure("gap", value - goal[0] if goal else None, ctx.current, flags=flags, **where)
    yoy = grown(ctx, now, ctx.figure("sales", before, base, **where), base, "yoy")
    return label, now, target, rate(ctx, "attainment", now, target), short, yoy


def bridge(ctx: Context, found: Headline, gaps: Sequence[MemberGap], place: int) -> Exhibit:
    """Waterfall from target to actual over the dimension at ``place`` among those with targets."""
    exhibit_id = f"attainment_bridge_{place + 1}"
    if place >= len(gaps):
        return _absent(ctx, exhibit_id, Text("attainment.bridge"))
    split = gaps[place]
    named = {"rest": Text("common_sales.rest"), "residual": Text("metric.target_unallocated")}
    values = {"target": found.target, "sales": found.sales, "gap": found.gap}
    return Chart(
        id=exhibit_id,
        title=_bridge_title(split),
        requirements=("D-02",),
        form="waterfall",
        categories=(
            Text("metric.target"),
            *(named.get(step.kind, step.member) for step, _ in split.bars),
            Text("metric.sales"),
        ),
        series=(Series(Text("metric.gap_contribution"), (found.target, *(f for _, f in split.bars), found.sales)),),
        marks={"totals": (0, -1)},
        summary=Text("attainment.bridge_alt", values),
        reconciliation=Text("attainment.bridge_adds_up", values),
        notes=(Text("attainment.note_unallocated"),) if split.unallocated else (),
    )


def _absent(ctx: Context, exhibit_id: str, title: Text) -> Exhibit:
    if ctx.mart.missing("targets"):
        return NotProvided(id=exhibit_id, title=title, requirements=("D-02",), missing=("targets.value",))
    reason = Text("attainment.no_member_targets")
    return NotEnough(id=exhibit_id, title=title, requirements=("D-02",), reason=reason)


def _bridge_title(split: MemberGap) -> Text:
    dimension = Text(f"common_sales.by_{split.dimension}")
    if not split.drivers:
        return Text("attainment.bridge_unallocated", {"dimension": dimension})
    key = "attainment.bridge_over" if split.total >= 0 else "attainment.bridge_short"
    return Text(key, {"dimension": dimension, "drivers": named_amounts(split.drivers)})


def named_amounts(figures: Sequence[Figure]) -> tuple[Text, ...]:
    """``member (amount)`` for each figure."""
    return tuple(Text("common_sales.member_amount", {"member": f.member, "amount": f}) for f in figures)


def gap_sentences(split: MemberGap) -> list[Text]:
    """Who drives the gap, and what no member's target explains."""
    found = []
    if split.drivers:
        key = "attainment.sentence_drivers_over" if split.total >= 0 else "attainment.sentence_drivers_short"
        values = {"dimension": Text(f"common_sales.by_{split.dimension}"), "drivers": named_amounts(split.drivers)}
        found.append(Text(key, values))
    if split.unallocated is not None:
        found.append(Text("attainment.sentence_unallocated", {"amount": split.unallocated}))
    return found


def members_table(ctx: Context, found: Headline, gaps: Sequence[MemberGap]) -> Exhibit:
    """Attainment by member of the first dimension with targets; the title names those below the threshold."""
    if not gaps:
        return _absent(ctx, "attainment_members", Text("attainment.members"))
    split, limit = gaps[0], ctx.settings.thresholds.region_attainment
    below = [row[0] for row in split.rows if row[3].value is not None and row[3].value < limit]
    values: dict[str, object] = {
        "dimension": Text(f"common_sales.by_{split.dimension}"),
        "threshold": ctx.figure("attainment_threshold", limit, ctx.current),
    }
    if below:
        values["members"] = tuple(below[:DRIVERS])
    rows, notes = shortened(split.rows, key=lambda row: abs(row[4].value or 0.0))
    return Table(
        id="attainment_members",
        title=Text("attainment.members_below" if below else "attainment.members_fine", values),
        requirements=("D-02",),
        header=(
            Text(f"label.{split.dimension}"),
            Text("metric.sales"),
            Text("metric.target"),
            Text("metric.attainment"),
            Text("metric.gap"),
            Text("metric.growth_yoy"),
        ),
        rows=rows,
        notes=notes,
        total=(Text("label.total"), found.sales, found.target, found.attainment, found.gap, found.yoy),
    )
