"""The work of one worker process: one review in one language, as HTML and PDF."""

from dataclasses import dataclass
from pathlib import Path

from . import pdf
from .document import Colophon, Cover
from .failure import Failure
from .page import failure_page, review_page


@dataclass(frozen=True)
class RenderTask:
    """``html`` and ``pdf`` are the files to write (None: not wanted); with ``failure`` the page says what failed."""

    cover: Cover
    lang: str
    colophon: Colophon
    notebook: Path
    html: Path | None
    pdf: Path | None
    failure: Failure | None = None


@dataclass(frozen=True)
class Rendered:
    """``pages`` is None when no PDF was wanted."""

    pages: int | None
    warnings: tuple[str, ...]


def render(task: RenderTask) -> Rendered:
    """Make the files of ``task``; raises RenderError for a page that cannot be made."""
    if task.failure:
        page = failure_page(task.cover, task.lang, task.failure, task.colophon)
    else:
        page = review_page(task.notebook, task.lang, task.colophon)
    if task.html:
        task.html.write_text(page.html, encoding="utf-8")
    pages = pdf.write(page.html, task.pdf) if task.pdf else None
    return Rendered(pages, page.warnings)
