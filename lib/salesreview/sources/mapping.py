"""A mapping: a folder with one SELECT per canonical table over the raw tables, and ``mapping.yml``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..contract.model import contract
from ..errors import MappingError, nearest

SETTINGS_FILE = "mapping.yml"


class MappingSettings(BaseModel):
    """What ``mapping.yml`` may say about the data; each key may be left out.

    ``currency`` is the ISO code of all amounts, ``company_en`` the name in English packs where it differs.
    ``date_order`` (MDY, DMY or YMD) reads dates such as 3/5/2024.
    ``holiday_country`` and ``fiscal_year_start_month`` replace the general settings for this company (None: keep them).
    ``encodings`` declares the encoding of text files by file name. ``not_available`` gives, for a canonical table or
    ``table.column`` that the source cannot fill, the reason.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    company: str | None = None
    company_en: str | None = None
    currency: str = Field("CNY", pattern=r"^[A-Z]{3}$")
    date_order: Literal["MDY", "DMY", "YMD"] | None = None
    holiday_country: str | None = None
    fiscal_year_start_month: int | None = Field(None, ge=1, le=12)
    encodings: dict[str, str] = Field(default_factory=dict)
    not_available: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class MappingFolder:
    """A mapping as read: ``queries`` has the SQL text by canonical table, in the contract's order; ``texts`` has every
    file's text by file name."""

    name: str
    settings: MappingSettings
    queries: Mapping[str, str]
    texts: Mapping[str, str]


def locate(mapping: str | Path, mappings_dir: Path) -> Path:
    """The mapping's folder: ``mappings_dir/NAME``, or a path. Raises MappingError when there is none."""
    for folder in (mappings_dir / mapping, Path(mapping)):
        if folder.is_dir():
            return folder
    known = sorted(entry.name for entry in mappings_dir.iterdir() if entry.is_dir()) if mappings_dir.is_dir() else []
    close = nearest(str(mapping), known)
    raise MappingError(
        "no such mapping",
        where="--mapping",
        expected=f"a folder, or one of {', '.join(known) or 'none'} in {mappings_dir.name}",
        got=str(mapping),
        advice=f"did you mean {close}?" if close else None,
    )


def load(folder: Path) -> MappingFolder:
    """Read a mapping. Raises MappingError for an unknown table or key, a wrong value, or a folder without SELECTs."""
    paths = sorted((path for path in folder.iterdir() if path.suffix == ".sql"), key=lambda path: path.name)
    settings_path = folder / SETTINGS_FILE
    texts = {path.name: _text(path) for path in paths}
    for path in paths:
        _require_table(path.stem, f"{folder.name}/{path.name}")
    if not paths:
        raise MappingError(
            "a mapping without a SELECT",
            where=folder.name,
            expected="files such as orders.sql and order_lines.sql",
            advice="docs/mappings.md shows how to write them",
        )
    if settings_path.exists():
        texts[SETTINGS_FILE] = _text(settings_path)
    settings = _settings(texts.get(SETTINGS_FILE, ""), f"{folder.name}/{SETTINGS_FILE}")
    queries = {table: texts[f"{table}.sql"] for table in contract() if f"{table}.sql" in texts}
    for table in queries:
        if table in settings.not_available:
            raise MappingError(
                f"{table} is declared not available, yet {table}.sql is there",
                where=f"{folder.name}/{SETTINGS_FILE}",
                advice="remove one of the two",
            )
    return MappingFolder(folder.name, settings, queries, texts)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise MappingError("not UTF-8", where=path.name, got=f"a bad byte at offset {error.start}") from None


def _require_table(name: str, where: str) -> None:
    if name not in contract():
        raise MappingError("unknown canonical table", where=where, got=name, advice=_advice(name, contract()))


def _advice(name: str, valid: Iterable[str]) -> str:
    close = nearest(name, valid)
    return f"did you mean {close}?" if close else "docs/data_model.md lists the tables and columns"


def _settings(text: str, where: str) -> MappingSettings:
    try:
        body = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise MappingError("not valid YAML", where=where, got=str(error).splitlines()[0]) from None
    if not body:
        return MappingSettings()
    if not isinstance(body, dict):
        raise MappingError("not a mapping of keys to values", where=where, got=type(body).__name__)
    for key in body:
        if key not in MappingSettings.model_fields:
            valid = list(MappingSettings.model_fields)
            close = nearest(key, valid)
            advice = f"did you mean {close}?" if close else None
            raise MappingError("unknown key", where=where, expected=", ".join(valid), got=key, advice=advice)
    try:
        settings = MappingSettings.model_validate({key: value for key, value in body.items() if value != ""})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise MappingError(
            "a value that does not fit", where=f"{where}: {key}", expected=first["msg"], got=first["input"]
        ) from None
    for name in settings.not_available:
        _require_declared(name, f"{where}: not_available")
    return settings


def _require_declared(name: str, where: str) -> None:
    table, _, column = name.partition(".")
    _require_table(table, where)
    if column and column not in contract()[table].column_names:
        raise MappingError(
            f"unknown column of {table}",
            where=where,
            got=column,
            advice=_advice(column, contract()[table].column_names),
        )
