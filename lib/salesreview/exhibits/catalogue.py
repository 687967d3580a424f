"""Texts of a record in Chinese or English: the catalogue's sentence with figures, names and periods put in."""

from collections.abc import Sequence
from datetime import date

from ..errors import RenderError
from ..record import Figure, Light, PeriodName, Spark, Text
from . import formats
from .entries import PLACEHOLDER, entries, filled, word

MEMBER_JOIN = " | "
NOTHING = "—"


def render(thing: object, lang: str, currency: str | None = None) -> str:
    """``thing`` in words: a Text, a name from the data, a PeriodName, a date, a Figure, None, or a tuple of these.

    Names are shown as they are, but for 未分类 and the enum values of the data model, which ``members.yml``
    translates. None is "—", a tuple is joined the language's way, the empty key is "". ``currency`` is the pack's ISO
    code; a money figure without it is an error.

    Raises RenderError naming key, language and placeholder when the key is missing, a placeholder has no value, a
    value has no placeholder, or a value is a bare number.

    >>> render(("华东", "华南"), "en")
    '华东 and 华南'
    >>> render(PeriodName("2026-H1"), "zh")
    '2026年上半年'
    """
    if isinstance(thing, Text):
        return _sentence(thing, lang, currency) if thing.key else ""
    if isinstance(thing, str):
        return member(thing, lang)
    if isinstance(thing, Figure):
        return formats.figure(thing, lang, currency)
    if isinstance(thing, PeriodName):
        return formats.period(thing.code, lang, short=thing.short)
    if isinstance(thing, date):
        return formats.day(thing, lang)
    if isinstance(thing, Spark):
        return _course(thing, lang, currency)
    if isinstance(thing, Light):
        return word(f"light.{thing.state}", lang)
    if thing is None:
        return NOTHING
    if isinstance(thing, Sequence):
        return joined([render(item, lang, currency) for item in thing], lang)
    raise RenderError(
        "a value that cannot be shown",
        expected="Text, name, PeriodName, date, Figure or a tuple of these",
        got=f"{thing!r} ({type(thing).__name__})",
        advice="numbers are shown as Figures",
    )


def member(name: str, lang: str) -> str:
    """A member of a dimension in the language; members joined by `` | `` each on their own.

    >>> member("战略 | 华东", "en")
    'Strategic | 华东'
    """
    known = entries(lang)
    return MEMBER_JOIN.join(known.get(f"member.{part}", part) for part in name.split(MEMBER_JOIN))


def joined(items: Sequence[str], lang: str) -> str:
    """A list in running text; an empty one is "—".

    >>> joined(["a", "b", "c"], "en"), joined(["甲", "乙"], "zh")
    ('a, b and c', '甲、乙')
    """
    if not items:
        return NOTHING
    if len(items) == 1:
        return items[0]
    comma, last = entries(lang)["common.list_comma"], entries(lang)["common.list_last"]
    return comma.join(items[:-1]) + last + items[-1]


def _course(spark: Spark, lang: str, currency: str | None) -> str:
    """A small line in words: its ends and extremes; — without two values."""
    known = [figure for figure in spark.figures if figure is not None and figure.value is not None]
    if len(known) < 2:
        return NOTHING
    ranked = sorted(known, key=lambda figure: figure.value)
    ends = {"first": known[0], "last": known[-1], "low": ranked[0], "high": ranked[-1]}
    told = {name: formats.figure(figure, lang, currency) for name, figure in ends.items()}
    return word("exhibit.spark_alt", lang, **told)


def _sentence(text: Text, lang: str, currency: str | None) -> str:
    sentence = entries(lang).get(text.key)
    if sentence is None or {name for name, _ in PLACEHOLDER.findall(sentence)} != set(text.values):
        return word(text.key, lang, **dict.fromkeys(text.values, ""))

    def put(match) -> str:
        value, style = text.values[match[1]], match[2] or ""
        if not style:
            return render(value, lang, currency)
        if not isinstance(value, Figure):
            raise RenderError(
                "only figures take a format", where=f"{lang}: {text.key}", got=f"{{{match[1]}:{style}}} with {value!r}"
            )
        return formats.figure(value, lang, currency, style=style)

    try:
        return filled(sentence, lang, put)
    except RenderError as error:
        if error.where and text.key in error.where:
            raise
        raise RenderError(
            error.what, where=f"{lang}: {text.key}", expected=error.expected, got=error.got, advice=error.advice
        ) from None
