"""The sample company's pack: whole, equal in both languages and both formats, and the same bytes again."""

import hashlib
import json
import re

import pandas as pd
import pypdfium2
import pytest
from pypdf import PdfReader

from salesreview import gate, prepare
from salesreview.pack import coverage

from .in_browser import (  # noqa: F401
    browser,
    test_a_page_loads_whole_and_alone,
    test_axe_finds_nothing_serious,
    test_the_browser_prints_every_heading,
    test_the_pages_are_valid_html,
)

pytestmark = pytest.mark.slow
VARIANTS = ("data_driven", "team", "market", "process", "key_account")


def page(pack, lang, variant):
    return (pack.folder / lang / f"{variant}.html").read_text(encoding="utf-8")


def words(path):
    """What a page says, without its markup and pictures."""
    return re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8").split("</style>")[-1])


def test_everything_promised_is_there(sample_pack):
    assert sample_pack.folder.name == "2026-H1"
    expected = {f"{lang}/{variant}.{kind}" for lang in ("zh", "en") for variant in VARIANTS for kind in ("html", "pdf")}
    expected |= {f"pack{mark}.{kind}" for mark in ("", ".en") for kind in ("pdf", "xlsx", "pptx")}
    expected |= {"index.html", "figures.jsonl", "data_quality.html", "manifest.json"}
    expected |= {f"notebooks/{variant}.ipynb" for variant in VARIANTS}
    files = {str(path.relative_to(sample_pack.folder)) for path in sample_pack.folder.rglob("*") if path.is_file()}
    assert expected - files == set()


def test_the_printed_sales_are_the_recorded_sales(sample_pack):
    wan = f"{sample_pack.value('sales') / 1e4:,.2f}"
    yi = f"{sample_pack.value('sales') / 1e8:.2f}"
    text = sample_pack.text("zh/data_driven.pdf").replace(" ", "")
    assert "完成率" in text
    assert wan in text or f"{yi}亿" in text


def test_the_sales_of_the_half_are_one_figure_everywhere(sample_pack):
    """The same value in five reviews' records, and as printed in both languages' HTML and PDF."""
    values = {variant: sample_pack.value("sales", variant=variant) for variant in VARIANTS}
    assert len(set(values.values())) == 1 and values["team"] > 0
    printed = {"zh": f"{values['team'] / 1e8:.2f}亿元", "en": f"¥{values['team'] / 1e6:.2f}M"}
    for lang, figure in printed.items():
        for variant in VARIANTS:
            on_page = re.sub(r"<[^>]+>|\s", "", page(sample_pack, lang, variant).split("</style>")[-1])
            assert figure in on_page, f"{lang}/{variant}.html"
            assert figure in re.sub(r"\s", "", sample_pack.text(f"{lang}/{variant}.pdf")), f"{lang}/{variant}.pdf"


def test_no_seller_is_named_to_leaders(sample_pack):
    """No figure bears the name of one of the sample's sellers."""
    reps = pd.read_parquet(prepare.sample_folder() / "reps.parquet")
    records = json.dumps(sample_pack.records, ensure_ascii=False)
    assert [name for name in reps["name"] if name in records] == []


def test_the_ledger_of_requirements_is_true(sample_pack, repository):
    """Each exhibit that the ledger names is in the pack, and shows something where the ledger says so."""
    kinds = {}
    for variant in VARIANTS:
        found = re.findall(r'class="exhibit ([a-z]+)[^"]*"[^>]*? id="[a-z]+-([^"]+)"', page(sample_pack, "zh", variant))
        kinds |= {f"{variant}:{name}": kind for kind, name in found}
    wrong = []
    for row in coverage.read(repository / "docs" / "coverage.csv"):
        places = [kinds.get(place, "merged") for place in row["where"].split()]
        if row["status"] == "shown" and not any(kind not in ("absent", "merged") for kind in places):
            wrong.append(row["requirement"])
        if row["status"] == "not provided" and any(kind not in ("absent", "merged") for kind in places):
            wrong.append(row["requirement"])
    assert wrong == []


def test_both_languages_show_the_same_exhibits(sample_pack):
    for variant in VARIANTS:
        zh, en = (re.findall(r'<section[^>]* id="([^"]+)"', page(sample_pack, lang, variant)) for lang in ("zh", "en"))
        assert zh == en and zh


def test_every_record_has_the_agreed_keys(sample_pack):
    keys = ["metric", "variant", "dimension", "member", "period", "comparison", "value", "unit"]
    keys += ["numerator", "denominator", "n", "flags"]
    assert {tuple(record) for record in sample_pack.records} == {tuple(keys)}


def test_attainment_is_sales_over_target(sample_pack):
    record = next(
        record
        for record in sample_pack.records
        if record["metric"] == "attainment" and record["dimension"] is None and record["period"] == "2026-H1"
    )
    assert record["value"] == pytest.approx(record["numerator"] / record["denominator"])
    assert record["numerator"] == pytest.approx(sample_pack.value("sales"))


def test_nothing_leads_outside(sample_pack):
    for path in sample_pack.folder.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", text), path
        assert "<script" not in text, path


def test_no_traceback_or_placeholder_is_printed(sample_pack):
    for path in sample_pack.folder.glob("*/*.html"):
        found = re.findall(r"Traceback|\bnan\b|\bNone\b|\binf\b|\{[a-z_]+[:}]", words(path))
        assert found == [], path


def test_the_manifest_digests_match(sample_pack):
    manifest = json.loads((sample_pack.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["outputs"]
    for name, digest in manifest["outputs"].items():
        assert hashlib.sha256((sample_pack.folder / name).read_bytes()).hexdigest() == digest, name


def test_the_same_inputs_give_the_same_bytes(build, sample_pack):
    again = build("H1", "--lang", "zh", "--variants", "team")
    for name in ("zh/team.html", "zh/team.pdf"):
        assert (again.folder / name).read_bytes() == (sample_pack.folder / name).read_bytes(), name


def test_the_finished_pack_passes_the_gate(sample_pack):
    report = gate.check(sample_pack.folder)
    assert report.problems == () and len(report.checked) > 30


FOOT, HEAD = 66, 76  # points of a page below and above its text


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_only_the_last_page_of_a_chapter_may_be_mostly_empty(sample_pack, lang, variant):
    path = sample_pack.folder / lang / f"{variant}.pdf"
    reader = PdfReader(path)
    chapters = {reader.get_destination_page_number(one) for one in reader.outline if not isinstance(one, list)}
    pages = [_filled(page) for page in pypdfium2.PdfDocument(path)]
    inner = [number for number in range(2, len(pages) - 1) if number + 1 not in chapters]
    assert len(inner) > 15 and [number + 1 for number in inner if pages[number] < 1 / 3] == []


def _filled(page) -> float:
    """How far down the room for text something is printed, as a ratio."""
    width, height = page.get_size()
    bounds = [thing.get_bounds() for thing in page.get_objects()]
    lowest = min((low for left, low, right, _ in bounds if low > FOOT and right - left < width - 1), default=height)
    return (height - HEAD - lowest) / (height - HEAD - FOOT)


def test_managers_read_names_and_customers_may_be_coded(build):
    """The other audience sees sellers by name; a company may have its customers coded in every output."""
    reps = pd.read_parquet(prepare.sample_folder() / "reps.parquet")["name"]
    accounts = pd.read_parquet(prepare.sample_folder() / "accounts.parquet")["name"]
    customer = re.compile("|".join(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])" for name in accounts))
    variants = ("--variants", "team,key_account,data_driven")
    pack = build("H1", *variants, "--formats", "html", "--audience", "manager", "-p", "customer_names=coded")
    assert any(name in page(pack, "zh", "team") for name in reps)
    for path in [*pack.folder.glob("zh/*.html"), pack.folder / "figures.jsonl"]:
        assert customer.findall(words(path)) == [], path.name
