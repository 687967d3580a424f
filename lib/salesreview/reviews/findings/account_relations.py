"""Thin relations, unbalanced input and room to grow at strategic accounts (F-KA-THIN, F-KA-IMBAL, F-UPSELL)."""

from collections.abc import Iterable

import pandas as pd

from ...record import Finding, Text
from ..context import Context
from ..sections.key_account import (
    depth,
    exec_visits,
    resource_balance,
    resource_input,
    resources,
    strategic,
    touch,
)
from ..sections.key_account.coverage import FIELDS, coverage, pooled

MONTHS = depth.MONTHS
NAMED = 4


def thin(ctx: Context) -> Iterable[Finding]:
    """Strategic accounts where no decision maker was reached, or that hang on one contact (K-16, K-34)."""
    if strategic.missing(ctx, *FIELDS, *touch.FIELDS):
        return
    found = coverage(ctx)
    threads = {one.account for one in touch.touched(ctx) if one.single} if found else set()
    weak = [one for one in found if not one.contacted["KDM"] or one.account in threads]
    if not weak:
        return
    count = ctx.figure("accounts_thin", len(weak), ctx.current, n=len(found), **strategic.SCOPE)
    sold = ctx.figure("sales_thin", round(sum(one.sales for one in weak), 2), ctx.current, **strategic.SCOPE)
    single = ctx.figure("single_threads", len(threads), ctx.current, n=len(found), **strategic.SCOPE)
    evidence = [Text("finding.thin_evidence", {"accounts": tuple(one.account for one in weak[:NAMED])})]
    evidence += [Text("finding.thin_single", {"single": single})] if threads else []
    rate = pooled(ctx, found)
    if rate.value is not None and "small_n" not in rate.flags:
        floor = ctx.figure("penetration_floor", ctx.settings.relations.penetration_floor, ctx.current)
        case = "below" if rate.value < floor.value else "above"
        evidence.append(Text(f"finding.thin_rate_{case}", {"rate": rate, "n": str(rate.n), "floor": floor}))
    yield Finding(
        code="F-KA-THIN",
        topic="thin_relations",
        favourable=False,
        claim=Text("finding.thin", {"count": count, "all": str(len(found))}),
        evidence=tuple(evidence),
        grade="EV1",
        stake=sold if sold.value else None,
        requirements=("K-16", "K-34"),
    )


def visits(ctx: Context) -> Iterable[Finding]:
    """Executive visits clearly short of the plan (K-33); none for a running period."""
    if ctx.current.partial or strategic.missing(ctx, "activities.account_id") or strategic.accounts(ctx).empty:
        return
    values = exec_visits.calendar(ctx)[1]
    if not values["visits"].value or values["rate"].value is None or values["rate"].value >= SHORT:
        return
    told = {name: values[name] for name in ("visits", "planned", "rate")}
    yield Finding(
        code="F-KA-THIN",
        topic="exec_visits",
        favourable=False,
        claim=Text("finding.visits", {"rate": values["rate"], "unvisited": values["unvisited"]}),
        evidence=(Text("finding.visits_evidence", told),),
        grade="EV1",
        requirements=("K-33",),
    )


SHORT = 0.80
"""Share of the planned visits below which a shortfall is told."""


def imbalance(ctx: Context) -> Iterable[Finding]:
    """Strategic accounts with clearly more or less input than their potential and sales suggest (K-22)."""
    if strategic.missing(ctx, *resources.FIELDS):
        return
    frame = resource_input.inputs(ctx)
    found = resource_balance.judged(ctx, frame)
    off = found[found["verdict"] != ""] if len(found) else found
    if off.empty:
        return
    shift = (off["expected"] - off["input"]).abs()
    stake = ctx.figure("input_unbalanced", round(float(shift.sum()), 2), ctx.current, n=len(off), **strategic.SCOPE)
    evidence = [Text(f"finding.imbalance_names_{side}", {"accounts": _named(off, side)}) for side in ("over", "under")
                if (off["verdict"] == side).any()]  # fmt: skip
    fitted = int(((frame["input"] > 0) & frame["potential"].notna()).sum())
    yield Finding(
        code="F-KA-IMBAL",
        topic="input_balance",
        favourable=False,
        claim=resource_balance.side_text("finding.imbalance", ctx, found),
        evidence=(*evidence, Text("finding.imbalance_basis", {"n": str(fitted)})),
        grade="EV5",
        stake=stake,
        requirements=("K-22",),
    )


def _named(off: pd.DataFrame, side: str) -> tuple[str, ...]:
    return tuple(off.loc[off["verdict"] == side, "account"].head(NAMED))


def room(ctx: Context) -> Iterable[Finding]:
    """Strategic accounts that buy, but less than the lower wallet share of their potential (K-19)."""
    if strategic.missing(ctx, *depth.FIELDS, "accounts.potential_spend"):
        return
    span, floor = strategic.trailing(ctx, MONTHS), ctx.settings.relations.wallet_low
    if not ctx.covers(span):
        return
    low = [one for one in depth.breadths(ctx, span) if one.potential and 0 < one.sales < floor * one.potential]
    if not low:
        return
    worth = round(sum(floor * one.potential - one.sales for one in low), 2)
    stake = ctx.figure("wallet_gap", worth, span, n=len(low), **strategic.SCOPE)
    limit = ctx.figure("wallet_floor", floor, ctx.current)
    count = ctx.figure("accounts_low_wallet", len(low), span, n=len(low), **strategic.SCOPE)
    open_lines = tuple(dict.fromkeys(line for one in low for line in one.open_lines))
    evidence = [Text("finding.room_evidence", {"accounts": tuple(one.account for one in low[:NAMED]), "gap": stake})]
    evidence += [Text("finding.room_lines", {"lines": open_lines})] if open_lines else []
    yield Finding(
        code="F-UPSELL",
        topic="wallet",
        favourable=False,
        claim=Text("finding.room", {"count": count, "limit": limit}),
        evidence=tuple(evidence),
        grade="EV1",
        stake=stake,
        requirements=("K-19",),
    )


RULES = (thin, visits, imbalance, room)
