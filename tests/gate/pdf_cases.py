"""Broken PDFs: name, how to break, the check that must catch it, the file, words of the message."""

import re

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from .breaking import Breaker, fonts, page_stream, pdf, structure

PDF, FAILED = "en/data_driven.pdf", "zh/market.pdf"
GLYPHS = re.compile(rb"\[<([0-9a-f]{4})")


def moved(across: int) -> Breaker:
    """The content of the second page moved across."""
    return pdf(PDF, page_stream(2, lambda stream: b"q 1 0 0 1 %d 0 cm\n" % across + stream + b"\nQ"))


def blank_page(file: pikepdf.Pdf) -> None:
    file.add_blank_page(page_size=(595.28, 841.89))


def emptied(stream: bytes) -> bytes:
    return b"/Artifact BMC\nEMC"


def box_glyph(stream: bytes) -> bytes:
    """The first character of the page's first text becomes glyph 0."""
    return GLYPHS.sub(b"[<0000", stream, count=1)


def without(key: str):
    """Take a key out of the catalog."""

    def run(file: pikepdf.Pdf) -> None:
        del file.Root[key]

    return run


def metadata(old: bytes):
    """Take what a pattern finds first out of the metadata."""

    def run(file: pikepdf.Pdf) -> None:
        before = file.Root.Metadata.read_bytes()
        after = re.sub(old, b"", before, count=1)
        assert after != before
        file.Root.Metadata = file.make_stream(after, Type=Name.Metadata, Subtype=Name.XML)

    return run


def not_embedded(file: pikepdf.Pdf) -> None:
    for font in fonts(file):
        descriptor = font.DescendantFonts[0].FontDescriptor
        if "/FontFile2" in descriptor:
            del descriptor["/FontFile2"]


def not_searchable(file: pikepdf.Pdf) -> None:
    for font in fonts(file):
        if "/ToUnicode" in font:
            del font["/ToUnicode"]


def lost_characters(file: pikepdf.Pdf) -> None:
    """Every glyph of the first font claims to be the replacement character."""
    font = fonts(file)[0]
    mapped = re.sub(rb"(<[0-9a-f]{4}>) <[0-9a-f]+>\n", rb"\1 <fffd>\n", font.ToUnicode.read_bytes())
    font.ToUnicode = file.make_stream(mapped)


def machine_font(file: pikepdf.Pdf) -> None:
    for font in fonts(file):
        font.BaseFont = Name("/ABCDEF+DejaVu-Sans")


def outline_to_nowhere(file: pikepdf.Pdf) -> None:
    file.Root.Outlines.First.Dest = String("gone")


def outline_renamed(file: pikepdf.Pdf) -> None:
    file.Root.Outlines.First.Title = String("Something else")


def link_to_nowhere(file: pikepdf.Pdf) -> None:
    note = next(note for page in file.pages for note in page.get("/Annots", []) if "/Dest" in note)
    note.Dest = String("gone")


def link_to_file(file: pikepdf.Pdf) -> None:
    note = next(note for page in file.pages for note in page.get("/Annots", []) if "/A" in note)
    note.A.URI = String("file:///etc/passwd")


def attached(file: pikepdf.Pdf) -> None:
    file.attachments["notes.txt"] = b"secret"


def opening_script(file: pikepdf.Pdf) -> None:
    file.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def no_tab_order(file: pikepdf.Pdf) -> None:
    for page in file.pages:
        if "/Annots" in page:
            page.obj.Tabs = Name.R


def letter(file: pikepdf.Pdf) -> None:
    file.pages[1].MediaBox = Array([0, 0, 612, 792])


def last_page_lost(file: pikepdf.Pdf) -> None:
    del file.pages[-1]


def picture_outside(file: pikepdf.Pdf) -> None:
    picture = file.make_stream(b"\x00" * 3, Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1,
                               ColorSpace=Name.DeviceRGB, BitsPerComponent=8)  # fmt: skip
    page = file.pages[1]
    page.Resources.XObject = Dictionary(Pic=picture)
    drawn = b"/Artifact BMC q 200 0 0 200 500 400 cm /Pic Do Q EMC\n"
    page.contents_coalesce()
    page.Contents = file.make_stream(drawn + page.Contents.read_bytes())


def set_language(file: pikepdf.Pdf) -> None:
    file.Root.Lang = String("zh-CN")


def untagged_text(stream: bytes) -> bytes:
    return re.sub(rb"/Span\n<</MCID 1>>\nBDC\n(.*?)\nEMC", rb"\1", stream, count=1, flags=re.S)


def retag(name: str):
    def change(item: pikepdf.Dictionary) -> None:
        item.S = Name(name)

    return change


def drop(key: str):
    def change(item: pikepdf.Dictionary) -> None:
        if key in item:
            del item[key]

    return change


def headless(item: pikepdf.Dictionary) -> None:
    if "/A" in item and isinstance(item.A, Dictionary) and "/Headers" in item.A:
        del item.A["/Headers"]


CASES: tuple[tuple[str, Breaker, str, str, str], ...] = (
    ("no mark of PDF/UA", pdf(PDF, metadata(b'pdfuaid:part="1"')), "pdf.marker", PDF, "no mark of PDF/UA"),
    (
        "no title",
        pdf(PDF, metadata(rb"(?<=<dc:title><rdf:Alt><rdf:li xml:lang=.x-default.>)[^<]+")),
        "pdf.marker",
        PDF,
        "no title",
    ),
    ("not marked as tagged", pdf(PDF, without("/MarkInfo")), "pdf.tagged", PDF, "not marked as tagged"),
    ("no structure", pdf(PDF, without("/StructTreeRoot")), "pdf.tagged", PDF, "no structure tree"),
    ("file name as title", pdf(PDF, without("/ViewerPreferences")), "pdf.tagged", PDF, "file name instead"),
    ("tab order", pdf(PDF, no_tab_order), "pdf.tagged", PDF, "tab order"),
    ("no language", pdf(PDF, without("/Lang")), "pdf.language", PDF, "got none"),
    ("other language", pdf(PDF, set_language), "pdf.language", PDF, "expected en; got zh-CN"),
    ("no main heading", pdf(PDF, structure("H1", retag("/P"))), "pdf.headings", PDF, "the first heading"),
    ("headings skip", pdf(PDF, structure("H2", retag("/H3"))), "pdf.headings", PDF, "H3 after H1"),
    ("no alternative text", pdf(PDF, structure("Figure", drop("/Alt"))), "pdf.alt", PDF, "without alternative text"),
    ("cells without headers", pdf(PDF, structure("TD", headless)), "pdf.scope", PDF, "names no header"),
    ("untagged text", pdf(PDF, page_stream(2, untagged_text)), "pdf.artefacts", PDF, "neither tagged nor"),
    ("font not embedded", pdf(PDF, not_embedded), "pdf.fonts", PDF, "not embedded"),
    ("text cannot be copied", pdf(PDF, not_searchable), "pdf.fonts", PDF, "copied or searched"),
    ("font of the machine", pdf(PDF, machine_font), "pdf.fonts", PDF, "DejaVu-Sans"),
    ("no outline", pdf(PDF, without("/Outlines")), "pdf.outline", PDF, "no outline"),
    ("outline to nowhere", pdf(PDF, outline_to_nowhere), "pdf.outline", PDF, "leads nowhere"),
    ("link to nowhere", pdf(PDF, link_to_nowhere), "pdf.links", PDF, "lands nowhere"),
    ("link to a file", pdf(PDF, link_to_file), "pdf.links", PDF, "outside the pack"),
    ("attached file", pdf(PDF, attached), "pdf.active", PDF, "an attached file"),
    ("script on opening", pdf(PDF, opening_script), "pdf.active", PDF, "when the document opens"),
    ("other paper", pdf(PDF, letter), "pdf.pages", PDF, "612 × 792"),
    ("last page lost", pdf(PDF, last_page_lost), "pdf.pages", PDF, "page number in the footer"),
    ("blank page added", pdf(PDF, blank_page), "pdf.blank", PDF, "a blank page"),
    ("page emptied", pdf(PDF, page_stream(2, emptied)), "pdf.blank", PDF, "page 2: a blank page"),
    ("content moved off the page", moved(400), "pdf.inside", PDF, "page 2: text outside the page"),
    ("table in the margin", moved(30), "pdf.margins", PDF, "page 2: text that sticks out"),
    ("table cut off at the edge", moved(48), "pdf.inside", PDF, "so near the edge"),
    ("picture off the page", pdf(PDF, picture_outside), "pdf.inside", PDF, "content outside the page"),
    ("box for a glyph", pdf(PDF, page_stream(2, box_glyph)), "pdf.glyphs", PDF, "page 2: a missing glyph"),
    ("other cover", pdf(PDF, page_stream(1, emptied)), "pdf.cover", PDF, "page 1: the headline figure of Sales"),
    ("text lost", pdf(PDF, page_stream(2, emptied)), "pdf.text", PDF, "#dd-told: a text of the record"),
    ("chart lost", pdf(PDF, structure("Figure", retag("/Span"))), "pdf.charts", PDF, "#dd-course"),
    ("table lost", pdf(PDF, structure("Table", retag("/Div"))), "pdf.tables", PDF, "expected at least 2; got 0"),
    ("outline entry changed", pdf(PDF, outline_renamed), "pdf.sections", PDF, "Headline figures"),
    ("characters lost in copying", pdf(PDF, lost_characters), "pdf.words", PDF, "a missing glyph"),
    ("failed review with a table", pdf(FAILED, structure("P", retag("/Table"))), "pdf.failure", FAILED, "a table"),
)
