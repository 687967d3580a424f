"""The executive slide of a review: verdict, headline figures, what happened, why, what is to be done."""

from collections.abc import Sequence

from ...exhibits import formats, theme
from ...exhibits.cards import compared, judgement
from ...exhibits.catalogue import render
from ...exhibits.entries import word
from ...record import Card, Figure, Prose, Review, Table
from .deck import BODY, BOTTOM, LEFT, TOP, Deck
from .fit import Paragraph

CARDS, CARD_HEIGHT, GAP = 6, 1.4, 0.15
LEAST, SIZES = 10.0, (14, 13.5, 13, 12.5, 12, 11.5, 11, 10.5, 10)
CARD_SIZES = (12, 11.5, 11, 10.5, 10, 9.5, 9, 8.5, 8, 7.5, 7)
SENTENCES = 4
SHARES = {3: (0.26, 0.34, 0.40), 2: (0.42, 0.58)}
COLOURS = {"better": theme.GOOD, "worse": theme.BAD, "neutral": theme.MUTED}


def executive(deck: Deck, review: Review, footer) -> bool:
    """Add the slide; says whether the decisions stand on it, too (they need room)."""
    lang, currency = deck.lang, review.currency
    slide = deck.slide(render(review.headline, lang, currency), render(review.title, lang, currency))
    _cards(deck, slide, review.cards[:CARDS], currency)
    parts = [_happened(review, lang), _why(review, lang), _decisions(review, lang)]
    parts = [part for part in parts if len(part) > 1]
    whole = _columns(deck, slide, parts) if parts else True
    if not whole:
        _columns(deck, slide, parts[:2])
    footer(slide, "")
    return whole and len(parts) > 2


def _cards(deck: Deck, slide, cards: Sequence[Card], currency: str) -> None:
    if not cards:
        return
    width = (BODY - GAP * (len(cards) - 1)) / len(cards)
    lefts = [LEFT + place * (width + GAP) for place in range(len(cards))]
    inner = [(left + 0.1, TOP + 0.08, width - 0.2, CARD_HEIGHT - 0.16) for left in lefts]
    told = [_card(card, deck.lang, currency) for card in cards]
    size = deck.common_size(list(zip(told, inner, strict=True)), CARD_SIZES) or CARD_SIZES[-1]
    for place, left in enumerate(lefts):
        deck.box(slide, (left, TOP, width, CARD_HEIGHT), theme.EMPTY).name = f"card {place + 1}"
        deck.text(slide, inner[place], told[place], (size,), name=told[place][0].text)


def _card(card: Card, lang: str, currency: str) -> list[Paragraph]:
    value = formats.figure(card.figure, lang, currency)
    weak = "small_n" in card.figure.flags
    return [
        Paragraph(render(card.label, lang, currency), colour=theme.MUTED),
        Paragraph(value, factor=1.6, bold=True, colour=theme.MUTED if weak else theme.ROLES["actual"]),
        *(Paragraph(_compared(one, lang, currency), 0.9, colour=COLOURS[judgement(one)]) for one in card.comparisons),
    ]


def _compared(figure: Figure, lang: str, currency: str) -> str:
    told = compared(figure, lang, currency)
    return " ".join(filter(None, (told.name, told.arrow, told.shown, told.verdict)))


def _columns(deck: Deck, slide, parts: Sequence[Sequence[Paragraph]]) -> bool:
    """Texts side by side in one size of type; nothing is written where they do not fit."""
    top = TOP + CARD_HEIGHT + 0.25
    shares = SHARES.get(len(parts), (1.0,))
    room = BODY - 0.35 * (len(parts) - 1)
    boxes, left = [], LEFT
    for share in shares:
        boxes.append((left, top, room * share, BOTTOM - top))
        left += room * share + 0.35
    size = deck.common_size(list(zip(parts, boxes, strict=True)), SIZES)
    if size is None:
        return False
    for part, box in zip(parts, boxes, strict=True):
        deck.text(slide, box, part, (size,), name=part[0].text)
    return True


def _head(key: str, lang: str) -> Paragraph:
    return Paragraph(word(key, lang), factor=1.15, bold=True, colour=theme.ROLES["actual"])


def _happened(review: Review, lang: str) -> list[Paragraph]:
    """The summary without the verdict, which is the slide's title."""
    prose = next((one for one in review.exhibits if isinstance(one, Prose) and one.id == "summary_text"), None)
    told = [render(text, lang, review.currency) for text in (prose.sentences if prose else ())]
    told = [words for words in told if words != render(review.headline, lang, review.currency)]
    return [_head("slides.happened", lang), *(_item(words) for words in told[:SENTENCES])]


def _why(review: Review, lang: str) -> list[Paragraph]:
    table = _table(review, "executive_findings")
    told = [_finding(row, lang, review.currency) for row in (table.rows if table else ())]
    return [_head("slides.why", lang), *(_item(words) for words in told)]


def _finding(row: Sequence, lang: str, currency: str) -> str:
    number, claim, stake = row
    told = word("slides.numbered", lang, number=render(number, lang, currency), words=render(claim, lang, currency))
    if stake is None or stake.value is None:
        return told
    return word("slides.stake", lang, words=told, amount=formats.figure(stake, lang, currency, style="abs"))


def _decisions(review: Review, lang: str) -> list[Paragraph]:
    table = _table(review, "executive_decisions")
    if not table:
        return []
    told = [_head("slides.decisions", lang)]
    for place, row in enumerate(table.rows, 1):
        what, why, who, when, measure = (render(cell, lang, review.currency) for cell in row)
        told.append(Paragraph(f"{place}. {what}", bold=True, before=0.45))
        about = word("slides.decision", lang, why=why, who=who, when=when, measure=measure)
        told.append(Paragraph(about, factor=0.9, colour=theme.MUTED))
    return told


def _item(words: str) -> Paragraph:
    return Paragraph(words, before=0.35, bullet=True)


def _table(review: Review, name: str) -> Table | None:
    return next((one for one in review.exhibits if isinstance(one, Table) and one.id == name), None)
