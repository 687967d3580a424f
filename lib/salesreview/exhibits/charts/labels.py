"""Labels that fit: measured with the face that draws them, wrapped between words or Chinese characters, cut with …"""

import re
from collections.abc import Sequence
from functools import cache

import uharfbuzz as hb

from .. import fonts

ELLIPSIS = "…"
BREAKABLE = re.compile(
    r"[−+]?\d[\d,.]* ?[万亿]+元?"
    r"|[⺀-鿿豈-﫿][，。、；：！？）》」』”]*"
    r"|[^\s⺀-鿿豈-﫿]+\s*"
    r"|\s+"
)


@cache
def _face() -> tuple[hb.Font, int]:
    face = hb.Face(hb.Blob.from_file_path(str(fonts.prepare()["Regular"])))
    return hb.Font(face), face.upem


@cache
def _advance(char: str) -> float:
    font, upem = _face()
    glyph = font.get_nominal_glyph(ord(char))
    return font.get_glyph_h_advance(glyph) / upem if glyph else 0.65


def width(text: str, size: float) -> float:
    """The width in points of the longest line of ``text`` at ``size`` points."""
    return max((sum(map(_advance, line)) for line in text.split("\n")), default=0.0) * size


def cut(text: str, points: float, size: float) -> str:
    """``text`` on one line, ended by … when it is wider than ``points``."""
    if width(text, size) <= points:
        return text
    kept = text
    while kept and width(kept + ELLIPSIS, size) > points:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def wrap(text: str, points: float, size: float, lines: int = 2) -> str:
    """``text`` on at most ``lines`` lines of ``points``, the last one cut with … when more is left."""
    pieces = _pieces(" ".join(text.split()))
    done: list[str] = []
    while pieces and len(done) < lines - 1:
        line = ""
        while pieces and (not line or width((line + pieces[0]).rstrip(), size) <= points):
            line += pieces.pop(0)
        done.append(cut(line.rstrip(), points, size))
    rest = "".join(pieces).strip()
    return "\n".join([*done, cut(rest, points, size)] if rest else done)


def _pieces(text: str) -> list[str]:
    """Where a line may end: after a space, and around each Chinese character, but not before closing punctuation and
    not inside an amount such as 1.00 万元."""
    return BREAKABLE.findall(text)


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """``places`` moved apart as little as needed to stand ``gap`` from each other, within ``low`` to ``high``."""
    order = sorted(range(len(places)), key=lambda i: (places[i], i))
    moved = list(places)
    floor = low
    for i in order:
        moved[i] = max(moved[i], floor)
        floor = moved[i] + gap
    ceiling = high
    for i in reversed(order):
        moved[i] = min(moved[i], ceiling)
        ceiling = moved[i] - gap
    return moved
