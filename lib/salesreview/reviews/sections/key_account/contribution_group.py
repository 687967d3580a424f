"""Sales of the strategic accounts and of the others in one span, and how they grew (requirements K-01, K-02)."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ....metrics.growth import ratio
from ....queries import sales
from ....queries.key_accounts import strategic_accounts
from ....queries.retention import opening_day
from ....record import Figure
from ...context import Context, Span
from ..sales.sales_common import grown
from . import strategic

CONSTANT = {"dimension": "customer_group", "member": "strategic_constant"}


@dataclass(frozen=True)
class Group:
    """Sales of strategic accounts (strategic at the order's date) and of the others in one span."""

    ctx: Context
    span: Span

    @cached_property
    def facts(self) -> pd.DataFrame:
        found = sales.by(self.ctx.mart, self.span.window, "is_strategic", "account_id", "account")
        return found.assign(mine=found["is_strategic"] == "true")

    def sales(self, mine: bool = True) -> Figure:
        part = self.facts[self.facts["mine"] == mine]
        where = strategic.SCOPE if mine else strategic.OTHERS
        return self.ctx.figure("sales", round(float(part["sales"].sum()), 2), self.span, n=_orders(part), **where)

    def share(self) -> Figure:
        amount, total = self.sales().value, sales.totals(self.ctx.mart, self.span.window).sales
        rest = {"numerator": amount, "denominator": total, "n": self.buyers().n}
        return self.ctx.figure("share_mix", ratio(amount, total), self.span, **rest, **strategic.SCOPE)

    def buyers(self) -> Figure:
        n = int(self.facts.loc[self.facts["mine"] & (self.facts["positive_orders"] > 0), "account_id"].nunique())
        return self.ctx.figure("buying_accounts", n, self.span, n=n, **strategic.SCOPE)

    def aov(self, mine: bool = True) -> Figure:
        part = self.facts[self.facts["mine"] == mine]
        amount, n = float(part["sales"].sum()), int(part["positive_orders"].sum())
        flags = ("small_n",) if n < self.ctx.settings.minimum_n.mean else ()
        rest = {"numerator": amount, "denominator": n, "n": n, "flags": flags}
        where = strategic.SCOPE if mine else strategic.OTHERS
        return self.ctx.figure("aov", ratio(amount, n), self.span, **rest, **where)

    def aov_ratio(self) -> Figure:
        mine, other = self.aov(), self.aov(False)
        flags = tuple(dict.fromkeys((*mine.flags, *other.flags)))
        rest = {"numerator": mine.value, "denominator": other.value, "n": mine.n, "flags": flags}
        return self.ctx.figure("aov_ratio", ratio(mine.value, other.value), self.span, **rest, **strategic.SCOPE)


def _orders(part: pd.DataFrame) -> int:
    return int(part["orders"].sum())


def growth_figures(ctx: Context) -> tuple[Figure, Figure]:
    """Year on year of the actual set (strategic at each order's date), then of the constant set: accounts strategic at
    the opening of both windows."""
    base = ctx.year_ago
    actual = grown(ctx, Group(ctx, ctx.current).sales(), Group(ctx, base).sales(), base, "yoy")
    now, before = constant_sales(ctx, ctx.current), constant_sales(ctx, base)
    return actual, grown(ctx, now, before, base, "yoy")


def constant_sales(ctx: Context, span: Span) -> Figure:
    """Sales of ``span`` to the accounts that were strategic at the opening of the review period and a year before."""
    sets = [strategic_accounts(ctx.mart, opening_day(each.window)) for each in (ctx.current, ctx.year_ago)]
    same = set(sets[0]["account_id"]) & set(sets[1]["account_id"])
    found = sales.by(ctx.mart, span.window, "account_id")
    part = found[found["account_id"].isin(same)]
    return ctx.figure("sales", round(float(part["sales"].sum()), 2), span, n=_orders(part), **CONSTANT)
