"""Lying bars, one row a member: ranked, against a target, and few against many."""

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ...errors import RenderError
from ...record import Figure, Series
from .. import formats, theme
from . import canvas, labels
from .canvas import Pen, Sheet

MOST_ROWS = 40


def height(rows: int, each: float = 6.6, frame: float = 12) -> float:
    """Millimetres for ``rows`` rows; many rows stand closer."""
    return frame + max(rows, 1) * (each if rows <= 20 else 4.8)


def shown_rows(count: int) -> int:
    return min(count, MOST_ROWS)


def barh(pen: Pen) -> Sheet:
    """Members from the top in the order of the record; a second series lies below the first, a target is a tick."""
    chart = pen.chart
    thick = [series for series in chart.series if series.role != "target"]
    if len(chart.series) > 2:
        raise RenderError("barh takes two series at most", where=chart.id, got=len(chart.series))
    figures = [figure for series in chart.series for figure in series.figures]
    how = pen.scale(figures)
    rows = shown_rows(len(chart.categories))
    sheet, axes = canvas.sheet(height(rows, 6.6 if len(thick) < 2 else 7.6))
    wide = 0.72 / max(len(thick), 1)
    _frame(axes, pen, rows, canvas.values(figures))
    for place, series in enumerate(thick):
        middles = [row + (place - (len(thick) - 1) / 2) * wide for row in range(rows)]
        lengths = canvas.values(series.figures[:rows])
        axes.barh(middles, lengths, wide * 0.92, color=theme.colour(series.role))
        _ends(axes, pen, how, series, middles, rows)
    for series in chart.series:
        if series.role == "target":
            _ticks(axes, series, rows)
    _legend(axes, pen, figures, how)
    return sheet


def bullet(pen: Pen) -> Sheet:
    """Actual as a bar on the paler bar of the year before, the target as a tick across."""
    chart = pen.chart
    figures = [figure for series in chart.series for figure in series.figures]
    how = pen.scale(figures)
    rows = shown_rows(len(chart.categories))
    sheet, axes = canvas.sheet(height(rows, 7))
    _frame(axes, pen, rows, canvas.values(figures))
    for series in sorted(chart.series, key=lambda each: each.role == "actual"):
        lengths = canvas.values(series.figures[:rows])
        if series.role == "target":
            _ticks(axes, series, rows)
        else:
            tall = 0.34 if series.role == "actual" else 0.72
            axes.barh(range(rows), lengths, tall, color=theme.colour(series.role))
    actual = next((series for series in chart.series if series.role == "actual"), None)
    if actual:
        _column(axes, pen, how, actual, rows)
    _legend(axes, pen, figures, how)
    return sheet


def _frame(axes, pen: Pen, rows: int, lengths: list[float]) -> None:
    names = [pen.words(label) for label in pen.chart.categories[:rows]]
    canvas.row_labels(axes, names)
    known = [value for value in lengths if value == value] or [0.0]
    low, high = min(*known, 0.0), max(*known, 0.0)
    span = (high - low) or 1.0
    axes.set_xlim(low - (span * 0.14 if low < 0 else 0), high + span * 0.14)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.axvline(0, color=theme.MUTED, linewidth=0.6, zorder=3)
    left_out = len(pen.chart.categories) - rows
    if left_out:
        note = pen.word("exhibit.not_in_picture", n=formats.number(left_out, pen.lang))
        axes.set_xlabel(note, loc="left", fontsize=theme.SMALL)


def _ends(axes, pen, how, series: Series, middles: list[float], rows: int) -> None:
    for y, figure in zip(middles, series.figures[:rows], strict=True):
        value = figure.value if figure is not None and figure.value is not None else 0.0
        axes.annotate(
            pen.value(figure, how), (value, y), (-3 if value < 0 else 3, 0), textcoords="offset points",
            ha="right" if value < 0 else "left", va="center", fontsize=theme.SMALL, zorder=6,
            color=theme.INK if series.role == "actual" else theme.MUTED,
        )  # fmt: skip


def _column(axes, pen, how, series: Series, rows: int) -> None:
    for row, figure in enumerate(series.figures[:rows]):
        axes.annotate(
            pen.value(figure, how), (1, row), (-1, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", ha="right", va="center", fontsize=theme.TEXT,
        )  # fmt: skip


def _ticks(axes, series: Series, rows: int) -> None:
    places = canvas.values(series.figures[:rows])
    starts, ends = [row - 0.4 for row in range(rows)], [row + 0.4 for row in range(rows)]
    axes.vlines(places, starts, ends, color=theme.PAPER, linewidth=4, zorder=4)
    axes.vlines(places, starts, ends, color=theme.colour("target"), linewidth=2.2, zorder=5)


def _legend(axes, pen: Pen, figures: list[Figure | None], how) -> None:
    entries = []
    for series in pen.chart.series if len(pen.chart.series) > 1 else ():
        is_tick = series.role == "target"
        colour = theme.colour(series.role)
        mark = Line2D([], [], color=colour, linewidth=0, marker="|", markersize=9, markeredgewidth=2.2)
        entries.append((mark if is_tick else Patch(color=colour), pen.words(series.label)))
    canvas.heading(axes, pen.axis_title("x", figures, how), entries)


def pareto(pen: Pen) -> Sheet:
    """Members from the largest with their values, and beside them the share that they reach together."""
    chart = pen.chart
    actual, share = _two(pen)
    rows = shown_rows(len(chart.categories))
    how, part = pen.scale(actual.figures), pen.scale(share.figures)
    sheet, (left, right) = canvas.sheet(height(rows), 2, sharey=True, width_ratios=(2.3, 1))
    lengths = canvas.values(actual.figures[:rows])
    _frame(left, pen, rows, lengths)
    left.barh(range(rows), lengths, 0.7, color=theme.colour("actual"))
    _ends(left, pen, how, actual, list(range(rows)), rows)
    canvas.heading(left, pen.axis_title("x", actual.figures, how))
    reached = canvas.values(share.figures[:rows])
    known = [value for value in reached if value == value] or [0.0]
    right.plot(reached, range(rows), color=theme.colour("cumulative"), marker="o", markersize=3, linewidth=1.2)
    right.set_xlim(min(0.0, *known), 1.5)
    right.set_xticks([])
    right.spines[["left", "bottom"]].set_visible(False)
    right.tick_params(labelleft=False)
    right.vlines((0, 1), -0.5, rows - 0.5, color=theme.GRID, linewidth=0.8, zorder=0)
    for row, figure in enumerate(share.figures[:rows]):
        right.annotate(
            pen.value(figure, part), (1, row), (-1, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", ha="right", va="center", fontsize=theme.SMALL,
        )  # fmt: skip
    canvas.heading(right, labels.cut(pen.words(share.label), 110, theme.TEXT))
    return sheet


def _two(pen: Pen) -> tuple[Series, Series]:
    if len(pen.chart.series) != 2:
        raise RenderError("pareto takes the values and their cumulative share", where=pen.chart.id)
    return pen.chart.series
