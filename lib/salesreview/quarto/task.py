"""The work of one worker process with the second engine: one review in one language, as HTML and PDF by Quarto."""

import os
import shutil
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

import pypdfium2
import yaml
from fontTools.ttLib import TTFont

from .. import __version__
from ..errors import RenderError
from ..exhibits import catalogue, fonts, theme
from ..exhibits.entries import word
from ..exhibits.styles import stylesheet
from ..record import PeriodName
from ..render import task as own
from ..render.document import HTML_LANG, Entry, colophon_lines, visible_text
from ..render.fragments import Ids, clean
from ..render.page import payload, prefix_of
from . import command, outside, source
from .binary import Quarto
from .typst import Pictures, string, typst

NAME = "review.ipynb"
CONTENTS_LEVEL = 3
START = source.raw("#none", "typst")
"""Opens the body on a line of its own, whatever stands before it in Quarto's template."""


def render(task: own.RenderTask, quarto: Quarto, seconds: float = command.SECONDS) -> own.Rendered:
    """Make the files of ``task`` with Quarto; a page that says what failed is made by the first engine.

    Raises RenderError, with Quarto's own message, for a page that cannot be made.
    """
    if task.failure:
        return own.render(task)
    warnings: list[str] = []
    pages = None
    with command.private_folder() as name:
        if task.html:
            html = _html(task, Path(name, "html"), quarto, seconds, warnings)
            task.html.write_text(html, encoding="utf-8")
        if task.pdf:
            made = _pdf(task, Path(name, "pdf"), quarto, seconds, warnings)
            pages = count_pages(made)
            shutil.copyfile(made, task.pdf)
    return own.Rendered(pages, tuple(dict.fromkeys(warnings)))


def count_pages(path: Path) -> int:
    """The pages of a PDF; raises RenderError for a file that is none."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        raise RenderError("Quarto: what it made is no PDF", got=path.name) from None
    try:
        return len(document)
    finally:
        document.close()


def _html(task: own.RenderTask, folder: Path, quarto: Quarto, seconds: float, warnings: list[str]) -> str:
    folder.mkdir()
    about = _About(task)
    made = source.source(task.notebook, task.lang, about.prefix, "html", folder)
    cover, end = about.cover(made.outline), about.colophon()
    page = _text("salesreview.render", "templates", "page.css")
    style = "\n".join((stylesheet(dark=False), page, _theme("page.css")))
    glyphs = fonts.embedded_css(visible_text(made.html + cover + end), lang=task.lang)
    (folder / "report.css").write_text(f"{glyphs}\n{style}", encoding="utf-8")
    (folder / "cover.html").write_text(cover, encoding="utf-8")
    (folder / "end.html").write_text(end, encoding="utf-8")
    options = {
        "minimal": True, "theme": "none", "embed-resources": True, "html-math-method": "mathml",
        "html-table-processing": "none", "toc": False, "css": "report.css",
        "include-before-body": "cover.html", "include-after-body": "end.html",
    }  # fmt: skip
    source.write(made.cells, about.front_matter("html", options), task.notebook, folder / NAME)
    done = command.render(quarto, folder / NAME, "html", day=task.cover.as_of, seconds=seconds)
    html = done.output.read_text(encoding="utf-8")
    outside.require_none(html)
    warnings += [*made.warnings, *done.warnings]
    return outside.passive(html)


def _pdf(task: own.RenderTask, folder: Path, quarto: Quarto, seconds: float, warnings: list[str]) -> Path:
    folder.mkdir()
    about = _About(task)
    made = source.source(task.notebook, task.lang, about.prefix, "typst", folder)
    fonts.require(visible_text(made.html), where=f"PDF in {task.lang}")
    _lay_fonts(folder / "fonts")
    (folder / "typst-template.typ").write_text(_colours() + _theme("typst-template.typ"), encoding="utf-8")
    (folder / "typst-show.typ").write_text(about.show_rule(folder, quarto.tags), encoding="utf-8")
    options = {
        "template-partials": ["typst-template.typ", "typst-show.typ"], "font-paths": ["fonts"], "papersize": "a4",
        "html-table-processing": "none", "toc": False,
    } | ({"pdf-standard": "ua-1"} if quarto.tags else {})  # fmt: skip
    end = source.raw("#set heading(outlined: false)\n" + typst(about.colophon("h3"), Pictures(folder, "end")), "typst")
    source.write([START, *made.cells, end], about.front_matter("typst", options), task.notebook, folder / NAME)
    done = command.render(quarto, folder / NAME, "typst", day=task.cover.as_of, seconds=seconds)
    warnings += [*made.warnings, *done.warnings]
    return done.output


class _About:
    """What stands around the body of a review: front matter, cover, colophon."""

    def __init__(self, task: own.RenderTask):
        self.lang, self.task = task.lang, task
        self.record = payload(task.notebook)
        self.prefix = prefix_of(task.cover.variant)
        period = catalogue.render(PeriodName(task.cover.period), self.lang)
        as_of = catalogue.render(date.fromisoformat(task.cover.as_of), self.lang)
        self.title = self.record["title"][self.lang]
        self.company = task.cover.company[self.lang]
        self.name = " · ".join((self.title, period, self.company))
        self.words = {name: word(f"pack.{name}", self.lang) for name in ("contents", "colophon", "colophon_note")}
        self.words |= {
            "period": word("pack.period", self.lang, period=period),
            "as_of": word("pack.as_of", self.lang, date=as_of),
        }

    def front_matter(self, to: str, options: dict[str, object]) -> str:
        values = {
            "pagetitle": source.markdown(self.name),
            "lang": HTML_LANG[self.lang],
            "shift-heading-level-by": 0,
            "execute": {"enabled": False},
            "format": {to: options},
        }
        return yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=10_000)

    def cards(self) -> str:
        return clean(self.record["cards"][self.lang], Ids(self.prefix).keep).html

    def cover(self, outline: list[Entry]) -> str:
        entries = [entry for entry in outline if entry.level <= CONTENTS_LEVEL]
        verdict = self.record["headline"][self.lang]
        return self._template("cover.html.j2", cards=self.cards(), verdict=verdict, outline=entries)

    def colophon(self, heading: str = "h2") -> str:
        lines = colophon_lines(self.task.colophon, self.task.cover, self.lang)
        return self._template("colophon.html.j2", lines=lines, heading=heading)

    def show_rule(self, folder: Path, tagged: bool) -> str:
        """How the template of ``theme`` is applied; a dollar sign means something to Quarto, so it stands twice."""
        numbered = word("pack.page", self.lang, page="\0", pages="\0").split("\0")
        language, _, region = HTML_LANG[self.lang].partition("-")
        values = {
            "title": string(self.title),
            "company": string(self.company),
            "period": string(self.words["period"]),
            "as-of": string(self.words["as_of"]),
            "verdict": string(self.record["headline"][self.lang]),
            "cards": f"[{typst(self.cards(), Pictures(folder, 'cover'))}]",
            "contents": string(self.words["contents"]),
            "page-words": f"({', '.join(map(string, numbered))})",
            "lang": string(language),
            "region": string(region) if region else "none",
            "fonts": f"({string(fonts.FAMILY)}, {string(fonts.FALLBACK)})",
        }
        given = ", ".join(f"{name}: {value}" for name, value in values.items())
        formulas = f"#set math.equation(alt: {string(word('pack.figure_alt', self.lang))});\n" if tagged else ""
        return f"{formulas}#show: report.with({given});\n".replace("$", "$$")

    def _template(self, name: str, **values: object) -> str:
        return _templates().get_template(name).render(
            about=self, company=self.company, title=self.title, words=self.words, prefix=self.prefix,
            version=__version__, as_of=self.task.cover.as_of, **values,
        )  # fmt: skip


def _lay_fonts(folder: Path) -> None:
    """The pair of faces, and DejaVu Sans under the name that it has on our pages: no font of this machine is meant."""
    folder.mkdir()
    for path in fonts.prepare().values():
        try:
            os.symlink(path, folder / path.name)
        except OSError:
            shutil.copyfile(path, folder / path.name)
    for weight, path in fonts.fallback().items():
        with TTFont(path, lazy=True, recalcTimestamp=False) as font:
            for number, text in {1: fonts.FALLBACK, 4: fonts.FALLBACK, 6: f"SalesReviewFallback-{weight}"}.items():
                font["name"].setName(text, number, 3, 1, 0x409)
                font["name"].setName(text, number, 1, 0, 0)
            font.save(folder / path.name)


def _colours() -> str:
    """The house's colours as Typst names."""
    return "".join(f'#let {name} = rgb("{value}")\n' for name, value in theme.LIGHT.items())


def _theme(name: str) -> str:
    return _text(__package__, "theme", name)


def _text(package: str, *place: str) -> str:
    return files(package).joinpath(*place).read_text(encoding="utf-8") + "\n"


@cache
def _templates():
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(__package__, "theme"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
