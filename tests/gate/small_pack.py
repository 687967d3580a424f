"""A small real pack: two reviews in two languages, one review that failed, everything made by the pages' own code."""

import io
from base64 import b64encode
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pandas
from great_tables import GT
from matplotlib import pyplot
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from salesreview.contract.quality import Quality, TableQuality
from salesreview.notebook import Shown, ShownReview
from salesreview.pack import figures, manifest
from salesreview.record import (
    Card,
    Cards,
    Chart,
    Figure,
    Heading,
    NotProvided,
    PeriodName,
    Prose,
    Review,
    Series,
    Table,
    Text,
)
from salesreview.render.document import Colophon, Cover
from salesreview.render.failure import Failed, Failure
from salesreview.render.index import Listed, index_page
from salesreview.render.quality import quality_page
from salesreview.render.task import RenderTask, render
from salesreview.render.whole import KINDS, WholeTask, render_whole

LANGS = ("zh", "en")
PERIOD, AS_OF, CURRENCY = "2026-H1", "2026-06-30", "CNY"
COMPANY = {"zh": "测试公司", "en": "Test Ltd"}
COLOPHON = Colophon("flat", "0" * 64, (), (("salesreview", "0.1"),))
REASON = "ValueError: no such column"
FAILURE = Failure("error", REASON, 2, "c2")
VERDICTS = {"data_driven": "deals.note_set", "team": "deals.note_period"}
REGIONS = {
    "data_driven": ("华东", "Noneaton", "Nanning", "Infinity & Co"),
    "team": ("华东", "None", "nan", "inf & co"),  # names that are what a machine says
}


def figure(metric: str, value: float | None, unit: str, **rest) -> Figure:
    return Figure(metric, value, unit, rest.pop("period", PERIOD), **rest)


SALES = figure("sales", 12_345_678.0, "money")
MONTHS = tuple(figure("sales", 1_000_000.0 * month, "money", period=f"2026-M0{month}") for month in range(1, 7))


def review(variant: str) -> Review:
    """A chapter with sentences, cards, a table, a chart and something that is not provided; a second with a table."""
    change = figure("sales", 0.125, "ratio", comparison="yoy")
    regions = tuple(
        figure("sales", 100_000.0 * rank, "money", dimension="region", member=name)
        for rank, name in enumerate(REGIONS[variant], 1)
    )
    months = tuple(PeriodName(shown.period) for shown in MONTHS)
    rows = tuple((name, shown, change) for name, shown in zip(REGIONS[variant], regions, strict=True))
    header = (Text("pack.index_review"), Text("metric.sales"), Text("comparison.yoy"))
    name = Text("metric.sales")
    return Review(
        variant=variant,
        title=Text(f"variant.{variant}"),
        headline=Text(VERDICTS[variant], {"threshold": SALES}),
        cards=(Card(name, SALES, (change,)), Card(Text("metric.aov"), figure("aov", None, "money"))),
        exhibits=(
            Heading("first", Text("pack.index_headlines"), level=1),
            Prose("told", Text(""), sentences=(Text("deals.sentence_top_share", {"share": change}),)),
            Cards("numbers", name, cards=(Card(name, SALES),)),
            Table("regions", name, header=header, rows=rows),
            Heading("inner", Text("pack.index_quality"), level=2),
            Chart(
                "course",
                Text("metric.sales"),
                categories=months,
                series=(Series(name, MONTHS),),
                summary=Text("deals.note_history", {"threshold": MONTHS[-1]}),
            ),
            NotProvided("absent", Text("metric.aov"), missing=("orders.amount",)),
            Heading("second", Text("pack.index_more"), level=1),
            Table(
                "months",
                Text("metric.sales"),
                header=header[:2],
                rows=tuple(zip(months, MONTHS, strict=True)),
            ),
        ),
        period=PERIOD,
        as_of=AS_OF,
        company=COMPANY["zh"],
        currency=CURRENCY,
    )


def notebook(shown: Review) -> nbformat.NotebookNode:
    """The executed notebook of a review: the review, its exhibits one a cell, an analyst's own words."""
    meta = SimpleNamespace(names=COMPANY, source="flat", digest="0" * 64)
    whole = ShownReview(shown, LANGS, SimpleNamespace(mart=SimpleNamespace(meta=meta)))
    values = [whole, *(Shown(exhibit, LANGS, CURRENCY) for exhibit in shown.exhibits)]
    cells = [
        new_code_cell("…", id=f"c{place}", outputs=[new_output("display_data", data=value._repr_mimebundle_())])
        for place, value in enumerate(values)
    ]
    return new_notebook(cells=[*cells, new_markdown_cell("Own words, [a link](https://example.org)", id="own"), *own()])


def own() -> list[nbformat.NotebookNode]:
    """What analysts add: a styled frame, a Great Table, a picture, headings of any level."""
    frame = pandas.DataFrame({"region": ["north", "south"], "sales": [1.5, 2.5]})
    styled = frame.style.bar(subset=["sales"]).to_html()
    table = GT(frame, rowname_col="region", id="own").tab_header("Own table").as_raw_html()
    picture = io.BytesIO()
    figure_, axes = pyplot.subplots(figsize=(3, 2))
    axes.plot([1, 2], [3, 4])
    figure_.savefig(picture, format="png")
    pyplot.close(figure_)
    shown = ({"text/html": styled}, {"text/html": table}, {"image/png": b64encode(picture.getvalue()).decode()})
    cells = [new_code_cell("…", outputs=[new_output("display_data", data=data)], id=f"own{place}")
             for place, data in enumerate(shown)]  # fmt: skip
    return [*cells, new_markdown_cell("#### A heading far down\n\n- one\n- two", id="own9")]


def write(folder: Path) -> None:
    """The pack, as a build would leave it."""
    reviews = {variant: review(variant) for variant in ("data_driven", "team")}
    for name in ("notebooks", *LANGS):
        (folder / name).mkdir(parents=True)
    payloads = {}
    for variant, shown in reviews.items():
        made = notebook(shown)
        nbformat.write(made, folder / "notebooks" / f"{variant}.ipynb")
        payloads[variant] = next(iter(made.cells)).outputs[0].data["application/vnd.salesreview.review+json"]
    for variant in (*reviews, "market"):
        for lang in LANGS:
            render(_task(folder, variant, lang, None if variant in reviews else FAILURE))
    for lang in LANGS:
        for kind in KINDS:
            render_whole(_whole(folder, kind, lang))
    figures.write([line for payload in payloads.values() for line in payload["figures"]], folder / "figures.jsonl")
    _pages(folder, payloads)
    write_manifest(folder)


def write_manifest(folder: Path) -> None:
    content = {
        "languages": list(LANGS),
        "formats": ["html", "pdf", "xlsx", "pptx"],
        "reviews": {
            "data_driven": {"status": "ok", "reason": None},
            "team": {"status": "ok", "reason": None},
            "market": {"status": "failed", "reason": REASON},
        },
    }
    manifest.write(folder, content)


def _task(folder: Path, variant: str, lang: str, failure: Failure | None) -> RenderTask:
    return RenderTask(
        cover=_cover(variant),
        lang=lang,
        colophon=COLOPHON,
        notebook=folder / "notebooks" / f"{variant}.ipynb",
        html=folder / lang / f"{variant}.html",
        pdf=folder / lang / f"{variant}.pdf",
        failure=failure,
    )


def _whole(folder: Path, kind: str, lang: str) -> WholeTask:
    made = tuple(folder / "notebooks" / f"{variant}.ipynb" for variant in ("data_driven", "team"))
    reviews = (*made, Failed(_cover("market"), FAILURE))
    return WholeTask(kind, _cover("pack"), lang, COLOPHON, reviews, folder / _beside("pack", kind, lang))


def _beside(stem: str, kind: str, lang: str) -> str:
    return f"{stem}.{kind}" if lang == LANGS[0] else f"{stem}.{lang}.{kind}"


def _cover(variant: str) -> Cover:
    return Cover(variant, COMPANY, PERIOD, AS_OF, CURRENCY)


def _pages(folder: Path, payloads: dict[str, dict]) -> None:
    quality = Quality((TableQuality("orders", "core", True, 10, 10),), ())
    listed = tuple(
        Listed(
            variant,
            payloads.get(variant),
            tuple((lang, kind, f"{lang}/{variant}.{kind}") for lang in LANGS for kind in ("html", "pdf")),
            None if variant in payloads else REASON,
        )
        for variant in ("data_driven", "team", "market")
    )
    for lang in LANGS:
        index, about = (_beside(stem, "html", lang) for stem in ("index", "data_quality"))
        page = index_page(
            listed,
            quality,
            _cover("pack"),
            lang,
            COLOPHON,
            quality_file=about,
            whole=tuple((kind, _beside("pack", kind, lang)) for kind in KINDS),
            other_languages=tuple((code, _beside("index", "html", code)) for code in LANGS if code != lang),
        )
        (folder / index).write_text(page, encoding="utf-8")
        page = quality_page(quality, _cover("pack"), lang, COLOPHON, index)
        (folder / about).write_text(page, encoding="utf-8")
