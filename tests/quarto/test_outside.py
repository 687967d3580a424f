"""What a page would fetch is found, what a reader may follow is not."""

import pytest

from salesreview.errors import RenderError
from salesreview.quarto.outside import passive, require_none, resources


@pytest.mark.parametrize(
    ("html", "url"),
    [
        ('<script src="https://cdn.jsdelivr.net/npm/mathjax"></script>', "https://cdn.jsdelivr.net/npm/mathjax"),
        ("<script src='//cdnjs.cloudflare.com/require.js'></script>", "//cdnjs.cloudflare.com/require.js"),
        ('<link rel="stylesheet" href="review_files/a.css">', "review_files/a.css"),
        ('<img srcset="a.png 1x, b.png 2x">', "a.png"),
        ("<style>@import 'https://x.org/a.css';</style>", "https://x.org/a.css"),
        ('<p style="background: url(&quot;http://x.org/b.png&quot;)">', "http://x.org/b.png"),
        ('<svg><use xlink:href="http://x.org/a.svg#b"/></svg>', "http://x.org/a.svg#b"),
        ('<iframe src="file:///etc/passwd"></iframe>', "file:///etc/passwd"),
    ],
)
def test_found(html, url):
    assert url in resources(html)
    with pytest.raises(RenderError, match="the page asks for what is not in it; got "):
        require_none(html)


def test_links_and_what_is_carried_are_harmless():
    html = (
        '<a href="https://x.org">x</a><link rel="canonical" href="https://x.org"><img src="data:image/png;base64,AA">'
        '<img srcset="data:image/png;base64,AA 2x"><style>p { src: url(data:x), url("#a") }</style>'
        "<p>https://x.org url(http://x.org)</p>"
    )
    assert resources(html) == ()
    require_none(html)


def test_scripts_leave_the_page():
    html = '<head><link href="data:text/css,"><SCRIPT>a < "</p>"</SCRIPT ></head><p>kept &lt;script&gt;</p>'
    assert passive(html) == "<head></head><p>kept &lt;script&gt;</p>"
