"""The work of one worker process for a file that holds all reviews: pack.pdf, pack.xlsx or pack.pptx."""

from dataclasses import dataclass
from pathlib import Path

from . import pdf, slides, workbook
from .combined import pack_page
from .document import Colophon, Cover
from .failure import Failed
from .page import saved_review

BOOKS = {"xlsx": workbook.write, "pptx": slides.write}
KINDS = ("pdf", *BOOKS)


@dataclass(frozen=True)
class WholeTask:
    """``reviews`` are executed notebooks, or what stands for a review that could not be built."""

    kind: str
    cover: Cover
    lang: str
    colophon: Colophon
    reviews: tuple[Path | Failed, ...]
    target: Path


def render_whole(task: WholeTask) -> None:
    """Write the file of ``task``; raises RenderError when it cannot be made."""
    if task.kind == "pdf":
        pdf.write(pack_page(task.reviews, task.cover, task.lang, task.colophon), task.target)
        return
    whole = [saved_review(one) for one in task.reviews if isinstance(one, Path)]
    failed = [(one.cover.variant, one.failure.message) for one in task.reviews if isinstance(one, Failed)]
    BOOKS[task.kind](whole, task.lang, task.cover, task.target, failed)
