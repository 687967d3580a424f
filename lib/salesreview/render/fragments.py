"""HTML fragments made safe to put on one page: ids unique and stable, nothing executed, nothing fetched.

Only start tags, end tags of dropped elements and style sheets are rewritten; all other bytes pass through unchanged.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

REFERENCES = ("href", "xlink:href")
LISTS = ("aria-labelledby", "aria-describedby", "headers", "for")
FETCHING = ("src", "srcset", "data", "poster", "background")
DROPPED = ("script", "iframe", "object", "embed", "link", "meta", "base")
VOID = ("embed", "link", "meta", "base", "input")
URL_ID = re.compile(r"url\((['\"]?)#([^)'\"]+)\1\)")
CSS_ID = re.compile(r"#(?!(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b)([A-Za-z_][\w-]*)")


ABSENT = re.compile(
    r'<section class="exhibit absent" id="([^"]+)">'
    r'<p class="absent-title">(.*?)</p><p>(.*?)</p><p>(.*?)</p></section>\s*'
)


@dataclass
class Ids:
    """Gives each id of a page its final name: ``prefix-id`` for exhibits, numbered for whatever else was displayed."""

    prefix: str
    taken: set[str] = field(default_factory=set)
    numbered: int = 0

    def keep(self, name: str) -> str:
        return self._free(f"{self.prefix}-{name}")

    def number(self, _name: str) -> str:
        self.numbered += 1
        return self._free(f"{self.prefix}-x{self.numbered}")

    def _free(self, wanted: str) -> str:
        name, copy = wanted, 1
        while name in self.taken:
            copy += 1
            name = f"{wanted}-{copy}"
        self.taken.add(name)
        return name


@dataclass(frozen=True)
class Cleaned:
    """``dropped`` names what could not stay: active elements and what would be fetched."""

    html: str
    dropped: tuple[str, ...] = ()


def clean(html: str, rename: Callable[[str], str]) -> Cleaned:
    """``html`` with every id renamed where it is set or referred to, without scripts and outside resources.

    Inline event handlers go, ``data:`` images and plain links to the web stay.
    """
    names = {name: rename(name) for name in _ids(html)}
    writer = _Writer(html, names)
    return Cleaned(writer.written(), tuple(writer.dropped))


def merge_absent(html: str) -> str:
    """Neighbouring boxes that lack the same thing for the same reason as one box that names all they would show.

    The ids of the boxes that go stay as anchors in the first, so that links still land.
    """
    out, place, run = [], 0, []
    for box in ABSENT.finditer(html):
        if run and (box.start() != run[-1].end() or box.group(2, 4) != run[-1].group(2, 4)):
            out.append(_merged(run))
            run = []
        out.append(html[place : box.start()] if not run else "")
        run.append(box)
        place = box.end()
    return "".join([*out, _merged(run) if run else "", html[place:]])


def _merged(run: list[re.Match]) -> str:
    first = run[0]
    shows = "".join(f"<p>{text}</p>" for text in dict.fromkeys(box[3] for box in run))
    anchors = "".join(f'<span id="{box[1]}"></span>' for box in run[1:])
    return (
        f'<section class="exhibit absent" id="{first[1]}">{anchors}<p class="absent-title">{first[2]}</p>{shows}'
        f"<p>{first[4]}</p></section>\n"
    )


def _ids(html: str) -> list[str]:
    found: dict[str, None] = {}

    class Collector(HTMLParser):
        def handle_starttag(self, tag, attributes):
            found.update({value: None for name, value in attributes if name == "id" and value})

    collector = Collector(convert_charrefs=False)
    collector.feed(html)
    collector.close()
    return list(found)


class _Writer(HTMLParser):
    def __init__(self, html: str, names: dict[str, str]):
        super().__init__(convert_charrefs=False)
        self.names, self.parts, self.dropped = names, [], []
        self._silent: str | None = None
        self._style = False
        self._depth = 0
        self._html = html

    def written(self) -> str:
        self.feed(self._html)
        self.close()
        return "".join(self.parts)

    def handle_starttag(self, tag, attributes):
        if self._silent:
            self._depth += tag == self._silent
        elif tag in DROPPED:
            self.dropped.append(tag)
            if tag not in VOID:
                self._silent, self._depth = tag, 1
        else:
            self._style = tag == "style"
            self.parts.append(self._tag(attributes))

    def handle_startendtag(self, tag, attributes):
        if self._silent is None and tag not in DROPPED:
            self.parts.append(self._tag(attributes))
        elif tag in DROPPED:
            self.dropped.append(tag)

    def handle_endtag(self, tag):
        if self._silent:
            self._depth -= tag == self._silent
            if self._depth == 0:
                self._silent = None
        elif tag not in DROPPED:
            self._style = False
            self.parts.append(f"</{tag}>")

    def handle_data(self, data):
        self._put(self._css(data) if self._style else data)

    def handle_entityref(self, name):
        self._put(f"&{name};")

    def handle_charref(self, name):
        self._put(f"&#{name};")

    def handle_comment(self, data):
        return

    def handle_decl(self, decl):
        return

    def _put(self, text: str) -> None:
        if self._silent is None:
            self.parts.append(text)

    def _tag(self, attributes) -> str:
        original = self.get_starttag_text()
        kept = [(name, self._value(name, value)) for name, value in attributes if self._stays(name, value)]
        if kept == attributes:
            return original
        name = re.match(r"<\s*([^\s/>]+)", original)[1]
        inside = "".join(f" {key}" if value is None else f' {key}="{escape(value)}"' for key, value in kept)
        return f"<{name}{inside}{' /' if original.endswith('/>') else ''}>"

    def _stays(self, name: str, value: str | None) -> bool:
        fetched = name in FETCHING or (name == "xlink:href" and not (value or "").startswith("#"))
        outside = fetched and not (value or "").startswith("data:")
        active = name.startswith("on") or (name == "href" and re.match(r"\s*(javascript|file):", value or "", re.I))
        if outside or active:
            self.dropped.append(f"{name}={(value or '')[:60]}")
        return not (outside or active)

    def _value(self, name: str, value: str | None) -> str | None:
        if not value:
            return value
        if name == "id":
            return self.names[value]
        if name in REFERENCES and value.startswith("#"):
            return "#" + self.names.get(value[1:], value[1:])
        if name in LISTS:
            return " ".join(self.names.get(part, part) for part in value.split())
        if "url(" in value and not value.startswith("data:"):
            return self._css(value)
        return value

    def _css(self, text: str) -> str:
        text = re.sub(r"@import[^;]*;", "", text)
        text = URL_ID.sub(lambda found: f"url(#{self.names.get(found[2], found[2])})", text)
        text = re.sub(r"url\((['\"]?)(?!data:|#)[^)]*\)", "none", text)
        return CSS_ID.sub(lambda found: "#" + self.names.get(found[1], found[1]), text)
