"""Two measures of many members, with quadrants."""

from dataclasses import dataclass

import seaborn as sns
from matplotlib.lines import Line2D

from ...record import Figure, Point
from .. import formats, theme
from . import canvas, labels
from .canvas import Pen, Sheet

MOST_NAMES = 16
CORNERS = ((1, 1, "right", "top"), (1, 0, "right", "bottom"), (0, 0, "left", "bottom"), (0, 1, "left", "top"))


def scatter(pen: Pen) -> Sheet:
    """A mark a member; size by area, colour by group. The first names that fit without touching are written."""
    chart = pen.chart
    points = [p for p in chart.points if p.x.value is not None and p.y is not None and p.y.value is not None]
    across, up = [p.x for p in points], [p.y for p in points]
    how_x, how_y = (pen.scale([*side, chart.marks.get(guide)]) for side, guide in ((across, "vline"), (up, "hline")))
    sheet, axes = canvas.sheet(88)
    members = {pen.words(p.group): p.group for p in points}
    groups = list(members)
    colours = dict(zip(groups, theme.line_colours(pen.places(members.values())), strict=True))
    areas = _areas(points)
    sns.scatterplot(
        x=canvas.values(across), y=canvas.values(up), hue=[pen.words(p.group) for p in points], palette=colours,
        size=range(len(points)), sizes=dict(enumerate(areas)), legend=False, ax=axes, alpha=0.8, linewidth=0.6,
        edgecolor=theme.PAPER, zorder=3,
    )  # fmt: skip
    axes.set_xlim(*_limits(across, chart.marks.get("vline")))
    axes.set_ylim(*_limits(up, chart.marks.get("hline")))
    canvas.number_axis(axes.xaxis, how_x, pen.lang, ticks=6)
    canvas.number_axis(axes.yaxis, how_y, pen.lang)
    axes.set_xlabel(pen.axis_title("x", across, how_x), loc="right", fontsize=theme.TEXT)
    axes.set_ylabel("")
    marks = [(Line2D([], [], linewidth=0, marker="o", color=colours[g]), g) for g in groups if g]
    canvas.heading(axes, pen.axis_title("y", up, how_y), marks if len(marks) > 1 else [])
    sheet.draw_without_rendering()
    sheet.set_layout_engine("none")
    _names(axes, pen, points, areas, _guides(axes, pen))
    return sheet


def _limits(figures: list[Figure], guide: Figure | None) -> tuple[float, float]:
    """An axis that holds all figures and the guide, with a margin for marks and names."""
    known = [value for value in canvas.values([*figures, guide]) if value == value]
    low, high = min(known), max(known)
    margin = (high - low) * 0.1 or abs(high) * 0.5 or 1.0
    return (low - margin if low < 0 else max(low - margin, -margin / 2)), high + margin


def _areas(points: list[Point]) -> list[float]:
    sizes = [p.size.value if p.size is not None and p.size.value is not None else None for p in points]
    largest = max((abs(size) for size in sizes if size is not None), default=0.0)
    if not largest:
        return [26.0] * len(points)
    return [14.0 if size is None else 14.0 + 300.0 * abs(size) / largest for size in sizes]


@dataclass(frozen=True)
class Box:
    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: "Box") -> bool:
        apart = self.right < other.left or other.right < self.left or self.top < other.bottom or other.top < self.bottom
        return not apart


def _guides(axes, pen: Pen) -> list[Box]:
    """Dashed lines with their values and the names of the quadrants, clockwise from the top right."""
    marks, lines = pen.chart.marks, []
    for key, draw, place in (("vline", axes.axvline, "x"), ("hline", axes.axhline, "y")):
        guide = marks.get(key)
        if guide is None or guide.value is None:
            continue
        draw(guide.value, color=theme.MUTED, linestyle=(0, (4, 3)), linewidth=0.9, zorder=2)
        text = formats.figure(guide, pen.lang, pen.currency)
        lines.append(_line_box(axes, place, guide.value))
        if place == "x":
            axes.annotate(text, (guide.value, 0), (2, 2), xycoords=("data", "axes fraction"),
                          textcoords="offset points", fontsize=theme.SMALL, color=theme.MUTED)  # fmt: skip
        else:
            axes.annotate(text, (1, guide.value), (-2, 2), xycoords=("axes fraction", "data"), ha="right",
                          textcoords="offset points", fontsize=theme.SMALL, color=theme.MUTED)  # fmt: skip
    for text, (x, y, ha, va) in zip(marks.get("quadrants", ()), CORNERS, strict=False):
        shift = (-3 if x else 3, -3 if y else 11)
        axes.annotate(labels.cut(pen.words(text), 150, theme.TEXT), (x, y), shift, xycoords="axes fraction",
                      textcoords="offset points", ha=ha, va=va, fontsize=theme.TEXT, fontweight="bold",
                      color=theme.MUTED)  # fmt: skip
    return [*lines, *(Box(*text.get_window_extent().extents) for text in axes.texts)]


def _line_box(axes, place: str, value: float) -> Box:
    frame = Box(*axes.get_window_extent().extents)
    x, y = axes.transData.transform((value, value))
    return Box(x, frame.bottom, x, frame.top) if place == "x" else Box(frame.left, y, frame.right, y)


def _names(axes, pen: Pen, points: list[Point], areas: list[float], boxes: list[Box]) -> None:
    taken = list(boxes)
    dots = []
    for point, area in zip(points, areas, strict=True):
        x, y = axes.transData.transform((point.x.value, point.y.value))
        radius = (area**0.5) / 2
        dots.append(Box(x - radius, y - radius, x + radius, y + radius))
    frame = Box(*axes.get_window_extent().extents)
    order = sorted(range(len(points)), key=lambda i: (-areas[i], i))
    written = 0
    for i in order:
        if written == MOST_NAMES:
            return
        text = labels.cut(pen.words(points[i].label), 90, theme.SMALL)
        others = [dot for j, dot in enumerate(dots) if j != i]
        written += _write(axes, text, dots[i], frame, taken, others)


def _write(axes, text: str, dot: Box, frame: Box, taken: list[Box], others: list[Box]) -> bool:
    """Writes the name right, left, above or below its dot, where it is free; False when it is nowhere."""
    wide, tall = labels.width(text, theme.SMALL), theme.SMALL * 1.2
    middle_x, middle_y = (dot.left + dot.right) / 2, (dot.bottom + dot.top) / 2
    for x, y in (
        (dot.right + 2, middle_y - tall / 2),
        (dot.left - 2 - wide, middle_y - tall / 2),
        (middle_x - wide / 2, dot.top + 1),
        (middle_x - wide / 2, dot.bottom - 1 - tall),
    ):
        place = Box(x, y, x + wide, y + tall)
        inside = frame.left < place.left and place.right < frame.right and frame.bottom < y and place.top < frame.top
        if inside and not any(place.meets(other) for other in (*taken, *others)):
            data = axes.transData.inverted().transform((x, y + tall / 2))
            axes.text(*data, text, fontsize=theme.SMALL, va="center", zorder=5)
            taken.append(place)
            return True
    return False
