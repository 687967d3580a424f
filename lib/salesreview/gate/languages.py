"""The languages of a review tell the same: the same parts, the same tables, no words of the other language."""

import re
from collections.abc import Iterator

from .expected import Expected
from .page import HtmlPage
from .problem import Check, Fault

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")


def parts(first: HtmlPage, other: HtmlPage) -> Iterator[Fault]:
    """The same exhibits, each with as many tables, rows, cells and pictures. An analyst's own cells may differ."""
    one, two = (_shape(page) for page in (first, other))
    for name in one.keys() | two.keys():
        if name not in two or name not in one:
            where = other.lang if name not in two else first.lang
            yield Fault(f"#{name}", f"an exhibit that only one language has; the page in {where} lacks it")
        elif one[name] != two[name]:
            yield Fault(f"#{name}", "the languages show different rows, cells or pictures", one[name], two[name])


def _shape(page: HtmlPage) -> dict[str, dict[str, int]]:
    return {
        element["id"]: {tag: len(element.find_all(tag)) for tag in ("table", "tr", "th", "td", "img")}
        for element in page.soup.select("section.exhibit[id], main h2[id], main h3[id]")
    }


def foreign(page: HtmlPage, expected: Expected) -> Iterator[Fault]:
    """Chinese on an English page comes from the data, as names, or from the analyst's own cells."""
    if page.lang != "en":
        return
    own = (element.get_text("\n") for element in page.soup.select(".own-output"))
    known = "\n".join((*expected.names, *own))
    for element in page.soup.select("header.cover, section.exhibit, nav.contents, main h2, main h3"):
        for run in HAN.findall(element.get_text("\n")):
            if run not in known:
                yield Fault(page.place(element), "Chinese that is not a name of the data", "English", run)
                break


CHECKS = (Check("languages.parts", "the languages of a review show the same exhibits, tables and pictures", parts),)
PAGE = (Check("languages.foreign", "an English page has no Chinese but names of the data", foreign),)
