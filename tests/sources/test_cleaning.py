"""Each accepted form of each macro, with its value worked out by hand."""

from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesreview.errors import MappingError
from salesreview.sources import cleaning


def connection(date_order=None):
    con = duckdb.connect()
    cleaning.install(con, date_order)
    return con


UNDECLARED, MONTH_FIRST, DAY_FIRST, YEAR_FIRST = (connection(order) for order in (None, "MDY", "DMY", "YMD"))


def value(macro, given_value, con=UNDECLARED):
    return con.execute(f"SELECT {macro}(?)", [given_value]).fetchone()[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1234.5", "1234.5"),
        ("-7", "-7"),
        ("+7", "7"),
        (".5", "0.5"),
        ("5.", "5"),
        (" 7 ", "7"),
        ("\u30007\u00a0", "7"),
        ("¥1,234.50", "1234.5"),
        ("￥ 1,234", "1234"),
        ("$5", "5"),
        ("€5", "5"),
        ("5 €", "5"),
        ("£5", "5"),
        ("5元", "5"),
        ("5 元", "5"),
        ("3.5万", "35000"),
        ("3.5万元", "35000"),
        ("1.2亿", "120000000"),
        ("1.2 亿元", "120000000"),
        ("1,234,567.89", "1234567.89"),
        ("１，２３４．５", "1234.5"),
        ("1 234 567.5", "1234567.5"),
        ("(1,234)", "-1234"),
        ("（1,234）", "-1234"),
        ("$(1,234)", "-1234"),
        ("(¥1,234)", "-1234"),
        ("1,234-", "-1234"),
        ("-¥5", "-5"),
        ("¥-5", "-5"),
        ("－５", "-5"),
        ("−5", "-5"),
        ("-1.5万", "-15000"),
        ("1.2E+05", "120000"),
        ("1.5e-3", "0.0015"),
        ("125.43999999999998", "125.44"),
        ("99999999999999999999999999.99", "99999999999999999999999999.99"),
    ],
)
def test_numbers_as_people_write_them(text, expected):
    assert value("to_number", text) == Decimal(expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\u3000",
        "-",
        ".",
        "e5",
        "abc",
        "NaN",
        "inf",
        "12%",
        "1_000",
        "--5",
        "(-5)",
        "12 34",
        "1,23",
        "1234,567",
        "12.5.5",
        "5.5.",
        "1.2e5万",
        "1e99",
        "1.234,56",
        "5-6",
        "2024-03-05",
        "0x10",
        "5 apples",
        "一百",
    ],
)
def test_what_is_no_number_is_null(text):
    assert value("to_number", text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.5%", "0.125"),
        ("１２％", "0.12"),
        ("12.5 %", "0.125"),
        ("0.125", "0.125"),
        ("(5%)", "-0.05"),
        ("-5%", "-0.05"),
        ("1,234%", "12.34"),
        ("100%", "1"),
        ("12.5", "12.5"),
    ],
)
def test_fractions(text, expected):
    assert value("to_fraction", text) == Decimal(expected)


@pytest.mark.parametrize("text", ["%", "5%%", "a%", "5万%", ""])
def test_what_is_no_fraction_is_null(text):
    assert value("to_fraction", text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-05",
        "2024-3-5",
        "2024/3/5",
        "2024/03/05",
        "2024.3.5",
        "20240305",
        "2024年3月5日",
        "2024年03月05日",
        "2024 年 3 月 5 日",
        "2024年3月5号",
        "２０２４－０３－０５",
        " 2024-03-05\u3000",
        "5-Mar-2024",
        "05 March 2024",
        "5.mar.2024",
        "Mar 5, 2024",
        "March 5 2024",
        "45356",
        "45356.0",
        "2024-03-05 00:00:00",
    ],
)
def test_days_as_people_write_them(text):
    assert value("to_date", text) == date(2024, 3, 5)
    assert value("to_timestamp_", text) == datetime(2024, 3, 5)


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-05 14:30:00",
        "2024-03-05T14:30",
        "2024/3/5 14:30",
        "2024-03-05T14:30:00Z",
        "2024-03-05 14:30:00+08:00",
        "2024-03-05 14:30:00+08",
        "2024-03-05 14:30:00 UTC",
        "2024-03-05 2:30 PM",
        "2024/3/5 2:30:00pm",
        "2024年3月5日 14:30",
        "2024年3月5日14时30分",
        "2024年3月5日14时30分0秒",
        "2024/3/5 下午2:30",
        "20240305143000",
        "5-Mar-2024 14:30",
        "Mar 5, 2024 2:30 PM",
        "45356.604166666664",
    ],
)
def test_times_are_the_clock_time_as_written(text):
    assert value("to_timestamp_", text) == datetime(2024, 3, 5, 14, 30)
    assert value("to_date", text) == date(2024, 3, 5)


def test_fractions_of_a_second_are_kept_to_the_microsecond():
    assert value("to_timestamp_", "2024-03-05 10:11:12.123456789Z") == datetime(2024, 3, 5, 10, 11, 12, 123456)


@pytest.mark.parametrize(
    ("text", "month_first", "day_first"),
    [
        ("3/5/2024", date(2024, 3, 5), date(2024, 5, 3)),
        ("03-05-2024", date(2024, 3, 5), date(2024, 5, 3)),
        ("3.5.2024 10:00", date(2024, 3, 5), date(2024, 5, 3)),
        ("3/5/24", date(2024, 3, 5), date(2024, 5, 3)),
        ("3/5/99", date(1999, 3, 5), date(1999, 5, 3)),
        ("13/5/2024", None, date(2024, 5, 13)),
        ("5/13/2024", date(2024, 5, 13), None),
        ("5-Mar-24", date(2024, 3, 5), date(2024, 3, 5)),
        ("2024-03-05", date(2024, 3, 5), date(2024, 3, 5)),
    ],
)
def test_an_ambiguous_day_follows_the_declared_order(text, month_first, day_first):
    assert value("to_date", text, MONTH_FIRST) == month_first
    assert value("to_date", text, DAY_FIRST) == day_first


@pytest.mark.parametrize("text", ["3/5/2024", "3/5/24", "24/3/5", "5-Mar-24"])
def test_an_ambiguous_day_without_declared_order_is_null(text):
    assert value("to_date", text) is None


def test_year_first_reads_short_years():
    assert value("to_date", "24/3/5", YEAR_FIRST) == date(2024, 3, 5)
    assert value("to_date", "3/5/2024", YEAR_FIRST) is None


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30",
        "2024-13-01",
        "2024-03",
        "2024",
        "19999",
        "80001",
        "80000.5.1",
        "junk",
        "2024-03-05 25:00",
        "5-Foo-2024",
        "0024-03-05",
        "20241301",
        "2024-03-05 10:00 rest",
        "tomorrow",
        "",
    ],
)
def test_what_is_no_day_is_null(text):
    assert value("to_date", text) is None
    assert value("to_timestamp_", text, MONTH_FIRST) is None


@pytest.mark.parametrize("text", ["是", "有", "true", "TRUE", "Yes", "y", "1", "１", " 是 "])
def test_true(text):
    assert value("to_bool", text) is True


@pytest.mark.parametrize("text", ["否", "无", "false", "False", "no", "N", "0", "０"])
def test_false(text):
    assert value("to_bool", text) is False


@pytest.mark.parametrize("text", ["maybe", "2", "", "不", "-1"])
def test_neither_true_nor_false_is_null(text):
    assert value("to_bool", text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\ufeff\u3000华东\u00a0", "华东"),
        ("ＡＢ　Ｃ", "ＡＢ　Ｃ"),
        ("NA", "NA"),
        ("　", None),
        ("", None),
        (" a\n", "a"),
    ],
)
def test_text_is_trimmed_and_otherwise_left_alone(text, expected):
    assert value("clean_text", text) == expected


@pytest.mark.parametrize("macro", cleaning.MACROS)
def test_null_stays_null(macro):
    assert value(macro, None) is None


def test_typed_values_pass():
    assert value("to_date", date(2024, 3, 5)) == date(2024, 3, 5)
    assert value("to_date", datetime(2024, 3, 5, 14)) == date(2024, 3, 5)
    assert value("to_timestamp_", datetime(2024, 3, 5, 14, 30, 1)) == datetime(2024, 3, 5, 14, 30, 1)
    assert value("to_number", Decimal("12.30")) == Decimal("12.3")
    assert value("to_number", 5) == 5
    assert value("to_number", 1e16) == 10**16
    assert value("to_bool", True) is True
    assert value("clean_text", 5) == "5"


def test_an_unknown_order_is_an_error():
    with pytest.raises(MappingError, match="MDY, DMY or YMD"):
        cleaning.install(duckdb.connect(), "dmy")


@settings(max_examples=50, deadline=None)
@given(st.decimals(min_value=-(10**18), max_value=10**18, places=4, allow_nan=False))
def test_a_number_survives_being_formatted(number):
    wide = f"{number:,}".translate(str.maketrans("0123456789,.-", "０１２３４５６７８９，．－"))
    brackets = f"({-number:,})" if number < 0 else f"¥{number:,}"
    for text in (str(number), f"{number:,}", wide, brackets, f"{number}元", f"{number:E}"):
        assert value("to_number", text) == number, text


@settings(max_examples=40, deadline=None)
@given(st.dates(min_value=date(1955, 1, 1), max_value=date(2068, 12, 31)))
def test_a_day_survives_being_formatted(day):
    year, month, number = day.year, day.month, day.day
    serial = (day - date(1899, 12, 30)).days
    for text in (f"{day}", f"{year}/{month}/{number}", f"{year}年{month}月{number}日", f"{day:%Y%m%d}", f"{serial}"):
        assert value("to_date", text) == day, text
    assert value("to_date", f"{month}/{number}/{year}", MONTH_FIRST) == day
    assert value("to_date", f"{number}.{month}.{year}", DAY_FIRST) == day


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=24) | st.text(alphabet="0123456789-/.:, TZ年月日eE%()¥万上下午", max_size=24))
def test_no_text_is_an_error(text):
    text = text.replace("\x00", "")
    UNDECLARED.execute(f"SELECT {', '.join(f'{macro}($1)' for macro in cleaning.MACROS)}", [text])
