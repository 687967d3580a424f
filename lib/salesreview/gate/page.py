"""An HTML file of a pack, opened once: its elements, the pictures and fonts that it carries, its visible text."""

import base64
import binascii
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bs4 import BeautifulSoup, Tag

DATA_URL = re.compile(r"data:([\w.+-]+/[\w.+-]+)?((?:;[\w=.+-]+)*),([^\"')\s>]*)")
TOKEN = re.compile(r"carried:(\d+)")
UNSEEN = ("style", "script", "template", "title")


@dataclass(frozen=True)
class Carried:
    """Content of a data URL; ``data`` is None when its base64 is broken."""

    kind: str
    data: bytes | None


class HtmlPage:
    """``name`` is the path inside the pack. Data URLs are taken out before parsing, so that elements stay small."""

    def __init__(self, folder: Path, name: str, lang: str):
        self.folder, self.name, self.lang = folder, name, lang
        self.source = (folder / name).read_bytes()
        self.carried: list[Carried] = []
        self.stripped = DATA_URL.sub(self._carry, self.source.decode("utf-8", errors="replace"))
        self.soup = BeautifulSoup(self.stripped, "lxml")

    def _carry(self, found: re.Match) -> str:
        kind, options, body = found[1] or "text/plain", found[2], found[3]
        try:
            data = base64.b64decode(body, validate=True) if ";base64" in options else body.encode()
        except (binascii.Error, ValueError):
            data = None
        self.carried.append(Carried(kind, data))
        return f"carried:{len(self.carried) - 1}"

    def content(self, url: str) -> Carried | None:
        """What a data URL of the file held; None for any other URL."""
        found = TOKEN.fullmatch(url.strip())
        return self.carried[int(found[1])] if found else None

    @cached_property
    def elements(self) -> list[Tag]:
        """Every element in the order of the file."""
        return self.soup.find_all(True)

    def named(self, *tags: str) -> list[Tag]:
        """The elements of some kinds in the order of the file."""
        return [element for element in self.elements if element.name in tags]

    @cached_property
    def ids(self) -> dict[str, Tag]:
        """The first element with each id."""
        return {element["id"]: element for element in reversed(self.elements) if element.get("id")}

    @cached_property
    def styles(self) -> str:
        return "\n".join(element.get_text() for element in self.named("style"))

    @cached_property
    def text(self) -> str:
        """What a reader sees, one line an element."""
        return "\n".join(self.lines)

    @cached_property
    def lines(self) -> list[str]:
        """The texts between tags that a reader sees."""
        body = self.soup.body or self.soup
        return [
            " ".join(text.split())
            for text in body.find_all(string=True)
            if text.strip() and text.parent.name not in UNSEEN and type(text).__name__ == "NavigableString"
        ]

    def place(self, element: Tag) -> str:
        """Where an element is: the nearest id around it, or its tag."""
        holder = element if element.get("id") else element.find_parent(id=True)
        return f"#{holder['id']}" if holder is not None else f"<{element.name}>"
