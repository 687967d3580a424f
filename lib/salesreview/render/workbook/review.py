"""A review's sheet: its cards, tables and the figures behind its charts, one under the other, each with own filters."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...exhibits import formats, tables
from ...exhibits.catalogue import render
from ...exhibits.entries import word
from ...record import Cards, Cell, Figure, Review, Text
from ..blocks import Block, Placed, block, figures, placed
from .book import Book
from .numbers import unit_name

FIRST_WIDTH, LEAST, MOST = 30, 13, 24
FROZEN_ROWS = 2


@dataclass(frozen=True)
class Entry:
    """Where a block stands, for the list of contents: zero-based ``row`` of its title."""

    placed: Placed
    block: Block
    sheet: str
    row: int


class ReviewSheet:
    """Writes one review; ``entries`` say what stands where."""

    def __init__(self, book: Book, review: Review, contents: str):
        self.book, self.review = book, review
        self.sheet = book.sheet(render(review.title, book.lang, review.currency))
        self.name = self.sheet.get_name()
        self.entries: list[Entry] = []
        self._widths: dict[int, int] = {}
        self._row = FROZEN_ROWS + 1
        self._head(contents)

    def write(self) -> None:
        """All blocks of the review in the order of its pages."""
        cover = Cards("cover", Text("workbook.cover"), cards=self.review.cards)
        chapter = section = None
        for one in (Placed(cover, None, None), *placed(self.review)):
            made = block(one.exhibit)
            if made is None:
                continue
            if one.chapter != chapter and one.chapter:
                self._line(render(one.chapter, self.book.lang, self.book.currency), "heading")
            if one.section != section and one.section:
                self._line(render(one.section, self.book.lang, self.book.currency), "subheading")
            chapter, section = one.chapter, one.section
            self._block(one, made)
        for column, width in self._widths.items():
            self.sheet.set_column(column, column, min(max(width, LEAST), MOST))
        self.sheet.set_column(0, 0, FIRST_WIDTH)

    def _head(self, contents: str) -> None:
        lang, currency = self.book.lang, self.book.currency
        self.book.text(self.sheet, 0, 0, render(self.review.title, lang, currency), "title")
        link = f"internal:'{contents}'!A1"
        self.sheet.write_url(1, 0, link, self.book.style("link"), string=word("workbook.back", lang))
        self.book.text(self.sheet, 1, 1, render(self.review.headline, lang, currency), "plain")
        self.sheet.freeze_panes(FROZEN_ROWS, 1)
        self.sheet.repeat_rows(0, FROZEN_ROWS - 1)

    def _line(self, words: str, style: str) -> None:
        if words:
            self.book.text(self.sheet, self._row, 0, words, style)
            self._row += 1

    def _block(self, one: Placed, made: Block) -> None:
        lang, currency = self.book.lang, self.book.currency
        self.entries.append(Entry(one, made, self.name, self._row))
        title = render(made.title, lang, currency) or made.id
        self._line(word("workbook.chart", lang, title=title) if made.kind == "chart" else title, "caption")
        lines = [*made.rows, *([made.total] if made.total else ())]
        shared = tables.shared_flags([figure for line in lines for figure in figures(line)])
        units = [_unit([line[place] for line in lines]) for place in range(len(made.header))]
        header = [self._column(label, unit) for label, unit in zip(made.header, units, strict=True)]
        remarks = [_remarks(line, header, shared, lang) for line in lines]
        if any(remarks):
            header.append(word("workbook.remarks", lang))
        name = f"{self.review.variant}_{made.id}"
        numeric = [any(True for line in lines for _ in figures(line[place : place + 1])) for place in range(len(units))]
        self.book.filtered(self.sheet, self._row, header, len(made.rows), name, numeric)
        self._measure(header, lines)
        self._row += 1
        for place, (line, remark) in enumerate(zip(lines, remarks, strict=True)):
            self._cells(line, units, remark, "total" if place == len(made.rows) else "")
        self._foot(made, lines, shared)

    def _column(self, label, unit: str | None) -> str:
        lang, currency = self.book.lang, self.book.currency
        name = render(label, lang, currency) if label is not None else ""
        words = unit_name(unit, lang, currency) if unit else ""
        name = name or word("workbook.item", lang)
        return word("exhibit.unit_each", lang, name=name, unit=words) if words else name

    def _cells(self, line: Sequence[Cell], units: Sequence[str | None], remark: str, style: str) -> None:
        for column, (cell, unit) in enumerate(zip(line, units, strict=True)):
            self.book.cell(self.sheet, self._row, column, cell, style, alone=unit is None)
        if remark:
            self.book.text(self.sheet, self._row, len(line), remark, "remark")
        self._row += 1

    def _foot(self, made: Block, lines: Sequence[Sequence[Cell]], shared: Sequence[str]) -> None:
        lang, currency = self.book.lang, self.book.currency
        told = [formats.sentence(formats.note(flag, lang)) for flag in shared]
        told += [render(note, lang, currency) for note in made.notes]
        if any(figure.value is None for line in lines for figure in figures(line)):
            told.append(word("workbook.blank", lang))
        for words in dict.fromkeys(told):
            self._line(words, "note")
        self._row += 1

    def _measure(self, header: Sequence[str], lines: Sequence[Sequence[Cell]]) -> None:
        for column, name in enumerate(header):
            texts = [line[column] for line in lines if column < len(line) and isinstance(line[column], str | Text)]
            wide = [tables.width(render(cell, self.book.lang, self.book.currency)) for cell in texts]
            need = max([tables.width(name) // 2 + 2, *wide])
            self._widths[column] = max(self._widths.get(column, 0), need)


def _unit(cells: Sequence[Cell]) -> str | None:
    """The unit that all figures of a column share, None where they differ or there are none."""
    units = {figure.unit for figure in figures(cells)}
    return units.pop() if len(units) == 1 else None


def _remarks(line: Sequence[Cell], header: Sequence[str], shared: Sequence[str], lang: str) -> str:
    """What the flags of a row's figures say, by column; flags that all figures share are told below the table."""
    told: dict[str, list[str]] = {}
    for cell, column in zip(line, header, strict=False):
        for flag in cell.flags if isinstance(cell, Figure) else ():
            if flag not in shared:
                told.setdefault(formats.note(flag, lang), []).append(column)
    parts = [
        word("workbook.remark", lang, columns=word("common.list_comma", lang).join(dict.fromkeys(names)), note=note)
        for note, names in told.items()
    ]
    return word("workbook.remark_join", lang).join(parts)
