"""One page a strategic account: headline cards, sales, health, deciders, deals, projects, next steps."""

from ....metrics.growth import ratio
from ....record import Exhibit, Figure, NotEnough, Panel, Prose, Text
from ...context import Context
from . import page_health, page_index, page_relations, page_sales, page_steps, strategic
from .page_facts import Facts

PAGES = 10
"""How many accounts have a page of their own. A notebook shows fixed exhibits, so no setting changes it."""
IDS = tuple(f"account_page_{number:02d}" for number in range(1, PAGES + 1))
REQUIREMENTS = ("K-02", "K-04", "K-13", "K-16", "K-48")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Who has a page, then ten pages, largest sales of the period first; those without an account say so."""
    boxes = tuple((name, "account_page.title", REQUIREMENTS) for name in IDS)
    told = (
        ("account_pages_text", "account_page.title", ("K-02",)),
        ("account_pages_table", "account_page.title", ("K-13",)),
    )
    absent = strategic.silent(ctx, (*told, *boxes), "orders.account_id")
    if absent:
        return absent
    facts, known = Facts(ctx), strategic.accounts(ctx)
    shown = known.head(PAGES)
    pages = [_page(facts, name, row) for name, row in zip(IDS, shown.itertuples(), strict=False)]
    reason = Text("account_page.no_more", {"n": str(len(known)), "pages": str(PAGES)})
    rest = [
        NotEnough(id=name, title=Text("account_page.title"), requirements=REQUIREMENTS, reason=reason)
        for name in IDS[len(pages) :]
    ]
    return _intro(facts, known), page_index.table(facts, known), *pages, *rest


def _intro(facts: Facts, known) -> Prose:
    """Which accounts have pages, their share of strategic sales, how many have none and who of those is at red."""
    left = known.iloc[PAGES:]
    sentences = [Text("account_page.all_shown", {"n": str(len(known))})]
    if len(left):
        values = {"n": str(len(known)), "pages": str(PAGES), "left": str(len(left))}
        share = _share(facts.ctx, known)
        told = {"share": share} if share.value is not None else {}
        sentences = [Text(f"account_page.some_shown{'' if told else '_plain'}", values | told), _left(facts, left)]
    sentences.append(Text("account_page.how_to_read"))
    return Prose(id="account_pages_text", title=Text("empty"), requirements=("K-02",), sentences=tuple(sentences))


def _share(ctx: Context, known) -> Figure:
    part, whole = float(known.head(PAGES)["sales"].sum()), float(known["sales"].sum())
    rest = {"numerator": part, "denominator": whole, "n": PAGES, **strategic.SCOPE}
    return ctx.figure("strategic_pages_share", ratio(part, whole), ctx.current, **rest)


def _left(facts: Facts, left) -> Text:
    red = {one.account for one in facts.healths.values() if one.level == "red"}
    names = tuple(name for name in left["account"] if name in red)
    return Text("account_page.left_red", {"names": names}) if names else Text("account_page.left_calm")


def _page(facts: Facts, name: str, row) -> Panel:
    own = facts.healths.get(row.account_id)
    state = own.level if own else "unknown"
    values = {"account": row.account, "sales": page_sales.sold(facts, row)} if own else {"account": row.account}
    scored = own is not None and own.score.value is not None
    values |= {"health": own.score} if scored else {}
    return Panel(
        id=name,
        title=Text(f"account_page.{'scored' if scored else 'plain'}_{state}", values),
        requirements=REQUIREMENTS,
        rows=(
            (page_sales.cards(facts, name, row),),
            (page_sales.course(facts, name, row),),
            (page_health.lights(facts, name, row), page_relations.people(facts, name, row)),
            (page_relations.deals(facts, name, row), page_relations.projects(facts, name, row)),
            (page_health.more(facts, name, row),),
            (page_steps.table(facts, name, row),),
        ),
    )
