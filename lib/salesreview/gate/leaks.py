"""What a machine says must not reach a reader: tracebacks, warnings, nan, placeholders, boxes for glyphs."""

import re
from collections.abc import Iterable, Iterator

from .problem import Fault

SPOKEN = (
    (re.compile(r"Traceback \(most recent call last\)"), "a traceback"),
    (re.compile(r"\bFile \"[^\"]+\", line \d+"), "a traceback"),
    (re.compile(r"\b[A-Z]\w*Warning:"), "a warning"),
    (re.compile(r"\b[A-Z]\w*(?:Error|Exception): "), "an error message"),
    (re.compile(r"<[\w.]+(?: object)? at 0x[0-9a-f]+>"), "a Python object"),
    (re.compile(r"\{fact:"), "a fact that was not filled in"),
    (re.compile(r"\{\{|\}\}|\{%|%\}|\{[a-z][a-z0-9_]*(?::\w+)?\}|\$\{\w+\}"), "a placeholder that was not filled in"),
    (re.compile(r"\bTODO\b|\bFIXME\b|\bTBD\b|(?i:lorem ipsum)"), "a placeholder"),
    (re.compile(r"[\ufffd\ue000-\uf8ff]|\(cid:\d+\)"), "a missing glyph"),
    (re.compile(r"[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]"), "a control character"),
)
NOTHINGS = re.compile(r"(?<![\w.@/+-])[-−+]?(?:nan|NaN|NaT|None|inf|<NA>)(?![\w@/-])(?!\.\w)")


def leaks(lines: Iterable[str], names: Iterable[str]) -> Iterator[Fault]:
    """Lines that only a machine would write. A name of the data that reads like one is data and may stand.

    ``None`` and its like count as words of their own: not in Noneaton, not in a file name.
    """
    lines = list(lines)
    whole = "\n".join(lines)
    if not _spoken(whole) and not NOTHINGS.search(whole):
        return
    alike = sorted((name for name in names if NOTHINGS.search(name) or _spoken(name)), key=len, reverse=True)
    for line in lines:
        rest = line
        for name in alike:
            rest = rest.replace(name, "")
        spoken = _spoken(rest)
        nothing = NOTHINGS.search(rest)
        if spoken:
            yield Fault(_place(line), f"{spoken[0]} on the page", got=spoken[1])
        elif nothing:
            yield Fault(_place(line), f"the bare word {nothing[0]}", "“—” or words that say what is not known")


def _spoken(text: str) -> tuple[str, str] | None:
    for pattern, what in SPOKEN:
        found = pattern.search(text)
        if found:
            return what, found[0] if found[0].isprintable() else f"U+{ord(found[0][0]):04X}"
    return None


def _place(line: str) -> str:
    return f"“{line if len(line) <= 60 else line[:59] + '…'}”"
