"""What a PDF promises to every reader: PDF/UA, tags, language, headings, alternative texts, fonts, outline, links."""

import re
from collections.abc import Iterable, Iterator

import pikepdf

from ..render.document import HTML_LANG
from .document import Element, Pdf
from .problem import Check, Fault

OWN_FONT = "SalesReview"
OPERATOR = re.compile(rb"(?<!\S)(?:BMC|BDC|EMC|Tj|TJ|Do|sh|EI|[SsFBbf]|[fBb]\*)(?!\S)")
ACTIONS = ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie", "/Sound")


def marker(pdf: Pdf) -> Iterator[Fault]:
    """The XMP metadata name PDF/UA-1 and a title; dates and producer do not matter."""
    xmp = pdf.root.Metadata.read_bytes().decode("utf-8", "replace") if "/Metadata" in pdf.root else ""
    part = re.search(r"pdfuaid:part(?:=\"|>)(\d)", xmp)
    if not part or part[1] != "1":
        yield Fault("metadata", "no mark of PDF/UA", "pdfuaid:part 1", part[1] if part else "none")
    title = re.search(r"<dc:title>(.*?)</dc:title>", xmp, re.S)
    if not title or not re.sub(r"<[^>]*>", "", title[1]).strip():
        yield Fault("metadata", "the document has no title")


def tagged(pdf: Pdf) -> Iterator[Fault]:
    if not pdf.root.get("/MarkInfo", pikepdf.Dictionary()).get("/Marked", False):
        yield Fault("catalog", "the document is not marked as tagged", "/Marked true")
    if not pdf.elements:
        yield Fault("catalog", "the document has no structure tree")
    if not pdf.root.get("/ViewerPreferences", pikepdf.Dictionary()).get("/DisplayDocTitle", False):
        yield Fault("catalog", "viewers will show the file name instead of the title", "/DisplayDocTitle true")
    for number, page in enumerate(pdf.pages, 1):
        if "/Annots" in page.obj and page.obj.get("/Tabs") != "/S":
            yield Fault(f"page {number}", "the tab order does not follow the structure", "/Tabs /S")


def language(pdf: Pdf) -> Iterator[Fault]:
    given = str(pdf.root.get("/Lang", ""))
    if given != HTML_LANG[pdf.lang]:
        yield Fault("catalog", "the document names another language", HTML_LANG[pdf.lang], given or "none")


def headings(pdf: Pdf) -> Iterator[Fault]:
    """Headings begin with H1 and skip no level; titles of exhibits (H4) and what analysts wrote may follow any."""
    found = [element for element in pdf.elements if re.fullmatch(r"H[1-6]", element.tag)]
    if not found or found[0].tag != "H1":
        yield Fault("structure", "the first heading", "H1", found[0].tag if found else "none")
    last = 1
    for element in found:
        level = int(element.tag[1])
        if level > last + 1 and level < 4:
            yield Fault(_page(pdf, element), f"{element.tag} after H{last}", f"H{last + 1} at most")
        last = level


def figures(pdf: Pdf) -> Iterator[Fault]:
    for element in pdf.elements:
        if element.tag == "Figure" and not str(element.item.get("/Alt", "")).strip():
            yield Fault(_page(pdf, element), "a picture without alternative text", "/Alt")


def header_cells(pdf: Pdf) -> Iterator[Fault]:
    """Each cell of a table with headers can be told its headers: theirs is a scope, or the cell names them."""
    scoped: bool = True
    known: set[str] = set()
    for element in pdf.elements:
        if element.tag == "Table":
            scoped, known = True, set()
        elif element.tag == "TH":
            scoped = scoped and _attribute(element.item, "/Scope") is not None
            known.add(str(element.item.get("/ID", "")))
        elif element.tag == "TD" and known and not scoped:
            named = [str(name) for name in _attribute(element.item, "/Headers") or ()]
            if not named or not known.issuperset(named):
                yield Fault(_page(pdf, element), "a table cell that names no header", "/Headers or /Scope")


def _attribute(item: pikepdf.Dictionary, name: str):
    """An attribute of a structure element, whether it has one set of attributes or several."""
    given = item.get("/A")
    sets = list(given) if isinstance(given, pikepdf.Array) else [given]
    return next((part[name] for part in sets if isinstance(part, pikepdf.Dictionary) and name in part), None)


def artefacts(pdf: Pdf) -> Iterator[Fault]:
    """All that is painted belongs to a tag or is marked as an artefact."""
    for number, stream in enumerate(pdf.streams, 1):
        operators = (found[0].decode() for found in OPERATOR.finditer(stream))
        if b"(" in stream or _unmarked(operators):  # texts in brackets can hold what looks like an operator
            unmarked = _unmarked(name for name, _ in pdf.painted(number))
            if unmarked:
                yield Fault(f"page {number}", "content that is neither tagged nor an artefact", got=unmarked)


def _unmarked(operators: Iterable[str]) -> str | None:
    """The first painting operator outside marked content."""
    open_marks = 0
    for name in operators:
        if name in ("BMC", "BDC"):
            open_marks += 1
        elif name == "EMC":
            open_marks -= 1
        elif open_marks == 0:
            return name
    return None


def fonts(pdf: Pdf) -> Iterator[Fault]:
    """Each font is embedded, ours, and tells which characters its glyphs are."""
    for font in pdf.fonts.values():
        name = str(font.get("/BaseFont", "unnamed"))
        inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
        descriptor = inner.get("/FontDescriptor", pikepdf.Dictionary())
        if font.get("/Subtype") != "/Type3" and not any(key in descriptor for key in ("/FontFile2", "/FontFile3")):
            yield Fault(f"font {name}", "a font that is not embedded")
        if "/ToUnicode" not in font:
            yield Fault(f"font {name}", "text in this font cannot be copied or searched", "/ToUnicode")
        if OWN_FONT not in name:
            yield Fault(f"font {name}", "a font of this machine; another machine may lack it", f"{OWN_FONT} only")


def outline(pdf: Pdf) -> Iterator[Fault]:
    if not pdf.outline:
        yield Fault("outline", "the document has no outline")
    last = 0
    for item in pdf.outline:
        if item.page is None:
            yield Fault(f"outline “{item.title}”", "the entry leads nowhere")
        elif item.page < last:
            yield Fault(f"outline “{item.title}”", "the entry leads back", f"page {last} or later", item.page)
        last = item.page or last


def links(pdf: Pdf) -> Iterator[Fault]:
    """Links inside the document land on a page; nothing else but the web and mail can be reached."""
    for number, page in enumerate(pdf.pages, 1):
        for note in page.obj.get("/Annots", []):
            if note.get("/Subtype") != "/Link":
                continue
            action = note.get("/A", pikepdf.Dictionary())
            if action.get("/S") == "/URI":
                if not re.match(r"(https?|mailto):", str(action.get("/URI", ""))):
                    yield Fault(f"page {number}", "a link to outside the pack", got=action.get("/URI"))
            elif pdf.target(note) is None:
                yield Fault(f"page {number}", "a link that lands nowhere", got=note.get("/Dest", "no destination"))


def active(pdf: Pdf) -> Iterator[Fault]:
    """No scripts, actions or attached files."""
    names = pdf.root.get("/Names", pikepdf.Dictionary())
    for key, what in (("/JavaScript", "a script"), ("/EmbeddedFiles", "an attached file")):
        if key in names:
            yield Fault("catalog", what, "none")
    if "/AcroForm" in pdf.root or "/AA" in pdf.root:
        yield Fault("catalog", "a form or an action", "none")
    opening = pdf.root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and opening.get("/S") in ACTIONS:
        yield Fault("catalog", "an action when the document opens", "none", opening.S)
    for number, page in enumerate(pdf.pages, 1):
        for note in page.obj.get("/Annots", []):
            kind = note.get("/A", pikepdf.Dictionary()).get("/S")
            if kind in ACTIONS or note.get("/Subtype") == "/FileAttachment":
                yield Fault(f"page {number}", "an action or attachment", "none", kind or note.Subtype)


def _page(pdf: Pdf, element: Element) -> str:
    page = element.item.get("/Pg")
    number = pdf.numbers.get(page.objgen) if page is not None else None
    return f"page {number}" if number else "structure"


CHECKS = (
    Check("pdf.marker", "the metadata name PDF/UA-1 and a title", marker, needs_tags=True),
    Check("pdf.tagged", "tagged; viewers show the title; tab order follows the structure", tagged, needs_tags=True),
    Check("pdf.language", "the document's language is that of its text", language),
    Check("pdf.headings", "headings begin with H1 and skip no level", headings, needs_tags=True),
    Check("pdf.alt", "every picture has an alternative text", figures, needs_tags=True),
    Check("pdf.scope", "every table cell can be told its headers", header_cells, needs_tags=True),
    Check("pdf.artefacts", "all that is painted is tagged or marked as an artefact", artefacts, needs_tags=True),
    Check("pdf.fonts", "every font is ours, embedded, and maps back to characters", fonts),
    Check("pdf.outline", "there is an outline; its entries land, in order", outline),
    Check("pdf.links", "links land on a page of the document or lead to the web", links),
    Check("pdf.active", "no script, form, action or attached file", active),
)
