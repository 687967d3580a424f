"""Boxes that stand where exhibits would be, one for each fixed id."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ....record import Exhibit, NotEnough, NotProvided, Text

Boxes = Mapping[str, tuple[str, ...]]
"""Requirement ids by exhibit id."""


def absent(boxes: Boxes, title: Text, fields: tuple[str, ...]) -> tuple[Exhibit, ...]:
    """A box for each id that names the missing fields (convention X-NODATA)."""
    return tuple(NotProvided(id=i, title=title, requirements=ids, missing=fields) for i, ids in boxes.items())


def too_few(boxes: Boxes, title: Text, reason: Text) -> tuple[Exhibit, ...]:
    """A box for each id that says why there are too few records (convention X-SMALL)."""
    return tuple(NotEnough(id=i, title=title, requirements=ids, reason=reason) for i, ids in boxes.items())


def together(title: Text, exhibits: Iterable[Exhibit]) -> tuple[Exhibit, ...]:
    """The exhibits as they are; where not one of them can be shown, boxes alike that the page prints as one: ``title``
    and all the fields that are missing."""
    shown = tuple(exhibits)
    if not all(isinstance(one, NotProvided) for one in shown):
        return shown
    missing = tuple(dict.fromkeys(field for one in shown for field in one.missing))
    return tuple(replace(one, title=title, missing=missing) for one in shown)
