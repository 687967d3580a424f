"""Reading settings: defaults, then folders, then one file, then single keys."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ValidationError

from ..errors import OptionError, nearest
from .model import Settings


def keys(model: type[BaseModel] = Settings, prefix: str = "") -> list[str]:
    """Every key that ``-p`` accepts, dotted."""
    found = []
    for name, info in model.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            found += keys(info.annotation, f"{prefix}{name}.")
        else:
            found.append(prefix + name)
    return found


def load(*folders: Path, file: Path | None = None, overrides: Mapping[str, object] | None = None) -> Settings:
    """Settings from the defaults, then each of ``folders``' files, then ``file`` (any keys), then dotted ``overrides``.

    A missing folder adds nothing; of a folder, ``common.yml`` and the files that bear a setting's name are read.
    Raises OptionError for an unknown key, a wrong type or unreadable YAML.
    """
    values: dict = {}
    for folder in folders:
        for name in ("common", *Settings.model_fields):
            body = _read(folder / f"{name}.yml")
            if body:
                _merge(values, body if name == "common" else {name: body}, f"{folder.name}/{name}.yml")
    if file is not None:
        if not file.exists():
            raise OptionError("no such file", where="--params", got=str(file))
        _merge(values, _read(file), str(file))
    for key, value in (overrides or {}).items():
        _merge(values, _nested(key, value), f"-p {key}")
    return _validated(values)


def assignment(text: str) -> tuple[str, object]:
    """Split ``key=value`` of ``-p``; the value is read as YAML but for dates, which stay text.

    >>> assignment("top_n=5")
    ('top_n', 5)
    """
    key, found, value = text.partition("=")
    if not found or not key.strip():
        raise OptionError("not an assignment", where="-p", expected="key=value", got=text)
    try:
        return key.strip(), yaml.load(value, Loader=yaml.BaseLoader) if _like_date(value) else yaml.safe_load(value)
    except yaml.YAMLError:
        raise OptionError("a value that cannot be read", where=f"-p {key}", got=value) from None


def _like_date(value: str) -> bool:
    return value.strip()[:4].isdigit() and value.strip()[4:5] == "-"


def _read(path: Path) -> dict:
    if not path.exists():
        return {}
    try:
        body = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise OptionError("not valid YAML", where=str(path), got=str(error).splitlines()[0]) from None
    if body is not None and not isinstance(body, dict):
        raise OptionError("not a mapping of keys to values", where=str(path), got=type(body).__name__)
    return body or {}


def _nested(key: str, value: object) -> dict:
    for part in reversed(key.split(".")):
        value = {part: value}
    return value


def _merge(into: dict, new: Mapping, where: str, model: type[BaseModel] | None = Settings, prefix: str = "") -> None:
    for key, value in new.items():
        known = set(model.model_fields) if model else None
        if known is not None and key not in known:
            raise unknown_key(f"{prefix}{key}", where)
        nested = model.model_fields[key].annotation if model else None
        is_section = isinstance(nested, type) and issubclass(nested, BaseModel)
        if is_section and isinstance(value, Mapping):
            _merge(into.setdefault(key, {}), value, where, nested, f"{prefix}{key}.")
        else:
            into[key] = value


def unknown_key(key: str, where: str, also: Iterable[str] = ()) -> OptionError:
    """The error for a key that is no setting, with the nearest one that is."""
    valid = [*keys(), *also]
    close = nearest(key, valid)
    advice = f"did you mean {close}?" if close else "see params/README.md for the keys"
    return OptionError("unknown parameter", where=where, got=key, advice=advice)


def _validated(values: dict) -> Settings:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise OptionError("a value that does not fit", where=key, expected=first["msg"], got=first["input"]) from None
