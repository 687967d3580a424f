"""Tables of analysts that are broader than a page: nothing sticks out, and what is not printed is told."""

import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from weasyprint import HTML

from salesreview.render import broad
from salesreview.render.document import Colophon
from salesreview.render.page import review_page

from ..pack.standins import notebook, review_data
from .test_page import cell, data


def table(columns, rows=3, **options) -> str:
    frame = pd.DataFrame([[123456.75] * columns] * rows, columns=[f"column_{i}" for i in range(columns)])
    return frame.to_html(**options)


def test_what_fits_is_left_as_it_is():
    for html in ("<p>no table</p>", table(3), f"<div>{table(8)}<p>&amp;</p></div>"):
        assert broad.fitted(html, "zh") == html


# a column takes 9 x 0.6 + 1 = 6.4 ems, the index 1.6; 174 mm are 61.7 ems of 8 points and 89.7 of 5.5, 263 mm 135.6
@pytest.mark.parametrize(
    ("columns", "size", "across", "lost"),
    [(9, "8pt", False, 0), (10, "7.5pt", False, 0), (13, "5.5pt", False, 0), (14, "8pt", True, 0),
     (20, "5.5pt", True, 0), (21, "5.5pt", True, 1), (40, "5.5pt", True, 20)],
)  # fmt: skip
def test_a_broad_table_is_set_smaller_then_across_then_cut(columns, size, across, lost):
    soup = BeautifulSoup(broad.fitted(table(columns), "en"), "html.parser")
    found = soup.find("table")
    if size == "8pt" and not across:
        assert "broad" not in found["class"]
        return
    assert "broad" in found["class"] and found["style"].endswith(f"--print-size:{size}")
    assert bool(soup.find(class_="wide")) == across
    assert [len(row.find_all(class_="screen-only")) for row in found.find_all("tr")] == [lost] * 4
    notes = [note.get_text() for note in soup.find_all(class_="print-only")]
    assert notes == ([f"{lost} more columns do not fit on paper; the web page has them."] if lost else [])


def test_headers_over_several_columns_are_cut_at_the_same_column():
    pairs = pd.MultiIndex.from_product([[f"group_{i}" for i in range(12)], ["amount_a", "amount_b"]])
    html = pd.DataFrame([[123456.75] * 24] * 2, columns=pairs).to_html()
    soup = BeautifulSoup(broad.fitted(html, "zh"), "html.parser")
    widths = {
        sum(
            int(one.get("colspan", 1))
            for one in row.find_all(("th", "td"))
            if "screen-only" not in one.get("class", [])
        )
        for row in soup.find_all("tr")
    }
    assert len(widths) == 1 and widths.pop() < 25


def test_a_word_without_end_is_broken_and_costs_no_column():
    html = pd.DataFrame({"link": ["x" * 300, "short"], "n": [1.0, 2.0]}).to_html(index=False)
    soup = BeautifulSoup(broad.fitted(html, "en"), "html.parser")
    assert [cell.get_text() for cell in soup.find_all(class_="breaks")] == ["x" * 300]
    assert soup.find_all(class_="screen-only") == [] and soup.find(class_="wide") is None
    sheet = (
        HTML(string=f"<style>@page {{ size: A4 }} .breaks {{ overflow-wrap: anywhere }}</style>{soup}")
        .render()
        .pages[0]
    )
    (found,) = [box for box in sheet._page_box.descendants() if type(box).__name__ == "TableBox"]
    assert found.width < sheet._page_box.width + 1


@pytest.mark.parametrize("columns", [5, 12, 18, 45])
def test_nothing_sticks_out_of_a_real_page(save, columns):
    shown = cell(data({"text/html": table(columns), "text/plain": "table"}))
    path = save("data_driven", notebook(cell(data(review_data())), shown))
    page = review_page(path, "en", Colophon("test", "0" * 64, (), ())).html
    assert table(columns).count("123456.75") == page.count("123456.75")
    boxes = []

    def walk(box, right):
        if type(box).__name__ == "TextBox" and re.fullmatch(r"[\d.]+|column_\d+", box.text or ""):
            boxes.append(box.position_x + box.width <= right)
        for child in getattr(box, "children", ()):
            walk(child, right)

    for sheet in HTML(string=page, base_url="about:blank").render().pages:
        inner = sheet._page_box
        walk(inner, inner.position_x + inner.margin_left + inner.width + 0.5)
    assert len(boxes) >= 4 * min(columns, 20) and all(boxes)
