"""Why a review could not be built: what its page says instead of figures."""

from dataclasses import dataclass

from .document import Cover


@dataclass(frozen=True)
class Failure:
    """Why a review could not be built.

    ``kind`` is error (a cell raised), timeout, died (the kernel ended), render, gate or conflict. ``cell`` counts code
    cells from 1 as the analyst sees them, ``cell_id`` is the cell's id, ``message`` one line, ``detail`` for --debug.
    """

    kind: str
    message: str
    cell: int | None = None
    cell_id: str | None = None
    detail: str | None = None


@dataclass(frozen=True)
class Failed:
    """A review that could not be built, as the files that hold all reviews name it."""

    cover: Cover
    failure: Failure
