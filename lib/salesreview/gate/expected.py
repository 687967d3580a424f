"""What a review must show: its record and its exhibits as the executed notebook in the pack holds them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup, Tag

from ..errors import SalesReviewError
from ..record import Card, Review
from ..render.fragments import Ids
from ..render.languages import EXHIBIT_MIME, REVIEW_MIME
from ..render.page import prefix_of
from ..serial import load_review
from .page import DATA_URL

FORMULA = re.compile(r"\$\$?([^$]+)\$\$?")
BLOCKS = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "dt", "dd", "th", "td", "caption", "figcaption")


@dataclass(frozen=True)
class Headline:
    """A card as it must be printed: name, figure with unit, and the figure itself."""

    label: str
    printed: str
    value: float | None
    unit: str


@dataclass(frozen=True)
class Shown:
    """One exhibit that the notebook displayed: the id that it has on a page and its HTML by language."""

    name: str
    id: str
    html: Mapping[str, str]


class Expected:
    """One review as its notebook has it; opened once and shared by all checks."""

    def __init__(self, notebook: Path):
        """Raises SalesReviewError when the notebook cannot be read or shows no whole review."""
        try:
            cells = nbformat.read(notebook, as_version=4).cells
        except Exception as error:
            raise SalesReviewError("the executed notebook cannot be read", got=_first_line(error)) from error
        outputs = [output for cell in cells for output in cell.get("outputs", ())]
        bundles = [output.get("data", {}) for output in outputs]
        self.payload = next((bundle[REVIEW_MIME] for bundle in bundles if REVIEW_MIME in bundle), None)
        if not self.payload or "record" not in self.payload:
            raise SalesReviewError("the executed notebook shows no review", expected="a review with its record")
        self.record: Review = load_review(self.payload["record"])
        self.variant = self.record.variant
        self.prefix = prefix_of(self.variant)
        displayed = [bundle[EXHIBIT_MIME] for bundle in bundles if EXHIBIT_MIME in bundle]
        self.shown = tuple(_placed(displayed, Ids(self.prefix)))
        written = [cell.source for cell in cells if cell.cell_type == "markdown"]
        written += [str(bundle.get(kind, "")) for bundle in bundles for kind in ("text/markdown", "text/latex")]
        self.formulas = frozenset(found.strip() for text in written for found in FORMULA.findall(text))

    @cached_property
    def _soups(self) -> dict[tuple[str, str], BeautifulSoup]:
        return {}

    def soup(self, shown: Shown, lang: str) -> BeautifulSoup:
        """What an exhibit looks like in a language, as elements; pictures have their data left out."""
        key = (shown.id, lang)
        if key not in self._soups:
            self._soups[key] = BeautifulSoup(DATA_URL.sub("", shown.html[lang]), "lxml")
        return self._soups[key]

    @cached_property
    def _blocks(self) -> dict[tuple[str, str], list[str]]:
        return {}

    def blocks(self, shown: Shown, lang: str) -> list[str]:
        """The texts of an exhibit, see `blocks`."""
        key = (shown.id, lang)
        if key not in self._blocks:
            self._blocks[key] = blocks(self.soup(shown, lang))
        return self._blocks[key]

    def having(self, tags: tuple[str, ...], lang: str) -> Iterator[tuple[Shown, list[Tag]]]:
        """The displayed exhibits that hold elements of the kinds ``tags``, with these."""
        for shown in self.shown:
            found = self.soup(shown, lang).find_all(tags)
            if found:
                yield shown, found

    def title(self, lang: str) -> str:
        return self.payload["title"][lang]

    def verdict(self, lang: str) -> str:
        return self.payload["headline"][lang]

    def headlines(self, lang: str) -> tuple[Headline, ...]:
        """The cards of the cover as they must be printed, each with its figure of the record."""
        return headlines(self.payload["cards"][lang], self.record.cards)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every text of the record that comes from the data: names of members, companies, sources. The formulas that
        an analyst wrote count too: one that cannot be drawn is printed as it is written, braces and all."""
        given = {*self.formulas, self.payload.get("source") or "", *(self.payload.get("company") or {}).values()}
        return frozenset(name for name in given | set(strings(self.record)) if name)


def _placed(displayed: Iterable[Mapping], ids: Ids) -> Iterator[Shown]:
    """Exhibits with the ids that the page gives them: each id of a fragment takes a free name, in order."""
    for given in displayed:
        inside = dict.fromkeys(re.findall(r'\bid="([^"]+)"', DATA_URL.sub("", next(iter(given["html"].values())))))
        names = {name: ids.keep(name) for name in inside}
        yield Shown(given["id"], names.get(given["id"], given["id"]), given["html"])


def blocks(soup: Tag) -> list[str]:
    """The text of each paragraph, heading, cell and the like of ``soup``, without white space."""
    found: dict[int, list[str]] = {}
    for text in soup.find_all(string=True):
        holder = text.parent
        while holder.parent is not None and holder.name not in BLOCKS:
            holder = holder.parent
        found.setdefault(id(holder), []).append(text)
    return [told for told in (squeezed("".join(texts)) for texts in found.values()) if told]


def headlines(html: str, cards: Sequence[Card]) -> tuple[Headline, ...]:
    """What the HTML of ``cards`` prints, each with its figure."""
    return tuple(
        Headline(
            shown.dt.get_text().strip(),
            shown.select_one(".card-value").get_text().strip(),
            card.figure.value,
            card.figure.unit,
        )
        for shown, card in zip(BeautifulSoup(html, "lxml").select(".card"), cards, strict=True)
    )


def squeezed(text: str) -> str:
    """``text`` without white space and hyphenation, so that line breaks do not matter.

    PDFium tells a hyphen at the end of a line as U+FFFE; whether the word had it is not known. A font may draw the
    middle dot and the bullet with one glyph, of which a reader copies either.

    >>> squeezed("1,234.57 万元"), squeezed("year-on-year")
    ('1,234.57万元', 'yearonyear')
    """
    return re.sub(r"[\s\u00ad\u200b\ufffe-]+", "", text).replace("\u2022", "\u00b7")


def strings(thing: object) -> Iterator[str]:
    """Every text held by a part of a record, however deep, but for the names of its fields and catalogue keys."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Mapping):
        for value in thing.values():
            yield from strings(value)
    elif isinstance(thing, Iterable):
        for value in thing:
            yield from strings(value)
    elif is_dataclass(thing):
        for part in fields(thing):
            if part.name not in ("key", "id", "metric", "unit", "requirements", "comparison"):
                yield from strings(getattr(thing, part.name))


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
