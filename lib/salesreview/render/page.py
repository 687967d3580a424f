"""An executed notebook as one self-contained page per language."""

import re
from base64 import b64encode
from collections.abc import Container
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter

from ..errors import RenderError
from ..exhibits import fonts
from ..exhibits.entries import word
from ..notebook import REVIEW_MIME
from ..record import Review
from ..serial import load_review
from . import broad, markdown
from .document import Colophon, Cover, document, outline, template
from .failure import Failure
from .fragments import Ids, clean, merge_absent
from .languages import in_language

HTML_LANG = {"zh": "zh-CN", "en": "en"}
PREFIX = {"data_driven": "dd", "team": "tm", "market": "mk", "process": "pr", "key_account": "ka"}


@dataclass(frozen=True)
class Page:
    """``warnings`` say what a reader of the page does not see: standard error, interactive or outside content."""

    html: str
    warnings: tuple[str, ...] = ()


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


def saved_review(notebook: Path) -> Review:
    """The whole record of an executed notebook."""
    return load_review(payload(notebook)["record"])


@dataclass(frozen=True)
class Parts:
    """What a page of a review is put together from; HTML with ids that no other review of the pack has."""

    cover: Cover
    prefix: str
    title: str
    verdict: str
    cards: str
    body: str
    warnings: tuple[str, ...] = ()


def review_parts(notebook: Path, lang: str, without: Container[str] = ()) -> Parts:
    """An executed notebook in one language; exhibits whose ids are in ``without`` are left out."""
    record = payload(notebook)
    ids = Ids(prefix_of(record["variant"]))
    picked, warnings = in_language(nbformat.read(notebook, as_version=4), lang, without)
    cards = clean(record["cards"][lang], ids.keep).html
    body, dropped = _body(picked, ids, lang)
    cover = Cover(*(record[name] for name in ("variant", "company", "period", "as_of", "currency")))
    warnings = (*warnings, *(f"left out: {what}" for what in dropped))
    return Parts(cover, ids.prefix, record["title"][lang], record["headline"][lang], cards, body, warnings)


def failure_parts(cover: Cover, lang: str, failure: Failure) -> Parts:
    """What stands for a review that could not be built: where, why, what to do; no figures, no traceback."""
    name = word(f"variant.{cover.variant}", lang)
    notebook = f"{cover.variant}.ipynb"
    where = (
        word("pack.failed_cell", lang, notebook=notebook, cell=str(failure.cell), id=failure.cell_id or "—")
        if failure.cell
        else word("pack.failed_notebook", lang, notebook=notebook)
    )
    rows = (
        (word("pack.failed_where", lang), where),
        (word("pack.failed_what", lang), _printable(failure.message)),
        (word("pack.failed_advice", lang), word(f"pack.advice_{failure.kind}", lang)),
    )
    prefix = prefix_of(cover.variant)
    body = template("failure.html.j2").render(prefix=prefix, title=word("pack.failed_title", lang), rows=rows)
    return Parts(cover, prefix, name, word("pack.failed_lead", lang, name=name), "", body)


def review_page(notebook: Path, lang: str, colophon: Colophon) -> Page:
    """The page of an executed notebook in one language."""
    return _page(review_parts(notebook, lang), lang, colophon, with_contents=True)


def failure_page(cover: Cover, lang: str, failure: Failure, colophon: Colophon) -> Page:
    """The page that stands for a review that could not be built."""
    return _page(failure_parts(cover, lang, failure), lang, colophon, with_contents=False)


def prefix_of(variant: str) -> str:
    """What the ids of a review begin with."""
    return PREFIX.get(variant, variant)


def _page(parts: Parts, lang: str, colophon: Colophon, with_contents: bool) -> Page:
    html = document(
        parts.cover,
        lang,
        prefix=parts.prefix,
        title=parts.title,
        verdict=parts.verdict,
        cards=parts.cards,
        body=parts.body,
        outline=outline(parts.body) if with_contents else (),
        colophon=colophon,
    )
    return Page(html, parts.warnings)


def _printable(message: str) -> str:
    """``message`` with a question mark for each character that no font has."""
    return message.translate({ord(character): "?" for character in fonts.missing(message)})


class Headings:
    """Puts an analyst's headings below the page's title; none is more than one level below the heading before it."""

    TAG = re.compile(r"(</?h)([1-6])\b")

    def __init__(self):
        self.level = 1

    def see(self, html: str) -> None:
        """Take note of the headings of an exhibit."""
        self.level = int(([found[2] for found in self.TAG.finditer(html)] or [self.level])[-1])

    def lowered(self, html: str) -> str:
        """An analyst's ``html`` with its headings in their place."""

        def placed(found: re.Match) -> str:
            if found[1] == "<h":
                self.level = min(int(found[2]) + 1, self.level + 1, 6)
            return f"{found[1]}{self.level}"

        return self.TAG.sub(placed, html)


def _body(nb, ids: Ids, lang: str) -> tuple[str, list[str]]:
    dropped: list[str] = []
    headings = Headings()

    def exhibit(html: str) -> str:
        headings.see(html)
        cleaned = clean(html, ids.keep)
        dropped.extend(cleaned.dropped)
        return cleaned.html

    def own(html: str) -> str:
        cleaned = clean(broad.fitted(headings.lowered(html), lang), ids.number)
        dropped.extend(cleaned.dropped)
        return cleaned.html

    exporter = _exporter()
    exporter.register_filter("exhibit", exhibit)
    exporter.register_filter("own", own)
    exporter.register_filter("written", markdown.html)
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
