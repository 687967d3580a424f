"""What a reader of a PDF sees: whole pages, nothing blank, nothing cut off, every glyph drawn, every text there."""

import re
from collections.abc import Iterator

import pikepdf
from pypdfium2.raw import FPDF_PAGEOBJ_FORM as FORM
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE as IMAGE

from ..exhibits.entries import word
from .document import Pdf
from .expected import Expected, squeezed
from .leaks import leaks
from .problem import Check, Fault

A4 = {(595, 842), (842, 595)}
SCALE = 0.3  # pixels a point: a hairline of 0.5 pt still greys a pixel
TOP_PT, SIDE_PT, BOTTOM_PT = 76.5, 48.2, 62.4  # margins: 27, 17 (18 but on panels) and 22 mm
WHITE = 250
SPARE_PT = 2.0
EDGE_PT = 8.5  # 3 mm: what many printers cannot print
WRITING = ("Tj", "TJ", "'", '"')
SUSPECT = re.compile(rb"<([0-9A-Fa-f]*0000[0-9A-Fa-f]*)>")
INK = 20  # pixels darker than white that make a page not blank


def pages(pdf: Pdf) -> Iterator[Fault]:
    """Pages are there, of one size, and numbered 1 to the last in their footers."""
    if not pdf.pages:
        yield Fault("document", "no pages")
        return
    for number, page in enumerate(pdf.views, 1):
        size = tuple(round(abs(side)) for side in page.get_size())
        if size not in A4:
            yield Fault(f"page {number}", "a page of another size", "A4", f"{size[0]} × {size[1]} pt")
    for number, text in enumerate(pdf.texts[1:], 2):
        footer = squeezed(word("pack.page", pdf.lang, page=str(number), pages=str(len(pdf.texts))))
        if footer not in squeezed(text):
            yield Fault(f"page {number}", "the page number in the footer", footer, "another or none")


def blank(pdf: Pdf) -> Iterator[Fault]:
    """Pages with nothing between header and footer, seen as pictures."""
    for number, page in enumerate(pdf.views, 1):
        bitmap = page.render(scale=SCALE, grayscale=True)
        picture = bitmap.to_numpy()
        body = picture[int(TOP_PT * SCALE) : picture.shape[0] - int(BOTTOM_PT * SCALE)]
        if int((body < WHITE).sum()) < INK:
            yield Fault(f"page {number}", "a blank page")
        bitmap.close()


def inside(pdf: Pdf) -> Iterator[Fault]:
    """Text and pictures lie on the page, and text not so near its edge that printers cut it off."""
    for number, (page, text) in enumerate(zip(pdf.views, pdf.text_pages, strict=True), 1):
        width, height = page.get_size()
        boxes = [text.get_rect(index) for index in range(text.count_rects())]
        cut = [box for box in boxes if not _within(box, width, height, EDGE_PT)]
        off = [box for box in cut if not _within(box, width, height, 0)]
        told = next((words for words in (text.get_text_bounded(*box).strip() for box in off or cut) if words), None)
        if told:
            reason = "text outside the page" if off else "text so near the edge that print cuts it off"
            yield Fault(f"page {number}", reason, got=told)
        for item in page.get_objects(filter=(IMAGE, FORM), max_depth=1):  # paths are cut by clips that bounds ignore
            if not _within(item.get_bounds(), width, height, -1):
                left, bottom, right, top = item.get_bounds()
                box = f"{left:.0f} to {right:.0f} pt across, {bottom:.0f} to {top:.0f} pt up"
                yield Fault(f"page {number}", "content outside the page", f"{width:.0f} × {height:.0f} pt", box)
                break


def margins(pdf: Pdf) -> Iterator[Fault]:
    """After the cover, what stands between header and footer keeps to the column of text."""
    for number, (page, text) in enumerate(zip(pdf.views[1:], pdf.text_pages[1:], strict=True), 2):
        width, height = page.get_size()
        for index in range(text.count_rects()):
            box = left, bottom, right, top = text.get_rect(index)
            body = bottom > BOTTOM_PT and top < height - TOP_PT
            if body and (left < SIDE_PT - SPARE_PT or right > width - SIDE_PT + SPARE_PT):
                told = text.get_text_bounded(*box).strip()
                if told:
                    yield Fault(f"page {number}", "text that sticks out into the margin", got=told)
                    break


def _within(box: tuple[float, float, float, float], width: float, height: float, edge: float) -> bool:
    left, bottom, right, top = box
    return left >= edge and bottom >= edge and right <= width - edge and top <= height - edge


def glyphs(pdf: Pdf) -> Iterator[Fault]:
    """Glyph 0 is the box that stands for a character that the font lacks."""
    for number, stream in enumerate(pdf.streams, 1):
        if b"(" not in stream and not any(_boxes(bytes.fromhex(f.decode())) for f in SUSPECT.findall(stream)):
            continue
        painted = pdf.painted(number)
        if any(_boxes(part) for name, operands in painted if name in WRITING for part in _strings(operands)):
            yield Fault(f"page {number}", "a missing glyph: a box is drawn instead of a character")


def _strings(operands) -> Iterator[bytes]:
    for operand in operands:
        if isinstance(operand, pikepdf.Array):
            yield from (bytes(part) for part in operand if isinstance(part, pikepdf.String))
        elif isinstance(operand, pikepdf.String):
            yield bytes(operand)


def _boxes(text: bytes) -> bool:
    """Whether two-byte codes hold a glyph 0; our fonts are all of that kind."""
    return any(text[place : place + 2] == b"\0\0" for place in range(0, len(text) - 1, 2))


def cover(pdf: Pdf, expected: Expected) -> Iterator[Fault]:
    """The first page has title, verdict and headline figures as printed."""
    first = squeezed(pdf.texts[0]) if pdf.texts else ""
    lang = pdf.lang
    for what, told in (("title", expected.title(lang)), ("verdict", expected.verdict(lang))):
        if squeezed(told) not in first:
            yield Fault("page 1", f"the {what} is not that of the record", told, pdf.texts[0] if pdf.texts else "")
    for headline in expected.headlines(lang):
        if squeezed(headline.label + headline.printed) not in first:
            yield Fault("page 1", f"the headline figure of {headline.label}", headline.printed, "another or none")


def text(pdf: Pdf, expected: Expected) -> Iterator[Fault]:
    """Every sentence, heading and table cell of the record can be read out of the PDF."""
    for shown in expected.shown:
        for block in expected.blocks(shown, pdf.lang):
            if block not in pdf.told and not _across(pdf, block):
                yield Fault(f"#{shown.id}", "a text of the record that the PDF does not have", got=block)
                break


def _across(pdf: Pdf, block: str) -> bool:
    """Whether a block broken over two pages is there: its words in some order."""
    half = max(8, len(block) // 3)
    return len(block) > 24 and block[:half] in pdf.told and block[-half:] in pdf.told


def pictures(pdf: Pdf, expected: Expected) -> Iterator[Fault]:
    """Each chart as a picture with the record's alternative text."""
    told = {squeezed(str(element.item.get("/Alt", ""))) for element in pdf.elements if element.tag == "Figure"}
    for shown, found in expected.having(("img",), pdf.lang):
        for picture in found:
            if squeezed(picture["alt"]) not in told:
                yield Fault(f"#{shown.id}", "a chart that the PDF does not have", picture["alt"])


def headings(pdf: Pdf, expected: Expected) -> Iterator[Fault]:
    """Every chapter and section stands in the outline."""
    titles = {squeezed(item.title) for item in pdf.outline}
    for shown, found in expected.having(("h2", "h3"), pdf.lang):
        for heading in found:
            if squeezed(heading.get_text()) not in titles:
                yield Fault(f"#{shown.id}", "a heading that the outline does not have", heading.get_text())


def tables(pdf: Pdf, expected: Expected) -> Iterator[Fault]:
    """As many tables as the record has, at least."""
    wanted = sum(len(found) for _, found in expected.having(("table",), pdf.lang))
    got = sum(element.tag == "Table" for element in pdf.elements)
    if got < wanted:
        yield Fault("structure", "tables", f"at least {wanted}", got)


def machine_words(pdf: Pdf, expected: Expected) -> Iterator[Fault]:
    for number, told in enumerate(pdf.texts, 1):
        for fault in leaks(re.split(r"[\r\n]+", told), expected.names):
            yield Fault(f"page {number} {fault.place}", fault.reason, fault.expected, fault.got)


def failure(pdf: Pdf) -> Iterator[Fault]:
    """A failed review shows no figures."""
    for element in pdf.elements:
        if element.tag in ("Figure", "Table"):
            yield Fault("structure", f"the review failed, but its PDF shows a {element.tag.lower()}")
            return


CHECKS = (
    Check("pdf.pages", "A4 pages, numbered from 1 to the last", pages),
    Check("pdf.blank", "no page is blank", blank),
    Check("pdf.inside", "nothing lies outside a page or so near its edge that print cuts it off", inside),
    Check("pdf.margins", "between header and footer nothing sticks out into the margins", margins),
    Check("pdf.glyphs", "no glyph is missing", glyphs),
)
REVIEW = (
    Check("pdf.cover", "title, verdict and headline figures are those of the record", cover),
    Check("pdf.text", "every text of the record can be read out of the PDF, Chinese too", text),
    Check("pdf.charts", "every chart is there", pictures, needs_tags=True),
    Check("pdf.tables", "every table is there, tagged as one", tables, needs_tags=True),
    Check("pdf.sections", "every chapter and section stands in the outline", headings),
    Check("pdf.words", "no traceback, warning, bare None, nan or inf, placeholder or missing glyph", machine_words),
)
FAILED = (Check("pdf.failure", "the PDF of a failed review shows no picture and no table", failure),)
