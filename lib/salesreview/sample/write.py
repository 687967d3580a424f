"""Write the sample company as a folder of files, whole or not at all."""

import shutil
import tempfile
from pathlib import Path
from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from ..contract.model import TableSpec, contract
from ..errors import SalesReviewError
from .company import generate
from .truths import Truths

MARKER = ".sample"


def write(
    folder: Path | str,
    *,
    scale: float = 1.0,
    seed: int = 7,
    fmt: Literal["csv", "parquet"] = "csv",
    truths: Truths | None = None,
) -> Path:
    """Write one file per table into ``folder`` and return it.

    The files are written into a folder beside it, which then takes its place in one rename. CSV is UTF-8 with commas,
    dates as 2026-06-30, moments as 2026-06-30 14:05:00, missing values empty. Raises SalesReviewError when ``fmt`` is
    unknown or when ``folder`` holds anything that is not an earlier sample.
    """
    folder = Path(folder)
    if fmt not in ("csv", "parquet"):
        raise SalesReviewError("unknown format", where="sample", expected="csv or parquet", got=fmt)
    _refuse_foreign(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    built = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, table in generate(scale, seed, truths).items():
            _write_table(table, contract()[name], built / f"{name}.{fmt}", fmt)
        (built / MARKER).write_text(
            f"Sample company, scale {scale}, seed {seed}. Generated; safe to replace.\n", encoding="utf-8"
        )
        built.chmod(0o755)
        _put_in_place(built, folder)
    finally:
        shutil.rmtree(built, ignore_errors=True)
    return folder


def _refuse_foreign(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise SalesReviewError("not a folder", where="sample", got=str(folder), advice="choose another --out")
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise SalesReviewError(
            "the folder holds files that are not an earlier sample",
            where="sample",
            expected="a new or empty folder, or one written by this command",
            got=str(folder),
            advice="choose another --out",
        )


def _put_in_place(built: Path, folder: Path) -> None:
    old = folder.with_name(f".{folder.name}-old")
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    built.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def arrow_table(table: pd.DataFrame, spec: TableSpec) -> pa.Table:
    """The table with the contract's types: day dates, second moments, text, numbers."""
    fields = {
        "date": pa.date32(),
        "datetime": pa.timestamp("s"),
        "int": pa.int64(),
        "bool": pa.bool_(),
        "money": pa.float64(),
        "decimal": pa.float64(),
        "fraction": pa.float64(),
    }
    schema = pa.schema([(column.name, fields.get(column.type, pa.string())) for column in spec.columns])
    return pa.Table.from_pandas(table, schema=schema, preserve_index=False, safe=False).replace_schema_metadata(None)


def _write_table(table: pd.DataFrame, spec: TableSpec, path: Path, fmt: str) -> None:
    arrow = arrow_table(table, spec)
    if fmt == "parquet":
        pa.parquet.write_table(arrow, path, compression="zstd")
    else:
        pa.csv.write_csv(arrow, path)
