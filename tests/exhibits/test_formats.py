"""How numbers, periods and days are printed, by hand-worked tables in both languages."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.errors import RenderError
from salesreview.exhibits import formats
from salesreview.exhibits.formats import Scale
from salesreview.record import Figure

PERIOD = "2026-H1"
AMOUNTS = st.floats(-1e12, 1e12, allow_nan=False)


def shown(value, unit, lang, currency="CNY", style="", **rest) -> str:
    return formats.figure(Figure("sales", value, unit, PERIOD, **rest), lang, currency, style=style)


MONEY = [
    # value, zh in CNY, en in USD; two decimals, a step as soon as the rounded number would have one digit more
    (0.0, "0.00 元", "$0.00"),
    (-0.0, "0.00 元", "$0.00"),
    (0.004, "0.00 元", "$0.00"),
    (-0.004, "0.00 元", "$0.00"),
    (0.005, "0.01 元", "$0.01"),
    (-0.005, "−0.01 元", "−$0.01"),
    (999.994, "999.99 元", "$999.99"),
    (999.995, "1,000.00 元", "$1.00K"),
    (9_999.99, "9,999.99 元", "$10.00K"),
    (9_999.995, "1.00 万元", "$10.00K"),
    (12_345.0, "1.23 万元", "$12.35K"),
    (12_350.0, "1.24 万元", "$12.35K"),
    (999_994.99, "100.00 万元", "$999.99K"),
    (999_995.0, "100.00 万元", "$1.00M"),
    (12_345_678.0, "1,234.57 万元", "$12.35M"),
    (-12_345_678.0, "−1,234.57 万元", "−$12.35M"),
    (99_999_949.0, "9,999.99 万元", "$100.00M"),
    (99_999_950.0, "1.00 亿元", "$100.00M"),
    (123_456_789.0, "1.23 亿元", "$123.46M"),
    (999_994_999.0, "10.00 亿元", "$999.99M"),
    (999_995_000.0, "10.00 亿元", "$1.00B"),
    (-5_432_100_000_000.0, "−5.43 万亿元", "−$5,432.10B"),
]


@pytest.mark.parametrize(("value", "zh", "en"), MONEY)
def test_money_takes_the_step_of_its_rounded_value(value, zh, en):
    assert shown(value, "money", "zh", "CNY") == zh
    assert shown(value, "money", "en", "USD") == en


@pytest.mark.parametrize(
    ("currency", "zh", "en"),
    [
        ("CNY", "1,234.57 万元", "¥12.35M"),
        ("USD", "1,234.57 万美元", "$12.35M"),
        ("EUR", "1,234.57 万欧元", "€12.35M"),
        ("GBP", "1,234.57 万英镑", "£12.35M"),
        ("CHF", "1,234.57 万瑞士法郎", "CHF 12.35M"),
    ],
)
def test_each_currency_has_its_name_and_symbol(currency, zh, en):
    assert shown(12_345_678.0, "money", "zh", currency) == zh
    assert shown(12_345_678.0, "money", "en", currency) == en


def test_money_is_never_printed_in_a_guessed_currency():
    with pytest.raises(RenderError, match="without a currency"):
        shown(1.0, "money", "zh", None)
    with pytest.raises(RenderError, match=r"unknown currency.*XQX"):
        shown(1.0, "money", "en", "XQX")


OTHERS = [
    # unit, value, zh, en
    ("ratio", 0.1235, "12.4%", "12.4%"),
    ("ratio", -0.1235, "−12.4%", "−12.4%"),
    ("ratio", 0.12345, "12.3%", "12.3%"),
    ("ratio", -0.0004, "0.0%", "0.0%"),
    ("ratio", -0.0005, "−0.1%", "−0.1%"),
    ("ratio", 1.0, "100.0%", "100.0%"),
    ("ratio", 12.3456, "1,234.6%", "1,234.6%"),
    ("pp", 0.0125, "+1.3 个百分点", "+1.3 pp"),
    ("pp", -0.0125, "−1.3 个百分点", "−1.3 pp"),
    ("pp", -0.0, "0.0 个百分点", "0.0 pp"),
    ("pp", 0.0004, "0.0 个百分点", "0.0 pp"),
    ("count", 0.0, "0", "0"),
    ("count", 1_234_567.0, "1,234,567", "1,234,567"),
    ("count", 2.5, "2.5", "2.5"),
    ("count", 2.25, "2.3", "2.3"),
    ("count", 1_000.5, "1,001", "1,001"),
    ("days", 41.25, "41.3 天", "41.3 days"),
    ("days", -3.0, "−3 天", "−3 days"),
    ("months", 7.0, "7 个月", "7 months"),
    ("hours", 1_234.56, "1,235 小时", "1,235 hours"),
    ("score", 4.25, "4.3", "4.3"),
    ("index", 0.985, "0.99", "0.99"),
    ("index", 99.999, "100.00", "100.00"),
    ("index", 103.5, "104", "104"),
    ("times", 3.05, "3.1 倍", "3.1×"),
    ("fte", 12.0, "12.0 人", "12.0 FTE"),
]


@pytest.mark.parametrize(("unit", "value", "zh", "en"), OTHERS)
def test_other_units(unit, value, zh, en):
    assert shown(value, unit, "zh", None) == zh
    assert shown(value, unit, "en", None) == en


def test_a_change_bears_its_sign():
    for comparison in ("yoy", "seq"):
        assert shown(0.123, "ratio", "zh", comparison=comparison) == "+12.3%"
        assert shown(-0.123, "ratio", "en", comparison=comparison) == "−12.3%"
        assert shown(0.0, "ratio", "en", comparison=comparison) == "0.0%"
    assert shown(0.987, "ratio", "zh", comparison="target") == "98.7%"


@pytest.mark.parametrize(
    ("style", "zh", "en"),
    [("", "−123.46 万元", "−$1.23M"), ("signed", "−123.46 万元", "−$1.23M"), ("abs", "123.46 万元", "$1.23M"),
     ("plain", "−1,234,567", "−1,234,567")],
)  # fmt: skip
def test_styles_of_a_negative_amount(style, zh, en):
    assert shown(-1_234_567.0, "money", "zh", style=style) == zh
    assert shown(-1_234_567.0, "money", "en", "USD", style=style) == en


def test_styles_of_a_positive_amount_and_a_change():
    assert shown(1_234_567.0, "money", "en", "USD", style="signed") == "+$1.23M"
    assert shown(1_234_567.0, "money", "zh", style="signed") == "+123.46 万元"
    assert shown(0.0125, "pp", "zh", style="abs") == "1.3 个百分点"
    assert shown(0.123, "ratio", "zh", style="plain", comparison="yoy") == "12.3"


@pytest.mark.parametrize(
    ("flags", "zh", "en"),
    [((), "—", "—"), (("no_base",), "无可比基数", "no base"), (("no_target",), "未设目标", "no target"),
     (("partial", "no_target"), "未设目标", "no target"), (("small_n",), "—", "—")],
)  # fmt: skip
def test_what_stands_for_no_value(flags, zh, en):
    assert shown(None, "money", "zh", None, flags=flags) == zh
    assert shown(None, "ratio", "en", None, flags=flags) == en


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_not_finite_is_an_error(value):
    with pytest.raises(RenderError, match="not finite"):
        shown(value, "ratio", "zh")


def test_an_unknown_unit_is_an_error():
    with pytest.raises(RenderError, match=r"unknown unit.*kilo"):
        shown(1.0, "kilo", "zh")


COLUMNS = [
    # largest value, zh power and header (CNY), en power and header (USD)
    (0.0, 0, "元", 0, "$"),
    (9_999.99, 0, "元", 0, "$"),
    (10_000.0, 4, "万元", 3, "$K"),
    (99_999_999.0, 4, "万元", 3, "$K"),
    (100_000_000.0, 4, "万元", 6, "$M"),
    (9_999_999_999.0, 4, "万元", 6, "$M"),
    (10_000_000_000.0, 8, "亿元", 6, "$M"),
    (100_000_000_000.0, 8, "亿元", 9, "$B"),
    (100_000_000_000_000.0, 12, "万亿元", 9, "$B"),
]


@pytest.mark.parametrize(("largest", "zh", "zh_header", "en", "en_header"), COLUMNS)
def test_a_column_has_one_scale_by_its_largest_value(largest, zh, zh_header, en, en_header):
    values = [1.0, None, -largest]
    assert formats.scale("money", values, "zh", column=True) == Scale("money", zh, 2)
    assert formats.scale("money", values, "en", column=True) == Scale("money", en, 2)
    assert formats.header(Scale("money", zh, 2), "zh", "CNY") == zh_header
    assert formats.header(Scale("money", en, 2), "en", "USD") == en_header


AXES = [
    # largest value, Chinese power and decimals, English power and decimals
    (99.0, (0, 2), (0, 2)),
    (100.0, (0, 1), (0, 1)),
    (9_999.0, (0, 0), (0, 0)),
    (10_000.0, (4, 2), (3, 2)),
    (999_999.0, (4, 2), (3, 1)),
    (1_000_000.0, (4, 1), (3, 0)),
    (10_000_000.0, (4, 0), (6, 2)),
    (999_999_999.0, (4, 0), (6, 1)),
    (1_000_000_000.0, (8, 2), (6, 0)),
    (10_000_000_000.0, (8, 1), (9, 2)),
]


@pytest.mark.parametrize(("largest", "zh", "en"), AXES)
def test_an_axis_has_few_digits(largest, zh, en):
    assert formats.axis_scale("money", [largest, None, 1.0], "zh") == Scale("money", *zh)
    assert formats.axis_scale("money", [largest, None, 1.0], "en") == Scale("money", *en)


def test_scales_of_nothing_and_of_other_units():
    assert formats.scale("money", [], "zh") == formats.scale("money", [None], "zh") == Scale("money", 0, 2)
    assert formats.axis_scale("ratio", [0.5], "zh") == Scale("ratio", -2, 1)
    assert formats.scale("count", [3.0, 2.5, None], "en") == Scale("count", 0, 1)
    assert formats.scale("count", [3_000.0, 2.5], "en") == Scale("count", 0, 0)
    assert formats.scale("count", [3.0, 2.0], "en") == Scale("count", 0, 0)


@pytest.mark.parametrize(
    ("value", "how", "zh", "en"),
    [(12_345_678.0, Scale("money", 4, 2), "1,234.57", "1,234.57"), (-44.0, Scale("money", 4, 2), "0.00", "0.00"),
     (0.1235, Scale("ratio", -2, 1), "12.4%", "12.4%"), (0.0125, Scale("pp", -2, 1), "1.3", "1.3"),
     (41.25, Scale("days", 0, 1), "41.3", "41.3")],
)  # fmt: skip
def test_in_a_column_the_unit_stands_in_the_header(value, how, zh, en):
    assert formats.in_column(value, how, "zh") == zh
    assert formats.in_column(value, how, "en") == en


def test_headers_of_other_units():
    told = {unit: (formats.header(Scale(unit), "zh", None), formats.header(Scale(unit), "en", None))
            for unit in formats.UNITS if unit != "money"}  # fmt: skip
    assert told == {
        "ratio": ("", ""), "pp": ("个百分点", "pp"), "count": ("", ""), "days": ("天", "days"),
        "months": ("月", "months"), "hours": ("小时", "hours"), "score": ("", ""), "index": ("", ""),
        "times": ("倍", "×"), "fte": ("人", "FTE"),
    }  # fmt: skip


PERIODS = [
    # code, zh, zh short, en, en short
    ("2026-FY", "2026年度", "全年", "FY 2026", "Full year"),
    ("2026-H1", "2026年上半年", "上半年", "H1 2026", "H1"),
    ("2025-H2", "2025年下半年", "下半年", "H2 2025", "H2"),
    ("2026-Q1", "2026年一季度", "一季度", "Q1 2026", "Q1"),
    ("2026-Q4", "2026年四季度", "四季度", "Q4 2026", "Q4"),
    ("2026-M01", "2026年1月", "1月", "Jan 2026", "Jan"),
    ("2026-M12", "2026年12月", "12月", "Dec 2026", "Dec"),
]


@pytest.mark.parametrize(("code", "zh", "zh_short", "en", "en_short"), PERIODS)
def test_periods_in_words(code, zh, zh_short, en, en_short):
    assert (formats.period(code, "zh"), formats.period(code, "zh", short=True)) == (zh, zh_short)
    assert (formats.period(code, "en"), formats.period(code, "en", short=True)) == (en, en_short)


def test_a_range_is_its_two_days():
    assert formats.period("2026-01-01:2026-04-15", "zh") == "2026年1月1日至2026年4月15日"
    assert formats.period("2026-01-01:2026-04-15", "en") == "1 Jan 2026 – 15 Apr 2026"
    assert formats.day(date(2026, 6, 30), "zh") == "2026年6月30日"
    assert formats.day(date(2026, 6, 3), "en") == "3 Jun 2026"


@pytest.mark.parametrize("code", ["", "H1", "2026", "2026-H3", "2026-Q5", "2026-M13", "2026-M1", "2026-01-01:", "x:y"])
def test_what_is_no_period_code(code):
    with pytest.raises(RenderError, match="no period code"):
        formats.period(code, "en")


def test_flags_in_words():
    assert formats.note("coverage=0.83", "zh") == "仅覆盖 83.0% 的记录"
    assert formats.note("coverage=0.83", "en") == "covers 83.0% of the records"
    assert formats.note("small_n", "zh").startswith("样本量不足")


@given(value=AMOUNTS, power=st.sampled_from([-2, 0, 3, 4, 8]), decimals=st.integers(0, 2))
def test_rounding_is_half_up_on_the_shortest_decimal(value, power, decimals):
    exact = Decimal(repr(value)) / Decimal(10) ** power
    expected = exact.quantize(Decimal(10) ** -decimals, ROUND_HALF_UP)
    assert formats.rounded(value, power, decimals) == expected
    assert not formats.rounded(value, power, decimals).is_signed() or value < 0


@given(value=AMOUNTS, lang=st.sampled_from(["zh", "en"]))
def test_the_sign_is_the_only_thing_that_a_negative_amount_adds(value, lang):
    plus, minus = (shown(abs(value) * sign, "money", lang) for sign in (1, -1))
    assert minus in (plus, "−" + plus)
    assert shown(value, "money", lang, style="abs") == plus
    assert shown(abs(value), "money", lang, style="signed") in (plus, "+" + plus)


@given(value=AMOUNTS)
def test_both_languages_print_the_same_amount_within_their_rounding(value):
    steps = {"万亿元": 12, "亿元": 8, "万元": 4, "元": 0, "B": 9, "M": 6, "K": 3, "": 0}

    def read(text: str) -> tuple[Decimal, Decimal]:
        digits = "".join(c for c in text if c.isdigit() or c == ".")
        unit = text.rpartition(" ")[2] if " " in text else text[-1:].strip("0123456789")
        step = Decimal(10) ** steps[unit]
        return Decimal(digits) * step, step * Decimal("0.005")

    for text in (shown(value, "money", "zh"), shown(value, "money", "en")):
        amount, half_step = read(text)
        assert abs(amount - abs(Decimal(repr(value)))) <= half_step
