"""Texts that fit their boxes: wrapped and measured with the house's face, wide enough for the faces of the slides."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...exhibits import theme
from ...exhibits.charts import labels

LEADING = 1.3
SPARE = 0.93
"""The part of a box's width that is counted on: the faces of the reader's machine may be wider than ours."""
BOLD = 1.05


@dataclass(frozen=True)
class Paragraph:
    """``factor`` times the box's size of type; ``before`` is the space above in parts of a line."""

    text: str
    factor: float = 1.0
    bold: bool = False
    colour: str = theme.INK
    before: float = 0.0
    bullet: bool = False


INDENT = 0.9
"""How far a bulleted paragraph is set in, in parts of its size."""


def lines(paragraph: Paragraph, width: float, size: float) -> int:
    """How many lines a paragraph takes in ``width`` points at ``size`` points."""
    scaled = size * paragraph.factor * (BOLD if paragraph.bold else 1)
    room = (width - (INDENT * size * paragraph.factor if paragraph.bullet else 0)) * SPARE
    return labels.wrap(paragraph.text, room, scaled, lines=len(paragraph.text) + 1).count("\n") + 1


def height(paragraphs: Sequence[Paragraph], width: float, size: float) -> float:
    """The height in points of ``paragraphs`` one under the other."""
    return sum(
        (lines(one, width, size) * LEADING + (one.before if place else 0)) * size * one.factor
        for place, one in enumerate(paragraphs)
    )


def fitted(
    paragraphs: Sequence[Paragraph], width: float, room: float, sizes: Sequence[float], most: int | None = None
) -> float | None:
    """The largest of ``sizes`` at which the paragraphs fit into ``room`` points of height and ``most`` lines each;
    None where none does."""
    for size in sorted(sizes, reverse=True):
        if height(paragraphs, width, size) <= room and (
            most is None or all(lines(one, width, size) <= most for one in paragraphs)
        ):
            return size
    return None


def widths(columns: Sequence[Sequence[str]], room: float, size: float, padding: float) -> list[float]:
    """Widths in points for table columns with these texts, ``room`` in all.

    Columns that need less than an equal share get what they need; the others share the rest by need.
    """
    needs = [max(labels.width(text, size) * BOLD for text in column) / SPARE + padding for column in columns]
    if sum(needs) <= room:
        spare = (room - sum(needs)) / len(needs)
        return [need + spare for need in needs]
    given: dict[int, float] = {}
    while True:
        left = room - sum(given.values())
        open_columns = [place for place in range(len(needs)) if place not in given]
        share = left / len(open_columns)
        content = [place for place in open_columns if needs[place] <= share]
        if not content:
            break
        given |= {place: needs[place] for place in content}
    roots = {place: needs[place] ** 0.5 for place in open_columns}
    given |= {place: left * root / sum(roots.values()) for place, root in roots.items()}
    return [given[place] for place in range(len(needs))]
