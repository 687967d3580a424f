"""From a source to a mart: read, map, check, cut at as_of. Everything that the reviews of a pack share."""

import csv
import hashlib
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from pathlib import Path

from . import cache, sample
from . import settings as settings_module
from .contract.quality import Issue, Quality
from .contract.quarantine import safe_cell
from .contract.validate import validate
from .errors import ContractError
from .mart.build import build_mart
from .mart.meta import Meta
from .mart.store import Mart
from .packaged import code_digest
from .settings import Settings
from .sources import Reject, SourceFile, Staged, reading, stage
from .sources.mapping import locate

MART = "mart.duckdb"
CODE = ("contract", "mart", "sample", "sources")


@dataclass(frozen=True)
class Prepared:
    """A mart and how it came about. ``inputs`` are the source's files with their digests, ``notes`` what reading
    them left aside, ``quarantine`` the folder with one CSV per table that had bad rows (it may be absent)."""

    mart_path: Path
    meta: Meta
    quality: Quality
    quarantine: Path
    inputs: tuple[SourceFile, ...]
    notes: tuple[str, ...]

    @property
    def digest(self) -> str:
        return self.meta.digest

    @property
    def as_of(self) -> date:
        return self.meta.as_of


def prepare(
    source: str | Path | None,
    mapping: str | Path | None,
    *,
    as_of: date | None,
    settings: Settings,
    folder: Path,
    strict: bool = False,
) -> Prepared:
    """Build ``folder/mart.duckdb`` and ``folder/quarantine`` from ``source`` (None: the sample company).

    ``as_of`` None is the last day with an order. With ``strict``, quarantined rows, unreadable records and missing
    core tables are errors.

    Raises SourceError, MappingError or ContractError for data that no review can be built from, PeriodError when
    nothing was sold on or before ``as_of``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    origin = sample_folder() if source is None else source
    staged = stage(origin, mapping, mappings_dir=mappings_folder(), date_order=settings.date_order)
    with closing(staged.connection) as con:
        quarantine = folder / "quarantine"
        quality = with_rejects(validate(con, quarantine, strict=strict), staged.rejects)
        write_rejects(staged.rejects, quarantine)
        if strict:
            _require_all(quality, staged)
        name = sample.COMPANY_NAME if source is None else Path(source).resolve().name
        path = build_mart(
            con,
            quality,
            as_of=as_of,
            path=folder / MART,
            currency=staged.settings.currency,
            company=staged.settings.company or name,
            company_en=staged.settings.company_en or (sample.COMPANY_NAME_EN if source is None else None),
            source="sample company" if source is None else name,
            digest=staged.digest,
            holiday_country=staged.settings.holiday_country or settings.holiday_country,
            fiscal_start=staged.settings.fiscal_year_start_month or settings.fiscal_year_start_month,
        )
    with Mart.open(path) as mart:
        return Prepared(path, mart.meta, mart.quality(), quarantine, staged.files, staged.warnings)


def cached(source: str | Path | None, mapping: str | Path | None, *, as_of: date | None, settings: Settings) -> Path:
    """The mart of ``source`` from the user's cache, prepared when inputs, settings or this library changed."""

    def make(folder: Path) -> None:
        prepare(source, mapping, as_of=as_of, settings=settings, folder=folder)

    return cache.folder("marts", _key(source, mapping, as_of, settings), make) / MART


def sample_folder() -> Path:
    """The generated sample company as files, written once per version of the generator."""
    folder = cache.home() / "sample" / code_digest("sample", "contract")
    return folder if folder.exists() else sample.write(folder, fmt="parquet")


def mappings_folder() -> Path:
    return params_folder() / "mappings"


def params_folder() -> Path:
    """The ``params`` folder at or above the working directory, else of the checkout that holds this package."""
    here, package = Path.cwd(), Path(__file__).resolve().parent
    for folder in (here, *here.parents, *package.parents):
        if (folder / "params" / "common.yml").exists():
            return folder / "params"
    return here / "params"


def settings_for(
    source: str | Path | None, *, file: Path | None = None, overrides: Mapping[str, object] | None = None
) -> Settings:
    """The settings for ``source`` (None: the sample company): those in ``params``, then the source's own ``params``
    folder, which holds what belongs to that company (notes on the market, its appraisal scheme), then ``file``, then
    ``overrides``."""
    own = Path(str(files("salesreview.sample").joinpath("params"))) if source is None else Path(source) / "params"
    return settings_module.load(params_folder(), own, file=file, overrides=overrides)


def with_rejects(quality: Quality, rejects: tuple[Reject, ...]) -> Quality:
    """``quality`` with the records that could not be read as rows counted as read and quarantined."""
    counts = Counter(table for reject in rejects for table in reject.tables)
    tables = tuple(
        replace(table, rows_read=table.rows_read + more, rows_quarantined=table.rows_quarantined + more)
        if (more := counts[table.name])
        else table
        for table in quality.tables
    )
    issues = tuple(
        Issue(name, None, "unreadable", "error", count, example=next(r.text for r in rejects if name in r.tables)[:80])
        for name, count in sorted(counts.items())
    )
    return replace(quality, tables=tables, issues=(*issues, *quality.issues))


def write_rejects(rejects: tuple[Reject, ...], folder: Path) -> None:
    """Write ``folder/unreadable.csv``: file, row, reason and the record as it stands; nothing when there is none."""
    if not rejects:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "unreadable.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("file", "row", "reason", "record"))
        for reject in rejects:
            writer.writerow([safe_cell(cell) for cell in (reject.file, reject.row, reject.reason, reject.text)])


def _require_all(quality: Quality, staged: Staged) -> None:
    absent = [table.name for table in quality.tables if table.level == "core" and not table.provided]
    if absent:
        raise ContractError("tables are missing (strict)", expected=", ".join(absent), advice="see docs/data_model.md")
    if staged.rejects:
        first = staged.rejects[0]
        raise ContractError(
            "records that cannot be read as rows (strict)", where=f"{first.file}, row {first.row}", got=first.reason
        )


def _key(source: str | Path | None, mapping: str | Path | None, as_of: date | None, settings: Settings) -> str:
    digest = hashlib.sha256(code_digest(*CODE).encode())
    for path in _input_files(source, mapping):
        digest.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode())
    chosen = (as_of, settings.date_order, settings.holiday_country, settings.fiscal_year_start_month)
    digest.update(repr((str(source and Path(source).resolve().name), chosen)).encode())
    return digest.hexdigest()[:24]


def _input_files(source: str | Path | None, mapping: str | Path | None) -> list[Path]:
    found = list(reading.find(source)) if source is not None else []
    if mapping is not None:
        found += sorted(path for path in locate(mapping, mappings_folder()).iterdir() if path.is_file())
    return found
