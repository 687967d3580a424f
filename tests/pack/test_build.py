"""Whole packs from stand-in notebooks and ten orders: real kernels, HTML and PDF."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time

import psutil
import pytest
from pypdf import PdfReader

from salesreview.errors import OptionError, PeriodError, RenderError, SourceError
from salesreview.pack.build import BuildRequest, build_pack
from salesreview.pack.job import FORMATS
from salesreview.progress import Silent
from salesreview.render.task import render

from .standins import notebook, read_figures, review_data, show, whole


@pytest.fixture
def build(tmp_path, save, flat_source):
    """Build a pack from notebooks by variant."""

    def run(notebooks: dict, out="out", **options):
        for variant, content in notebooks.items():
            path = save(variant, content)
        usual = {"period": "H1", "source": str(flat_source), "langs": ("zh",), "formats": ("html",), "jobs": 2}
        usual |= {"variants": tuple(notebooks), "out": tmp_path / out, "notebooks": path.parent}
        return build_pack(BuildRequest(**usual | options), Silent())

    return run


def files(folder) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_whole_pack(build):
    result = build({"data_driven": whole(), "team": whole("team")}, langs=("zh", "en"), formats=("html", "pdf"))
    assert result.exit_code == 0 and [review.ok for review in result.reviews] == [True, True]
    pages = {
        f"{lang}/{name}.{kind}" for lang in ("zh", "en") for name in ("data_driven", "team") for kind in ("html", "pdf")
    }
    about = {
        "index.html",
        "index.en.html",
        "data_quality.html",
        "data_quality.en.html",
        "figures.jsonl",
        "manifest.json",
    }
    notebooks = {"notebooks/data_driven.ipynb", "notebooks/team.ipynb"}
    models = {
        f"models/{task}{part}" for task in ("churn", "win") for part in (".json", "_scores.parquet", "_reasons.parquet")
    }
    assert result.folder.name == "2026-H1" and files(result.folder) >= pages | about | notebooks | models
    check_pdf(PdfReader(result.folder / "zh" / "data_driven.pdf"))
    check_manifest(result.folder)
    assert {record["variant"] for record in read_figures(result.folder)} == {"data_driven", "team"}


def check_pdf(reader: PdfReader):
    text = [page.extract_text() for page in reader.pages]
    assert "数据驱动" in text[0] and "第 1 页" not in text[0]
    assert f"第 2 页 共 {len(text)} 页" in re.sub(r"\s+", " ", text[1])
    assert re.search(r"关键数字 ?\.+ ?2", text[1])
    outline = [entry["/Title"] for entry in reader.outline if not isinstance(entry, list)]
    assert outline[:2] == ["关键数字", "其他文件"]


def check_manifest(folder):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["period"] == "2026-H1" and manifest["as_of"] == "2026-06-30"
    assert set(manifest["outputs"]) == files(folder) - {"manifest.json"}
    for name, digest in manifest["outputs"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert set(manifest["inputs"]) == {"orders.csv", "order_lines.csv"}
    assert manifest["reviews"]["team"]["status"] == "ok" and manifest["seconds"]["total"] > 0


def test_a_failing_notebook_beside_a_good_one(build):
    bad = notebook(show(review_data("team")), "total = 1\ntotal / 0")
    result = build({"team": bad, "data_driven": whole()}, formats=("html", "pdf"))
    assert result.exit_code == 1
    assert {review.variant: review.reason for review in result.reviews} == {
        "team": "ZeroDivisionError: division by zero",
        "data_driven": None,
    }
    page = (result.folder / "zh" / "team.html").read_text(encoding="utf-8")
    assert "本报告未能生成" in page and "第 3 个代码单元格" in page and "Traceback" not in page
    assert "未能生成" in PdfReader(result.folder / "zh" / "team.pdf").pages[1].extract_text()
    assert "ZeroDivisionError" in (result.folder / "index.html").read_text(encoding="utf-8")
    assert "ZeroDivisionError" in (result.folder / "notebooks" / "team.ipynb").read_text(encoding="utf-8")
    assert {record["variant"] for record in read_figures(result.folder)} == {"data_driven"}


def test_two_values_for_one_figure_fail_the_later_review(build):
    result = build({"data_driven": whole(), "team": whole("team", sales=1.0)})
    assert [review.ok for review in result.reviews] == [True, False]
    assert "one figure has two values: metric=sales" in result.reviews[1].reason
    assert "口径" in (result.folder / "zh" / "team.html").read_text(encoding="utf-8")
    assert {record["variant"] for record in read_figures(result.folder)} == {"data_driven"}


@pytest.mark.slow
def test_the_same_inputs_give_the_same_bytes_whatever_else_is_built(build):
    kinds = {"formats": ("html", "pdf")}
    first = build({"data_driven": whole(), "team": whole("team")}, jobs=2, **kinds)
    second = build({"data_driven": whole()}, out="other", jobs=1, **kinds)
    assert first.exit_code == second.exit_code == 0
    one, other = first.folder, second.folder
    for name in ("zh/data_driven.html", "zh/data_driven.pdf", "data_quality.html"):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


@pytest.mark.slow
def test_the_whole_pack_is_the_same_bytes_from_another_folder(build):
    reviews = {"data_driven": whole(), "team": whole("team")}
    kinds = {"langs": ("zh",), "formats": FORMATS}
    one, other = (build(reviews, out=out, **kinds).folder for out in ("out", "other"))
    names = files(one) - {"manifest.json"}
    assert {f"pack.{kind}" for kind in ("pdf", "xlsx", "pptx")} <= names
    for name in sorted(name for name in names if name.endswith((".html", ".pdf", ".xlsx", ".pptx"))):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def test_the_whole_pdf_has_each_review_once_and_names_the_one_that_failed(build):
    bad = notebook(show(review_data("team")), "1 / 0")
    folder = build({"data_driven": whole(), "team": bad}, langs=("zh",), formats=("pdf",)).folder
    text = "".join(page.extract_text() for page in PdfReader(folder / "pack.pdf").pages)
    assert "ZeroDivisionError" in text
    outline = [entry["/Title"] for entry in PdfReader(folder / "pack.pdf").outline if not isinstance(entry, list)]
    assert outline[:2] == ["数据驱动与精细化运营", "团队成长与文化赋能"]


def unprintable(task):
    if task.failure is None and task.lang == "en":
        raise RenderError("no font for this")
    return render(task)


def test_a_review_that_cannot_be_printed_in_one_language_fails_in_both(build, monkeypatch):
    monkeypatch.setattr("salesreview.pack.making.render", unprintable)
    result = build({"team": whole("team"), "data_driven": notebook("1 / 0")}, langs=("zh", "en"))
    assert {review.variant: review.reason for review in result.reviews} == {
        "team": "no font for this",
        "data_driven": "ZeroDivisionError: division by zero",
    }
    for lang, told in (("zh", "本报告未能生成"), ("en", "could not be built")):
        assert told in (result.folder / lang / "team.html").read_text(encoding="utf-8")


def never(task):
    raise RenderError("no room on the disk")


def test_a_failure_that_cannot_be_told_ends_the_build(build, monkeypatch):
    monkeypatch.setattr("salesreview.pack.making.render", never)
    with pytest.raises(RenderError, match="the page of a failed review cannot be made"):
        build({"team": whole("team")}, langs=("zh",))


def no_whole(_task):
    raise RenderError("no room on the disk")


def test_a_whole_file_that_cannot_be_made_is_named(build, monkeypatch):
    monkeypatch.setattr("salesreview.pack.making.render_whole", no_whole)
    result = build({"team": whole("team")}, langs=("zh",), formats=("html", "xlsx"))
    assert result.exit_code == 1 and [review.ok for review in result.reviews] == [True]
    assert "pack.xlsx could not be made: no room on the disk" in result.notes
    assert "zh/team.html" in files(result.folder) and "pack.xlsx" not in files(result.folder)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"overrides": {"top_m": 3}}, OptionError, "did you mean top_n"),
        ({"overrides": {"topics": 3}}, OptionError, "did you mean topic"),
        ({"overrides": {"topic": 3}}, OptionError, "topic.*expected str"),
        ({"overrides": {"as_of": "2026-01-01"}}, OptionError, "use --as-of"),
        ({"period": "H2"}, PeriodError, "has not begun"),
        ({"period": "H1", "year": 2024}, PeriodError, "before the data begins"),
        ({"source": "nowhere"}, SourceError, "no such source"),
    ],
)
def test_refusals_come_before_any_kernel_and_leave_the_earlier_pack(
    build, tmp_path, monkeypatch, options, error, message
):
    earlier = tmp_path / "out" / "2026-H1"
    earlier.mkdir(parents=True)
    (earlier / "index.html").write_text("earlier")
    monkeypatch.setattr("salesreview.pack.workers.Workers.submit", lambda *_, **__: pytest.fail("work began"))
    content = notebook(show(review_data()))
    content.cells[0].source += '\ntopic: str = "all"'
    with pytest.raises(error, match=message):
        build({"data_driven": content}, **options)
    assert files(tmp_path / "out") == {"2026-H1/index.html"}


def test_a_notebooks_own_parameter_is_set_with_p(build):
    content = whole()
    content.cells[0].source += '\ntopic: str = "all"'
    content.cells.append(notebook("print('about', topic)").cells[1])
    result = build({"data_driven": content, "team": whole("team")}, overrides={"topic": "华东"})
    assert result.exit_code == 0
    assert "about 华东" in (result.folder / "zh" / "data_driven.html").read_text(encoding="utf-8")


OWN = """import matplotlib.pyplot as plt
import pandas as pd
frame = pd.DataFrame({"地区": ["华东", "<b>"], "值": [1.5, 2.5]})
plt.plot([1, 2])
plt.show()
display(frame)
frame.style.bar()"""


@pytest.mark.slow
def test_whatever_an_analyst_displays_is_printed_and_stable(build):
    def made(out):
        content = whole()
        content.cells.append(notebook(OWN).cells[1])
        return build({"data_driven": content}, out=out, langs=("zh", "en"), formats=("html", "pdf"))

    first, second = made("out"), made("other")
    for lang in ("zh", "en"):
        page = (first.folder / lang / "data_driven.html").read_text(encoding="utf-8")
        assert page.count("<table") == 4 and "data:image/png;base64," in page
        assert "&lt;b&gt;" in page and "linear-gradient" in page
        images = PdfReader(first.folder / lang / "data_driven.pdf").pages[-1].images
        assert len(images) + len(PdfReader(first.folder / lang / "data_driven.pdf").pages[-2].images) >= 1
        for kind in ("html", "pdf"):
            name = f"{lang}/data_driven.{kind}"
            assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes(), name


def test_nothing_on_any_page_comes_from_outside(build):
    folder = build({"data_driven": whole(), "team": notebook("1 / 0")}).folder
    for path in folder.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""\bsrc=["']?(?!data:)|@import|<link\b|<script|url\((?!["']?data:)""", text), path
        assert str(folder.parent) not in text, path


def test_without_pango_the_html_is_built_and_the_result_says_why(build, monkeypatch):
    monkeypatch.setattr("salesreview.render.pdf.problem", lambda: "no PDF: Pango cannot be loaded")
    result = build({"data_driven": whole()}, formats=("html", "pdf"))
    assert result.exit_code == 1 and result.notes == ("no PDF: Pango cannot be loaded",)
    assert "zh/data_driven.html" in files(result.folder) and "zh/data_driven.pdf" not in files(result.folder)


BUILDER = """
import signal
import sys
from dataclasses import replace
from pathlib import Path
from salesreview.pack.build import BuildRequest, build_pack
from salesreview.progress import Silent
from salesreview.render.task import render

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background shell hands it down ignored
    source, notebooks, out = sys.argv[1:]
    variants, formats = ("data_driven", "team"), ("html",)
    request = BuildRequest("H1", source=source, variants=variants, formats=formats, jobs=2, out=Path(out))
    build_pack(replace(request, notebooks=Path(notebooks)), Silent())
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_build_leaves_the_earlier_pack_and_nothing_else(save, flat_source, tmp_path, how):
    earlier = tmp_path / "out" / "2026-H1"
    earlier.mkdir(parents=True)
    (earlier / "index.html").write_text("earlier")
    (tmp_path / "builder.py").write_text(BUILDER, encoding="utf-8")
    marker = tmp_path / "begun"
    stuck = notebook(f"import time\nopen({str(marker)!r}, 'w').close()\ntime.sleep(600)")
    folder = save("data_driven", stuck).parent
    save("team", whole("team"))
    scratch = tmp_path / ("a_folder_too_deep_for_sockets_" * 3 if how == signal.SIGINT else "t")
    scratch.mkdir()
    command = [sys.executable, tmp_path / "builder.py", flat_source, folder, tmp_path / "out"]
    said = tmp_path / "said.txt"
    with said.open("w") as stream:
        builder = subprocess.Popen(command, env=os.environ | {"TMPDIR": str(scratch)}, stderr=stream)
    for _ in range(600):
        if marker.exists() or builder.poll() is not None:
            break
        time.sleep(0.1)
    assert marker.exists(), said.read_text()
    everyone = psutil.Process(builder.pid).children(recursive=True)
    builder.send_signal(how)
    assert builder.wait(30) != 0
    assert psutil.wait_procs(everyone, timeout=15)[1] == []
    assert files(tmp_path / "out") == {"2026-H1/index.html"} and len(list((tmp_path / "out").iterdir())) == 1
    assert [path.name for path in scratch.iterdir() if path.name.startswith(("salesreview", "sr-"))] == []


def no_models(*_):
    raise ValueError("no models today")


def test_without_models_the_reviews_ship_and_it_is_said(build, monkeypatch):
    monkeypatch.setattr("salesreview.pack.fitting.fit", no_models)
    result = build({"team": whole("team")}, langs=("zh",), formats=("html",))
    assert result.exit_code == 1 and [review.ok for review in result.reviews] == [True]
    assert len(result.notes) == 1 and "no models today" in result.notes[0]
    assert not (result.folder / "models").exists()
