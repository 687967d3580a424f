"""Nothing on a page reaches out: no network, no script, no active content; every picture it carries decodes."""

import math
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from lxml import etree
from PIL import Image

from .page import Carried, HtmlPage
from .problem import Check, Fault

FETCHING = ("src", "srcset", "data", "poster", "background", "xlink:href")
ACTIVE = ("script", "iframe", "object", "embed", "applet", "base", "form", "link")
CSS_FETCH = re.compile(r"@import[^;]*|url\(\s*(?!['\"]?(?:carried:|#))[^)]*\)", re.I)
SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.I)
DRAWN = ("path", "use", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "image")
PLACED = re.compile(r"translate\(([-\d.]+)[ ,]?([-\d.]*)\)(?: rotate\(([-\d.]+)\))?(?: scale\(([-\d.]+))?")
BOX_GLYPH = re.compile(r"-0$")  # glyphs are named by font and number; 0 is the box
GLYPH = 40.0  # the width of a narrow last letter
SVG = "{http://www.w3.org/2000/svg}"


def remote(page: HtmlPage) -> Iterator[Fault]:
    """Anything that a browser would fetch when the page opens. Links that a reader may follow are no fetches."""
    for element in page.elements:
        for name in FETCHING:
            url = element.get(name)
            if url and not url.startswith(("carried:", "#")):
                yield Fault(page.place(element), f"the page would fetch {name}", "content that it carries", url)
        if element.get("style") and CSS_FETCH.search(element["style"]):
            yield Fault(page.place(element), "a style fetches from outside", got=element["style"])
    for found in CSS_FETCH.findall(page.styles):
        yield Fault("<style>", "a style sheet fetches from outside", "content that it carries", found)


def active(page: HtmlPage) -> Iterator[Fault]:
    """Scripts, frames, event handlers and links that run code; a refresh to elsewhere."""
    for element in page.named(*ACTIVE):
        yield Fault(page.place(element), f"<{element.name}> on the page", "no active content")
    for element in page.elements:
        for name in element.attrs:
            if name.startswith("on"):
                yield Fault(page.place(element), f"event handler {name}", "no active content", element[name])
        scheme = SCHEME.match(element.get("href") or "")
        if scheme and scheme[1].lower() not in ("http", "https", "mailto", "carried"):
            yield Fault(page.place(element), "a link that a page must not have", got=element["href"])
    for element in page.named("meta"):
        if (element.get("http-equiv") or "").lower() == "refresh":
            yield Fault("<meta>", "the page sends its reader elsewhere", got=element.get("content"))


def images(page: HtmlPage) -> Iterator[Fault]:
    """Pictures that do not decode or in which nothing is drawn."""
    for element in page.named("img"):
        carried = page.content(element.get("src") or "")
        wrong = picture_fault(carried) if carried else None
        if not element.get("src"):
            wrong = "a picture without content"
        if wrong:
            yield Fault(page.place(element), wrong, got=element.get("alt") or "no alternative text")


def picture_fault(carried: Carried) -> str | None:
    """What is wrong with a carried picture."""
    if carried.data is None:
        return "a picture whose base64 is broken"
    if carried.kind == "image/svg+xml":
        return _svg_fault(carried.data)
    try:
        with warnings.catch_warnings(), Image.open(BytesIO(carried.data)) as picture:
            warnings.simplefilter("error")
            picture.load()
            extrema = picture.convert("RGB").getextrema()
    except Exception as error:
        return f"a picture that does not decode ({type(error).__name__})"
    return "a picture of one colour" if all(low == high for low, high in extrema) else None


def _svg_fault(data: bytes) -> str | None:
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        return f"an SVG that does not parse ({str(error).splitlines()[0]})"
    tags = {element.tag for element in root.iter() if isinstance(element.tag, str)}
    if f"{SVG}script" in tags or f"{SVG}foreignObject" in tags:
        return "an SVG with active content"
    if any(BOX_GLYPH.search(element.get("id") or "") for element in root.iter(f"{SVG}path")):
        return "a chart with a box for a missing glyph"
    cut = next((text for text in chart_texts(root) if not text.inside(root)), None)
    if cut:
        return f"a chart that cuts off its text “{cut.words}”"
    return None if tags & {SVG + name for name in DRAWN} else "an SVG in which nothing is drawn"


@dataclass(frozen=True)
class ChartText:
    """A text of a chart drawn as glyphs: ``ends`` are the points where its base line begins and ends."""

    words: str
    ends: tuple[tuple[float, float], ...]

    def inside(self, root) -> bool:
        """Whether it lies on the picture, with a point to spare."""
        width, height = map(float, root.get("viewBox", "0 0 1e9 1e9").split()[2:])
        return all(-1 <= x <= width + 1 and -1 <= y <= height + 1 for x, y in self.ends)


def chart_texts(root) -> Iterator[ChartText]:
    """The texts that matplotlib drew: glyphs along a base line, in hundredths of the type's size."""
    for group in root.iter(f"{SVG}g"):
        placed = PLACED.match(group.get("transform") or "")
        glyphs = [use.get("transform") or "" for use in group.findall(f"{SVG}use")]
        before = group.getprevious()
        words = before.text.strip() if isinstance(before, etree._Comment) else ""
        if placed and glyphs and words and not words.startswith("$"):  # a formula's glyphs have sizes of their own
            x, y, turned, size = (float(part or 0) for part in placed.groups())
            last = max((float(found[1]) for found in map(PLACED.match, glyphs) if found), default=0.0)
            angle, length = math.radians(turned), size * (last + GLYPH)
            yield ChartText(words, ((x, y), (x + length * math.cos(angle), y + length * math.sin(angle))))


CHECKS = (
    Check("html.remote", "a page fetches nothing: pictures, fonts and styles travel inside it", remote),
    Check("html.active", "no script, frame, form, event handler, refresh or link that runs code", active),
    Check(
        "html.images", "every picture decodes, has something drawn on it, no missing glyph and no text cut off", images
    ),
)
