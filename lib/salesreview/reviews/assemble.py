"""Puts sections together into one review record."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from ..record import Card, Exhibit, Finding, Heading, Prose, Review, Text
from . import appendix, executive
from .colours import coloured
from .context import Context
from .findings import ranking
from .findings.ranking import Rule
from .sections.sales.headline import Headline, headline_figures

SALES_REVIEW = "data_driven"
"""The review whose verdict is the sales result; that of the others is what their findings say."""
SIDES = (("strength", True), ("challenge", False))
Section = Callable[[Context], tuple[Exhibit, ...]]


def review(
    ctx: Context,
    variant: str,
    parts: Sequence[tuple[str, Sequence[Section]]],
    *,
    rules: Sequence[Rule],
    facts: Sequence[str],
    cards: Callable[[Context, dict[str, Exhibit]], Iterable[Card]],
    intro: Sequence[str] = (),
) -> Review:
    """A review from ``parts`` (catalogue key of the chapter and its sections), opened by a summary.

    ``rules`` find what is notable; it is told on the executive page and in a chapter after the parts. ``facts`` are
    ids of exhibits whose titles tell there what happened. ``cards`` gives the cover's figures after the shared sales
    card, ``intro`` the requirements that the executive page meets.
    """
    headline = headline_figures(ctx)
    chapters = [
        (
            Heading(id=f"part_{name}", title=Text(f"part.{name}"), level=1),
            *told_first(exhibit for section in sections for exhibit in section(ctx)),
        )
        for name, sections in parts
    ]
    body = coloured(ctx, (exhibit for chapter in chapters for exhibit in chapter))
    findings = ranking.found(ctx, rules)
    shown = {exhibit.id: exhibit for exhibit in body}
    noted = [shown[name] for name in facts if name in shown]
    told = (*executive.exhibits(ctx, verdict(headline), findings, noted, intro), *body, *ranking.exhibits(findings))
    meta = ctx.mart.meta
    return Review(
        variant=variant,
        title=Text(f"variant.{variant}"),
        headline=verdict(headline) if variant == SALES_REVIEW else _notable(findings) or verdict(headline),
        cards=unique_cards((headline.card, *cards(ctx, shown))),
        exhibits=(*told, *_plan(), *appendix.exhibits(told)),
        period=ctx.period.code,
        as_of=str(meta.as_of),
        company=meta.company,
        currency=meta.currency,
    )


def told_first(exhibits: Iterable[Exhibit]) -> Iterator[Exhibit]:
    """``exhibits`` with the text of each section (``x_text`` of the section ``x_heading``) right under its heading,
    whether there is something to tell or a box stands in its place."""
    sections: list[list[Exhibit]] = [[]]
    for exhibit in exhibits:
        if isinstance(exhibit, Heading):
            sections.append([])
        sections[-1].append(exhibit)
    for section in sections:
        text = section[0].id.removesuffix("_heading") + "_text" if section else ""
        yield from sorted(section, key=lambda one: (not isinstance(one, Heading), one.id != text))


def _notable(findings: Sequence[Finding]) -> Text | None:
    """The first strength and the first challenge in one sentence."""
    sides = {side: next((one for one in findings if one.favourable == good), None) for side, good in SIDES}
    claims = {side: finding.claim for side, finding in sides.items() if finding}
    return Text(f"verdict.{'_and_'.join(claims)}", claims) if claims else None


def verdict(headline: Headline) -> Text:
    """The review period's result in one sentence."""
    values = {"sales": headline.sales, "attainment": headline.attainment, "yoy": headline.yoy}
    if headline.attainment.value is None:
        case = "no_target" if headline.yoy.value is not None else "no_base"
    else:
        case = "met" if headline.attainment.value >= 1 else "missed"
        case += "" if headline.yoy.value is not None else "_no_base"
    kept = {"no_target": ("sales", "yoy"), "no_base": ("sales",)}.get(case, ("sales", "attainment", "yoy"))
    if case.endswith("_no_base"):
        kept = ("sales", "attainment")
    prefix = "result_partial" if "partial" in headline.sales.flags else "result"
    return Text(f"{prefix}.{case}", {name: values[name] for name in kept})


def _plan() -> tuple[Exhibit, ...]:
    return (
        Heading(id="part_plan", title=Text("part.plan"), level=1),
        Prose(id="plan_text", title=Text("empty"), requirements=("G-01",), sentences=(Text("plan.to_come"),)),
    )


def unique_cards(cards: Iterable[Card]) -> tuple[Card, ...]:
    """``cards`` without those whose figure an earlier one shows: where data are missing, places shift."""
    found: dict[tuple, Card] = {}
    for card in cards:
        found.setdefault(card.figure.key, card)
    return tuple(found.values())


def cards_of(shown: dict[str, Exhibit], names: Iterable[tuple[str, int]]) -> tuple[Card, ...]:
    """The cards at (exhibit id, position) that were shown; silently fewer where an exhibit has no data."""
    found = []
    for name, position in names:
        cards = getattr(shown.get(name), "cards", ())
        if position < len(cards):
            found.append(cards[position])
    return tuple(found)
