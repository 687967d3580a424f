"""A record as plain JSON and back, for what is made after the notebooks have run: workbook, slides, later packs."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date

from . import record
from .errors import SalesReviewError
from .record import Review

KIND, DAY = "kind", "date"
PARTS = {name: thing for name, thing in vars(record).items() if isinstance(thing, type) and is_dataclass(thing)}


def dump(thing: object) -> object:
    """``thing`` (a review or any part of one) as JSON values: parts as objects with their ``kind``, dates likewise.

    Fields at their default are left out. Raises SalesReviewError for a value that no record may hold.
    """
    if thing is None or isinstance(thing, str | bool | int | float):
        return thing
    if type(thing).__name__ in PARTS:
        given = {
            part.name: getattr(thing, part.name) for part in fields(thing) if getattr(thing, part.name) != part.default
        }
        return {KIND: type(thing).__name__} | {name: dump(value) for name, value in given.items()}
    if isinstance(thing, date):
        return {KIND: DAY, "day": thing.isoformat()}
    if isinstance(thing, Mapping):
        return {KIND: "mapping", "items": [[dump(key), dump(value)] for key, value in thing.items()]}
    if isinstance(thing, tuple | list):
        return [dump(value) for value in thing]
    if hasattr(thing, "item"):
        return thing.item()
    raise SalesReviewError(
        "a record holds a value that cannot be saved", expected="a part of a record", got=repr(thing)
    )


def load(data: object) -> object:
    """What `dump` was given; lists come back as tuples. Raises SalesReviewError for an unknown kind."""
    if isinstance(data, list):
        return tuple(load(value) for value in data)
    if not isinstance(data, dict):
        return data
    kind = data[KIND]
    if kind == "mapping":
        return {load(key): load(value) for key, value in data["items"]}
    if kind == DAY:
        return date.fromisoformat(data["day"])
    if kind not in PARTS:
        raise SalesReviewError("a saved record of another version", expected=", ".join(PARTS), got=kind)
    return PARTS[kind](**{name: load(value) for name, value in data.items() if name != KIND})


def load_review(data: object) -> Review:
    """The review that was saved with `dump`; raises SalesReviewError when it is something else."""
    review = load(data)
    if not isinstance(review, Review):
        raise SalesReviewError("no review in the saved record", got=type(review).__name__)
    return review
