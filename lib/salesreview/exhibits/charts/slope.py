"""Two points in time, one line a member: who rose and who fell."""

from ...record import Series
from .. import theme
from . import canvas, labels
from .canvas import Pen, Sheet

MOST = 12
"""Lines that a picture holds; further members are counted in a note."""


def slope(pen: Pen) -> Sheet:
    """Each series joins its first and its second figure; both values and the name stand at the ends."""
    chart = pen.chart
    shown = chart.series[:MOST]
    figures = [figure for series in shown for figure in series.figures]
    how = pen.scale(figures)
    tall = max(52.0, 14 + 6.4 * len(shown))
    sheet, axes = canvas.sheet(tall)
    colours = theme.line_colours(pen.places(series.label for series in shown))
    for series, colour in zip(shown, colours, strict=True):
        axes.plot([0, 1], canvas.values(series.figures), color=colour, marker="o", markersize=4.5, zorder=3)
    axes.set_xticks([0, 1], [labels.wrap(pen.words(label), 120, theme.TEXT) for label in chart.categories])
    axes.set_xlim(-0.55, 2.1)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    for place in (0, 1):
        axes.axvline(place, color=theme.GRID, linewidth=0.8, zorder=1)
    _range(axes, figures)
    _ends(axes, pen, how, shown, colours, 0, tall)
    _ends(axes, pen, how, shown, colours, 1, tall)
    if len(shown) < len(chart.series):
        note = pen.word("exhibit.not_in_picture", n=str(len(chart.series) - len(shown)))
        axes.set_xlabel(note, loc="left", fontsize=theme.SMALL)
    canvas.heading(axes, pen.axis_title("y", figures, how))
    return sheet


def _range(axes, figures) -> None:
    known = [value for value in canvas.values(figures) if value == value]
    low, high = min(known), max(known)
    span = (high - low) or abs(high) or 1.0
    axes.set_ylim(low - 0.1 * span, high + 0.1 * span)


def _ends(axes, pen: Pen, how, shown: tuple[Series, ...], colours: list[str], place: int, tall: float) -> None:
    """The values at one end, with the names at the right one, moved apart where lines meet."""
    low, high = axes.get_ylim()
    values = [canvas.values(series.figures)[place] for series in shown]
    ends = [end for end in zip(shown, colours, values, strict=True) if end[2] == end[2]]
    gap = 10.5 / ((tall - 14) * theme.MM)
    places = labels.spread([(value - low) / (high - low) for _, _, value in ends], gap, 0.02, 0.98)
    for (series, colour, _), y in zip(ends, places, strict=True):
        value = pen.value(series.figures[place], how)
        text = labels.cut(f"{value}　{pen.words(series.label)}", 170, theme.TEXT) if place else value
        axes.annotate(
            text, (place, y), (8 if place else -8, 0), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha="left" if place else "right", va="center", color=colour,
            fontsize=theme.TEXT,
        )  # fmt: skip
