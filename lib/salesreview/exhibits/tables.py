"""A table of the record as HTML: one unit a column where the figures share it, flags as footnotes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from ..record import Cell, Figure, Label, Table
from . import formats
from .catalogue import NOTHING, render
from .entries import word

MARKS = "abcdefghijklmnopqrstuvwxyz"
WORDED = ("no_base", "no_target")


@dataclass
class Footnotes:
    """Gives each distinct flag a letter in order of appearance; flags that all figures bear need none."""

    lang: str
    shared: tuple[str, ...]
    letters: dict[str, str] = field(default_factory=dict)

    def marks(self, figure: Figure) -> str:
        told = [flag for flag in figure.flags if flag not in WORDED and flag not in self.shared]
        for flag in told:
            self.letters.setdefault(formats.note(flag, self.lang), MARKS[len(self.letters) % len(MARKS)])
        return "".join(f'<sup class="mark">{self.letters[formats.note(flag, self.lang)]}</sup>' for flag in told)

    def html(self) -> str:
        common = dict.fromkeys(formats.note(flag, self.lang) for flag in self.shared)
        lines = [f'<p class="note">{escape(text)}</p>' for text in common]
        lines += [f'<p class="note"><sup>{mark}</sup> {escape(text)}</p>' for text, mark in self.letters.items()]
        return "".join(lines)


def table_html(table: Table, caption: str, lang: str, currency: str) -> str:
    """``<table>`` with caption, scoped headers, a total row where there is one, and the notes of its flags.

    ``caption`` is escaped already. A column whose figures share a unit bears it in the header; others print it in
    each cell. Figures of few records are greyed.
    """
    lines = [*table.rows, *([table.total] if table.total else ())]
    figures = [cell for line in lines for cell in line if isinstance(cell, Figure)]
    notes = Footnotes(lang, _shared(figures))
    scales = [_column_scale([line[i] for line in lines], lang) for i in range(len(table.header))]
    head = "".join(_header(label, scales[i], i, lines, lang, currency) for i, label in enumerate(table.header))
    body = "".join(_row(line, scales, notes, lang, currency) for line in table.rows)
    total = _row(table.total, scales, notes, lang, currency, kind="total") if table.total else ""
    return (
        f'<div class="scroll"><table><caption>{caption}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}{total}</tbody></table></div>{notes.html()}"
    )


def _shared(figures: Sequence[Figure]) -> tuple[str, ...]:
    """Flags that every figure with a value bears."""
    valued = [figure for figure in figures if figure.value is not None]
    if not valued:
        return ()
    return tuple(flag for flag in valued[0].flags if all(flag in f.flags for f in valued) and flag not in WORDED)


def _column_scale(cells: Sequence[Cell], lang: str) -> formats.Scale | None:
    """The one scale of a column, or None when its figures have several units or there are none."""
    figures = [cell for cell in cells if isinstance(cell, Figure)]
    units = {figure.unit for figure in figures}
    if len(units) != 1:
        return None
    return formats.scale(units.pop(), [figure.value for figure in figures], lang, column=True)


def _is_number(column: int, lines: Sequence[Sequence[Cell]]) -> bool:
    return any(isinstance(line[column], Figure) for line in lines)


def _header(label: Label, scale, column: int, lines, lang: str, currency: str) -> str:
    name = render(label, lang, currency)
    unit = formats.header(scale, lang, currency) if scale else ""
    text = escape(word("exhibit.unit_each", lang, name=name, unit=unit) if unit else name)
    kind = ' class="num"' if _is_number(column, lines) else ""
    return f'<th scope="col"{kind}>{text}</th>'


def _row(line, scales, notes: Footnotes, lang: str, currency: str, kind: str = "") -> str:
    first, *rest = line
    name = (
        _text(first, lang, currency) if not isinstance(first, Figure) else escape(formats.figure(first, lang, currency))
    )
    cells = "".join(_cell(cell, scale, notes, lang, currency) for cell, scale in zip(rest, scales[1:], strict=True))
    opening = f'<tr class="{kind}">' if kind else "<tr>"
    return f'{opening}<th scope="row">{name}</th>{cells}</tr>'


def _cell(cell: Cell, scale, notes: Footnotes, lang: str, currency: str) -> str:
    if not isinstance(cell, Figure):
        kind = ' class="num"' if cell is None and scale else ""
        return f"<td{kind}>{_text(cell, lang, currency)}</td>"
    kind = "num weak" if "small_n" in cell.flags else "num"
    return f'<td class="{kind}">{escape(_number(cell, scale, lang, currency))}{notes.marks(cell)}</td>'


def _number(figure: Figure, scale: formats.Scale | None, lang: str, currency: str) -> str:
    if figure.value is None:
        return formats.absent(figure, lang)
    if scale is None:
        return formats.figure(figure, lang, currency)
    return formats.in_column(figure.value, scale, lang, sign="signed" if formats.is_change(figure) else "")


def _text(cell: Cell, lang: str, currency: str) -> str:
    return NOTHING if cell is None else escape(render(cell, lang, currency))
