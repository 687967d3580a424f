"""A page of a pack as one self-contained HTML file: cover, contents, body, colophon, styles, needed glyphs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import unescape
from html.parser import HTMLParser
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from .. import __version__
from ..exhibits import catalogue, fonts
from ..exhibits.entries import word
from ..exhibits.styles import stylesheet
from ..record import PeriodName

HTML_LANG = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True)
class Colophon:
    """What the last section of each page of a pack says; ``settings`` are those that differ from the defaults."""

    source: str
    digest: str
    settings: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Cover:
    """What a page's cover shows whether or not there is a record: ``company`` by language, ``period`` None
    for a page that is about data."""

    variant: str
    company: Mapping[str, str]
    period: str | None
    as_of: str
    currency: str


@dataclass(frozen=True)
class Entry:
    """One line of the contents list."""

    id: str
    level: int
    text: str


def document(
    cover: Cover,
    lang: str,
    *,
    prefix: str,
    title: str,
    body: str,
    verdict: str = "",
    cards: str = "",
    outline: tuple[Entry, ...] = (),
    colophon: Colophon | None = None,
    kind: str = "review",
    headers: Mapping[str, str] | None = None,
) -> str:
    """The whole HTML file: cover, contents, body, colophon, style sheets and the glyphs that they need.

    ``headers`` are running titles by the id of the element that they begin with; before the first it is the page's.
    """
    period = catalogue.render(PeriodName(cover.period), lang) if cover.period else ""
    as_of = catalogue.render(date.fromisoformat(cover.as_of), lang)
    words = {name: word(f"pack.{name}", lang) for name in ("contents", "colophon", "colophon_note")}
    full_title = " · ".join(filter(None, (title, period, cover.company[lang])))
    words |= {
        "period": word("pack.period", lang, period=period) if period else "",
        "as_of": word("pack.as_of", lang, date=as_of),
    }
    lines = colophon_lines(colophon, cover, lang) if colophon else ()
    values = dict(
        html_lang=HTML_LANG[lang], document_title=full_title, description=verdict or title,
        company=cover.company[lang], title=title, verdict=verdict,
        cards=cards, body=body, outline=outline, colophon=lines,
        as_of=cover.as_of, words=words, prefix=prefix, kind=kind, version=__version__,
    )  # fmt: skip
    page = template("page.html.j2")
    titles = {f"{prefix}-top": title} | dict(headers or {})
    company = cover.company[lang]
    running = {name: word("pack.header", lang, company=company, title=text) for name, text in titles.items()}
    margin_css = _margin_css(running, words["as_of"], lang)
    visible = visible_text(page.render(values | {"css": ""})) + margin_css
    css = "\n".join((fonts.embedded_css(visible, lang=lang), *_styles(), margin_css))
    return page.render(values | {"css": css})


def colophon_lines(colophon: Colophon, cover: Cover, lang: str) -> tuple[tuple[str, str], ...]:
    """Name and value of each line of the colophon."""
    settings = ", ".join(f"{key} = {value}" for key, value in colophon.settings)
    lines = (
        ("period", cover.period and f"{catalogue.render(PeriodName(cover.period), lang)} ({cover.period})"),
        ("as_of", catalogue.render(date.fromisoformat(cover.as_of), lang)),
        ("source", colophon.source),
        ("digest", colophon.digest[:16]),
        ("currency", cover.currency),
        ("settings", settings or word("pack.colophon_defaults", lang)),
        ("versions", ", ".join(f"{name} {version}" for name, version in colophon.versions)),
    )
    return tuple((word(f"pack.colophon_{name}", lang), value) for name, value in lines if value)


def template(name: str):
    """One of the pack's Jinja templates; values are escaped."""
    return _templates().get_template(name)


def outline(body: str) -> tuple[Entry, ...]:
    """The chapters (h2) and sections (h3) of a body, each with the id of its heading or of the section around it."""

    class Headings(HTMLParser):
        found: list[Entry]
        section = ""
        open_level = 0

        def handle_starttag(self, tag, attributes):
            values = dict(attributes)
            if tag == "section" and values.get("id"):
                self.section = values["id"]
            if tag in ("h2", "h3"):
                self.open_level = int(tag[1])
                self.found.append(Entry(values.get("id") or self.section, self.open_level, ""))

        def handle_endtag(self, tag):
            if tag in ("h2", "h3"):
                self.open_level = 0

        def handle_data(self, data):
            if self.open_level:
                last = self.found.pop()
                self.found.append(Entry(last.id, last.level, last.text + data))

    headings = Headings()
    headings.found = []
    headings.feed(body)
    return tuple(entry for entry in headings.found if entry.text.strip() and entry.id)


def visible_text(html: str) -> str:
    """All characters that a page may draw; a superset is harmless."""
    without_images = re.sub(r'"data:[^"]*"', '""', html)
    return unescape(re.sub(r"<(style)\b.*?</\1>", "", without_images, flags=re.S))


@cache
def _templates() -> Environment:
    return Environment(loader=PackageLoader(__package__), autoescape=True, undefined=StrictUndefined, trim_blocks=True)


@cache
def _styles() -> tuple[str, str]:
    return stylesheet(), files(__package__).joinpath("templates", "page.css").read_text(encoding="utf-8")


def _margin_css(headers: Mapping[str, str], as_of: str, lang: str) -> str:
    """The parts of the running header and footer that hold words; ``headers`` by the id where they begin."""
    numbered = word("pack.page", lang, page="\0page\0", pages="\0pages\0").split("\0")
    parts = " ".join(f"counter({part})" if part in ("page", "pages") else _css_text(part) for part in numbered if part)
    font = "font: 8pt var(--font), sans-serif; color: var(--muted); vertical-align: top; padding-top: 4mm"
    begins = "".join(f"#{name} {{ string-set: header-title {_css_text(text)} }}\n" for name, text in headers.items())
    return begins + (
        f"@page {{ @bottom-right {{ content: {parts}; {font}; text-align: right; width: 40% }} }}\n"
        f"@page cover {{ @bottom-right {{ content: none }} }}\n"
        f"body {{ string-set: header-as-of {_css_text(as_of)} }}\n"
    )


def _css_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("<", "\\3c ").replace("\n", " ")
    return f'"{escaped}"'
