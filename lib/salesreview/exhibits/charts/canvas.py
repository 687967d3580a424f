"""What all forms share: the figure, the words, the scales, the legend, and the way to SVG."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Sheet
from matplotlib.text import Text as Drawn
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ...errors import RenderError
from ...record import Chart, Figure, Label, PeriodName
from .. import fonts, formats, theme
from ..catalogue import NOTHING, render
from ..entries import word
from . import labels


@dataclass(frozen=True)
class Picture:
    """A drawn chart: a whole SVG document and its size on paper."""

    svg: str
    width_mm: float
    height_mm: float


@dataclass(frozen=True)
class Raster:
    """A drawn chart as PNG and its size in inches."""

    png: bytes
    width: float
    height: float


@dataclass(frozen=True)
class Pen:
    """A chart with the language and currency in which it is drawn."""

    chart: Chart
    lang: str
    currency: str

    def words(self, label: Label | None) -> str:
        return "" if label is None else " ".join(render(label, self.lang, self.currency).split())

    def word(self, key: str, **values: str) -> str:
        return word(key, self.lang, **values)

    def places(self, labels: Iterable[Label | None]) -> list[int | None]:
        """Where members stand in the palette, None for those without a place."""
        return [self.chart.colours.get(label) if isinstance(label, str) else None for label in labels]

    def scale(self, figures: Iterable[Figure | None]) -> formats.Scale:
        """The one scale of an axis.

        Raises RenderError when figures of several units are to share it.
        """
        shown = [figure for figure in figures if figure is not None]
        units = {figure.unit for figure in shown}
        if units == {"ratio", "pp"}:
            units = {"ratio"}
        if len(units) > 1:
            raise RenderError("one axis, several units", where=self.chart.id, got=", ".join(sorted(units)))
        values = [figure.value for figure in shown]
        return formats.axis_scale(units.pop() if units else "count", values, self.lang)

    def value(self, figure: Figure | None, how: formats.Scale) -> str:
        """The text of one value beside its mark; — where there is none."""
        if figure is None or figure.value is None:
            return NOTHING
        sign = "signed" if formats.is_change(figure) else ""
        return formats.in_column(figure.value, how, self.lang, sign=sign)

    def axis_title(self, name: str, figures: Iterable[Figure | None], how: formats.Scale) -> str:
        """What an axis shows, with its unit: the chart's own label for it, or the metric's name."""
        own = self.chart.axes.get(name)
        first = next((figure for figure in figures if figure is not None), None)
        title = self.words(own) if own is not None else self.word(f"metric.{first.metric}") if first else ""
        unit = formats.header(how, self.lang, self.currency)
        return self.word("exhibit.unit_each", name=title, unit=unit) if title and unit else title or unit


def sheet(height_mm: float, columns: int = 1, **grid) -> tuple[Sheet, Axes]:
    """A figure of the house's width with one axes, or an array of ``columns`` axes side by side."""
    figure = Sheet(figsize=(theme.WIDTH_MM / 25.4, height_mm / 25.4), layout="constrained")
    FigureCanvasAgg(figure)
    figure.get_layout_engine().set(w_pad=2 / 72, h_pad=2 / 72, wspace=0.02, hspace=0)
    axes = figure.subplots(1, columns, **grid)
    for each in figure.axes:
        each.spines[["top", "right"]].set_visible(False)
    return figure, axes


def save(figure: Sheet, where: str) -> Picture:
    """The figure as SVG with text as outlines, the same bytes each time.

    Raises RenderError when a text holds a character that no face has.
    """
    fonts.require((char for text in texts(figure) for char in text.get_text()), where=where)
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    width, height = figure.get_size_inches() * 25.4
    return Picture(out.getvalue(), round(float(width), 2), round(float(height), 2))


def raster(figure: Sheet, where: str, width: float, height: float, dpi: int) -> Raster:
    """The figure as PNG, as large as fits into ``width`` by ``height`` inches and sharp at that size; see `save`."""
    fonts.require((char for text in texts(figure) for char in text.get_text()), where=where)
    own = figure.get_size_inches()
    factor = min(width / own[0], height / own[1])
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=dpi * factor, metadata={"Software": None})
    return Raster(out.getvalue(), float(own[0] * factor), float(own[1] * factor))


def texts(figure: Sheet) -> list[Drawn]:
    """All visible texts of a figure that say something."""
    return [text for text in figure.findobj(Drawn) if text.get_visible() and text.get_text().strip()]


def values(figures: Sequence[Figure | None]) -> list[float]:
    """The figures' values, NaN where there is none."""
    return [float("nan") if figure is None or figure.value is None else float(figure.value) for figure in figures]


def is_empty(figures: Iterable[Figure | None]) -> bool:
    return all(figure is None or figure.value is None for figure in figures)


def blank(pen: Pen) -> Sheet:
    """The picture of a chart that has nothing to show."""
    figure, axes = sheet(28)
    axes.set_axis_off()
    axes.text(0.5, 0.5, pen.word("exhibit.no_data"), ha="center", va="center", color=theme.MUTED, fontsize=theme.TEXT)
    return figure


def number_axis(axis: Axis, how: formats.Scale, lang: str, *, ticks: int = 5) -> None:
    """Round ticks, as many decimals as their distance needs, a thin grid."""
    whole = how.unit == "count" and how.decimals == 0
    axis.set_major_locator(MaxNLocator(nbins=ticks, steps=[1, 2, 2.5, 5, 10], integer=whole))

    def text(value: float, _place: int) -> str:
        places = axis.get_majorticklocs()
        step = (places[1] - places[0]) / 10.0**how.power if len(places) > 1 else 1.0
        needed = next((n for n in range(4) if abs(step * 10**n - round(step * 10**n)) < 1e-6), 4)
        return formats.in_column(value, formats.Scale(how.unit, how.power, needed), lang)

    axis.set_major_formatter(FuncFormatter(text))
    axis.grid(True)
    axis.set_tick_params(labelsize=theme.SMALL, labelcolor=theme.MUTED)


def heading(axes: Axes, title: str, legend: Sequence[tuple[object, str]] = (), *, clear: float = 0) -> None:
    """The axis title at the top left and the legend beside it, or above it when both do not fit on one line.

    ``clear`` points stay free at the right of the legend.
    """
    room = theme.WIDTH_MM * theme.MM * 0.86
    entries = [(mark, labels.cut(text, 130, theme.TEXT)) for mark, text in legend]
    wide = sum(labels.width(text, theme.TEXT) + 30 for _, text in entries)
    title = labels.cut(title, room, theme.TEXT)
    beside = labels.width(title, theme.TEXT) + wide + 10 < room
    if title:
        axes.set_title(title, loc="left", fontsize=theme.TEXT, color=theme.MUTED, pad=8)
    if not entries:
        return
    style = dict(frameon=False, fontsize=theme.TEXT, handlelength=1.4, handletextpad=0.5, columnspacing=1.2)
    marks, names = [mark for mark, _ in entries], [text for _, text in entries]
    if beside:
        offset = 1 + 4 / (axes.figure.get_size_inches()[1] * 72)
        axes.legend(marks, names, loc="lower right", bbox_to_anchor=(1.0 - clear / room, offset), ncols=len(entries),
                    borderaxespad=0, borderpad=0, **style)  # fmt: skip
    else:
        columns = max(1, int(room // (wide / len(entries))))
        axes.figure.legend(marks, names, loc="outside upper left", ncols=min(columns, len(entries)), **style)


def period_labels(pen: Pen, categories: Sequence[Label]) -> list[str]:
    """Categories in words; in a row of periods the year stands only where it begins or changes."""
    periods = len(categories) > 2 and all(isinstance(label, PeriodName) for label in categories)
    if not periods or any(":" in label.code or label.code.endswith("FY") for label in categories):
        return [pen.words(label) for label in categories]
    shown, year = [], None
    for label in categories:
        short = pen.words(PeriodName(label.code, short=True))
        changed = label.code[:4] != year
        year = label.code[:4]
        shown.append(f"{short}\n{year}" if changed else short)
    return shown


def category_axis(axes: Axes, pen: Pen, count: int, *, room: float = 0.88) -> float:
    """Labels the x positions 0..count-1 by the chart's categories; returns the width of one position in points.

    Labels are wrapped to three lines; where a position is too narrow for any, only every second, third, … is labelled.
    """
    slot = theme.WIDTH_MM * theme.MM * room / max(count, 1)
    shown = period_labels(pen, pen.chart.categories)
    is_periods = any("\n" in text for text in shown)
    longest = max((labels.width(text, theme.TEXT) for text in shown), default=0) + 4
    need = longest if is_periods else min(longest, 28 if slot >= 28 else 60)
    every = max(1, -int(-need // slot))
    lines = 3 if slot < 60 and every == 1 else 2
    places = range(0, count, every)
    if is_periods:
        axes.set_xticks(places, [shown[i] for i in places])
    else:
        fitted, size = _fitted([shown[i] for i in places], slot * every, lines)
        axes.set_xticks(places, fitted, fontsize=size)
    axes.set_xlim(-0.6, count - 0.4)
    return slot


def _fitted(names: Sequence[str], room: float, lines: int) -> tuple[list[str], float]:
    """The names wrapped, in smaller type where that saves one from being cut."""
    normal = [labels.wrap(name, room - 5, theme.TEXT, lines) for name in names]
    if not any(labels.ELLIPSIS in text for text in normal):
        return normal, theme.TEXT
    return [labels.wrap(name, room - 2, theme.SMALL, lines) for name in names], theme.SMALL


def row_labels(axes: Axes, names: Sequence[str], *, room_mm: float = 48) -> None:
    """Labels the rows 0..n-1 from the top, on two lines while there are few."""
    lines = 2 if len(names) <= 20 else 1
    fitted = [labels.wrap(name, room_mm * theme.MM, theme.TEXT, lines) for name in names]
    axes.set_yticks(range(len(fitted)), fitted)
    axes.set_ylim(len(fitted) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
