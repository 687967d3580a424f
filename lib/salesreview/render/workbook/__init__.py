"""pack.xlsx: every table of the pack and the figures behind its charts as numbers that a spreadsheet can work with."""

from collections.abc import Sequence
from pathlib import Path

from ...exhibits.entries import word
from ...record import Review
from ..document import Cover
from . import lists
from .book import opened
from .contents import Contents
from .review import ReviewSheet

SHEETS = {
    "figures": lists.figures_sheet,
    "findings": lists.findings_sheet,
    "definitions": lists.definitions_sheet,
    "missing": lists.missing_sheet,
}


def write(
    reviews: Sequence[Review], lang: str, cover: Cover, target: Path, failed: Sequence[tuple[str, str]] = ()
) -> None:
    """Write the workbook of a pack in one language; the same reviews give the same bytes.

    One sheet a review with its cards, tables and charts' figures one under the other, each an Excel table with own
    filters; then one list each of all figures, findings, definitions and what is missing. ``failed`` names the
    variants without a review and why.
    """
    title = f"{word('pack.index_title', lang)} · {cover.company[lang]}"
    book = opened(target, lang, cover.currency, title, cover.company[lang], cover.as_of)
    contents = Contents(book)
    entries = []
    for review in reviews:
        sheet = ReviewSheet(book, review, contents.name)
        sheet.write()
        entries += sheet.entries
    for make in SHEETS.values():
        make(book, reviews)
    told = {word(f"workbook.{name}", lang): word(f"workbook.about_{name}", lang) for name in SHEETS}
    contents.write(cover, reviews, failed, told, entries)
    book.file.close()
