"""A slide for a chart, with its figures in the notes, and one for a table, as a native table."""

from collections.abc import Sequence

from lxml import etree
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from ...exhibits import charts, formats, theme
from ...exhibits.catalogue import NOTHING, render
from ...exhibits.entries import word
from ...exhibits.html import alternative, remarks, source
from ...exhibits.tables import Printed, printed
from ...record import Chart, Exhibit, Figure, Table, figures_in
from ..blocks import block
from .deck import BODY, BOTTOM, LEFT, TOP, Deck, places
from .fit import LEADING, Paragraph, fitted, height, lines, widths

NOTE_SIZES = (11, 10.5, 10, 9.5, 9, 8.5, 8)
NOTES_MOST = 1.2
TABLE_SIZES = (14, 13, 12, 11, 10.5, 10, 9.5, 9)
PADDING = 5.0
AIR = 0.7
"""How much a row may be taller than its text, in parts of the size of type, where there is room."""


def chart_slide(deck: Deck, chart: Chart, currency: str, footer, above: str = "") -> None:
    """The finding as title, the picture as large as the slide takes, what must be known below, figures in the notes."""
    slide = deck.slide(render(chart.title, deck.lang, currency), above)
    bottom = _notes(deck, slide, chart, currency)
    room = bottom - TOP - 0.1
    drawn = charts.raster(chart, deck.lang, currency, width=BODY, height=room)
    place = (LEFT + (BODY - drawn.width) / 2, TOP + (room - drawn.height) / 2, drawn.width, drawn.height)
    deck.picture(slide, drawn.png, place, alternative(chart, deck.lang, currency))
    deck.notes(slide, notes(chart, deck.lang, currency))
    footer(slide, source(figures_in(chart), deck.lang))


def notes(exhibit: Exhibit, lang: str, currency: str) -> str:
    """The figures of a chart or table, a row a line, below what it says in words."""
    made = block(exhibit)
    names = [render(label, lang, currency) if label is not None else "" for label in made.header]
    title = render(exhibit.title, lang, currency)
    told = [alternative(exhibit, lang, currency) if isinstance(exhibit, Chart) else title]
    for row in (*made.rows, *((made.total,) if made.total else ())):
        parts = [
            f"{name} {_words(cell, lang, currency)}".strip() for name, cell in zip(names[1:], row[1:], strict=True)
        ]
        told.append(word("slides.row", lang, name=render(row[0], lang, currency), values=" | ".join(parts)))
    return "\n".join(told)


def _words(cell, lang: str, currency: str) -> str:
    return formats.figure(cell, lang, currency) if isinstance(cell, Figure) else render(cell, lang, currency)


def _notes(deck: Deck, slide, exhibit: Exhibit, currency: str, more: Sequence[str] = ()) -> float:
    """What stands below: reconciliation, what flags mean, notes; gives the place where it begins."""
    given = [render(text, deck.lang, currency) for text in (*_reconciled(exhibit), *exhibit.notes)]
    told = list(dict.fromkeys((*given[:1], *more, *remarks(exhibit, deck.lang), *given[1:])))
    if not told:
        return BOTTOM
    paragraphs = [Paragraph(words, colour=theme.MUTED) for words in told]
    size = fitted(paragraphs, BODY * 72, NOTES_MOST * 72, NOTE_SIZES) or NOTE_SIZES[-1]
    tall = height(paragraphs, BODY * 72, size) / 72 + 0.02
    deck.text(slide, (LEFT, BOTTOM - tall, BODY, tall), paragraphs, (size,), name="notes")
    return BOTTOM - tall


def _reconciled(exhibit: Exhibit) -> tuple:
    told = getattr(exhibit, "reconciliation", None)
    return (told,) if told is not None else ()


def table_slide(deck: Deck, table: Table, currency: str, footer, above: str = "") -> bool:
    """A native table in the largest type that fits; without one there is no slide. Says whether there is."""
    shown = printed(table, deck.lang, currency)
    below = [word("exhibit.no_value", deck.lang)] if any(NOTHING in row for row in shown.rows) else []
    size = next((size for size in TABLE_SIZES if _height(shown, size) <= (BOTTOM - NOTES_MOST - TOP) * 72), None)
    if size is None:
        return False
    slide = deck.slide(render(table.title, deck.lang, currency), above)
    _notes(deck, slide, table, currency, (*shown.notes, *below))
    wide, tall = _widths(shown, size), _heights(shown, size)
    room = (BOTTOM - NOTES_MOST - TOP) * 72
    tall = [points + min(size * AIR, (room - sum(tall)) / len(tall)) for points in tall]
    rows, columns = len(tall), len(wide)
    frame = slide.shapes.add_table(rows, columns, *places(LEFT, TOP, BODY, sum(tall) / 72))
    frame._element.nvGraphicFramePr.cNvPr.set("descr", render(table.title, deck.lang, currency))
    made = frame.table
    made.horz_banding = False
    for place, points in enumerate(wide):
        made.columns[place].width = Inches(points / 72)
    for place, points in enumerate(tall):
        made.rows[place].height = Inches(points / 72)
    for row, texts in enumerate((shown.header, *shown.rows)):
        strong = row == 0 or (shown.has_total and row == rows - 1)
        for column, words in enumerate(texts):
            _cell(deck, made.cell(row, column), words, size, strong, row == 0, shown.numeric[column])
    deck.notes(slide, notes(table, deck.lang, currency))
    footer(slide, source(figures_in(table), deck.lang))
    return True


def _cell(deck: Deck, cell, words: str, size: float, bold: bool, header: bool, numeric: bool) -> None:
    align = PP_ALIGN.RIGHT if numeric else PP_ALIGN.LEFT
    deck.fill(cell.text_frame, [Paragraph(words, bold=bold)], size, MSO_ANCHOR.MIDDLE, align)
    cell.margin_left = cell.margin_right = Pt(PADDING)
    cell.margin_top = cell.margin_bottom = Pt(PADDING / 2)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.fill.solid()
    cell.fill.fore_color.rgb = RGBColor.from_string((theme.HEADER_FILL if header else theme.PAPER).lstrip("#").upper())
    properties = cell._tc.get_or_add_tcPr()
    line = etree.Element(qn("a:lnB"), w=str(Pt(0.75)))
    fill = etree.SubElement(etree.SubElement(line, qn("a:solidFill")), qn("a:srgbClr"))
    fill.set("val", theme.GRID.lstrip("#").upper())
    properties.insert(0, line)


def _widths(shown: Printed, size: float) -> list[float]:
    columns = list(zip(shown.header, *shown.rows, strict=True))
    return widths(columns, BODY * 72, size, 2 * PADDING)


def _heights(shown: Printed, size: float) -> list[float]:
    wide = _widths(shown, size)
    return [
        max(lines(Paragraph(words, bold=True), room - 2 * PADDING, size) for words, room in zip(row, wide, strict=True))
        * size
        * LEADING
        + PADDING
        for row in (shown.header, *shown.rows)
    ]


def _height(shown: Printed, size: float) -> float:
    return sum(_heights(shown, size))
