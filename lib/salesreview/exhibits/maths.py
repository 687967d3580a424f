"""Formulas in LaTeX as pictures: paper draws no MathML, and browsers need no script for a picture."""

import io
from dataclasses import dataclass
from functools import lru_cache

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser

from ..errors import RenderError
from . import theme

SIZE = 11.0
STYLE = {"text.parse_math": True, "mathtext.fontset": "stix", "svg.fonttype": "path", "svg.hashsalt": "salesreview"}


@dataclass(frozen=True)
class Formula:
    """A drawn formula: SVG, its size and how far it hangs below the line, in points."""

    svg: str
    width: float
    height: float
    depth: float


@lru_cache
def formula(latex: str) -> Formula:
    """``latex`` without its dollar signs, set by mathtext; the same text gives the same bytes.

    Raises RenderError for what mathtext cannot set (environments, macros of packages, Chinese).
    """
    text = f"${' '.join(latex.split())}$"
    if not latex.isascii():
        raise RenderError("a formula with other than ASCII characters", got=latex)
    font = FontProperties(size=SIZE)
    with rc_context(STYLE):
        try:
            width, height, depth, *_ = MathTextParser("path").parse(text, dpi=72, prop=font)
        except (ValueError, RuntimeError) as error:
            told = str(error).strip().splitlines()[-1]
            raise RenderError("a formula that cannot be drawn", got=latex, expected=told) from None
        sheet = Figure(figsize=(width / 72, height / 72))
        sheet.text(0, depth / height if height else 0, text, fontproperties=font, color=theme.INK)
        out = io.StringIO()
        sheet.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return Formula(out.getvalue(), width, height, depth)
