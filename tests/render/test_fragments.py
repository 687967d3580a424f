"""Fragments from many sources share a page: ids stay unique, nothing runs, nothing is fetched."""

from hypothesis import given
from hypothesis import strategies as st

from salesreview.render.fragments import Ids, clean, merge_absent


def cleaned(html: str) -> str:
    return clean(html, Ids("dd").keep).html


def test_ids_and_all_that_refers_to_them_are_renamed_together():
    html = '<section id="a" aria-labelledby="t a"><h2 id="t">x</h2><a href="#a">up</a><a href="#b">away</a></section>'
    assert cleaned(html) == (
        '<section id="dd-a" aria-labelledby="dd-t dd-a"><h2 id="dd-t">x</h2><a href="#dd-a">up</a>'
        '<a href="#b">away</a></section>'
    )


def test_styles_of_a_styled_table_follow_its_ids():
    html = '<style>#T_1f_row0 { color: #fff; }</style><table id="T_1f"><td id="T_1f_row0">1</td></table>'
    ids = Ids("dd")
    result = clean(html, ids.number).html
    assert result == '<style>#dd-x2 { color: #fff; }</style><table id="dd-x1"><td id="dd-x2">1</td></table>'


def test_a_fragment_shown_twice_gets_other_ids():
    ids = Ids("dd")
    assert clean('<p id="a">', ids.keep).html == '<p id="dd-a">'
    assert clean('<p id="a">', ids.keep).html == '<p id="dd-a-2">'


def test_references_inside_svg():
    html = '<svg><clipPath id="c"></clipPath><path clip-path="url(#c)"/><use xlink:href="#c"/></svg>'
    result = cleaned(html)
    assert 'clip-path="url(#dd-c)"' in result and 'xlink:href="#dd-c"' in result


def test_what_runs_or_fetches_is_dropped_and_named():
    html = (
        '<p onclick="x()">a</p><script>if (1 < 2) alert(1)</script><img src="https://x.org/a.png" alt="b">'
        '<link rel="attachment" href="file:///etc/passwd"><iframe src="//x"><p>inner</p></iframe><p>end</p>'
    )
    result = clean(html, Ids("dd").keep)
    assert result.html == '<p>a</p><img alt="b"><p>end</p>'
    assert result.dropped == ("onclick=x()", "script", "src=https://x.org/a.png", "link", "iframe")


def test_imports_and_outside_urls_leave_style_sheets():
    css = "@import 'https://x.org/a.css'; p { background: url(https://x.org/b.png) } q { src: url(data:x) }"
    result = cleaned(f"<style>{css}</style>")
    assert "x.org" not in result and "url(data:x)" in result


def test_links_to_the_web_and_embedded_images_stay():
    html = '<a href="https://example.org/?a=1&amp;b=2">x</a><img src="data:image/png;base64,AAAA" alt="">'
    assert cleaned(html) == html


@given(st.text(alphabet=st.characters(exclude_characters="<>&", exclude_categories=("Cs", "Cc"))))
def test_text_and_attributes_pass_unchanged(text):
    html = f'<p title="{text.replace(chr(34), "")}">{text}</p>'
    assert cleaned(html) == html


def box(name, shows, needs):
    return (
        f'<section class="exhibit absent" id="{name}"><p class="absent-title">数据未提供</p>'
        f"<p>{shows}</p><p>{needs}</p></section>\n"
    )


def test_boxes_that_lack_the_same_become_one():
    html = "<h3>x</h3>\n" + box("a", "甲", "目标") + box("b", "甲", "目标") + box("c", "乙", "目标") + "<p>y</p>"
    merged = merge_absent(html)
    assert merged.count("<section") == 1 and merged.count("目标") == 1
    assert merged.count("<p>甲</p>") == 1 and "<p>乙</p>" in merged
    assert merged.startswith("<h3>x</h3>") and merged.endswith("<p>y</p>")
    assert all(f'id="{name}"' in merged for name in "abc")


def test_boxes_apart_or_for_other_reasons_stay():
    html = box("a", "甲", "目标") + "<h3>x</h3>" + box("b", "甲", "目标") + box("c", "甲", "合同")
    assert merge_absent(html) == html
    assert merge_absent("<p>none</p>") == "<p>none</p>"
