"""Acquisition cost as figures: lagged, fully loaded, with its parts. Part of the section acquisition."""

from dataclasses import dataclass
from functools import cached_property

from ....metrics import acquisition as metrics
from ....metrics.funnel import ratio
from ....periods import Window
from ....queries import acquisition as queries
from ....queries import sales
from ....record import Figure
from ...context import Context, Span, change
from ..cases import newcomer_base, past_quarters
from .cycle import median_cycle_figure

LOADED_FIELDS = ("marketing_spend.amount", "rep_costs.base", "reps.acquisition_share")
PEOPLE = queries.COMPONENTS[1:]
FULL = 0.999
"""Coverage from which cost records count as complete."""


@dataclass(frozen=True)
class CacFigures:
    """Acquisition cost of one span. ``cac`` is fully loaded and lagged, ``unlagged`` loaded without the lag,
    ``marketing`` lagged marketing spend only; each None where its data is absent. ``components`` are the parts of
    ``cost`` by `queries.acquisition.COMPONENTS`."""

    cac: Figure
    unlagged: Figure
    marketing: Figure
    cost: Figure
    coverage: Figure
    customers: Figure
    components: dict[str, Figure]
    window: Window

    @property
    def headline(self) -> Figure:
        """The figure to speak of: fully loaded, or marketing only where people's costs are not provided."""
        return self.marketing if self.cac.numerator is None and self.marketing.numerator is not None else self.cac

    def named(self, name: str) -> Figure:
        """The figure of metric ``name``."""
        figures = (self.cac, self.unlagged, self.marketing, self.cost, self.customers)
        return next(figure for figure in figures if figure.metric == name)


@dataclass(frozen=True)
class Acquisition:
    """The review period's acquisition cost, the spans it is compared with, and the quarters before."""

    ctx: Context

    @cached_property
    def lag(self) -> int:
        """Months by which cost is moved: the setting, else the median cycle of the review period / 30 (D-19)."""
        if self.ctx.settings.cac_lag_months is not None:
            return self.ctx.settings.cac_lag_months
        return metrics.lag_months(median_cycle_figure(self.ctx).value)

    @cached_property
    def loaded(self) -> bool:
        """Whether the cost of people is provided."""
        return not self.ctx.mart.missing(*LOADED_FIELDS)

    @cached_property
    def now(self) -> CacFigures:
        return self.of(self.ctx.current)

    @cached_property
    def bases(self) -> dict[str, CacFigures]:
        """What ``yoy`` and ``seq`` compare with, where the data reaches back."""
        spans = {"yoy": newcomer_base(self.ctx, self.ctx.year_ago), "seq": newcomer_base(self.ctx, self.ctx.previous)}
        return {comparison: self.of(span) for comparison, span in spans.items() if span}

    @cached_property
    def quarters(self) -> tuple[CacFigures, ...]:
        """The last whole quarters whose cost months are all covered, oldest first."""
        found = []
        for quarter in past_quarters(self.ctx):
            span = self.ctx.span(quarter)
            if self.covered(self.cost_window(span)) >= FULL:
                found.append(self.of(span))
        return tuple(found)

    def moved(self, now: Figure, comparison: str = "yoy") -> Figure:
        """The change of a figure of `now`."""
        base = self.bases.get(comparison)
        return change(now, base.named(now.metric) if base else None, comparison)

    def cost_window(self, span: Span) -> Window:
        return metrics.moved_back(span.window, self.lag)

    def costs(self, window: Window) -> tuple[dict[str, float], float | None]:
        """Acquisition cost of ``window`` by component, and the share of rep cost whose acquisition share is known."""
        monthly = queries.marketing_by_month(self.ctx.mart, window)
        found = {"marketing": metrics.prorated(monthly, window)}
        if not self.loaded:
            return found, None
        shared, known = metrics.acquisition_share(queries.rep_costs_by_month(self.ctx.mart, window), PEOPLE)
        return found | {name: metrics.prorated(shared, window, name) for name in PEOPLE}, known

    def covered(self, window: Window) -> float:
        """Share of ``window`` between the first and last month of every cost table that is used."""
        used = self._bounds if self.loaded else self._bounds[self._bounds["source"] == "marketing"]
        bounds = [(row.first.date(), row.last.date()) for row in used.itertuples()]
        return min((metrics.month_coverage(window, *pair) for pair in bounds), default=0.0)

    @cached_property
    def _bounds(self):
        return queries.cost_bounds(self.ctx.mart)

    def of(self, span: Span) -> CacFigures:
        """`CacFigures` of ``span``."""
        window, ctx = self.cost_window(span), self.ctx
        fresh = int(queries.new_customers(ctx.mart, span.window)["customers"].sum())
        lagged, known = self.costs(window)
        straight, _ = self.costs(span.window)
        covered, covered_now = self.covered(window), self.covered(span.window)
        share = covered * (1.0 if known is None else known)
        flags = ("small_n",) if fresh < ctx.settings.minimum_n.mean else ()
        flags += (f"coverage={share:.2f}",) if share < FULL else ()

        def per_customer(name: str, costs: dict[str, float] | None, coverage: float) -> Figure:
            total = None if costs is None or coverage < FULL else round(sum(costs.values()), 2)
            absent = () if costs is not None else ("not_provided",)
            short = (f"coverage={coverage:.2f}",) if coverage < FULL and not any("coverage" in f for f in flags) else ()
            at = {"numerator": total, "denominator": fresh, "n": fresh, "flags": flags + absent + short}
            return ctx.figure(name, metrics.per_customer(total, fresh), span, **at)

        whole_cost = round(sum(lagged.values()), 2)
        return CacFigures(
            cac=per_customer("cac", lagged if self.loaded else None, covered),
            unlagged=per_customer("cac_unlagged", straight if self.loaded else None, covered_now),
            marketing=per_customer("cac_marketing", {"marketing": lagged["marketing"]}, covered),
            cost=ctx.figure("acquisition_cost", whole_cost if covered >= FULL else None, span, flags=flags),
            coverage=ctx.figure("acquisition_coverage", share, span),
            customers=ctx.figure("new_customers", fresh, span, n=fresh),
            components={
                name: ctx.figure("acquisition_cost", value, span, dimension="component", member=name)
                for name, value in lagged.items()
            },
            window=window,
        )


def payback_figure(ctx: Context, cac: Figure) -> Figure:
    """Months until a new customer's margin has paid for it (cac_payback): CAC / (monthly ARPA x gross margin).

    ARPA and margin are those of all buying accounts of the review period; the margin of lines with a cost. None and
    flagged ``not_recoverable`` when the margin is not above zero.
    """
    facts = sales.totals(ctx.mart, ctx.current.window)
    arpa = ratio(facts.sales, facts.accounts)
    per_month = None if arpa is None else arpa / metrics.months_in(ctx.current.window)
    margin = ratio(facts.costed_sales - facts.cost, facts.costed_sales)
    value = metrics.payback_months(cac.value, per_month, margin)
    lost = margin is not None and margin <= 0
    flags = tuple(flag for flag in cac.flags if flag != "partial") + (("not_recoverable",) if lost else ())
    flags += ("not_provided",) if margin is None else ()
    earned = per_month * margin if per_month is not None and margin is not None else None
    return ctx.figure("cac_payback", value, ctx.current, numerator=cac.value, denominator=earned, flags=flags)
