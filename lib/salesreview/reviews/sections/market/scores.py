"""What promoter score and satisfaction have in common: wording by case, target, trend, groups of customers."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from ....metrics.comparison import holm
from ....metrics.satisfaction import difference_p
from ....queries import targets
from ....record import Chart, Exhibit, Figure, NotEnough, PeriodName, Point, Text
from ...context import Context, Span
from ..cases import base_span, past_quarters
from .satisfaction import WHOLE, Rated, Scope, moved, scopes

Score = Callable[..., Rated]
"""`satisfaction.nps` or `satisfaction.csat_index`."""

GROUPS = ("tier", "region")
CERTAIN = 0.05


def year_ago(ctx: Context, score: Score) -> Rated | None:
    """The score of the year-ago window; None where the data does not reach back or nobody answered."""
    span = base_span(ctx, ctx.year_ago)
    found = score(ctx, span) if span else None
    return found if found and found.known else None


def case(now: Rated, change: Figure) -> str:
    """``small``, ``no_base``, ``same`` (within chance), ``up`` or ``down``."""
    if not now.claimable:
        return "small"
    if change.value is None:
        return "no_base"
    if {"within_chance", "small_n"} & set(change.flags) or change.value == 0:
        return "same"
    return "up" if change.value > 0 else "down"


def with_values(key: str, which: str, change: Figure, **values: object) -> Text:
    """The entry ``key_which``; ``change`` goes into the cases that tell one."""
    return Text(f"{key}_{which}", values | ({"change": change} if which in ("same", "up", "down") else {}))


def target(ctx: Context, name: str) -> Figure | None:
    """The approved original target of ``name`` (nps or csat) for the review period, in points; None without one."""
    if ctx.mart.missing("targets.metric", "targets.value"):
        return None
    found = targets.rows(ctx.mart, name)
    first, last = pd.Timestamp(ctx.period.start), pd.Timestamp(ctx.period.end)
    found = found[(found["period_start"] == first) & (found["period_end"] == last) & (found["revision"] == 0)]
    return ctx.figure(f"{name}_target", float(found["value"].iloc[0]), ctx.current) if len(found) else None


def against_target(now: Rated, goal: Figure) -> str:
    """``above`` or ``below`` where the interval of the score leaves the target out, else ``open``."""
    if now.low.value is not None and now.low.value > goal.value:
        return "above"
    return "below" if now.high.value is not None and now.high.value < goal.value else "open"


def trend(ctx: Context, score: Score, key: str, box: dict, goal: Figure | None) -> Exhibit:
    """The score of the last eight quarters with its intervals; quarters without answers are left out."""
    found = [(quarter, score(ctx, ctx.span(quarter))) for quarter in past_quarters(ctx)]
    known = [(quarter, rated) for quarter, rated in found if rated.known and rated.error is not None]
    if len(known) < 2:
        return NotEnough(title=Text(f"{key}.trend"), reason=Text(f"{key}.trend_few"), **box)
    (first, before), (last, after) = known[0], known[-1]
    change = moved(after, before, "trend")
    values = {"first": PeriodName(first.code), "last": PeriodName(last.code)}
    values |= {"before": before.figure, "after": after.figure}
    which = case(after, change)
    moves = which in ("up", "down")
    return Chart(
        title=Text(f"{key}.trend_{which}", values) if moves else Text(f"{key}.trend_same", {"first": values["first"]}),
        form="dot",
        points=tuple(_point(PeriodName(quarter.code), rated) for quarter, rated in known),
        axes={"x": Text(f"metric.{before.figure.metric}")},
        marks={"reference": goal} if goal else {},
        summary=Text(f"{key}.trend_alt", values | {"quarters": str(len(known))}),
        notes=(Text("scores.note_interval"), *((Text("scores.note_target", {"goal": goal}),) if goal else ())),
        **box,
    )


def _point(label, rated: Rated) -> Point:
    return Point(label, rated.figure, low=rated.low, high=rated.high)


@dataclass(frozen=True)
class Group:
    """One group of customers: its score, the others' and whether they differ beyond chance (Holm-adjusted)."""

    scope: Scope
    rated: Rated
    gap: Figure
    differs: bool


def groups(ctx: Context, score: Score) -> tuple[Group, ...]:
    """Tiers and regions with answers enough for a claim, from the lowest score to the highest."""
    found, everybody = [], frozenset().union(*(scope.accounts for scope in scopes(ctx, "tier")))
    for dimension in GROUPS:
        if ctx.mart.missing({"tier": "accounts.tier", "region": "accounts.region_id"}[dimension]):
            continue
        for scope in scopes(ctx, dimension):
            rated = score(ctx, ctx.current, scope)
            if rated.claimable:
                others = score(ctx, ctx.current, Scope("others", scope.member, everybody - scope.accounts))
                found.append((scope, rated, others))
    p_values = holm([_p(rated, others) for _, rated, others in found])
    groups = [
        Group(scope, rated, _gap(ctx, scope, rated, others), p < CERTAIN)
        for (scope, rated, others), p in zip(found, p_values, strict=True)
    ]
    return tuple(sorted(groups, key=lambda group: (group.rated.figure.value, group.scope.member)))


def _p(one: Rated, other: Rated) -> float:
    p = difference_p(one.figure.value, one.error, other.figure.value, other.error)
    return 1.0 if p is None else p


def _gap(ctx: Context, scope: Scope, rated: Rated, others: Rated) -> Figure:
    value = rated.figure.value - others.figure.value if others.known else None
    name = f"{rated.figure.metric}_gap"
    return ctx.figure(name, value, ctx.current, dimension=scope.dimension, member=scope.member, n=rated.figure.n)


def group_chart(ctx: Context, found: tuple[Group, ...], whole: Rated, key: str, box: dict) -> Exhibit:
    """Scores of tiers and regions with their intervals, against that of all customers."""
    if len(found) < 2:
        reason = Text("scores.groups_few", {"n": str(ctx.settings.minimum_n.rate)})
        return NotEnough(title=Text(f"{key}.groups"), reason=reason, **box)
    apart = [group for group in found if group.differs]
    low, high = found[0], found[-1]
    values = {"low": low.scope.member, "low_score": low.rated.figure}
    values |= {"high": high.scope.member, "high_score": high.rated.figure}
    if apart:
        worst = max(apart, key=lambda group: abs(group.gap.value))
        side = "below" if worst.gap.value < 0 else "above"
        gap = replace(worst.gap, flags=())
        title = Text(f"{key}.groups_{side}", {"group": worst.scope.member, "gap": gap, "n": str(worst.gap.n)})
    else:
        title = Text(f"{key}.groups_alike", values)
    return Chart(
        title=title,
        form="dot",
        points=tuple(_point(group.scope.member, group.rated) for group in reversed(found)),
        axes={"x": Text(f"metric.{whole.figure.metric}")},
        marks={"reference": whole.figure},
        summary=Text("scores.groups_alt", values | {"whole": whole.figure}),
        notes=(Text("scores.note_groups", {"n": str(ctx.settings.minimum_n.rate)}),),
        **box,
    )


def whole(ctx: Context, score: Score, span: Span | None = None) -> Rated:
    """The score of all customers."""
    return score(ctx, span or ctx.current, WHOLE)
