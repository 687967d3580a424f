"""Workbook and slides from executed notebooks, beside a review that failed."""

import pytest
from nbformat.v4 import new_code_cell, new_output
from openpyxl import load_workbook
from pptx import Presentation

from salesreview.notebook import REVIEW_MIME
from salesreview.render.document import Colophon, Cover
from salesreview.render.failure import Failed, Failure
from salesreview.render.whole import WholeTask, render_whole
from salesreview.serial import dump

from ..pack.standins import notebook
from .records import COVER, review


@pytest.fixture
def task(save, tmp_path):
    """A task for one kind of file: the market review from its executed notebook, and the team's that failed."""
    shown = new_output("display_data", data={REVIEW_MIME: {"variant": "market", "record": dump(review("market"))}})
    path = save("market", notebook(new_code_cell("review", outputs=[shown])))
    team = Cover("team", COVER.company, COVER.period, COVER.as_of, COVER.currency)
    reviews = (path, Failed(team, Failure("error", "no sales")))
    colophon = Colophon("flat", "0" * 64, (), ())
    return lambda kind: WholeTask(kind, COVER, "en", colophon, reviews, tmp_path / f"pack.{kind}")


def test_a_workbook_has_the_review_and_names_the_failed_one(task):
    made = task("xlsx")
    render_whole(made)
    book = load_workbook(made.target)
    assert "Market insight and innovation" in book.sheetnames and "Team growth and culture" not in book.sheetnames
    told = [row[:2] for row in book["Contents"].iter_rows(max_row=20, values_only=True)]
    assert ("Team growth and culture", "Not built: no sales") in told


def test_slides_have_the_review_and_name_the_failed_one(task):
    made = task("pptx")
    render_whole(made)
    first, *others = Presentation(made.target).slides
    told = "\n".join(shape.text_frame.text for shape in first.shapes if shape.has_text_frame)
    assert "Team growth and culture: Not built: no sales" in told
    above = [shape.text_frame.text for slide in others for shape in slide.shapes if shape.name == "above"]
    assert above and all(text.startswith("Market insight and innovation") for text in above)
