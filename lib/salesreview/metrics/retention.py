"""Retention, churn, renewal, repurchase and net revenue retention (requirements D-33 … D-36, engine E-13)."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Kept:
    """How a starting base fared: ``start`` accounts or money at the start, ``kept`` of it at the end."""

    start: float
    kept: float

    @property
    def lost(self) -> float:
        return self.start - self.kept

    @property
    def retention(self) -> float | None:
        """kept / start (D-35); None when nothing was there at the start."""
        return self.kept / self.start if self.start else None

    @property
    def churn(self) -> float | None:
        """1 - retention (D-36); None when nothing was there at the start."""
        return self.lost / self.start if self.start else None


def annualised(churn: float | None, days: int) -> float | None:
    """Churn of a window of ``days`` as a yearly rate, ``1 - (1 - c) ** (365 / days)``.

    >>> round(annualised(0.10, 182.5), 4)
    0.19
    """
    if churn is None or days <= 0:
        return None
    return 1 - (1 - churn) ** (365 / days)


@dataclass(frozen=True)
class Renewals:
    """Contracts due, counted or in annual value; ``pending`` are still inside their grace period."""

    due: float
    renewed: float
    pending: float

    @property
    def decided(self) -> float:
        return self.due - self.pending

    @property
    def lapsed(self) -> float:
        return self.decided - self.renewed

    @property
    def rate(self) -> float | None:
        """renewed / (due - pending) (D-33); None when no contract due is decided yet.

        >>> Renewals(due=10, renewed=6, pending=2).rate
        0.75
        """
        return self.renewed / self.decided if self.decided else None


@dataclass(frozen=True)
class RevenueRetention:
    """Recurring revenue of the accounts that had some at the start, in money a year (D-33).

    ``start - churned - contracted + expanded`` is what the same accounts bring at the end.
    """

    start: float
    churned: float
    contracted: float
    expanded: float

    @property
    def end(self) -> float:
        return self.start - self.churned - self.contracted + self.expanded

    @property
    def gross(self) -> float | None:
        """Gross revenue retention, never above 1; None when nothing recurred at the start."""
        return (self.start - self.churned - self.contracted) / self.start if self.start > 0 else None

    @property
    def net(self) -> float | None:
        """Net revenue retention; None when nothing recurred at the start."""
        return self.end / self.start if self.start > 0 else None


def revenue_retention(values: Iterable[tuple[float, float]]) -> RevenueRetention:
    """Add up (start, end) yearly values of accounts; accounts with nothing at the start are new and stay out.

    >>> revenue_retention([(100, 0), (100, 80), (100, 150), (0, 70)])
    RevenueRetention(start=300.0, churned=100.0, contracted=20.0, expanded=50.0)
    """
    start = churned = contracted = expanded = 0.0
    for before, after in values:
        if before <= 0:
            continue
        start += before
        churned += before if after <= 0 else 0.0
        contracted += max(0.0, before - after) if after > 0 else 0.0
        expanded += max(0.0, after - before)
    return RevenueRetention(start, churned, contracted, expanded)


@dataclass(frozen=True)
class Cohort:
    """Accounts that first ordered in ``quarter``; ``active[k]`` of them ordered k quarters later (k = 0 is all)."""

    quarter: str
    size: int
    active: tuple[int, ...]

    def rate(self, age: int) -> float | None:
        """Share that ordered ``age`` quarters on; None when that quarter is not complete or the cohort is empty."""
        return self.active[age] / self.size if self.size and age < len(self.active) else None


def cohorts(counts: pd.DataFrame, quarters: tuple[str, ...]) -> tuple[Cohort, ...]:
    """The triangle from one row per (cohort, quarter, accounts), for complete ``quarters`` in order (D-34, D-35).

    A cohort's size is its count in its own quarter; a later quarter without orders counts 0. Cohorts outside
    ``quarters`` and orders after the last quarter are left out.
    """
    cells = {(row.cohort, row.quarter): int(row.accounts) for row in counts.itertuples()}
    found = []
    for i, first in enumerate(quarters):
        size = cells.get((first, first), 0)
        if size:
            found.append(Cohort(first, size, tuple(cells.get((first, later), 0) for later in quarters[i:])))
    return tuple(found)


def pooled_rate(triangle: Iterable[Cohort], age: int) -> tuple[int, int] | None:
    """(active, accounts) at ``age`` over the cohorts old enough to have one; None when none is."""
    old = [cohort for cohort in triangle if age < len(cohort.active)]
    return (sum(c.active[age] for c in old), sum(c.size for c in old)) if old else None
