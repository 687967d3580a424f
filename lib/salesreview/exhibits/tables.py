"""A table of the record as HTML: one unit a column where the figures share it, flags as footnotes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from math import ceil

from ..record import Cell, Figure, Label, Light, Spark, Table
from . import formats
from .catalogue import render
from .entries import word
from .sparks import spark_html

MARKS = "abcdefghijklmnopqrstuvwxyz"
WORDED = ("no_base", "no_target")
WIDE_FROM = 8
"""From how many columns on a table is set closer."""
PRINTED = 110
"""Width of a printed table in Latin letters."""
KEPT_NAME, KEPT_TEXT, KEPT_TEXT_WIDE = 16, 12, 8
"""Up to which width, in Latin letters, a row's name and other texts stay on one line whatever else is in the row."""
LEAST_FIGURE, LEAST_TEXT, BETWEEN = 8, 24, 3
"""What a column of figures and one of long texts need, in Latin letters, and the space between columns."""


@dataclass
class Footnotes:
    """Gives each distinct flag a letter in order of appearance; flags that all figures bear need none."""

    lang: str
    shared: tuple[str, ...]
    letters: dict[str, str] = field(default_factory=dict)

    def letters_of(self, figure: Figure) -> list[str]:
        told = [flag for flag in figure.flags if flag not in WORDED and flag not in self.shared]
        for flag in told:
            self.letters.setdefault(formats.note(flag, self.lang), MARKS[len(self.letters) % len(MARKS)])
        return [self.letters[formats.note(flag, self.lang)] for flag in told]

    def marks(self, figure: Figure) -> str:
        return "".join(f'<sup class="mark">{letter}</sup>' for letter in self.letters_of(figure))

    def texts(self) -> tuple[str, ...]:
        common = dict.fromkeys(formats.note(flag, self.lang) for flag in self.shared)
        return (*map(formats.sentence, common), *(f"({mark}) {text}" for text, mark in self.letters.items()))

    def html(self) -> str:
        common = dict.fromkeys(formats.note(flag, self.lang) for flag in self.shared)
        lines = [f'<p class="note">{escape(formats.sentence(text))}</p>' for text in common]
        lines += [f'<p class="note"><sup>{mark}</sup> {escape(text)}</p>' for text, mark in self.letters.items()]
        return "".join(lines)


@dataclass(frozen=True)
class Printed:
    """A table in words: ``rows`` with the total last where there is one; ``numeric`` tells the columns of figures."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    has_total: bool
    notes: tuple[str, ...]


def printed(table: Table, lang: str, currency: str) -> Printed:
    """The texts of a table as its page shows them; what flags mean stands in ``notes``, by letters in brackets."""
    lines = [*table.rows, *([table.total] if table.total else ())]
    figures = [cell for line in lines for cell in line if isinstance(cell, Figure)]
    notes = Footnotes(lang, shared_flags(figures))
    top = _largest_amount(figures)
    scales = [_column_scale([line[i] for line in lines], top, lang) for i in range(len(table.header))]
    header = tuple(_name(label, how, lang, currency) for label, how in zip(table.header, scales, strict=True))
    rows = tuple(
        tuple(_text(cell, how, notes, lang, currency) for cell, how in zip(line, scales, strict=True)) for line in lines
    )
    numeric = tuple(_is_number(i, lines) for i in range(len(header)))
    return Printed(header, rows, numeric, table.total is not None, notes.texts())


def _name(label: Label, scale, lang: str, currency: str) -> str:
    unit = formats.header(scale, lang, currency) if scale else ""
    name = render(label, lang, currency)
    return word("exhibit.unit_each", lang, name=name, unit=unit) if unit else name


def _text(cell: Cell, scale, notes: Footnotes, lang: str, currency: str) -> str:
    if not isinstance(cell, Figure):
        return render(cell, lang, currency)
    letters = "".join(f" ({letter})" for letter in notes.letters_of(cell))
    return _number(cell, scale, lang, currency) + letters


def table_html(table: Table, caption: str, lang: str, currency: str) -> str:
    """``<table>`` with caption, scoped headers, a total row where there is one, and the notes of its flags.

    ``caption`` is escaped already. A column whose figures share a unit bears it in the header; others print it in
    each cell. Figures of few records are greyed.
    """
    lines = [*table.rows, *([table.total] if table.total else ())]
    figures = [cell for line in lines for cell in line if isinstance(cell, Figure)]
    notes = Footnotes(lang, shared_flags(figures))
    top = _largest_amount(figures)
    scales = [_column_scale([line[i] for line in lines], top, lang) for i in range(len(table.header))]
    head = "".join(_header(label, scales[i], i, lines, lang, currency) for i, label in enumerate(table.header))
    kept = _kept_name(lines, lang, currency)
    body = "".join(_row(line, scales, notes, lang, currency, kept) for line in table.rows)
    total = _row(table.total, scales, notes, lang, currency, kept, kind="total") if table.total else ""
    kind = ' class="wide-table"' if len(table.header) >= WIDE_FROM else ""
    return (
        f'<div class="scroll"><table{kind}><caption>{caption}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}{total}</tbody></table></div>{notes.html()}"
    )


def shared_flags(figures: Sequence[Figure]) -> tuple[str, ...]:
    """Flags that every figure with a value bears."""
    valued = [figure for figure in figures if figure.value is not None]
    if not valued:
        return ()
    return tuple(flag for flag in valued[0].flags if all(flag in f.flags for f in valued) and flag not in WORDED)


def _largest_amount(figures: Sequence[Figure]) -> float:
    amounts = [figure.value for figure in figures if figure.unit == "money" and figure.value is not None]
    return max(map(abs, amounts), default=0.0)


def _column_scale(cells: Sequence[Cell], top: float, lang: str) -> formats.Scale | None:
    """The one scale of a column, or None when its figures have several units or there are none.

    Money columns share the scale of the table's largest amount ``top``, so that they can be added by eye, unless a
    column stays below a hundredth of it.
    """
    figures = [cell for cell in cells if isinstance(cell, Figure)]
    units = {figure.unit for figure in figures}
    if len(units) != 1:
        return None
    unit, values = units.pop(), [figure.value for figure in figures]
    shares = unit == "money" and _largest_amount(figures) * 100 >= top
    return formats.scale(unit, [*values, top] if shares else values, lang, column=True)


def _is_number(column: int, lines: Sequence[Sequence[Cell]]) -> bool:
    return any(isinstance(line[column], Figure) for line in lines)


def _header(label: Label, scale, column: int, lines, lang: str, currency: str) -> str:
    name = render(label, lang, currency)
    unit = formats.header(scale, lang, currency) if scale else ""
    unit = word("exhibit.unit_each", lang, name="", unit=unit) if unit else ""
    gap = unit[: len(unit) - len(unit.lstrip())]
    text = escape(name) + (f'{gap}<span class="kept">{escape(unit.lstrip())}</span>' if unit else "")
    kind = ' class="num"' if _is_number(column, lines) else ""
    return f'<th scope="col"{kind}>{text}</th>'


def _kept_name(lines: Sequence[Sequence[Cell]], lang: str, currency: str) -> int:
    """Up to which width the rows' names stay on one line: all of them where the other columns leave the room."""
    widest = max((width(render(line[0], lang, currency)) for line in lines), default=0)
    others = [[line[i] for line in lines] for i in range(1, len(lines[0]) if lines else 0)]
    taken = sum(max(_least(cell, lang, currency) for cell in cells) + BETWEEN for cells in others)
    return widest if widest <= PRINTED - taken else KEPT_NAME


def _least(cell: Cell, lang: str, currency: str) -> int:
    if isinstance(cell, Figure | Spark):
        return LEAST_FIGURE
    return min(width(render(cell, lang, currency)), LEAST_TEXT)


def _row(line, scales, notes: Footnotes, lang: str, currency: str, most: int, kind: str = "") -> str:
    first, *rest = line
    name = render(first, lang, currency)
    kept = ' class="kept"' if _stays(first, name, most) else ""
    cells = "".join(
        _cell(cell, scale, notes, lang, currency, len(line)) for cell, scale in zip(rest, scales[1:], strict=True)
    )
    opening = f'<tr class="{kind}">' if kind else "<tr>"
    return f'{opening}<th scope="row"{kept}>{escape(name)}</th>{cells}</tr>'


def _cell(cell: Cell, scale, notes: Footnotes, lang: str, currency: str, columns: int) -> str:
    if isinstance(cell, Spark):
        return f"<td>{spark_html(cell, lang, currency)}</td>"
    if isinstance(cell, Light):
        return f'<td class="kept"><span class="light {cell.state}">{escape(render(cell, lang))}</span></td>'
    if not isinstance(cell, Figure):
        text = render(cell, lang, currency)
        most = KEPT_TEXT if columns < WIDE_FROM else KEPT_TEXT_WIDE
        kind = "num" if cell is None and scale else "kept" if _stays(cell, text, most) else ""
        return f'<td class="{kind}">{escape(text)}</td>' if kind else f"<td>{escape(text)}</td>"
    kind = "num weak" if "small_n" in cell.flags else "num"
    return f'<td class="{kind}">{escape(_number(cell, scale, lang, currency))}{notes.marks(cell)}</td>'


def _number(figure: Figure, scale: formats.Scale | None, lang: str, currency: str) -> str:
    if figure.value is None:
        return formats.absent(figure, lang)
    if scale is None:
        return formats.figure(figure, lang, currency)
    return formats.in_column(figure.value, scale, lang, sign="signed" if formats.is_change(figure) else "")


def _stays(cell: Cell, text: str, most: int) -> bool:
    """Whether a cell is kept on one line: days, and texts short enough not to make the table too wide."""
    return isinstance(cell, date) or width(text) <= most


def width(text: str) -> int:
    """Width in Latin characters; a Chinese one takes two."""
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


def lines(table: Table, lang: str, currency: str) -> int:
    """About how many lines the rows of a table take in print, its texts wrapped to equal columns."""
    room = PRINTED / max(len(table.header), 1)
    return sum(max((_wrapped(cell, room, lang, currency) for cell in row), default=1) for row in table.rows)


def _wrapped(cell: Cell, room: float, lang: str, currency: str) -> int:
    if cell is None or isinstance(cell, Figure | Spark | Light | date):
        return 1
    return max(1, ceil(width(render(cell, lang, currency)) / room))
