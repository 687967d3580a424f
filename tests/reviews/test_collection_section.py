"""Receivables from a few bills and payments, with invoices and without."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salesreview.periods import Window, parse
from salesreview.queries import collection as queries
from salesreview.record import Cards, NotProvided, figures_in, unique
from salesreview.reviews.context import Context
from salesreview.reviews.sections.process import collection
from salesreview.settings import Settings

from .hand_mart import hand_mart, order, sold

AS_OF = date(2026, 6, 30)
H1 = Window(date(2026, 1, 1), AS_OF)
SALES = sold(order(1, "A1", "2026-01-10", 100.0), order(2, "A1", "2026-03-01", 300.0))


def context(mart) -> Context:
    return Context(mart, Settings(), parse("H1", year=2026))


def invoice(invoice_id: str, account: str, issued: str, due: str | None, amount: float, **rest) -> dict:
    return {
        "invoice_id": invoice_id,
        "account_id": account,
        "issue_date": issued,
        "due_date": due,
        "amount": amount,
    } | rest


@pytest.fixture(scope="module")
def billed(tmp_path_factory):
    """A1: 100 paid directly, 200 by 150 that names no invoice and a credit of 20. A2: 50 not due, 30 written off."""
    return hand_mart(
        tmp_path_factory.mktemp("billed"),
        AS_OF,
        **SALES,
        invoices=[
            invoice("I1", "A1", "2026-01-31", "2026-02-28", 100),
            invoice("I2", "A1", "2026-02-15", "2026-03-31", 200),
            invoice("I3", "A2", "2026-06-15", "2026-07-15", 50),
            invoice("I4", "A1", "2026-03-01", None, -20),
            invoice("I5", "A2", "2026-01-05", "2026-01-31", 30, written_off_at="2026-05-01", written_off_amount=30),
        ],
        payments=[
            {"payment_id": "P1", "invoice_id": "I1", "account_id": "A1", "paid_at": "2026-02-20", "amount": 100},
            {"payment_id": "P2", "account_id": "A1", "paid_at": "2026-04-05", "amount": 150},
        ],
    )


def test_payments_without_invoice_settle_the_earliest_due_first(billed):
    found = queries.receivables(billed, AS_OF)
    # I2: 200 less 150 less the credit of 20; I3: 50
    assert (found.owed, found.overdue, found.bills_owed, found.bills_overdue) == (80.0, 30.0, 2, 1)
    before = queries.receivables(billed, date(2026, 4, 4))
    assert before.owed == pytest.approx(200 - 20 + 30)  # I5 was not yet written off


def test_collection_rate_by_hand(billed):
    rate = collection.collection_rate_figure(context(billed))
    # due: 100 + 200 + 30; received: 100 + 170; what was written off was not received
    assert (rate.numerator, rate.denominator, rate.n) == (270.0, 330.0, 3)
    assert collection.headline(context(billed)) == rate
    assert collection.receivables_figures(context(billed))["overdue_rate"].value == pytest.approx(30 / 80)


@pytest.fixture(scope="module")
def only_payments(tmp_path_factory):
    """Orders of 100 and 300 and one payment of 250; no invoices."""
    return hand_mart(
        tmp_path_factory.mktemp("cash"),
        AS_OF,
        **SALES,
        payments=[{"payment_id": "P1", "account_id": "A1", "paid_at": "2026-04-01", "amount": 250}],
    )


def test_orders_stand_for_missing_invoices(only_payments):
    ctx = context(only_payments)
    # month ends: 100, 100, 400, 150, 150, 150
    dso = collection.dso_figure(ctx)
    assert dso.value == pytest.approx(79.1875) and "estimated" in dso.flags
    assert collection.cash_sales_figure(ctx).value == pytest.approx(250 / 400)
    assert collection.headline(ctx).metric == "cash_sales"


def test_what_needs_invoices_is_named(only_payments):
    found = {exhibit.id: exhibit for exhibit in collection.exhibits(context(only_payments))}
    assert isinstance(found["collection_cards"], Cards)
    assert found["collection_due"].missing == ("invoices.due_date", "invoices.amount")
    unique(figures_in(tuple(found.values())))


def test_without_payments_every_exhibit_says_so(tmp_path):
    exhibits = collection.exhibits(context(hand_mart(tmp_path, AS_OF, **SALES)))
    assert [exhibit.id for exhibit in exhibits[1:]] == list(collection.IDS)
    assert all(isinstance(exhibit, NotProvided) for exhibit in exhibits[1:])


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 500)), min_size=1, max_size=8))
def test_owed_is_what_was_billed_and_not_paid(tmp_path_factory, rows):
    """One account a pair of one bill and one payment that names none: what is owed is never below zero nor invented."""
    mart = hand_mart(
        tmp_path_factory.mktemp("random"),
        AS_OF,
        **SALES,
        invoices=[invoice(f"I{i}", f"B{i}", "2026-01-01", "2026-02-01", bill) for i, (bill, _) in enumerate(rows)],
        payments=[
            {"payment_id": f"P{i}", "account_id": f"B{i}", "paid_at": "2026-03-01", "amount": paid}
            for i, (_, paid) in enumerate(rows)
        ],
    )
    found = queries.receivables(mart, AS_OF)
    assert found.owed == pytest.approx(sum(max(0, bill - paid) for bill, paid in rows))
    assert 0 <= found.overdue <= found.owed
    due = queries.due(mart, H1)
    assert 0 <= due.received <= due.amount
