"""An executed notebook in one language: its exhibits as plain HTML, without what only others or nobody should read."""

from collections.abc import Container

import nbformat

from ..exhibits.entries import word
from ..notebook import EXHIBIT_MIME, REVIEW_MIME
from .pictures import interactive, still

PRINTABLE = ("text/html", "text/markdown", "text/latex", "image/svg+xml", "image/png", "image/jpeg", "text/plain")


def in_language(nb, lang: str, without: Container[str] = ()):
    """A copy of ``nb`` with each exhibit as plain HTML in ``lang``; stderr, the Markdown of other languages and the
    exhibits whose ids are in ``without`` are left out."""
    nb = nbformat.from_dict(nb)
    warnings, cells = [], []
    for cell in nb.cells:
        tags = {tag for tag in cell.metadata.get("tags", []) if tag.startswith("lang-")}
        if tags and f"lang-{lang}" not in tags:
            continue
        if cell.cell_type == "code":
            wanted = [output for output in cell.outputs if _exhibit_id(output) not in without]
            kept = [_output(output, lang, f"cell {cell.id}", warnings) for output in wanted]
            cell.outputs = [output for output in kept if output is not None]
        cells.append(cell)
    nb.cells = cells
    return nb, warnings


def _exhibit_id(output) -> str | None:
    return output.get("data", {}).get(EXHIBIT_MIME, {}).get("id")


def _output(output, lang: str, where: str, warnings: list[str]):
    data = output.get("data", {})
    if output.output_type == "stream" and output.name == "stderr":
        warnings.append(f"{where} wrote {len(output.text.splitlines())} lines to standard error")
        return None
    if REVIEW_MIME in data:
        return None
    if EXHIBIT_MIME in data:
        output.data = {"text/html": data[EXHIBIT_MIME]["html"][lang]}
        output.metadata = {"salesreview": True}
        return output
    drawn = {"image/png", "image/svg+xml"} & set(data)
    moving = not drawn and interactive(data)
    picture = still(data) if moving else None
    if picture:
        output.data, output.metadata = picture.data, picture.metadata
    elif moving:
        warnings.append(f"{where} shows interactive content, which a page cannot hold")
        output.data = {"text/html": f'<p class="notice">{word("pack.interactive", lang)}</p>'}
    elif data:
        output.data = {kind: value for kind, value in data.items() if kind in PRINTABLE}
    return output
