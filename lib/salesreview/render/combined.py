"""pack.pdf: all reviews as one document with one contents list, one outline, one appendix and continuous pages."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from ..exhibits.entries import word
from ..exhibits.html import html as exhibit_html
from ..record import Card, Cards, Heading, Review, Terms, Text
from .document import Colophon, Cover, Entry, document, outline, template
from .failure import Failed
from .fragments import Ids, clean
from .page import Parts, failure_parts, review_parts, saved_review

PREFIX = "pk"
MOST_CARDS = 6


def pack_page(given: Sequence[Path | Failed], cover: Cover, lang: str, colophon: Colophon) -> str:
    """The whole pack as one HTML document for print, from executed notebooks and what stands for failed reviews."""
    reviews = [saved_review(one) for one in given if isinstance(one, Path)]
    parts = [_parts(one, lang) for one in given]
    appendix = _appendix(reviews, lang)
    body = template("combined.html.j2").render(parts=parts)
    whole = [part for part in parts if part.cards]
    return document(
        cover,
        lang,
        prefix=PREFIX,
        title=word("pack.index_title", lang),
        verdict=whole[0].verdict if whole else "",
        cards=cover_cards(reviews, lang),
        body=body + appendix,
        outline=(*_contents(parts), *outline(appendix)),
        colophon=colophon,
        kind="combined",
        headers={f"{part.prefix}-review": part.title for part in parts},
    )


def headline_cards(reviews: Sequence[Review]) -> tuple[Card, ...]:
    """The sales card that all reviews share, then the next card of each: what the pack is about at a glance."""
    cards = [*reviews[0].cards[:1], *(card for review in reviews for card in review.cards[1:2])]
    unique = {card.figure.key: card for card in cards}
    more = (card for review in reviews for card in review.cards[2:] if card.figure.key not in unique)
    return (*unique.values(), *more)[:MOST_CARDS]


def cover_cards(reviews: Sequence[Review], lang: str) -> str:
    """The headline cards of the pack as HTML; empty without reviews."""
    if not reviews:
        return ""
    return _fragment(Cards("cover", Text("empty"), cards=headline_cards(reviews)), reviews[0], lang)


def _parts(given: Path | Failed, lang: str) -> Parts:
    if isinstance(given, Failed):
        return failure_parts(given.cover, lang, given.failure)
    return review_parts(given, lang, without=_appendix_ids(saved_review(given)))


def _appendix_ids(review: Review) -> set[str]:
    """The terms at the end of a review and the heading above them: the pack prints them once for all."""
    found: set[str] = set()
    for before, exhibit in zip(review.exhibits, review.exhibits[1:], strict=False):
        if isinstance(exhibit, Terms):
            found |= {exhibit.id} | ({before.id} if isinstance(before, Heading) else set())
    return found


def _appendix(reviews: Sequence[Review], lang: str) -> str:
    terms = [exhibit for review in reviews for exhibit in review.exhibits if isinstance(exhibit, Terms)]
    if not terms:
        return ""
    merged = {repr(term): term for exhibit in terms for term in exhibit.terms}
    shown = (
        Heading("appendix", Text("appendix.heading"), level=1),
        Terms("appendix_formulas", terms[0].title, terms=tuple(merged.values())),
    )
    return "".join(_fragment(exhibit, reviews[0], lang) for exhibit in shown)


def _fragment(exhibit, review: Review, lang: str) -> str:
    return clean(exhibit_html(exhibit, lang, review.currency), Ids(PREFIX).keep).html


def _contents(parts: Iterable[Parts]) -> Iterable[Entry]:
    """Reviews and their chapters; sections would fill four pages."""
    for part in parts:
        yield Entry(f"{part.prefix}-review", 1, part.title)
        yield from (entry for entry in outline(part.body) if entry.level == 2)
