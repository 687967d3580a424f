"""Packs from stand-in notebooks: real kernels and real pages, with records that the tests themselves write."""

import json
from pathlib import Path
from types import SimpleNamespace

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from salesreview.notebook import EXHIBIT_MIME, Shown, ShownReview
from salesreview.pack.notebooks import METADATA, PARAMETERS
from salesreview.record import Card, Figure, Heading, Review, Table, Terms, Text

PERIOD = "2026-H1"
SHOW = "from IPython.display import display\ndisplay({data!r}, raw=True)"


def review(variant="data_driven", sales=1234.5) -> Review:
    """Two chapters with a table each, then formulas; ``sales`` is the figure on the cover and in the first table."""
    shown = Figure("sales", sales, "money", PERIOD)
    name = Text("metric.sales")
    more = ((Text("metric.aov"), Text("formula.aov")),) if variant == "team" else ()
    rows = tuple((f"r{place}", Figure("sales", 10.0 * place, "money", f"2026-M0{place}")) for place in range(1, 4))
    return Review(
        variant=variant,
        title=Text(f"variant.{variant}"),
        headline=Text("result.no_base", {"sales": shown}),
        cards=(Card(name, shown),),
        exhibits=(
            Heading("first", Text("pack.index_headlines"), level=1),
            Table("numbers", name, header=(Text("pack.index_review"), name), rows=(("all", shown),)),
            Heading("second", Text("pack.index_more"), level=1),
            Table("months", name, header=(Text("pack.index_review"), name), rows=rows),
            Heading("formulas_heading", Text("appendix.heading"), level=1),
            Terms("formulas", Text("appendix.formulas"), terms=((name, Text("formula.sales")), *more)),
        ),
        period=PERIOD,
        as_of="2026-06-30",
        company="测试公司",
        currency="CNY",
    )


def review_data(variant="data_driven", sales=1234.5, langs=("zh", "en")) -> dict:
    """What the cell that opens a review displays."""
    names = {"zh": "测试公司", "en": "测试公司"}
    meta = SimpleNamespace(names=names, source="test", digest="0" * 64)
    opened = ShownReview(review(variant, sales), langs, SimpleNamespace(mart=SimpleNamespace(meta=meta)))
    return opened._repr_mimebundle_()


def exhibit_data(name: str, zh: str, en: str) -> dict:
    html = {"zh": zh, "en": en}
    return {"text/html": zh, "text/plain": name, EXHIBIT_MIME: {"id": name, "html": html}}


def show(data: dict) -> nbformat.NotebookNode:
    return new_code_cell(SHOW.format(data=data))


def notebook(*cells, parameters: str = PARAMETERS) -> nbformat.NotebookNode:
    first = new_code_cell(parameters, metadata={"tags": ["parameters"]}, id="parameters")
    made = [new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return new_notebook(cells=[first, *made], metadata=METADATA)


def whole(variant="data_driven", sales=1234.5) -> nbformat.NotebookNode:
    """A notebook that shows a review of two chapters and an analyst's own Markdown."""
    shown = [Shown(exhibit, ("zh", "en"), "CNY")._repr_mimebundle_() for exhibit in review(variant, sales).exhibits]
    own = [new_markdown_cell("# 自己的话"), new_markdown_cell("Only English", metadata={"tags": ["lang-en"]})]
    return notebook(show(review_data(variant, sales)), *map(show, shown), *own)


def read_figures(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "figures.jsonl").read_text(encoding="utf-8").splitlines()]
