import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesreview.metrics.retention import Kept, Renewals, annualised, cohorts, pooled_rate, revenue_retention


def test_retention_and_churn_of_ten_accounts_of_which_two_left():
    kept = Kept(start=10, kept=8)
    assert (kept.lost, kept.retention, kept.churn) == (2, 0.8, 0.2)


def test_nothing_at_the_start_gives_no_rate():
    assert Kept(0, 0).retention is None
    assert Kept(0, 0).churn is None
    assert Renewals(0, 0, 0).rate is None
    assert revenue_retention([(0, 5)]).net is None
    assert revenue_retention([]).gross is None


def test_half_a_years_churn_as_a_yearly_rate():
    assert annualised(0.1, 182.5) == pytest.approx(1 - 0.9 * 0.9)
    assert annualised(None, 10) is None


def test_pending_contracts_are_out_of_the_renewal_rate():
    renewals = Renewals(due=10, renewed=6, pending=2)
    assert (renewals.decided, renewals.lapsed, renewals.rate) == (8, 2, 0.75)
    assert Renewals(due=2, renewed=0, pending=2).rate is None


def test_revenue_retention_by_hand():
    # 300 at the start: 100 gone, 20 less, 50 more; the new account's 70 stays out.
    found = revenue_retention([(100, 0), (100, 80), (100, 150), (0, 70)])
    assert found.gross == pytest.approx(180 / 300)
    assert found.net == pytest.approx(230 / 300)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), max_size=30))
def test_the_parts_of_revenue_retention_add_up(values):
    found = revenue_retention(values)
    assert found.end == pytest.approx(sum(after for before, after in values if before > 0), abs=1e-3)
    if found.gross is not None:
        assert found.gross <= 1 + 1e-9
        assert found.gross <= found.net + 1e-9


def test_cohort_triangle_by_hand():
    counts = pd.DataFrame(
        [("Q1", "Q1", 4), ("Q1", "Q2", 2), ("Q2", "Q2", 6), ("Q2", "Q3", 3), ("Q0", "Q1", 9), ("Q3", "Q4", 1)],
        columns=["cohort", "quarter", "accounts"],
    )
    triangle = cohorts(counts, ("Q1", "Q2", "Q3"))
    assert [(c.quarter, c.size, c.active) for c in triangle] == [("Q1", 4, (4, 2, 0)), ("Q2", 6, (6, 3))]
    assert (triangle[0].rate(1), triangle[0].rate(2), triangle[1].rate(2)) == (0.5, 0.0, None)
    assert pooled_rate(triangle, 1) == (5, 10)
    assert pooled_rate(triangle, 3) is None
