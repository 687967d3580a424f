"""An analyst's broad tables fitted to the printed page: set smaller, else laid across it, else cut with a note."""

from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from ..exhibits.entries import word
from ..exhibits.tables import width

UPRIGHT, ACROSS = 174.0, 263.0
"""Width between the margins of a page, in millimetres."""
SIZES = (8.0, 7.5, 7.0, 6.5, 6.0, 5.5)
LETTER, PADDING, MM_A_POINT = 0.6, 1.0, 25.4 / 72
"""Width of a Latin letter and of the space around a cell, in ems."""
ONE_LINE = 16
"""Up to how many letters a text is kept on one line; a longer one is broken between its words."""
LONGEST_WORD = 32
"""A longer word, such as a link, is broken (class ``breaks``): no column needs more; no number is as long."""


def fitted(html: str, lang: str) -> str:
    """``html`` with every table that the page is too narrow for set smaller (class ``broad``), laid across a page of
    its own (``wide``), or cut there, with a sentence that says how many columns only the web page has. Other HTML
    passes through unchanged."""
    if "<table" not in html:
        return html
    soup = BeautifulSoup(html, "html.parser")
    broad = [table for table in soup.find_all("table") if not table.find_parent("table") and _fit(soup, table, lang)]
    return str(soup) if broad else html


def _fit(soup: BeautifulSoup, table: Tag, lang: str) -> bool:
    ems, endless = _columns(table), [cell for _, _, cell in _cells(table) if _word(cell.get_text(" ")) > LONGEST_WORD]
    for cell in endless:
        cell["class"] = [*cell.get("class", []), "breaks"]
    size = _size(ems, UPRIGHT)
    if size == SIZES[0]:
        return bool(endless)
    if size is None:
        size = _size(ems, ACROSS) or SIZES[-1]
        page = table.wrap(soup.new_tag("div", attrs={"class": "wide"}))
        lost = _cut(table, ems, ACROSS / MM_A_POINT / size)
        if lost:
            told = word("pack.columns_cut", lang, count=str(lost))
            page.append(soup.new_tag("p", attrs={"class": "print-only"}, string=told))
    table["class"] = [*table.get("class", []), "broad"]
    table["style"] = f"{table.get('style', '').rstrip(';')};--print-size:{size:g}pt".lstrip(";")
    return True


def _size(ems: list[float], room: float) -> float | None:
    """The largest size in which columns of these widths fit; None for none."""
    return next((size for size in SIZES if sum(ems) * size * MM_A_POINT <= room), None)


def _columns(table: Tag) -> list[float]:
    """The width that each column needs, in ems."""
    need: dict[int, float] = {}
    for place, span, cell in _cells(table):
        letters = _letters(cell.get_text(" ", strip=True)) / span
        for column in range(place, place + span):
            need[column] = max(need.get(column, 0.0), letters * LETTER + PADDING)
    return [need.get(column, PADDING) for column in range(max(need, default=-1) + 1)]


def _letters(text: str) -> int:
    """How many letters a text needs in a line."""
    return max(min(_word(text), LONGEST_WORD), min(width(text), ONE_LINE))


def _word(text: str) -> int:
    """The letters of the longest word of a text; Chinese may break anywhere."""
    return max((width(part) if part.isascii() else 2 for part in text.split()), default=0)


def _cells(table: Tag) -> Iterator[tuple[int, int, Tag]]:
    """Each cell with its first column and how many it spans, rows and columns of spanning cells counted."""
    taken: dict[int, set[int]] = {}
    for number, row in enumerate(row for row in table.find_all("tr") if row.find_parent("table") is table):
        place = 0
        for cell in row.find_all(("th", "td"), recursive=False):
            while place in taken.get(number, ()):
                place += 1
            across, down = (int(cell.get(name) or 1) for name in ("colspan", "rowspan"))
            for below in range(number, number + down):
                taken.setdefault(below, set()).update(range(place, place + across))
            yield place, across, cell
            place += across


def _cut(table: Tag, ems: list[float], room: float) -> int:
    """Keep the cells of the columns beyond ``room`` (in ems) off the printed page; gives the number of columns."""
    kept, used = 0, 0.0
    while kept < len(ems) and used + ems[kept] <= room:
        used += ems[kept]
        kept += 1
    for place, span, cell in list(_cells(table)):
        if place >= kept:
            cell["class"] = [*cell.get("class", []), "screen-only"]
        elif place + span > kept:
            cell["colspan"] = str(kept - place)
    return len(ems) - kept
