"""Pages that need nothing from outside and run nothing: what tags and style sheets would fetch, what scripts do."""

import re
from html.parser import HTMLParser

from ..errors import RenderError

FETCHING = {
    ("link", "href"), ("image", "href"), ("image", "xlink:href"), ("use", "href"), ("use", "xlink:href"),
    ("object", "data"), ("form", "action"), ("base", "href"),
}  # fmt: skip
ANYWHERE = {"src", "srcset", "poster", "background"}
HARMLESS_LINKS = {"canonical", "license", "author", "help", "next", "prev", "alternate", "up"}
WITHIN = re.compile(r"(?:data:|#|about:|javascript:void)", re.I)
CSS_URL = re.compile(r"""(?:url\(\s*|@import\s+)(?:url\(\s*)?["']?([^"')\s]+)""", re.I)


def resources(html: str) -> tuple[str, ...]:
    """The URLs, local or remote, that a browser would fetch to show ``html``; links that people follow do not count.

    >>> resources('<img src="https://x.org/a.png"><a href="https://x.org">x</a><p style="background: url(b.png)">')
    ('https://x.org/a.png', 'b.png')
    """
    reader = _Reader(convert_charrefs=True)
    reader.feed(html)
    reader.close()
    return tuple(dict.fromkeys(url for url in reader.found if url and not WITHIN.match(url)))


def require_none(html: str) -> None:
    """Raises RenderError naming what ``html`` would fetch."""
    found = resources(html)
    if found:
        shown = ", ".join(url[:120] for url in found[:3])
        raise RenderError("the page asks for what is not in it", got=shown, advice="embed it in the notebook's output")


def passive(html: str) -> str:
    """``html`` without scripts and ``<link>`` elements: what Quarto adds by these, nobody needs to read a page."""
    return re.sub(r"<link\b[^>]*>", "", re.sub(r"(?is)<script\b.*?</script\s*>", "", html))


class _Reader(HTMLParser):
    def __init__(self, **options):
        super().__init__(**options)
        self.found: list[str] = []
        self._style = False

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        harmless = tag == "link" and set((values.get("rel") or "").lower().split()) <= HARMLESS_LINKS
        for name, value in attributes:
            if name == "style":
                self.found += CSS_URL.findall(value or "")
            elif name == "srcset" and not (value or "").strip().startswith("data:"):
                self.found += [part.split()[0] for part in (value or "").split(",") if part.split()]
            elif (name in ANYWHERE or (tag, name) in FETCHING) and not harmless:
                self.found.append((value or "").strip())
        self._style = tag == "style"

    def handle_endtag(self, tag):
        self._style = False

    def handle_data(self, data):
        if self._style:
            self.found += CSS_URL.findall(data)
