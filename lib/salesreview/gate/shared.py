"""The pages about the whole pack: index and data quality."""

from collections.abc import Iterator, Mapping

from .expected import Expected, squeezed
from .files import Manifest
from .leaks import leaks
from .page import HtmlPage
from .problem import Check, Fault


def machine_words(page: HtmlPage) -> Iterator[Fault]:
    """Cells of listings quote the source and failed reviews their error, in which anything may stand."""
    quoted = {" ".join(cell.get_text().split()) for cell in page.soup.select("table td, .colophon dd, .failed p")}
    return leaks([line for line in page.lines if line not in quoted], ())


def index(page: HtmlPage, manifest: Manifest, reviews: Mapping[str, Expected]) -> Iterator[Fault]:
    """The index names each review with its verdict, or says that it could not be built."""
    told = squeezed(page.text)
    linked = {link["href"] for link in page.soup.select("a[href]")}
    for variant, review in manifest.reviews.items():
        for lang in manifest.langs:
            for kind in manifest.review_formats:
                if f"{lang}/{variant}.{kind}" not in linked:
                    yield Fault("reviews", "the index does not lead to a file", f"{lang}/{variant}.{kind}")
        if variant in reviews:
            verdict = reviews[variant].verdict(page.lang)
            if squeezed(verdict) not in told:
                yield Fault("reviews", f"the verdict of {variant} is not that of the record", verdict)
        elif review.get("status") == "failed" and squeezed(review.get("reason") or "")[:40] not in told:
            yield Fault("reviews", f"the index does not say that {variant} failed", review.get("reason"))


PAGES = (Check("shared.words", "index and quality page: no traceback, bare None or nan, placeholder", machine_words),)
INDEX = (Check("shared.index", "the index leads to every file and has each review's verdict or failure", index),)
CHECKS = (*PAGES, *INDEX)
