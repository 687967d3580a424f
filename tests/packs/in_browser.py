"""The finished pages in a real browser: nothing fetched, nothing cut, readable in both schemes, on phone and screen.

`test_sample_pack` collects these tests, so that the worker that has built the pack runs them.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
TOOLS = Path(__file__).parents[1] / "browser" / "node_modules"
OPTIONS = [
    f"--{option}"
    for option in (
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
    )
]
PAGES = ("index.html", "data_quality.html", "zh/data_driven.html", "en/key_account.html", "en/process.html")


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield opened
        opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_whole_and_alone(browser, sample_pack, name, width, scheme):
    asked, said = [], []
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((sample_pack.folder / name).as_uri())
    assert [url[:100] for url in asked if not url.startswith(("file:", "data:"))] == [] and said == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    broken = "[...document.images].filter(i => !i.complete || !i.naturalWidth).length"
    assert page.evaluate(broken) == 0
    ink, paper = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert (_lightness(ink) < _lightness(paper)) == (scheme == "light")
    page.close()


def _lightness(colour: str) -> float:
    return sum(float(part) for part in re.findall(r"[\d.]+", colour)[:3])


def test_the_browser_prints_every_heading(browser, sample_pack, tmp_path):
    source = sample_pack.folder / "zh" / "team.html"
    page = browser.new_page()
    page.goto(source.as_uri())
    page.pdf(path=tmp_path / "team.pdf", format="A4")
    page.close()
    document = pypdfium2.PdfDocument(tmp_path / "team.pdf")
    told = re.sub(r"\s", "", "".join(sheet.get_textpage().get_text_range() for sheet in document))
    soup = BeautifulSoup(source.read_text(encoding="utf-8"), "lxml")
    headings = [re.sub(r"\s", "", heading.get_text()) for heading in soup.select("main h2, main h3")]
    assert len(headings) > 10 and [heading for heading in headings if heading not in told] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(browser, sample_pack, name, scheme):
    axe = TOOLS / "axe-core" / "axe.min.js"
    if not axe.exists():
        pytest.skip("axe-core is not installed: npm ci in tests/browser")
    page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    page.goto((sample_pack.folder / name).as_uri())
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    page.close()
    grave = [
        (rule["id"], rule["nodes"][0]["html"][:200]) for rule in found if rule["impact"] in ("serious", "critical")
    ]
    assert grave == []


def test_the_pages_are_valid_html(sample_pack):
    jars = sorted(TOOLS.glob("vnu-jar/**/vnu.jar"))
    if not jars or not shutil.which("java"):
        pytest.skip("vnu needs java and npm ci in tests/browser")
    names = sorted(str(path) for path in sample_pack.folder.rglob("*.html"))
    command = ["java", "-Xss2m", "-jar", str(jars[0]), "--errors-only", "--format", "json", *names]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    messages = json.loads(done.stderr)["messages"]
    # Paged media has properties that only a printing engine knows: running titles, bookmarks.
    told = [f"{one['url']}: {one['message']}" for one in messages if not one["message"].startswith("CSS:")]
    assert len(names) > 10 and told == []
