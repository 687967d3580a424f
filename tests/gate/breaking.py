"""Ways to break a finished pack: text replaced in a page, objects changed in a PDF, files lost, added or damaged."""

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pikepdf
from pptx import Presentation

Breaker = Callable[[Path], None]


def text(name: str, old: str, new: str, count: int = 1) -> Breaker:
    """Replace ``old`` by ``new`` in a text file; it must be there."""

    def run(folder: Path) -> None:
        content = (folder / name).read_text(encoding="utf-8")
        assert old in content, f"{name} does not hold {old!r}"
        (folder / name).write_text(content.replace(old, new, count), encoding="utf-8")

    return run


def pattern(name: str, old: str, new: str, count: int = 1) -> Breaker:
    """The same with a regular expression."""

    def run(folder: Path) -> None:
        content = (folder / name).read_text(encoding="utf-8")
        changed, times = re.subn(old, new, content, count=count, flags=re.S)
        assert times, f"{name} does not hold {old!r}"
        (folder / name).write_text(changed, encoding="utf-8")

    return run


def within(name: str, html: str) -> Breaker:
    """Put ``html`` at the end of the main part of a page."""
    return text(name, "</main>", f"{html}</main>")


def pdf(name: str, change: Callable[[pikepdf.Pdf], None]) -> Breaker:
    """Change the objects of a PDF."""

    def run(folder: Path) -> None:
        with pikepdf.open(folder / name, allow_overwriting_input=True) as file:
            change(file)
            file.save(folder / name)

    return run


def page_stream(number: int, change: Callable[[bytes], bytes]) -> Callable[[pikepdf.Pdf], None]:
    """Change what a page (from 1) draws."""

    def run(file: pikepdf.Pdf) -> None:
        page = file.pages[number - 1]
        page.contents_coalesce()
        before = page.Contents.read_bytes()
        after = change(before)
        assert before != after
        page.Contents = file.make_stream(after)

    return run


def structure(tag: str, change: Callable[[pikepdf.Dictionary], None]) -> Callable[[pikepdf.Pdf], None]:
    """Change every element of the structure tree with this tag."""

    def run(file: pikepdf.Pdf) -> None:
        waiting, found = [file.Root.StructTreeRoot], 0
        while waiting:
            item = waiting.pop()
            if item.get("/S") == f"/{tag}":
                change(item)
                found += 1
            kids = item.get("/K")
            waiting += (
                [kid for kid in kids if isinstance(kid, pikepdf.Dictionary)]
                if isinstance(kids, pikepdf.Array)
                else [kids]
                if isinstance(kids, pikepdf.Dictionary)
                else []
            )
        assert found, f"no {tag} in the structure"

    return run


def fonts(file: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    """The fonts of all pages."""
    return [font for page in file.pages for font in page.Resources.get("/Font", {}).values()]


def zipped(name: str, change: Callable[[dict[str, bytes]], None]) -> Breaker:
    """Change the parts of a workbook or deck."""

    def run(folder: Path) -> None:
        with zipfile.ZipFile(folder / name) as packed:
            parts = {part: packed.read(part) for part in packed.namelist()}
        change(parts)
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as packed:
            for part, data in parts.items():
                packed.writestr(part, data)

    return run


def deck(name: str, change: Callable[[object], None]) -> Breaker:
    """Change a presentation."""

    def run(folder: Path) -> None:
        file = Presentation(str(folder / name))
        change(file)
        file.save(str(folder / name))

    return run


def notebook(variant: str, change: Callable[[nbformat.NotebookNode], None]) -> Breaker:
    def run(folder: Path) -> None:
        path = folder / "notebooks" / f"{variant}.ipynb"
        made = nbformat.read(path, as_version=4)
        change(made)
        nbformat.write(made, path)

    return run


def figure_line(change: Callable[[list[dict]], None]) -> Breaker:
    """Change the objects of figures.jsonl."""

    def run(folder: Path) -> None:
        path = folder / "figures.jsonl"
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        change(lines)
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")

    return run


def manifest(change: Callable[[dict], None]) -> Breaker:
    def run(folder: Path) -> None:
        path = folder / "manifest.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        change(content)
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    return run


def damage(name: str, change: Callable[[bytes], bytes]) -> Breaker:
    """Change the bytes of a file."""

    def run(folder: Path) -> None:
        (folder / name).write_bytes(change((folder / name).read_bytes()))

    return run


def remove(name: str) -> Breaker:
    return lambda folder: (folder / name).unlink()


def add(name: str, content: str) -> Breaker:
    return lambda folder: (folder / name).write_text(content, encoding="utf-8") and None
