"""Satisfaction figures that several reviews show, for all customers or for some (requirements M-18, M-20).

Each of `nps`, `csat_index`, `csat_top2` gives the figure with its 95 % interval for a `Scope`; `touchpoints` gives both
satisfaction figures by touchpoint. Without data the figures carry no value; `missing` names what is absent.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd

from ....mart.store import Mart
from ....metrics import satisfaction as metrics
from ....metrics.comparison import wilson
from ....periods import Window
from ....queries import satisfaction as queries
from ....record import Figure
from ...context import Context, Span, change

FIELDS = {"NPS": ("surveys.score", "surveys.type"), "CSAT": ("surveys.score", "surveys.type", "surveys.scale_max")}


@dataclass(frozen=True)
class Scope:
    """Some customers: the dimension and member that their figures carry, and their account ids (None: all).

    >>> Scope("customer_group", "strategic", frozenset({"A1", "A2"}))  # doctest: +SKIP
    """

    dimension: str | None = None
    member: str | None = None
    accounts: Collection[str] | None = None


WHOLE = Scope()


@dataclass(frozen=True)
class Rated:
    """A figure with its 95 % interval and its standard error in the figure's unit (None with too few answers)."""

    figure: Figure
    low: Figure
    high: Figure
    error: float | None

    @property
    def known(self) -> bool:
        return self.figure.value is not None

    @property
    def claimable(self) -> bool:
        """Whether there are answers enough for a claim (convention X-SMALL)."""
        return self.known and "small_n" not in self.figure.flags


def missing(ctx: Context, kind: str) -> tuple[str, ...]:
    """Fields without which nothing is known about the survey ``kind``, NPS or CSAT; empty when they are there."""
    return ctx.mart.missing(*FIELDS[kind])


def nps(ctx: Context, span: Span | None = None, scope: Scope = WHOLE) -> Rated:
    """Net promoter score, -100..100, of the last answer of each respondent in ``span`` (M-18)."""
    span = span or ctx.current
    found = metrics.promoter_score(_within(_promoters(ctx.mart, span.window), scope)["score"].tolist())
    bounds = (found.low, found.high)
    return _rated(ctx, "nps", span, scope, (found.value, *bounds), found.n, found.error, ctx.settings.minimum_n.rate)


def csat_index(ctx: Context, span: Span | None = None, scope: Scope = WHOLE) -> Rated:
    """Satisfaction of CSAT answers in ``span`` as an index 0-100 (M-20)."""
    span = span or ctx.current
    found = _satisfaction(_within(_answers(ctx.mart, span.window), scope))
    return _index(ctx, span, scope, found)


def csat_top2(ctx: Context, span: Span | None = None, scope: Scope = WHOLE) -> Rated:
    """Share of CSAT answers in the two highest boxes of their scale (M-20)."""
    span = span or ctx.current
    found = _satisfaction(_within(_answers(ctx.mart, span.window), scope))
    return _top2(ctx, span, scope, found)


def touchpoints(ctx: Context, span: Span | None = None, scope: Scope = WHOLE) -> dict[str, tuple[Rated, Rated]]:
    """(index, top two) by touchpoint with answers: `queries.SURVEY` for CSAT surveys, then tickets by phase.

    The figures' dimension is ``touchpoint``, joined to that of ``scope`` where it is not the whole.
    """
    span = span or ctx.current
    frames = {queries.SURVEY: _within(_answers(ctx.mart, span.window), scope)}
    tickets = _within(_tickets(ctx.mart, span.window), scope)
    frames |= {str(name): part for name, part in tickets.groupby("touchpoint", sort=True)}
    found = {}
    for name, part in frames.items():
        if len(part):
            at, answers = _joined(scope, "touchpoint", name), _satisfaction(part)
            found[name] = _index(ctx, span, at, answers), _top2(ctx, span, at, answers)
    return found


def response_rate(ctx: Context, kind: str, span: Span | None = None, scope: Scope = WHOLE) -> Figure:
    """People who answered / people asked, of survey ``kind``; no value where only answers are recorded.

    The dimension is ``survey_type``, joined to that of ``scope`` where it is not the whole.
    """
    span = span or ctx.current
    asked = queries.asked(ctx.mart, kind, span.window)
    recorded = not asked["has_answered"].all() or not ctx.mart.missing("surveys.invited")
    part = _within(asked, scope)
    n, answered = len(part), int(part["has_answered"].sum())
    at = _joined(scope, "survey_type", kind)
    return ctx.figure(
        "response_rate",
        answered / n if n and recorded else None,
        span,
        dimension=at.dimension,
        member=at.member,
        numerator=answered,
        denominator=n,
        n=n,
        flags=() if recorded else ("not_provided",),
    )


def moved(now: Rated, base: Rated | None, comparison: str = "yoy") -> Figure:
    """How a score differs from ``base``; flagged ``within_chance`` where the 95 % interval of the difference holds
    zero, ``small_n`` where either side has too few answers."""
    found = change(now.figure, base.figure if base else None, comparison)
    if found.value is None or base is None:
        return found
    flags = set(found.flags) | ({"small_n"} if "small_n" in base.figure.flags else set())
    if now.figure.unit != "ratio":
        gap = metrics.score_difference(now.figure.value, now.error, base.figure.value, base.error)
        flags |= {"within_chance"} if gap is None or not gap.excludes_zero else set()
    return replace(found, flags=tuple(sorted(flags)))


def scopes(ctx: Context, dimension: str, span: Span | None = None) -> tuple[Scope, ...]:
    """A scope for each member of ``dimension`` (tier, region, industry, size_band, customer_type), by name."""
    traits = _traits(ctx.mart, (span or ctx.current).window)
    return tuple(
        Scope(dimension, str(name), frozenset(part["account_id"]))
        for name, part in traits.groupby(dimension, sort=True)
    )


def _index(ctx: Context, span: Span, scope: Scope, found: metrics.Satisfaction) -> Rated:
    values = (found.index, found.low, found.high)
    return _rated(ctx, "csat_index", span, scope, values, found.n, found.error, ctx.settings.minimum_n.mean)


def _top2(ctx: Context, span: Span, scope: Scope, found: metrics.Satisfaction) -> Rated:
    bounds = wilson(found.top, found.n)
    values = (found.top_share, bounds and bounds.low, bounds and bounds.high)
    counts = {"numerator": found.top, "denominator": found.n}
    return _rated(ctx, "csat_top2", span, scope, values, found.n, None, ctx.settings.minimum_n.rate, **counts)


def _rated(ctx, name, span, scope, values, n, error, fewest, **counts) -> Rated:
    flags = ("small_n",) if n < fewest else ()
    where = {"dimension": scope.dimension, "member": scope.member, "n": n, "flags": flags}
    value, low, high = values
    return Rated(
        ctx.figure(name, value, span, **where, **counts),
        ctx.figure(f"{name}_low", low, span, **where),
        ctx.figure(f"{name}_high", high, span, **where),
        error,
    )


def _joined(scope: Scope, dimension: str, member: str) -> Scope:
    if scope.dimension is None:
        return Scope(dimension, member, scope.accounts)
    return Scope(f"{scope.dimension}×{dimension}", f"{scope.member} | {member}", scope.accounts)


def _within(frame: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    return frame if scope.accounts is None else frame[frame["account_id"].isin(set(scope.accounts))]


def _satisfaction(answers: pd.DataFrame) -> metrics.Satisfaction:
    return metrics.satisfaction(list(answers[["score", "low", "high"]].itertuples(index=False, name=None)))


@lru_cache(maxsize=32)
def _promoters(mart: Mart, window: Window) -> pd.DataFrame:
    return queries.promoter_answers(mart, window)


@lru_cache(maxsize=32)
def _answers(mart: Mart, window: Window) -> pd.DataFrame:
    return queries.survey_answers(mart, "CSAT", window)


@lru_cache(maxsize=32)
def _tickets(mart: Mart, window: Window) -> pd.DataFrame:
    return queries.ticket_answers(mart, window)


@lru_cache(maxsize=8)
def _traits(mart: Mart, window: Window) -> pd.DataFrame:
    return queries.account_traits(mart, window.end)
