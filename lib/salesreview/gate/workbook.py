"""pack.xlsx: numbers of the record as numbers, nothing that computes, nothing that reaches out."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from lxml import etree

from ..exhibits.entries import word
from ..record import same
from .combined import Whole
from .expected import Expected
from .leaks import leaks
from .problem import Check, Fault

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ACTIVE = ("vbaProject", "externalLinks/", "connections.xml", "embeddings/", "activeX/", "queryTables/")
COVER_ROWS = 40
CellValue = str | float | None
Values = dict[tuple[object, object], list[float]]


@dataclass
class Sheet:
    """``rows`` maps row numbers (from 1) to cells by column letter; ``formulas`` and ``errors`` name cells."""

    name: str
    rows: dict[int, dict[str, CellValue]] = field(default_factory=dict)
    formulas: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)

    def column(self, title: str) -> str | None:
        """The column that bears ``title`` in the first row."""
        return next((letters for letters, value in self.rows.get(1, {}).items() if value == title), None)


class Workbook:
    """An .xlsx file, read whole. Raises zipfile.BadZipFile, KeyError or lxml errors for what is none."""

    def __init__(self, folder: Path, name: str):
        self.name = name
        with zipfile.ZipFile(folder / name) as packed:
            damaged = packed.testzip()
            if damaged:
                raise zipfile.BadZipFile(f"{damaged} is damaged")
            self.parts = {part: packed.read(part) for part in packed.namelist()}
        self.strings = [_text(item) for item in self._xml("xl/sharedStrings.xml", empty="<sst/>")]
        self.sheets = [self._sheet(name, part) for name, part in self._sheet_parts()]

    def _xml(self, part: str, empty: str | None = None):
        data = self.parts[part] if empty is None else self.parts.get(part, empty.encode())
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))

    def _sheet_parts(self) -> Iterator[tuple[str, str]]:
        related = {item.get("Id"): item.get("Target") for item in self._xml("xl/_rels/workbook.xml.rels")}
        for sheet in self._xml("xl/workbook.xml").iter(f"{MAIN}sheet"):
            yield sheet.get("name"), posixpath.join("xl", related[sheet.get(RELATED)].removeprefix("/xl/"))

    def _sheet(self, name: str, part: str) -> Sheet:
        sheet = Sheet(name)
        root = self._xml(part)
        for cell in root.iter(f"{MAIN}c"):
            self._cell(sheet, cell)
        for link in root.iter(f"{MAIN}hyperlink"):
            sheet.links.append((link.get("ref"), link.get("location") or ""))
        return sheet

    def _cell(self, sheet: Sheet, cell) -> None:
        place, kind = cell.get("r"), cell.get("t")
        letters, number = re.fullmatch(r"([A-Z]+)(\d+)", place).groups()
        if cell.find(f"{MAIN}f") is not None:
            sheet.formulas.append(place)
        shown = cell.findtext(f"{MAIN}v")
        value: CellValue = shown
        if kind == "e":
            sheet.errors.append(place)
        elif kind == "s" and shown is not None:
            value = self.strings[int(shown)]
        elif kind == "inlineStr":
            value = _text(cell.find(f"{MAIN}is"))
        elif kind in (None, "n") and shown is not None:
            value = float(shown)
        if value is not None:
            sheet.rows.setdefault(int(number), {})[letters] = value

    @cached_property
    def by_name(self) -> dict[str, Sheet]:
        return {sheet.name: sheet for sheet in self.sheets}


def computing(book: Workbook, whole: Whole) -> Iterator[Fault]:
    """No formula, macro, connection or link to other workbooks; no error value."""
    for part in book.parts:
        if any(mark in part for mark in ACTIVE):
            yield Fault(part, "a workbook must not have this part")
    for sheet in book.sheets:
        for cell in sheet.formulas[:1]:
            yield Fault(f"{sheet.name}!{cell}", "a formula", "a number or text", f"{len(sheet.formulas)} in the sheet")
        for cell in sheet.errors[:1]:
            yield Fault(f"{sheet.name}!{cell}", "an error value", got=sheet.rows[int(re.sub(r"\D", "", cell))])


def links(book: Workbook, whole: Whole) -> Iterator[Fault]:
    """Links lead to cells of sheets that are there."""
    for sheet in book.sheets:
        for cell, location in sheet.links:
            target = location.rpartition("!")[0].strip("'").replace("''", "'")
            if target not in book.by_name:
                yield Fault(f"{sheet.name}!{cell}", "a link to a sheet that is not there", got=location or "elsewhere")


def headlines(book: Workbook, whole: Whole) -> Iterator[Fault]:
    """A sheet for each review with its headline figures as numbers."""
    for review in whole.expected:
        title = review.title(whole.lang)
        sheet = next((one for one in book.sheets if one.rows.get(1, {}).get("A") == title), None)
        if sheet is None:
            yield Fault("sheets", f"no sheet for {review.variant}", title)
            continue
        for headline in review.headlines(whole.lang):
            rows = [row for place, row in sheet.rows.items() if place <= COVER_ROWS and row.get("A") == headline.label]
            value = rows[0].get("B") if rows else None
            if not rows or not same(headline.value, value if isinstance(value, float) else None):
                place = f"{sheet.name}, {headline.label}"
                yield Fault(place, "the headline figure is not that of the record", headline.value, value)


def figures(book: Workbook, whole: Whole) -> Iterator[Fault]:
    """The list of figures holds those of the records, each with its value."""
    lang = whole.lang
    sheet = book.by_name.get(word("workbook.figures", lang))
    names = [word(f"workbook.col_{key}", lang) for key in ("review", "metric_id", "period", "value")]
    columns = [sheet.column(name) for name in names] if sheet else [None]
    if None in columns:
        yield Fault("sheets", "no list of figures", word("workbook.figures", lang))
        return
    listed: dict[str, Values] = {}
    for place, row in sheet.rows.items():
        title, metric, period, value = (row.get(letters) for letters in columns)
        if place > 1:
            _gathered(listed.setdefault(str(title), {}), metric, period, value)
    for review in whole.expected:
        yield from _compared(sheet.name, review, listed.get(review.title(lang), {}))


def _compared(sheet: str, review: Expected, listed: Values) -> Iterator[Fault]:
    wanted: Values = {}
    for one in review.record.figures:
        _gathered(wanted, one.metric, one.period, one.value)
    for metric, period in wanted.keys() | listed.keys():
        values, got = (sorted(given.get((metric, period), ())) for given in (wanted, listed))
        place = f"{sheet}, {review.variant}, {metric} {period}"
        if len(values) != len(got):
            yield Fault(place, "figures of the record in the list", len(values), len(got))
        for value, shown in zip(values, got, strict=False):
            if not same(value, shown):
                yield Fault(place, "a figure of the record is not in the list", value, shown)
                break


def _gathered(values: Values, metric: object, period: object, value: CellValue) -> None:
    """Note a figure with a value; a figure without one is an empty cell."""
    if isinstance(value, int | float):
        values.setdefault((metric, period), []).append(float(value))


def machine_words(book: Workbook, whole: Whole) -> Iterator[Fault]:
    failed = len(whole.expected) < len(whole.reviews)
    for sheet in book.sheets[1:] if failed else book.sheets:  # the first names the reasons of failed reviews
        told = {value for row in sheet.rows.values() for value in row.values() if isinstance(value, str)}
        for fault in leaks(sorted(told), whole.names):
            yield Fault(f"{sheet.name} {fault.place}", fault.reason, fault.expected, fault.got)


def _text(item) -> str:
    return "".join(part.text or "" for part in item.iter(f"{MAIN}t"))


CHECKS = (
    Check("workbook.computing", "pack.xlsx has no formula, macro, connection or error value", computing),
    Check("workbook.links", "links of pack.xlsx lead to sheets that are there", links),
    Check("workbook.headlines", "pack.xlsx has a sheet for each review with its headline figures", headlines),
    Check("workbook.figures", "pack.xlsx lists the figures of each record with their values", figures),
    Check("workbook.words", "pack.xlsx: no traceback, bare None or nan, placeholder", machine_words),
)
