"""Keep the notebooks in step with their reviews: ``python -m salesreview.pack.notebooks``.

Each exhibit of a review gets one cell ``review.show("id")``, in the review's order; cells of exhibits that are gone
are removed. All other cells stay, each behind the cell that it followed. Outputs are stripped.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from ..notebook import open_review
from ..prepare import params_folder
from ..reviews import VARIANTS

SHOW = re.compile(r"""review\.show\(["']([^"']+)["']\)\s*""")
PARAMETERS = """\
period: str = "H1"  # FY, H1, H2, Q1..Q4, M01..M12 or 2026-01-01:2026-04-15
year: int = None  # fiscal year of the period; None: that of as_of
as_of: str = None  # last day that counts, such as 2026-06-30; None: last day with an order
source: str = None  # folder or file with the data; None: the sample company
mapping: str = None  # a folder in params/mappings, or any other; None: the data is canonical
lang: str = "zh"  # zh, en or zh,en; the first one is what you see here
params: dict = None  # settings by dotted key, such as {"thresholds.ltv_cac": 4}
mart: str = None  # a prepared data file; the build sets it"""
OPEN = """\
review = nb.open_review(
    "{variant}",
    period=period,
    year=year,
    as_of=as_of,
    source=source,
    mapping=mapping,
    lang=lang,
    params=params,
    mart=mart,
)
review"""
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def fresh(variant: str) -> NotebookNode:
    """A notebook for ``variant`` with everything but the exhibits."""
    cells = (
        new_code_cell(PARAMETERS, id="parameters", metadata={"tags": ["parameters"]}),
        new_code_cell("from salesreview import notebook as nb", id="imports"),
        new_code_cell(OPEN.format(variant=variant), id="open"),
    )
    return new_notebook(cells=list(cells), metadata=METADATA)


def shown(notebook: NotebookNode) -> list[str]:
    """Ids of the exhibits that the notebook's cells show, in order."""
    return [name for name in map(_exhibit, notebook.cells) if name]


def in_step(notebook: NotebookNode, ids: Sequence[str]) -> NotebookNode:
    """A copy of ``notebook`` that shows exactly the exhibits ``ids``, in this order, with all its other cells kept."""
    followers: dict[str, list[NotebookNode]] = {"": []}
    old: dict[str, NotebookNode] = {}
    place = ""
    for cell in notebook.cells:
        name = _exhibit(cell)
        if name in ids and name not in old:
            place, old[name] = name, cell
            followers.setdefault(name, [])
        elif name is None:
            followers[place].append(_stripped(cell))
    cells = list(followers[""])
    for name in ids:
        cells.append(_stripped(old[name]) if name in old else _show_cell(name))
        cells += followers.get(name, [])
    return new_notebook(cells=cells, metadata=METADATA)


def write(folder: Path, variants: Sequence[str] = VARIANTS) -> list[Path]:
    """Bring the notebooks of ``folder`` in step with the reviews of the sample company; the paths that changed."""
    changed = []
    for variant in variants:
        path = folder / f"{variant}.ipynb"
        notebook = nbformat.read(path, as_version=4) if path.exists() else fresh(variant)
        text = nbformat.writes(in_step(notebook, open_review(variant).ids), version=4) + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def _exhibit(cell: NotebookNode) -> str | None:
    found = SHOW.fullmatch(cell.source.strip()) if cell.cell_type == "code" else None
    return found[1] if found else None


def _show_cell(name: str) -> NotebookNode:
    cell_id = "show-" + re.sub(r"[^A-Za-z0-9_-]", "-", name)
    return new_code_cell(f'review.show("{name}")', id=cell_id[:64])


def _stripped(cell: NotebookNode) -> NotebookNode:
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    cell.metadata = {"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {}
    return cell


if __name__ == "__main__":
    for written in write(params_folder().parent / "notebooks", sys.argv[1:] or VARIANTS):
        print(written.name)
