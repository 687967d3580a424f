"""Broken pages: name, how to break, the check that must catch it, the file, words of the message."""

import base64
import re
from pathlib import Path

from .breaking import Breaker, pattern, text, within

PAGE, ZH, FAILED = "en/data_driven.html", "zh/data_driven.html", "en/market.html"
IMAGE = r"data:image/svg\+xml;base64,[^\"]+"
ONE_COLOUR = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmM"
    "IQAAAABJRU5ErkJggg=="
)  # a PNG of a single pixel


def picture(kind: str, data: bytes) -> str:
    return f'<img alt="a picture" src="data:{kind};base64,{base64.b64encode(data).decode()}">'


def truncated(folder: Path) -> None:
    """The chart's picture ends in its middle."""
    path = folder / PAGE
    content = path.read_text(encoding="utf-8")
    whole = re.search(IMAGE, content)[0]
    half = whole[: len(whole) // 2]
    path.write_text(content.replace(whole, half[: len(half) - (len(half.partition(",")[2]) % 4)]), encoding="utf-8")


def redrawn(old: str, new: str) -> Breaker:
    """Change the chart's picture where ``old`` is first found in it."""

    def run(folder: Path) -> None:
        path = folder / PAGE
        content = path.read_text(encoding="utf-8")
        whole = re.search(IMAGE, content)[0]
        kind, _, data = whole.partition(",")
        drawn = base64.b64decode(data).decode()
        changed = re.sub(old, new, drawn, count=1)
        assert changed != drawn
        data = base64.b64encode(changed.encode()).decode()
        path.write_text(content.replace(whole, f"{kind},{data}"), encoding="utf-8")

    return run


CASES: tuple[tuple[str, Breaker, str, str, str], ...] = (
    ("remote image", within(PAGE, '<img alt="logo" src="https://example.org/a.png">'), "html.remote", PAGE,
     "fetch src"),
    ("remote font", text(PAGE, "</style>", "@import 'https://example.org/f.css';</style>"), "html.remote", PAGE,
     "style sheet"),
    ("remote background", within(PAGE, '<p style="background: url(//example.org/a.png)">x</p>'), "html.remote", PAGE,
     "a style fetches"),
    ("script", within(PAGE, "<script>track()</script>"), "html.active", PAGE, "<script>"),
    ("frame", within(PAGE, '<iframe title="x"></iframe>'), "html.active", PAGE, "<iframe>"),
    ("event handler", text(PAGE, "<table", '<table onclick="go()"'), "html.active", PAGE, "event handler onclick"),
    ("script link", text(PAGE, 'href="https://example.org"', 'href="javascript:go()"'), "html.active", PAGE,
     "a link that a page must not have"),
    ("refresh", text(PAGE, "<meta charset", '<meta http-equiv="refresh" content="0; url=https://e.org"><meta charset'),
     "html.active", PAGE, "elsewhere"),
    ("truncated chart", truncated, "html.images", PAGE, "an SVG that does not parse"),
    ("broken base64", pattern(PAGE, IMAGE, "data:image/svg+xml;base64,$$$"), "html.images", PAGE, "base64 is broken"),
    ("empty chart", within(PAGE, picture("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"/>')),
     "html.images", PAGE, "nothing is drawn"),
    ("blank picture", within(PAGE, picture("image/png", base64.b64decode(ONE_COLOUR))), "html.images", PAGE,
     "one colour"),
    ("cut picture", within(PAGE, picture("image/png", base64.b64decode(ONE_COLOUR)[:40])), "html.images", PAGE,
     "does not decode"),
    ("box in a chart", redrawn(r'id="SalesReviewSans-\w+-\w+"', 'id="Sans-0"'), "html.images", PAGE,
     "a missing glyph"),
    ("chart text cut off", redrawn(r"translate\([\d.]+ ([\d.]+)\) scale", r"translate(478 \1) scale"), "html.images",
     PAGE, "cuts off its text “Jan”"),
    ("other language named", text(PAGE, '<html lang="en">', '<html lang="zh-CN">'), "html.language", PAGE, "got zh-CN"),
    ("no title", pattern(PAGE, "<title>.*?</title>", "<title></title>"), "html.title", PAGE, "no title"),
    ("second h1", within(PAGE, "<h1>Again</h1>"), "html.headings", PAGE, "expected 1; got 2"),
    ("skipped heading", within(PAGE, "<h5>Deep</h5>"), "html.headings", PAGE, "<h5> after <h2>: Deep"),
    ("empty heading", within(PAGE, "<h2></h2>"), "html.headings", PAGE, "an empty <h2>"),
    ("no alternative text", pattern(PAGE, 'alt="Sales[^"]*"', 'alt=""'), "html.alt", PAGE, "without alternative text"),
    ("header without scope", text(PAGE, ' scope="row"', ""), "html.scope", PAGE, "header cell without scope: 华东"),
    ("id twice", within(PAGE, '<p id="dd-first">again</p>'), "html.ids", PAGE, "#dd-first"),
    ("aria to nothing", text(PAGE, 'aria-labelledby="dd-contents-title"', 'aria-labelledby="gone"'), "html.references",
     PAGE, "aria-labelledby"),
    ("link to nothing", text(PAGE, 'href="#dd-second"', 'href="#dd-gone"'), "html.links", PAGE, "got #dd-gone"),
    ("link to a lost file", text("index.html", "data_quality.html", "quality.html"), "html.links", "index.html",
     "a file that is not in the pack"),
    ("character without glyph", text(PAGE, "Own words", "Own words 龘"), "html.glyphs", PAGE, "U+9F98"),
    ("other verdict", text(PAGE, 'cover-verdict">Large deals start at', 'cover-verdict">All is well at'),
     "html.cover", PAGE, "the verdict"),
    ("headline digit", text(PAGE, 'card-value">¥12.35M', 'card-value">¥12.36M'), "html.cover", PAGE,
     "the headline figure of Sales; expected ¥12.35M; got ¥12.36M"),
    ("headline value", text(PAGE, 'card-value">¥12.35M', 'card-value">¥12.36M'), "figures.printed", PAGE,
     "expected 12345678.0; got ¥12.36M"),
    ("number for nothing", text(PAGE, 'card-value">—', 'card-value">¥0.00'), "figures.printed", PAGE,
     "the record has none"),
    ("lost card", pattern(PAGE, '<div class="card"><dt>Average order value.*?</div>', ""), "html.cover", PAGE,
     "headline cards"),
    ("lost exhibit", pattern(PAGE, '<section class="exhibit prose" id="dd-told">.*?</section>', ""), "html.sections",
     PAGE, "#dd-told: an exhibit of the notebook is not on the page"),
    ("changed sentence", text(PAGE, "orders make +12.5%", "orders make +13.5%"), "html.sections", PAGE,
     "does not say what the record says"),
    ("exhibits in another order", pattern(PAGE, r'(<h2 id="dd-first">.*?</h2>)(.*?)(<h2 id="dd-second">.*?</h2>)',
     r"\3\2\1"), "html.sections", PAGE, "not in the order"),
    ("changed cell", text(PAGE, ">2,000.00<", ">2,000.01<"), "html.tables", PAGE, "#dd-months"),
    ("lost row", pattern(PAGE, r'<tr><th class="kept" scope="row">华东.*?</tr>', ""), "html.tables", PAGE,
     "rows of the table Sales; expected 5; got 4"),
    ("lost table", pattern(PAGE, '<div class="scroll"><table>.*?</table></div>', ""), "html.tables", PAGE,
     "a table is missing"),
    ("lost chart", pattern(PAGE, '<img alt="Sales[^>]*>', ""), "html.charts", PAGE, "#dd-course: charts"),
    ("other alternative text", pattern(PAGE, 'alt="Sales. Large', 'alt="Sales. Small'), "html.charts", PAGE,
     "not that of the record"),
    ("heading not listed", pattern(PAGE, '<li class="contents-3">.*?</li>', ""), "html.contents", PAGE, "Data quality"),
    ("traceback", within(PAGE, "<pre>Traceback (most recent call last):</pre>"), "html.words", PAGE, "a traceback"),
    ("warning", within(PAGE, "<pre>FutureWarning: will go</pre>"), "html.words", PAGE, "a warning"),
    ("error message", within(PAGE, "<p>KeyError: sales</p>"), "html.words", PAGE, "an error message"),
    ("bare nan", within(PAGE, "<table><tr><td>nan</td></tr></table>"), "html.words", PAGE, "the bare word nan"),
    ("bare None in a sentence", within(PAGE, "<p>Sales of None fell</p>"), "html.words", PAGE, "the bare word None"),
    ("bare inf", within(PAGE, "<p>up by +inf</p>"), "html.words", PAGE, "inf"),
    ("fact not filled in", within(PAGE, "<p>Sales {fact:sales} rose</p>"), "html.words", PAGE, "a fact that was not"),
    ("placeholder", within(PAGE, "<p>{member} rose</p>"), "html.words", PAGE, "a placeholder"),
    ("lost character", within(PAGE, "<p>M\ufffdller</p>"), "html.words", PAGE, "a missing glyph"),
    ("Python object", within(PAGE, "<p>&lt;Figure object at 0x7f00&gt;</p>"), "html.words", PAGE, "a Python object"),
    ("exhibit in one language only", pattern(ZH, '<section class="exhibit absent".*?</section>', ""),
     "languages.parts", PAGE, "the page in zh lacks it"),
    ("row in one language only", pattern(ZH, r'<tr><th class="kept" scope="row">华东.*?</tr>', ""), "languages.parts",
     PAGE, "different rows"),
    ("Chinese on an English page", text(PAGE, '<p class="source">Source', '<p class="source">来源'),
     "languages.foreign", PAGE, "got 来源"),
    ("failed review with figures", within(FAILED, '<div class="card">¥12.35M</div>'), "html.failure", FAILED,
     "shows figures"),
    ("failed review without reason", text(FAILED, "ValueError: no such column", "Something"), "html.failure", FAILED,
     "does not say why"),
    ("failed review that does not say so", pattern(FAILED, '<section class="failure".*?</section>', ""),
     "html.failure", FAILED, "does not say so"),
    ("wrong verdict on the index", text("index.en.html", "Large deals start at ¥12.35M", "Large deals are gone"),
     "shared.index", "index.en.html", "the verdict of data_driven"),
    ("index without a file", text("index.en.html", 'href="en/team.pdf"', 'href="en/team.html"'), "shared.index",
     "index.en.html", "expected en/team.pdf"),
    ("traceback on the index", within("index.html", "<p>Traceback (most recent call last)</p>"), "shared.words",
     "index.html", "a traceback"),
)  # fmt: skip
