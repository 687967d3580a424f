"""The leading figures that all reviews share: sales, target, attainment, gap and growth (requirements D-01 … D-04)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ....metrics.attainment import Resolved, TargetRow, attainment, season, target_of
from ....metrics.growth import ratio
from ....periods import Period, Window, add_months
from ....queries import sales, targets
from ....record import Card, Figure, Text
from ...context import Context, Span
from .sales_common import as_target, grown, sales_figure, unknown

BASES = {"orders": "sales", "signed": "signed", "billed": "billed", "collected": "collected"}
"""The metric of each revenue basis."""

FALLBACK_DIMENSIONS = ("region", "team", "rep", "product_line")
"""Where there is no target for the total, the first of these that has targets gives it, added up."""


@dataclass(frozen=True)
class Headline:
    """The figures of the review period on the headline basis (setting ``revenue_basis``).

    While the period runs, ``target`` is the target to date and ``target_full`` that of the whole period; afterwards
    they are the same. Figures without value carry ``no_target`` or ``no_base``. ``target_revised`` and
    ``attainment_revised`` are None when the target was not revised.
    """

    sales: Figure
    target: Figure
    target_full: Figure
    attainment: Figure
    attainment_full: Figure
    gap: Figure
    gap_ratio: Figure
    yoy: Figure
    seq: Figure
    year_ago: Figure
    previous: Figure
    target_revised: Figure | None
    attainment_revised: Figure | None

    @property
    def card(self) -> Card:
        """The card that opens every review: sales against target, year on year and on the previous period."""
        against = (as_target(self.sales, self.attainment),) if self.attainment.value is not None else ()
        return Card(Text(f"metric.{self.sales.metric}"), self.sales, (*against, self.yoy, self.seq))


def headline_figures(ctx: Context) -> Headline:
    """The one place where sales, target, attainment, gap and growth of the review period are computed."""
    basis = ctx.settings.revenue_basis
    base, before = ctx.year_ago, ctx.previous
    now, last_year, last = (amount(ctx, span, basis) for span in (ctx.current, base, before))
    goals = period_targets(ctx, ctx.period, now.metric)
    target, full = goals.to_date, goals.full
    reached = rate(ctx, "attainment", now, target)
    gap = None if target.value is None or now.value is None else now.value - target.value
    return Headline(
        sales=now,
        target=target,
        target_full=full,
        attainment=reached,
        attainment_full=rate(ctx, "attainment_full", now, full) if ctx.current.partial else reached,
        gap=ctx.figure("gap", gap, ctx.current, flags=target_flags(target)),
        gap_ratio=ctx.figure(
            "gap_ratio",
            ratio(gap, target.value),
            ctx.current,
            numerator=gap,
            denominator=target.value,
            flags=target_flags(target),
        ),
        yoy=grown(ctx, now, last_year, base, "yoy"),
        seq=grown(ctx, now, last, before, "seq"),
        year_ago=last_year,
        previous=last,
        target_revised=goals.revised,
        attainment_revised=rate(ctx, "attainment_revised", now, goals.revised) if goals.revised else None,
    )


def amount(ctx: Context, span: Span, basis: str) -> Figure:
    """Sales of a span on a basis; without value when the basis' table is missing or the data begins later."""
    if basis == "orders":
        return sales_figure(ctx, span)
    if sales.basis_missing(ctx.mart, basis):
        return ctx.figure(BASES[basis], None, span, flags=("no_base",))
    if unknown(ctx, span):
        return ctx.figure(BASES[basis], None, span, flags=("no_base",))
    found = sales.basis(ctx.mart, span.window, basis)
    return ctx.figure(BASES[basis], found.amount, span, n=found.records)


@dataclass(frozen=True)
class Targets:
    """Targets of a period: what counts to date (the full one when it is over), in full, and as last revised."""

    to_date: Figure
    full: Figure
    revised: Figure | None


def period_targets(ctx: Context, period: Period, metric: str = "sales") -> Targets:
    """The total's targets; figures without value are flagged ``no_target``."""
    span = ctx.span(period)
    book = target_book(ctx, metric)
    full = _figure(ctx, "target", book.resolve(period.window), span)
    to_date = _figure(ctx, "target_to_date", book.resolve(span.window), span) if span.partial else full
    revised = book.resolve(span.window, revised=True)
    changed = revised is not None and revised.value != to_date.value
    return Targets(to_date, full, _figure(ctx, "target_revised", revised, span) if changed else None)


def rate(ctx: Context, name: str, actual: Figure, target: Figure) -> Figure:
    """``actual`` over ``target`` with the identity of ``actual``; flagged like the target."""
    return Figure(
        name,
        attainment(actual.value, target.value),
        unit="ratio",
        period=actual.period,
        dimension=actual.dimension,
        member=actual.member,
        numerator=actual.value,
        denominator=target.value,
        n=actual.n,
        flags=tuple(dict.fromkeys((*actual.flags, *target_flags(target)))),
    )


def target_flags(target: Figure) -> tuple[str, ...]:
    return tuple(flag for flag in target.flags if flag in ("no_target", "derived_target"))


def _figure(ctx: Context, name: str, found: Resolved | None, span: Span) -> Figure:
    flags = ("no_target",) if found is None else ("derived_target",) if found.derived else ()
    return ctx.figure(name, found.value if found else None, span, flags=flags)


@dataclass(frozen=True)
class TargetBook:
    """All approved targets of one metric and dimension, and what it takes to spread them over any window."""

    original: Mapping[str, tuple[TargetRow, ...]]
    latest: Mapping[str, tuple[TargetRow, ...]]
    weights: Mapping[int, float]
    elapsed: Mapping[date, float]
    is_sum: bool = False

    def resolve(self, window: Window, member: str = "", *, revised: bool = False) -> Resolved | None:
        """The target of ``window``; with ``revised`` by the latest revision, None when nothing was revised."""
        rows = (self.latest if revised else self.original).get(member, ())
        if revised and rows == self.original.get(member, ()):
            return None
        found = target_of(rows, window, self.weights, self.elapsed)
        return Resolved(found.value, True) if found and self.is_sum else found

    def members(self, window: Window) -> dict[str, Resolved]:
        """The target of each member that has one."""
        found = {member: self.resolve(window, member) for member in self.original}
        return {member: value for member, value in found.items() if value is not None}


def target_book(ctx: Context, metric: str = "sales", dim: str = "total") -> TargetBook:
    """The targets of a dimension. Without targets for the total those of the first of `FALLBACK_DIMENSIONS` that has
    some are added up, and flagged as derived."""
    rows, is_sum = targets.rows(ctx.mart, metric, dim), False
    if dim == "total" and rows.empty:
        for other in FALLBACK_DIMENSIONS:
            rows = targets.rows(ctx.mart, metric, other)
            if not rows.empty:
                break
        keys = ["period_start", "period_end", "version", "revision"]
        rows, is_sum = rows.groupby(keys, as_index=False)["value"].sum().assign(member=""), True
    by_revision = rows.sort_values(["revision", "version"])
    keys = ["member", "period_start", "period_end"]
    return TargetBook(
        original=_rows(by_revision.drop_duplicates(keys, keep="first")),
        latest=_rows(by_revision.drop_duplicates(keys, keep="last")),
        weights=_weights(ctx),
        elapsed=_elapsed(ctx),
        is_sum=is_sum,
    )


def _rows(frame) -> dict[str, tuple[TargetRow, ...]]:
    found: dict[str, list[TargetRow]] = {}
    for row in frame.sort_values(["member", "period_start", "period_end"]).itertuples():
        window = Window(row.period_start.date(), row.period_end.date())
        found.setdefault(row.member, []).append(TargetRow(window, float(row.value)))
    return {member: tuple(rows) for member, rows in found.items()}


def _weights(ctx: Context) -> dict[int, float]:
    """Season of total sales in the three years before the period's fiscal year; one profile for all members, so that
    spread targets of the members still add up to the spread total."""
    start = ctx.period.fiscal_year().start
    first = max(add_months(start, -36), ctx.mart.meta.first_day.replace(day=1))
    monthly = {add_months(start, -back): 0.0 for back in range(1, 37) if add_months(start, -back) >= first}
    if monthly:
        found = sales.monthly(ctx.mart, Window(first, date.fromordinal(start.toordinal() - 1)))
        monthly |= {row.month.date(): row.sales for row in found.itertuples()}
    return season(monthly, start)


def _elapsed(ctx: Context) -> dict[date, float]:
    """Share of the working days inside the period's window, for the months that it only touches."""
    window = ctx.current.window
    last = add_months(window.end.replace(day=1), 1)
    whole = Window(window.start.replace(day=1), date.fromordinal(last.toordinal() - 1))
    everything = targets.workdays(ctx.mart, whole).set_index("month")["workdays"]
    inside = targets.workdays(ctx.mart, window).set_index("month")["workdays"]
    shares = {month.date(): ratio(float(days), float(everything[month])) for month, days in inside.items()}
    return {month: share for month, share in shares.items() if share is not None}
