"""The notebook that Quarto renders: an executed notebook in one language, its outputs as raw blocks of the target.

All cells become Markdown, so that nothing is executed and no output brings a library from a CDN. Analysts' Markdown
stays Markdown. Exhibits and other outputs are HTML for a page and Typst markup for a PDF.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell

from ..exhibits.entries import word
from ..render.document import Entry, outline
from ..render.fragments import Ids, clean, merge_absent
from ..render.languages import in_language
from .log import plain
from .typst import Pictures, string, typst

OWN_HEADING = re.compile(r"(#{1,5})\s+(.*?)\s*#*\s*(\{[^}]*\})?$")
IMAGE = re.compile(r'!\[((?:[^\]\\]|\\.)*)\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)')
BLOCK_OF_HTML = re.compile(r"(?ms)^<(table|div|figure|details|section|p|ul|ol|dl|center|svg)\b.*?</\1>\s*?$")
PICTURE_OF_HTML = re.compile(r"<img\b[^>]*>")
PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
PICTURES = (("image/svg+xml", True), ("image/png", False), ("image/jpeg", False))


@dataclass
class Piece:
    """Part of a page: analysts' ``markdown``, or ``html`` of an exhibit or another output."""

    markdown: str = ""
    html: str = ""


@dataclass
class Source:
    """Cells for Quarto, the headings of a page, all HTML (for its characters), and what readers do not see."""

    cells: list[str] = field(default_factory=list)
    outline: list[Entry] = field(default_factory=list)
    html: str = ""
    warnings: list[str] = field(default_factory=list)


def source(notebook: Path, lang: str, prefix: str, to: str, folder: Path) -> Source:
    """The cells of an executed notebook in ``lang`` for ``html`` or ``typst``, whose pictures go to ``folder``."""
    made = Source()
    picked, warnings = in_language(nbformat.read(notebook, as_version=4), lang)
    made.warnings += warnings
    ids, pictures = Ids(prefix), Pictures(folder, unnamed=word("pack.figure_alt", lang))
    for piece in list(_joined(_pieces(picked, ids, lang, made))):
        made.html += piece.html + piece.markdown
        html = merge_absent(piece.html)
        if to == "typst":
            own = piece.markdown and _typst_markdown(piece.markdown, pictures)
            made.cells.append(own or raw(typst(html, pictures), to))
        elif piece.markdown:
            made.cells.append(_page_markdown(piece.markdown, ids, made.outline))
        else:
            made.cells.append(raw(html.replace("{{<", "&#123;&#123;<"), to))
            made.outline += outline(html)
    return made


def write(cells: list[str], front_matter: str, like: Path | None, target: Path) -> None:
    """Write a notebook of Markdown cells; its kernel is named as in the notebook ``like``."""
    known = nbformat.read(like, as_version=4).metadata if like else {}
    kept = {name: known[name] for name in ("kernelspec", "language_info") if name in known}
    made = nbformat.v4.new_notebook(metadata=kept)
    first = nbformat.v4.new_raw_cell(f"---\n{front_matter}---\n", id="front-matter")
    made.cells = [first, *(new_markdown_cell(text, id=f"part-{n}") for n, text in enumerate(cells, start=1))]
    nbformat.write(made, target)


def raw(text: str, to: str) -> str:
    """``text`` as a block that Quarto hands on as it is to ``to``."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{{={to}}}\n{text.strip()}\n{fence}"


def markdown(text: str) -> str:
    """``text`` as Markdown that prints it as it is."""
    return PUNCTUATION.sub(r"\\\1", re.sub(r"\s+", " ", text))


def _pieces(nb, ids: Ids, lang: str, made: Source) -> Iterator[Piece]:
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            yield Piece(markdown=_pictures_within(cell, made))
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if output.get("metadata", {}).get("salesreview"):
                yield Piece(html=_cleaned(data["text/html"], ids.keep, made))
            elif output.output_type == "stream":
                yield Piece(html=f'<pre class="own-output">{escape(plain(output.text))}</pre>')
            elif data:
                yield _own_output(data, output.metadata, ids, lang, made)


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbouring pieces of HTML as one, so that boxes that lack the same can be told once."""
    waiting = ""
    for piece in pieces:
        if piece.markdown:
            yield from [Piece(html=waiting)] if waiting else []
            yield piece
            waiting = ""
        else:
            waiting += piece.html + "\n"
    yield from [Piece(html=waiting)] if waiting else []


def _own_output(data, metadata, ids: Ids, lang: str, made: Source) -> Piece:
    """The form of an output that both targets can show; a picture rather than a page that needs scripts."""
    page = data.get("text/html", "")
    drawn = [(kind, as_text) for kind, as_text in PICTURES if kind in data]
    if page and not ("<script" in page and drawn):
        lower = re.sub(r"(</?h)([1-5])\b", lambda found: found[1] + str(int(found[2]) + 1), page)
        return Piece(html=f'<div class="own-output">{_cleaned(lower, ids.number, made)}</div>')
    if "text/markdown" in data:
        return Piece(markdown=data["text/markdown"])
    if drawn:
        kind, as_text = drawn[0]
        encoded = b64encode(data[kind].encode()).decode() if as_text else data[kind].replace("\n", "")
        alt = escape(metadata.get("alt") or word("pack.figure_alt", lang))
        width = metadata.get(kind, {}).get("width")
        size = f' width="{int(width)}"' if width else ""
        image = f'<img alt="{alt}"{size} src="data:{kind};base64,{encoded}">'
        return Piece(html=f'<div class="own-output figure">{image}</div>')
    return Piece(html=f'<pre class="own-output">{escape(plain(data.get("text/plain", "")))}</pre>')


def _cleaned(html: str, rename, made: Source) -> str:
    cleaned = clean(html, rename)
    made.warnings += [f"left out: {what}" for what in cleaned.dropped]
    return cleaned.html


def _pictures_within(cell, made: Source) -> str:
    """A Markdown cell with its attachments as ``data:`` URLs; of pictures from elsewhere only the words stay."""
    held = {
        f"attachment:{name}": next(iter(data.items())) for name, data in cell.get("attachments", {}).items() if data
    }

    def embedded(found: re.Match) -> str:
        alt, url = found[1], found[2]
        if url in held:
            kind, data = held[url]
            return f"![{alt}](data:{kind};base64,{''.join(data).replace(chr(10), '')})"
        if url.startswith("data:"):
            return found[0]
        made.warnings.append(f"left out: src={url[:60]}")
        return f"*{alt}*" if alt else ""

    return IMAGE.sub(embedded, cell.source)


def _page_markdown(text: str, ids: Ids, entries: list[Entry]) -> str:
    """Markdown with headings one level lower, as the page's title stands above, and with ids for the contents."""
    lines, fenced = [], False
    for line in text.split("\n"):
        fenced ^= bool(re.match(r"\s*(```|~~~)", line))
        heading = None if fenced else OWN_HEADING.fullmatch(line)
        if heading:
            entries.append(Entry(ids.number(""), len(heading[1]) + 1, re.sub(r"[*_`]", "", heading[2])))
            line = f"#{heading[1]} {heading[2]} {{#{entries[-1].id}}}"
        lines.append(line)
    return "\n".join(lines)


def _typst_markdown(text: str, pictures: Pictures) -> str:
    """Markdown whose HTML and pictures a PDF can show."""

    def as_typst(found: re.Match) -> str:
        return raw(typst(clean(found[0], lambda name: name).html, pictures), "typst")

    def inline(found: re.Match) -> str:
        return f"`{typst(clean(found[0], lambda name: name).html, pictures).strip()}`{{=typst}}"

    def filed(found: re.Match) -> str:
        name, alt = pictures.file(found[2]), re.sub(r"\\(.)", r"\1", found[1])
        return (
            f"`#fitted({string(name)}, {string(alt or pictures.unnamed)}, none);`{{=typst}}"
            if name
            else f"*{found[1]}*"
        )

    return IMAGE.sub(filed, PICTURE_OF_HTML.sub(inline, BLOCK_OF_HTML.sub(as_typst, text)))
