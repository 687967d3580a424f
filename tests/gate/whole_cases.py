"""Broken files about all reviews: name, how to break, the check that must catch it, the file, words of the message."""

import io
import re

import pikepdf
from pptx.util import Inches

from .breaking import Breaker, deck, page_stream, pdf, remove, zipped
from .pdf_cases import blank_page, emptied, lost_characters

PDF, BOOK, DECK = "pack.en.pdf", "pack.en.xlsx", "pack.en.pptx"
REVIEW_SHEET, FIGURES_SHEET, STRINGS = "xl/worksheets/sheet2.xml", "xl/worksheets/sheet4.xml", "xl/sharedStrings.xml"
SALES_CELL = re.compile(rb"<v>12345678</v>")


def part(name: str, old: bytes, new: bytes):
    """Replace the first match of ``old`` in a part."""

    def run(parts: dict[str, bytes]) -> None:
        changed = re.sub(old, new, parts[name], count=1, flags=re.S)
        assert changed != parts[name], f"{name} does not hold {old!r}"
        parts[name] = changed

    return run


def added(name: str):
    def run(parts: dict[str, bytes]) -> None:
        parts[name] = b"x"

    return run


def first_review_unnamed(file: pikepdf.Pdf) -> None:
    file.Root.Outlines.First.Title = pikepdf.String("Something else")


def places_swapped(file: pikepdf.Pdf) -> None:
    """A place of one review leads to the first page of another."""
    names = file.Root.Names.Dests.Names
    places = {str(name): at + 1 for at, name in enumerate(names) if at % 2 == 0}
    names[places["dd-second"]] = names[places["tm-first"]]


def shape_of(file, kind: str):
    return next(shape for slide in file.slides for shape in slide.shapes if getattr(shape, kind, False))


def no_title(file) -> None:
    file.slides[1].shapes.title.text_frame.text = ""


def no_description(file) -> None:
    table = shape_of(file, "has_table")
    del table._element.nvGraphicFramePr.cNvPr.attrib["descr"]


def off_the_slide(file) -> None:
    shape_of(file, "has_table").left = Inches(9)


def other_headline(file) -> None:
    for shape in file.slides[1].shapes:
        for paragraph in shape.text_frame.paragraphs if shape.has_text_frame else ():
            for run in paragraph.runs:
                if run.text == "¥12.35M":
                    run.text = "¥12.36M"


def other_verdict(file) -> None:
    file.slides[1].shapes.title.text_frame.text = "All is well"


def bare_word(file) -> None:
    box = file.slides[1].shapes.add_textbox(Inches(1), Inches(6), Inches(2), Inches(0.3))
    box.text_frame.text = "Sales: NaT"


def film(file) -> None:
    file.slides[1].shapes.add_movie(io.BytesIO(b"film"), Inches(1), Inches(1), Inches(1), Inches(1))


CASES: tuple[tuple[str, Breaker, str, str, str], ...] = (
    ("whole PDF lost", remove(PDF), "file.opens", PDF, "FileNotFoundError"),
    ("whole PDF: blank page", pdf(PDF, blank_page), "pdf.blank", PDF, "a blank page"),
    ("whole PDF: cover without its figures", pdf(PDF, page_stream(1, emptied)), "combined.cover", PDF,
     "the headline figure of"),
    ("whole PDF: review not in the outline", pdf(PDF, first_review_unnamed), "combined.reviews", PDF,
     "no entry for data_driven"),
    ("whole PDF: review without its verdict", pdf(PDF, page_stream(3, emptied)), "combined.reviews", PDF,
     "the verdict of data_driven"),
    ("whole PDF: link into another review", pdf(PDF, places_swapped), "combined.places", PDF, "#dd-second"),
    ("whole PDF: text lost", pdf(PDF, page_stream(3, emptied)), "combined.text", PDF, "that the PDF does not have"),
    ("whole PDF: characters lost", pdf(PDF, lost_characters), "combined.words", PDF, "a missing glyph"),
    ("workbook: formula", zipped(BOOK, part(REVIEW_SHEET, SALES_CELL.pattern, b"<f>1+1</f><v>2</v>")),
     "workbook.computing", BOOK, "a formula"),
    ("workbook: error value", zipped(BOOK, part(REVIEW_SHEET, rb'<c r="B(\d+)" s="(\d+)"><v>12345678</v>',
     rb'<c r="B\1" s="\2" t="e"><v>#REF!</v>')), "workbook.computing", BOOK, "an error value"),
    ("workbook: macro", zipped(BOOK, added("xl/vbaProject.bin")), "workbook.computing", BOOK, "vbaProject"),
    ("workbook: link to nothing", zipped(BOOK, part(REVIEW_SHEET, rb"location=\"'?Contents'?!", b'location="Gone!')),
     "workbook.links", BOOK, "Gone"),
    ("workbook: headline changed", zipped(BOOK, part(REVIEW_SHEET, SALES_CELL.pattern, b"<v>12345679</v>")),
     "workbook.headlines", BOOK, "expected 12345678.0; got 12345679.0"),
    ("workbook: figure changed", zipped(BOOK, part(FIGURES_SHEET, SALES_CELL.pattern, b"<v>12345679</v>")),
     "workbook.figures", BOOK, "sales 2026-H1: a figure of the record is not in the list"),
    ("workbook: no list of figures", zipped(BOOK, part("xl/workbook.xml", b'name="All figures"', b'name="Else"')),
     "workbook.figures", BOOK, "no list of figures"),
    ("workbook: bare word", zipped(BOOK, part(STRINGS, b"<t>Jan 2026</t>", b"<t>NaN</t>")), "workbook.words", BOOK,
     "the bare word NaN"),
    ("workbook: cut off", zipped(BOOK, lambda parts: parts.pop(STRINGS) and parts.pop("xl/workbook.xml")), "file.opens",
     BOOK, "cannot be read"),
    ("slides: no title", deck(DECK, no_title), "slides.titles", DECK, "slide 2: a slide without title"),
    ("slides: no alternative text", deck(DECK, no_description), "slides.alt", DECK, "without alternative text"),
    ("slides: off the slide", deck(DECK, off_the_slide), "slides.inside", DECK, "content outside the slide"),
    ("slides: headline changed", deck(DECK, other_headline), "slides.headlines", DECK, "expected ¥12.35M"),
    ("slides: verdict changed", deck(DECK, other_verdict), "slides.headlines", DECK, "the verdict of data_driven"),
    ("slides: film", deck(DECK, film), "slides.active", DECK, "must not have"),
    ("slides: bare word", deck(DECK, bare_word), "slides.words", DECK, "the bare word NaT"),
)  # fmt: skip
