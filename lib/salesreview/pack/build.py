"""One pack from data to published folder: prepare, execute, render, list, publish."""

import shutil
import tempfile
from pathlib import Path

from .. import notebook as notebook_module
from .. import prepare
from ..contract.quality import QuarantinedRows
from ..errors import ContractError
from ..mart.store import Mart
from ..periods import Period
from ..progress import Progress
from ..render import pdf
from ..render.document import Colophon
from ..settings import Settings
from . import fitting, manifest, outputs, request_check, workers
from .job import BuildRequest, Job, Outcome, PackResult, ReviewStatus
from .making import Making
from .publish import publishing
from .timing import Stopwatch

PREPARING, FITTING, PUBLISHING = "Preparing the data", "Fitting the models", "Publishing"


def build_pack(request: BuildRequest, progress: Progress) -> PackResult:
    """Build and publish ``<out>/<period>/``; a review that fails becomes a page that says so.

    Raises SalesReviewError before anything is published: OptionError for an unknown or wrong parameter or a
    missing Quarto, PeriodError for a period without data, SourceError, MappingError or ContractError for data that
    cannot be used.
    """
    watch = Stopwatch()
    settings, extras = request_check.resolve(request)
    request_check.check_output(request.out)
    quarto = request_check.engine(request)
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
            job = _job(request, settings, extras, prepared, period, folder, quarto)
            making = Making(job, pool, progress)
            with watch.stage("reviews"):
                making.run()
            outcomes = making.outcomes
            progress.start(PUBLISHING, 1)
            with watch.stage("publish"):
                notes = making.notes + outputs.write(job, outcomes)
            outputs.write_manifest(job, outcomes, watch)
            notes += outputs.shared_problems(folder)
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


def _job(request, settings, extras, prepared, period, folder, quarto) -> Job:
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
        quarto=quarto,
    )


def _status(variant: str, outcome: Outcome) -> ReviewStatus:
    failure = outcome.failure
    if failure is None:
        return ReviewStatus(variant, ok=True, warnings=tuple(outcome.warnings))
    return ReviewStatus(variant, ok=False, reason=failure.message, detail=failure.detail)
