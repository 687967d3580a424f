"""What the pages of the strategic accounts draw on, read once for all of them (requirements K-02, K-13, K-48)."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import pandas as pd

from ....periods import Window, add_months
from ....queries import account_pages as queries
from ....queries import account_relations, collection, pipeline, retention, sales, strategic
from ....queries.account_projects import competitor_names
from ...context import Context, Span
from ..models import churn
from ..models.pipeline import open_chances
from ..process.receivables import NEEDS as BILLS
from . import coverage, depth
from . import strategic as scope
from .health import Health, health
from .projects import Running, running

MONTHS, BEFORE, AHEAD = 24, 30, 30
"""Months of the line of sales; days around the last day in which planned steps count."""


@dataclass(frozen=True)
class Facts:
    """One entry per account id in each mapping; an account without an entry has none of it on record."""

    ctx: Context

    @cached_property
    def day(self) -> date:
        return self.ctx.current.window.end

    @cached_property
    def healths(self) -> dict[str, Health]:
        return {one.account_id: one for one in health(self.ctx)}

    @cached_property
    def leaving(self) -> dict[str, float]:
        return churn.probabilities(self.ctx)

    @cached_property
    def base(self) -> dict[str, float]:
        found = sales.by(self.ctx.mart, self.ctx.year_ago.window, "account_id")
        return dict(zip(found["account_id"], found["sales"], strict=True))

    @cached_property
    def months(self) -> list[Span]:
        first = max(add_months(self.day.replace(day=1), 1 - MONTHS), self.ctx.mart.meta.first_day.replace(day=1))
        spans, start = [], first
        while start <= self.day:
            last = add_months(start, 1) - timedelta(days=1)
            end = min(last, self.day)
            spans.append(Span(f"{start.year}-M{start.month:02d}", Window(start, end), end < last))
            start = add_months(start, 1)
        return spans

    @cached_property
    def monthly(self) -> dict[tuple[str, date], float]:
        window = Window(self.months[0].window.start, self.day)
        found = sales.monthly(self.ctx.mart, window, "account_id")
        return {(row.account_id, row.month.date()): float(row.sales) for row in found.itertuples()}

    @cached_property
    def year(self) -> Span:
        return scope.trailing(self.ctx, depth.MONTHS)

    @cached_property
    def breadths(self) -> dict[str, depth.Breadth]:
        """By the account's label; empty without product lines."""
        if self.ctx.mart.missing(*depth.FIELDS):
            return {}
        return {one.account: one for one in depth.breadths(self.ctx, self.year)}

    @cached_property
    def recurring(self) -> dict[str, tuple[float, float]]:
        found = retention.recurring(self.ctx.mart, self.ctx.settings, self.ctx.current.window)
        return {row.account_id: (float(row.at_opening), float(row.at_closing)) for row in found.itertuples()}

    @cached_property
    def overdue(self) -> dict[str, tuple[float, int]] | None:
        """Amount past due and number of bills; None when bills or payments are not known."""
        if self.ctx.mart.missing(*BILLS):
            return None
        found = collection.open_bills(self.ctx.mart, self.day)
        found = found[found["overdue_days"] > 0].groupby("account_id")["owed"].agg(["sum", "size"])
        return {row.Index: (float(row.sum), int(row.size)) for row in found.itertuples()}

    @cached_property
    def deals(self) -> dict[str, list]:
        if self.ctx.mart.missing("opportunities.account_id", "opportunities.amount"):
            return {}
        return _grouped(queries.open_deals(self.ctx.mart))

    @cached_property
    def stages(self) -> dict[str, str]:
        found = pipeline.open_stages(self.ctx.mart, self.ctx.settings.funnel, self.day)
        return dict(zip(found["opp_id"], found["stage"], strict=True))

    @cached_property
    def chances(self) -> dict:
        return open_chances(self.ctx)

    @cached_property
    def projects(self) -> dict[str, list[Running]]:
        found: dict[str, list[Running]] = {}
        for one in () if self.ctx.mart.missing("projects.account_id") else running(self.ctx):
            found.setdefault(one.account_id, []).append(one)
        return found

    @cached_property
    def tickets(self) -> dict[str, list]:
        return _grouped(queries.open_tickets(self.ctx.mart, self.day))

    @cached_property
    def complaints(self) -> dict[str, list]:
        return _grouped(queries.complaint_kinds(self.ctx.mart, self.day))

    @cached_property
    def people(self) -> dict[str, list]:
        return _grouped(account_relations.contacts(self.ctx.mart, self.day))

    @cached_property
    def met(self) -> dict[str, date]:
        return account_relations.last_touches(self.ctx.mart, self.day)

    @cached_property
    def covered(self) -> dict[str, coverage.Coverage]:
        if self.ctx.mart.missing(*coverage.FIELDS):
            return {}
        return {one.account_id: one for one in coverage.coverage(self.ctx)}

    @cached_property
    def visits(self) -> dict[str, int]:
        found = account_relations.visits(self.ctx.mart, self.ctx.current.window, "高层互访")
        return found.groupby("account_id")["visits"].sum().astype(int).to_dict()

    @cached_property
    def ends(self) -> dict[str, date]:
        found = strategic.contract_ends(self.ctx.mart, self.day)
        return {row.account_id: row.contract_end.date() for row in found.itertuples()}

    @cached_property
    def actions(self) -> dict[str, list]:
        window = Window(self.day - timedelta(days=BEFORE), self.day + timedelta(days=AHEAD))
        return _grouped(strategic.next_actions(self.ctx.mart, window))

    @cached_property
    def rivals(self) -> dict[str, str]:
        return competitor_names(self.ctx.mart)

    @cached_property
    def keepers(self) -> dict[str, str]:
        return queries.keepers(self.ctx.mart)


def _grouped(frame: pd.DataFrame) -> dict[str, list]:
    """Rows by account id; what is missing is None."""
    found: dict[str, list] = {}
    for row in frame.astype(object).where(frame.notna(), None).itertuples(index=False):
        found.setdefault(row.account_id, []).append(row)
    return found
