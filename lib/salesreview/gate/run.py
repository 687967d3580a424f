"""Which checks look at which file, and the three ways to ask: one review, what is shared, the whole pack.

A check that stumbles over a broken file is itself a problem of that file: the gate never lets one pass unseen.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ..errors import SalesReviewError
from . import (
    agreement,
    combined,
    content,
    files,
    html_access,
    html_safety,
    languages,
    pdf_pages,
    pdf_structure,
    shared,
    slides,
    workbook,
)
from .document import Pdf
from .expected import Expected
from .page import HtmlPage
from .problem import Check, Problem, Report

HTML = (*html_safety.CHECKS, *html_access.CHECKS)
HTML_REVIEW = (*content.CHECKS, *agreement.PAGE, *languages.PAGE)
PDF = (*pdf_structure.CHECKS, *pdf_pages.CHECKS)
PDF_REVIEW = pdf_pages.REVIEW
SHARED = (*files.CHECKS, *agreement.CHECKS, *agreement.REVIEW, *shared.CHECKS)
WHOLE = {
    "pdf": (Pdf, PDF, combined.CHECKS),
    "xlsx": (workbook.Workbook, (), workbook.CHECKS),
    "pptx": (slides.Slides, (), slides.CHECKS),
}
"""For each format of a file about all reviews: how it is opened, checks of the file alone and against the reviews."""
OPENED = Check("file.opens", "every file is there and can be opened and read to its end", lambda: ())
CHECKS = (
    OPENED,
    *HTML,
    *HTML_REVIEW,
    *content.FAILED,
    *PDF,
    *PDF_REVIEW,
    *pdf_pages.FAILED,
    *languages.CHECKS,
    *SHARED,
    *combined.CHECKS,
    *workbook.CHECKS,
    *slides.CHECKS,
)
"""Every check by name, in the order of docs/gate.md."""


def check(folder: Path, variants: Sequence[str] | None = None) -> Report:
    """All problems of a finished pack, or only those of some reviews.

    Raises SalesReviewError when ``folder`` holds no pack.
    """
    manifest = _manifest(folder)
    report = Report()
    for variant in variants or manifest.reviews:
        report += check_review(folder, variant)
    return report if variants else report + check_shared(folder)


def check_review(
    folder: Path,
    variant: str,
    *,
    langs: Sequence[str] | None = None,
    formats: Sequence[str] | None = None,
    failed: bool | None = None,
    reason: str | None = None,
    tagged: bool = True,
) -> Report:
    """The problems of one review in all its languages and formats.

    While a pack is being built there is no manifest yet: ``langs``, ``formats`` and whether the review ``failed`` (with
    the ``reason`` that its page tells) are then given, and whether its PDFs can be ``tagged``; otherwise the manifest
    says them.
    """
    if langs is None or formats is None:
        manifest = _manifest(folder)
        langs, formats = manifest.langs, manifest.review_formats
        status = manifest.reviews.get(variant, {})
        failed, reason = status.get("status") == "failed", status.get("reason")
        tagged = manifest.tagged
    review = _Files(folder, variant, tagged or bool(failed))  # pages that say what failed are always our own
    if failed:
        _failed(review, langs, formats, reason)
    else:
        _whole(review, langs, formats)
    return review.report


def check_shared(folder: Path) -> Report:
    """The problems of what the pack holds beside its reviews: manifest, figures, index, quality, combined files."""
    manifest = _manifest(folder)
    opened = _Files(folder, None)
    opened.look(files.CHECKS, files.NAME, manifest)
    expected = {name: opened.open(f"notebooks/{name}.ipynb", Expected, folder / "notebooks" / f"{name}.ipynb")
                for name, review in manifest.reviews.items() if review.get("status") == "ok"}  # fmt: skip
    known = {name: review for name, review in expected.items() if review}
    figures = opened.open(agreement.FIGURES, agreement.FigureLines, folder)
    if figures:
        opened.look(agreement.CHECKS, agreement.FIGURES, figures)
        for review in known.values():
            opened.look(agreement.REVIEW, agreement.FIGURES, figures, review)
    for lang in manifest.langs:
        _listings(opened, manifest, lang, known)
        whole = combined.Whole(lang, {name: expected.get(name) for name in manifest.reviews})
        for kind in manifest.whole_formats:
            _whole_file(opened, manifest.beside("pack", kind, lang), kind, whole)
    return opened.report


def _listings(opened: "_Files", manifest: files.Manifest, lang: str, known: Mapping[str, Expected]) -> None:
    for stem in ("index", "data_quality"):
        name = manifest.beside(stem, "html", lang)
        page = opened.open(name, HtmlPage, manifest.folder, name, lang)
        if page:
            opened.look((*HTML, *shared.PAGES), name, page)
            opened.look(shared.INDEX if stem == "index" else (), name, page, manifest, known)


def _whole_file(opened: "_Files", name: str, kind: str, whole: combined.Whole) -> None:
    opener, alone, checks = WHOLE[kind]
    given = (opened.folder, name, whole.lang) if kind == "pdf" else (opened.folder, name)
    file = opened.open(name, opener, *given)
    if file:
        opened.look(alone, name, file)
        opened.look(checks, name, file, whole)
    if kind == "pdf" and file:
        file.close()


class _Files:
    """Opens files and runs checks on them, gathering what they find."""

    def __init__(self, folder: Path, variant: str | None, tagged: bool = True):
        self.folder, self.variant, self.tagged = folder, variant, tagged
        self.problems: list[Problem] = []
        self.checked: dict[str, None] = {}

    @property
    def report(self) -> Report:
        return Report(tuple(self.problems), tuple(self.checked))

    def open(self, name: str, kind: Callable, *given: object):
        """``kind(*given)``, or None with a problem for a file that is not there or cannot be read."""
        self.checked[name] = None
        try:
            return kind(*given)
        except Exception as error:
            self.problems += [self._broken(OPENED.name, name, _told(error))]
            return None

    def look(self, checks: Iterable[Check], name: str, *opened: object) -> None:
        """Run ``checks`` on an opened file."""
        for check_ in (one for one in checks if self.tagged or not one.needs_tags):
            try:
                self.problems += check_.problems(name, self.variant, *opened)
            except Exception as error:
                self.problems += [self._broken(check_.name, name, _told(error))]

    def _broken(self, check_: str, name: str, told: str) -> Problem:
        return Problem(check_, self.variant, name, "file", "the file cannot be read", got=told)


def _whole(review: _Files, langs: Sequence[str], formats: Sequence[str]) -> None:
    notebook = f"notebooks/{review.variant}.ipynb"
    expected = review.open(notebook, Expected, review.folder / notebook)
    pages = []
    for lang in langs:
        for page in _pages(review, lang, formats):
            review.look(HTML, page.name, page)
            if expected:
                review.look(HTML_REVIEW, page.name, page, expected)
            pages.append(page)
        for pdf in _pdfs(review, lang, formats):
            review.look(PDF, pdf.name, pdf)
            if expected:
                review.look(PDF_REVIEW, pdf.name, pdf, expected)
    for page in pages[1:]:
        review.look(languages.CHECKS, page.name, pages[0], page)


def _failed(review: _Files, langs: Sequence[str], formats: Sequence[str], reason: str | None) -> None:
    for lang in langs:
        for page in _pages(review, lang, formats):
            review.look(HTML, page.name, page)
            review.look(content.FAILED, page.name, page, reason)
        for pdf in _pdfs(review, lang, formats):
            review.look((*PDF, *pdf_pages.FAILED), pdf.name, pdf)


def _pages(review: _Files, lang: str, formats: Sequence[str]) -> Iterator[HtmlPage]:
    name = f"{lang}/{review.variant}.html"
    page = review.open(name, HtmlPage, review.folder, name, lang) if "html" in formats else None
    if page:
        yield page


def _pdfs(review: _Files, lang: str, formats: Sequence[str]) -> Iterator[Pdf]:
    name = f"{lang}/{review.variant}.pdf"
    pdf = review.open(name, Pdf, review.folder, name, lang) if "pdf" in formats else None
    if pdf:
        yield pdf
        pdf.close()


def _manifest(folder: Path) -> files.Manifest:
    try:
        return files.Manifest.read(folder)
    except (OSError, ValueError) as error:
        raise SalesReviewError(
            "no pack in this folder", where=str(folder), expected=files.NAME, got=_told(error)
        ) from None


def _told(error: Exception) -> str:
    line = (str(error).strip().splitlines() or [""])[0]
    return line if isinstance(error, SalesReviewError) else f"{type(error).__name__}: {line}"
