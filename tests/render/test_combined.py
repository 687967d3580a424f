"""The whole pack as one document: every review once, one appendix, one set of ids, a failed review named."""

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output

from salesreview.exhibits.entries import word
from salesreview.notebook import Shown
from salesreview.render.combined import pack_page
from salesreview.render.document import Colophon, Cover
from salesreview.render.failure import Failed, Failure

from ..pack.standins import review, review_data

COLOPHON = Colophon("flat", "0" * 64, (), ())


def cover(variant: str) -> Cover:
    return Cover(variant, {"zh": "测试公司", "en": "Test Ltd"}, "2026-H1", "2026-06-30", "CNY")


@pytest.fixture
def executed(save):
    def write(variant: str):
        shown = [Shown(exhibit, ("zh", "en"), "CNY")._repr_mimebundle_() for exhibit in review(variant).exhibits]
        outputs = [new_output("display_data", data=data) for data in (review_data(variant), *shown)]
        return save(variant, new_notebook(cells=[new_code_cell("…", id="all", outputs=outputs)]))

    return write


def page(*given) -> BeautifulSoup:
    return BeautifulSoup(pack_page(given, cover("pack"), "zh", COLOPHON), "lxml")


def test_formulas_are_printed_once_for_all_reviews(executed):
    soup = page(executed("data_driven"), executed("team"))
    terms = [term.get_text() for term in soup.select(".term-list dt")]
    assert terms == [word("metric.sales", "zh"), word("metric.aov", "zh")]
    assert [one.get_text() for one in soup.find_all("h2")].count(word("appendix.heading", "zh")) == 1


def test_ids_are_unique_and_the_contents_lead_to_them(executed):
    soup = page(executed("data_driven"), executed("team"))
    ids = [element["id"] for element in soup.select("[id]")]
    assert len(ids) == len(set(ids)) and {"dd-numbers", "tm-numbers"} <= set(ids)
    links = [link["href"][1:] for link in soup.select(".contents a")]
    assert links[0] == "dd-review" and "tm-review" in links and set(links) <= set(ids)


def test_the_cover_has_the_shared_card_and_one_of_each_review(executed):
    soup = page(executed("data_driven"), executed("team"))
    assert len(soup.select(".cover .card")) == 1  # both reviews have the same only card
    assert [one.get_text() for one in soup.select(".divider h1")] == ["数据驱动与精细化运营", "团队成长与文化赋能"]


def test_a_failed_review_is_named_in_its_place(executed):
    failed = Failed(cover("team"), Failure("error", "ValueError: no such column", 2, "c2"))
    soup = page(executed("data_driven"), failed, executed("market"))
    assert [one["id"] for one in soup.select("section.review")] == ["dd-review", "tm-review", "mk-review"]
    told = soup.select_one("#tm-review").get_text()
    assert "no such column" in told and soup.select_one("#tm-review table") is None


def test_without_any_review_the_page_still_stands():
    soup = page(Failed(cover("team"), Failure("died", "the kernel ended")))
    assert soup.select(".cover .card") == [] and "the kernel ended" in soup.get_text()
