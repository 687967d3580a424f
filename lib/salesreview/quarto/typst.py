"""HTML of exhibits and of what analysts display as Typst markup, in which Quarto's PDFs are set.

The functions that the markup calls (``#note``, ``#data-table``, …) are those of ``theme/typst-template.typ``. Every
punctuation mark of a text is escaped, so that no name from the data is ever taken for markup. Colours and bars of
styled tables are not carried over.
"""

import re
from base64 import b64decode
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote_to_bytes

from lxml import etree, html

from ..exhibits.tables import WIDE_FROM, width

PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
INLINE = {
    "strong": "strong", "b": "strong", "em": "emph", "i": "emph", "sup": "super", "sub": "sub",
    "u": "underline", "s": "strike", "del": "strike",
}  # fmt: skip
PARAGRAPHS = {
    "note": "note", "source": "note", "reconciliation": "reconciliation", "lead": "lead", "absent-title": "lead",
    "claim": "claim", "stake": "stake", "grade": "note",
}  # fmt: skip
BLOCKS = {
    "p", "div", "section", "article", "figure", "table", "ul", "ol", "dl", "pre", "blockquote", "details",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr",
}  # fmt: skip
CHAPTERS = {"h1": 1, "h2": 1, "h3": 2}
"""Levels in the outline of a PDF; the titles of exhibits are not in it."""
DROPPED = {"style", "script", "head", "title", "template", "colgroup"}
SUFFIXES = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}
POINTS_A_PIXEL = 0.75
NARROWEST, BROADEST = 6, 28
"""Between how many Latin letters the columns of a table are weighed."""
PICTURE, GAP = 16, 2
"""The weight of a column of small pictures, and of the space between two columns, in Latin letters."""


class Pictures:
    """Writes the pictures of ``data:`` URLs beside the notebook, each under the next number.

    ``unnamed`` is the alternative text of those that have none, without which no PDF/UA can be made.
    """

    def __init__(self, folder: Path, stem: str = "picture", unnamed: str = ""):
        self.folder, self.stem, self.unnamed, self.names = folder, stem, unnamed, {}

    def file(self, url: str) -> str | None:
        """The name of the file with the picture of ``url``; None for what is no picture that Typst can draw."""
        found = re.match(r"data:([\w/+.-]+)(?:;[\w=-]+)*?(;base64)?,", url)
        if not found or found[1] not in SUFFIXES:
            return None
        if url not in self.names:
            data = url[found.end() :]
            name = f"{self.stem}-{len(self.names) + 1}.{SUFFIXES[found[1]]}"
            (self.folder / name).write_bytes(b64decode(data) if found[2] else unquote_to_bytes(data))
            self.names[url] = name
        return self.names[url]


def typst(text: str, pictures: Pictures) -> str:
    """A fragment of HTML as Typst markup; its pictures are written by ``pictures``."""
    root = html.fragment_fromstring(text, create_parent="div")
    return _Writer(pictures).flow(root).strip() + "\n"


def escape(text: str) -> str:
    """``text`` as Typst markup that prints it as it is.

    >>> escape("A_1 #x")
    'A\\\\_1 \\\\#x'
    """
    return PUNCTUATION.sub(r"\\\1", re.sub(r"\s+", " ", text))


def string(text: str) -> str:
    """``text`` as a Typst string, on one line; ``{{`` is written so that Quarto sees no shortcode."""
    plain = text.replace("\n", " ").replace("\\", "\\\\").replace('"', '\\"')
    return '"' + plain.replace("{{", r"\u{7b}\u{7b}") + '"'


class _Writer:
    def __init__(self, pictures: Pictures):
        self.pictures = pictures

    def flow(self, element: etree._Element) -> str:
        """The content of ``element``, blocks in paragraphs of their own."""
        parts: list[str] = []
        run = [escape(element.text or "")]
        for child in element:
            if _tag(child) in BLOCKS:
                parts += [_paragraph(run), self.block(child)]
                run = [escape(child.tail or "")]
            else:
                run += [self.inline(child), escape(child.tail or "")]
        return "\n\n".join(part for part in (*parts, _paragraph(run)) if part)

    def inline(self, element: etree._Element) -> str:
        tag = _tag(element)
        if tag in DROPPED:
            return ""
        if tag == "br":
            return "#linebreak();"
        if tag == "img":
            return self.picture(element)
        if tag == "svg":
            return self.drawing(element)
        if tag in ("code", "kbd", "samp"):
            return f"#raw({string(element.text_content())});"
        inner = self.flow(element) if any(_tag(part) in BLOCKS for part in element.iter()) else self.words(element)
        if tag in INLINE:
            return f"#{INLINE[tag]}[{inner}];" if inner.strip() else inner
        if tag == "a" and re.match(r"https?://|mailto:", element.get("href", "")):
            return f"#link({string(element.get('href'))})[{inner}];"
        if "light" in _classes(element):
            return f'#light("{_classes(element)[-1]}");{inner}'
        return inner

    def words(self, element: etree._Element) -> str:
        parts = [escape(element.text or "")]
        for child in element:
            parts += [self.inline(child), escape(child.tail or "")]
        return "".join(parts)

    def block(self, element: etree._Element) -> str:
        tag = _tag(element)
        if tag in DROPPED:
            return ""
        named = {
            "table": self.table, "figure": self.figure, "pre": self.verbatim, "hr": lambda _: "#line(length: 100%)",
            "ul": self.listed, "ol": self.listed, "dl": self.definitions,
        }.get(tag)  # fmt: skip
        if named:
            return named(element)
        if tag in CHAPTERS:
            return f"#heading(level: {CHAPTERS[tag]})[{self.words(element).strip()}]"
        if re.fullmatch("h[4-6]", tag):
            return f"#exhibit-title[{self.words(element).strip()}]"
        if tag == "p":
            return self.paragraph(element)
        if tag == "section" and "absent" in _classes(element):
            return f"#absent[\n{self.flow(element)}\n]"
        if tag == "blockquote":
            return f"#quote(block: true)[\n{self.flow(element)}\n]"
        if "panel-row" in _classes(element):
            return self.called("panel-row", element.iterchildren())
        return self.flow(element)

    def paragraph(self, element: etree._Element) -> str:
        inner = self.words(element).strip()
        kind = next((PARAGRAPHS[name] for name in _classes(element) if name in PARAGRAPHS), None)
        return f"#{kind}[{inner}]" if kind and inner else inner

    def called(self, name: str, parts: Iterable[etree._Element], options: str = "") -> str:
        """A call of a function of the template with the content of each part."""
        return f"#{name}({options}" + ", ".join(f"[{self.flow(part)}]" for part in parts) + ")"

    def listed(self, element: etree._Element) -> str:
        items = [child for child in element if _tag(child) == "li"]
        if "finding-list" in _classes(element):
            return "\n\n".join(
                f'#finding({number}, "{(_classes(item) or ["neutral"])[0]}")[\n{self.flow(item)}\n]'
                for number, item in enumerate(items, start=1)
            )
        return self.called("list" if _tag(element) == "ul" else "enum", items)

    def definitions(self, element: etree._Element) -> str:
        classes = _classes(element)
        if "card-grid" in classes:
            columns = next((int(name[3:]) for name in classes if re.fullmatch(r"of-\d", name)), 3)
            return f"#card-grid({columns}, " + ", ".join(map(self.card, element.iterchildren("div"))) + ")"
        groups = element.iterchildren("div") if element.find("div") is not None else [element]
        pairs = ", ".join(f"({_texts(self, group, 'dt')}, {_texts(self, group, 'dd')})" for group in groups)
        return f"#meanings({pairs},)"

    def card(self, element: etree._Element) -> str:
        value = element.find("dd")
        rest = [
            f'("{_classes(part)[-1] if _classes(part) else "neutral"}", [{self.words(part).strip()}])'
            for part in element.iterchildren("dd")
            if part is not value
        ]
        changes = f"({', '.join(rest)},)" if rest else "()"
        return f"card({_texts(self, element, 'dt')}, [{self.words(value).strip()}], {changes})"

    def verbatim(self, element: etree._Element) -> str:
        lines = (string(line.replace("\t", "    ")) for line in element.text_content().rstrip().split("\n"))
        return f"#verbatim(({', '.join(lines)},))"

    def figure(self, element: etree._Element) -> str:
        caption = element.find(".//figcaption")
        title = f", caption: [{self.words(caption).strip()}]" if caption is not None else ""
        body = [self.block(part) if _tag(part) in BLOCKS else self.inline(part)
                for part in element if part is not caption]  # fmt: skip
        return f"#picture([{''.join(body)}]{title})"

    def picture(self, element: etree._Element) -> str:
        alt = element.get("alt", "")
        name = self.pictures.file(element.get("src", ""))
        if name is None:
            return f"#emph[{escape(alt)}];" if alt else ""
        call = "inline-picture" if "spark" in _classes(element) else "fitted"
        return f"#{call}({string(name)}, {string(alt or self.pictures.unnamed)}, {_points(element.get('width'))});"

    def drawing(self, element: etree._Element) -> str:
        element.tail = None
        if not element.get("xmlns"):
            element.set("xmlns", "http://www.w3.org/2000/svg")
        data = etree.tostring(element, encoding="unicode").replace("\n", "%0A").replace("#", "%23")
        alt = " ".join(part.text_content() for part in element.iter("title", "desc"))
        name = self.pictures.file("data:image/svg+xml," + data)
        return f"#fitted({string(name)}, {string(alt or self.pictures.unnamed)}, {_points(element.get('width'))});"

    def table(self, element: etree._Element) -> str:
        rows = [row for row in element.iter("tr") if next(row.iterancestors("table")) is element]
        columns = max((sum(_span(cell, "colspan") for cell in _cells(row)) for row in rows), default=0)
        if not columns:
            return ""
        head = [row for row in rows if _tag(row.getparent()) == "thead"]
        body = [row for row in rows if row not in head]
        numeric = _numeric(body, columns)
        alignment = ", ".join("right" if number else "left" for number in numeric)
        caption = element.find("caption")
        title = f"[{self.words(caption).strip()}]" if caption is not None else "none"
        cells = [f"table.header({', '.join(self.row(row) for row in head)})"] if head else []
        cells += [self.row(row) for row in body]
        wide = "true" if columns >= WIDE_FROM else "false"
        total = "true" if body and "total" in _classes(body[-1]) else "false"
        shares = ", ".join(f"{weight}fr" for weight in _weights(rows, columns))
        options = f"{title}, ({shares},), ({alignment},), rows: {len(rows) - 1}, wide: {wide}, total: {total}"
        return f"#data-table({options},\n  " + ",\n  ".join(cells) + "\n)"

    def row(self, element: etree._Element) -> str:
        return ", ".join(self.cell(cell) for cell in _cells(element))

    def cell(self, element: etree._Element) -> str:
        spans = [f"{name}: {_span(element, name)}" for name in ("colspan", "rowspan") if _span(element, name) > 1]
        weak = "#weak" if "weak" in _classes(element) else ""
        inner = self.flow(element)
        content = f"[{weak}[{inner}]]" if weak else f"[{inner}]"
        return f"table.cell({', '.join(spans)}){content}" if spans else content


def _texts(writer: _Writer, element: etree._Element, tag: str) -> str:
    return f"[{' '.join(writer.words(part).strip() for part in element.iterchildren(tag))}]"


def _paragraph(run: list[str]) -> str:
    return "".join(run).strip()


def _tag(element: etree._Element) -> str:
    return element.tag.lower() if isinstance(element.tag, str) else "script"


def _classes(element: etree._Element) -> list[str]:
    return element.get("class", "").split()


def _cells(row: etree._Element) -> list[etree._Element]:
    return [cell for cell in row if _tag(cell) in ("th", "td")]


def _span(cell: etree._Element, name: str) -> int:
    given = cell.get(name, "1")
    return max(1, int(given)) if given.isdigit() else 1


def _numeric(rows: list[etree._Element], columns: int) -> list[bool]:
    """The columns in which most cells of the body read as numbers, or that are marked so; never the first."""
    counts = [0] * columns
    whole = [cells for cells in map(_cells, rows) if len(cells) == columns]
    for cells in whole:
        for place, cell in enumerate(cells):
            digits = re.fullmatch(r"[\s\d.,%+−\-–—~()]*\d[\s\d.,%+−\-–—~()a-z]*", cell.text_content().strip())
            counts[place] += "num" in _classes(cell) or bool(digits)
    return [place > 0 and count * 2 > len(whole) for place, count in enumerate(counts)]


def _weights(rows: list[etree._Element], columns: int) -> list[int]:
    """How wide each column is to be against the others, by the longest text in it."""
    widest = [NARROWEST] * columns
    for cells in map(_cells, rows):
        for place, cell in enumerate(cells if len(cells) == columns else ()):
            own = PICTURE if cell.find(".//img") is not None else width(cell.text_content().strip()) + GAP
            widest[place] = max(widest[place], min(BROADEST, own))
    return widest


def _points(pixels: str | None) -> str:
    found = re.match(r"[\d.]+", pixels or "")
    return f"{float(found[0]) * POINTS_A_PIXEL:.1f}pt" if found else "none"
