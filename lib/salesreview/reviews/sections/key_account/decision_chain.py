"""How strategic accounts decide to buy, as their plans tell it (requirement K-15)."""

from ....record import Exhibit, NotProvided, Table, Text
from ....settings.account_relations import AccountPlan
from ...context import Context
from . import strategic

PLANS = "params/account_plans.yml"


def exhibit(ctx: Context) -> Exhibit:
    """One row per account with a written decision process: who begins, what takes longest, who settles it on what.

    The steps one by one stand on the accounts' own pages.
    """
    fixed = {"id": "decision_chain", "requirements": ("K-15",)}
    title = Text("decision.chain_title")
    absent = strategic.missing(ctx)
    if absent:
        return NotProvided(title=title, missing=absent, **fixed)
    accounts = strategic.accounts(ctx)
    plans = {one: plan for one, plan in ctx.settings.account_plans.items() if plan.decision_process}
    known = accounts[accounts["account_id"].isin(plans)]
    if known.empty:
        return NotProvided(title=title, missing=(PLANS,), **fixed)
    rows = [_row(ctx, row, plans[row.account_id]) for row in known.itertuples()]
    days = [row[-1] for row in rows if row[-1] is not None]
    count = ctx.figure("accounts_planned", len(known), ctx.current, n=len(accounts), **strategic.SCOPE)
    whole = ctx.figure("strategic_accounts", len(accounts), ctx.current, n=len(accounts), **strategic.SCOPE)
    values = {"count": count, "whole": whole}
    if days:
        values |= {"shortest": min(days, key=lambda f: f.value), "longest": max(days, key=lambda f: f.value)}
    dates = sorted({plans[one].date for one in known["account_id"]})
    sources = tuple(dict.fromkeys(plans[one].source for one in known["account_id"]))
    columns = ("chain_first", "chain_slowest", "chain_last", "chain_criterion")
    return Table(
        title=Text("decision.chain_days" if days else "decision.chain_plain", values),
        header=(
            Text("label.customer"),
            *(Text(f"decision.{name}") for name in columns),
            Text("metric.decision_days"),
        ),
        rows=tuple(rows[: ctx.settings.top_n]),
        notes=(Text("decision.note_plans", {"sources": sources, "first": dates[0], "last": dates[-1]}),),
        **fixed,
    )


def _row(ctx: Context, row, plan: AccountPlan) -> tuple:
    steps = plan.decision_process
    known = [step.days for step in steps if step.days is not None]
    total = slowest = None
    if known:
        step = max((step for step in steps if step.days is not None), key=lambda one: one.days)
        where = {"dimension": "account×step", "member": f"{row.account} | slowest"}
        days = ctx.figure("decision_days", step.days, ctx.current, **where)
        slowest = Text("decision.slowest", {"step": step.step, "department": step.department, "days": days})
    if len(known) == len(steps):
        total = ctx.figure("decision_days", sum(known), ctx.current, n=len(known), **strategic.of_account(row.account))
    last = steps[-1]
    return row.account, steps[0].department, slowest, last.department, last.criterion or None, total
