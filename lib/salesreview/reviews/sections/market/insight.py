"""What the market review adds up to: its headline figures, what to sell to whom and how, strengths and threats
(requirements M-01, S1-03, S2-16)."""

from ....queries import sales
from ....record import Card, Exhibit, Figure, Heading, Prose, Table, Text
from ...context import Context, Span, change
from ...findings.ranking import found as ranked
from ..cases import newcomer_base
from ..sales.launches import vitality
from ..team.team_customer_facts import Customers
from . import behaviour, products, share
from .boxes import too_few
from .common import gap, thin
from .satisfaction import missing as survey_missing
from .satisfaction import moved, nps

INTRO = {"insight_text": ("M-01",)}
MOST = 4


def opening(ctx: Context) -> tuple[Exhibit, ...]:
    """The review's four figures, which the cover shows as cards, in one paragraph (M-01)."""
    heading = Heading(id="insight_heading", title=Text("insight.heading"))
    cards = headline_cards(ctx)
    if not cards:
        return heading, *too_few(INTRO, Text("insight.heading"), Text("insight.nothing"))
    return heading, _intro(cards)


def headline_cards(ctx: Context) -> dict[str, Card]:
    """Market share, net promoter score, share of new products and of new customers, each on last year."""
    found = {}
    held = share.whole_share(ctx)
    if held is not None:
        found["share"] = Card(Text("metric.market_share"), held[0], (held[1],))
    comparable = ctx.covers(ctx.year_ago)
    if not survey_missing(ctx, "NPS"):
        score = nps(ctx)
        if score.known:
            base = nps(ctx, ctx.year_ago) if comparable else None
            found["nps"] = Card(Text("metric.nps"), score.figure, (moved(score, base),))
    if len(ctx.mart.missing("products.launch_date", "product_launches.launch_date")) < 2:
        found["vitality"] = _card(ctx, "vitality", vitality, comparable)
    if not ctx.mart.missing("orders.account_id") and newcomer_base(ctx, ctx.current):
        comparable = newcomer_base(ctx, ctx.year_ago) is not None
        found["new"] = _card(ctx, "new_sales_share", new_share, comparable)
    return {name: card for name, card in found.items() if card.figure.value is not None}


def _card(ctx: Context, name: str, make, comparable: bool) -> Card:
    now = make(ctx, ctx.current)
    return Card(Text(f"metric.{name}"), now, (change(now, make(ctx, ctx.year_ago) if comparable else None, "yoy"),))


def new_share(ctx: Context, span: Span) -> Figure:
    """Share of sales from customers whose first order lies in the span (convention NEWC)."""
    return Customers(ctx, span).new_share()


def _intro(cards: dict[str, Card]) -> Prose:
    sentences = []
    for name, card in cards.items():
        step = card.comparisons[0]
        values = {"value": card.figure}
        if step.value is None:
            sentences.append(Text(f"insight.{name}", values))
        else:
            case = "within" if name in ("nps", "share") and "within_chance" in step.flags else "moved"
            sentences.append(Text(f"insight.{name}_{case}", values | {"moved": step}))
    return Prose(id="insight_text", title=Text("empty"), requirements=INTRO["insight_text"], sentences=tuple(sentences))


def answers(ctx: Context) -> tuple[Exhibit, ...]:
    """What to sell, to whom, how: three answers from the findings of the chapter (S1-03)."""
    rows = [*_what(ctx), *_whom(ctx), *_how(ctx)]
    heading = Heading(id="answers_heading", title=Text("answers.heading"))
    place = ("answers_table", "answers.heading", ("S1-03",))
    if not rows:
        return heading, thin(*place, "answers.none")
    table = Table(
        id=place[0],
        title=Text("answers.title", {"answers": tuple(row[1] for row in rows[:3])}),
        requirements=place[2],
        header=tuple(Text(f"answers.column_{name}") for name in ("question", "answer", "measure", "value", "why")),
        rows=tuple(rows),
        notes=(Text("answers.note"),),
    )
    return heading, table


def _what(ctx: Context) -> list[tuple]:
    found = products.lines(ctx)
    suffix = "_own" if found.own_cut else ""
    known = [row for row in found.rows if row.standing in ("star", "potential") and row.yoy.value is not None]
    best = sorted(known, key=lambda row: (-row.yoy.value, row.name))[:2]
    return [
        (Text("answers.what"), row.name, Text("answers.growth"), row.yoy, Text(f"answers.why_{row.standing}{suffix}"))
        for row in best
    ]


def _whom(ctx: Context) -> list[tuple]:
    """Industries with a fast market, else those whose sales grew most, among the ones with enough orders."""
    now = sales.by(ctx.mart, ctx.current.window, "industry").set_index("industry")
    if not ctx.covers(ctx.year_ago) or now.empty:
        return []
    base = sales.by(ctx.mart, ctx.year_ago.window, "industry").set_index("industry")
    sized = share.both(ctx)[0]
    rows = []
    for name, row in now.iterrows():
        if name == "未分类" or row["orders"] < ctx.settings.minimum_n.rate or name not in base.index:
            continue
        where = {"dimension": "industry", "member": name}
        sold = ctx.figure("sales", float(row["sales"]), ctx.current, **where)
        old = ctx.figure("sales", float(base.loc[name, "sales"]), ctx.year_ago, **where)
        moved = change(sold, old, "yoy")
        if moved.value is not None and moved.value > 0:
            held = sized.get(("industry", name))
            why = Text("answers.why_industry", {"share": held.share}) if held else Text("answers.why_segment")
            rows.append((Text("answers.whom"), name, Text("answers.growth"), moved, why))
    return sorted(rows, key=lambda row: (-row[3].value, row[1]))[:2]


def _how(ctx: Context) -> list[tuple]:
    rows = []
    channels = behaviour.order_channels(ctx) if ctx.covers(ctx.year_ago) else {}
    top = behaviour.moved_most(channels)
    rising = [(name, row) for name, row in channels.items() if row[2].value and row[2].value > 0]
    if top is not None and rising:
        name, row = max(rising, key=lambda item: item[1][2].value)
        rows.append((Text("answers.how"), name, Text("answers.share_moved"), row[2], Text("answers.why_channel")))
    sources = behaviour.lead_sources(ctx) if ctx.covers(ctx.year_ago) else {}
    gained = [(name, row) for name, row in sources.items() if _certain(row[2]) and row[2].value > 0]
    if gained:
        name, row = max(gained, key=lambda item: (item[1][2].value, item[0]))
        rows.append((Text("answers.how"), name, Text("answers.leads_moved"), row[2], Text("answers.why_source")))
    return rows


def _certain(moved: Figure) -> bool:
    return moved.value is not None and not {"within_chance", "small_n"} & set(moved.flags)


def swot(ctx: Context, rules) -> tuple[Exhibit, ...]:
    """Strengths, weaknesses, opportunities and threats from the findings and the notes on the market (S2-16)."""
    findings = ranked(ctx, rules)
    outside = ("F-RIVAL", "F-SEG-GROW")
    cells = {
        "strength": [one.claim for one in findings if one.favourable and one.code not in outside],
        "weakness": [one.claim for one in findings if not one.favourable and one.code not in outside],
        "opportunity": [one.claim for one in findings if one.favourable and one.code in outside] + _noted(ctx, "+"),
        "threat": [one.claim for one in findings if not one.favourable and one.code in outside] + _noted(ctx, "-"),
    }
    rows = [(Text(f"swot.{name}"), claim) for name, claims in cells.items() for claim in claims[:MOST]]
    place = ("swot_table", "swot.title", ("S2-16",))
    if not rows:
        return (gap(*place, ("params/macro_notes.yml",)),)
    counts = {name: str(len(claims)) for name, claims in cells.items()}
    return (
        Table(
            id=place[0],
            title=Text("swot.counts", counts),
            requirements=place[2],
            header=(Text("swot.column_side"), Text("swot.column_claim")),
            rows=tuple(rows),
            notes=(Text("swot.note"),),
        ),
    )


def _noted(ctx: Context, effect: str) -> list[Text]:
    notes = [note for note in ctx.settings.macro_notes.notes if note.effect == effect]
    policies = [one for one in ctx.settings.policy_log.policies if one.effect == effect]
    return [
        *(Text("swot.noted", {"text": note.text, "source": note.source}) for note in notes),
        *(Text("swot.noted", {"text": one.policy, "source": one.source}) for one in policies),
    ]
