"""One row a member with more than one value: distributions, intervals, pairs."""

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ...errors import RenderError
from ...record import Figure
from .. import formats, theme
from . import canvas, labels
from .canvas import Pen, Sheet
from .ranked import height, shown_rows

ROLES = ("low", "q1", "median", "q3", "high")


def box(pen: Pen) -> Sheet:
    """Lying boxes from the quartiles with the median as a line, whiskers from low to high."""
    chart = pen.chart
    by_role = {series.role: series.figures for series in chart.series}
    if set(by_role) != set(ROLES):
        raise RenderError("box takes five series", where=chart.id, expected=", ".join(ROLES), got=", ".join(by_role))
    figures = [figure for series in chart.series for figure in series.figures]
    how = pen.scale(figures)
    rows = shown_rows(len(chart.categories))
    sheet, axes = canvas.sheet(height(rows, 6.8, 16))
    canvas.row_labels(axes, [pen.words(label) for label in chart.categories[:rows]])
    for row in range(rows):
        low, q1, median, q3, high = (canvas.values(by_role[role][row : row + 1])[0] for role in ROLES)
        axes.plot([low, high], [row, row], color=theme.MUTED, linewidth=0.9, zorder=2)
        axes.barh(row, q3 - q1, 0.5, left=q1, color=theme.ROLES["prior"], zorder=3)
        axes.plot([median, median], [row - 0.25, row + 0.25], color=theme.ROLES["median"], linewidth=2.2, zorder=4)
        _value(axes, pen.value(by_role["median"][row], how), row)
    _measure(axes, pen, how, figures, rows, len(chart.categories))
    axes.annotate(pen.word("label.median"), (1, 1), (3, 5), xycoords="axes fraction",
                  textcoords="offset points", va="bottom", color=theme.MUTED, fontsize=theme.SMALL,
                  annotation_clip=False)  # fmt: skip
    canvas.heading(axes, pen.axis_title("x", figures, how), _box_legend(pen), clear=12)
    return sheet


def _box_legend(pen: Pen) -> list[tuple[object, str]]:
    return [
        (Patch(color=theme.ROLES["prior"]), pen.word("chart.middle_half")),
        (Line2D([], [], color=theme.MUTED, linewidth=0.9), pen.word("chart.whiskers")),
    ]


def dot(pen: Pen) -> Sheet:
    """A dot a member with its interval; ``marks["reference"]`` is a dashed line with its value."""
    chart = pen.chart
    points = chart.points[: shown_rows(len(chart.points))]
    reference: Figure | None = chart.marks.get("reference")
    figures = [f for p in points for f in (p.x, p.low, p.high)] + [reference]
    how = pen.scale(figures)
    sheet, axes = canvas.sheet(height(len(points), 6.6, 16))
    canvas.row_labels(axes, [pen.words(point.label) for point in points])
    for row, point in enumerate(points):
        low, x, high = canvas.values((point.low, point.x, point.high))
        axes.plot([low, high], [row, row], color=theme.ROLES["prior"], linewidth=3, zorder=3)
        axes.plot([x], [row], "o", color=theme.ROLES["actual"], markersize=5.5, zorder=4)
        _value(axes, pen.value(point.x, how), row)
    legend = []
    if reference is not None and reference.value is not None:
        axes.axvline(reference.value, color=theme.HIGHLIGHT, linestyle=(0, (4, 2)), linewidth=1.2, zorder=2)
        name = pen.word("chart.reference", value=formats.figure(reference, pen.lang, pen.currency))
        legend.append((Line2D([], [], color=theme.HIGHLIGHT, linestyle=(0, (4, 2)), linewidth=1.2), name))
    if any(point.low is not None for point in points):
        legend.append((Line2D([], [], color=theme.ROLES["prior"], linewidth=3), pen.word("chart.interval")))
    _measure(axes, pen, how, figures, len(points), len(chart.points))
    canvas.heading(axes, pen.axis_title("x", figures, how), legend)
    return sheet


def dumbbell(pen: Pen) -> Sheet:
    """Two values a member: x as a full dot, y as an open one; ``axes`` x and y name them."""
    chart = pen.chart
    points = chart.points[: shown_rows(len(chart.points))]
    figures = [figure for point in points for figure in (point.x, point.y)]
    how = pen.scale(figures)
    sheet, axes = canvas.sheet(height(len(points), 6.6, 16))
    canvas.row_labels(axes, [pen.words(point.label) for point in points])
    for row, point in enumerate(points):
        x, y = canvas.values((point.x, point.y))
        axes.plot([y, x], [row, row], color=theme.ROLES["previous"], linewidth=2.5, zorder=2)
        axes.plot([y], [row], "o", mfc=theme.PAPER, mec=theme.MUTED, mew=1.3, markersize=5.5, zorder=3)
        axes.plot([x], [row], "o", color=theme.ROLES["actual"], markersize=6, zorder=4)
        _pair(axes, pen, how, point, row)
    _measure(axes, pen, how, figures, len(points), len(chart.points), margin=_room_for_pairs(pen, how, figures))
    full = Line2D([], [], linewidth=0, marker="o", color=theme.ROLES["actual"], markersize=6)
    hollow = Line2D([], [], linewidth=0, marker="o", mfc=theme.PAPER, mec=theme.MUTED, mew=1.3, markersize=5.5)
    names = [pen.words(chart.axes.get("x")), pen.words(chart.axes.get("y"))]
    legend = list(zip((full, hollow), names, strict=True)) if all(names) else []
    metric = pen.word(f"metric.{points[0].x.metric}")
    unit = formats.header(how, pen.lang, pen.currency)
    canvas.heading(axes, pen.word("exhibit.unit_each", name=metric, unit=unit) if unit else metric, legend)
    return sheet


def _pair(axes, pen: Pen, how, point, row: int) -> None:
    """Both values outside the pair, so that they never meet."""
    x, y = canvas.values((point.x, point.y))
    x_left = x < y
    for value, figure, left in ((x, point.x, x_left), (y, point.y, not x_left)):
        if value == value:
            axes.annotate(
                pen.value(figure, how), (value, row), (-6 if left else 6, 0), textcoords="offset points",
                ha="right" if left else "left", va="center", fontsize=theme.SMALL,
                color=theme.INK if figure is point.x else theme.MUTED,
            )  # fmt: skip


def _room_for_pairs(pen: Pen, how, figures) -> float:
    """The share of the axis to leave at each end for a value beside the outermost dot."""
    longest = max((labels.width(pen.value(figure, how), theme.SMALL) for figure in figures), default=0.0)
    return max(0.1, (longest + 12) / (100 * theme.MM))


def _value(axes, text: str, row: int) -> None:
    axes.annotate(
        text, (1, row), (3, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
        fontsize=theme.TEXT, annotation_clip=False,
    )  # fmt: skip


def _measure(axes, pen: Pen, how, figures, rows: int, of: int, margin: float = 0.04) -> None:
    known = [value for value in canvas.values(figures) if value == value] or [0.0]
    low, high = min(known), max(known)
    span = (high - low) or abs(high) or 1.0
    start = 0 if 0 <= low <= span * 0.6 and margin < 0.1 else low - span * margin
    axes.set_xlim(start, high + span * margin)
    if start < 0 < high:
        axes.axvline(0, color=theme.MUTED, linewidth=0.6, zorder=1)
    canvas.number_axis(axes.xaxis, how, pen.lang, ticks=6)
    if rows < of:
        note = pen.word("exhibit.not_in_picture", n=formats.number(of - rows, pen.lang))
        axes.set_xlabel(note, loc="left", fontsize=theme.SMALL)
