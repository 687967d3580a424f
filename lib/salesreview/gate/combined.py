"""pack.pdf holds every review whole, each in its place, with links that land in the review they belong to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..exhibits.entries import word
from ..render.combined import cover_cards, headline_cards
from ..render.page import prefix_of
from .document import Pdf
from .expected import Expected, headlines, squeezed
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
    """A place in the outline for each review, in order; its first page has title and verdict."""
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
        if review and squeezed(review.verdict(pdf.lang)) not in told:
            yield Fault(f"page {pages.start}", f"the verdict of {variant}", review.verdict(pdf.lang))


def cover(pdf: Pdf, whole: Whole) -> Iterator[Fault]:
    """The first page has the pack's headline figures as printed."""
    records = [review.record for review in whole.expected]
    if not records:
        return
    told = squeezed(pdf.texts[0]) if pdf.texts else ""
    for headline in headlines(cover_cards(records, pdf.lang), headline_cards(records)):
        if squeezed(headline.label + headline.printed) not in told:
            yield Fault("page 1", f"the headline figure of {headline.label}", headline.printed, "another or none")


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
    Check("combined.cover", "the cover of pack.pdf has the headline figures of the record", cover),
    Check("combined.reviews", "pack.pdf has each review in its outline, with title and verdict", reviews),
    Check("combined.places", "links of pack.pdf land in the review they belong to", places),
    Check("combined.text", "every text and chart of each review can be read out of pack.pdf", texts),
    Check("combined.words", "pack.pdf: no traceback, bare None or nan, placeholder or missing glyph", machine_words),
)
