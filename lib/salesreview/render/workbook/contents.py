"""The first sheet: whose reviews, of when, in what money; links to every sheet and block; how to read it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from ...exhibits import formats
from ...exhibits.catalogue import render
from ...exhibits.entries import word
from ...record import PeriodName, Review
from ..document import Cover
from .book import Book
from .lists import columns
from .review import Entry

GUIDE = ("sheets", "filters", "charts", "numbers", "quoted")


class Contents:
    """The first sheet; opened before the others so that it stands first, filled when they are written."""

    def __init__(self, book: Book):
        self.book = book
        self.sheet = book.sheet(word("workbook.contents", book.lang))
        self.name = self.sheet.get_name()
        for place, width in enumerate((44, 30, 30, 16, 70)):
            self.sheet.set_column(place, place, width)
        self._row = 0

    def write(self, cover: Cover, reviews: Sequence[Review], failed: Sequence[tuple[str, str]], lists: Mapping,
              entries: Sequence[Entry]) -> None:  # fmt: skip
        """``failed`` are variants with their reasons, ``lists`` sheet names with what they hold, ``entries`` blocks."""
        lang, book = self.book.lang, self.book
        book.text(self.sheet, 0, 0, cover.company[lang], "title")
        book.text(self.sheet, 1, 0, word("pack.index_title", lang), "heading")
        self._row = 2
        for name, value in self._facts(cover, lang):
            self._pair(name, value)
        self._row += 1
        for review, name in zip(reviews, dict.fromkeys(entry.sheet for entry in entries), strict=True):
            self._linked(name, render(review.headline, lang, review.currency))
        for variant, reason in failed:
            self._pair(word(f"variant.{variant}", lang), word("pack.index_failed", lang, reason=reason))
        for name, told in lists.items():
            self._linked(name, told)
        self._row += 1
        for key in GUIDE:
            book.text(self.sheet, self._row, 0, word(f"workbook.guide_{key}", lang), "note")
            self._row += 1
        self._row += 1
        self._blocks(entries)

    def _facts(self, cover: Cover, lang: str) -> Iterable[tuple[str, str]]:
        yield word("pack.colophon_period", lang), render(PeriodName(cover.period), lang)
        yield word("pack.colophon_as_of", lang), render(date.fromisoformat(cover.as_of), lang)
        name = formats.currency_words(cover.currency, lang)[0]
        yield word("pack.colophon_currency", lang), f"{cover.currency} {name}"

    def _pair(self, name: str, value: str) -> None:
        self.book.text(self.sheet, self._row, 0, name, "caption")
        self.book.text(self.sheet, self._row, 1, value, "plain")
        self._row += 1

    def _linked(self, sheet: str, told: str) -> None:
        self._link(self._row, 0, sheet, 0, sheet)
        self.book.text(self.sheet, self._row, 1, told, "plain")
        self._row += 1

    def _link(self, row: int, column: int, sheet: str, target: int, words: str) -> None:
        quoted = sheet.replace("'", "''")
        self.sheet.write_url(row, column, f"internal:'{quoted}'!A{target + 1}", self.book.style("link"), string=words)

    def _blocks(self, entries: Sequence[Entry]) -> None:
        lang, currency, top = self.book.lang, self.book.currency, self._row
        names = [name for name, _ in columns(lang, review=0, chapter=0, section=0, kind=0, exhibit=0)]
        self.book.filtered(self.sheet, top, names, len(entries), "contents")
        for row, entry in enumerate(entries, top + 1):
            one, title = entry.placed, render(entry.block.title, lang, currency) or entry.block.id
            self.book.text(self.sheet, row, 0, entry.sheet)
            self.book.text(self.sheet, row, 1, render(one.chapter, lang, currency) if one.chapter else "")
            self.book.text(self.sheet, row, 2, render(one.section, lang, currency) if one.section else "")
            self.book.text(self.sheet, row, 3, word(f"workbook.kind_{entry.block.kind}", lang))
            self._link(row, 4, entry.sheet, entry.row, title)
        self.sheet.freeze_panes(2, 1)
