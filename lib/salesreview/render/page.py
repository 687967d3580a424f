"""An executed notebook as one self-contained page per language."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import unescape
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import nbformat
from jinja2 import Environment, PackageLoader, StrictUndefined
from nbconvert import HTMLExporter

from .. import __version__
from ..errors import RenderError
from ..exhibits import catalogue, fonts
from ..exhibits.entries import word
from ..notebook import REVIEW_MIME
from ..record import PeriodName
from .failure import Failure
from .fragments import Ids, clean, merge_absent
from .languages import in_language

HTML_LANG = {"zh": "zh-CN", "en": "en"}
PREFIX = {"data_driven": "dd", "team": "tm", "market": "mk", "process": "pr", "key_account": "ka"}


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
class Page:
    """``warnings`` say what a reader of the page does not see: standard error, interactive or outside content."""

    html: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One line of the contents list."""

    id: str
    level: int
    text: str


def payload(notebook: Path) -> dict:
    """The record that the notebook's ``open_review`` cell displayed; raises RenderError when there is none."""
    for cell in nbformat.read(notebook, as_version=4).cells:
        for output in cell.get("outputs", ()):
            if REVIEW_MIME in output.get("data", {}):
                return output["data"][REVIEW_MIME]
    raise RenderError(
        "the notebook shows no review",
        where=notebook.name,
        expected="a cell whose last line is the opened review",
        advice="restore the cell `review = nb.open_review(…)` with `review` as its last line",
    )


def review_page(notebook: Path, lang: str, colophon: Colophon) -> Page:
    """The page of an executed notebook in one language."""
    record = payload(notebook)
    ids = Ids(PREFIX.get(record["variant"], record["variant"]))
    picked, warnings = in_language(nbformat.read(notebook, as_version=4), lang)
    body, dropped = _body(picked, ids, lang)
    cover = Cover(*(record[name] for name in ("variant", "company", "period", "as_of", "currency")))
    html = document(
        cover,
        lang,
        prefix=ids.prefix,
        title=record["title"][lang],
        verdict=record["headline"][lang],
        cards=clean(record["cards"][lang], ids.keep).html,
        body=body,
        outline=outline(body),
        colophon=colophon,
    )
    return Page(html, (*warnings, *(f"left out: {what}" for what in dropped)))


def failure_page(cover: Cover, lang: str, failure: Failure, colophon: Colophon) -> Page:
    """The page that stands for a review that could not be built: where, why, what to do; no figures, no traceback."""
    name = word(f"variant.{cover.variant}", lang)
    notebook = f"{cover.variant}.ipynb"
    where = (
        word("pack.failed_cell", lang, notebook=notebook, cell=str(failure.cell), id=failure.cell_id or "—")
        if failure.cell
        else word("pack.failed_notebook", lang, notebook=notebook)
    )
    prefix = PREFIX.get(cover.variant, cover.variant)
    rows = (
        (word("pack.failed_where", lang), where),
        (word("pack.failed_what", lang), _printable(failure.message)),
        (word("pack.failed_advice", lang), word(f"pack.advice_{failure.kind}", lang)),
    )
    title = word("pack.failed_title", lang)
    body = template("failure.html.j2").render(prefix=prefix, title=title, rows=rows)
    lead = word("pack.failed_lead", lang, name=name)
    return Page(document(cover, lang, prefix=prefix, title=name, verdict=lead, body=body, colophon=colophon))


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
) -> str:
    """The whole HTML file: cover, contents, body, colophon, style sheets and the glyphs that they need."""
    period = catalogue.render(PeriodName(cover.period), lang) if cover.period else ""
    as_of = catalogue.render(date.fromisoformat(cover.as_of), lang)
    words = {name: word(f"pack.{name}", lang) for name in ("contents", "colophon", "colophon_note")}
    name = " · ".join(filter(None, (title, period, cover.company[lang])))
    words |= {
        "period": word("pack.period", lang, period=period) if period else "",
        "as_of": word("pack.as_of", lang, date=as_of),
    }
    lines = colophon_lines(colophon, cover, lang) if colophon else ()
    values = dict(
        html_lang=HTML_LANG[lang], document_title=name, description=verdict or title,
        company=cover.company[lang], title=title, verdict=verdict,
        cards=cards, body=body, outline=outline, colophon=lines,
        as_of=cover.as_of, words=words, prefix=prefix, kind=kind, version=__version__,
    )  # fmt: skip
    page = template("page.html.j2")
    header = word("pack.header", lang, company=cover.company[lang], title=title)
    margin_css = _margin_css(header, words["as_of"], lang)
    visible = visible_text(page.render(values | {"css": ""})) + margin_css
    css = "\n".join((fonts.embedded_css(visible, lang=lang), *_styles(), margin_css))
    return page.render(values | {"css": css})


def _printable(message: str) -> str:
    """``message`` with a question mark for each character that no font has."""
    return message.translate({ord(character): "?" for character in fonts.missing(message)})


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


def _body(nb, ids: Ids, lang: str) -> tuple[str, list[str]]:
    dropped: list[str] = []

    def exhibit(html: str) -> str:
        cleaned = clean(html, ids.keep)
        dropped.extend(cleaned.dropped)
        return cleaned.html

    def own(html: str) -> str:
        cleaned = clean(re.sub(r"(</?h)([1-5])\b", lambda found: found[1] + str(int(found[2]) + 1), html), ids.number)
        dropped.extend(cleaned.dropped)
        return cleaned.html

    exporter = _exporter()
    exporter.register_filter("exhibit", exhibit)
    exporter.register_filter("own", own)
    exporter.register_filter("base64", lambda text: b64encode(text.encode()).decode())
    exporter.environment.globals["alternative"] = word("pack.figure_alt", lang)
    body, _ = exporter.from_notebook_node(nb)
    return merge_absent(body), dropped


@cache
def _exporter() -> HTMLExporter:
    return HTMLExporter(
        extra_template_basedirs=[str(files(__package__) / "templates")],
        template_name="review",
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )


@cache
def _templates() -> Environment:
    return Environment(loader=PackageLoader(__package__), autoescape=True, undefined=StrictUndefined, trim_blocks=True)


@cache
def _styles() -> tuple[str, str]:
    exhibits = files("salesreview.exhibits").joinpath("styles.css").read_text(encoding="utf-8")
    return exhibits, files(__package__).joinpath("templates", "page.css").read_text(encoding="utf-8")


def _margin_css(header: str, as_of: str, lang: str) -> str:
    """The parts of the running header and footer that hold words."""
    numbered = word("pack.page", lang, page="\0page\0", pages="\0pages\0").split("\0")
    parts = " ".join(f"counter({part})" if part in ("page", "pages") else _css_text(part) for part in numbered if part)
    font = "font: 8pt var(--font), sans-serif; color: #5a6675; vertical-align: top; padding-top: 4mm"
    return (
        f"@page {{ @bottom-right {{ content: {parts}; {font}; text-align: right; width: 40% }} }}\n"
        f"@page cover {{ @bottom-right {{ content: none }} }}\n"
        f"body {{ string-set: header-title {_css_text(header)}, header-as-of {_css_text(as_of)} }}\n"
    )


def _css_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("<", "\\3c ").replace("\n", " ")
    return f'"{escaped}"'
