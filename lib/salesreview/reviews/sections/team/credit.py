"""Sales by the people and teams that are credited with them, against their targets (requirements T-03, T-04, S4-27)."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ....metrics.attainment import Resolved
from ....queries.people import credit_by_rep, teams
from ....record import UNCLASSIFIED, Figure
from ...context import Context, Span, change
from ...privacy import rep_labels
from ..sales.headline import rate, target_book
from ..sales.sales_common import unknown

HOUSE = UNCLASSIFIED
"""The member that takes sales without an owner or without a team, so that members add up to all sales."""


@dataclass(frozen=True)
class Line:
    """One team or one person: credited sales, target, attainment, gap, the change in money and year on year.

    Figures without value are flagged ``no_target`` or ``no_base``.
    """

    member: str
    sales: Figure
    target: Figure
    attainment: Figure
    gap: Figure
    change: Figure
    yoy: Figure


@dataclass(frozen=True)
class Credit:
    """Credited sales of the review period and of the year before, by rep and team."""

    ctx: Context

    @cached_property
    def now(self) -> pd.DataFrame:
        return credit_by_rep(self.ctx.mart, self.ctx.current.window)

    @cached_property
    def before(self) -> pd.DataFrame:
        """As `now` for the year before; without rows when the data does not reach back."""
        found = credit_by_rep(self.ctx.mart, self.ctx.year_ago.window)
        return found if self.comparable else found.iloc[:0]

    @property
    def comparable(self) -> bool:
        return not unknown(self.ctx, self.ctx.year_ago) and self.ctx.covers(self.ctx.year_ago)

    @cached_property
    def teams(self) -> tuple[Line, ...]:
        """One line a team with sales now or before or a target, from the largest; sales of the house come last."""
        names = teams(self.ctx.mart)
        goals = _named(target_book(self.ctx, "sales", "team").members(self.ctx.current.window), names)
        return self._lines("team", goals, *(frame.groupby("team").sales.sum() for frame in (self.now, self.before)))

    @cached_property
    def reps(self) -> tuple[Line, ...]:
        """One line a person with sales now or before or a target, from the largest."""
        labels = rep_labels(self.ctx)
        goals = _named(target_book(self.ctx, "sales", "rep").members(self.ctx.current.window), labels)
        sums = [
            frame.groupby(frame.rep_id.map(lambda rep: labels.get(rep, rep))).sales.sum()
            for frame in (self.now, self.before)
        ]
        return self._lines("rep", goals, *sums)

    @property
    def total(self) -> float:
        return float(self.now.sales.sum())

    def _lines(self, dimension: str, goals: dict[str, Resolved], now: pd.Series, before: pd.Series) -> tuple[Line, ...]:
        members = sorted(set(now.index) | set(before.index) | set(goals), key=lambda m: (m == HOUSE, -now.get(m, 0), m))
        return tuple(self._line(dimension, m, goals.get(m), now.get(m, 0.0), before.get(m, 0.0)) for m in members)

    def _line(self, dimension: str, member: str, goal: Resolved | None, now: float, before: float) -> Line:
        ctx, where = self.ctx, {"dimension": dimension, "member": member}
        flags = ("no_target",) if goal is None else ("derived_target",) if goal.derived else ()
        sales = ctx.figure("credited_sales", now, ctx.current, **where)
        target = ctx.figure("target", goal.value if goal else None, ctx.current, flags=flags, **where)
        base = ctx.figure("credited_sales", before, ctx.year_ago, **where) if self.comparable else None
        moved = now - before if self.comparable else None
        return Line(
            member=member,
            sales=sales,
            target=target,
            attainment=rate(ctx, "credited_attainment", sales, target),
            gap=ctx.figure("credited_gap", now - goal.value if goal else None, ctx.current, flags=flags, **where),
            change=ctx.figure(
                "credited_change", moved, ctx.current, flags=() if self.comparable else ("no_base",), **where
            ),
            yoy=change(sales, base, "yoy"),
        )


def _named(goals: dict[str, Resolved], names: dict[str, str]) -> dict[str, Resolved]:
    """Targets by name instead of id; those of members that share a name are added."""
    found: dict[str, Resolved] = {}
    for member, goal in goals.items():
        name = names.get(member, member)
        other = found.get(name, Resolved(0.0, False))
        found[name] = Resolved(other.value + goal.value, other.derived or goal.derived)
    return found


def in_post(credit: pd.DataFrame, span: Span) -> pd.DataFrame:
    """People who were in post for at least half of the span (T-05)."""
    return credit[(credit.rep_id != UNCLASSIFIED) & (credit.days_in_post * 2 >= span.window.days)]
