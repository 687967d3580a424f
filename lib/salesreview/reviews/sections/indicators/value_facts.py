"""What customers are worth at the end of one span, read once for all sections that ask."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import pandas as pd

from ....metrics import cltv
from ....metrics.growth import ratio
from ....metrics.retention import annualised
from ....periods import Window
from ....queries import retention as retention_queries
from ....queries import value as queries
from ....record import Figure
from ...context import Context, Span


@dataclass(frozen=True)
class Facts:
    """Accounts at the end of one span: yearly margin, churn of their segment and lifetime value."""

    ctx: Context
    span: Span

    @property
    def year(self) -> Window:
        """The twelve months up to the span's last day."""
        end = self.span.window.end
        return Window(Window(end, end).years_back().end + timedelta(days=1), end)

    @cached_property
    def base(self) -> pd.DataFrame:
        """Accounts active a year ago or at the span's end, as `queries.retention.base`."""
        return retention_queries.base(self.ctx.mart, self.ctx.settings, self.year)

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """Every account that ever ordered, with is_active, annual_margin, historic and (where costs exist) cltv."""
        frame = queries.account_values(self.ctx.mart, self.span.window, self.year)
        active = self.base.loc[self.base["is_active_after"], "account_id"]
        frame["is_active"] = frame["account_id"].isin(active)
        frame["annual_margin"] = frame["year_sales"] * self._rate(frame, "year")
        frame["historic"] = frame["all_costed"] - frame["all_cost"]
        if self.is_known:
            settings = self.ctx.settings
            churn, overall = self.churn
            discount, years = settings.discount_rate, settings.cltv_years
            frame["cltv"] = cltv.values(frame, churn, overall, discount, years, self.coming)
        return frame

    @cached_property
    def coming(self) -> dict[str, float]:
        """Yearly churn that the model gives each active account; empty without signal, and for past spans."""
        if self.span != self.ctx.current or self.ctx.models.churn.evaluation.verdict != "signal":
            return {}
        scores, days = self.ctx.models.churn.scores, self.ctx.settings.models.churn_horizon_days
        return {row.id: annualised(row.probability, days) for row in scores.itertuples()}

    def _rate(self, frame: pd.DataFrame, name: str) -> pd.Series:
        """Margin rate of each account on lines with cost, the overall rate where it has none."""
        covered, cost = frame[f"{name}_costed"], frame[f"{name}_cost"]
        overall = 1 - cost.sum() / covered.sum() if covered.sum() > 0 else 0.0
        return (1 - cost / covered.where(covered > 0)).fillna(overall)

    @cached_property
    def churn(self):
        before = self.base[self.base["is_active_before"]].rename(columns={"is_active_after": "is_kept"})
        return cltv.segment_churn(before, self.ctx.settings.minimum_n.rate)

    @property
    def is_known(self) -> bool:
        """Whether somebody was active a year ago, so that a yearly churn exists."""
        return self.churn[1].n > 0

    @cached_property
    def active(self) -> pd.DataFrame:
        return self.accounts[self.accounts["is_active"]]

    def figure(self, name: str, value: float | None, **rest) -> Figure:
        return self.ctx.figure(name, value, self.span, **rest)

    def mean(self, name: str, column: str, accounts: pd.DataFrame | None = None, **identity) -> Figure:
        rows = self.active if accounts is None else accounts
        total, n = float(rows[column].sum()), len(rows)
        rest = {"numerator": total, "denominator": n, "n": n, "flags": self._few(n)} | identity
        return self.figure(name, ratio(total, n), **rest)

    def _few(self, n: int) -> tuple[str, ...]:
        return ("small_n",) if n < self.ctx.settings.minimum_n.mean else ()
