"""Cells of a table coloured by their value: two dimensions, and retention by cohort."""

from dataclasses import replace

from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle

from .. import theme
from ..formats import Scale
from . import canvas, labels
from .canvas import Pen, Sheet
from .ranked import MOST_ROWS

NAME_MM = 40


def heatmap(pen: Pen) -> Sheet:
    """Each series a row, each category a column, the value in the cell; a missing cell is grey with a dash."""
    return _grid(pen, triangle=False)


def cohort(pen: Pen) -> Sheet:
    """As heatmap; cells that time has not reached yet stay white."""
    return _grid(pen, triangle=True)


def _grid(pen: Pen, *, triangle: bool) -> Sheet:
    chart = pen.chart
    rows = chart.series[:MOST_ROWS]
    figures = [figure for series in chart.series for figure in series.figures]
    how = pen.scale(figures)
    columns = len(chart.categories)
    sheet, axes = canvas.sheet(20 + len(rows) * (6.2 if len(rows) <= 24 else 5.2))
    norm, shades = _shades(figures)
    room = (theme.WIDTH_MM - NAME_MM - 6) * theme.MM / max(columns, 1)
    how, size = _fitted(pen, how, figures, room)
    for y, series in enumerate(rows):
        for x, figure in enumerate(series.figures):
            _cell(axes, pen, how, (x, y), figure, (norm, shades), size, triangle)
    _names(axes, pen, rows, columns, room)
    title = pen.axis_title("value", figures, how)
    left_out = len(chart.series) - len(rows)
    if left_out:
        title += " · " + pen.word("exhibit.not_in_picture", n=str(left_out))
    canvas.heading(axes, title)
    if size is None:
        _bar(sheet, axes, pen, how, norm, shades)
    return sheet


def _shades(figures):
    known = [value for value in canvas.values(figures) if value == value]
    low, high = min(known), max(known)
    if low < 0 < high:
        far = max(-low, high)
        return Normalize(-far, far), theme.diverging()
    if low < 0:
        return Normalize(low, -low), theme.diverging()
    start = 0.0 if low < high / 2 else low - (high - low) / 2
    return Normalize(start, high if high > start else start + 1), theme.sequential()


def _fitted(pen: Pen, how: Scale, figures, room: float) -> tuple[Scale, float | None]:
    """The scale and size at which every value fits its cell, whole numbers before none; the size is None for none."""
    for each in (how, replace(how, decimals=0)):
        longest = max((labels.width(pen.value(figure, each), 1) for figure in figures), default=0)
        for size in (7.5, theme.SMALL):
            if longest * size <= room - 3:
                return each, size
    return how, None


def _cell(axes, pen, how, place, figure, shades, size, triangle) -> None:
    x, y = place
    absent = figure is None or figure.value is None
    if absent and triangle:
        return
    norm, colours = shades
    shade = theme.EMPTY if absent else colours(norm(figure.value))
    axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=shade, edgecolor=theme.PAPER, linewidth=1))
    if size is not None:
        ink = theme.MUTED if absent else theme.readable_on(shade)
        axes.text(x, y, pen.value(figure, how), ha="center", va="center", fontsize=size, color=ink)


def _names(axes, pen: Pen, rows, columns: int, room: float) -> None:
    canvas.row_labels(axes, [pen.words(series.label) for series in rows], room_mm=NAME_MM)
    shown = canvas.period_labels(pen, pen.chart.categories)
    is_periods = any("\n" in text for text in shown)
    every = 1 if not is_periods else max(1, -int(-(max(labels.width(t, theme.TEXT) for t in shown) + 3) // room))
    every = every if is_periods or room >= 14 else -int(-14 // room)
    places = range(0, columns, every)
    above = ["\n".join(reversed(text.split("\n"))) for text in shown]
    fitted = [above[i] if is_periods else labels.wrap(shown[i], room * every - 3, theme.SMALL) for i in places]
    axes.set_xticks(list(places), fitted, fontsize=theme.SMALL)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _bar(sheet, axes, pen, how, norm, shades) -> None:
    from matplotlib.cm import ScalarMappable

    bar = sheet.colorbar(ScalarMappable(norm, shades), ax=axes, fraction=0.03, pad=0.01)
    bar.outline.set_visible(False)
    bar.ax.yaxis.set_major_formatter(lambda value, _: canvas.formats.in_column(value, how, pen.lang))
    bar.ax.tick_params(labelsize=theme.SMALL)
