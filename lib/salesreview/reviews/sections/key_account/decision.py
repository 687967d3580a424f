"""How strategic accounts decide, and whether we know and reach those who do (requirements K-15, K-16)."""

from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, NotProvided, Prose, Series, Table, Text
from ...context import Context
from . import strategic
from .coverage import DECIDING, FIELDS, Coverage, coverage, pooled

PLANS = "params/account_plans.yml"
STEPS = 5
BOXES = (
    ("decision_cards", "decision.heading", ("K-16",)),
    ("decision_chart", "decision.chart_title", ("K-16",)),
    ("decision_table", "decision.table_title", ("K-16",)),
    ("decision_text", "decision.heading", ("K-16",)),
)


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, decision chains from the account plans, penetration: cards, bars, gaps, paragraph."""
    heading = Heading(id="decision_heading", title=Text("decision.heading"))
    chain = decision_chain(ctx)
    silent = strategic.silent(ctx, BOXES, *FIELDS)
    if silent:
        return heading, chain, *silent
    found = coverage(ctx)
    identified = sum(sum(one.identified.values()) for one in found)
    if not identified:
        return heading, chain, *strategic.not_enough(BOXES, Text("decision.nobody"))
    rate = pooled(ctx, found)
    values = {"rate": rate, "gaps": _gap_count(ctx, found), "missed": _missed(ctx, found)}
    return (
        heading,
        chain,
        _cards(ctx, found, values),
        _chart(ctx, found, values),
        _table(ctx, found, values),
        _text(ctx, found, values),
    )


def decision_chain(ctx: Context) -> Exhibit:
    """One row per account with a written decision process: its steps in order, and the days that they usually take."""
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
    steps = max(len(plans[one].decision_process) for one in known["account_id"])
    rows = [_chain_row(ctx, row, plans[row.account_id], min(steps, STEPS)) for row in known.itertuples()]
    days = [row[-1] for row in rows if row[-1] is not None]
    count = ctx.figure("accounts_planned", len(known), ctx.current, n=len(accounts), **strategic.SCOPE)
    whole = ctx.figure("strategic_accounts", len(accounts), ctx.current, n=len(accounts), **strategic.SCOPE)
    values = {"count": count, "whole": whole}
    if days:
        values |= {"shortest": min(days, key=lambda f: f.value), "longest": max(days, key=lambda f: f.value)}
    dates = sorted({plans[one].date for one in known["account_id"]})
    sources = tuple(dict.fromkeys(plans[one].source for one in known["account_id"]))
    notes = (Text("decision.note_plans", {"sources": sources, "first": dates[0], "last": dates[-1]}),)
    return Table(
        title=Text("decision.chain_days" if days else "decision.chain_plain", values),
        header=(
            Text("label.customer"),
            *(Text("decision.step", {"number": str(number + 1)}) for number in range(min(steps, STEPS))),
            Text("metric.decision_days"),
        ),
        rows=tuple(rows[: ctx.settings.top_n]),
        notes=notes,
        **fixed,
    )


def _chain_row(ctx: Context, row, plan, steps: int) -> tuple:
    cells = [Text(f"decision.cell{'_criterion' if s.criterion else ''}", _step(s)) for s in plan.decision_process]
    known = [step.days for step in plan.decision_process if step.days is not None]
    total = None
    if len(known) == len(plan.decision_process):
        total = ctx.figure("decision_days", sum(known), ctx.current, n=len(known), **strategic.of_account(row.account))
    return row.account, *(cells[:steps] + [None] * (steps - len(cells))), total


def _step(step) -> dict[str, str]:
    named = {"step": step.step, "department": step.department}
    return named | ({"criterion": step.criterion} if step.criterion else {})


def _gap_count(ctx: Context, found: tuple[Coverage, ...]) -> Figure:
    return ctx.figure("roles_missing", sum(len(one.gaps) for one in found), ctx.current, **strategic.SCOPE)


def _missed(ctx: Context, found: tuple[Coverage, ...]) -> Figure:
    return ctx.figure("deciders_missed", sum(one.uncontacted for one in found), ctx.current, **strategic.SCOPE)


def _cards(ctx: Context, found: tuple[Coverage, ...], values: dict) -> Cards:
    cards = [Card(Text("metric.kdm_penetration"), values["rate"])]
    cards += [Card(Text(f"decision.rate_{role}"), pooled(ctx, found, role=role)) for role in DECIDING]
    return Cards(
        id="decision_cards",
        title=Text("decision.cards_title", values),
        requirements=("K-16",),
        cards=(*cards, Card(Text("metric.roles_missing"), values["gaps"])),
        notes=(Text("decision.note_two_way"),),
    )


def _counts(ctx: Context, one: Coverage) -> tuple[Figure, Figure]:
    where = strategic.of_account(one.account)
    return (
        ctx.figure("deciders_contacted", sum(one.contacted.values()), ctx.current, **where),
        ctx.figure("deciders_identified", sum(one.identified.values()), ctx.current, **where),
    )


def _chart(ctx: Context, found: tuple[Coverage, ...], values: dict) -> Chart:
    counts = [_counts(ctx, one) for one in found]
    unreached = [one.account for one in found if one.uncontacted]
    case = "all" if not unreached else "some"
    told = {"rate": values["rate"]} | ({"accounts": _names(ctx, unreached)} if unreached else {})
    return Chart(
        id="decision_chart",
        title=Text(f"decision.chart_{case}", told),
        requirements=("K-16",),
        form="barh",
        categories=tuple(one.account for one in found),
        series=(
            Series(Text("metric.deciders_contacted"), tuple(part for part, _ in counts)),
            Series(Text("metric.deciders_identified"), tuple(whole for _, whole in counts), "target"),
        ),
        summary=Text(f"decision.alt_{case}", told),
        notes=(Text("decision.note_tick"),),
    )


def _names(ctx: Context, names: list[str], most: int = 3) -> tuple:
    """The first names, and how many more there are."""
    if len(names) <= most:
        return tuple(names)
    return *names[:most], Text("decision.more", {"n": str(len(names) - most)})


def _table(ctx: Context, found: tuple[Coverage, ...], values: dict) -> Table:
    """Accounts where somebody is missing, those with the largest sales first; all accounts when nobody is."""
    lacking = [one for one in found if one.gaps or one.uncontacted]
    shown = (lacking or list(found))[: ctx.settings.top_n]
    rows = [
        (
            one.account,
            ctx.figure("sales", one.sales, ctx.current, **strategic.of_account(one.account)),
            *(_part(ctx, one, role) for role in DECIDING),
            one.penetration,
            one.stance,
            Text("decision.gaps", {"gaps": tuple(_gap(gap) for gap in one.gaps)}) if one.gaps else None,
        )
        for one in shown
    ]
    count = ctx.figure("accounts_lacking", len(lacking), ctx.current, n=len(found), **strategic.SCOPE)
    names = ("label.customer", "metric.sales", "decision.column_KDM", "decision.column_KIP")
    names += ("metric.kdm_penetration", "metric.stance_mean", "decision.column_gaps")
    unplanned = sum(not one.planned for one in found)
    notes = (Text("decision.note_unplanned", {"n": str(unplanned)}),) if unplanned else ()
    return Table(
        id="decision_table",
        title=Text("decision.table_some", {"count": count, **values}) if lacking else Text("decision.table_none"),
        requirements=("K-16",),
        header=tuple(Text(name) for name in names),
        rows=tuple(rows),
        notes=notes,
    )


def _part(ctx: Context, one: Coverage, role: str) -> Text:
    where = {"dimension": "account×buying_role", "member": f"{one.account} | {role}"}
    return Text(
        "decision.of",
        {
            "part": ctx.figure("deciders_contacted", one.contacted[role], ctx.current, **where),
            "whole": ctx.figure("deciders_identified", one.identified[role], ctx.current, **where),
        },
    )


def _gap(gap: tuple[str | None, str]) -> Text:
    department, role = gap
    if department is None:
        return Text("decision.gap_any", {"role": role})
    return Text("decision.gap", {"department": department, "role": role})


def _text(ctx: Context, found: tuple[Coverage, ...], values: dict) -> Prose:
    sentences = [Text("decision.sentence", {"n": str(values["rate"].n), **values})]
    sentences.append(Text("decision.sentence_base"))
    cold = [one for one in found if one.stance.value is not None and one.stance.value < 0]
    if cold:
        sentences.append(Text("decision.sentence_cold", {"accounts": _names(ctx, [one.account for one in cold])}))
    blind = [one for one in found if not sum(one.identified.values())]
    if blind:
        sentences.append(Text("decision.sentence_blind", {"accounts": _names(ctx, [one.account for one in blind])}))
    gapped = [one for one in found if one.gaps]
    if gapped:
        first = gapped[0]
        sold = ctx.figure("sales", first.sales, ctx.current, **strategic.of_account(first.account))
        told = {"account": first.account, "sales": sold, "gaps": tuple(_gap(gap) for gap in first.gaps)}
        sentences.append(Text("decision.sentence_gap", told))
    return Prose(id="decision_text", title=Text("empty"), requirements=("K-16",), sentences=tuple(sentences))
