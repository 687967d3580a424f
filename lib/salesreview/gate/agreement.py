"""The same number everywhere: record, figures.jsonl and what is printed in each language."""

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from ..record import same
from .expected import Expected, Headline
from .page import HtmlPage
from .problem import Check, Fault

FIGURES = "figures.jsonl"
KEY = ("metric", "dimension", "member", "period", "comparison")
STEPS = {"zh": {"万亿": 12, "亿": 8, "万": 4}, "en": {"B": 9, "M": 6, "K": 3}}
NUMBER = re.compile(r"([+−-])?[^\d+−-]*([\d,]+(?:\.(\d+))?)\s*(.*)")


class FigureLines:
    """figures.jsonl, read once. ``lines`` are its objects; ``faults`` what could not be read."""

    def __init__(self, folder: Path):
        self.faults: list[Fault] = []
        self.lines: list[Mapping] = []
        for number, line in enumerate((folder / FIGURES).read_text(encoding="utf-8").splitlines(), 1):
            try:
                self.lines.append(json.loads(line, parse_constant=_refuse))
            except ValueError as error:
                self.faults.append(Fault(f"line {number}", "not a line of JSON", got=error))

    def of(self, variant: str) -> dict[tuple, Mapping]:
        return {_key(line): line for line in self.lines if line.get("variant") == variant}


def readable(figures: FigureLines) -> Iterator[Fault]:
    """Every line is JSON without NaN; one figure has one value in all reviews."""
    yield from figures.faults
    known: dict[tuple, Mapping] = {}
    for line in figures.lines:
        first = known.setdefault(_key(line), line)
        if not same(first.get("value"), line.get("value")) or first.get("unit") != line.get("unit"):
            told = f"{line.get('value')} in {line.get('variant')}"
            yield Fault(
                _name(line), "one figure has two values", f"{first.get('value')} as in {first['variant']}", told
            )


def recorded(figures: FigureLines, expected: Expected) -> Iterator[Fault]:
    """The lines of a review are the figures of its record: none missing, none more, each with its value."""
    lines = figures.of(expected.variant)
    wanted = {figure.key: figure for figure in expected.record.figures}
    currency = expected.record.currency
    for key, figure in wanted.items():
        line = lines.get(key)
        if line is None:
            yield Fault(_words(key), f"a figure of {expected.variant} that the file lacks", figure.value)
        elif not same(line.get("value"), figure.value):
            yield Fault(_words(key), "another value than in the record", figure.value, line.get("value"))
        elif line.get("unit") != (currency if figure.unit == "money" else figure.unit):
            yield Fault(_words(key), "another unit than in the record", figure.unit, line.get("unit"))
    for key in lines.keys() - wanted.keys():
        yield Fault(_words(key), f"a figure that the record of {expected.variant} lacks", got=lines[key].get("value"))


def headlines(page: HtmlPage, expected: Expected) -> Iterator[Fault]:
    """The printed headline figures, read back as numbers, are those of the record to the printed digit."""
    values = [element.get_text().strip() for element in page.soup.select(".cover .card-value")]
    for headline, printed in zip(expected.headlines(page.lang), values, strict=False):
        wrong = printed_fault(printed, headline, page.lang)
        if wrong:
            yield Fault("cover", f"{headline.label}: {wrong}", headline.value, printed)


def printed_fault(printed: str, headline: Headline, lang: str) -> str | None:
    """Why ``printed`` is not the headline's figure; None when it is, to half a unit of the last digit."""
    found = NUMBER.match(printed)
    if headline.value is None:
        return "a number where the record has none" if found else None
    if not found:
        return "no number"
    number = Decimal(found[2].replace(",", "")) * (-1 if found[1] in ("−", "-") else 1)
    power = next((power for step, power in STEPS[lang].items() if found[4].startswith(step)), 0)
    if headline.unit != "money":
        power = -2 if headline.unit in ("ratio", "pp") else 0
    half = Decimal(1).scaleb(power - len(found[3] or "")) / 2
    away = abs(number.scaleb(power) - Decimal(repr(float(headline.value))))
    return None if away <= half * Decimal("1.000001") else "the printed number is not that of the record"


def _refuse(constant: str):
    raise ValueError(f"{constant} is not a number")


def _key(line: Mapping) -> tuple:
    return tuple(line.get(part) for part in KEY)


def _name(line: Mapping) -> str:
    return _words(_key(line))


def _words(key: tuple) -> str:
    return " ".join(str(part) for part in key if part is not None)


PAGE = (Check("figures.printed", "headline figures read back from the page are the record's to the digit", headlines),)
CHECKS = (Check("figures.readable", "figures.jsonl is strict JSON; one figure has one value in all reviews", readable),)
REVIEW = (Check("figures.record", "figures.jsonl holds the figures of each record, no less, no more", recorded),)
