"""Retention facts of a company of seven accounts, worked out by hand. H1 2026; the opening day is 2025-12-31."""

from datetime import date

import pandas as pd
import pytest

from salesreview.periods import Window
from salesreview.queries import retention

from .hand_mart import context, hand_mart, order, sold

H1 = Window(date(2026, 1, 1), date(2026, 6, 30))


@pytest.fixture(scope="module")
def mart(tmp_path_factory):
    """stays bought in both years, drifts last bought in March 2025, gone in 2024, new in 2026, returns sent back only;
    bound has a renewed contract and no order, grace a contract that ended ten days before as_of."""
    accounts = [
        {"account_id": "stays", "name": "S", "tier": "重点"},
        {"account_id": "drifts", "name": "D", "churn_reason": "价格", "churn_date": "2026-04-01", "status": "lost"},
        {"account_id": "gone"},
        {"account_id": "new"},
        {"account_id": "returns"},
        {"account_id": "bound"},
        {"account_id": "grace"},
    ]
    contracts = [
        {"contract_id": "C1", "account_id": "bound", "signed_at": "2025-01-01", "start_date": "2025-01-01",
         "end_date": "2026-02-28", "annual_value": 1200},
        {"contract_id": "C2", "account_id": "bound", "signed_at": "2026-03-10", "start_date": "2026-03-15",
         "end_date": "2027-03-14", "annual_value": 1500, "renewal_of": "C1"},
        {"contract_id": "C3", "account_id": "grace", "signed_at": "2025-06-21", "start_date": "2025-06-21",
         "end_date": "2026-06-20", "annual_value": 600},
        {"contract_id": "C4", "account_id": "gone", "signed_at": "2024-01-01", "start_date": "2024-01-01",
         "end_date": "2026-01-31", "annual_value": 300},
        {"contract_id": "C5", "account_id": "new", "start_date": "2026-01-01", "end_date": "2026-03-31",
         "annual_value": 9999},
    ]  # fmt: skip
    tickets = [
        {"ticket_id": "T1", "account_id": "drifts", "opened_at": "2025-05-01 10:00", "is_complaint": "true", "csat": 1},
        {"ticket_id": "T2", "account_id": "stays", "opened_at": "2025-05-01 10:00", "is_complaint": "false", "csat": 5},
        {"ticket_id": "T3", "account_id": "stays", "opened_at": "2026-05-01 10:00", "is_complaint": "true", "csat": 1},
    ]
    activities = [{"activity_id": "A1", "account_id": "stays", "started_at": "2025-09-01 09:00", "type": "电话"}]
    facts = sold(
        order(1, "stays", "2024-05-01", 10),
        order(2, "stays", "2025-02-01", 100),
        order(3, "stays", "2026-02-01", 150),
        order(4, "stays", "2026-02-01", 50),
        order(5, "drifts", "2025-03-01", 70),
        order(6, "gone", "2024-04-01", 40),
        order(7, "new", "2026-03-01", 30),
        order(8, "new", "2026-04-01", 30),
        order(9, "returns", "2026-05-01", -5),
        order(10, None, "2026-05-01", 999),
    )
    folder = tmp_path_factory.mktemp("mart")
    day = date(2026, 6, 30)
    tables = {"accounts": accounts, "contracts": contracts, "tickets": tickets, "activities": activities}
    with hand_mart(folder, day, **facts, **tables) as mart:
        yield mart


@pytest.fixture
def base(mart):
    return retention.base(mart, context(mart).settings, H1).set_index("account_id")


def test_who_is_active_before_and_after(base):
    # gone: its contract of 2026-01-31 carried it over the opening; with 60 days of grace until 2026-04-01.
    assert base["is_active_before"].to_dict() == {
        "bound": True, "drifts": True, "gone": True, "grace": True, "new": False, "stays": True
    }  # fmt: skip
    assert base["is_active_after"].to_dict() == {
        "bound": True, "drifts": False, "gone": False, "grace": True, "new": True, "stays": True
    }  # fmt: skip


def test_sales_around_the_opening(base):
    assert base.loc["stays", ["prior_sales", "sales", "base_sales"]].tolist() == [100, 200, 100]
    assert base.loc["drifts", ["prior_sales", "sales", "base_sales"]].tolist() == [70, 0, 70]
    assert base.loc["drifts", "churn_reason"] == "价格"
    assert base.loc["gone", "churn_reason"] == "未登记"
    assert base.loc["stays", "last_order"] == pd.Timestamp("2026-02-01")
    assert pd.isna(base.loc["bound", "last_order"])


def test_counts_agree_with_the_accounts(mart, base):
    assert retention.counts(mart, context(mart).settings, H1) == (5, 3)


def test_contracts_due_by_month(mart):
    due = retention.due_by_month(mart, context(mart).settings, H1)
    assert due["month"].dt.month.tolist() == [1, 2, 6]
    assert due[["due", "renewed", "pending"]].to_numpy().tolist() == [[1, 0, 0], [1, 1, 0], [1, 0, 1]]
    assert due[["due_value", "renewed_value", "pending_value"]].to_numpy().tolist() == [
        [300, 0, 0],
        [1200, 1200, 0],
        [600, 0, 600],
    ]


def test_an_unsigned_contract_binds_nobody(mart):
    live = retention.recurring(mart, context(mart).settings, H1).set_index("account_id")
    assert live["at_opening"].to_dict() == {"bound": 1200, "gone": 300, "grace": 600}
    assert live["at_closing"].to_dict() == {"bound": 1500, "gone": 0, "grace": 600}


def test_repurchase_by_hand(mart):
    # Buyers of 2025: stays and drifts; stays came back for 200. In H1 stays bought on one day, new on two.
    assert retention.repurchase(mart, H1) == {
        "prior_buyers": 2, "repurchasers": 1, "amount": 200, "buyers": 2, "twice": 1
    }  # fmt: skip


def test_cohorts_count_accounts_by_quarter(mart):
    counts = retention.first_order_cohorts(mart, Window(date(2024, 1, 1), date(2026, 6, 30)), 1)
    q = retention.quarter_index(date(2024, 4, 1), 1)
    found = {(row.cohort - q, row.quarter - q): row.accounts for row in counts.itertuples()}
    assert found == {(0, 0): 2, (0, 3): 1, (0, 7): 1, (3, 3): 1, (7, 7): 1, (7, 8): 1}


def test_quarters_follow_the_fiscal_year():
    assert retention.quarter_index(date(2026, 4, 1), 4) - retention.quarter_index(date(2026, 3, 31), 4) == 1
    assert retention.quarter_index(date(2026, 4, 1), 2) == retention.quarter_index(date(2026, 2, 1), 2)


def test_signals_look_only_at_the_year_before_the_opening(mart):
    # drifts complained and scored 0 of 100; stays scored 100, and its complaint of 2026 came too late to count.
    found = retention.signals(mart, context(mart).settings, H1).set_index("is_lost")
    assert found.loc[True, ["n", "tickets", "complaints", "rated", "score_mean"]].tolist() == [2, 1, 1, 1, 0]
    assert found.loc[False, ["n", "tickets", "complaints", "rated", "score_mean"]].tolist() == [3, 1, 0, 1, 100]
    assert found.loc[False, "touches_mean"] == pytest.approx(1 / 3)


def test_without_renewal_links_a_following_contract_renews(tmp_path):
    contracts = [
        {"contract_id": "C1", "account_id": "a", "start_date": "2025-01-01", "end_date": "2026-01-31", "amount": 365},
        {"contract_id": "C2", "account_id": "a", "start_date": "2026-02-01", "end_date": "2027-01-31", "amount": 365},
        {"contract_id": "C3", "account_id": "b", "start_date": "2025-01-01", "end_date": "2026-01-31", "amount": 365},
    ]
    facts = sold(order(1, "a", "2025-01-01", 1), order(2, "a", "2026-06-30", 1))
    accounts = [{"account_id": "a"}, {"account_id": "b"}]
    with hand_mart(tmp_path, date(2026, 6, 30), **facts, contracts=contracts, accounts=accounts) as mart:
        due = retention.due_by_month(mart, context(mart).settings, H1)
    assert due[["due", "renewed", "pending"]].to_numpy().tolist() == [[2, 1, 0]]
