"""How sections are put together: what a section tells stands before what shows it."""

from salesreview.record import Card, Figure, Heading, NotEnough, Prose, Table, Text
from salesreview.reviews.assemble import told_first, unique_cards

TITLE = Text("variant.team")
SALES, COSTS = (Heading(f"{name}_heading", TITLE) for name in ("sales", "costs"))
TABLE, MORE = (Table(name, TITLE, header=(), rows=()) for name in ("table", "more"))
TEXT, OTHER = (Prose(f"{name}_text", Text("empty")) for name in ("sales", "other"))
BOX = NotEnough("costs_text", TITLE, reason=TITLE)


def test_the_text_of_a_section_or_its_box_stands_under_the_heading():
    given = (SALES, TABLE, MORE, TEXT, COSTS, TABLE, BOX)
    assert list(told_first(given)) == [SALES, TEXT, TABLE, MORE, COSTS, BOX, TABLE]


def test_texts_of_another_name_stay_beside_what_they_tell_of():
    for section in ((COSTS, TABLE, TEXT, MORE), (SALES, TABLE, OTHER), (SALES, TABLE)):
        assert list(told_first(section)) == list(section)


def test_nothing_and_exhibits_before_any_heading():
    assert list(told_first(())) == []
    assert list(told_first((TABLE, MORE, SALES, TABLE, TEXT))) == [TABLE, MORE, SALES, TEXT, TABLE]


def test_a_figure_has_one_card_on_the_cover():
    sales, head = (Card(TITLE, Figure(name, 1.0, "money", "2026-H1")) for name in ("sales", "sales_per_head"))
    assert unique_cards([sales, head, sales, head]) == (sales, head)
