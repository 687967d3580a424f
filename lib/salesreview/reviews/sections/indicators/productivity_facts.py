"""Who was in post in one span, what they sold and cost, read once for all sections that ask."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ....metrics import productivity as metrics
from ....metrics.acquisition import prorated
from ....metrics.growth import ratio
from ....queries import margin as margin_queries
from ....queries import productivity as queries
from ....queries import sales
from ....record import Figure
from ...context import Context, Span

COST = "order_lines.cost_amount"
STAFF_COST = "rep_costs.month"


@dataclass(frozen=True)
class Facts:
    """Quota-carrying people of one span with what they sold."""

    ctx: Context
    span: Span

    @cached_property
    def staff(self) -> pd.DataFrame:
        """One row a person in post on some day: rep_id, team, active_days, fte, is_ramping and credited sales facts."""
        reps = queries.reps(self.ctx.mart)
        frame = metrics.staff(reps, self.span.window, self.ctx.settings.ramp_months)
        sold = queries.sales_by_rep(self.ctx.mart, self.span.window, self.ctx.settings.key_tiers)
        frame = frame.merge(sold, on="rep_id", how="left")
        columns = [column for column in sold.columns if column != "rep_id"]
        frame[columns] = frame[columns].fillna(0.0)
        per_year = [metrics.annualised(row.sales, row.active_days) for row in frame.itertuples()]
        return frame.assign(annual=per_year)

    @cached_property
    def totals(self) -> sales.Totals:
        return sales.totals(self.ctx.mart, self.span.window)

    @property
    def fte(self) -> float:
        return float(self.staff["fte"].sum())

    @cached_property
    def staff_cost(self) -> float:
        found = margin_queries.staff_cost_by_month(self.ctx.mart, self.span.window)
        return sum(prorated(found, self.span.window, part) for part in margin_queries.STAFF_PARTS)

    @property
    def settled(self) -> pd.DataFrame:
        """People past their ramp with enough orders to be ranked, best sales a year first."""
        enough = self.staff["orders"] >= self.ctx.settings.minimum_n.rep
        chosen = self.staff[enough & ~self.staff["is_ramping"]]
        return chosen.sort_values(["annual", "rep_id"], ascending=[False, True])

    def figure(self, name: str, value: float | None, **rest) -> Figure:
        return self.ctx.figure(name, value, self.span, **rest)

    @property
    def _dated(self) -> tuple[str, ...]:
        return ("estimated",) if self.ctx.mart.missing("reps.hire_date") else ()

    def per_head(self, name: str, amount: float, **identity) -> Figure:
        value = metrics.per_head(amount, self.fte)
        rest = {"numerator": amount, "denominator": self.fte, "n": len(self.staff), "flags": self._dated}
        return self.figure(name, value, **rest, **identity)

    def headline(self) -> dict[str, Figure]:
        """Figures of the cards by name; those whose data is absent are left out."""
        found = {
            "productivity": self.per_head("productivity", self.totals.sales),
            "fte": self.figure("fte", self.fte, n=len(self.staff), flags=self._dated),
        }
        if not self.ctx.mart.missing(COST):
            found["profit"] = self.per_head("profit_per_head", self.totals.costed_sales - self.totals.cost)
        if not self.ctx.mart.missing(STAFF_COST):
            value = ratio(self.totals.sales, self.staff_cost)
            rest = {"numerator": self.totals.sales, "denominator": self.staff_cost}
            found["per_cost"] = self.figure("sales_per_cost", value, **rest)
        return found
