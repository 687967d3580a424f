"""What a build is asked for, what it shares between its steps, and what it answers."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ..periods import Period
from ..prepare import Prepared
from ..quarto.binary import Quarto
from ..render.document import Colophon, Cover
from ..render.failure import Failed, Failure
from ..render.task import RenderTask
from ..render.whole import KINDS, WholeTask
from ..reviews import VARIANTS
from ..settings import Settings
from .execute import CELL_SECONDS

FORMATS = ("html", "pdf", "xlsx", "pptx")
ENGINES = ("weasyprint", "quarto")


@dataclass(frozen=True)
class BuildRequest:
    """What an operator asks for; see the options of ``build.py``.

    ``notebooks`` is the folder with one notebook per variant (None: the checkout's), ``cell_seconds`` how long one
    cell may run. ``engine`` makes the pages of the reviews; ``quarto_path`` is the command of the second one.
    """

    period: str
    year: int | None = None
    as_of: date | None = None
    source: str | None = None
    mapping: str | None = None
    variants: tuple[str, ...] = VARIANTS
    langs: tuple[str, ...] = ("zh",)
    formats: tuple[str, ...] = FORMATS
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)
    out: Path = Path("reports")
    params_file: Path | None = None
    overrides: Mapping[str, object] = field(default_factory=dict)
    strict: bool = False
    notebooks: Path | None = None
    cell_seconds: int = CELL_SECONDS
    engine: str = ENGINES[0]
    quarto_path: str | None = None


@dataclass(frozen=True)
class ReviewStatus:
    """How one review went; ``reason`` is one line, ``detail`` the traceback if there is one, ``warnings`` what the
    pages do not show."""

    variant: str
    ok: bool
    reason: str | None = None
    detail: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class PackResult:
    """A published pack. ``notes`` say what else was left out, such as PDFs on a machine without Pango."""

    folder: Path
    period: str
    as_of: date
    reviews: tuple[ReviewStatus, ...]
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        return 0 if all(review.ok for review in self.reviews) and not self.notes else 1


@dataclass(frozen=True)
class Job:
    """What all steps of one build share, settled before any kernel starts."""

    request: BuildRequest
    settings: Settings
    period: Period
    prepared: Prepared
    colophon: Colophon
    folder: Path
    formats: tuple[str, ...]
    parameters: Mapping[str, Mapping[str, object]]
    quarto: Quarto | None = None

    def cover(self, variant: str) -> Cover:
        meta = self.prepared.meta
        return Cover(variant, meta.names, self.period.code, meta.as_of.isoformat(), meta.currency)

    def beside(self, stem: str, kind: str, lang: str) -> Path:
        """Where a file lies that exists once per language; that of the main language bears no mark."""
        mark = "" if lang == self.request.langs[0] else f".{lang}"
        return self.folder / f"{stem}{mark}.{kind}"

    @property
    def review_formats(self) -> tuple[str, ...]:
        return tuple(kind for kind in self.formats if kind in ("html", "pdf"))

    @property
    def whole_formats(self) -> tuple[str, ...]:
        return tuple(kind for kind in self.formats if kind in KINDS)

    def executed(self, variant: str) -> Path:
        return self.folder / "notebooks" / f"{variant}.ipynb"

    def task(self, variant: str, lang: str, failure: Failure | None = None) -> RenderTask:
        place = self.folder / lang / variant
        return RenderTask(
            cover=self.cover(variant),
            lang=lang,
            colophon=self.colophon,
            notebook=self.executed(variant),
            html=place.with_suffix(".html") if "html" in self.formats else None,
            pdf=place.with_suffix(".pdf") if "pdf" in self.formats else None,
            failure=failure,
        )

    def whole(self, kind: str, lang: str, outcomes: Mapping[str, "Outcome"]) -> WholeTask:
        reviews = tuple(
            Failed(self.cover(variant), outcome.failure) if outcome.failure else self.executed(variant)
            for variant, outcome in outcomes.items()
        )
        target = self.beside("pack", kind, lang)
        return WholeTask(kind, self.cover("pack"), lang, self.colophon, reviews, target)


@dataclass
class Outcome:
    """What became of one review while the build runs."""

    record: dict | None = None
    failure: Failure | None = None
    seconds: float = 0.0
    warnings: list[str] = field(default_factory=list)

    def fail(self, failure: Failure) -> None:
        """Note the first failure; the record of a failed review counts for nothing."""
        self.record, self.failure = None, self.failure or failure
