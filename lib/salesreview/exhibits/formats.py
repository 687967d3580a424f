"""How numbers, periods and days are printed. Nothing else formats a number.

Rounding is half up, away from zero (四舍五入), on the shortest decimal that names the float: 0.1235 is 12.4 %,
-0.1235 is −12.4 %. What is printed is the figure's value rounded once. A minus is U+2212, which is as wide as the
plus and a digit and comes out of a PDF as itself; a value that rounds to zero has no sign.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import pairwise
from math import isfinite

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, get_currency_name, get_currency_symbol

from ..errors import RenderError
from ..record import Figure
from .entries import word

NOTHING = "—"
MINUS = "−"
LOCALES = {"zh": "zh_CN", "en": "en_US"}
UNITS = ("money", "ratio", "pp", "count", "days", "months", "hours", "score", "index", "times", "fte")
STEPS = {"zh": (0, 4, 8, 12), "en": (0, 3, 6, 9)}
"""Powers of ten that have a word: 万, 亿, 万亿; K, M, B."""
COLUMN_FROM = {"zh": (0, 10**4, 10**10, 10**14), "en": (0, 10**4, 10**8, 10**11)}
"""From which largest value on a whole column is printed in each step: later than in a sentence, so that the small
rows of a column keep their digits."""
AXIS_FROM = {"zh": (0, 10**4, 10**9, 10**13), "en": (0, 10**4, 10**7, 10**10)}
"""The same for the axes of charts, whose values bear fewer digits."""
DECIMALS = {"ratio": 1, "pp": 1, "days": 1, "months": 1, "hours": 1, "score": 1, "times": 1, "fte": 1}
PERCENT = ("ratio", "pp")
SPANS = ("days", "months", "hours")
"""Units printed without decimals when whole, and from a hundred on outside columns."""


@dataclass(frozen=True)
class Scale:
    """How the values of one unit are printed: divided by ``10**power``, with ``decimals``."""

    unit: str
    power: int = 0
    decimals: int = 0


def rounded(value: float, power: int = 0, decimals: int = 0) -> Decimal:
    """``value / 10**power`` rounded half up to ``decimals``; never a negative zero.

    >>> rounded(0.1235, -2, 1), rounded(-0.0004, -2, 1)
    (Decimal('12.4'), Decimal('0.0'))
    """
    if not isfinite(value):
        raise RenderError("a number that is not finite", got=value, advice="None stands for what is not known")
    exact = Decimal(repr(float(value))).scaleb(-power)
    result = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def number(value: float, lang: str, *, power: int = 0, decimals: int = 0, sign: str = "") -> str:
    """``value / 10**power`` grouped and rounded; ``sign`` is "signed" (a plus too) or "abs" (none).

    >>> number(-1234567, "zh", power=4, decimals=2)
    '−123.46'
    """
    result = rounded(value, power, decimals)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    digits = format_decimal(abs(result), format=pattern, locale=LOCALES[lang], decimal_quantization=False)
    if sign == "abs" or result == 0:
        return digits
    return (MINUS if result < 0 else "+" if sign == "signed" else "") + digits


def scale(unit: str, values: Iterable[float | None], lang: str, *, column: bool = False) -> Scale:
    """The one scale for ``values`` of ``unit``, decided by the largest; ``column`` for tables and axes."""
    if unit not in UNITS:
        raise RenderError("unknown unit", expected=", ".join(UNITS), got=unit)
    values = list(values)
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    if unit == "money":
        return _money_scale(largest, lang, column)
    if unit == "index":
        return Scale(unit, 0, 0 if largest >= 100 else 2)
    whole = all(value is None or float(value).is_integer() for value in values)
    if unit == "count":
        return Scale(unit, 0, 0 if whole or largest >= 1000 else 1)
    if unit in SPANS and (whole or (largest >= 100 and not column)):
        return Scale(unit)
    return Scale(unit, -2 if unit in PERCENT else 0, DECIMALS[unit])


def _money_scale(largest: float, lang: str, column: bool) -> Scale:
    powers = STEPS[lang]
    if column:
        return Scale("money", _step_from(COLUMN_FROM[lang], largest, lang), 2)
    for power, above in pairwise(powers):
        if rounded(largest, power, 2) < 10 ** (above - power):
            return Scale("money", power, 2)
    return Scale("money", powers[-1], 2)


def axis_scale(unit: str, values: Iterable[float | None], lang: str) -> Scale:
    """The one scale of a chart's axis; money bears no decimals from a thousand on, one from a hundred on.

    >>> axis_scale("money", [52_340_000.0, 1_000_000.0], "zh")
    Scale(unit='money', power=4, decimals=0)
    """
    values = list(values)
    if unit != "money":
        return scale(unit, values, lang)
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    power = _step_from(AXIS_FROM[lang], largest, lang)
    return Scale(unit, power, int(sum(largest < limit * 10**power for limit in (100, 1000))))


def _step_from(starts: tuple[int, ...], largest: float, lang: str) -> int:
    return max(power for power, start in zip(STEPS[lang], starts, strict=True) if largest >= start)


def figure(shown: Figure, lang: str, currency: str | None = None, *, style: str = "") -> str:
    """A figure in running text, with its unit.

    ``style``: "" as the unit says (percentage points and changes bear a sign), "signed", "abs", or "plain" (the number
    without unit; money in whole currency units). None is "—", or 未设目标 / 无可比基数 when flagged so.

    >>> figure(Figure("sales", 12345678, "money", "2026-H1"), "zh", "CNY")
    '1,234.57 万元'
    >>> figure(Figure("sales", 12345678, "money", "2026-H1"), "en", "USD")
    '$12.35M'
    """
    if shown.value is None:
        return absent(shown, lang)
    sign = style if style in ("signed", "abs") else "signed" if not style and is_change(shown) else ""
    how = scale(shown.unit, (shown.value,), lang)
    if style == "plain":
        whole = Scale("money") if shown.unit == "money" else how
        return number(shown.value, lang, power=whole.power, decimals=whole.decimals)
    return with_unit(shown.value, how, lang, currency, sign=sign)


def is_change(shown: Figure) -> bool:
    """Whether a figure says how something changed, and therefore bears a sign."""
    return shown.unit == "pp" or shown.comparison in ("yoy", "seq")


def absent(shown: Figure, lang: str) -> str:
    """What stands for a figure without value."""
    for flag in ("no_target", "no_base"):
        if flag in shown.flags:
            return word(f"absent.{flag}", lang)
    return NOTHING


def with_unit(value: float, how: Scale, lang: str, currency: str | None, *, sign: str = "") -> str:
    """A number with its unit, as in running text: ``1,234.57 万元``, ``$12.35M``, ``12.3%``, ``+1.2 pp``."""
    digits = number(value, lang, power=how.power, decimals=how.decimals, sign=sign)
    if how.unit != "money":
        return word(f"unit.{how.unit}", lang, value=digits)
    step = _step(how.power, lang)
    name, symbol = currency_words(currency, lang)
    if lang == "zh":
        return f"{digits} {step}{name}"
    mark = digits[0] if digits[0] in f"{MINUS}+" else ""
    return f"{mark}{symbol}{digits.removeprefix(mark)}{step}"


def _step(power: int, lang: str) -> str:
    return word(f"step.{STEPS[lang].index(power)}", lang) if power else ""


def in_column(value: float, how: Scale, lang: str, *, sign: str = "") -> str:
    """A number whose unit stands in the header or on the axis; percentages keep their %."""
    digits = number(value, lang, power=how.power, decimals=how.decimals, sign=sign)
    return word("unit.ratio", lang, value=digits) if how.unit == "ratio" else digits


def header(how: Scale, lang: str, currency: str | None) -> str:
    """The unit as headers and axes name it: 万元, $M, 天, days; "" where the number needs none.

    >>> header(Scale("money", 4, 2), "zh", "CNY"), header(Scale("ratio", -2, 1), "zh", None)
    ('万元', '')
    """
    if how.unit != "money":
        return word(f"header.{how.unit}", lang)
    name, symbol = currency_words(currency, lang)
    return _step(how.power, lang) + name if lang == "zh" else symbol + _step(how.power, lang)


@cache
def currency_words(currency: str | None, lang: str) -> tuple[str, str]:
    """Name and symbol of an ISO currency: ("元", "¥"), ("美元", "$").

    Raises RenderError without a currency: money is never printed in a guessed one.
    """
    if not currency:
        raise RenderError("money without a currency", expected="the pack's ISO code, such as CNY")
    if currency == "CNY":
        return "元", "¥"
    locale = Locale.parse(LOCALES[lang])
    if currency not in locale.currencies:
        raise RenderError("unknown currency", expected="an ISO code such as CNY or USD", got=currency)
    symbol = get_currency_symbol(currency, locale=locale)
    return get_currency_name(currency, locale=locale), f"{symbol} " if symbol.isalpha() else symbol


def note(flag: str, lang: str) -> str:
    """What a figure's flag means, in words.

    >>> note("coverage=0.83", "en")
    'covers 83.0% of the records'
    """
    name, _, value = flag.partition("=")
    if not value:
        return word(f"flag.{name}", lang)
    return word(f"flag.{name}", lang, value=in_column(float(value), scale("ratio", (), lang), lang))


def sentence(words: str) -> str:
    """``words`` with a capital at the start, as a note that stands alone."""
    return words[:1].upper() + words[1:]


def day(shown: date, lang: str) -> str:
    """A day: 2026年6月30日, 30 Jun 2026."""
    return format_date(shown, format="y年M月d日" if lang == "zh" else "d MMM y", locale=LOCALES[lang])


def period(code: str, lang: str, *, short: bool = False) -> str:
    """A period code in words: 2026年上半年, H1 2026; ``short`` leaves the year out. A range is its two days.

    Raises RenderError for what is no period code.

    >>> period("2026-Q1", "zh"), period("2026-M03", "en", short=True)
    ('2026年一季度', 'Mar')
    """
    first, colon, last = code.partition(":")
    try:
        if colon:
            ends = (day(date.fromisoformat(first), lang), day(date.fromisoformat(last), lang))
            return word("period.range", lang, first=ends[0], last=ends[1])
        named = re.fullmatch(r"(\d{4})-(FY|H[12]|Q[1-4]|M(?:0[1-9]|1[0-2]))", code)
        if not named:
            raise ValueError
    except ValueError:
        raise RenderError("no period code", expected="2026-H1, 2026-M03 or two days", got=code) from None
    key = f"period.{named[2]}"
    return word(f"{key}.short", lang) if short else word(key, lang, year=named[1])
