import pandas as pd
import pytest

from salesreview.metrics.cltv import lifetime_factor, quartiles, segment_churn, values, wallet


@pytest.fixture
def kept_accounts():
    """Twenty-five accounts: 20 普通/直客 of which 5 left, 5 战略/直客 of which none left."""
    rows = [("普通", "直客", i >= 5) for i in range(20)] + [("战略", "直客", True)] * 5
    return pd.DataFrame(rows, columns=["tier", "customer_type", "is_kept"])


def test_lifetime_factor_by_hand():
    # r / (1 + d) = 0.5: 1 + 0.5 + 0.25.
    assert lifetime_factor(0.55, 0.10, 3) == pytest.approx(1.75)
    assert lifetime_factor(1.0, 0.0, 5) == 5.0  # nobody leaves, nothing is discounted: the horizon caps it


def test_a_small_segment_takes_the_overall_churn(kept_accounts):
    found, overall = segment_churn(kept_accounts, minimum_n=20)
    assert overall.churn == pytest.approx(5 / 25)
    assert found["普通", "直客"].churn == pytest.approx(5 / 20)
    assert (found["战略", "直客"].churn, found["战略", "直客"].fallback) == (pytest.approx(0.2), True)


def test_values_use_the_segments_churn_and_do_not_multiply_losses(kept_accounts):
    churn, overall = segment_churn(kept_accounts, minimum_n=20)
    accounts = pd.DataFrame(
        {"tier": ["普通", "战略", "普通"], "customer_type": "直客", "annual_margin": [100.0, 100.0, -40.0]}
    )
    # d = 0: r = 0.75 gives 1 + 0.75, r = 0.8 gives 1 + 0.8, a loss stays one year's loss.
    assert values(accounts, churn, overall, 0.0, 2).tolist() == pytest.approx([175.0, 180.0, -40.0])


def test_quartiles_of_one_to_five():
    found = quartiles(pd.Series([5.0, 1.0, 3.0, 2.0, 4.0]))
    assert (found.q1, found.median, found.q3, found.mean, found.n) == (2.0, 3.0, 4.0, 3.0, 5)
    assert quartiles(pd.Series(dtype=float)) is None


def test_wallet_counts_only_known_potential_and_no_negative_room():
    accounts = pd.DataFrame({"sales": [30.0, 120.0, 50.0], "potential": [100.0, 100.0, None]})
    found = wallet(accounts)
    assert (found.sales, found.potential, found.whitespace, found.n, found.above) == (150.0, 200.0, 70.0, 2, 1)
    assert found.share == 0.75
    assert wallet(accounts.tail(1)).share is None


def test_a_model_speaks_for_the_first_year_only():
    accounts = pd.DataFrame(
        {"account_id": ["A", "B"], "tier": "T", "customer_type": "C", "annual_margin": [100.0, 100]}
    )
    churn, overall = segment_churn(pd.DataFrame({"tier": ["T"] * 4, "customer_type": "C", "is_kept": [1, 1, 1, 0]}), 1)
    found = values(accounts, churn, overall, 0.25, 3, {"A": 0.5})
    # A: 1 + 0.5 / 1.25 + 0.5 · 0.75 / 1.25² = 1.64; B, whom the model does not know: 1 + 0.6 + 0.36 = 1.96
    assert found.tolist() == pytest.approx([164.0, 196.0])
