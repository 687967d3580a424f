"""An XlsxWriter workbook in the house's look: formats, cells of the record, filters, print settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from ...exhibits import theme
from ...exhibits.catalogue import render
from ...record import Cell, Figure
from . import safe
from .numbers import number_format

FACES = {"zh": "Microsoft YaHei", "en": "Calibri"}
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
DATE_FORMATS = {"zh": 'yyyy"年"m"月"d"日"', "en": "d mmm yyyy"}
A4 = 9
MARGINS = {"left": 0.4, "right": 0.4, "top": 0.6, "bottom": 0.6}
HEADER = {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": theme.HEADER_FILL, "bottom": 1,
          "bottom_color": theme.ROLES["actual"]}  # fmt: skip
STYLES: Mapping[str, Mapping[str, object]] = {
    "cell": {"valign": "top", "text_wrap": True},
    "number": {"valign": "top"},
    "weak": {"valign": "top", "font_color": theme.MUTED},
    "total": {"valign": "top", "bold": True, "top": 1, "top_color": theme.MUTED},
    "header": HEADER,
    "header_right": HEADER | {"align": "right"},
    "title": {"bold": True, "font_size": 18, "font_color": theme.ROLES["actual"]},
    "heading": {"bold": True, "font_size": 14, "font_color": theme.ROLES["actual"]},
    "subheading": {"bold": True, "font_size": 12, "font_color": theme.ROLES["actual"]},
    "caption": {"bold": True, "valign": "top"},
    "plain": {"valign": "top"},
    "note": {"font_color": theme.MUTED, "font_size": 9, "valign": "top"},
    "remark": {"font_color": theme.MUTED, "font_size": 9, "valign": "top", "indent": 1},
    "link": {"font_color": theme.ROLES["actual"], "underline": 1, "valign": "top"},
}  # fmt: skip


@dataclass
class Book:
    """A workbook that is being written; close it to have the file."""

    file: xlsxwriter.Workbook
    lang: str
    currency: str
    formats: dict[tuple, object] = field(default_factory=dict)
    tables: list[str] = field(default_factory=list)

    def style(self, name: str, number: str = ""):
        """The format of a style, with a number format where one is given; one object each."""
        key = name, number
        if key not in self.formats:
            face = {"font_name": FACES[self.lang], "font_size": 10, "font_color": theme.INK}
            shape = {"num_format": number} if number else {}
            self.formats[key] = self.file.add_format(face | STYLES[name] | shape)
        return self.formats[key]

    def words(self, thing: object) -> str:
        """A part of the record in words that no program takes for a formula."""
        return safe.text(render(thing, self.lang, self.currency))

    def sheet(self, title: str) -> Worksheet:
        """A new sheet, set for print on A4 across: one page wide, numbered, with its name above."""
        taken = {sheet.get_name().lower() for sheet in self.file.worksheets()}
        sheet = self.file.add_worksheet(safe.sheet_name(title, taken))
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(**MARGINS)
        sheet.set_header("&L&A")
        sheet.set_footer("&R&P / &N")
        sheet.hide_gridlines(2)
        return sheet

    def text(self, sheet: Worksheet, row: int, column: int, words: str, style: str = "cell") -> None:
        """``words`` as a string whatever they look like."""
        sheet.write_string(row, column, safe.text(words), self.style(style))

    def cell(self, sheet: Worksheet, row: int, column: int, cell: Cell, style: str = "", alone: bool = False) -> None:
        """A cell of the record: numbers as numbers of full precision, days as dates, nothing as an empty cell."""
        if isinstance(cell, Figure):
            kind = style or ("weak" if "small_n" in cell.flags else "number")
            if cell.value is None:
                sheet.write_blank(row, column, None, self.style(kind))
                return
            shape = number_format(cell, self.lang, self.currency, alone=alone)
            sheet.write_number(row, column, cell.value, self.style(kind, shape))
        elif isinstance(cell, date):
            day = datetime(cell.year, cell.month, cell.day)
            sheet.write_datetime(row, column, day, self.style(style or "number", DATE_FORMATS[self.lang]))
        elif cell is None:
            sheet.write_blank(row, column, None, self.style(style or "cell"))
        else:
            self.text(sheet, row, column, render(cell, self.lang, self.currency), style or "cell")

    def number(self, sheet: Worksheet, row: int, column: int, value: float | int | None, shape: str = "") -> None:
        """A plain number, empty for None."""
        if value is not None:
            sheet.write_number(row, column, value, self.style("number", shape))

    def filtered(
        self, sheet: Worksheet, top: int, header: Sequence[str], rows: int, name: str, numeric: Sequence[bool] = ()
    ) -> None:
        """Make ``rows`` rows below the header in row ``top`` a table of Excel, with filters and a name.

        ``numeric`` tells the columns, from the first, whose names stand at the right as their numbers do.
        """
        names = distinct([safe.text(word) for word in header])
        if not rows:
            for column, word in enumerate(names):
                sheet.write_string(top, column, word, self.style("header"))
            return
        right = [*numeric, *[False] * (len(names) - len(numeric))]
        styles = [self.style("header_right" if one else "header") for one in right]
        columns = [{"header": word, "header_format": style} for word, style in zip(names, styles, strict=True)]
        self.tables = distinct([*self.tables, name], "_{}")
        options = {"columns": columns, "name": self.tables[-1], "style": None}
        sheet.add_table(top, 0, top + rows, len(names) - 1, options)


def distinct(names: Sequence[str], mark: str = " ({})") -> list[str]:
    """Names as tables of Excel need them: none empty, none twice; those that repeat bear a number.

    >>> distinct(["", "A", "a"])
    [' ', 'A', 'a (2)']
    """
    given: set[str] = set()
    shown = []
    for name in names:
        wanted = name.strip() or " "
        number = 1
        while wanted.lower() in given:
            number += 1
            wanted = name.strip() + mark.format(number)
        given.add(wanted.lower())
        shown.append(wanted)
    return shown


def opened(target: Path, lang: str, currency: str, title: str, company: str, as_of: str) -> Book:
    """A new workbook whose properties name the day up to which the data runs instead of the clock's."""
    file = xlsxwriter.Workbook(str(target), OPTIONS)
    day = datetime.fromisoformat(as_of)
    file.set_properties({"title": title, "company": company, "author": "salesreview", "created": day})
    file.set_size(2400, 1500)
    return Book(file, lang, currency)
