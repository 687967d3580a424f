"""A PDF of a pack, opened once by two libraries: its structure with pikepdf, its pages with PDFium."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium

from .expected import squeezed

LINE_END_HYPHEN = "\ufffe"
PAINTING = "BMC BDC EMC Tj TJ ' \" Do sh EI S s f F f* B B* b b*"


@dataclass(frozen=True)
class Element:
    """One element of the structure tree: ``tag`` such as H1 or TH, its dictionary, its depth in the tree."""

    tag: str
    item: pikepdf.Dictionary
    depth: int


@dataclass(frozen=True)
class OutlineItem:
    """An entry of the outline: title, level from 1, number of the page it leads to (from 1; None: nowhere)."""

    title: str
    level: int
    page: int | None


class Pdf:
    """``name`` is the path inside the pack. Raises pikepdf.PdfError or pdfium.PdfiumError for what is no PDF."""

    def __init__(self, folder: Path, name: str, lang: str):
        self.folder, self.name, self.lang = folder, name, lang
        self.file = pikepdf.open(folder / name)
        self.root = self.file.Root
        self.drawn = pdfium.PdfDocument(folder / name)

    def close(self) -> None:
        self.drawn.close()
        self.file.close()

    @cached_property
    def pages(self) -> list[pikepdf.Page]:
        return list(self.file.pages)

    @cached_property
    def numbers(self) -> Mapping[tuple[int, int], int]:
        """The number of each page by its object."""
        return {page.obj.objgen: number for number, page in enumerate(self.pages, 1)}

    @cached_property
    def views(self) -> list[pdfium.PdfPage]:
        """The pages as PDFium draws them."""
        return list(self.drawn)

    @cached_property
    def text_pages(self) -> list[pdfium.PdfTextPage]:
        return [page.get_textpage() for page in self.views]

    @cached_property
    def texts(self) -> list[str]:
        """The text of each page as a reader copies it."""
        return [page.get_text_range().replace(LINE_END_HYPHEN, "-") for page in self.text_pages]

    @cached_property
    def told(self) -> str:
        """All text without white space."""
        return squeezed("".join(self.texts))

    @cached_property
    def streams(self) -> list[bytes]:
        """What each page draws, as it stands in the file."""
        return [_stream(page.obj.get("/Contents")) for page in self.pages]

    def painted(self, number: int) -> list[tuple[str, list]]:
        """What page ``number`` (from 1) marks and paints in its own content: operators with their operands."""
        parsed = pikepdf.parse_content_stream(self.pages[number - 1], PAINTING)
        return [(str(operator), operands) for operands, operator in parsed]

    @cached_property
    def elements(self) -> list[Element]:
        """The structure tree in reading order."""
        return list(_elements(self.root.get("/StructTreeRoot"), 0))

    @cached_property
    def outline(self) -> list[OutlineItem]:
        first = self.root.get("/Outlines", pikepdf.Dictionary()).get("/First")
        return list(self._outline(first, 1))

    def _outline(self, item, level: int) -> Iterator[OutlineItem]:
        while item is not None:
            yield OutlineItem(str(item.get("/Title", "")), level, self.target(item))
            if "/First" in item:
                yield from self._outline(item.First, level + 1)
            item = item.get("/Next")

    @cached_property
    def destinations(self) -> Mapping[str, int | None]:
        """The number of the page of each named destination."""
        tree = self.root.get("/Names", pikepdf.Dictionary()).get("/Dests")
        return {name: self._page(place) for name, place in _names(tree)} if tree is not None else {}

    def target(self, item: pikepdf.Dictionary) -> int | None:
        """The number of the page to which an outline item or a link leads; None for nowhere."""
        place = item.get("/Dest")
        action = item.get("/A")
        if place is None and action is not None and action.get("/S") == "/GoTo":
            place = action.get("/D")
        return self._page(place)

    def _page(self, place) -> int | None:
        if isinstance(place, pikepdf.String):
            return self.destinations.get(str(place))
        if isinstance(place, pikepdf.Dictionary):
            place = place.get("/D")
        if isinstance(place, pikepdf.Array) and len(place) and isinstance(place[0], pikepdf.Dictionary):
            return self.numbers.get(place[0].objgen)
        return None

    @cached_property
    def fonts(self) -> dict[tuple[int, int], pikepdf.Dictionary]:
        """Every font of pages and pictures, once."""
        found: dict[tuple[int, int], pikepdf.Dictionary] = {}
        seen: set[tuple[int, int]] = set()
        for page in self.pages:
            _fonts(page.obj.get("/Resources"), found, seen)
        return found


def _stream(contents) -> bytes:
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    return b"\n".join(part.read_bytes() for part in parts if isinstance(part, pikepdf.Stream))


def _elements(item, depth: int) -> Iterator[Element]:
    if item is None:
        return
    if "/S" in item:
        yield Element(str(item.S)[1:], item, depth)
    kids = item.get("/K")
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and ("/S" in kid):
            yield from _elements(kid, depth + 1)


def _names(tree: pikepdf.Dictionary) -> Iterator[tuple[str, object]]:
    pairs = list(tree.get("/Names", []))
    yield from ((str(name), place) for name, place in zip(pairs[::2], pairs[1::2], strict=False))
    for kid in tree.get("/Kids", []):
        yield from _names(kid)


def _fonts(resources, found: dict, seen: set) -> None:
    if resources is None:
        return
    for font in resources.get("/Font", {}).values():
        found.setdefault(font.objgen, font)
    for thing in resources.get("/XObject", {}).values():
        if thing.objgen not in seen:
            seen.add(thing.objgen)
            _fonts(thing.get("/Resources"), found, seen)
