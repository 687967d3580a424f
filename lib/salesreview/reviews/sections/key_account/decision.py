"""How strategic accounts decide, and whether we know and reach those who do (requirements K-15, K-16)."""

from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, NotEnough, Prose, Series, Table, Text
from ...context import Context
from . import decision_chain, strategic
from .coverage import DECIDING, FIELDS, Coverage, coverage, pooled

BOXES = (
    ("decision_cards", "decision.heading", ("K-16",)),
    ("decision_chart", "decision.chart_title", ("K-16",)),
    ("decision_table", "decision.table_title", ("K-16",)),
    ("decision_text", "decision.heading", ("K-16",)),
)


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, decision chains from the account plans, penetration: cards, bars, gaps, paragraph."""
    heading = Heading(id="decision_heading", title=Text("decision.heading"))
    chain = decision_chain.exhibit(ctx)
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
        _table(ctx, found),
        _text(ctx, found, values),
    )


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
    """Accounts where somebody known was not spoken to; all of them when nobody was missed."""
    lacking = tuple(one for one in found if one.uncontacted)
    shown = (lacking or found)[: ctx.settings.top_n]
    counts = [_counts(ctx, one) for one in shown]
    case = "some" if lacking else "all"
    told = {"rate": values["rate"]} | ({"accounts": _names(ctx, [one.account for one in lacking])} if lacking else {})
    left = {"n": str(len(found) - len(lacking))}
    return Chart(
        id="decision_chart",
        title=Text(f"decision.chart_{case}", told if lacking else {}),
        requirements=("K-16",),
        form="barh",
        categories=tuple(one.account for one in shown),
        series=(
            Series(Text("metric.deciders_contacted"), tuple(part for part, _ in counts)),
            Series(Text("metric.deciders_identified"), tuple(whole for _, whole in counts), "target"),
        ),
        summary=Text(f"decision.alt_{case}", told),
        notes=(Text("decision.note_tick_some", left) if lacking else Text("decision.note_tick"),),
    )


def _names(ctx: Context, names: list[str], most: int = 3) -> tuple:
    """The first names, and how many more there are."""
    if len(names) <= most:
        return tuple(names)
    return *names[:most], Text("decision.more", {"n": str(len(names) - most)})


def _table(ctx: Context, found: tuple[Coverage, ...]) -> Exhibit:
    """Accounts where an expected role is filled by nobody known, those with the largest sales first."""
    lacking = [one for one in found if one.gaps]
    box = {"id": "decision_table", "requirements": ("K-16",)}
    if not lacking:
        return NotEnough(title=Text("decision.table_title"), reason=Text("decision.table_none"), **box)
    rows = [
        (
            one.account,
            ctx.figure("sales", one.sales, ctx.current, **strategic.of_account(one.account)),
            one.penetration,
            one.stance,
            Text("decision.gaps", {"gaps": tuple(_gap(gap) for gap in one.gaps)}),
        )
        for one in lacking[: ctx.settings.top_n]
    ]
    count = ctx.figure("accounts_lacking", len(lacking), ctx.current, n=len(found), **strategic.SCOPE)
    names = ("label.customer", "metric.sales", "metric.kdm_penetration", "metric.stance_mean", "decision.column_gaps")
    unplanned = sum(not one.planned for one in found)
    return Table(
        title=Text("decision.table_some", {"count": count, "gaps": _gap_count(ctx, found)}),
        header=tuple(Text(name) for name in names),
        rows=tuple(rows),
        notes=(Text("decision.note_unplanned", {"n": str(unplanned)}),) if unplanned else (),
        **box,
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
