"""Pages from executed notebooks: one language each, complete in themselves, the same bytes again."""

import re
import shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from salesreview.errors import RenderError
from salesreview.render import pdf
from salesreview.render.document import Colophon, Cover, Entry, outline
from salesreview.render.failure import Failure
from salesreview.render.page import Headings, failure_page, payload, review_page

from ..pack.standins import exhibit_data, notebook, review_data

COLOPHON = Colophon("flat", "0" * 64, (("top_n", "5"),), (("salesreview", "0.1"),))
COVER = Cover("team", {"zh": "测试公司", "en": "Test Ltd"}, "2026-H1", "2026-06-30", "CNY")


def cell(*outputs) -> nbformat.NotebookNode:
    return new_code_cell("…", outputs=list(outputs))


def data(bundle: dict) -> nbformat.NotebookNode:
    return new_output("display_data", data=bundle)


HEADING = exhibit_data(
    "start", '<section id="start"><h2>开始</h2></section>', '<section id="start"><h2>Start</h2></section>'
)
TABLE = '<style>#T_ab12_row0 { color: red }</style><table id="T_ab12"><tr><td id="T_ab12_row0">7</td></tr></table>'


@pytest.fixture
def executed(save):
    """An executed notebook with a heading, Markdown in both languages and in one, a styled table and a warning."""
    return save(
        "data_driven",
        notebook(
            cell(data(review_data())),
            cell(data(HEADING)),
            new_markdown_cell("# 共有 shared\n\n[link](https://example.org)"),
            new_markdown_cell("只有中文", metadata={"tags": ["lang-zh"]}),
            new_markdown_cell("only English", metadata={"tags": ["lang-en"]}),
            cell(data({"text/html": TABLE, "text/plain": "table"})),
            new_code_cell(
                "…",
                id="noisy",
                outputs=[
                    new_output("stream", name="stderr", text="FutureWarning: secret\nsecond\n"),
                    new_output("stream", name="stdout", text="printed & kept\n"),
                ],
            ),
        ),
    )


def body(page) -> str:
    return page.html.split("<body", 1)[1]


def test_each_language_gets_its_own_texts_and_what_is_shared(executed):
    zh, en = (body(review_page(executed, lang, COLOPHON)) for lang in ("zh", "en"))
    assert "开始" in zh and "Start" not in zh and "Start" in en and "开始" not in en
    assert "只有中文" in zh and "只有中文" not in en
    assert "only English" in en and "only English" not in zh
    for page in (zh, en):
        assert "共有 shared" in page and "printed &amp; kept" in page and ">7<" in page


def test_the_page_is_complete_in_itself(executed):
    page = review_page(executed, "zh", COLOPHON)
    assert '<html lang="zh-CN">' in page.html and '<meta name="dcterms.created" content="2026-06-30">' in page.html
    assert "<title>数据驱动与精细化运营 · 2026年上半年 · 测试公司</title>" in page.html
    assert not re.search(r"""(?:src|<link[^>]* href)=["']?(?!data:)|@import|url\((?!["']?data:)|<script""", page.html)
    assert "top_n = 5" in page.html and "数据截至2026年6月30日" in page.html


def test_no_code_prompt_or_standard_error_is_printed(executed):
    page = review_page(executed, "zh", COLOPHON)
    assert "In [" not in page.html and "secret" not in page.html and "period: str" not in page.html
    assert page.warnings == ("cell noisy wrote 2 lines to standard error",)


def test_ids_are_unique_prefixed_and_stable(executed):
    page = review_page(executed, "zh", COLOPHON)
    ids = re.findall(r'\sid="([^"]+)"', body(page))
    assert len(ids) == len(set(ids)) and all(name.startswith("dd-") for name in ids)
    assert {"dd-start", "dd-cover", "dd-contents", "dd-colophon"} <= set(ids)
    assert "ab12" not in page.html


def test_contents_lead_to_headings_that_exist(executed):
    page = review_page(executed, "zh", COLOPHON)
    links = re.findall(r'<li class="contents-\d"><a href="#([^"]+)">([^<]+)</a>', page.html)
    assert [text for _, text in links] == ["开始", "共有 shared"]
    for target, _ in links:
        assert f' id="{target}"' in page.html


def test_outline_takes_the_id_of_the_section_around():
    html = '<section id="s"><h2>A <em>b</em></h2><h3 id="t">C &amp; d</h3><h4>no</h4></section><h3></h3>'
    assert outline(html) == (Entry("s", 2, "A b"), Entry("t", 3, "C & d"))


def test_interactive_output_is_replaced_by_a_visible_note(save):
    widget = data({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "Widget()"})
    path = save("data_driven", notebook(cell(data(review_data())), new_code_cell("…", id="widget", outputs=[widget])))
    page = review_page(path, "en", COLOPHON)
    assert "interactive content" in body(page) and "Widget()" not in page.html
    assert page.warnings == ("cell widget shows interactive content, which a page cannot hold",)


def test_names_from_the_data_are_escaped_on_the_cover(save):
    payload = review_data()
    record = payload[next(kind for kind in payload if "review" in kind)]
    record["company"], record["headline"] = (
        {"zh": "A <b>& Co", "en": "A <b>& Co"},
        {"zh": "<script>x</script>", "en": ""},
    )
    page = review_page(save("data_driven", notebook(cell(data(payload)))), "zh", COLOPHON)
    assert "A &lt;b&gt;&amp; Co" in page.html and "<script>" not in page.html


def test_a_notebook_that_shows_no_review(save):
    with pytest.raises(RenderError, match="shows no review"):
        payload(save("data_driven", notebook(cell(data(HEADING)))))


def test_a_character_without_glyph_is_an_error(save):
    strange = data({"text/html": "<p>\U0001f9ff\U000f0000</p>"})
    path = save("data_driven", notebook(cell(data(review_data())), cell(strange)))
    with pytest.raises(RenderError, match="no font"):
        review_page(path, "zh", COLOPHON)


def test_a_failure_page_says_where_why_and_what_to_do():
    failure = Failure("error", "ZeroDivisionError: x < 0 \U000f0000", 3, "abc", "Traceback (most recent call last)")
    page = failure_page(COVER, "en", failure, COLOPHON)
    for text in ("team.ipynb, code cell 3 (abc)", "ZeroDivisionError: x &lt; 0 ?", "build again", "no figures here"):
        assert text in page.html
    assert "Traceback" not in page.html


def test_the_same_notebook_gives_the_same_bytes_from_another_folder(executed, tmp_path):
    other = shutil.copy(executed, tmp_path / "elsewhere.ipynb")
    first, second = review_page(executed, "zh", COLOPHON), review_page(other, "zh", COLOPHON)
    assert first.html == second.html
    pdf.write(first.html, tmp_path / "1.pdf"), pdf.write(second.html, tmp_path / "2.pdf")
    assert (tmp_path / "1.pdf").read_bytes() == (tmp_path / "2.pdf").read_bytes()


@pytest.mark.parametrize(
    ("before", "own", "after"),
    [
        ("", "<h1>a</h1><h2>b</h2>", "<h2>a</h2><h3>b</h3>"),
        ("", "<h3>a</h3><h3>b</h3>", "<h2>a</h2><h3>b</h3>"),
        ("<h2>x</h2>", "<h4>a</h4>", "<h3>a</h3>"),
        ("<h2>x</h2><h3>y</h3>", "<h1 id='k'>a</h1>", "<h2 id='k'>a</h2>"),
        ("<h4>x</h4>", "<h6>a</h6>", "<h5>a</h5>"),
    ],
)
def test_own_headings_skip_no_level(before, own, after):
    headings = Headings()
    headings.see(before)
    assert headings.lowered(own) == after
