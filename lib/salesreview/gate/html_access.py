"""A page can be read by everyone: language, headings, alternative texts, table headers, references, glyphs."""

import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from urllib.parse import unquote

from fontTools.ttLib import TTFont

from ..exhibits.fonts import SPACES
from ..render.document import HTML_LANG
from .page import HtmlPage
from .problem import Check, Fault

REFERRING = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-details", "headers", "for")


def language(page: HtmlPage) -> Iterator[Fault]:
    given = page.soup.html.get("lang") if page.soup.html else None
    if given != HTML_LANG[page.lang]:
        yield Fault("<html lang>", "the page names another language", HTML_LANG[page.lang], given or "none")


def title(page: HtmlPage) -> Iterator[Fault]:
    element = page.soup.title
    if element is None or not element.get_text().strip():
        yield Fault("<title>", "the page has no title")


def headings(page: HtmlPage) -> Iterator[Fault]:
    """One h1, no empty heading; a heading stands at most one level below the one before it.

    Titles of exhibits (h4) may stand right in a chapter (h2) that has no sections; analysts number theirs as they like.
    """
    found = page.named("h1", "h2", "h3", "h4", "h5", "h6")
    tops = sum(heading.name == "h1" for heading in found)
    if tops != 1:
        yield Fault("<h1>", "a page has one main heading", 1, tops)
    last = 0
    for heading in found:
        level, text = int(heading.name[1]), heading.get_text().strip()
        if not text:
            yield Fault(page.place(heading), f"an empty <{heading.name}>")
        if heading.find_parent(class_="own-output") is not None:
            continue
        if level > last + 1 and not (level == 4 and last >= 1):
            yield Fault(page.place(heading), f"<{heading.name}> after <h{last}>: {text}", f"<h{last + 1}> at most")
        last = level


def alternatives(page: HtmlPage) -> Iterator[Fault]:
    for element in page.named("img"):
        if not (element.get("alt") or "").strip():
            yield Fault(page.place(element), "a picture without alternative text")


def header_cells(page: HtmlPage) -> Iterator[Fault]:
    """Header cells of our own tables say what they head."""
    for element in page.named("th"):
        if element.find_parent(class_="own-output") is None and element.get("scope") not in ("row", "col"):
            text = element.get_text().strip() or "empty"
            yield Fault(page.place(element), f"a header cell without scope: {text}", "row or col", element.get("scope"))


def ids(page: HtmlPage) -> Iterator[Fault]:
    for name, count in Counter(element["id"] for element in page.elements if element.get("id")).items():
        if count > 1:
            yield Fault(f"#{name}", "an id that stands more than once", 1, count)


def references(page: HtmlPage) -> Iterator[Fault]:
    for element in page.elements:
        for name in REFERRING:
            for part in _parts(element.get(name)):
                if part not in page.ids:
                    yield Fault(page.place(element), f"{name} names an element that is not there", got=part)


def links(page: HtmlPage) -> Iterator[Fault]:
    """Links inside the page and to other files of the pack; manifest.json is written last and always there."""
    for element in page.named("a"):
        url = element.get("href") or ""
        if url.startswith("#"):
            if url[1:] and unquote(url[1:]) not in page.ids:
                yield Fault(page.place(element), f"a link to nothing: {element.get_text().strip()}", got=url)
        elif not re.match(r"[a-z][a-z0-9+.-]*:|//", url, re.I):
            path = (page.folder / page.name).parent / PurePosixPath(unquote(url.partition("#")[0]))
            if not path.exists() and path.name != "manifest.json":
                yield Fault(page.place(element), "a link to a file that is not in the pack", got=url)


def glyphs(page: HtmlPage) -> Iterator[Fault]:
    """Characters for which the page carries no glyph would be boxes, or come from whatever font a machine has."""
    held: set[int] = set()
    for carried in page.carried:
        if carried.kind == "font/ttf" and carried.data:
            with TTFont(BytesIO(carried.data), lazy=True) as font:
                held |= set(font.getBestCmap())
    if not held:
        yield Fault("<style>", "the page carries no font")
        return
    for line in page.lines:
        absent = {char for char in line if ord(char) not in held} - SPACES
        if absent:
            shown = ", ".join(f"{char} (U+{ord(char):04X})" for char in sorted(absent))
            yield Fault(f"“{line[:40]}”", "characters without a glyph in the fonts of the page", got=shown)


def _parts(value: object) -> list[str]:
    return value if isinstance(value, list) else str(value or "").split()


CHECKS = (
    Check("html.language", "<html lang> is the language of the page", language),
    Check("html.title", "the page has a title", title),
    Check("html.headings", "one h1; no heading is empty or skips a level", headings),
    Check("html.alt", "every picture has an alternative text", alternatives),
    Check("html.scope", "every header cell says whether it heads a row or a column", header_cells),
    Check("html.ids", "no id stands twice on a page", ids),
    Check("html.references", "aria and headers attributes name elements that are there", references),
    Check("html.links", "links land: anchors on the page, files in the pack", links),
    Check("html.glyphs", "the page carries a glyph for each of its characters", glyphs),
)
