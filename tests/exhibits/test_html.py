"""Exhibits as HTML: well-formed, escaped, told to those who cannot see them, and honest about what is weak."""

import re
from base64 import b64decode
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest

from salesreview.exhibits.cards import judgement
from salesreview.exhibits.html import html
from salesreview.record import (
    Card,
    Cards,
    Figure,
    Finding,
    Findings,
    Heading,
    Light,
    NotEnough,
    NotProvided,
    Panel,
    PeriodName,
    Prose,
    Series,
    Spark,
    Table,
    Text,
)

from .conftest import TYPICAL, money, ratio

CHARTS = {form: TYPICAL[form] for form in ("bars", "cohort", "dot")}
"""What surrounds a picture is the same for all forms."""
NASTY = "A & B <b>\"x\"</b> 'y'"
SALES = Figure("sales", 12_345_678.0, "money", "2026-H1")
GROWTH = Figure("sales", 0.123, "ratio", "2026-H1", comparison="yoy")
TITLE = Text("exhibit.unit_each", {"name": NASTY, "unit": SALES})


def parsed(exhibit, lang="zh", currency="CNY") -> ElementTree.Element:
    """The exhibit's element; HTML's void elements are closed first, everything else must be well-formed."""
    return ElementTree.fromstring(re.sub(r"<(img|br)([^>]*)>", r"<\1\2/>", html(exhibit, lang, currency)))


def words(element) -> str:
    return "".join(element.itertext())


def cells(element, row: int) -> list[str]:
    return [words(cell) for cell in list(element.iter("tr"))[row]]


def notes(element) -> list[str]:
    return [words(note) for note in element.iter("p") if note.get("class") == "note"]


@pytest.fixture
def regions() -> Table:
    """Two regions: one with few orders and no base, one named with markup; and their total."""
    rows = (
        ("华东", money(8_345_678.0, "华东"), Figure("sales", 0.25, "ratio", "2026-H1", "region", "华东", "yoy"), None),
        (NASTY, money(4_000_000.0, NASTY, flags=("small_n", "coverage=0.83")),
         Figure("sales", None, "ratio", "2026-H1", "region", NASTY, "yoy", flags=("no_base",)), date(2026, 6, 30)),
    )  # fmt: skip
    return Table(
        id="regions",
        title=TITLE,
        header=(Text("label.region"), Text("metric.sales"), Text("label.yoy"), PeriodName("2026-H1")),
        rows=rows,
        total=(Text("label.total"), SALES, GROWTH, None),
        reconciliation=Text("exhibit.unit", {"unit": SALES}),
        notes=(Text("exhibit.unit", {"unit": NASTY}),),
    )


def examples(regions) -> list:
    return [
        Heading("opening", TITLE, level=1),
        Prose("prose", TITLE, sentences=(TITLE, TITLE)),
        Prose("listed", TITLE, sentences=(TITLE, TITLE, TITLE), listed=True),
        Cards("cards", TITLE, cards=(Card(NASTY, SALES, (GROWTH,)), Card(Text("metric.sales"), SALES))),
        regions,
        NotProvided("absent", TITLE, missing=("payments", "orders.opp_id", "no_such.field<")),
        NotEnough("few", TITLE, reason=TITLE),
        NotEnough("few", TITLE),
        Findings("findings", TITLE, findings=(Finding("F-X", "x", True, TITLE, (TITLE,), "EV1", SALES),)),
        *(replace(chart, title=TITLE, summary=TITLE, notes=(TITLE,)) for chart in CHARTS.values()),
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_exhibit_is_one_well_formed_element_with_its_id_and_escaped_names(regions, lang):
    for exhibit in examples(regions):
        root = parsed(exhibit, lang)
        assert root.get("id") == exhibit.id
        assert NASTY in words(root)
        assert root.find(".//b") is None


def test_nothing_is_loaded_run_or_styled_inline(regions):
    for exhibit in examples(regions):
        root = parsed(exhibit)
        for element in root.iter():
            assert element.tag not in ("script", "style", "link", "iframe")
            assert not {name for name in element.attrib if name == "style" or name.startswith("on")}
            assert element.get("src", "data:").startswith("data:")


def test_headings_stand_below_the_pages_own():
    assert parsed(Heading("a", TITLE, level=1)).tag == "h2"
    assert parsed(Heading("a", TITLE, level=2)).tag == "h3"
    assert parsed(Prose("a", Text("metric.sales"), sentences=(TITLE,))).find("h4").text == "销售额"
    assert parsed(Prose("a", Text(""), sentences=(TITLE,))).find("h4") is None


def test_sentences_meet_in_the_way_of_the_language():
    prose = Prose("a", Text(""), sentences=(Text("exhibit.no_data"), Text("not_enough.title")))
    assert words(parsed(prose, "zh")) == "没有数据样本不足"
    assert words(parsed(prose, "en")) == "No data Too few records"


def test_a_listed_prose_has_a_lead_and_a_list():
    root = parsed(
        Prose("a", Text(""), sentences=(Text("label.total"), Text("label.gap"), Text("label.n")), listed=True)
    )
    assert words(root.find("p[@class='lead']")) == "合计"
    assert [words(item) for item in root.iter("li")] == ["差距", "样本数"]


def test_a_table_names_its_columns_with_their_unit(regions):
    zh, en = parsed(regions, "zh"), parsed(regions, "en", "USD")
    assert cells(zh, 0) == ["区域", "销售额（万元）", "同比", "2026年上半年"]
    assert cells(en, 0) == ["Region", "Sales ($K)", "YoY", "H1 2026"]
    assert all(cell.get("scope") == "col" for cell in next(zh.iter("tr")))
    assert [row[0].get("scope") for row in list(zh.iter("tr"))[1:]] == ["row"] * 3
    assert words(zh.find(".//caption")) == f"{NASTY}（1,234.57 万元）"


def test_rows_print_numbers_gaps_and_days(regions):
    zh, en = parsed(regions, "zh"), parsed(regions, "en", "USD")
    assert cells(zh, 1) == ["华东", "834.57", "+25.0%", "—"]
    assert cells(en, 1) == ["华东", "8,345.68", "+25.0%", "—"]
    assert cells(zh, 2) == [NASTY, "400.00ab", "无可比基数", "2026年6月30日"]
    assert cells(en, 2) == [NASTY, "4,000.00ab", "no base", "30 Jun 2026"]


def test_the_total_is_a_row_of_its_own(regions):
    root = parsed(regions)
    last = list(root.iter("tr"))[-1]
    assert last.get("class") == "total"
    assert cells(root, -1) == ["合计", "1,234.57", "+12.3%", "—"]
    assert parsed(replace(regions, total=None)).find(".//tr[@class='total']") is None


def test_flags_are_footnotes_and_small_samples_are_grey(regions):
    zh, en = parsed(regions, "zh"), parsed(regions, "en")
    assert notes(zh)[:2] == ["a 样本量不足，仅供参考，不作结论", "b 仅覆盖 83.0% 的记录"]
    assert notes(en)[:2] == ["a too few records for a claim", "b covers 83.0% of the records"]
    weak = [words(cell) for cell in zh.iter("td") if "weak" in cell.get("class", "").split()]
    assert weak == ["400.00ab"]


def test_a_flag_that_all_figures_bear_is_told_once_without_marks():
    figures = [money(value, str(value), flags=("partial",)) for value in (1e6, 2e6)]
    table = Table("t", TITLE, header=(Text("label.region"), Text("metric.sales")),
                  rows=tuple((figure.member, figure) for figure in figures))  # fmt: skip
    root = parsed(table)
    assert list(root.iter("sup")) == []
    assert "期间未结束，数据截至数据截止日" in notes(root)


def test_numbers_are_marked_for_alignment_and_words_are_not(regions):
    first, second = list(parsed(regions).iter("tr"))[1:3]
    assert [cell.get("class") for cell in first] == ["kept", "num", "num", "kept"]
    assert [cell.get("class") for cell in second] == ["kept", "num weak", "num", "kept"]


def test_days_short_texts_and_units_stay_on_one_line_and_wide_tables_are_set_closer(regions):
    def kept(table) -> list[str]:
        return [words(element) for element in parsed(table).iter() if element.get("class") == "kept"]

    # a text of six Chinese characters, four where a table has eight columns or more
    rows = (("商务谈判阶段甲乙", date(2026, 6, 30), "商务谈判阶段一"), ("商务谈判阶段甲乙丙", None, "商务谈判阶段"))
    table = Table("t", TITLE, header=(Text("label.region"), Text("label.month"), Text("label.team")), rows=rows)
    wide = replace(table, header=table.header + ("",) * 5, rows=tuple((*row, *("四个汉字",) * 5) for row in rows))
    assert kept(regions)[0] == "（万元）"
    assert kept(table) == ["商务谈判阶段甲乙", "2026年6月30日", "商务谈判阶段甲乙丙", "—", "商务谈判阶段"]
    words_of = ["四个汉字"] * 5
    assert kept(wide) == ["商务谈判阶段甲乙", "2026年6月30日", *words_of, "商务谈判阶段甲乙丙", "—", *words_of]
    assert [parsed(each).find(".//table").get("class") for each in (table, wide)] == [None, "wide-table"]


@pytest.mark.parametrize(("others", "kept"), [(2, True), (3, False)])
def test_long_names_stay_on_one_line_where_the_other_columns_leave_room(others, kept):
    # 110 letters less 27 for each long text leave 56 or 29; the name takes 32
    name, text = "甲乙丙丁戊己庚辛" * 2, "一二三四五六七八九十" * 2
    table = Table("t", TITLE, header=("",) * (others + 1), rows=((name, *[text] * others), ("甲乙", *[text] * others)))
    first, second = (row[0].get("class") for row in list(parsed(table).iter("tr"))[1:])
    assert (first, second) == ("kept" if kept else None, "kept")


def test_money_columns_share_a_scale_unless_one_would_lose_its_digits():
    # largest 173.0M: the gap of 5.26M is more than a hundredth of it, the order value of 0.2647M is not
    cells_of = (money(1.73e8, "a"), money(-5.258e6, "b"), money(264_700.0, "c"))
    header = tuple(Text(f"label.{name}") for name in ("region", "target", "gap", "average"))
    table = Table("t", TITLE, header=header, rows=(("x", *cells_of),))
    root = parsed(table, "en", "USD")
    assert cells(root, 0) == ["Region", "Target ($M)", "Gap ($M)", "Average ($K)"]
    assert cells(root, 1) == ["x", "173.00", "−5.26", "264.70"]


def test_dashes_are_explained_where_there_are_any():
    told = "“—” means no data or a zero denominator."
    holed = replace(TYPICAL["bars"].series[0], figures=(None, *TYPICAL["bars"].series[0].figures[1:]))
    assert told in notes(parsed(replace(TYPICAL["bars"], series=(holed,)), "en"))
    assert told not in notes(parsed(TYPICAL["bars"], "en"))
    assert told not in notes(parsed(TYPICAL["funnel"], "en"))  # only the first stage has no rate
    assert told not in notes(parsed(TYPICAL["cohort"], "en"))


def test_a_column_of_several_units_prints_them_in_its_cells():
    table = Table("t", TITLE, header=(Text("label.metric"), Text("label.actual")),
                  rows=(("a", SALES), ("b", ratio(0.5)), ("c", Figure("dso", 41.2, "days", "2026-H1"))))  # fmt: skip
    root = parsed(table)
    assert cells(root, 0) == ["指标", "实际"]
    assert [cells(root, i)[1] for i in (1, 2, 3)] == ["1,234.57 万元", "50.0%", "41.2 天"]


def test_a_tables_foot_reconciles_notes_and_names_its_source(regions):
    root = parsed(regions)
    assert words(root.find("p[@class='reconciliation']")) == "单位：1,234.57 万元"
    assert notes(root)[-1] == f"单位：{NASTY}"
    assert "订单" in words(root.find("p[@class='source']"))


@pytest.mark.parametrize("form", sorted(CHARTS))
def test_a_picture_tells_its_title_and_figures_in_words(form):
    chart = replace(TYPICAL[form], summary=Text("exhibit.unit", {"unit": SALES}))
    image = parsed(chart, "en", "USD").find(".//img")
    assert image.get("alt") == "Sales. Unit: $12.35M"
    assert int(image.get("width")) == round(170 / 25.4 * 96)
    assert 90 < int(image.get("height")) < 800
    assert image.get("src").startswith("data:image/svg+xml;base64,")


def test_a_picture_without_summary_is_told_by_its_title():
    assert parsed(TYPICAL["bars"]).find(".//img").get("alt").startswith("销售额")


def test_a_picture_of_flagged_figures_says_so_below():
    figures = tuple(replace(figure, flags=("derived_target",)) for figure in TYPICAL["bars"].series[2].figures)
    chart = replace(TYPICAL["bars"], series=(Series(Text("label.target"), figures, "target"),))
    assert notes(parsed(chart, "en")) == ["Target derived from the seasonal profile"]


def test_what_is_not_provided_names_the_fields():
    exhibit = NotProvided("absent", Text("metric.sales"), missing=("payments", "orders.opp_id"))
    zh, en = words(parsed(exhibit, "zh")), words(parsed(exhibit, "en"))
    assert "payments" in zh and "orders.opp_id" in zh and "销售额" in zh
    assert en == (
        "Not providedThis is where this would stand: Sales.Data needed: Payments (payments) and Orders (orders.opp_id)."
    )


def test_what_has_too_few_records_says_why():
    told = words(parsed(NotEnough("few", Text("metric.sales"), reason=Text("label.gap")), "en"))
    assert told == "Too few recordsThis is where this would stand: Sales.Gap"
    assert "There are too few records" in words(parsed(NotEnough("few", Text("metric.sales")), "en"))


def change(metric, value, comparison="yoy", **rest) -> Figure:
    return Figure(metric, value, "ratio", "2026-H1", comparison=comparison, **rest)


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (change("sales", 0.1), "better"),  # higher is better
        (change("sales", -0.1), "worse"),
        (change("sales", 0.0), "neutral"),
        (change("sales", None), "neutral"),
        (change("dso", 0.1), "worse"),  # lower is better
        (change("dso", -0.1), "better"),
        (change("seasonal_index", 0.1), "neutral"),  # neither
        (change("sales", 1.02, "target"), "better"),
        (change("sales", 1.0, "target"), "better"),
        (change("sales", 0.98, "target"), "worse"),
        (change("sales", 0.98, "target", flags=("partial",)), "neutral"),
        (change("sales", None, "target"), "neutral"),
    ],
)
def test_the_direction_of_the_metric_judges_a_change(figure, expected):
    assert judgement(figure) == expected


def test_cards_show_figure_comparison_and_arrow():
    card = Card(
        NASTY, replace(SALES, flags=("small_n",)), (GROWTH, change("sales", 0.98, "target"), change("dso", None))
    )
    root = parsed(Cards("cards", Text(""), cards=(card,)))
    box = root.find(".//div")
    assert box.get("class") == "card weak"
    assert words(box.find("dt")) == NASTY
    value, *changes = box.findall("dd")
    assert words(value) == "1,234.57 万元"
    assert [each.get("class").split()[1] for each in changes] == ["better", "worse", "neutral"]
    assert "▲ +12.3%" in words(changes[0])
    assert "98.0%" in words(changes[1]) and "▲" not in words(changes[1])
    assert words(changes[2]).endswith("—")


def test_a_finding_tells_claim_amount_evidence_and_kind_of_evidence():
    finding = Finding("F-X", "x", False, Text("label.gap"), (Text("label.total"), Text("label.n")), "EV4", SALES)
    item = parsed(Findings("findings", TITLE, findings=(finding, replace(finding, stake=None)))).find(".//li")
    assert item.get("class") == "adverse"
    assert [words(line) for line in item] == [
        "差距",
        "销售额 1,234.57 万元",
        "合计样本数",
        "证据：相关关系，不等于因果",
    ]


def test_a_spark_tells_its_course_and_breaks_where_nothing_is_known():
    course = Spark((money(100.0), None, money(300.0), money(200.0)))
    table = Table("t", TITLE, header=(Text("label.region"), Text("label.trend")), rows=(("华东", course),))
    image = parsed(table).find(".//img")
    assert image.get("alt") == "走势：由 100.00 元到 200.00 元，最低 100.00 元，最高 300.00 元"
    drawn = b64decode(image.get("src").partition(",")[2]).decode("utf-8")
    assert drawn.count("<polyline") == 2
    alone = replace(table, rows=(("华东", Spark((money(100.0), None))),))
    assert cells(parsed(alone), 1) == ["华东", "—"]


def test_a_panel_holds_its_parts_row_by_row_and_names_the_sources_once():
    table = Table("p_table", Text("empty"), header=("a", "b"), rows=(("x", Light("red")), ("y", SALES)))
    told = Prose("p_text", Text("empty"), sentences=(TITLE,))
    panel = Panel("p", TITLE, rows=((Cards("p_cards", Text("empty"), cards=(Card("c", SALES),)),), (table, told)))
    root = parsed(panel)
    assert root.get("id") == "p" and root[0].tag == "h3"
    rows = [one for one in root if one.get("class", "").startswith("panel-row")]
    assert [[part.get("id") for part in row] for row in rows] == [["p_cards"], ["p_table", "p_text"]]
    assert sum(one.get("class") == "source" for one in root.iter("p")) == 1
    (light,) = (one for one in root.iter("span") if one.get("class") == "light red")
    assert light.text == "红"
