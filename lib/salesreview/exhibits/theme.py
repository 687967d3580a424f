"""The house style, in one place: inks, palette and type sizes of charts, pages, workbook and slides.

The palette survives greyscale print and colour blindness.
"""

import itertools
from collections.abc import Sequence

import seaborn as sns

from ..errors import RenderError, nearest
from . import fonts

WIDTH_MM = 170.0
MM = 72 / 25.4
TEXT = 8.0
SMALL = 7.0
"""Points in a chart that is printed at its own size."""

INK = "#1d2733"
MUTED = "#5a6675"
GRID = "#dfe4ea"
RULE = "#d5dce4"
TINT = "#f3f6f9"
PAPER = "#ffffff"
EMPTY = "#eef1f4"
ACCENT = "#1f4e79"
GOOD = "#1c6b50"
BAD = "#a4381c"
WARN = "#9c3d1e"

ROLES = {
    "actual": ACCENT,
    "prior": "#a9bdd1",
    "previous": "#d3d9df",
    "target": "#d97b1c",
    "trend": "#7d8894",
    "forecast": "#6fa3b8",
    "cumulative": "#d97b1c",
    "share": "#d97b1c",
    "rate": MUTED,
    "part": ACCENT,
    "low": "#7d8894",
    "q1": "#a9bdd1",
    "median": ACCENT,
    "q3": "#a9bdd1",
    "high": "#7d8894",
}
INCREASE = "#2a7b9b"
DECREASE = "#e59866"
TOTAL = ACCENT
HIGHLIGHT = "#d97b1c"
PARTS = (ACCENT, "#e6a93a", "#a9473a", "#b8cce0", "#4d948f", "#c9c36b", "#6b5b95", "#d9a5b3", "#3d7a4e", "#7d8894")
"""Neighbours differ in lightness, and the first five all do, so that a grey print can be read."""
OTHER = "#c5ccd3"

STRONG = 0.7
"""Lightness below which a colour can be seen as a thin line."""
HEADER_FILL = "#e4ebf2"
"""Behind the header row of a native table."""

LIGHT = {
    "ink": INK,
    "muted": MUTED,
    "rule": RULE,
    "tint": TINT,
    "paper": PAPER,
    "accent": ACCENT,
    "good": GOOD,
    "bad": BAD,
    "warn": WARN,
}
DARK = {
    "ink": "#e6eaef",
    "muted": "#a7b1bd",
    "rule": "#3a4652",
    "tint": "#1c2530",
    "paper": "#12181f",
    "accent": "#8fbbe6",
    "good": "#6fcfa8",
    "bad": "#f2a08a",
    "warn": "#f0a98f",
}
PRINT = {
    "display": "26pt",
    "title": "18pt",
    "chapter": "17pt",
    "section": "12.5pt",
    "exhibit": "10.5pt",
    "body": "10pt",
    "table": "8.5pt",
    "note": "7.5pt",
    "gap": "6mm",
}
"""The type scale and the space between exhibits on paper."""


def css(dark: bool = True) -> str:
    """The style as CSS variables; with ``dark``, a screen that is set to dark gets its own inks."""
    light = _variables(LIGHT | {f"print-{name}": size for name, size in PRINT.items()})
    if not dark:
        return f":root {{ {light} }}\n"
    screen = f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}\n"
    return f":root {{ color-scheme: light dark; {light} }}\n{screen}"


def _variables(values: dict[str, str]) -> str:
    return " ".join(f"--{name}: {value};" for name, value in values.items())


def rc() -> dict[str, object]:
    """matplotlib's settings while a chart is drawn and saved."""
    return sns.axes_style("white") | {
        "font.family": list(fonts.register()),
        "font.size": TEXT,
        "text.color": INK,
        "text.parse_math": False,
        "axes.unicode_minus": True,
        "axes.edgecolor": MUTED,
        "axes.labelcolor": MUTED,
        "axes.linewidth": 0.6,
        "axes.grid": False,
        "axes.axisbelow": True,
        "grid.color": GRID,
        "grid.linewidth": 0.5,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "xtick.labelsize": TEXT,
        "ytick.labelsize": TEXT,
        "xtick.bottom": False,
        "ytick.left": False,
        "patch.edgecolor": "none",
        "patch.linewidth": 0,
        "lines.linewidth": 1.6,
        "lines.solid_capstyle": "round",
        "hatch.linewidth": 0.5,
        "svg.fonttype": "path",
        "svg.hashsalt": "salesreview",
        "figure.facecolor": PAPER,
        "savefig.facecolor": PAPER,
        "figure.dpi": 72,
        "savefig.dpi": 72,
    }


def colour(role: str) -> str:
    """The colour of a series' role; raises RenderError with the nearest role for an unknown one."""
    try:
        return ROLES[role]
    except KeyError:
        close = nearest(role, ROLES)
        raise RenderError("unknown role of a series", expected=", ".join(ROLES), got=role, advice=close) from None


def part_colours(places: Sequence[int | None]) -> list[str]:
    """Colours of the parts of a whole by their places in the palette; past ten they return lighter.

    A part without a place, or whose place is taken in this chart, gets the next free one.
    """
    lighter = [sns.light_palette(shade, n_colors=4).as_hex()[2] for shade in PARTS]
    wheel = [*PARTS, *lighter]
    return [wheel[place % len(wheel)] for place in _settled(places)]


def line_colours(places: Sequence[int | None]) -> list[str]:
    """Colours of lines and dots: those of the parts, darkened where they cannot be seen without an area.

    Where no member has a place, the dark ones only.
    """
    if all(place is None for place in places):
        strong = [shade for shade in PARTS if _lightness(shade) < STRONG]
        return [strong[place % len(strong)] for place in range(len(places))]
    return [_darkened(shade) for shade in part_colours(places)]


def _settled(places: Sequence[int | None]) -> list[int]:
    taken = {place for place in places if place is not None}
    free = (place for place in itertools.count() if place not in taken)
    seen: set[int] = set()
    settled = []
    for place in places:
        settled.append(next(free) if place is None or place in seen else place)
        seen.add(settled[-1])
    return settled


def _darkened(shade: str) -> str:
    return shade if _lightness(shade) < STRONG else sns.blend_palette([shade, INK], 5, as_cmap=False).as_hex()[1]


def _lightness(shade: str) -> float:
    red, green, blue = (int(shade[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def sequential():
    """For values of one sign: light to dark, readable without colour."""
    return sns.light_palette(ROLES["actual"], as_cmap=True)


def diverging():
    """For values around zero: orange below, blue above, light in the middle."""
    return sns.blend_palette(["#b85c12", "#f0c9a0", "#f7f7f7", "#a9c3d9", "#1f4e79"], as_cmap=True)


def readable_on(rgba: tuple[float, ...]) -> str:
    """Ink or paper, whichever stands out from a background."""
    red, green, blue = rgba[:3]
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.55 else PAPER
