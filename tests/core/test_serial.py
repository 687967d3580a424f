"""A saved record is the record."""

import json
from datetime import date

import pytest

from salesreview.errors import SalesReviewError
from salesreview.record import Card, Chart, Figure, PeriodName, Point, Review, Series, Spark, Table, Text
from salesreview.serial import dump, load_review

SALES = Figure("sales", 12.5, "money", "2026-H1", flags=("partial",))
GONE = Figure("sales", None, "money", "2025-H1", dimension="region", member="华东", n=3)


def review(*exhibits) -> Review:
    card = Card(Text("metric.sales"), SALES, (GONE,))
    return Review(
        "team", Text("variant.team"), Text("result.met", {"sales": SALES}), (card,),
        exhibits, "2026-H1", "2026-06-30", "公司 <A&B>", "CNY",
    )  # fmt: skip


def test_each_part_survives_json():
    table = Table(
        "t", Text("a", {"names": ("甲", PeriodName("2026-H1", short=True)), "day": date(2026, 6, 30)}),
        requirements=("D-01",), header=("a", Text("b")), rows=(("x", SALES), ("y", Spark((None, GONE)))), total=None,
    )  # fmt: skip
    chart = Chart(
        "c", Text("a"), form="scatter", categories=("q",), series=(Series("s", (SALES, None), role="prior"),),
        points=(Point("p", SALES, y=GONE),), marks={"totals": (0, -1), "vline": SALES}, colours={"华东": 2},
    )  # fmt: skip
    given = review(table, chart)
    assert load_review(json.loads(json.dumps(dump(given), ensure_ascii=False))) == given


def test_what_no_record_may_hold_is_refused():
    with pytest.raises(SalesReviewError, match="cannot be saved"):
        dump(Text("a", {"x": {1, 2}}))


@pytest.mark.parametrize("data", [{"kind": "Sculpture"}, {"kind": "Text", "key": "a"}])
def test_a_file_of_another_version_is_refused(data):
    with pytest.raises(SalesReviewError):
        load_review(data)
