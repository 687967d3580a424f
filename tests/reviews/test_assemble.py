"""How sections are put together: what a section tells stands before what shows it."""

from salesreview.record import Heading, Prose, Table, Text
from salesreview.reviews.assemble import UNTITLED, told_first

HEADING, OTHER = (Heading(name, Text("variant.team")) for name in ("heading", "other"))
TEXT, SECOND = (Prose(name, UNTITLED) for name in ("text", "second"))
TITLED = Prose("titled", Text("variant.team"))
TABLE, MORE = (Table(name, Text("variant.team"), header=(), rows=()) for name in ("table", "more"))


def test_the_one_text_of_a_section_stands_under_its_heading():
    given = (HEADING, TABLE, MORE, TEXT, OTHER, TABLE, SECOND)
    assert list(told_first(given)) == [HEADING, TEXT, TABLE, MORE, OTHER, SECOND, TABLE]


def test_several_texts_and_one_with_a_title_stay_beside_what_they_tell_of():
    for section in ((HEADING, TABLE, TEXT, MORE, SECOND), (HEADING, TABLE, TITLED), (HEADING, TITLED, TABLE, TEXT)):
        assert list(told_first(section)) == list(section)


def test_a_section_without_a_heading_or_without_anything():
    assert list(told_first((TABLE, TEXT))) == [TEXT, TABLE]
    assert list(told_first(())) == []
