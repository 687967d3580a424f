"""The reviews of a pack made in worker processes: executed, rendered, opened by the gate.

A review that fails at any step is replaced by a page that says so; the others go on.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from .. import gate
from ..errors import RenderError, SalesReviewError
from ..progress import Progress
from ..quarto.task import render as render_with_quarto
from ..render.failure import Failure
from ..render.page import payload
from ..render.task import render
from ..render.whole import render_whole
from . import figures, request_check
from .execute import Execution, execute
from .job import Job, Outcome
from .workers import Done, Workers

EXECUTING, RENDERING, CHECKING = "Computing the reviews", "Making the pages", "Checking the pages"


class Making:
    """One run over all reviews of ``job``; `outcomes` holds what became of each, `notes` what else is missing."""

    def __init__(self, job: Job, pool: Workers, progress: Progress):
        self.job, self.pool, self.progress = job, pool, progress
        self.outcomes = {variant: Outcome() for variant in job.request.variants}
        self._problems: dict[tuple[str, str], str] = {}
        self._rendered: dict[str, int] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be made beside the reviews, in words."""
        return tuple(self._problems.values())

    def run(self) -> None:
        """Make everything."""
        for folder in ("notebooks", *self.job.request.langs):
            (self.job.folder / folder).mkdir()
        self._execute()
        self._refuse_conflicts()
        whole = [variant for variant, outcome in self.outcomes.items() if not outcome.failure]
        self._render(self.outcomes)
        late = [variant for variant in whole if self.outcomes[variant].failure]
        if late:
            self._render(late)
        for stage in (RENDERING, CHECKING):
            self.progress.end(stage)

    def _execute(self) -> None:
        job, request = self.job, self.job.request
        self.progress.start(EXECUTING, len(request.variants))
        scratch = job.prepared.mart_path.parent
        for variant in request.variants:
            source = request_check.notebooks_folder(request) / f"{variant}.ipynb"
            target, values = job.executed(variant), job.parameters[variant]
            self.pool.submit(variant, execute, source, target, values, request.cell_seconds, scratch)
        for done in self.pool.finished():
            _executed(self.outcomes[done.tag], done)
            self.progress.advance(EXECUTING, done.tag)
        self.progress.end(EXECUTING)

    def _refuse_conflicts(self) -> None:
        records = {name: one.record["figures"] for name, one in self.outcomes.items() if one.record}
        for variant, clash in figures.conflicts(records).items():
            self.outcomes[variant].fail(Failure("conflict", f"one figure has two values: {clash}"))

    def _render(self, variants: Iterable[str]) -> None:
        """The files of ``variants`` and those that hold all reviews, which take longest and go first."""
        variants, langs, kinds = tuple(variants), self.job.request.langs, self.job.whole_formats
        self.progress.start(RENDERING, len(langs) * (len(variants) + len(kinds)))
        self.progress.start(CHECKING, sum(not self.outcomes[variant].failure for variant in variants))
        for lang in langs:
            for kind in kinds:
                task = self.job.whole(kind, lang, self.outcomes)
                self.pool.submit(("whole", kind, lang), render_whole, task)
        for variant in variants:
            for lang in langs:
                task = self.job.task(variant, lang, self.outcomes[variant].failure)
                quarto = self.job.quarto
                engine = (render_with_quarto, task, quarto) if quarto else (render, task)
                self.pool.submit(("failed" if task.failure else "page", variant, lang), *engine)
        for done in self.pool.finished():
            step, name, *lang = done.tag
            steps = {"whole": self._whole, "page": self._page, "failed": self._told, "gate": self._gated}
            steps[step](done, name, *lang)

    def _whole(self, done: Done, kind: str, lang: str) -> None:
        self._problems.pop((kind, lang), None)
        if done.error:
            target = self.job.beside("pack", kind, lang)
            target.unlink(missing_ok=True)
            self._problems[kind, lang] = f"{target.name} could not be made: {done.error}"
        self.progress.advance(RENDERING, f"pack.{kind} {lang}")

    def _page(self, done: Done, variant: str, lang: str) -> None:
        outcome = self.outcomes[variant]
        if done.error:
            outcome.fail(Failure("render", done.error, detail=done.detail))
        else:
            outcome.warnings += [f"{lang}: {warning}" for warning in done.value.warnings]
        self.progress.advance(RENDERING, f"{variant} {lang}")
        self._rendered[variant] = self._rendered.get(variant, 0) + 1
        if self._rendered[variant] == len(self.job.request.langs) and not outcome.failure:
            langs, formats = self.job.request.langs, self.job.review_formats
            tagged = self.job.quarto is None or self.job.quarto.tags
            self.pool.submit(("gate", variant), check, self.job.folder, variant, langs, formats, tagged)

    def _told(self, done: Done, variant: str, lang: str) -> None:
        if done.error:
            raise RenderError("the page of a failed review cannot be made", where=variant, got=done.error)
        self.progress.advance(RENDERING, f"{variant} {lang}")

    def _gated(self, done: Done, variant: str) -> None:
        lines = (done.error,) if done.error else done.value
        if lines:
            more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
            self.outcomes[variant].fail(Failure("gate", lines[0] + more, detail=done.detail or "\n".join(lines)))
        self.progress.advance(CHECKING, variant)


def check(folder: Path, variant: str, langs: Sequence[str], formats: Sequence[str], tagged: bool) -> tuple[str, ...]:
    """What the gate finds wrong with a review that was built, one line each."""
    report = gate.check_review(folder, variant, langs=langs, formats=formats, failed=False, tagged=tagged)
    return tuple(problem.line for problem in report.problems)


def _executed(outcome: Outcome, done: Done) -> None:
    execution: Execution | None = done.value
    if execution is None:
        outcome.fail(Failure("died", done.error, detail=done.detail))
        return
    outcome.seconds = execution.seconds
    if execution.failure:
        outcome.fail(execution.failure)
        return
    try:
        outcome.record = payload(execution.notebook)
    except SalesReviewError as error:
        outcome.fail(Failure("render", str(error)))
