"""Why a review could not be built: what its page says instead of figures."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    """Why a review could not be built.

    ``kind`` is error (a cell raised), timeout, died (the kernel ended), render or conflict. ``cell`` counts code cells
    from 1 as the analyst sees them, ``cell_id`` is the cell's id, ``message`` one line. ``detail`` is for --debug.
    """

    kind: str
    message: str
    cell: int | None = None
    cell_id: str | None = None
    detail: str | None = None
