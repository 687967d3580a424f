"""The notebook for Quarto: Markdown cells only, one language, pictures and HTML in the target's own form."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from salesreview.quarto.source import markdown, raw, source, write

from ..pack.standins import exhibit_data, notebook, review_data

PNG = "iVBORw0KGgo="
HEADING = exhibit_data("start", '<h2 id="start">开始</h2>', '<h2 id="start">Start</h2>')
TABLE = exhibit_data("t", '<section id="t"><p>甲</p></section>', '<section id="t"><p>one {{&lt; x &gt;}}</p></section>')


def data(bundle: dict):
    return new_output("display_data", data=bundle)


def cell(*outputs):
    return new_code_cell("secret = 1", outputs=list(outputs))


@pytest.fixture
def made(save, tmp_path):
    def make(*cells, lang="en", to="html"):
        path = save("data_driven", notebook(cell(data(review_data())), *cells))
        return source(path, lang, "dd", to, tmp_path)

    return make


def test_exhibits_are_raw_blocks_of_the_target_in_one_language(made):
    page = made(cell(data(HEADING)), cell(data(TABLE)))
    (block,) = page.cells
    assert block.startswith("```{=html}\n<h2") and "Start" in block and "开始" not in block
    assert 'id="dd-start"' in block and 'id="dd-t"' in block and "secret" not in block
    assert [(one.id, one.level, one.text) for one in page.outline] == [("dd-start", 2, "Start")]
    (block,) = made(cell(data(HEADING)), cell(data(TABLE)), to="typst", lang="zh").cells
    assert block == "```{=typst}\n#heading(level: 1)[开始]\n\n甲\n```"


def test_no_shortcode_of_quarto_comes_from_the_data(made):
    table = exhibit_data("t", "", '<p title="{{< env HOME >}}">{{&lt; include /etc/passwd &gt;}}</p>')
    for to in ("html", "typst"):
        assert "{{<" not in "".join(made(cell(data(table)), to=to).cells)


def test_a_fence_is_longer_than_any_within():
    assert raw("a ```` b", "html") == "`````{=html}\na ```` b\n`````"


def test_markdown_stays_markdown_with_ids_for_the_contents(made):
    own = new_markdown_cell("# My *view*\n\n$x^2$\n\n```\n# no heading\n```")
    page = made(own)
    assert page.cells == ["## My *view* {#dd-x1}\n\n$x^2$\n\n```\n# no heading\n```"]
    assert [(one.level, one.text) for one in page.outline] == [(2, "My view")]
    assert made(own, to="typst").cells == [own.source]


def test_markdown_of_other_languages_is_left_out(made):
    cells = [new_markdown_cell(lang, metadata={"tags": [f"lang-{lang}"]}) for lang in ("zh", "en")]
    assert made(*cells).cells == ["en"]


def test_pictures_within_markdown(made, tmp_path):
    text = f"![a](data:image/png;base64,{PNG}) ![b](https://x.org/b.png) ![c](attachment:c.png) ![](local.png)"
    own = new_markdown_cell(text, attachments={"c.png": {"image/png": PNG}})
    page, pdf = made(own), made(own, to="typst")
    assert page.cells == [f"![a](data:image/png;base64,{PNG}) *b* ![c](data:image/png;base64,{PNG}) "]
    assert page.warnings == ["left out: src=https://x.org/b.png", "left out: src=local.png"]
    assert pdf.cells == [
        '`#fitted("picture-1.png", "a", none);`{=typst} *b* `#fitted("picture-1.png", "c", none);`{=typst} '
    ]
    assert (tmp_path / "picture-1.png").read_bytes().startswith(b"\x89PNG")


def test_html_within_markdown_reaches_the_pdf(made):
    own = new_markdown_cell('before\n\n<table><tr><td>1</td></tr></table>\n\nafter <img alt="gone" src="x.png">')
    (text,) = made(own, to="typst").cells
    assert "```{=typst}\n#data-table(" in text and "[1]" in text and "<table" not in text
    assert "`#emph[gone];`{=typst}" in text


def test_outputs_of_analysts(made):
    cells = (
        cell(data({"text/html": '<h1 id="a">H</h1><p onclick="x()">t</p>', "text/plain": "p"})),
        cell(data({"image/png": PNG + "\n", "text/plain": "<Figure>"})),
        cell(data({"text/markdown": "*m*", "text/plain": "p"})),
        cell(data({"text/html": "<div></div><script>draw()</script>", "image/svg+xml": "<svg/>"})),
        cell(data({"text/plain": "\x1b[31m1 < 2\x1b[0m"}), new_output("stream", name="stdout", text="said\n")),
    )
    page = made(*cells)
    first, second, third = page.cells
    assert '<h2 id="dd-x1">H</h2><p>t</p>' in first and f'src="data:image/png;base64,{PNG}"' in first
    assert second == "*m*"
    assert "<script" not in third and "data:image/svg+xml" in third
    assert "1 &lt; 2" in third and "said" in third and "\x1b" not in third
    assert page.warnings == ["left out: onclick=x()"]


def test_the_notebook_has_only_its_front_matter_and_markdown(save, tmp_path):
    executed = save("data_driven", notebook("1"))
    write(["a", "b"], "lang: en\n", executed, tmp_path / "review.ipynb")
    saved = nbformat.read(tmp_path / "review.ipynb", as_version=4)
    nbformat.validate(saved)
    assert [(one.cell_type, one.source) for one in saved.cells] == [
        ("raw", "---\nlang: en\n---\n"), ("markdown", "a"), ("markdown", "b"),
    ]  # fmt: skip
    assert set(saved.metadata) <= {"kernelspec", "language_info"}
    assert "parameters" not in json.dumps(saved)


def test_words_as_markdown():
    assert markdown("a_b *c* @d\n[e]") == r"a\_b \*c\* \@d \[e\]"
