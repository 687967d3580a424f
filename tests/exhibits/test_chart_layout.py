"""Whatever the data, a chart's words stay on the paper and apart from each other, and nothing crashes or warns."""

import hashlib
import os
import subprocess
import sys
import warnings
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from matplotlib import rc_context

from salesreview.exhibits import charts, theme
from salesreview.exhibits.charts import canvas

from .conftest import LONG, TYPICAL, many, valued, with_gaps, without_values

FORMS = tuple(TYPICAL)
NASTY = {
    "as it is": lambda chart: chart,
    "negative": lambda chart: valued(chart, lambda value: -value),
    "every third missing": lambda chart: with_gaps(chart),
    "zero": lambda chart: valued(chart, lambda value: 0.0),
    "one": lambda chart: many(chart, 1),
    "eight long names": lambda chart: many(chart, 8),
    "forty long names": lambda chart: many(chart, 40),
}


@pytest.fixture(autouse=True)
def strict():
    """A warning, such as a missing glyph or a layout that collapsed, is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@cache
def typical(form: str) -> canvas.Picture:
    return charts.draw(TYPICAL[form], "zh", "CNY")


def height(chart) -> float:
    """Millimetres that a chart takes on paper."""
    with rc_context(theme.rc()):
        return charts.sheet(chart, "zh", "CNY").get_size_inches()[1] * 25.4


def boxes(chart, lang):
    """The words of a drawn chart with their extents in points, and the paper's."""
    with rc_context(theme.rc()):
        sheet = charts.sheet(chart, lang, "CNY")
        sheet.draw_without_rendering()
        unseen = set(ticks_out_of_view(sheet))
        drawn = [text for text in canvas.texts(sheet) if text not in unseen]
        assert min(text.get_fontsize() for text in drawn) >= 7
        return [(text.get_text(), text.get_window_extent()) for text in drawn], sheet.bbox


def ticks_out_of_view(sheet):
    """Labels that matplotlib keeps but does not draw."""
    for axes in sheet.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            slack = (high - low) * 1e-6
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if not low - slack <= tick.get_loc() <= high + slack:
                    yield from (tick.label1, tick.label2)


def overlap(one, other) -> bool:
    """Whether two extents share more than the leading around their letters."""
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    tall = min(one.y1, other.y1) - max(one.y0, other.y0)
    return wide > 1 and tall > 2.5


SCALED = ("bars", "stacked", "waterfall", "line", "heatmap", "cohort", "pareto", "scatter")
"""Forms whose scale or shades could break when all values are equal."""
CASES = [(kind, form, "zh") for kind in NASTY for form in (SCALED if kind == "zero" else FORMS)]
CASES += [("as it is", form, "en") for form in FORMS]


@pytest.mark.parametrize(("kind", "form", "lang"), CASES)
def test_words_stay_on_the_paper_and_apart(kind, form, lang):
    words, paper = boxes(NASTY[kind](TYPICAL[form]), lang)
    outside = [
        text for text, box in words
        if box.x0 < paper.x0 - 1 or box.x1 > paper.x1 + 1 or box.y0 < paper.y0 - 1 or box.y1 > paper.y1 + 1
    ]  # fmt: skip
    assert outside == []
    assert [(a, b) for (a, one), (b, other) in combinations(words, 2) if overlap(one, other)] == []


@pytest.mark.parametrize("form", FORMS)
def test_a_chart_without_categories_or_values_says_so(form):
    empty = replace(TYPICAL[form], categories=(), series=(), points=())
    assert [text for text, _ in boxes(empty, "zh")[0]] == ["没有数据"]
    assert [text for text, _ in boxes(without_values(TYPICAL[form]), "en")[0]] == ["No data"]


@pytest.mark.parametrize("form", FORMS)
def test_a_picture_is_whole_svg_as_wide_as_the_page(form):
    picture = typical(form)
    root = ElementTree.fromstring(picture.svg)
    assert float(root.attrib["width"].removesuffix("pt")) == pytest.approx(170 * 72 / 25.4)
    assert picture.width_mm == 170
    assert 25 <= picture.height_mm <= 240
    assert sum(1 for _ in root.iter()) < 1500
    assert "<text" not in picture.svg


def test_forty_members_fit_one_page():
    assert all(height(many(TYPICAL[form], 40)) <= 210 for form in ("barh", "bullet", "dot", "box"))


def test_charts_of_eight_members_leave_room_for_others_on_a_page():
    tall = {form: height(many(TYPICAL[form], 8)) for form in ("barh", "bullet", "dot", "box", "pareto", "funnel")}
    tall |= {form: height(TYPICAL[form]) for form in ("bars", "line", "stacked", "waterfall", "curve", "cohort")}
    assert {form: each for form, each in tall.items() if each > 75} == {}


def test_members_beyond_forty_are_told_not_dropped():
    words, _ = boxes(many(TYPICAL["barh"], 43), "zh")
    assert "另有 3 项未画出，见表格。" in [text for text, _ in words]


def test_equal_bytes_in_two_processes(tmp_path):
    program = (
        "import sys, hashlib, importlib.util as util\n"
        "spec = util.spec_from_file_location('samples', sys.argv[1])\n"
        "samples = util.module_from_spec(spec)\n"
        "spec.loader.exec_module(samples)\n"
        "from salesreview.exhibits.charts import draw\n"
        "drawn = ''.join(draw(chart, 'zh', 'CNY').svg for chart in samples.TYPICAL.values())\n"
        "print(hashlib.sha256(drawn.encode()).hexdigest())"
    )
    samples = str(Path(__file__).with_name("conftest.py"))
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    found = subprocess.run(
        [sys.executable, "-c", program, samples], capture_output=True, text=True, check=True, env=environment
    )
    here = "".join(typical(form).svg for form in TYPICAL)
    assert found.stdout.strip() == hashlib.sha256(here.encode()).hexdigest()


def test_drawing_leaves_no_trace_in_matplotlib():
    from matplotlib import _pylab_helpers, rcParams

    before = dict(rcParams)
    charts.draw(TYPICAL["scatter"], "en", "USD")
    assert dict(rcParams) == before
    assert _pylab_helpers.Gcf.figs == {}


def test_long_names_are_cut_with_an_ellipsis_not_clipped():
    words, _ = boxes(many(TYPICAL["barh"], 4), "zh")
    names = [text for text, _ in words if text.replace("\n", "").startswith(LONG[0][:6])]
    assert names and all(text.endswith("…") for text in names)


def test_a_member_has_its_colour_wherever_it_stands():
    places = {"甲": 0, "乙": 3, "丙": 12}
    one, other = (theme.part_colours([places.get(name) for name in names]) for names in ("甲乙丙", "丙乙丁甲"))
    assert [one[0], one[1], one[2]] == [other[3], other[1], other[0]]
    assert len(set(other)) == 4  # who has no place takes a free one


def test_pale_colours_are_darkened_for_lines():
    assert all(theme._lightness(shade) < theme.STRONG for shade in theme.line_colours(range(10)))
    assert len(set(theme.line_colours(range(10)))) == 10
