"""A small line in a table cell: the course of some figures, the last one marked."""

from base64 import b64encode
from html import escape

from ..record import Figure, Spark
from . import theme
from .catalogue import NOTHING, render

WIDTH, HEIGHT, EDGE = 90.0, 18.0, 2.5


def spark_html(spark: Spark, lang: str, currency: str) -> str:
    """``spark`` as a picture with the figures that matter in its alternative text; — without two values."""
    told = render(spark, lang, currency)
    if told == NOTHING:
        return told
    data = b64encode(_svg(spark.figures).encode("utf-8")).decode("ascii")
    alt = escape(told)
    return f'<img class="spark" src="data:image/svg+xml;base64,{data}" alt="{alt}" width="90" height="18">'


def _svg(figures: tuple[Figure | None, ...]) -> str:
    runs, last = _runs(figures)
    lines = "".join(
        f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in run)}" fill="none"'
        f' stroke="{theme.ROLES["actual"]}" stroke-width="1.2"/>'
        for run in runs
    )
    dot = f'<circle cx="{last[0]:.1f}" cy="{last[1]:.1f}" r="1.8" fill="{theme.HIGHLIGHT}"/>'
    size = f'width="{WIDTH:g}" height="{HEIGHT:g}" viewBox="0 0 {WIDTH:g} {HEIGHT:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{lines}{dot}</svg>'


def _runs(figures: tuple[Figure | None, ...]) -> tuple[list[list[tuple[float, float]]], tuple[float, float]]:
    """The points of each unbroken stretch, and the last point; the lowest value lies at the bottom."""
    values = [None if figure is None else figure.value for figure in figures]
    known = [value for value in values if value is not None]
    low, span = min(known), (max(known) - min(known)) or 1.0
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    runs: list[list[tuple[float, float]]] = [[]]
    for i, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((EDGE + i * step, HEIGHT - EDGE - (value - low) / span * (HEIGHT - 2 * EDGE)))
    runs = [run for run in runs if run]
    return runs, runs[-1][-1]
