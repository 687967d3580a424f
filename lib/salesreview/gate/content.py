"""A review's page shows what its notebook computed: cover, sections, tables, charts, each with the record's texts."""

from collections.abc import Iterator

from ..exhibits.fonts import missing
from .expected import Expected, blocks, squeezed
from .leaks import leaks
from .page import HtmlPage
from .problem import Check, Fault


def cover(page: HtmlPage, expected: Expected) -> Iterator[Fault]:
    """Title, verdict and the cards with their printed figures."""
    head = page.soup.find("header", class_="cover")
    if head is None:
        yield Fault("cover", "the page has no cover")
        return
    told = squeezed(head.get_text())
    lang = page.lang
    for what, text in (("title", expected.title(lang)), ("verdict", expected.verdict(lang))):
        if squeezed(text) not in told:
            yield Fault("cover", f"the {what} is not that of the record", text, head.get_text(" ").strip()[:200])
    yield from _cards(head, expected.headlines(lang))


def _cards(head, headlines) -> Iterator[Fault]:
    cards = head.select(".cover-cards .card")
    if len(cards) != len(headlines):
        yield Fault("cover", "headline cards", len(headlines), len(cards))
    for card, headline in zip(cards, headlines, strict=False):
        label, value = card.find("dt"), card.find(class_="card-value")
        printed = value.get_text().strip() if value else "nothing"
        if label is None or squeezed(label.get_text()) != squeezed(headline.label):
            yield Fault("cover", "a card with another name", headline.label, label and label.get_text())
        elif printed != headline.printed:
            yield Fault("cover", f"the headline figure of {headline.label}", headline.printed, printed)


def sections(page: HtmlPage, expected: Expected) -> Iterator[Fault]:
    """Every exhibit that the notebook displayed, in its order, with all that it says."""
    order = {element["id"]: place for place, element in enumerate(page.elements) if element.get("id")}
    places = []
    for shown in expected.shown:
        element = page.ids.get(shown.id)
        if element is None:
            yield Fault(f"#{shown.id}", "an exhibit of the notebook is not on the page")
            continue
        places.append(order[shown.id])
        if element.name == "span":  # one box stands for several that lack the same
            element = element.find_parent("section") or element
        told = squeezed(element.get_text("\n"))
        for block in expected.blocks(shown, page.lang):
            if block not in told:
                yield Fault(f"#{shown.id}", "the exhibit does not say what the record says", block, _nearest(element))
                break
    if places != sorted(places):
        yield Fault("<main>", "the exhibits are not in the order of the notebook")


def tables(page: HtmlPage, expected: Expected) -> Iterator[Fault]:
    """Each table row by row: nothing more, nothing less."""
    for shown, found in expected.having(("table",), page.lang):
        element = page.ids.get(shown.id)
        if element is None:
            continue
        wanted, got = _rows(expected.soup(shown, page.lang)), _rows(element)
        different = next(((one, two) for one, two in zip(wanted, got, strict=False) if one != two), None)
        title = found[0].caption.get_text() if found[0].caption else "without caption"
        if len(element.find_all("table")) < len(found):
            yield Fault(f"#{shown.id}", "a table is missing", title)
        elif len(wanted) != len(got):
            yield Fault(f"#{shown.id}", f"rows of the table {title}", len(wanted), len(got))
        elif different:
            yield Fault(f"#{shown.id}", "a row of the table is not that of the record", *map(" | ".join, different))


def charts(page: HtmlPage, expected: Expected) -> Iterator[Fault]:
    """Each chart and small line: a picture whose alternative text has the record's figures."""
    for shown, found in expected.having(("img",), page.lang):
        element = page.ids.get(shown.id)
        pictures = element.find_all("img") if element is not None else []
        if element is not None and len(pictures) != len(found):
            yield Fault(f"#{shown.id}", "charts", len(found), len(pictures))
        for wanted, picture in zip(found, pictures, strict=False):
            if picture.get("alt") != wanted["alt"]:
                reason = "the alternative text is not that of the record"
                yield Fault(f"#{shown.id}", reason, wanted["alt"], picture.get("alt"))


def contents(page: HtmlPage, expected: Expected) -> Iterator[Fault]:
    """The contents list names each chapter and section."""
    listed = {squeezed(link.get_text()) for link in page.soup.select("nav.contents a")}
    for shown, found in expected.having(("h2", "h3"), page.lang):
        for heading in found:
            if squeezed(heading.get_text()) not in listed:
                reason = "a heading that the contents list does not have"
                yield Fault("contents", reason, heading.get_text(), f"#{shown.id}")


def machine_words(page: HtmlPage, expected: Expected) -> Iterator[Fault]:
    return leaks(page.lines, expected.names)


def failure(page: HtmlPage, reason: str | None) -> Iterator[Fault]:
    """The page of a review that failed: it says so, and shows no figure."""
    if page.soup.find(class_="failure") is None:
        yield Fault("<main>", "the review failed, but its page does not say so")
    elif reason and not missing(reason) and squeezed(reason)[:40] not in squeezed(page.text):
        yield Fault("<main>", "the page does not say why the review failed", reason)
    for element in page.soup.select(".card, .exhibit, table"):
        yield Fault(page.place(element), "the review failed, but its page shows figures")
    yield from (fault for fault in leaks(page.lines, ()) if "traceback" in fault.reason)


def _rows(soup) -> list[list[str]]:
    return [[squeezed(cell.get_text()) for cell in row.find_all(("th", "td"))] for row in soup.find_all("tr")]


def _nearest(element) -> str:
    return " ".join(blocks(element)[:6])


CHECKS = (
    Check("html.cover", "title, verdict and headline cards are those of the record", cover),
    Check("html.sections", "every exhibit of the notebook is there, in order, with all that it says", sections),
    Check("html.tables", "every table has the rows and cells of the record", tables),
    Check("html.charts", "every chart is there; its alternative text has the record's figures", charts),
    Check("html.contents", "the contents list names every chapter and section", contents),
    Check("html.words", "no traceback, warning, bare None, nan or inf, placeholder or missing glyph", machine_words),
)
FAILED = (Check("html.failure", "the page of a failed review says why and shows no figure", failure),)
