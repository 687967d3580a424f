"""What comes next with one account: what is planned first, then what the rules call for, said to be a suggestion."""

from dataclasses import dataclass
from datetime import date, timedelta

from ....periods import add_months
from ....record import Table, Text
from ..models import churn
from . import strategic
from .health import Health
from .page_facts import Facts
from .page_relations import kind, short
from .projects import LATE

STEPS, PLANNED = 5, 2
"""Most steps of an account, and most of them out of the CRM."""
RENEWAL_DAYS, ANSWER_DAYS = 120, 3


@dataclass(frozen=True)
class Step:
    """``owner`` and ``due`` are None where nobody named them; ``basis`` says where the step comes from."""

    text: Text
    basis: Text
    owner: str | None = None
    due: date | None = None


def table(facts: Facts, name: str, row) -> Table:
    """Step, owner, day, where it comes from."""
    steps = next_steps(facts, row.account_id, row.account)
    unnamed = Text("account_page.unnamed")
    rows = tuple((one.text, one.owner or unnamed, one.due or Text("account_page.undated"), one.basis) for one in steps)
    return Table(
        id=f"{name}_steps",
        title=Text("account_page.steps"),
        header=tuple(Text(f"account_page.{key}") for key in ("step", "owner", "due", "basis")),
        rows=rows,
    )


def next_steps(facts: Facts, account_id: str, account: str) -> tuple[Step, ...]:
    """Most urgent first: the answer to a red warning, planned steps (overdue ones first), overdue bills, contracts that
    end, what the warnings call for, the next deal to close, projects, visits and people that the plan lacks; with
    nothing of that the playbook."""
    own = facts.healths.get(account_id)
    found = [*_red(facts, account_id, own), *_planned(facts, account_id), *_bills(facts, account_id, account)]
    found += [*_contract(facts, account_id), *_warned(facts, account_id, own), *_deal(facts, account_id)]
    found += [*_projects(facts, account_id), *_visit(facts, account_id), *_people(facts, account_id)]
    return tuple(found[:STEPS]) or (_playbook(facts, account_id),)


def _suggested(facts: Facts, account_id: str, key: str, values: dict | None = None, due: date | None = None) -> Step:
    text = Text(f"account_page.step_{key}", values or {})
    return Step(text, Text("account_page.basis_rule"), facts.keepers.get(account_id), due)


def _red(facts: Facts, account_id: str, own: Health | None) -> list[Step]:
    if own is None or own.level != "red":
        return []
    plan = facts.ctx.settings.account_plans.get(account_id)
    owner = plan.exec_sponsor if plan else None
    text = Text("account_page.step_red")
    return [Step(text, Text("account_page.basis_clock", {"days": str(ANSWER_DAYS)}), owner, facts.day + _days())]


def _days() -> timedelta:
    return timedelta(days=ANSWER_DAYS)


def _planned(facts: Facts, account_id: str) -> list[Step]:
    """Open steps of the CRM: the oldest overdue one, then the next to come; one of each where both are there."""
    rows = facts.actions.get(account_id, [])
    late = [row for row in rows if row.due.date() < facts.day]
    ahead = [row for row in rows if row.due.date() >= facts.day]
    chosen = [*late[:1], *ahead[:1]] if late and ahead else (late or ahead)[:PLANNED]
    return [
        Step(
            Text(f"account_page.step_{'overdue' if row.due.date() < facts.day else 'open'}", {"action": row.action}),
            Text("account_page.basis_crm"),
            row.owner,
            row.due.date(),
        )
        for row in chosen
    ]


def _bills(facts: Facts, account_id: str, account: str) -> list[Step]:
    amount, bills = (facts.overdue or {}).get(account_id, (0.0, 0))
    if not bills:
        return []
    where = {"n": bills, **strategic.of_account(account)}
    figure = facts.ctx.figure("overdue_amount", round(amount, 2), facts.ctx.current, **where)
    return [_suggested(facts, account_id, "bills", {"amount": figure, "n": str(bills)})]


def _deal(facts: Facts, account_id: str) -> list[Step]:
    """The open deal that is expected to close next, or whose day has passed most recently without an end."""
    dated = [deal for deal in facts.deals.get(account_id, []) if deal.expected_close is not None]
    ahead = [deal for deal in dated if deal.expected_close.date() >= facts.day]
    if not dated:
        return []
    deal = min(ahead, key=lambda one: one.expected_close) if ahead else max(dated, key=lambda one: one.expected_close)
    day, values = deal.expected_close.date(), {"deal": kind(deal)}
    if ahead:
        text = Text("account_page.step_deal", values)
        return [Step(text, Text("account_page.basis_deal"), facts.keepers.get(account_id), day)]
    return [_suggested(facts, account_id, "deal_late", values | {"day": day})]


def _contract(facts: Facts, account_id: str) -> list[Step]:
    end = facts.ends.get(account_id)
    if end is None or not -RENEWAL_DAYS <= (end - facts.day).days <= RENEWAL_DAYS:
        return []
    case = "renew" if end >= facts.day else "lapsed"
    step = Text(f"account_page.step_{case}", {"day": end})
    return [Step(step, Text("account_page.basis_contract"), facts.keepers.get(account_id), max(end, facts.day))]


def _projects(facts: Facts, account_id: str) -> list[Step]:
    """A new date for the latest project; else the next milestone of one that runs on time."""
    own = facts.projects.get(account_id, [])
    late = [one for one in own if one.state in LATE]
    named = [one for one in own if one.step]
    if late:
        values = {"project": short(late[0]), "step": late[0].step or "—"}
        return [_suggested(facts, account_id, "project", values)]
    if not named:
        return []
    first = min(named, key=lambda one: (one.planned or date.max, one.project))
    text = Text("account_page.step_milestone", {"project": short(first), "step": first.step})
    return [Step(text, Text("account_page.basis_project"), None, first.planned)]


def _warned(facts: Facts, account_id: str, own: Health | None) -> list[Step]:
    kinds = {one.kind for one in own.triggers} if own else set()
    return [_suggested(facts, account_id, kind) for kind in ("decider", "score", "sales") if kind in kinds]


def _visit(facts: Facts, account_id: str) -> list[Step]:
    """A visit of executives that the plan wants and that did not take place in the period."""
    plan = facts.ctx.settings.account_plans.get(account_id)
    if plan is None or not plan.exec_visits_per_quarter or facts.visits.get(account_id):
        return []
    until = add_months(facts.day + timedelta(days=1), 3) - timedelta(days=1)
    text = Text("account_page.step_visit")
    return [Step(text, Text("account_page.basis_plan", {"date": plan.date}), plan.exec_sponsor, until)]


def _people(facts: Facts, account_id: str) -> list[Step]:
    own = facts.covered.get(account_id)
    if own is None:
        return []
    steps = []
    if own.uncontacted > 0:
        steps.append(_suggested(facts, account_id, "people", {"n": str(own.uncontacted)}))
    if own.gaps:
        steps.append(_suggested(facts, account_id, "gaps", {"n": str(len(own.gaps))}))
    return steps


def _playbook(facts: Facts, account_id: str) -> Step:
    """The playbook's entry for what raises the probability of leaving; a quarterly review where it has none."""
    book = facts.ctx.settings.playbook
    if account_id in facts.leaving and book.actions:
        chosen = churn.action(facts.ctx, account_id)
        if chosen != Text("churn_model.no_action"):
            told = chosen if isinstance(chosen, Text) else Text("account_page.plain_step", {"step": chosen})
            return Step(told, Text("account_page.basis_playbook"), facts.keepers.get(account_id))
    return _suggested(facts, account_id, "review")
