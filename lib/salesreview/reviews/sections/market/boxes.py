"""Boxes that stand where exhibits would be, one for each fixed id."""

from collections.abc import Mapping

from ....record import Exhibit, NotEnough, NotProvided, Text

Boxes = Mapping[str, tuple[str, ...]]
"""Requirement ids by exhibit id."""


def absent(boxes: Boxes, title: Text, fields: tuple[str, ...]) -> tuple[Exhibit, ...]:
    """A box for each id that names the missing fields (convention X-NODATA)."""
    return tuple(NotProvided(id=i, title=title, requirements=ids, missing=fields) for i, ids in boxes.items())


def too_few(boxes: Boxes, title: Text, reason: Text) -> tuple[Exhibit, ...]:
    """A box for each id that says why there are too few records (convention X-SMALL)."""
    return tuple(NotEnough(id=i, title=title, requirements=ids, reason=reason) for i, ids in boxes.items())
