"""Lines: series over time, and curves through points."""

from ...record import Figure, Label, Point
from .. import theme
from . import canvas, labels
from .canvas import Pen, Sheet

LOW = 32
STYLES = {"target": (0, (4, 2)), "trend": (0, (1.5, 1.5)), "forecast": (0, (4, 2))}


def line(pen: Pen) -> Sheet:
    """Series over positions, named at their right end; a missing value is a gap, flagged positions are ringed.

    ``marks["low"]`` makes it as low as a panel wants it.
    """
    chart = pen.chart
    figures = [figure for series in chart.series for figure in series.figures]
    how = pen.scale(figures)
    sheet, axes = canvas.sheet(LOW if chart.marks.get("low") else 58)
    canvas.category_axis(axes, pen, len(chart.categories), room=0.72)
    few = len(chart.categories) <= 31
    for series in chart.series:
        plain = series.role in ("actual", "prior", "previous", "part")
        axes.plot(
            range(len(series.figures)), canvas.values(series.figures), color=_colour(pen, series),
            linestyle=STYLES.get(series.role, "-"), marker="o" if few and plain else "", markersize=3,
            linewidth=1.8 if series.role == "actual" else 1.3, zorder=4 if series.role == "actual" else 3,
        )  # fmt: skip
    _flagged(axes, pen, how)
    canvas.number_axis(axes.yaxis, how, pen.lang)
    axes.spines["left"].set_visible(False)
    _ground(axes, figures)
    axes.set_xlim(-0.4, len(chart.categories) - 0.6)
    if len(chart.series) > 1:
        ends = [(pen.words(series.label), _last(series.figures), _colour(pen, series)) for series in chart.series]
        _name_ends(axes, [end for end in ends if end[1] is not None])
    if len(chart.categories) <= 8:
        _values(axes, pen, how)
    canvas.heading(axes, pen.axis_title("y", figures, how))
    return sheet


def _colour(pen: Pen, series) -> str:
    parts = [each for each in pen.chart.series if each.role == "part"]
    if series.role == "part":
        colours = theme.line_colours(pen.places(each.label for each in parts))
        return colours[next(i for i, each in enumerate(parts) if each is series)]
    return theme.colour(series.role)


def _last(figures) -> float | None:
    return next((figure.value for figure in reversed(figures) if figure is not None and figure.value is not None), None)


def _ground(axes, figures) -> None:
    """The axis holds zero unless the line moves far above it."""
    known = [value for value in canvas.values(figures) if value == value]
    low, high = min(known), max(known)
    span = (high - low) or abs(high) or 1.0
    start = 0 if 0 <= low <= span * 1.5 else low - span * 0.18
    axes.set_ylim(start, high + span * 0.15)
    if start < 0 < high:
        axes.axhline(0, color=theme.MUTED, linewidth=0.6)


def _actual(pen: Pen) -> tuple[Figure | None, ...]:
    return next((series.figures for series in pen.chart.series if series.role == "actual"), ())


def _flagged(axes, pen: Pen, how) -> None:
    figures = _actual(pen)
    for place in pen.chart.marks.get("flagged", ()) if figures else ():
        figure = figures[place]
        if figure is None or figure.value is None:
            continue
        axes.plot([place], [figure.value], "o", ms=8, mfc="none", mec=theme.HIGHLIGHT, mew=1.6, zorder=6)
        if len(figures) > 8:
            _beside(axes, pen.value(figure, how), place, figures)


def _values(axes, pen: Pen, how) -> None:
    """The numbers of the actual series, while there are few."""
    figures = _actual(pen)
    for place, figure in enumerate(figures):
        if figure is not None and figure.value is not None:
            _beside(axes, pen.value(figure, how), place, figures)


def _beside(axes, text: str, place: int, figures) -> None:
    """A value above its point, below it in a valley, where the line is not."""
    around = [f.value for f in figures[max(0, place - 1) : place + 2] if f is not None and f.value is not None]
    valley = len(around) > 1 and figures[place].value == min(around)
    axes.annotate(
        text, (place, figures[place].value), (0, -7 if valley else 6), textcoords="offset points", ha="center",
        va="top" if valley else "bottom", fontsize=theme.SMALL, color=theme.INK, zorder=7,
    )  # fmt: skip


def _name_ends(axes, ends: list[tuple[str, float, str]]) -> None:
    """Names at the right end of the lines, moved apart where the lines meet."""
    low, high = axes.get_ylim()
    tall = 41 * theme.MM
    fractions = [(value - low) / (high - low) for _, value, _ in ends]
    names = [labels.wrap(name, 84, theme.TEXT) for name, _, _ in ends]
    places = labels.spread(fractions, (21 if any("\n" in name for name in names) else 11) / tall, 0.02, 0.98)
    for name, (_, _, colour), y in zip(names, ends, places, strict=True):
        axes.annotate(
            name, (1, y), (4, 0), xycoords="axes fraction",
            textcoords="offset points", va="center", color=_darker(colour), fontsize=theme.TEXT, annotation_clip=False,
        )  # fmt: skip


def _darker(colour: str) -> str:
    """The ink for words beside a pale line: the line's own colour is too weak to read."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return theme.MUTED if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else colour


def curve(pen: Pen) -> Sheet:
    """Points joined in order within each group; ``marks["diagonal"]`` adds the line of equality."""
    chart = pen.chart
    across, up = [point.x for point in chart.points], [point.y for point in chart.points]
    how_x, how_y = pen.scale(across), pen.scale(up)
    sheet, axes = canvas.sheet(68)
    groups = _groups(chart.points)
    colours = (
        [theme.ROLES["actual"]] if len(groups) == 1 else theme.line_colours(pen.places(name for name, _ in groups))
    )
    for (_, points), colour in zip(groups, colours, strict=True):
        known = [(p.x.value, p.y.value) for p in points if _both(p)]
        axes.plot([x for x, _ in known], [y for _, y in known], color=colour, marker="o" if len(known) <= 24 else "",
                  markersize=3, zorder=4)  # fmt: skip
    canvas.number_axis(axes.xaxis, how_x, pen.lang, ticks=6)
    canvas.number_axis(axes.yaxis, how_y, pen.lang)
    if chart.marks.get("diagonal"):
        axes.plot([0, 1], [0, 1], color=theme.MUTED, linestyle=(0, (4, 3)), linewidth=1, zorder=3)
        ends = [[v for v in canvas.values(side) if v == v] for side in (across, up)]
        axes.set(xlim=(min(0, *ends[0]), max(1, *ends[0])), ylim=(min(0, *ends[1]), max(1, *ends[1])))
    if len(groups) > 1:
        ends = [(pen.words(name), _end(points), colour) for (name, points), colour in zip(groups, colours, strict=True)]
        _name_ends(axes, [end for end in ends if end[1] is not None])
    axes.set_xlabel(pen.axis_title("x", across, how_x), loc="right", fontsize=theme.TEXT)
    canvas.heading(axes, pen.axis_title("y", up, how_y))
    return sheet


def _groups(points: tuple[Point, ...]) -> list[tuple[Label | None, list[Point]]]:
    found: list[tuple[Label | None, list[Point]]] = []
    for point in points:
        group = next((members for name, members in found if name == point.group), None)
        if group is None:
            found.append((point.group, [point]))
        else:
            group.append(point)
    return found


def _both(point: Point) -> bool:
    return point.x.value is not None and point.y is not None and point.y.value is not None


def _end(points: list[Point]) -> float | None:
    last: Figure | None = next((point.y for point in reversed(points) if _both(point)), None)
    return None if last is None else last.value
