"""Upright bars over few positions: side by side, stacked, and as a bridge."""

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ...record import Chart, Series
from .. import theme
from . import canvas, labels
from .canvas import Pen, Sheet

LINES = ("target", "trend")


def bars(pen: Pen) -> Sheet:
    """Series side by side; targets are a dash across the position, a trend a dashed line."""
    chart = pen.chart
    drawn = [series for series in chart.series if series.role not in LINES]
    figures = [figure for series in chart.series for figure in series.figures]
    how = pen.scale(figures)
    sheet, axes = canvas.sheet(58)
    slot = canvas.category_axis(axes, pen, len(chart.categories))
    wide = 0.74 / max(len(drawn), 1)
    shifts = [(place - (len(drawn) - 1) / 2) * wide for place in range(len(drawn))]
    for shift, series in zip(shifts, drawn, strict=True):
        places = [i + shift for i in range(len(series.figures))]
        axes.bar(places, canvas.values(series.figures), width=wide * 0.94, color=theme.colour(series.role))
    for series in chart.series:
        if series.role in LINES:
            _marks(axes, series)
    _finish(axes, pen, figures, how)
    for shift, series in zip(shifts, drawn, strict=True):
        _name(axes, pen, series, how, shift, slot * wide)
    canvas.heading(axes, pen.axis_title("y", figures, how), legend(pen, chart.series))
    return sheet


def legend(pen: Pen, series: tuple[Series, ...]) -> list[tuple[object, str]]:
    """One entry a series, none for a single one."""
    if len(series) < 2:
        return []
    return [(_handle(each.role), pen.words(each.label)) for each in series]


def _handle(role: str) -> object:
    if role in LINES:
        return Line2D([], [], color=theme.colour(role), linewidth=2, linestyle="-" if role == "target" else "--")
    return Patch(color=theme.colour(role))


def _name(axes, pen: Pen, series: Series, how, shift: float, room: float) -> None:
    """Values at the bars while there are few and they fit; a missing value is always named."""
    heights = canvas.values(series.figures)
    few = len(heights) <= (13 if len(pen.chart.series) == 1 else 8)
    for place, (height, figure) in enumerate(zip(heights, series.figures, strict=True)):
        text = pen.value(figure, how)
        missing = height != height
        fits = labels.width(text, theme.SMALL) <= room + 1 and few
        if fits or (missing and len(heights) <= 24):
            _beside(axes, place + shift, _clear(axes, pen, place, 0.0 if missing else height), text)


def _clear(axes, pen: Pen, place: int, height: float) -> float:
    """Where a bar's value stands: at its end, or beyond the target's dash where that would run through it."""
    low, high = axes.get_ylim()
    tall = 11 / (42 * theme.MM) * (high - low)
    end = height
    for series in pen.chart.series:
        figure = series.figures[place] if series.role == "target" else None
        if figure is None or figure.value is None:
            continue
        below, above = (tall / 3, tall) if height >= 0 else (tall, tall / 3)
        if end - below < figure.value < end + above:
            end = figure.value
    return end


def _beside(axes, x: float, height: float, text: str) -> None:
    below = height < 0
    axes.annotate(
        text, (x, height), (0, -2 if below else 2), textcoords="offset points", ha="center",
        va="top" if below else "bottom", fontsize=theme.SMALL,
    )  # fmt: skip


def _marks(axes, series: Series) -> None:
    heights = canvas.values(series.figures)
    places = range(len(heights))
    colour = theme.colour(series.role)
    if series.role == "target":
        starts, ends = [x - 0.42 for x in places], [x + 0.42 for x in places]
        axes.hlines(heights, starts, ends, color=theme.PAPER, linewidth=3.4, zorder=3)
        axes.hlines(heights, starts, ends, color=colour, linewidth=1.8, zorder=4)
    else:
        axes.plot(places, heights, color=colour, linestyle="--", zorder=3)


def _finish(axes, pen: Pen, figures, how) -> None:
    canvas.number_axis(axes.yaxis, how, pen.lang)
    axes.margins(y=0.12)
    axes.spines["left"].set_visible(False)
    low, high = axes.get_ylim()
    if not canvas.is_empty(figures):
        values = [value for value in canvas.values(figures) if value == value]
        low, high = (0 if min(values) >= 0 else low), (0 if max(values) <= 0 else high)
        axes.set_ylim(low, high if high > low else low + 1)
    if low < 0:
        axes.axhline(0, color=theme.MUTED, linewidth=0.6)
        axes.spines["bottom"].set_visible(False)


def stacked(pen: Pen) -> Sheet:
    """Parts on top of each other, negative ones below zero; parts too thin for their number have none."""
    chart = pen.chart
    figures = [figure for series in chart.series for figure in series.figures]
    how = pen.scale(figures)
    sheet, axes = canvas.sheet(64)
    count = len(chart.categories)
    slot = canvas.category_axis(axes, pen, count)
    colours = theme.part_colours(pen.places(series.label for series in chart.series))
    up, down = [0.0] * count, [0.0] * count
    segments = []
    for series, colour in zip(chart.series, colours, strict=True):
        heights = [0.0 if value != value else value for value in canvas.values(series.figures)]
        bottoms = [up[i] if height >= 0 else down[i] for i, height in enumerate(heights)]
        axes.bar(range(count), heights, 0.66, bottoms, color=colour, edgecolor=theme.PAPER, linewidth=0.6)
        segments += [(i, bottoms[i], heights[i], series.figures[i], colour) for i in range(count)]
        up = [top + max(height, 0) for top, height in zip(up, heights, strict=True)]
        down = [low + min(height, 0) for low, height in zip(down, heights, strict=True)]
    _finish(axes, pen, figures, how)
    if down == [0.0] * count and up != [0.0] * count:
        axes.set_ylim(0, max(up) * (1.0 if how.unit == "ratio" and max(up) < 1.001 else 1.06))
    _inside(axes, pen, how, segments, slot * 0.66)
    entries = [(Patch(color=colour), pen.words(each.label)) for each, colour in zip(chart.series, colours, strict=True)]
    canvas.heading(axes, pen.axis_title("y", figures, how), entries if len(entries) > 1 else [])
    return sheet


def _inside(axes, pen, how, segments, room: float) -> None:
    low, high = axes.get_ylim()
    for x, bottom, height, figure, colour in segments:
        text = pen.value(figure, how)
        tall = abs(height) / (high - low) * 46 * theme.MM
        if tall >= theme.SMALL + 3 and labels.width(text, theme.SMALL) <= room:
            axes.text(
                x, bottom + height / 2, text, ha="center", va="center", fontsize=theme.SMALL,
                color=theme.readable_on(_rgb(colour)),
            )  # fmt: skip


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))


def waterfall(pen: Pen) -> Sheet:
    """Steps from one total to the next. ``marks["totals"]`` are the positions that stand on the ground.

    When the steps are small beside the totals the axis starts above zero, the totals bear a break, and a line says so.
    """
    chart = pen.chart
    figures = chart.series[0].figures
    count = len(figures)
    totals = _totals(chart)
    how = pen.scale(figures)
    sheet, axes = canvas.sheet(64)
    slot = canvas.category_axis(axes, pen, count)
    spans = _spans(canvas.values(figures), totals)
    for place, (start, end) in enumerate(spans):
        colour = theme.TOTAL if place in totals else theme.INCREASE if end >= start else theme.DECREASE
        axes.bar(place, end - start, 0.62, start, color=colour)
        if place + 1 < count:
            axes.plot([place + 0.31, place + 0.69], [end, end], color=theme.MUTED, linewidth=0.6)
    floor = _floor(spans, totals)
    _finish(axes, pen, figures, how)
    low = min(min(span) for span in spans)
    high = max(max(span) for span in spans)
    top = high + (high - (floor or min(low, 0))) * 0.1
    grounded = any(end < start and end < 0.06 * high for i, (start, end) in enumerate(spans) if i not in totals)
    bottom = low * 1.15 if low < 0 else -0.09 * high if grounded else 0  # room for the value under the bar
    axes.set_ylim(floor or bottom, top if top > (floor or 0) else 1)
    _steps(axes, pen, how, spans, totals, slot)
    title = pen.axis_title("y", figures, how)
    if floor:
        _break(axes, totals, floor, top)
        title = " · ".join((title, pen.word("chart.cut_axis")))
    canvas.heading(axes, title, _bridge_legend(pen))
    return sheet


def _bridge_legend(pen: Pen) -> list[tuple[object, str]]:
    totals = _totals(pen.chart)
    steps = [f for place, f in enumerate(pen.chart.series[0].figures) if f and f.value and place not in totals]
    kinds = ((theme.INCREASE, "increase", any(f.value > 0 for f in steps)),
             (theme.DECREASE, "decrease", any(f.value < 0 for f in steps)))  # fmt: skip
    return [(Patch(color=colour), pen.word(f"label.{name}")) for colour, name, found in kinds if found]


def _totals(chart: Chart) -> set[int]:
    return {place % len(chart.categories) for place in chart.marks.get("totals", (0, -1))}


def _spans(values: list[float], totals: set[int]) -> list[tuple[float, float]]:
    """Where each bar starts and ends; a missing step is flat."""
    spans, level = [], 0.0
    for place, value in enumerate(values):
        known = value == value
        if place in totals:
            level = value if known else level
            spans.append((0.0, level))
        else:
            end = level + value if known else level
            spans.append((level, end))
            level = end
    return spans


def _floor(spans: list[tuple[float, float]], totals: set[int]) -> float | None:
    """Where the axis starts when it leaves zero out: the moves span less than a third of the smallest level."""
    levels = [end for _, end in spans] + [start for place, (start, _) in enumerate(spans) if place not in totals]
    low, high = min(levels), max(levels)
    if low <= 0 or high - low >= low * 0.35 or high == low:
        return None
    return max(0.0, low - (high - low) * 0.8)


def _steps(axes, pen, how, spans, totals, slot: float) -> None:
    for place, (figure, (start, end)) in enumerate(zip(pen.chart.series[0].figures, spans, strict=True)):
        text = pen.value(figure, how)
        if place not in totals and figure is not None and figure.value is not None:
            text = canvas.formats.in_column(figure.value, how, pen.lang, sign="signed")
        if labels.width(text, theme.SMALL) <= slot:
            above = (place in totals and end >= 0) or end >= start
            _beside_step(axes, place, max(start, end) if above else min(start, end), above, text)


def _beside_step(axes, x: float, y: float, above: bool, text: str) -> None:
    axes.annotate(
        text, (x, y), (0, 2 if above else -2), textcoords="offset points", ha="center",
        va="bottom" if above else "top", fontsize=theme.SMALL,
    )  # fmt: skip


def _break(axes, totals: set[int], low: float, high: float) -> None:
    """A white slash near the foot of each total: the bar is longer than drawn."""
    for place in totals:
        foot = low + (high - low) * 0.05
        rise = (high - low) * 0.025
        axes.plot([place - 0.36, place + 0.36], [foot - rise, foot + rise], color=theme.PAPER, linewidth=2.5, zorder=5)
