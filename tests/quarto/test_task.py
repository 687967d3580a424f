"""A review through Quarto: its page and PDF, what is refused, and Quarto itself where there is one."""

import re

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from salesreview.errors import RenderError
from salesreview.quarto import command, source
from salesreview.quarto.task import count_pages, render
from salesreview.render.document import Colophon, Cover
from salesreview.render.failure import Failure
from salesreview.render.page import payload
from salesreview.render.task import RenderTask

from ..pack.standins import exhibit_data, notebook, review_data

COLOPHON = Colophon("flat", "0" * 64, (("top_n", "5"),), (("salesreview", "0.1"),))
COVER = Cover("data_driven", {"zh": "测试 $公司$", "en": "Test Ltd"}, "2026-H1", "2026-06-30", "CNY")
TABLE = (
    '<section class="exhibit table" id="t"><table><caption>T</caption><thead><tr><th scope="col">a</th></tr></thead>'
    '<tbody><tr><th scope="row">华东</th></tr></tbody></table></section>'
)


@pytest.fixture
def executed(save):
    outputs = [
        review_data(),
        exhibit_data("start", '<h2 id="start">开始</h2>', '<h2 id="start">Start</h2>'),
        exhibit_data("t", TABLE, TABLE),
    ]
    cells = [new_code_cell("…", outputs=[new_output("display_data", data=one)]) for one in outputs]
    return save("data_driven", notebook(*cells, new_markdown_cell("# 自己的话\n\n$x^2$")))


@pytest.fixture
def task(executed, tmp_path):
    def make(lang="zh", failure=None):
        return RenderTask(COVER, lang, COLOPHON, executed, tmp_path / "r.html", tmp_path / "r.pdf", failure)

    return make


@pytest.fixture
def given_to_quarto(monkeypatch):
    """What the private folders held when Quarto was called, by target: file names and their texts."""
    seen = {}
    usual = command.render

    def look(quarto, notebook, to, **options):
        files = [path for path in notebook.parent.iterdir() if path.is_file()]
        seen[to] = {path.name: path.read_text(encoding="utf-8") for path in files}
        seen[to]["fonts"] = sorted(path.name for path in (notebook.parent / "fonts").glob("*"))
        return usual(quarto, notebook, to, **options)

    monkeypatch.setattr(command, "render", look)
    return seen


def front_matter(files) -> dict:
    first = nbformat.reads(files["review.ipynb"], as_version=4).cells[0]
    return yaml.safe_load(first.source.split("---\n")[1])


def test_both_files_are_made_and_the_private_folder_goes(task, quarto, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    made = render(task(), quarto)
    assert made.pages == count_pages(tmp_path / "r.pdf") == 1 and made.warnings == ()
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    record = payload(task().notebook)
    for text in ('<html lang="zh-CN">', record["title"]["zh"], record["headline"]["zh"], "华东", "top_n = 5"):
        assert text in page
    assert page.index("cover-verdict") < page.index('href="#dd-start">开始') < page.index('<h2 id="dd-start">')
    assert not list((tmp_path / "temp").iterdir())


def test_what_quarto_is_told(task, quarto, given_to_quarto):
    render(task(), quarto)
    page, pdf = given_to_quarto["html"], given_to_quarto["typst"]
    meta = front_matter(page)
    html = meta["format"]["html"]
    assert meta["lang"] == "zh-CN" and meta["shift-heading-level-by"] == 0 and meta["execute"] == {"enabled": False}
    assert html["embed-resources"] and html["html-math-method"] == "mathml" and html["minimal"] and not html["toc"]
    assert {html["css"], html["include-before-body"], html["include-after-body"]} <= set(page)
    assert "font/ttf;base64" in page["report.css"] and ".card-grid" in page["report.css"]
    typst = front_matter(pdf)["format"]["typst"]
    assert set(typst["template-partials"]) <= set(pdf) and typst["font-paths"] == ["fonts"]
    faces = ["DejaVuSans-Bold", "DejaVuSans", "SalesReviewSans-Bold", "SalesReviewSans-Regular"]
    assert pdf["fonts"] == [f"{name}.ttf" for name in faces]
    assert "$" not in pdf["typst-template.typ"] and not re.search(r"(?<!\$)\$(?!\$)", pdf["typst-show.typ"])
    assert 'company: "测试 $$公司$$"' in pdf["typst-show.typ"] and pdf["typst-show.typ"].endswith(");\n")


def test_a_remote_url_in_the_result_is_refused(task, quarto, monkeypatch, tmp_path):
    monkeypatch.setenv("STUB", "remote")
    with pytest.raises(RenderError, match="asks for what is not in it; got https://cdnjs"):
        render(task(), quarto)
    assert not (tmp_path / "r.html").exists()


def test_a_pdf_that_is_none_is_refused(task, quarto, monkeypatch):
    monkeypatch.setenv("STUB", "no_pdf")
    with pytest.raises(RenderError, match="what it made is no PDF"):
        render(task(), quarto)


def test_warnings_of_quarto_are_told_once(task, quarto, monkeypatch):
    monkeypatch.setenv("STUB", "warns")
    assert render(task(), quarto).warnings == ("Quarto: something to know",)


def test_the_page_of_a_failed_review_needs_no_quarto(task, quarto, calls, tmp_path):
    quarto.path.unlink()
    made = render(task(failure=Failure("render", "Quarto: it broke")), quarto)
    assert made.pages and "Quarto: it broke" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_a_character_without_glyph_is_an_error(save, quarto, tmp_path):
    strange = new_code_cell("…", outputs=[new_output("display_data", data={"text/html": "<p>\U000f0000</p>"})])
    review = new_code_cell("…", outputs=[new_output("display_data", data=review_data())])
    path = save("data_driven", notebook(review, strange))
    for html, pdf in ((tmp_path / "a.html", None), (None, tmp_path / "a.pdf")):
        with pytest.raises(RenderError, match="no font"):
            render(RenderTask(COVER, "zh", COLOPHON, path, html, pdf), quarto)


@pytest.mark.quarto
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_quarto_itself_makes_both(task, real_quarto, tmp_path, lang):
    made = render(task(lang), real_quarto)
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert made.pages >= 3 and page.count("<h1") == 1 and "<script" not in page
    for text in ("华东", 'id="dd-start"', "dd-t", "<math"):
        assert text in page


@pytest.mark.quarto
def test_quarto_itself_gives_equal_bytes_twice(task, real_quarto, tmp_path):
    both = []
    for _ in range(2):
        render(task(), real_quarto)
        both.append([(tmp_path / name).read_bytes() for name in ("r.html", "r.pdf")])
    assert both[0] == both[1]


@pytest.mark.quarto
def test_quarto_itself_tells_its_errors_as_the_stand_in_does(real_quarto, tmp_path):
    path = tmp_path / "review.ipynb"
    source.write([source.raw("#nothing-of-that-name()", "typst")], "format:\n  typst: {}\n", None, path)
    with pytest.raises(RenderError, match=r"Quarto: .*(nothing-of-that-name|unknown variable)"):
        command.render(real_quarto, path, "typst", day="2026-06-30")
