"""What the teams sold to whom in one span, read once for all sections that ask."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ....metrics.growth import ratio
from ....metrics.purchases import by_kind
from ....queries import retention
from ....queries import team_customers as queries
from ....record import UNCLASSIFIED, Figure
from ...context import Context, Span
from ..finding import few

KINDS = {
    "new": "new_customer_sales",
    "reorder": "reorder_sales",
    "upsell": "upsell_sales",
    "cross": "cross_sell_sales",
    "unknown": "unknown_customer_sales",
}


@dataclass(frozen=True)
class Customers:
    """What the teams sold to whom in one span."""

    ctx: Context
    span: Span

    @cached_property
    def won(self) -> pd.DataFrame:
        return queries.new_accounts(self.ctx.mart, self.span.window)

    @cached_property
    def kinds(self) -> pd.DataFrame:
        """Sales by kind, with the team and whether the account bought a year before."""
        found = queries.purchases(self.ctx.mart, self.span.window)
        return by_kind(found).assign(team=found["team"], account_id=found["account_id"])

    @cached_property
    def due(self) -> pd.DataFrame:
        """Renewals by account with the team that owned it on the span's last day."""
        found = retention.due_by_account(self.ctx.mart, self.ctx.settings, self.span.window)
        owned = queries.owners(self.ctx.mart, self.span.window.end)[["account_id", "team"]]
        found = found.merge(owned, on="account_id", how="left")
        return found.assign(team=found["team"].fillna(UNCLASSIFIED))

    def figure(self, name: str, value: float | None, **rest) -> Figure:
        return self.ctx.figure(name, value, self.span, **rest)

    def new_customers(self) -> Figure:
        return self.figure("new_customers", len(self.won), n=len(self.won))

    def kind(self, name: str, team: str | None = None) -> Figure:
        rows = self.kinds if team is None else self.kinds[self.kinds["team"] == team]
        where = {} if team is None else {"dimension": "team", "member": team}
        return self.figure(KINDS[name], round(float(rows[name].sum()), 2), **where)

    @property
    def total(self) -> float:
        return float(self.kinds[list(KINDS)].to_numpy().sum())

    def new_share(self) -> Figure:
        part, whole = self.kind("new").value, self.total
        value = ratio(part, whole) if whole > 0 else None
        return self.figure("new_sales_share", value, numerator=part, denominator=max(whole, 0.0), n=len(self.won))

    def expansion_rate(self) -> Figure:
        """Upselling and cross-selling over last year's sales of the accounts that bought then."""
        before = queries.account_sales(self.ctx.mart, self.span.window.years_back())
        before = before[before["sales"] > 0]
        rows = self.kinds[self.kinds["account_id"].isin(set(before["account_id"]))]
        part, whole = float(rows[["upsell", "cross"]].to_numpy().sum()), float(before["sales"].sum())
        value = part / whole if whole > 0 else None
        return self.figure("expansion_rate", value, numerator=part, denominator=whole, n=len(before))

    def renewal_rate(self) -> Figure:
        """As requirement D-33, over all teams."""
        return self.renewal(self.due)

    def renewal(self, due: pd.DataFrame, **identity) -> Figure:
        """Renewed over decided contracts of the accounts in ``due``."""
        renewed, decided = int(due["renewed"].sum()), int((due["due"] - due["pending"]).sum())
        value = renewed / decided if decided else None
        rest = {"numerator": renewed, "denominator": decided, "n": decided, "flags": few(self.ctx, decided)}
        return self.figure("renewal_rate", value, **rest, **identity)
