"""Packs from stand-in notebooks: real kernels and real pages, with records that the tests themselves write."""

import json
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from salesreview.notebook import EXHIBIT_MIME, REVIEW_MIME
from salesreview.pack.notebooks import METADATA, PARAMETERS

SHOW = "from IPython.display import display\ndisplay({data!r}, raw=True)"


def figure(value=1234.5, *, metric="sales", variant="data_driven", **rest) -> dict:
    record = {"metric": metric, "variant": variant, "dimension": None, "member": None, "period": "2026-H1"}
    record |= {"comparison": None, "value": value, "unit": "CNY", "numerator": None, "denominator": None, "n": None}
    return record | {"flags": []} | rest


def review_data(variant="data_driven", figures=None, langs=("zh", "en")) -> dict:
    titles = {"zh": f"{variant} 复盘", "en": f"Review of {variant}"}
    payload = {
        "variant": variant,
        "period": "2026-H1",
        "as_of": "2026-06-30",
        "company": {"zh": "测试公司", "en": "测试公司"},
        "currency": "CNY",
        "source": "test",
        "digest": "0" * 64,
        "langs": list(langs),
        "title": titles,
        "headline": {"zh": "销售额低于目标", "en": "Sales fell short of target"},
        "cards": {lang: '<section class="cards" id="cover"><p>1,234.50</p></section>' for lang in langs},
        "exhibits": ["chapter", "table"],
        "figures": figures if figures is not None else [figure(variant=variant)],
    }
    return {"text/plain": "review", REVIEW_MIME: payload}


def exhibit_data(name: str, zh: str, en: str) -> dict:
    html = {"zh": zh, "en": en}
    return {"text/html": zh, "text/plain": name, EXHIBIT_MIME: {"id": name, "html": html}}


def show(data: dict) -> nbformat.NotebookNode:
    return new_code_cell(SHOW.format(data=data))


def chapter(number: int, rows: int = 3) -> list[nbformat.NotebookNode]:
    """A heading and a table as exhibits."""
    heading = [f'<section id="chapter{number}"><h2>{word} {number}</h2></section>' for word in ("第章", "Chapter")]
    body = "".join(f'<tr><th scope="row">r{row}</th><td>{row}</td></tr>' for row in range(rows))
    head = "<thead><tr><th>a</th><th>b</th></tr></thead>"
    table = f'<section id="table{number}"><h4>T</h4><table>{head}{body}</table></section>'
    return [show(exhibit_data(f"chapter{number}", *heading)), show(exhibit_data(f"table{number}", table, table))]


def notebook(*cells, parameters: str = PARAMETERS) -> nbformat.NotebookNode:
    first = new_code_cell(parameters, metadata={"tags": ["parameters"]}, id="parameters")
    made = [new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return new_notebook(cells=[first, *made], metadata=METADATA)


def whole(variant="data_driven", figures=None) -> nbformat.NotebookNode:
    """A notebook that shows a review of two chapters and an analyst's own Markdown."""
    own = [new_markdown_cell("# 自己的话"), new_markdown_cell("Only English", metadata={"tags": ["lang-en"]})]
    return notebook(show(review_data(variant, figures)), *chapter(1), *chapter(2), *own)


def read_figures(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "figures.jsonl").read_text(encoding="utf-8").splitlines()]
