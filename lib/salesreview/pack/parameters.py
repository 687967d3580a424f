"""What a notebook accepts, read from its ``parameters`` cell and checked before any kernel starts."""

import logging
from collections.abc import Mapping
from pathlib import Path

import nbformat
import papermill

from ..errors import OptionError, nearest

TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "dict": (dict,),
    "list": (list,),
}


def accepted(notebook: Path) -> dict[str, tuple[str, bool]]:
    """Parameters of ``notebook``: name to (annotated type, whether None is its default).

    Raises OptionError when no cell, or more than one, is tagged ``parameters``, or when a type is missing.
    """
    cells = nbformat.read(notebook, as_version=4).cells
    tagged = [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        raise OptionError(
            "a notebook needs one cell tagged parameters",
            where=notebook.name,
            got=f"{len(tagged)} such cells",
            advice="tag the cell with the defaults `parameters`, or values passed in are ignored",
        )
    logging.getLogger("papermill").setLevel(logging.WARNING)
    found = papermill.inspect_notebook(str(notebook))
    for name, spec in found.items():
        if spec["inferred_type_name"] not in TYPES:
            raise OptionError(
                "a parameter without a type",
                where=f"{notebook.name}, {name}",
                expected=f"an annotation such as `{name}: str = …` with one of {', '.join(TYPES)}",
                got=spec["inferred_type_name"],
            )
    return {name: (spec["inferred_type_name"], spec["default"] == "None") for name, spec in found.items()}


def check(notebook: Path, values: Mapping[str, object]) -> None:
    """Raise OptionError for a value whose parameter ``notebook`` does not declare or declares with another type."""
    known = accepted(notebook)
    for name, value in values.items():
        if name not in known:
            close = nearest(name, known)
            raise OptionError(
                "unknown parameter",
                where=notebook.name,
                got=name,
                advice=f"did you mean {close}?" if close else f"it declares {', '.join(known)}",
            )
        kind, optional = known[name]
        if value is None and optional:
            continue
        if not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "bool"):
            raise OptionError(
                "a parameter of the wrong type",
                where=f"{notebook.name}, {name}",
                expected=kind,
                got=f"{value!r} ({type(value).__name__})",
            )
