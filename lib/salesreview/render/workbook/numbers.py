"""Excel's number formats for the units of the record; values stay what they are (ratios 0-1, money in whole units)."""

from ...exhibits import formats
from ...exhibits.entries import word
from ...record import Figure

ONE_DECIMAL = "#,##0.0"
WHOLE_INDEX = 100


def number_format(figure: Figure, lang: str, currency: str, *, alone: bool) -> str:
    """The format of one cell; ``alone`` puts the unit beside the number, for columns that mix units.

    Ratios and percentage points are shown in per cent; changes bear a sign.
    """
    shape = _shape(figure)
    if alone:
        before, after = _unit(figure.unit, lang, currency)
        shape = _quoted(before) + shape + _quoted(after)
    return f"+{shape};-{shape};{shape}" if formats.is_change(figure) else f"{shape};-{shape}"


def unit_name(unit: str, lang: str, currency: str) -> str:
    """The unit as a header names it; money in whole units of the currency, "" where the number says it."""
    return formats.header(formats.Scale(unit), lang, currency)


def _shape(figure: Figure) -> str:
    value = figure.value or 0
    if figure.unit == "money":
        return "#,##0.00"
    if figure.unit in formats.PERCENT:
        return "0.0%"
    if figure.unit == "count":
        return "#,##0" if float(value).is_integer() else ONE_DECIMAL
    if figure.unit == "index":
        return "#,##0" if abs(value) >= WHOLE_INDEX else "0.00"
    return ONE_DECIMAL


def _unit(unit: str, lang: str, currency: str) -> tuple[str, str]:
    """What stands before and after a number: a currency's symbol, days, times."""
    if unit == "money":
        name, symbol = formats.currency_words(currency, lang)
        return ("", f" {name}") if lang == "zh" else (symbol, "")
    if unit == "ratio":
        return "", ""
    if unit == "pp":
        return "", word("workbook.points", lang)
    before, _, after = word(f"unit.{unit}", lang, value="\0").partition("\0")
    return before, after


def _quoted(words: str) -> str:
    return '"' + words.replace('"', "") + '"' if words else ""
