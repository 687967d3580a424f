"""The workbook: numbers as numbers with the unit's format, nothing that runs, definitions, the same bytes again."""

import re
import zipfile
from datetime import datetime

import pytest
from openpyxl import load_workbook

from salesreview.record import Panel, Text
from salesreview.render import workbook
from salesreview.render.workbook import safe
from salesreview.render.workbook.book import distinct

from .records import COVER, FORMULA, MIXED, regions, review


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "pack.xlsx"
    workbook.write([review("market"), review("team")], "zh", COVER, path, [("process", "it broke")])
    return path


@pytest.fixture(scope="module")
def book(target):
    return load_workbook(target)


def rows(sheet, above: str) -> list[list]:
    """The rows of the block whose title is ``above``: its header and what follows, up to an empty row."""
    found = [[cell for cell in row] for row in sheet.iter_rows()]
    titles = [place for place, row in enumerate(found) if row[0].value == above and row[0].font.bold]
    start = next(place for place in titles if found[place + 1][0].fill.fill_type == "solid")
    block = []
    for row in found[start + 1 :]:
        if row[0].value is None:
            break
        block.append(row)
    return block


def test_sheets_bear_the_reviews_names_and_lists_follow(book):
    assert book.sheetnames == [
        "目录", "市场洞察与创新突破", "团队成长与文化赋能", "全部数字", "发现", "指标口径", "未提供与样本不足",
    ]  # fmt: skip


def test_the_first_sheet_says_whose_when_and_in_what_money_and_what_failed(book):
    told = {(row[0].value, row[1].value) for row in book["目录"].iter_rows(max_row=20)}
    assert ("复盘期间", "2026年上半年") in told
    assert ("数据截止日", "2026年6月30日") in told
    assert ("货币", "CNY 元") in told
    assert ("流程优化与效率提升", "未生成：it broke") in told
    links = {cell.hyperlink.location for row in book["目录"].iter_rows() for cell in row if cell.hyperlink}
    assert "'全部数字'!A1" in links
    assert len([link for link in links if link.startswith("'市场洞察与创新突破'!")]) == 1 + 6


def test_a_table_has_units_in_its_header_full_numbers_and_a_total_outside(book):
    header, first, _, third, total, *notes = rows(book["市场洞察与创新突破"], "销售额")
    assert [cell.value for cell in header[:4]] == ["市场洞察与创新突破", "销售额（元）", "同比", "备注"]
    assert first[1].value == 70000.25 and first[1].number_format == "#,##0.00;-#,##0.00"
    assert third[1].value is None and third[3].value == "销售额（元）：未设目标"
    assert total[1].value == 123456.789 and total[1].font.bold
    assert notes[0][0].value == "空白单元格表示没有数据或分母为零。"
    (table,) = [one for one in book["市场洞察与创新突破"].tables.values() if one.name == "market_regions"]
    assert table.ref == f"A{header[0].row}:D{third[0].row}"


def test_cells_that_mix_units_name_them(book):
    header, sales, margin, cycle, *_ = rows(book["市场洞察与创新突破"], "毛利率")
    assert [cell.value for cell in header[:4]] == ["指标", "本期", "变化", "日期"]
    assert (sales[1].value, sales[1].number_format) == (123456.789, '#,##0.00" 元";-#,##0.00" 元"')
    assert (sales[2].value, sales[2].number_format) == (-0.05, "+0.0%;-0.0%;0.0%")
    assert sales[3].value == datetime(2026, 6, 30)
    assert (margin[1].value, margin[1].number_format) == (0.4191, "0.0%;-0.0%")
    assert (margin[2].value, margin[2].number_format) == (0.0278, '+0.0%"pt";-0.0%"pt";0.0%"pt"')
    assert margin[4].value == "本期：样本量不足，仅供参考，不作结论"
    assert (cycle[1].value, cycle[1].number_format) == (84, '#,##0.0" 天";-#,##0.0" 天"')


def test_the_figures_behind_a_chart_stand_as_a_table(book):
    header, january, february, _ = rows(book["市场洞察与创新突破"], "图中数字：销售额")[:4]
    assert [cell.value for cell in header[:3]] == ["项目", "销售额（元）", "同比（元）"]
    assert [cell.value for cell in january[:3]] == ["2026年1月", 10, 5]
    assert [cell.value for cell in february[:3]] == ["2026年2月", 20.5, None]
    header, east, _ = rows(book["市场洞察与创新突破"], "图中数字：赢单率")[:3]
    assert [cell.value for cell in header[:4]] == ["项目", "赢单率", "区间下限", "区间上限"]
    assert [cell.value for cell in east[:4]] == ["华东", 0.4, pytest.approx(0.3), pytest.approx(0.5)]


def test_cards_show_value_and_comparisons(book):
    header, sales, margin, *_ = rows(book["市场洞察与创新突破"], "首页关键数字")
    assert [cell.value for cell in header[:4]] == ["指标", "数值", "目标完成", "同比"]
    assert [cell.value for cell in sales[:4]] == ["销售额", 123456.789, 0.987, -0.05]
    assert [cell.value for cell in margin[:4]] == ["毛利率", 0.4191, None, 0.0278]


def test_every_figure_stands_in_the_list_once_a_review(book):
    header, *listed = book["全部数字"].iter_rows(values_only=True)
    own = [dict(zip(header, row, strict=True)) for row in listed if row[0] == "市场洞察与创新突破"]
    assert len(own) == len(review().figures)
    assert {row["指标编号"] for row in own} == {figure.metric for figure in review().figures}
    sales = next(row for row in own if row["指标编号"] == "sales" and row["对比"] is None and row["成员"] is None)
    assert (sales["数值"], sales["单位"], sales["期间"], sales["记录数"]) == (123456.789, "CNY", "2026-H1", 12)


def test_definitions_name_each_metric_in_both_languages(book):
    header, *listed = book["指标口径"].iter_rows(values_only=True)
    assert {row[header.index("指标编号")] for row in listed} == {figure.metric for figure in review().figures}
    margin = next(dict(zip(header, row, strict=True)) for row in listed if row[2] == "gm_pct")
    assert (margin["指标"], margin["英文名称"], margin["方向"]) == ("毛利率", "Gross margin", "越高越好")
    assert margin["所在报告"] == "市场洞察与创新突破；团队成长与文化赋能"


def test_findings_and_what_is_missing_have_lists(book):
    found = list(book["发现"].iter_rows(min_row=2, values_only=True))
    assert found[0][:5] == ("市场洞察与创新突破", "挑战", "销售额", "差距", -500)
    assert found[0][5] == "毛利率销售额"
    missing = list(book["未提供与样本不足"].iter_rows(min_row=2, values_only=True))
    assert [row[3] for row in missing[:2]] == ["数据未提供", "样本不足"]
    assert missing[1][4] == "团队成长与文化赋能"


def test_names_that_look_like_formulas_are_texts_that_stay_texts_as_csv(book, target):
    _, _, second, third, *_ = rows(book["市场洞察与创新突破"], "销售额")
    assert second[0].value == "'" + FORMULA and second[0].data_type == "s"
    assert third[0].value == "'@SUM"
    with zipfile.ZipFile(target) as packed:
        sheets = [packed.read(name).decode() for name in packed.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(re.search("<f[ >]", sheet) for sheet in sheets)
    assert not any("http" in name for name in re.findall('Target="([^"]*)"', "".join(sheets)))


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+A1", "'+A1"),
        ("-2+cmd|' /C calc'!A0", "'-2+cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1", "'＝1"),
        ("+18.9%", "+18.9%"),
        ("-1,234.5", "-1,234.5"),
        ("−18.9%", "−18.9%"),
        ("华东", "华东"),
        ("", ""),
    ],
)
def test_only_what_a_program_would_compute_bears_an_apostrophe(given, written):
    assert safe.text(given) == written


def test_names_of_sheets_are_legal_and_unlike():
    assert safe.sheet_name("A: [b] / c? * d\\e", ()) == "A b c de"
    assert safe.sheet_name("x" * 40, {"x" * 31}) == "x" * 29 + " 2"
    assert safe.sheet_name("Market insight and innovation in the North", ()) == "Market insight and innovation"
    assert safe.sheet_name("'", ()) == "-"


def test_names_of_columns_repeat_in_no_case():
    assert distinct(["Sales", "sales", "", ""]) == ["Sales", "sales (2)", " ", " (2)"]


def test_a_sheet_is_frozen_and_prints_across_one_page_wide_with_its_head_again(book):
    sheet = book["市场洞察与创新突破"]
    assert sheet.freeze_panes == "B3"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.print_title_rows == "$1:$2"
    assert book["全部数字"].freeze_panes == "B2"


def test_properties_know_the_last_day_of_the_data_and_no_clock(book):
    about = book.properties
    assert about.title == "销售复盘包 · 测试公司"
    assert about.created == about.modified == datetime(2026, 6, 30)


def test_the_same_reviews_give_the_same_bytes(target, tmp_path):
    again = tmp_path / "elsewhere.xlsx"
    workbook.write([review("market"), review("team")], "zh", COVER, again, [("process", "it broke")])
    assert again.read_bytes() == target.read_bytes()


def test_parts_of_a_panel_stand_in_the_sheet_and_repeated_ids_are_no_error(tmp_path):
    panel = Panel("page", Text("variant.process"), rows=((regions(("西北", 5.5)), MIXED),))
    workbook.write([review("market", panel)], "en", COVER, tmp_path / "pack.xlsx")
    book = load_workbook(tmp_path / "pack.xlsx")
    assert {"market_regions", "market_regions_2"} <= set(book["Market insight and innovation"].tables)


def test_without_any_review_the_workbook_says_what_failed(tmp_path):
    workbook.write([], "en", COVER, tmp_path / "pack.xlsx", [("team", "no sales")])
    book = load_workbook(tmp_path / "pack.xlsx")
    assert ("Team growth and culture", "Not built: no sales") in [
        row[:2] for row in book["Contents"].iter_rows(values_only=True)
    ]
