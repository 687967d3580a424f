"""Stages of a process: how many reach each, and what share goes on."""

from ...record import Series
from .. import theme
from . import canvas, labels
from .canvas import Pen, Sheet


def funnel(pen: Pen) -> Sheet:
    """Centred bars from the first stage down with counts; step rates stand between them, one may be highlighted."""
    chart = pen.chart
    counts = next(series for series in chart.series if series.role != "rate")
    rates = next((series for series in chart.series if series.role == "rate"), None)
    how = pen.scale(counts.figures)
    rows = len(chart.categories)
    sheet, axes = canvas.sheet(14 + rows * 7.4)
    widths = canvas.values(counts.figures)
    largest = max((abs(value) for value in widths if value == value), default=0.0) or 1.0
    highlight = chart.marks.get("highlight")
    canvas.row_labels(axes, [pen.words(label) for label in chart.categories], room_mm=42)
    for row, value in enumerate(widths):
        share = 0.0 if value != value else max(value, 0.0) / largest
        axes.barh(row, share, 0.58, left=(1 - share) / 2, color=theme.colour("actual"))
        _count(axes, pen.value(counts.figures[row], how), row, share)
    if rates:
        _rates(axes, pen, rates, highlight)
    axes.set_xlim(-0.02, 1.34 if rates else 1.02)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    canvas.heading(axes, pen.axis_title("x", counts.figures, how))
    if rates:
        name = labels.cut(pen.words(rates.label), 100, theme.TEXT)
        axes.annotate(name, (1.06, 1), (0, 8), xycoords=("data", "axes fraction"), textcoords="offset points",
                      va="baseline", color=theme.MUTED, fontsize=theme.TEXT)  # fmt: skip
    return sheet


def _count(axes, text: str, row: int, share: float) -> None:
    inside = share * 95 * theme.MM > labels.width(text, theme.TEXT) + 6
    axes.text(
        0.5 if inside else (1 + share) / 2 + 0.01, row, text, ha="center" if inside else "left", va="center",
        color=theme.PAPER if inside else theme.INK, fontsize=theme.TEXT,
    )  # fmt: skip


def _rates(axes, pen: Pen, rates: Series, highlight: int | None) -> None:
    """A rate stands between the stage before and its own, with an arrow down."""
    how = pen.scale(rates.figures)
    for row, figure in enumerate(rates.figures):
        if row == 0 and (figure is None or figure.value is None):
            continue
        strong = row == highlight
        colour = theme.HIGHLIGHT if strong else theme.MUTED
        axes.annotate(
            "", (1.05, row - 0.2), (1.05, row - 0.8), arrowprops={"arrowstyle": "->", "color": colour, "lw": 1.0}
        )
        axes.text(
            1.08, row - 0.5, pen.value(figure, how), va="center", fontsize=theme.TEXT,
            fontweight="bold" if strong else "normal", color=theme.INK if strong else theme.MUTED,
        )  # fmt: skip
