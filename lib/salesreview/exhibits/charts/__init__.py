"""Charts of the record: each form draws the figures it is given and adds, averages or sorts nothing."""

from matplotlib import rc_context

from ...errors import RenderError, nearest
from ...record import Chart, figures_in
from .. import theme
from . import bars, canvas, funnel, grid, lines, ranked, scatter, slope, spread
from .canvas import Pen, Picture, Raster, Sheet

FORMS = {
    "bars": bars.bars,
    "stacked": bars.stacked,
    "barh": ranked.barh,
    "bullet": ranked.bullet,
    "waterfall": bars.waterfall,
    "line": lines.line,
    "pareto": ranked.pareto,
    "heatmap": grid.heatmap,
    "cohort": grid.cohort,
    "funnel": funnel.funnel,
    "box": spread.box,
    "dot": spread.dot,
    "dumbbell": spread.dumbbell,
    "scatter": scatter.scatter,
    "curve": lines.curve,
    "slope": slope.slope,
}
DPI = 200
POINTS = ("dot", "dumbbell", "scatter", "curve")


def draw(chart: Chart, lang: str, currency: str) -> Picture:
    """``chart`` as SVG, 170 mm wide, text as outlines; the same chart gives the same bytes in every process.

    A missing figure is a gap marked —; a chart without any value is a picture that says so. The title is not in the
    picture. Raises RenderError for an unknown form or role, series that do not fit the categories, figures of several
    units on one axis, and characters that no face has.
    """
    with rc_context(theme.rc()):
        return canvas.save(sheet(chart, lang, currency), chart.id)


def raster(chart: Chart, lang: str, currency: str, *, width: float, height: float, dpi: int = DPI) -> Raster:
    """``chart`` as PNG for a slide, as large as fits into ``width`` by ``height`` inches; the same bytes each time."""
    with rc_context(theme.rc()):
        return canvas.raster(sheet(chart, lang, currency), chart.id, width, height, dpi)


def sheet(chart: Chart, lang: str, currency: str) -> Sheet:
    """The matplotlib figure of a chart, for those who want to add to it; see `draw`."""
    if chart.form not in FORMS:
        raise RenderError(
            "unknown form of chart",
            where=chart.id,
            got=chart.form,
            advice=f"did you mean {nearest(chart.form, FORMS)}?",
        )
    for series in chart.series:
        if len(series.figures) != len(chart.categories):
            raise RenderError(
                "a series that does not fit the categories", where=chart.id, expected=str(len(chart.categories)),
                got=len(series.figures),
            )  # fmt: skip
    pen = Pen(chart, lang, currency)
    shown = figures_in((chart.points if chart.form in POINTS else chart.series,))
    with rc_context(theme.rc()):
        return canvas.blank(pen) if canvas.is_empty(shown) else FORMS[chart.form](pen)
