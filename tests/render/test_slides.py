"""The slides: native texts and tables that fit their boxes, pictures with words, notes with figures, the same bytes."""

import zipfile
from datetime import date, datetime

import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from salesreview.exhibits.charts import labels
from salesreview.record import Chart, Heading, PeriodName, Series, Table, Text
from salesreview.render import slides
from salesreview.render.slides.fit import Paragraph, fitted, height, lines, widths
from salesreview.render.slides.select import key_exhibits

from .records import COVER, SALES, figure, regions, review

EMU_A_POINT = 12700


def decisions(count: int) -> Table:
    """An executive table of decisions; each reads two lines."""
    what = "逐单复盘因内部流程丢掉的商机，取消或合并造成拖延的环节，超时自动升级"
    return Table(
        id="executive_decisions",
        title=Text("executive.decisions"),
        header=tuple(Text(f"executive.col_{name}") for name in ("what", "why", "who", "when", "measure")),
        rows=tuple((what, f"挑战 {place}", "销售运营", date(2026, 8, 14), "赢单率") for place in range(1, count + 1)),
    )


def why(claims: int) -> Table:
    claim = "财务部的审批变慢，单环节中位由 2.7 小时升到 6.6 小时；慢审批的赢单率低于较快的"
    return Table(
        id="executive_findings",
        title=Text("executive.findings"),
        header=tuple(Text(f"executive.col_{name}") for name in ("no", "claim", "stake")),
        rows=tuple((f"挑战 {place}", claim, figure(5e6, "gap", member=str(place))) for place in range(claims)),
    )


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    path = tmp_path_factory.mktemp("deck") / "pack.pptx"
    slides.write([review("market", why(2), decisions(3)), review("team")], "zh", COVER, path, [("process", "it broke")])
    return path


@pytest.fixture(scope="module")
def deck(target):
    return Presentation(target)


def texts(slide) -> str:
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def overflowing(deck) -> list[str]:
    """Text boxes whose lines, measured with the house's face, need more room than the box has."""
    found = []
    for number, slide in enumerate(deck.slides, 1):
        for shape in slide.shapes:
            if shape.has_text_frame and shape.text_frame.text:
                room, tall = shape.width / EMU_A_POINT, shape.height / EMU_A_POINT
                need = sum(_height(paragraph, room) for paragraph in shape.text_frame.paragraphs)
                if need > tall + 1:
                    found.append(f"{number}: {shape.name} needs {need:.0f} of {tall:.0f}")
    return found


def _height(paragraph, room: float) -> float:
    size = paragraph.runs[0].font.size.pt
    indent = int(paragraph._p.pPr.get("marL") or 0) / EMU_A_POINT
    wrapped = labels.wrap(paragraph.text, room - indent, size, lines=99).count("\n") + 1
    return wrapped * paragraph.line_spacing.pt + paragraph.space_before.pt


def test_a_title_slide_names_company_period_verdict_and_what_failed(deck):
    told = texts(deck.slides[0])
    for words in ("测试公司", "2026年上半年", "销售额", "市场洞察与创新突破", "流程优化与效率提升: 未生成：it broke"):
        assert words in told
    assert "数据截至2026年6月30日" in told


def test_each_review_has_its_executive_slide_and_one_for_each_chosen_exhibit(deck):
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    # the title; the verdict, sales by region, its chart, margins, win rates of the first; the same of the second
    assert titles[1:6] == ["销售额", "销售额", "销售额", "毛利率", "赢单率"]
    assert len(titles) == 1 + 5 + 5


def test_the_executive_slide_tells_cards_what_happened_why_and_the_decisions(deck):
    told = texts(deck.slides[1])
    assert "12.35 万元\n目标完成 98.7% 未达成\n同比 ▼ −5.0% 变差" in told
    assert "发生了什么\n毛利率" in told  # the verdict is the slide's title and not repeated
    assert "挑战 0：财务部的审批变慢" in told and "（500.00 万元）" in told
    assert "1. 逐单复盘" in told and "销售运营，2026年8月14日前；依据：挑战 1；衡量：赢单率" in told


def test_decisions_that_do_not_fit_have_a_slide_of_their_own(tmp_path):
    path = tmp_path / "pack.pptx"
    slides.write([review("market", why(7), decisions(9))], "zh", COVER, path)
    deck = Presentation(path)
    (table,) = [shape.table for shape in deck.slides[2].shapes if shape.has_table]
    assert [cell.text for cell in table.rows[0].cells] == ["决定", "依据", "负责", "完成时间", "衡量"]
    assert table.cell(9, 3).text == "2026年8月14日"
    assert "决定什么" not in texts(deck.slides[1])
    assert overflowing(deck) == []


def test_a_picture_says_what_it_shows_and_its_figures_stand_in_the_notes(deck):
    pictures = [
        (slide, shape) for slide in deck.slides for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE
    ]
    assert len(pictures) == 4
    slide, picture = pictures[0]
    assert picture._element.nvPicPr.cNvPr.get("descr") == "销售额"
    assert picture.image.size[0] / picture.width.inches == pytest.approx(200, rel=0.01)
    assert slide.notes_slide.notes_text_frame.text.splitlines()[1:] == [
        "2026年1月：销售额 10.00 元 | 同比 5.00 元",
        "2026年2月：销售额 20.50 元 | 同比 —",
        "2026年3月：销售额 30.00 元 | 同比 —",
    ]


def test_a_table_is_native_and_prints_what_the_page_prints(deck):
    (table,) = [shape.table for shape in deck.slides[4].shapes if shape.has_table]
    shown = [[cell.text for cell in row.cells] for row in table.rows]
    assert shown[0] == ["指标", "本期", "变化", "日期"]
    assert shown[1] == ["销售额", "12.35 万元", "−5.0%", "2026年6月30日"]
    assert shown[2][1:3] == ["41.9% (a)", "+2.8 个百分点"]
    assert "(a) 样本量不足，仅供参考，不作结论" in texts(deck.slides[4])


def test_both_typefaces_are_set_everywhere(deck):
    for slide in deck.slides:
        for run in slide._element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}r"):
            assert (
                run.rPr.find("{*}latin").get("typeface") == run.rPr.find("{*}ea").get("typeface") == "Microsoft YaHei"
            )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_text_overflows_its_box(tmp_path, lang):
    path = tmp_path / "pack.pptx"
    slides.write([review("market", why(7), decisions(5)), review("key_account")], lang, COVER, path)
    assert overflowing(Presentation(path)) == []


def test_everything_lies_on_the_slide(deck):
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= deck.slide_width
            assert shape.top >= 0 and shape.top + shape.height <= deck.slide_height


def test_properties_and_entries_know_no_clock(deck, target):
    about = deck.core_properties
    assert about.title == "销售复盘包 · 测试公司"
    assert about.created == about.modified == datetime(2026, 6, 30)
    with zipfile.ZipFile(target) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        names = packed.namelist()
    assert names[0] == "[Content_Types].xml" and names[1:] == sorted(names[1:])


def test_the_same_reviews_give_the_same_bytes(target, tmp_path):
    again = tmp_path / "elsewhere.pptx"
    made = [review("market", why(2), decisions(3)), review("team")]
    slides.write(made, "zh", COVER, again, [("process", "it broke")])
    assert again.read_bytes() == target.read_bytes()


def chart(name: str, *values: float | None) -> Chart:
    figures = tuple(SALES if value is None else figure(value, member=f"{name}{value}") for value in values)
    places = tuple(PeriodName(f"2026-M0{place}") for place in range(1, len(values) + 1))
    return Chart(name, Text("metric.sales"), categories=places, series=(Series("x", figures),))


def test_key_charts_are_the_first_of_each_chapter_then_those_the_verdict_names():
    three = Heading("three", Text("variant.team"), level=1)
    more = (three, chart("opening", 1.0), chart("told", None), chart("dull", 2.0))
    chosen = [one.id for one in key_exhibits(review("market", *more))]
    assert chosen == ["regions", "months", "mixed", "wins", "opening", "told"]


def test_tables_that_are_long_or_tiny_get_no_slide():
    long = regions(*((f"r{place}", float(place)) for place in range(11)))
    made = review("market")
    exhibits = tuple(long if one.id == "regions" else one for one in made.exhibits if one.id != "mixed")
    whole = type(made)(**{**vars(made), "exhibits": exhibits})
    assert [one.id for one in key_exhibits(whole) if isinstance(one, Table)] == []


def test_the_largest_size_that_fits_is_taken_and_none_where_none_does():
    short = [Paragraph("一二三四五")]  # five full widths: 50 points at 10, 54 with what is kept spare
    assert lines(short[0], 54, 10) == 1 and lines(short[0], 50, 10) == 2
    assert height(short, 54, 10) == pytest.approx(13)
    assert fitted(short, 60, 14, (8, 10, 12)) == 10
    assert fitted(short, 60, 9, (8, 10, 12)) is None
    assert fitted(short, 30, 100, (10, 12), most=1) is None


def test_columns_fill_the_room_and_wide_ones_share_what_is_left():
    assert sum(widths([["ab"], ["cd"]], 300, 10, 10)) == pytest.approx(300)
    narrow, wide, wider = widths([["ab"], ["一" * 30], ["一" * 120]], 300, 10, 10)
    assert narrow < wide < wider
    assert narrow + wide + wider == pytest.approx(300)
