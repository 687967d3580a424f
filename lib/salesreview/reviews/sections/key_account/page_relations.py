"""The middle of an account's page: who decides, open deals, projects under way (requirements K-04, K-16)."""

from ....record import UNCLASSIFIED, Exhibit, Figure, Light, Prose, Table, Text
from .coverage import DECIDING, FIELDS, Coverage
from .page_facts import Facts
from .projects import LATE, Running

PEOPLE, DEALS, PROJECTS = 6, 3, 3
"""Most rows of each table."""


def people(facts: Facts, name: str, row) -> Exhibit:
    """Deciders and influencers first, with the day of the last two-way contact; expected roles that nobody fills."""
    fixed = {"id": f"{name}_people", "title": Text("account_page.people")}
    absent = facts.ctx.mart.missing(*FIELDS)
    own = facts.covered.get(row.account_id)
    if absent or own is None:
        return Prose(sentences=(Text("account_page.no_contacts_table"),), **fixed)
    known = sorted(facts.people.get(row.account_id, []), key=lambda one: (_rank(one.role), one.contact_id))
    if not known and not own.gaps:
        return Prose(sentences=(Text("account_page.no_contacts"),), **fixed)
    gaps = [_gap(*gap) for gap in own.gaps][:2]
    shown = known[: PEOPLE - len(gaps)]
    rows = [_person(facts, one) for one in shown] + gaps
    notes = (Text("account_page.more_people", {"n": str(len(known) - len(shown))}),) if len(known) > len(shown) else ()
    return Table(
        id=fixed["id"],
        title=_people_title(own),
        header=tuple(Text(f"account_page.{key}") for key in ("person", "role", "stance", "last_met")),
        rows=tuple(rows),
        notes=notes,
    )


def _rank(role: str) -> int:
    return DECIDING.index(role) if role in DECIDING else len(DECIDING)


def _people_title(own: Coverage) -> Text:
    identified, met = sum(own.identified.values()), sum(own.contacted.values())
    if not identified:
        return Text("account_page.people_blind")
    if identified == met:
        return Text("account_page.people_all", {"all": str(identified)})
    return Text("account_page.people_some", {"n": str(met), "all": str(identified)})


def _person(facts: Facts, one) -> tuple:
    named = {"department": one.department} | ({"level": one.level} if one.level else {})
    stance = "unknown" if one.stance is None else str(int(one.stance) + 2)
    return (
        Text("account_page.of_level" if one.level else "account_page.of_department", named),
        _role(one.role),
        Text(f"account_page.stance_{stance}"),
        facts.met.get(one.contact_id) or Text("account_page.never_met"),
    )


def _gap(department: str | None, role: str) -> tuple:
    place = Text("account_page.of_department", {"department": department}) if department else Text("account_page.any")
    return place, _role(role), None, Text("account_page.unidentified")


def _role(role: str) -> Text | str:
    return Text(f"account_page.role_{role}") if role in DECIDING else role


def deals(facts: Facts, name: str, row) -> Exhibit:
    """The largest open deals with stage, amount and when they are expected to close."""
    own = facts.deals.get(row.account_id, [])
    fixed = {"id": f"{name}_deals", "title": Text("account_page.deals_title")}
    if not own:
        case = "no_deals" if facts.deals else "no_deals_table"
        return Prose(sentences=(Text(f"account_page.{case}"),), **fixed)
    shown = own[:DEALS]
    late = sum(deal.expected_close is not None and deal.expected_close.date() < facts.day for deal in own)
    values = {"n": str(len(own))} | ({"late": str(late)} if late else {})
    notes = (Text("account_page.more_deals", {"n": str(len(own) - len(shown))}),) if len(own) > len(shown) else ()
    return Table(
        id=fixed["id"],
        title=Text(f"account_page.deals_{'late' if late else 'open'}", values),
        header=tuple(Text(f"account_page.{key}") for key in ("deal", "stage", "amount", "close", "chance")),
        rows=tuple(_deal(facts, deal) for deal in shown),
        notes=notes,
    )


def _deal(facts: Facts, deal) -> tuple:
    amount = None
    if deal.amount is not None:
        where = {"dimension": "opportunity", "member": deal.opp_id}
        amount = facts.ctx.figure("deal_amount", float(deal.amount), facts.ctx.current, **where)
    stage = facts.stages.get(deal.opp_id)
    known = stage in facts.ctx.settings.funnel.stages
    return (
        deal.product_line,
        Text(f"funnel.step_{stage}") if known else stage,
        amount,
        deal.expected_close and deal.expected_close.date(),
        facts.chances.get(deal.opp_id),
    )


def kind(deal) -> Text | str:
    """What a deal is about: its type and product line, as far as they are known."""
    known = tuple(one for one in (deal.type, deal.product_line) if one != UNCLASSIFIED)
    if len(known) > 1:
        return Text("account_page.kinds_2", {"one": known[0], "other": known[1]})
    return known[0] if known else UNCLASSIFIED


def projects(facts: Facts, name: str, row) -> Exhibit:
    """Projects under way, the latest first: state, progress, days behind, next milestone."""
    own = facts.projects.get(row.account_id, [])
    if not own:
        case = "no_projects_table" if facts.ctx.mart.missing("projects.account_id") else "no_projects"
        told = (Text(f"account_page.{case}"),)
        return Prose(id=f"{name}_projects", title=Text("account_page.projects_title"), sentences=told)
    late = sum(one.state in LATE for one in own)
    values = {"n": str(len(own))} | ({"late": str(late)} if late else {})
    more = len(own) - PROJECTS
    return Table(
        id=f"{name}_projects",
        title=Text(f"account_page.projects_{'late' if late else 'on_time'}", values),
        header=tuple(Text(f"account_page.{key}") for key in ("project", "light", "slip", "milestone", "planned_on")),
        rows=tuple(_project(one) for one in own[:PROJECTS]),
        notes=(Text("account_page.more_projects", {"n": str(more)}),) if more > 0 else (),
    )


def _project(one: Running) -> tuple:
    return short(one), Light(one.state), _known(one.slip), one.step, one.planned


def short(one: Running) -> str:
    """The project's name without that of the customer, whose page it stands on."""
    return one.project.replace(one.account, "").strip(" -·：:") or one.project


def _known(figure: Figure) -> Figure | None:
    return figure if figure.value is not None else None
