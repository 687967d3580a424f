"""Texts that no spreadsheet program takes for a formula, and names that sheets may bear.

A text from the data may begin with = + - @, a tab or a line end. In the workbook it is written as a string, which is
never computed; but once the sheet is saved as CSV and opened again, it would be. So it bears an apostrophe before it,
as OWASP advises against CSV injection, also for the full-width forms that some programs accept. Plain numbers in
words, such as +18.9%, are harmless and stay.
"""

import re
from collections.abc import Container

STARTS = tuple("=+-@\t\r\n＝＋－＠")
HARMLESS = re.compile(r"[+-]\d[\d,.]*\s?%?")
FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
LONGEST = 31


def text(words: str) -> str:
    """``words`` as a cell may hold them.

    >>> text("=1+1"), text("-A1"), text("+18.9%"), text("华东")
    ("'=1+1", "'-A1", '+18.9%', '华东')
    """
    if words.startswith(STARTS) and not HARMLESS.fullmatch(words):
        return "'" + words
    return words


def sheet_name(title: str, taken: Container[str]) -> str:
    """``title`` as the name of a sheet: 31 characters at most, none that is forbidden, unlike all ``taken`` (lower
    case).

    >>> sheet_name("[A/B]: sales?", {"ab sales"})
    'AB sales 2'
    """
    name = " ".join(FORBIDDEN.sub("", title).split()).strip("'") or "-"
    shown, number = _cut(name, LONGEST), 1
    while shown.lower() in taken:
        number += 1
        shown = f"{_cut(name, LONGEST - len(str(number)) - 1)} {number}"
    return shown


def _cut(name: str, most: int) -> str:
    """Cut between words where there are any."""
    if len(name) <= most:
        return name
    kept = name[:most]
    return (kept.rsplit(" ", 1)[0] if name[most] != " " and " " in kept else kept).rstrip(" ,&-")
