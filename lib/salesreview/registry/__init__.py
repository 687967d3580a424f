"""The metric registry: one definition of each metric (requirements 11b), read from ``metrics/*.yml``.

Each metric is a mapping: ``unit`` as in `record.Figure`; ``direction`` higher, lower or neutral; ``aggregation`` sum,
recompute (from pooled numerators and denominators) or dist (from pooled records); ``formula_zh`` and ``formula_en`` are
printed in the appendix of every review.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ..errors import SalesReviewError, nearest
from ..packaged import read_yaml


@dataclass(frozen=True)
class Metric:
    """``unit`` as in `record.Figure`; ``direction`` is higher, lower or neutral; ``aggregation`` is sum, recompute
    (from pooled numerators and denominators) or dist (from pooled records)."""

    id: str
    zh: str
    en: str
    unit: str
    direction: str
    aggregation: str
    formula_zh: str
    formula_en: str
    tables: tuple[str, ...]
    requirements: tuple[str, ...]


@cache
def metrics() -> dict[str, Metric]:
    """All metrics by id, in the order of the files' names and within them.

    Raises SalesReviewError when two files define one metric.
    """
    found: dict[str, Metric] = {}
    folder = files(__package__).joinpath("metrics")
    for file in sorted(folder.iterdir(), key=lambda path: path.name):
        for name, spec in read_yaml(file).items():
            if name in found:
                raise SalesReviewError("a metric is defined twice", where=file.name, got=name)
            found[name] = Metric(id=name, **{k: tuple(v) if isinstance(v, list) else v for k, v in spec.items()})
    return found


def metric(name: str) -> Metric:
    """The metric called ``name``; raises SalesReviewError with the nearest name when there is none."""
    try:
        return metrics()[name]
    except KeyError:
        raise SalesReviewError("unknown metric", got=name, advice=f"did you mean {nearest(name, metrics())}?") from None
