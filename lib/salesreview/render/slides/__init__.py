"""pack.pptx: a title slide; for each review its executive slide, its key charts and tables (see select)."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pptx.enum.text import PP_ALIGN

from ...exhibits import theme
from ...exhibits.catalogue import render
from ...exhibits.entries import word
from ...record import Chart, PeriodName, Review, Table
from ..blocks import placed
from ..document import Cover
from . import exhibit
from .deck import BODY, LEFT, RIGHT, Deck
from .executive import executive
from .fit import Paragraph
from .select import key_exhibits

FOOT = 7.08
TITLE_SIZES = (20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10)


def write(
    reviews: Sequence[Review], lang: str, cover: Cover, target: Path, failed: Sequence[tuple[str, str]] = ()
) -> None:
    """Write the deck of a pack in one language; the same reviews give the same bytes.

    ``failed`` names the variants without a review and why; they stand on the first slide.
    """
    deck = Deck(lang, f"{word('pack.index_title', lang)} · {cover.company[lang]}", cover.company[lang], cover.as_of)
    as_of = word("pack.as_of", lang, date=render(date.fromisoformat(cover.as_of), lang))

    def footer(slide, told: str) -> None:
        left = Paragraph(" · ".join(filter(None, (told, as_of))), colour=theme.MUTED)
        right = Paragraph(str(len(deck.file.slides)), colour=theme.MUTED)
        deck.text(slide, (LEFT, FOOT, BODY - 0.8, 0.22), [left], (10, 9.5, 9, 8.5, 8, 7.5, 7, 6.5, 6), name="source")
        deck.text(slide, (RIGHT - 0.7, FOOT, 0.7, 0.22), [right], (10,), align=PP_ALIGN.RIGHT, name="page")

    _title(deck, reviews, cover, failed, footer)
    for review in reviews:
        _review(deck, review, footer)
    deck.save(target)


def _title(deck: Deck, reviews: Sequence[Review], cover: Cover, failed: Sequence[tuple[str, str]], footer) -> None:
    lang = deck.lang
    slide = deck.slide(f"{cover.company[lang]}　{word('pack.index_title', lang)}")
    period = word("pack.period", lang, period=render(PeriodName(cover.period), lang))
    told = [Paragraph(period, factor=1.1, colour=theme.MUTED)]
    if reviews:
        told.append(Paragraph(render(reviews[0].headline, lang, cover.currency), 1.2, bold=True, before=1.0))
    for place, review in enumerate(reviews):
        told.append(
            Paragraph(render(review.title, lang, cover.currency), before=1.5 if place == 0 else 0.4, bullet=True)
        )
    for variant, reason in failed:
        words = f"{word(f'variant.{variant}', lang)}: {word('pack.index_failed', lang, reason=reason)}"
        told.append(Paragraph(words, 0.8, colour=theme.BAD, before=0.4, bullet=True))
    deck.text(slide, (LEFT, 1.6, BODY, 5.2), told, TITLE_SIZES, name="contents")
    footer(slide, "")


def _review(deck: Deck, review: Review, footer) -> None:
    with_decisions = executive(deck, review, footer)
    sections = {one.exhibit.id: one.section or one.chapter for one in placed(review)}
    chosen = key_exhibits(review)
    decisions = next((one for one in review.exhibits if one.id == "executive_decisions"), None)
    if isinstance(decisions, Table) and not with_decisions:
        chosen = (decisions, *chosen)
    for one in chosen:
        make = exhibit.chart_slide if isinstance(one, Chart) else exhibit.table_slide
        above = [render(text, deck.lang, review.currency) for text in (review.title, sections[one.id]) if text]
        make(deck, one, review.currency, footer, " · ".join(above))
