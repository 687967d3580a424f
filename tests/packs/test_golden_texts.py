"""What the sample company's reviews say, sentence by sentence, in both languages.

A changed sentence or number shows as a difference of tests/packs/golden/<review>.<language>.txt. After reading it,
WRITE_GOLDEN=1 writes the files anew.
"""

import os
from pathlib import Path

import pytest

from salesreview.exhibits.catalogue import render
from salesreview.record import Findings, Heading, Prose, Review
from salesreview.reviews import VARIANTS

GOLDEN = Path(__file__).parent / "golden"


def told(review: Review, lang: str) -> str:
    """The headings, sentences and findings of a review, one a line."""

    def words(text) -> str:
        return render(text, lang, review.currency)

    lines = [words(review.title), words(review.headline)]
    for exhibit in review.exhibits:
        if isinstance(exhibit, Heading):
            lines.append(f"{'#' * (exhibit.level + 1)} {words(exhibit.title)}")
        elif isinstance(exhibit, Prose):
            lines += [words(sentence) for sentence in exhibit.sentences]
        elif isinstance(exhibit, Findings):
            lines += [" ".join(words(text) for text in (one.claim, *one.evidence)) for one in exhibit.findings]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_sample_reads_as_it_was_read(sample_reviews, variant, lang):
    path, text = GOLDEN / f"{variant}.{lang}.txt", told(sample_reviews(variant), lang)
    if os.environ.get("WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("variant", VARIANTS)
def test_english_headings_are_english(sample_reviews, variant):
    review = sample_reviews(variant)
    for exhibit in review.exhibits:
        if isinstance(exhibit, Heading):
            assert render(exhibit.title, "en", review.currency).isascii(), exhibit.id


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_paragraph_is_a_list_of_numbers_or_a_page_of_words(sample_reviews, variant):
    paragraphs = [one for one in sample_reviews(variant).exhibits if isinstance(one, Prose) and "_case_" not in one.id]
    assert {one.id: len(one.sentences) for one in paragraphs if len(one.sentences) > (10 if one.listed else 7)} == {}
