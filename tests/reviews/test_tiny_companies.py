"""Half years with next to nothing in them: all five reviews are written, and say what they cannot tell."""

from datetime import date

import pytest

from salesreview.exhibits.catalogue import render
from salesreview.exhibits.html import html
from salesreview.notebook import as_record
from salesreview.pack.figures import conflicts
from salesreview.record import NotEnough, NotProvided, figures_in
from salesreview.reviews import VARIANTS, build

from .hand_mart import context, hand_mart, order, sold

AS_OF = date(2026, 6, 30)
P = {"product_id": "P1", "qty": 1, "list_price": 120, "cost_amount": 60}
ACCOUNTS = [{"account_id": "A1", "name": "甲"}, {"account_id": "A2", "name": "乙"}]
PRODUCTS = [{"product_id": "P1", "name": "泵", "product_line": "设备"}]
REPS = [{"rep_id": "R1", "name": "王", "hire_date": "2020-01-01"}]
TARGET = {"metric": "sales", "dim": "total", "status": "approved", "version": "original"}
TARGETS = [{"target_id": "T1", "period_start": "2026-01-01", "period_end": "2026-06-30", "value": 500, **TARGET}]


def several(**line) -> dict[str, list[dict]]:
    """Twelve orders in 2025 and eight in the first half of 2026, of two customers."""
    days = [f"2025-{month:02d}-10" for month in range(1, 13)] + [f"2026-{1 + i // 2:02d}-{5 + i}" for i in range(8)]
    return sold(*(order(i, f"A{1 + i % 2}", day, 100 + i, **line) for i, day in enumerate(days)))


COMPANIES = {
    "one order": {"accounts": ACCOUNTS, "products": PRODUCTS, **sold(order(1, "A1", "2026-02-10", 100, **P))},
    "only returns": {"accounts": ACCOUNTS, **sold(
        order(1, "A1", "2025-11-10", 100, **P), order(2, "A1", "2026-02-10", -40, qty=-1, return_of_order_id="O001"),
    )},
    "one rep": {"accounts": ACCOUNTS, "reps": REPS, "targets": TARGETS, **several(rep_id="R1", **P)},
    "one product": {"accounts": ACCOUNTS, "products": PRODUCTS, **several(**P)},
    "no targets": {"accounts": ACCOUNTS, "products": PRODUCTS, "reps": REPS, **several(rep_id="R1", **P)},
    "no reps": {"accounts": ACCOUNTS, "products": PRODUCTS, "targets": TARGETS, **several(**P)},
    "no costs": {"accounts": ACCOUNTS, "products": PRODUCTS, "reps": REPS, **several(rep_id="R1", product_id="P1")},
    "orders alone": several(),
}  # fmt: skip


@pytest.fixture(scope="module", params=list(COMPANIES))
def tiny(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    return request.param, context(hand_mart(folder, AS_OF, **COMPANIES[request.param]))


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_review_is_written_and_shown(tiny, variant):
    name, ctx = tiny
    review = build(variant, ctx)
    silent = [one for one in review.exhibits if isinstance(one, NotProvided | NotEnough)]
    assert silent, name
    for one in silent:
        assert one.missing if isinstance(one, NotProvided) else one.reason, one.id
    for lang in ("zh", "en"):
        assert render(review.headline, lang, "CNY")
        for exhibit in review.exhibits:
            assert html(exhibit, lang, "CNY"), exhibit.id
    values = [figure.value for figure in review.figures if figure.value is not None]
    assert all(value == value and abs(value) != float("inf") for value in values)


def test_no_figure_has_two_values(tiny):
    """The same metric, member and period has one value in all five reviews."""
    reviews = {variant: build(variant, tiny[1]) for variant in VARIANTS}
    records = {variant: [as_record(figure, one) for figure in one.figures] for variant, one in reviews.items()}
    assert conflicts(records) == {}


@pytest.mark.parametrize("variant", VARIANTS)
def test_five_reviews_tell_one_sales_figure(tiny, variant):
    name, ctx = tiny
    expected = {"one order": 100, "only returns": -40}.get(name, sum(100 + i for i in range(12, 20)))
    review = build(variant, ctx)
    (sales,) = (f for f in figures_in(review.cards[0]) if f.metric == "sales" and f.comparison is None)
    assert sales.value == expected
