"""Cash, service, delivery, cooperation and records of the process review on a few rows worked by hand."""

from datetime import date

import pytest

from salesreview.record import NotEnough, NotProvided, figures_in, unique
from salesreview.reviews.sections.process import (
    approval_bands,
    bottlenecks,
    change_log,
    departments,
    execution,
    follow_up,
    late_payment,
    receivable_figures,
    receivables,
    records,
    return_visits,
    selling_time,
    service,
    signed_cash,
    standards,
    tools,
)
from salesreview.settings.process_rules import Receivables

from .hand_mart import context, hand_mart, order, sold

AS_OF = date(2026, 6, 30)
SECTIONS = (
    approval_bands, bottlenecks, change_log, departments, execution, follow_up, late_payment, receivables, records,
    return_visits, selling_time, service, signed_cash, standards, tools,
)  # fmt: skip
BILLS = [
    ("I1", "A1", "2026-01-31", "2026-03-01", 100),  # 121 days overdue
    ("I2", "A1", "2026-05-01", "2026-05-31", 200),  # 30 days overdue
    ("I3", "A2", "2026-06-01", "2026-07-01", 300),  # not due
    ("I4", "A2", "2026-02-01", "2026-03-03", 400),  # paid on 2026-03-10
]


def asked(request_id: str, opened: str, answered: str | None = None) -> dict:
    request = {"request_id": request_id, "to_dept": "财务部", "type": "财务", "opened_at": opened, "sla_h": 8}
    return request | {"responded_at": answered}


def reminder(activity_id: str, account: str, day: str, due: str) -> dict:
    return {
        "activity_id": activity_id,
        "account_id": account,
        "type": "催款",
        "started_at": day,
        "next_action_due": due,
    }


@pytest.fixture(scope="module")
def mart(tmp_path_factory):
    names = ("invoice_id", "account_id", "issue_date", "due_date", "amount")
    return hand_mart(
        tmp_path_factory.mktemp("cash"),
        AS_OF,
        **sold(
            order(1, "A1", "2026-01-10", 500.0, promised_date="2026-03-10", delivered_at="2026-03-10", complete=True),
            order(2, "A2", "2026-02-10", 300.0, promised_date="2026-03-20", delivered_at="2026-03-25", complete=True),
            order(3, "A2", "2026-02-12", 200.0, promised_date="2026-03-21", delivered_at="2026-03-20", complete=False),
            order(4, "A2", "2026-02-14", 100.0, promised_date="2026-06-20"),
            order(5, "A1", "2026-01-05", 100.0, promised_date="2026-04-01", delivered_at="2026-04-01"),
        ),
        accounts=[{"account_id": "A1"}, {"account_id": "A2"}],
        invoices=[dict(zip(names, bill, strict=True)) for bill in BILLS],
        payments=[
            {"payment_id": "P1", "invoice_id": "I4", "account_id": "A2", "paid_at": "2026-03-10", "amount": 400}
        ],
        activities=[
            reminder("C1", "A2", "2026-03-05", "2026-03-12"),
            reminder("C2", "A1", "2026-06-05", "2026-06-12"),
        ],
        internal_requests=[
            # Monday 09:00 to 15:00: five working hours, within eight
            asked("Q1", "2026-03-02 09:00", "2026-03-02 15:00"),
            # Monday 09:00 to Wednesday 09:00: sixteen working hours, past eight
            asked("Q2", "2026-03-02 09:00", "2026-03-04 09:00"),
            # unanswered for weeks: missed
            asked("Q3", "2026-05-11 09:00"),
            # opened on the last afternoon: pending
            asked("Q4", "2026-06-30 16:00"),
        ],
    )  # fmt: skip


def test_ageing_adds_up_and_follows_days_overdue(mart):
    ctx = context(mart)
    bands = {name: figure.value for name, figure in receivable_figures.band_figures(ctx).items()}
    assert bands == {"current": 300.0, "d1_30": 200.0, "d31_60": 0.0, "d61_90": 0.0, "d90_plus": 100.0}


def test_terms_and_effectiveness_by_hand(mart):
    ctx = context(mart)
    # 29 days x 100 + 30 days x 900, over 1000
    assert receivable_figures.terms_figure(ctx).value == pytest.approx((29 * 100 + 30 * 900) / 1000)
    # nothing owed before; billed 1000, owed 600 of which 300 is not due
    assert receivable_figures.cei_figure(ctx).value == pytest.approx((1000 - 600) / (1000 - 300))
    # count-back from 600: June 300 (30 days), May 200 (31), April and March nothing, 100 of February's 400 (28 days)
    assert receivable_figures.count_back_figure(ctx).value == pytest.approx(30 + 31 + 30 + 31 + 28 * 100 / 400)


def test_promises_and_provision(mart):
    ctx = context(mart, receivables=Receivables(provision={"current": 0.01, "d1_30": 0.1, "d90_plus": 0.5}))
    kept = receivable_figures.promise_figure(ctx)
    assert (kept.numerator, kept.denominator) == (1, 2)  # only A2 paid between the reminder and the day
    assert receivable_figures.provision_figures(ctx)["provision"].value == pytest.approx(3 + 20 + 50)


def test_the_bridge_of_receivables_closes(mart):
    bridge = next(e for e in signed_cash.exhibits(context(mart)) if e.id == "signed_cash_bridge")
    *steps, closing = [figure.value for figure in bridge.series[0].figures]
    assert sum(steps) == pytest.approx(closing) == 600.0


def test_answers_are_judged_against_working_hours(mart):
    ctx = context(mart)
    found = departments.requests(ctx, ctx.current)
    assert found["hours"].tolist()[:2] == [5.0, 16.0]
    assert found["pending"].tolist() == [False, False, False, True]
    rate = departments.sla_figure(ctx, ctx.current)
    assert (rate.numerator, rate.denominator) == (1, 3)


def test_delivery_counts_late_short_and_missing_as_misses(mart):
    ctx = context(mart)
    otif = execution.otif_figure(ctx, ctx.current)
    assert (otif.numerator, otif.denominator) == (
        2,
        5,
    )  # orders 1 and 5; where nothing is recorded it counts as complete


@pytest.mark.parametrize("section", SECTIONS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_with_one_order_each_section_says_what_is_missing(section, tmp_path, mart):
    bare = section.exhibits(context(hand_mart(tmp_path, AS_OF, **sold(order(1, "A1", "2026-01-10", 100.0)))))
    full = section.exhibits(context(mart))
    assert [exhibit.id for exhibit in bare] == [exhibit.id for exhibit in full]
    assert any(isinstance(exhibit, NotProvided | NotEnough) for exhibit in bare)
    unique(figures_in((*bare,)))
    unique(figures_in((*full,)))
