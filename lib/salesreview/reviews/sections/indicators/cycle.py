"""How long deals take: level, spread by product, customer type and person, stages and levers (D-28 to D-32)."""

import pandas as pd

from ....metrics import durations
from ....metrics.comparison import holm
from ....metrics.durations import Spread
from ....metrics.funnel import ratio
from ....periods import Window, add_months
from ....queries import cycle as queries
from ....record import (
    UNCLASSIFIED,
    Card,
    Cards,
    Chart,
    Exhibit,
    Figure,
    Heading,
    NotEnough,
    NotProvided,
    Point,
    Prose,
    Series,
    Text,
)
from ...context import Context, Span, change
from ...privacy import rep_labels
from ..cases import base_span, movement
from .stages import stage_exhibits, stage_label, stage_levers

FIELDS = ("opportunities.outcome", "opportunities.created_at")
MEASURES = {"cycle": "median", "cycle_mean": "mean", "cycle_p75": "p75", "cycle_p90": "p90"}
BOX = (
    ("low", "cycle_p10", "p10"),
    ("q1", "cycle_p25", "p25"),
    ("median", "cycle", "median"),
    ("q3", "cycle_p75", "p75"),
    ("high", "cycle_p90", "p90"),
)
IDS = (
    "cycle_text",
    "cycle_cards",
    "cycle_by_product",
    "cycle_by_customer_type",
    "cycle_by_rep",
    "cycle_stages",
    "cycle_levers",
)
CELLS = ("product_line", "customer_type", "size_band")
COHORT_MONTHS = 12
SIGNIFICANT = 0.05


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, cards, boxes by product line and customer type, people, stages, levers."""
    heading = Heading(id="cycle_heading", title=Text("cycle.heading"))
    box = {"title": Text("cycle.heading"), "requirements": ("D-28",)}
    missing = _missing(ctx)
    if missing:
        return heading, *(NotProvided(id=name, missing=missing, **box) for name in IDS)
    deals = won_deals(ctx, ctx.current)
    stages = stage_exhibits(ctx)
    if len(deals) < ctx.settings.minimum_n.mean:
        reason = Text("cycle.too_few", {"n": ctx.figure("cycle_deals", len(deals), ctx.current)})
        return heading, *(NotEnough(id=name, reason=reason, **box) for name in IDS[:5]), *stages
    return (
        heading,
        _prose(ctx, deals),
        _cards(ctx, deals),
        _box(ctx, deals, "product_line", "cycle_by_product", "D-29", "products.product_line"),
        _box(ctx, deals, "customer_type", "cycle_by_customer_type", "D-30", "accounts.customer_type"),
        _people(ctx, deals),
        *stages,
    )


def _missing(ctx: Context) -> tuple[str, ...]:
    missing = ctx.mart.missing(*FIELDS)
    return missing or (ctx.mart.missing("opportunities.closed_at") and ctx.mart.missing("contracts.signed_at"))


def won_deals(ctx: Context, span: Span) -> pd.DataFrame:
    """Deals won in ``span`` with a duration that is not negative, as `queries.cycle.won_deals`."""
    deals = queries.won_deals(ctx.mart, span.window)
    return deals[deals["days"] >= 0].reset_index(drop=True)


def cycle_figures(ctx: Context, span: Span | None = None) -> dict[str, Figure]:
    """Median (``cycle``), mean, P75 and P90 of the deals won in ``span``; None with flag small_n without deals."""
    span = span or ctx.current
    return _figures(ctx, span, durations.spread(won_deals(ctx, span)["days"].to_numpy()))


def median_cycle_figure(ctx: Context, span: Span | None = None) -> Figure:
    """The headline: median days from first contact to signing of the deals won in ``span`` (registry key cycle)."""
    return cycle_figures(ctx, span)["cycle"]


def kaplan_meier_figure(ctx: Context, span: Span | None = None) -> Figure:
    """Median cycle of the deals first contacted in the 12 months to the span's end and not lost, open ones censored."""
    span = span or ctx.current
    window = Window(add_months(span.window.end, -COHORT_MONTHS), span.window.end)
    found = queries.cohort(ctx.mart, window)
    won = found["won"].astype(bool).to_numpy()
    value = durations.kaplan_meier_median(found["days"].to_numpy(), won)
    flags = ("small_n",) if won.sum() < ctx.settings.minimum_n.mean else ()
    return ctx.figure("cycle_km", value, span, n=len(found), flags=flags)


def _figures(ctx: Context, span: Span, found: Spread, **member) -> dict[str, Figure]:
    flags = ("small_n",) if found.n < ctx.settings.minimum_n.mean else ()
    return {
        name: ctx.figure(name, getattr(found, measure), span, n=found.n, flags=flags, **member)
        for name, measure in MEASURES.items()
    }


def _coverage(ctx: Context, deals: pd.DataFrame) -> Figure:
    known = int(deals["contacted"].sum())
    return ctx.figure("cycle_coverage", ratio(known, len(deals)), ctx.current, numerator=known, denominator=len(deals))


def _yoy(ctx: Context, now: dict[str, Figure]) -> dict[str, Figure]:
    span = base_span(ctx, ctx.year_ago)
    before = cycle_figures(ctx, span) if span else {}
    return {name: change(figure, before.get(name), "yoy") for name, figure in now.items()}


def _case(ctx: Context, deals: pd.DataFrame, yoy: Figure) -> str:
    """`movement` of the median, but flat while the two years' durations differ by chance only."""
    span = base_span(ctx, ctx.year_ago)
    if span is None or yoy.value is None:
        return "no_base"
    beyond_chance = durations.differ(deals["days"].to_numpy(), won_deals(ctx, span)["days"].to_numpy())
    return movement(yoy, 0.0) if beyond_chance else "flat"


def _cards(ctx: Context, deals: pd.DataFrame) -> Cards:
    now = cycle_figures(ctx)
    yoy = _yoy(ctx, now)
    case = _case(ctx, deals, yoy["cycle"])
    cards = [Card(Text(f"metric.{name}"), figure, (yoy[name],)) for name, figure in now.items()]
    km = kaplan_meier_figure(ctx)
    if km.value is not None:
        cards.append(Card(Text("metric.cycle_km"), km))
    values = {"cycle": now["cycle"]} | ({"yoy": yoy["cycle"]} if case in ("better", "worse", "flat") else {})
    return Cards(
        id="cycle_cards",
        title=Text(f"cycle.title_{case}", values),
        requirements=("D-28",),
        cards=tuple(cards),
        notes=_notes(ctx, deals),
    )


def _notes(ctx: Context, deals: pd.DataFrame) -> tuple[Text, ...]:
    n, coverage = ctx.figure("cycle_deals", len(deals), ctx.current), _coverage(ctx, deals)
    notes = [Text("cycle.note_definition" if coverage.value else "cycle.note_created", {"n": n})]
    if coverage.value and coverage.value < 1:
        notes.append(Text("cycle.note_coverage", {"coverage": coverage}))
    if not deals["contracted"].any():
        notes.append(Text("cycle.note_closed"))
    wrong = int((queries.won_deals(ctx.mart, ctx.current.window)["days"] < 0).sum())
    if wrong:
        notes.append(Text("cycle.note_negative", {"n": ctx.figure("cycle_negative", wrong, ctx.current)}))
    return (*notes, Text("cycle.note_km"))


def _box(ctx: Context, deals: pd.DataFrame, by: str, name: str, requirement: str, field: str) -> Exhibit:
    box = {"id": name, "requirements": (requirement,)}
    missing = ctx.mart.missing(field)
    if missing:
        return NotProvided(title=Text(f"cycle.{by}"), missing=missing, **box)
    groups = durations.spreads(deals, by)
    solid = {member: found for member, found in groups.items() if found.n >= ctx.settings.minimum_n.mean}
    if len(solid) < 2:
        return NotEnough(title=Text(f"cycle.{by}"), reason=Text("cycle.few_groups"), **box)
    order = sorted(solid, key=lambda member: (-solid[member].median, member))
    shown = {member: _box_figures(ctx, solid[member], by, member) for member in order}
    slow, fast = order[0], order[-1]
    values = {"slow": slow, "long": shown[slow]["cycle"], "fast": fast, "short": shown[fast]["cycle"]}
    left = tuple(sorted(set(groups) - set(solid)))
    apart = durations.differ(*(deals.loc[deals[by] == member, "days"].to_numpy() for member in order))
    return Chart(
        title=Text("cycle.groups_title" if apart else "cycle.groups_even", values),
        form="box",
        categories=tuple(order),
        series=tuple(
            Series(Text(f"cycle.box_{role}"), tuple(shown[m][metric] for m in order), role) for role, metric, _ in BOX
        ),
        axes={"x": Text("cycle.axis_days")},
        summary=Text("cycle.groups_alt", values),
        notes=(Text("cycle.note_box"), *((Text("cycle.note_left_out", {"members": left}),) if left else ())),
        **box,
    )


def _box_figures(ctx: Context, found: Spread, by: str, member: str) -> dict[str, Figure]:
    at = {"dimension": by, "member": member, "n": found.n}
    return {metric: ctx.figure(metric, getattr(found, measure), ctx.current, **at) for _, metric, measure in BOX}


def _people(ctx: Context, deals: pd.DataFrame) -> Exhibit:
    """Each person's mean against what product line, customer type and size make expect (D-31)."""
    box = {"id": "cycle_by_rep", "requirements": ("D-31",)}
    missing = ctx.mart.missing("opportunities.rep_id")
    if missing:
        return NotProvided(title=Text("cycle.people"), missing=missing, **box)
    solid = _comparable(ctx, deals)
    if len(solid) < 2:
        return NotEnough(title=Text("cycle.people"), reason=Text("cycle.few_people"), **box)
    labels, ends = rep_labels(ctx), ctx.settings.top_n // 2
    counts = _counts(ctx, solid)
    if not (counts["slower"].value or counts["faster"].value):
        return _alike(ctx, solid, labels, counts["n"], box)
    shown = solid if len(solid) <= 2 * ends else pd.concat([solid.head(ends), solid.tail(ends)])
    points = tuple(_person(ctx, row, labels[row.member]) for row in shown.itertuples())
    left = ctx.figure("reps_not_shown", len(solid) - len(shown), ctx.current)
    middle = (Text("cycle.note_middle", {"n": left}),) if left.value else ()
    return Chart(
        title=Text("cycle.people_title", counts),
        form="dot",
        points=points,
        axes={"x": Text("cycle.axis_adjusted")},
        summary=Text(
            "cycle.people_alt",
            counts | {"fast": points[0].label, "low": points[0].x, "slow": points[-1].label, "high": points[-1].x},
        ),
        notes=(Text("cycle.note_mix"), Text("cycle.note_interval"), *middle),
        **box,
    )


def _alike(ctx: Context, solid: pd.DataFrame, labels: dict[str, str], n: Figure, box: dict) -> Prose:
    """What to make of it when nobody is clearly apart: the ends, and that they are no ground for judging people."""
    ends = pd.concat([solid.head(1), solid.tail(1)])
    fast, slow = (_person(ctx, row, labels[row.member]) for row in ends.itertuples())
    values = {"fast": fast.label, "low": fast.x, "slow": slow.label, "high": slow.x}
    sentences = (Text("cycle.people_ends", values), Text("cycle.note_mix"))
    return Prose(title=Text("cycle.people_even", {"n": n}), sentences=sentences, **box)


def _comparable(ctx: Context, deals: pd.DataFrame) -> pd.DataFrame:
    """`metrics.durations.case_mix` of the people with enough deals for a mean, fastest first."""
    mixed = durations.case_mix(deals[deals["rep_id"] != UNCLASSIFIED], "rep_id", CELLS, ctx.settings.minimum_n.mean)
    fewest = max(ctx.settings.minimum_n.rep, ctx.settings.minimum_n.mean)
    return mixed[(mixed["n"] >= fewest) & mixed["low"].notna() & mixed["member"].isin(rep_labels(ctx))]


def _counts(ctx: Context, solid: pd.DataFrame) -> dict[str, Figure]:
    """How many people are clearly slower and faster after Holm's correction, of how many."""
    clear = pd.Series(holm(solid["p"].astype(float).tolist()), index=solid.index) < SIGNIFICANT
    sides = {"slower": clear & (solid["difference"] > 0), "faster": clear & (solid["difference"] < 0)}
    found = {name: ctx.figure(f"reps_{name}", int(side.sum()), ctx.current) for name, side in sides.items()}
    return found | {"n": ctx.figure("reps_compared", len(solid), ctx.current)}


def _person(ctx: Context, row, label: str) -> Point:
    at = {"dimension": "rep", "member": label, "n": int(row.n)}
    return Point(
        label,
        ctx.figure(
            "cycle_adjusted",
            float(row.difference),
            ctx.current,
            numerator=float(row.mean),
            denominator=float(row.expected),
            **at,
        ),
        low=ctx.figure("cycle_adjusted_low", float(row.low), ctx.current, **at),
        high=ctx.figure("cycle_adjusted_high", float(row.high), ctx.current, **at),
    )


def _prose(ctx: Context, deals: pd.DataFrame) -> Prose:
    now = cycle_figures(ctx)
    yoy = _yoy(ctx, now)["cycle"]
    case = _case(ctx, deals, yoy)
    said = {"cycle": now["cycle"], "tail": now["cycle_p90"], "n": ctx.figure("cycle_deals", len(deals), ctx.current)}
    sentences = [Text("cycle.say_level" if deals["contacted"].any() else "cycle.say_level_created", said)]
    sentences.append(Text(f"cycle.say_{case}", {"yoy": yoy} if case != "no_base" else {}))
    km = kaplan_meier_figure(ctx)
    if km.value is not None and "small_n" not in km.flags:
        longer = km.value > now["cycle"].value * 1.1
        sentences.append(Text("cycle.say_km_longer" if longer else "cycle.say_km_close", {"km": km}))
    found = [lever for lever in stage_levers(ctx) if lever.n >= ctx.settings.minimum_n.mean]
    if found:
        slowest = max(found, key=lambda lever: (lever.median, lever.stage))
        at = {"dimension": "stage", "member": slowest.stage}
        sentences.append(
            Text(
                "cycle.say_stage",
                {
                    "stage": stage_label(slowest.stage),
                    "days": ctx.figure("stage_days", slowest.median, ctx.current, n=slowest.n, **at),
                    "potential": ctx.figure("stage_potential", slowest.potential, ctx.current, **at),
                },
            )
        )
    else:
        sentences.append(Text("cycle.say_no_stages"))
    return Prose(id="cycle_text", title=Text("empty"), requirements=("D-28", "D-32"), sentences=tuple(sentences))
