"""HTML as Typst markup: every text and figure kept, nothing from the data taken for markup."""

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.quarto.typst import Pictures, escape, string, typst

SVG = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg"/>').decode()


@pytest.fixture
def pictures(tmp_path):
    return Pictures(tmp_path)


def line(html, pictures) -> str:
    return typst(html, pictures).strip()


def test_names_from_the_data_are_no_markup(pictures):
    assert line("<p>#show *a* $x$ [b] @c {{&lt; env HOME &gt;}}</p>", pictures) == (
        r"\#show \*a\* \$x\$ \[b\] \@c \{\{\< env HOME \>\}\}"
    )
    assert string('a "b" \\ {{<') == r'"a \"b\" \\ \u{7b}\u{7b}<"'


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40))
def test_an_escaped_text_reads_as_before(text):
    assert re.sub(r"\\(.)", r"\1", escape(text)) == re.sub(r"\s+", " ", text)


def test_headings_make_the_outline_and_titles_of_exhibits_do_not(pictures):
    assert line('<h2 id="a">A</h2><h3>B</h3><h4>C</h4>', pictures) == (
        "#heading(level: 1)[A]\n\n#heading(level: 2)[B]\n\n#exhibit-title[C]"
    )


def test_words_within_a_paragraph(pictures):
    html = '<p>a <strong>b</strong> <a href="https://x.org/?a=1">c</a><br><code>d"e</code> <sup>1</sup></p>'
    assert line(html, pictures) == (
        'a #strong[b]; #link("https://x.org/?a=1")[c];#linebreak();#raw("d\\"e"); #super[1];'
    )
    assert line('<p><a href="#dd-x">here</a></p>', pictures) == "here"


def test_notes_and_what_is_absent(pictures):
    html = '<section class="exhibit absent" id="x"><p class="absent-title">数据未提供</p><p>y</p></section>'
    assert line(html, pictures) == "#absent[\n#lead[数据未提供]\n\ny\n]"
    assert line('<p class="note">n</p><p class="source">s</p>', pictures) == "#note[n]\n\n#note[s]"


def test_a_table_with_caption_header_total_and_alignment(pictures):
    html = (
        '<div class="scroll"><table><caption>T</caption><thead><tr><th>区域</th><th class="num">万元</th></tr></thead>'
        '<tbody><tr><th scope="row">华东</th><td class="num weak">1.5<sup>a</sup></td></tr>'
        '<tr class="total"><th>合计</th><td class="num">2.5</td></tr></tbody></table></div>'
    )
    assert line(html, pictures) == (
        "#data-table([T], (6fr, 6fr,), (left, right,), rows: 2, wide: false, total: true,\n"
        "  table.header([区域], [万元]),\n"
        "  [华东], [#weak[1\\.5#super[a];]],\n"
        "  [合计], [2\\.5]\n)"
    )


def test_cells_over_several_rows_and_columns_and_an_index_of_numbers(pictures):
    html = '<table><tr><th colspan="2">A</th><th rowspan="2">B</th></tr><tr><td>2024</td><td>7</td></tr></table>'
    assert line(html, pictures) == (
        "#data-table(none, (6fr, 6fr, 6fr,), (left, left, left,), rows: 1, wide: false, total: false,\n"
        "  table.cell(colspan: 2)[A], table.cell(rowspan: 2)[B],\n  [2024], [7]\n)"
    )
    assert line("<table></table>", pictures) == ""


def test_a_chart_is_a_file_with_its_alternative_text(pictures, tmp_path):
    image = f'<img src="data:image/svg+xml;base64,{SVG}" alt="Sales &quot;up&quot;" width="100" height="50">'
    html = f"<figure><figcaption>Sales</figcaption>{image}</figure>"
    assert line(html, pictures) == r'#picture([#fitted("picture-1.svg", "Sales \"up\"", 75.0pt);], caption: [Sales])'
    assert (tmp_path / "picture-1.svg").read_bytes() == base64.b64decode(SVG)
    assert line(image, pictures).startswith('#fitted("picture-1.svg"')


def test_pictures_that_cannot_be_drawn_leave_their_words(pictures, tmp_path):
    assert line('<p><img src="data:image/webp;base64,AA" alt="a *b*"></p>', pictures) == r"#emph[a \*b\*];"
    assert line('<p><img alt="gone"></p><p><img></p>', pictures) == "#emph[gone];"
    assert not list(tmp_path.iterdir())


def test_a_drawing_within_the_page_is_a_file_too(pictures, tmp_path):
    assert line('<svg width="10"><title>T</title><path fill="#fff" d="M0"/></svg>', pictures) == (
        '#fitted("picture-1.svg", "T", 7.5pt);'
    )
    text = (tmp_path / "picture-1.svg").read_text()
    assert 'xmlns="http://www.w3.org/2000/svg"' in text and 'fill="#fff"' in text


def test_cards(pictures):
    html = (
        '<dl class="card-grid of-2"><div class="card"><dt>销售额</dt><dd class="card-value">1.71 亿元</dd>'
        '<dd class="card-change worse">同比 −2%</dd></div>'
        '<div class="card"><dt>n</dt><dd class="card-value">3</dd></div></dl>'
    )
    assert line(html, pictures) == (
        '#card-grid(2, card([销售额], [1\\.71 亿元], (("worse", [同比 −2\\%]),)), card([n], [3], ()))'
    )


def test_findings_lists_and_terms(pictures):
    finding = '<ol class="finding-list"><li class="adverse"><p class="claim">C</p><p>told</p></li></ol>'
    assert line(finding, pictures) == '#finding(1, "adverse")[\n#claim[C]\n\ntold\n]'
    assert line("<ul><li>a</li><li>b <b>c</b></li></ul>", pictures) == "#list([a], [b #strong[c];])"
    terms = '<dl class="term-list"><div><dt>A</dt><dd>b</dd></div></dl>'
    assert line(terms, pictures) == "#meanings(([A], [b]),)"
    assert line("<dl><dt>A</dt><dd>b</dd></dl>", pictures) == "#meanings(([A], [b]),)"


def test_a_panel_keeps_its_rows(pictures):
    html = '<div class="panel-row of-2"><section><p>a</p></section><section><p>b</p></section></div>'
    assert line(html, pictures) == "#panel-row([a], [b])"


def test_what_was_printed_keeps_its_lines_and_spaces(pictures):
    assert line("<pre>a  b\n  c</pre>", pictures) == '#verbatim(("a  b", "  c",))'


def test_styles_and_scripts_are_no_text(pictures):
    assert line("<style>p {}</style><p>a<!-- b --><script>c</script></p>", pictures) == "a"
