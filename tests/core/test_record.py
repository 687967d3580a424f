"""The record: figures are found wherever they stand, and one key has one value."""

import pytest

from salesreview.errors import SalesReviewError
from salesreview.record import Card, Cards, Figure, Prose, Review, Text, figures_in, unique


def sales(value, **rest):
    return Figure("sales", value, "money", "2026-H1", **rest)


def review(*exhibits, headline=None):
    return Review(
        variant="data_driven",
        title=Text("title"),
        headline=headline or Text("headline"),
        cards=(),
        exhibits=exhibits,
        period="2026-H1",
        as_of="2026-06-30",
        company="甲公司",
        currency="CNY",
    )


def test_figures_are_found_in_nested_texts_and_cards():
    total, north, growth = sales(3.0), sales(1.0, dimension="region", member="华北"), sales(0.1, comparison="yoy")
    prose = Prose(id="a", title=Text("t"), sentences=(Text("s", {"inner": Text("i", {"list": (north, "x")})}),))
    cards = Cards(id="b", title=Text("t"), cards=(Card("销售额", total, (growth,)),))
    assert review(prose, cards).figures == (north, total, growth)


def test_the_same_figure_twice_is_kept_once():
    assert unique([sales(3.0), sales(3.0)]) == (sales(3.0),)


def test_two_values_under_one_key_are_refused():
    with pytest.raises(SalesReviewError, match="two values"):
        unique([sales(3.0), sales(3.1)])


def test_exhibit_ids_are_unique():
    with pytest.raises(SalesReviewError, match="share an id"):
        review(Prose(id="a", title=Text("t")), Prose(id="a", title=Text("t")))


def test_an_exhibit_is_found_by_id():
    prose = Prose(id="a", title=Text("t"))
    assert review(prose)["a"] is prose
    with pytest.raises(KeyError):
        review(prose)["b"]


def test_headline_figures_count():
    total = sales(3.0)
    assert list(figures_in(review(headline=Text("h", {"sales": total})))) == [total]
