"""``build.py check``: is the data fit for a review, and what would be left out?"""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .. import prepare
from .. import settings as settings_module
from ..contract.quality import Quality, QuarantinedRows
from ..errors import ContractError
from ..progress import Progress
from ..render.document import Colophon, Cover
from ..render.quality import quality_page, reason
from ..render.quality import summary as quality_summary
from . import manifest, request_check
from .publish import publishing

CHECKING = "Checking the data"


@dataclass(frozen=True)
class CheckResult:
    """``summary`` is for the terminal; ``report`` the page, ``quarantine`` beside it."""

    summary: str
    report: Path
    quality: Quality


def check_data(
    source: str | None,
    mapping: str | None,
    *,
    as_of: date | None,
    out: Path,
    params_file: Path | None,
    overrides: Mapping[str, object],
    strict: bool,
    progress: Progress,
) -> CheckResult:
    """Read and check ``source``, and write the quality report and the quarantined rows to ``out/check``.

    Raises what `prepare.prepare` raises; with ``strict`` the report is written before the error.
    """
    settings = prepare.settings_for(source, file=params_file, overrides=overrides)
    request_check.check_output(out)
    progress.start(CHECKING, 1)
    with tempfile.TemporaryDirectory(prefix="salesreview-") as work:
        made = prepare.prepare(source, mapping, as_of=as_of, settings=settings, folder=Path(work))
        with publishing(out.resolve() / "check") as folder:
            _write(made, settings, folder)
    progress.advance(CHECKING)
    progress.end(CHECKING)
    report = out / "check" / "data_quality.html"
    if strict:
        _refuse(made.quality, out / "check" / "quarantine")
    return CheckResult(_summary(made), report, made.quality)


def _write(made: prepare.Prepared, settings: settings_module.Settings, folder: Path) -> None:
    meta = made.meta
    cover = Cover("pack", meta.names, None, meta.as_of.isoformat(), meta.currency)
    versions = tuple(
        (name, version) for name, version in manifest.versions().items() if name in ("salesreview", "duckdb")
    )
    colophon = Colophon(meta.source, meta.digest, request_check.unusual(settings), versions)
    for lang, name in (("zh", "data_quality.html"), ("en", "data_quality.en.html")):
        (folder / name).write_text(quality_page(made.quality, cover, lang, colophon), encoding="utf-8")
    if made.quarantine.exists():
        shutil.copytree(made.quarantine, folder / "quarantine")


def _summary(made: prepare.Prepared) -> str:
    meta = made.meta
    lines = [f"sales from {meta.first_day} to {meta.last_day}, currency {meta.currency}, data up to {meta.as_of}"]
    lines.append(quality_summary(made.quality, "en"))
    for issue in made.quality.issues:
        where = f"{issue.table}.{issue.column}" if issue.column else issue.table
        lines.append(f"  {issue.severity}: {where}: {reason(issue, 'en')} ({issue.rows} rows)")
    lines += [f"  note: {note}" for note in made.notes]
    return "\n".join(lines)


def _refuse(quality: Quality, quarantine: Path) -> None:
    absent = [table.name for table in quality.tables if table.level == "core" and not table.provided]
    if quality.rows_quarantined:
        tables = (f"{table.name} {table.rows_quarantined}" for table in quality.tables if table.rows_quarantined)
        raise QuarantinedRows(
            quality, expected="no quarantined row (strict)", got=", ".join(tables), advice=f"see {quarantine}"
        )
    if absent:
        raise ContractError("tables are missing (strict)", expected=", ".join(absent), advice="see docs/data_model.md")
