"""Health lights of one account with the figures behind them, and what else is known of it (K-13, K-15, K-19, K-48)."""

from datetime import date

from ....metrics.growth import ratio
from ....metrics.strategic import HEALTH_PARTS
from ....record import Exhibit, Figure, Light, Prose, Table, Text
from ..models import churn
from . import strategic
from .health import Health, band, sales_change, scores
from .page_facts import Facts

RELEVANT = 3
"""Most product lines, rivals or signals told of one account."""


def lights(facts: Facts, name: str, row) -> Exhibit:
    """One row a part of the health score: light, points, the figures behind."""
    own = facts.healths.get(row.account_id)
    if own is None:
        told = (Text("account_page.no_health"),)
        return Prose(id=f"{name}_health", title=Text("metric.health"), sentences=told)
    behind = _behind(facts, row, own)
    rows = [
        (Text(f"strategic_warning.part_{part}"), Light(band(facts.ctx, own.parts[part].value)),
         own.parts[part] if own.parts[part].value is not None else None, behind[part])
        for part in HEALTH_PARTS
    ]  # fmt: skip
    known = sum(figure.value is not None for figure in own.parts.values())
    case = "lights" if own.score.value is not None else "lights_unscored"
    return Table(
        id=f"{name}_health",
        title=Text(f"account_page.{case}", {"known": str(known), "all": str(len(HEALTH_PARTS))}),
        header=tuple(Text(f"account_page.{key}") for key in ("part_name", "light", "points", "behind")),
        rows=tuple(rows),
    )


def _behind(facts: Facts, row, own: Health) -> dict[str, Text]:
    known = own.facts
    now, then = scores(facts.ctx, row.account, known)
    moved = sales_change(facts.ctx, row.account, known)
    end = known["contract_end"]
    late = facts.ctx.figure(
        "bills_overdue_share", ratio(known["overdue"] or 0.0, known["billed"]) if known["billed"] else None,
        facts.ctx.current, numerator=known["overdue"], denominator=known["billed"], **strategic.of_account(row.account),
    )  # fmt: skip

    def told(part: str, condition: bool, values: dict) -> Text:
        return Text(f"account_page.behind_{part}", values) if condition else Text(f"account_page.lacks_{part}")

    touches, before = known["touches"], known["touches_before"]
    return {
        "trend": told("trend", moved.value is not None, {"change": moved}),
        "satisfaction": _score(now, then),
        "complaints": told("complaints", bool(known["tickets"]), _counts(known, "tickets", "complaints")),
        "engagement": told("engagement", bool(before), {"n": str(int(touches or 0)), "before": str(int(before or 0))}),
        "people": told("people", known["people"] is not None, _counts(known, "people")),
        "payment": told("payment", late.value is not None, {"share": late}),
        "contract": _contract(end, facts.day),
    }


def _score(now: Figure, then: Figure) -> Text:
    if now.value is None:
        return Text("account_page.lacks_satisfaction")
    values = {"score": now, "n": str(now.n)}
    if then.value is None:
        return Text("account_page.behind_satisfaction", values)
    return Text("account_page.behind_satisfaction_both", values | {"then": then})


def _counts(known: dict, *names: str) -> dict[str, str]:
    return {name: str(int(known[name] or 0)) for name in names}


def _contract(end: date | None, day: date) -> Text:
    if not isinstance(end, date):
        return Text("account_page.lacks_contract")
    return Text("account_page.lapsed" if end < day else "account_page.left", {"day": end})


def more(facts: Facts, name: str, row) -> Table:
    """Warning signals, open tickets, white space, churn reasons, decision process, rivals: one row each."""
    rows = (
        ("signals", _signals(facts, row)),
        ("tickets", _tickets(facts, row)),
        ("white", _white(facts, row)),
        ("churn", _churn(facts, row)),
        ("process", _process(facts, row)),
        ("rivals", _rivals(facts, row)),
    )
    return Table(
        id=f"{name}_more",
        title=Text("account_page.more"),
        header=(Text("account_page.item"), Text("account_page.known")),
        rows=tuple((Text(f"account_page.item_{key}"), told) for key, told in rows),
    )


def _signals(facts: Facts, row) -> Text:
    own = facts.healths.get(row.account_id)
    found = sorted(own.triggers, key=lambda one: one.day, reverse=True)[:RELEVANT] if own else []
    if not found:
        return Text("account_page.no_signals")
    told = tuple(Text("account_page.signal", {"text": one.text, "day": one.day}) for one in found)
    return Text("account_page.listed", {"items": told})


def _tickets(facts: Facts, row) -> Text:
    if facts.ctx.mart.missing("tickets.account_id", "tickets.opened_at"):
        return Text("account_page.no_tickets")
    kinds = tuple(
        Text("account_page.kind", {"category": one.category, "n": str(one.complaints)})
        for one in facts.complaints.get(row.account_id, [])[:RELEVANT]
    )
    past = Text("account_page.complaints" if kinds else "account_page.no_complaints", {"kinds": kinds} if kinds else {})
    waiting = facts.tickets.get(row.account_id)
    if not waiting:
        return Text("account_page.tickets_closed", {"past": past})
    (one,) = waiting
    counts = {"n": str(one.open), "complaints": str(one.complaints), "day": one.oldest.date()}
    return Text("account_page.tickets_open", {"past": past, **counts})


def _white(facts: Facts, row) -> Text:
    own = facts.breadths.get(row.account)
    if own is None:
        return Text("account_page.no_lines")
    if not own.bought:
        return Text("account_page.bought_nothing")
    case = "open_lines" if own.open_lines else "all_lines"
    told = Text(f"account_page.{case}", {"lines": own.open_lines[:RELEVANT]} if own.open_lines else {})
    if not own.potential:
        return Text("account_page.no_potential", {"lines": told})
    where = strategic.of_account(row.account)
    room = facts.ctx.figure("wallet_room", round(own.headroom, 2), facts.year, **where)
    return Text("account_page.room" if own.headroom else "account_page.no_room", {"lines": told, "room": room}
                if own.headroom else {"lines": told})  # fmt: skip


def _churn(facts: Facts, row) -> Text:
    if row.account_id in facts.leaving:
        return churn.reasons(facts.ctx, row.account_id, row.account)
    return Text("account_page.no_model" if not facts.leaving else "account_page.not_active")


def _process(facts: Facts, row) -> Text:
    plan = facts.ctx.settings.account_plans.get(row.account_id)
    if plan is None or not plan.decision_process:
        return Text("account_page.no_process")
    steps = tuple(
        Text("account_page.process_step", {"n": str(place), "step": step.step, "department": step.department})
        for place, step in enumerate(plan.decision_process, start=1)
    )
    known = [step.days for step in plan.decision_process if step.days is not None]
    told = {"steps": steps, "source": plan.source, "date": plan.date}
    if len(known) < len(plan.decision_process):
        return Text("account_page.process", told)
    where = strategic.of_account(row.account)
    days = facts.ctx.figure("decision_days", sum(known), facts.ctx.current, n=len(known), **where)
    return Text("account_page.process_days", told | {"days": days})


def _rivals(facts: Facts, row) -> Text:
    plan = facts.ctx.settings.account_plans.get(row.account_id)
    if plan is None:
        return Text("account_page.no_plan")
    if not plan.competitor_position:
        return Text("account_page.no_rivals", {"date": plan.date})
    told = tuple(
        Text("account_page.rival", {"name": facts.rivals.get(one.competitor, one.competitor), "position": one.position})
        for one in plan.competitor_position[:RELEVANT]
    )
    return Text("account_page.rivals", {"items": told, "date": plan.date})
