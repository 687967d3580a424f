"""Whatever a cell displays reaches the page and the PDF, or a note stands in its place."""

import re
import shutil

import nbformat
import pypdfium2
import pytest

from salesreview import gate
from salesreview.pack.execute import execute
from salesreview.render import pdf
from salesreview.render.document import Colophon
from salesreview.render.markdown import html, picture
from salesreview.render.page import review_page

from .any_cell import any_cell

COLOPHON = Colophon("flat", "0" * 64, (), ())


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("any_cell")
    nbformat.write(any_cell(), folder / "data_driven.ipynb")
    done = execute(folder / "data_driven.ipynb", folder / "out.ipynb", {})
    assert done.failure is None, done.failure
    return done.notebook


@pytest.fixture(scope="module")
def page(executed):
    return review_page(executed, "zh", COLOPHON)


@pytest.fixture(scope="module")
def printed(page, tmp_path_factory):
    target = tmp_path_factory.mktemp("pdf") / "any.pdf"
    pdf.write(page.html, target)
    document = pypdfium2.PdfDocument(target)
    return "".join(sheet.get_textpage().get_text_range() for sheet in document)


def images(page, start: str) -> int:
    return len(re.findall(rf'<img[^>]* src="data:image/{start}', page.html))


@pytest.mark.parametrize(
    "words",
    ["华东", "大表格标题", "分析师的说明", "脚注的内容", "由代码写出", "printed & kept", "<b>", r"\unknown{x}"],
)
def test_words_and_tables_are_printed(printed, words):
    assert words in printed


def test_formulas_are_pictures_with_their_source(page):
    assert images(page, "svg") >= 4  # two formulas of the Markdown, the Latex output, the SVG
    assert r'alt="E = mc^2"' in page.html and "$E" not in page.html


def test_pictures_stay(page):
    assert images(page, "png") >= 3  # seaborn, the image, altair


def test_chinese_labels_of_own_charts_have_glyphs(page):
    assert not any("cell seaborn" in warning for warning in page.warnings)


def test_an_altair_chart_is_still(page):
    assert not any("cell altair" in warning for warning in page.warnings)


def test_a_plotly_chart_is_still_or_a_note_says_why(page):
    noted = any("cell plotly shows interactive content" in warning for warning in page.warnings)
    assert noted == (
        "只有笔记本能显示的交互内容" in page.html or "交互" in re.sub("<style.*?</style>", "", page.html, flags=re.S)
    )
    assert noted or images(page, "png") >= 4


def test_standard_error_is_counted_not_printed(page, printed):
    assert "secret" not in page.html and "to standard error" not in printed
    assert any(re.fullmatch(r"cell noise wrote \d+ lines to standard error", warning) for warning in page.warnings)


def test_such_a_review_passes_the_gate(executed, tmp_path):
    (tmp_path / "notebooks").mkdir()
    shutil.copy(executed, tmp_path / "notebooks" / "data_driven.ipynb")
    for lang in ("zh", "en"):
        (tmp_path / lang).mkdir()
        made = review_page(executed, lang, COLOPHON)
        (tmp_path / lang / "data_driven.html").write_text(made.html, encoding="utf-8")
        pdf.write(made.html, tmp_path / lang / "data_driven.pdf")
    report = gate.check_review(tmp_path, "data_driven", langs=("zh", "en"), formats=("html", "pdf"), failed=False)
    assert [problem.line for problem in report.problems] == []


def test_the_same_notebook_gives_the_same_bytes(executed, page):
    assert review_page(executed, "zh", COLOPHON).html == page.html


def test_footnotes_link_both_ways():
    made = html("a[^1]\n\n[^1]: b")
    (there,), (back,) = re.findall(r'href="#(fn-[^"]+)"', made), re.findall(r'href="#(fnref-[^"]+)"', made)
    assert f'id="{there}"' in made and f'id="{back}"' in made


def test_a_formula_that_cannot_be_drawn_stays_as_it_is_written():
    assert picture(r"\\begin{matrix} a & b \\end{matrix}").startswith("<code>")
    assert picture("x < y").startswith("<img") and 'alt="x &lt; y"' in picture("x < y")
