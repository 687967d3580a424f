"""pack.pdf holds every review whole, each in its place, with links that land in the review they belong to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..exhibits.entries import word
from ..render.page import prefix_of
from .document import Pdf
from .expected import Expected, squeezed
from .leaks import leaks
from .pdf_pages import pictures, text
from .problem import Check, Fault


@dataclass(frozen=True)
class Whole:
    """What a file about all reviews must hold: ``reviews`` in order, None for one that failed."""

    lang: str
    reviews: Mapping[str, Expected | None]

    @property
    def expected(self) -> tuple[Expected, ...]:
        return tuple(review for review in self.reviews.values() if review)

    @property
    def names(self) -> frozenset[str]:
        return frozenset().union(*(review.names for review in self.expected))

    def title(self, variant: str) -> str:
        """The title of a review; of a failed one, its name."""
        review = self.reviews[variant]
        return review.title(self.lang) if review else word(f"variant.{variant}", self.lang)


def spans(pdf: Pdf, whole: Whole) -> dict[str, range]:
    """The pages of each review that the outline names, from its entry to the next one of the first level."""
    tops = [item for item in pdf.outline if item.level == 1 and item.page]
    ends = [item.page for item in tops[1:]] + [len(pdf.pages) + 1]
    found = {squeezed(item.title): range(item.page, end) for item, end in zip(tops, ends, strict=True)}
    titles = {variant: squeezed(whole.title(variant)) for variant in whole.reviews}
    return {variant: found[title] for variant, title in titles.items() if title in found}


def reviews(pdf: Pdf, whole: Whole) -> Iterator[Fault]:
    """A place in the outline for each review, in order; its first page has title, verdict and headline figures."""
    found = spans(pdf, whole)
    for variant in whole.reviews:
        if variant not in found:
            yield Fault("outline", f"no entry for {variant}", whole.title(variant))
    if [variant for variant in found] != sorted(found, key=lambda variant: found[variant].start):
        yield Fault("outline", "the reviews are not in their order", ", ".join(whole.reviews))
    for variant, pages in found.items():
        review = whole.reviews[variant]
        told = squeezed(pdf.texts[pages.start - 1])
        if squeezed(whole.title(variant)) not in told:
            yield Fault(f"page {pages.start}", f"{variant} does not begin here", whole.title(variant))
        if review:
            yield from _opening(pdf, review, told, pages.start)


def _opening(pdf: Pdf, review: Expected, told: str, page: int) -> Iterator[Fault]:
    if squeezed(review.verdict(pdf.lang)) not in told:
        yield Fault(f"page {page}", f"the verdict of {review.variant}", review.verdict(pdf.lang))
    for headline in review.headlines(pdf.lang):
        if squeezed(headline.label + headline.printed) not in told:
            reason = f"the headline figure of {review.variant}: {headline.label}"
            yield Fault(f"page {page}", reason, headline.printed, "another or none")


def places(pdf: Pdf, whole: Whole) -> Iterator[Fault]:
    """Every named place of a review lies on the review's own pages."""
    found = spans(pdf, whole)
    for variant, pages in found.items():
        mark = f"{prefix_of(variant)}-"
        for name, page in pdf.destinations.items():
            if name.startswith(mark) and page not in pages:
                told = f"pages {pages.start} to {pages.stop - 1}"
                yield Fault(f"#{name}", f"a link into {variant} lands in another review", told, page)
                break


def texts(pdf: Pdf, whole: Whole) -> Iterator[Fault]:
    """Every text and chart of each review."""
    for review in whole.expected:
        yield from text(pdf, review)
        yield from pictures(pdf, review)


def machine_words(pdf: Pdf, whole: Whole) -> Iterator[Fault]:
    failed: Sequence[range] = [pages for variant, pages in spans(pdf, whole).items() if not whole.reviews[variant]]
    for number, told in enumerate(pdf.texts, 1):
        if not any(number in pages for pages in failed):
            for fault in leaks(told.splitlines(), whole.names):
                yield Fault(f"page {number} {fault.place}", fault.reason, fault.expected, fault.got)


CHECKS = (
    Check("combined.reviews", "pack.pdf has each review in its outline, with title, verdict and figures", reviews),
    Check("combined.places", "links of pack.pdf land in the review they belong to", places),
    Check("combined.text", "every text and chart of each review can be read out of pack.pdf", texts),
    Check("combined.words", "pack.pdf: no traceback, bare None or nan, placeholder or missing glyph", machine_words),
)
