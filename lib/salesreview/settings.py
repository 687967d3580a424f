"""Settings: what people may change without touching code, read from ``params/*.yml`` and ``-p key=value``.

A file sets the section that bears its name (``thresholds.yml`` sets ``thresholds.*``); ``common.yml`` sets the top
level. An unknown key or a wrong type is an error that names the nearest valid key.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import OptionError, nearest


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class MinimumN(Section):
    """Fewest records for a claim (convention X-SMALL)."""

    rate: int = Field(20, ge=1)
    mean: int = Field(5, ge=1)
    rep: int = Field(3, ge=1)


class Thresholds(Section):
    """Cut-offs of the rules; ratios are 0-1. Values that no founding document states are this product's defaults."""

    region_attainment: float = Field(0.90, ge=0)
    cac_increase: float = Field(0.15, ge=0)
    ltv_cac: float = Field(3.0, ge=0)
    launch_success: float = Field(1.10, ge=0)
    mainly: float = Field(0.60, ge=0, le=1)
    fluctuation_z: float = Field(2.0, gt=0)
    concentrated_hhi: float = Field(2500, ge=0)
    high_growth_quantile: float = Field(0.75, ge=0, le=1)


class Funnel(Section):
    """Stages of the sales funnel in order, as the data names them, and their target rates by stage key."""

    stages: dict[str, tuple[str, ...]] = Field(
        default_factory=lambda: {
            "lead": ("线索获取",),
            "contact": ("初步接洽",),
            "needs": ("需求分析",),
            "demo": ("演示",),
            "quote": ("方案呈现/报价", "方案呈现", "报价"),
            "negotiation": ("商务谈判",),
            "signing": ("合同签订",),
            "collection": ("回款",),
        }
    )
    target_rates: dict[str, float] = Field(default_factory=dict)


class Benchmark(Section):
    """An outside value with its source (evidence class EV7)."""

    value: float
    unit: str
    source: str
    date: str
    confidence: Literal["高", "中", "低"] = "中"


class Settings(Section):
    """All settings of a pack. Money thresholds are in base currency units; durations carry their unit in the name."""

    fiscal_year_start_month: int = Field(1, ge=1, le=12)
    revenue_basis: Literal["orders", "signed", "billed", "collected"] = "orders"
    activity_window_days: int = Field(365, ge=30)
    renewal_grace_days: int = Field(60, ge=0)
    new_product_months: int = Field(12, ge=1)
    ramp_months: int = Field(6, ge=0)
    cac_lag_months: int | None = Field(None, ge=0)
    large_deal_threshold: float | None = Field(None, gt=0)
    long_tail_share: float = Field(0.20, gt=0, lt=1)
    key_tiers: tuple[str, ...] = ("战略", "重点")
    discount_rate: float = Field(0.10, ge=0, lt=1)
    cltv_years: int = Field(5, ge=1, le=20)
    audience: Literal["leadership", "manager", "analyst"] = "leadership"
    holiday_country: str = "CN"
    date_order: Literal["YMD", "MDY", "DMY"] | None = None
    top_n: int = Field(10, ge=3, le=50)
    minimum_n: MinimumN = Field(default_factory=MinimumN)
    thresholds: Thresholds = Field(default_factory=Thresholds)
    funnel: Funnel = Field(default_factory=Funnel)
    benchmarks: dict[str, Benchmark] = Field(default_factory=dict)


SECTION_FILES = ("thresholds", "funnel", "benchmarks")


def keys(model: type[BaseModel] = Settings, prefix: str = "") -> list[str]:
    """Every key that ``-p`` accepts, dotted."""
    found = []
    for name, info in model.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            found += keys(info.annotation, f"{prefix}{name}.")
        else:
            found.append(prefix + name)
    return found


def load(folder: Path, *, file: Path | None = None, overrides: Mapping[str, object] | None = None) -> Settings:
    """Settings from the defaults, then ``folder``'s files, then ``file`` (any keys), then dotted ``overrides``.

    A missing folder gives the defaults. Raises OptionError for an unknown key, a wrong type or unreadable YAML.
    """
    values: dict = {}
    _merge(values, _read(folder / "common.yml"), "params/common.yml")
    for name in SECTION_FILES:
        body = _read(folder / f"{name}.yml")
        if body:
            _merge(values, {name: body}, f"params/{name}.yml")
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
