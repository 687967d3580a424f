"""One pack from data to published folder: prepare, execute, render, list, publish."""

import shutil
import tempfile
from pathlib import Path

from .. import notebook as notebook_module
from .. import prepare
from ..contract.quality import QuarantinedRows
from ..errors import ContractError, RenderError, SalesReviewError
from ..mart.store import Mart
from ..periods import Period
from ..progress import Progress
from ..render import pdf
from ..render.document import Colophon
from ..render.failure import Failure
from ..render.page import payload
from ..render.task import render
from ..settings import Settings
from . import figures, fitting, manifest, outputs, request_check, workers
from .execute import Execution, execute
from .job import BuildRequest, Job, Outcome, PackResult, ReviewStatus
from .publish import publishing
from .timing import Stopwatch

PREPARING, FITTING, EXECUTING, RENDERING, PUBLISHING = (
    "Preparing the data",
    "Fitting the models",
    "Computing the reviews",
    "Making the pages",
    "Publishing",
)


def build_pack(request: BuildRequest, progress: Progress) -> PackResult:
    """Build and publish ``<out>/<period>/``; a review that fails becomes a page that says so.

    Raises SalesReviewError before anything is published: OptionError for an unknown or wrong parameter, PeriodError
    for a period without data, SourceError, MappingError or ContractError for data that cannot be used.
    """
    watch = Stopwatch()
    settings, extras = request_check.resolve(request)
    request_check.check_output(request.out)
    workers.warm_up()
    with workers.Workers(request.jobs) as pool, tempfile.TemporaryDirectory(prefix="salesreview-") as work:
        with watch.stage("prepare"):
            prepared = _prepare(request, settings, Path(work), progress)
            period, settings = _context(prepared, settings, request)
        with watch.stage("models"):
            models = _fitted(pool, prepared, settings, period, request.out.resolve(), progress)
        with publishing(request.out.resolve() / period.slug) as folder:
            if not models.error:
                shutil.copytree(models.value, folder / "models")
            job = _job(request, settings, extras, prepared, period, folder)
            with watch.stage("reviews"):
                outcomes = _run(job, pool, progress)
            progress.start(PUBLISHING, 1)
            with watch.stage("publish"):
                notes = outputs.write(job, outcomes)
            outputs.write_manifest(job, outcomes, watch)
        progress.end(PUBLISHING)
    reviews = tuple(_status(variant, outcomes[variant]) for variant in request.variants)
    notes += (f"the models could not be fitted: {models.error}",) if models.error else ()
    return PackResult(request.out / period.slug, period.code, prepared.as_of, reviews, notes)


def _prepare(request: BuildRequest, settings: Settings, work: Path, progress: Progress) -> prepare.Prepared:
    progress.start(PREPARING, 1)
    try:
        made = prepare.prepare(
            request.source, request.mapping, as_of=request.as_of, settings=settings, folder=work, strict=request.strict
        )
    except QuarantinedRows as error:
        advice = "see them with `build.py check` and the same source, or build without --strict"
        raise ContractError(error.what, expected=error.expected, got=error.got, advice=advice) from None
    progress.advance(PREPARING, f"data up to {made.as_of}")
    progress.end(PREPARING)
    return made


def _context(made: prepare.Prepared, settings: Settings, request: BuildRequest) -> tuple[Period, Settings]:
    with Mart.open(made.mart_path) as mart:
        context = notebook_module.context(mart, settings, request.period, request.year)
        return context.period, context.settings


def _fitted(pool: workers.Workers, made: prepare.Prepared, settings: Settings, period: Period, out: Path,
            progress: Progress) -> workers.Done:  # fmt: skip
    """The folder of the fitted models; with an error, the reviews that need them fail and the others ship."""
    at = period.until(made.as_of).end
    progress.start(FITTING, 1)
    pool.submit("models", fitting.fit, made.mart_path, settings, at, out)
    (done,) = pool.finished()
    progress.advance(FITTING, f"facts up to {at}")
    progress.end(FITTING)
    return done


def _job(request, settings, extras, prepared, period, folder) -> Job:
    meta = prepared.meta
    values = {
        "period": period.code,
        "as_of": meta.as_of.isoformat(),
        "source": str(Path(request.source).resolve()) if request.source else None,
        "mapping": request.mapping,
        "lang": ",".join(request.langs),
        "params": settings.model_dump(mode="json"),
        "mart": str(prepared.mart_path),
    }
    versions = manifest.versions()
    shown = tuple((name, versions[name]) for name in ("salesreview", "python", "duckdb", "pandas", "matplotlib"))
    return Job(
        request=request,
        settings=settings,
        period=period,
        prepared=prepared,
        colophon=Colophon(meta.source, meta.digest, request_check.unusual(settings), shown),
        folder=folder,
        formats=tuple(kind for kind in request.formats if kind != "pdf" or pdf.available()),
        parameters={variant: values | extras[variant] for variant in request.variants},
    )


def _run(job: Job, pool: workers.Workers, progress: Progress) -> dict[str, Outcome]:
    """Execute all notebooks; render each as soon as it is there; replace reviews that contradict earlier ones."""
    request = job.request
    for folder in ("notebooks", *request.langs):
        (job.folder / folder).mkdir()
    outcomes = {variant: Outcome() for variant in request.variants}
    progress.start(EXECUTING, len(request.variants))
    progress.start(RENDERING, len(request.variants) * len(request.langs))
    for variant in request.variants:
        source = request_check.notebooks_folder(request) / f"{variant}.ipynb"
        target, values = job.executed(variant), job.parameters[variant]
        pool.submit(
            ("execute", variant), execute, source, target, values, request.cell_seconds, job.prepared.mart_path.parent
        )
    _drain(job, pool, outcomes, progress)
    records = {name: outcome.record["figures"] for name, outcome in outcomes.items() if outcome.record}
    for variant, clash in figures.conflicts(records).items():
        outcomes[variant].fail(Failure("conflict", f"one figure has two values: {clash}"))
    for variant in request.variants:
        for lang in request.langs if outcomes[variant].failure else ():
            pool.submit(("failed", variant, lang), render, job.task(variant, lang, outcomes[variant].failure))
    _drain(job, pool, outcomes, progress)
    progress.end(EXECUTING)
    progress.end(RENDERING)
    return outcomes


def _drain(job: Job, pool: workers.Workers, outcomes: dict[str, Outcome], progress: Progress) -> None:
    for done in pool.finished():
        kind, variant, *lang = done.tag
        outcome = outcomes[variant]
        if kind == "execute":
            _executed(job, pool, variant, outcome, done)
            progress.advance(EXECUTING, variant)
        elif done.error and kind == "render":
            outcome.fail(Failure("render", done.error, detail=done.detail))
        elif done.error:
            raise RenderError("the page of a failed review cannot be made", where=variant, got=done.error)
        else:
            outcome.warnings += [f"{lang[0]}: {warning}" for warning in done.value.warnings]
            progress.advance(RENDERING, f"{variant} {lang[0]}")


def _executed(job: Job, pool: workers.Workers, variant: str, outcome: Outcome, done: workers.Done) -> None:
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
        return
    for lang in job.request.langs:
        pool.submit(("render", variant, lang), render, job.task(variant, lang), first=True)


def _status(variant: str, outcome: Outcome) -> ReviewStatus:
    failure = outcome.failure
    if failure is None:
        return ReviewStatus(variant, ok=True, warnings=tuple(outcome.warnings))
    return ReviewStatus(variant, ok=False, reason=failure.message, detail=failure.detail)
