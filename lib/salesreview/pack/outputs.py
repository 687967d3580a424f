"""What a pack holds beside its reviews: figures, quarantined rows, index and quality pages, manifest."""

import shutil
from pathlib import Path

from .. import gate
from ..render import pdf
from ..render.index import Listed, index_page
from ..render.quality import quality_page
from . import figures, manifest
from .job import Job, Outcome
from .timing import Stopwatch


def write(job: Job, outcomes: dict[str, Outcome]) -> tuple[str, ...]:
    """Write them into the pack's folder; what could not be made, in words."""
    records = [record for outcome in outcomes.values() if outcome.record for record in outcome.record["figures"]]
    figures.write(records, job.folder / "figures.jsonl")
    if job.prepared.quarantine.exists():
        shutil.copytree(job.prepared.quarantine, job.folder / "quarantine")
    listed = tuple(_listed(job, variant, outcome) for variant, outcome in outcomes.items())
    for lang in job.request.langs:
        _pages(job, listed, lang)
    wanted_pdf = "pdf" in job.request.formats and "pdf" not in job.formats
    return (pdf.problem(),) if wanted_pdf else ()


def _pages(job: Job, listed: tuple[Listed, ...], lang: str) -> None:
    langs, quality, cover = job.request.langs, job.prepared.quality, job.cover("pack")
    others = tuple((code, job.beside("index", "html", code).name) for code in langs if code != lang)
    whole = tuple((kind, job.beside("pack", kind, lang)) for kind in job.whole_formats)
    index, about = (job.beside(stem, "html", lang) for stem in ("index", "data_quality"))
    page = index_page(
        listed,
        quality,
        cover,
        lang,
        job.colophon,
        quality_file=about.name,
        whole=tuple((kind, path.name) for kind, path in whole if path.exists()),
        other_languages=others,
    )
    index.write_text(page, encoding="utf-8")
    about.write_text(quality_page(quality, cover, lang, job.colophon, index.name), encoding="utf-8")


def _listed(job: Job, variant: str, outcome: Outcome) -> Listed:
    files = tuple((lang, kind, f"{lang}/{variant}.{kind}") for lang in job.request.langs for kind in job.review_formats)
    return Listed(variant, outcome.record, files, outcome.failure and outcome.failure.message)


def shared_problems(folder: Path) -> tuple[str, ...]:
    """What the gate finds wrong with them in a pack that has its manifest."""
    return tuple(problem.line for problem in gate.check_shared(folder).problems)


def write_manifest(job: Job, outcomes: dict[str, Outcome], watch: Stopwatch) -> None:
    """``manifest.json``: what the pack was made from and how, and the digest of each file."""
    request, prepared = job.request, job.prepared
    content = {
        "period": job.period.code,
        "period_start": job.period.start.isoformat(),
        "period_end": job.period.end.isoformat(),
        "as_of": prepared.as_of.isoformat(),
        "company": prepared.meta.company,
        "currency": prepared.meta.currency,
        "source": prepared.meta.source,
        "mapping": request.mapping,
        "languages": list(request.langs),
        "formats": list(job.formats),
        "engine": {"name": request.engine}
        | ({"version": job.quarto.version, "tags": job.quarto.tags} if job.quarto else {}),
        "parameters": job.settings.model_dump(mode="json"),
        "versions": manifest.versions(),
        "data_digest": prepared.digest,
        "inputs": {
            file.name: {"sha256": file.sha256, "bytes": file.bytes, "rows": file.rows} for file in prepared.inputs
        },
        "notes": list(prepared.notes),
        "reviews": {variant: _review_entry(outcome) for variant, outcome in outcomes.items()},
        "seconds": watch.seconds(),
    }
    manifest.write(job.folder, content)


def _review_entry(outcome: Outcome) -> dict[str, object]:
    failure = outcome.failure
    return {
        "status": "failed" if failure else "ok",
        "reason": failure and failure.message,
        "cell": failure and failure.cell_id,
        "execution_seconds": round(outcome.seconds, 2),
        "warnings": outcome.warnings,
    }
