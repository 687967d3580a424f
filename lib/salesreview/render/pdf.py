"""HTML to PDF with WeasyPrint: PDF/UA-1, nothing fetched, equal bytes for equal HTML."""

import hashlib
from functools import cache
from pathlib import Path

from ..errors import RenderError

ADVICE = (
    "install Pango (Debian and Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; "
    "macOS: brew install pango; conda-forge brings it) or build with --formats html"
)


@cache
def problem() -> str | None:
    """Why PDFs cannot be made on this machine, in one line; None when they can."""
    try:
        import weasyprint  # noqa: F401
    except OSError as error:
        return str(RenderError("no PDF: Pango cannot be loaded", got=str(error).splitlines()[0], advice=ADVICE))
    return None


def available() -> bool:
    return problem() is None


def write(html: str, target: Path) -> int:
    """Write ``html`` as PDF to ``target`` and give the number of pages.

    Only ``data:`` URLs are read. The file identifier is a digest of the HTML, dates come from its dcterms metadata.
    Raises RenderError when Pango is missing or the page asks for anything from outside itself.
    """
    if problem():
        raise RenderError(problem())
    from weasyprint import HTML
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class DataOnly(URLFetcher):
        def fetch(self, url, headers=None):
            if not url.startswith("data:"):
                raise FatalURLFetchingError(f"the page asks for {url[:200]}")
            return super().fetch(url, headers)

    identifier = hashlib.sha256(html.encode()).hexdigest()[:32].encode()
    try:
        document = HTML(string=html, base_url="about:blank", url_fetcher=DataOnly()).render(
            pdf_variant="pdf/ua-1", pdf_tags=True
        )
        document.write_pdf(target, pdf_variant="pdf/ua-1", pdf_tags=True, pdf_identifier=identifier)
    except FatalURLFetchingError as error:
        raise RenderError(str(error), advice="embed it in the notebook's output instead") from None
    return len(document.pages)
