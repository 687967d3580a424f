"""The leak guard names each kind of leak, and lets honest strong predictors pass."""

import numpy as np
import pandas as pd
import pytest

from salesreview.models.leaks import screen
from salesreview.models.task import Task

ROWS = 600


@pytest.fixture
def chance():
    return np.random.default_rng(7)


@pytest.fixture
def labels(chance):
    return (chance.random(ROWS) < 0.3).astype(int)


def screened(features, labels, **more):
    task = Task("churn", pd.DataFrame(features), pd.Series(labels, dtype=bool), **more)
    return screen(task, np.ones(len(labels), bool), np.asarray(labels), 0)


def reasons(found):
    return {leak.column: leak.reason for leak in found.leaks}


def honest(chance, labels):
    """A number with ROC AUC of about 0.85, a category twice as likely in events, and noise."""
    return {
        "tenure": chance.normal(size=ROWS) + 1.5 * labels,
        "contract": np.where(chance.random(ROWS) < np.where(labels, 0.9, 0.45), "monthly", "two years"),
        "noise": chance.normal(size=ROWS),
    }


def test_honest_strong_predictors_pass(chance, labels):
    found = screened(honest(chance, labels), labels)
    assert found.leaks == ()
    assert list(found.table) == ["tenure", "contract", "noise"]


def test_a_number_that_is_the_outcome_in_disguise(chance, labels):
    features = honest(chance, labels) | {"close_value": np.where(labels, chance.random(ROWS) + 1, 0)}
    found = screened(features, labels)
    assert reasons(found) == {"close_value": "predicts_alone"}
    assert "close_value" not in found.table


def test_tags_whose_values_nearly_only_go_with_the_event(chance, labels):
    # 60 % of the events are tagged "will revert", the tags of all others are noise: ROC AUC by itself about 0.8
    tags = np.where(labels & (chance.random(ROWS) < 0.6), "will revert", chance.choice(["a", "b", "c"], ROWS))
    assert reasons(screened(honest(chance, labels) | {"tags": tags}, labels)) == {"tags": "predicts_alone"}


def test_a_reason_that_only_events_have(chance, labels):
    reason = pd.Series(chance.choice(["price", "service"], ROWS)).where(labels & (chance.random(ROWS) < 0.5) > 0)
    found = screened(honest(chance, labels) | {"churn_reason": reason}, labels)
    assert reasons(found) == {"churn_reason": "filled_after"}
    assert "events" in found.leaks[0].detail or "an event" in found.leaks[0].detail


def test_missing_values_of_an_honest_column_pass(chance, labels):
    score = pd.Series(chance.normal(size=ROWS)).where(chance.random(ROWS) < np.where(labels, 0.3, 0.5))
    assert screened(honest(chance, labels) | {"score": score}, labels).leaks == ()


def test_dates_after_the_row_was_known(chance, labels):
    times = pd.Series(pd.date_range("2024-01-01", periods=ROWS))
    late = times + pd.to_timedelta(np.where(chance.random(ROWS) < 0.1, 20, -20), "D")
    early = times - pd.Timedelta(days=3)
    found = screened(honest(chance, labels) | {"closed": late, "opened": early}, labels, times=times)
    assert reasons(found) == {"closed": "dated_after"}
    as_durations = honest(chance, labels) | {"closed": times - late, "opened": times - early}
    assert reasons(screened(as_durations, labels, times=times)) == {"closed": "dated_after"}


def test_declared_columns_are_reported_and_kept_out(chance, labels):
    found = screened(honest(chance, labels), labels, known_later=("contract",))
    assert reasons(found) == {"contract": "declared"}
    assert "contract" not in found.table


def test_a_column_that_a_person_vouches_for_stays(chance, labels):
    found = screened(honest(chance, labels) | {"flag": labels}, labels, known_early=("flag",))
    assert [(leak.column, leak.kept) for leak in found.leaks] == [("flag", True)]
    assert "flag" in found.table


def test_copies_are_grouped_and_reported(chance, labels):
    features = pd.DataFrame(honest(chance, labels))
    found = screened(pd.concat([features, features.head(50)]), [*labels, *labels[:50]])
    assert reasons(found) == {"(rows)": "duplicated_rows"}
    assert found.leaks[0].detail.startswith("50 rows")
    assert (found.groups[-50:] == found.groups[:50]).all()


def test_a_value_of_one_group_only_is_judged_across_groups(chance):
    # each customer has its own outcome and its own code on all its rows: known by heart within a customer, useless else
    customer = np.repeat(np.arange(100), 6)
    labels = np.repeat((chance.random(100) < 0.4).astype(int), 6)
    code = pd.Series(customer).map(lambda number: f"C{number}")
    found = screened({"code": code, "noise": chance.normal(size=600)}, labels, groups=pd.Series(customer))
    assert found.leaks == ()
    assert [(one.column, one.reason) for one in found.excluded] == [("code", "identifier")]


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ([None] * ROWS, "empty"),
        (["EUR"] * ROWS, "constant"),
        ([f"K-{number:04}" for number in range(ROWS)], "identifier"),
        (list(range(ROWS)), "identifier"),
    ],
)
def test_columns_of_no_use(chance, labels, column, reason):
    found = screened(honest(chance, labels) | {"odd": column}, labels)
    assert [(one.column, one.reason) for one in found.excluded] == [("odd", reason)]


def test_a_lead_number_in_any_order_is_an_identifier_and_an_amount_is_not(chance, labels):
    shuffled = chance.permutation(ROWS) * 7 + 1000
    found = screened(honest(chance, labels) | {"Lead Number": shuffled, "amount": shuffled + 1}, labels)
    assert [one.column for one in found.excluded] == ["Lead Number"]


def test_days_and_sorted_amounts_are_no_identifiers(chance, labels):
    odd = {"day": pd.date_range("2024-01-01", periods=ROWS), "amount": np.cumsum(chance.integers(1, 90, ROWS))}
    assert screened(honest(chance, labels) | odd, labels).excluded == ()


def test_a_column_told_twice(chance, labels):
    features = honest(chance, labels)
    found = screened(features | {"again": pd.Series(features["contract"]).str.upper()}, labels)
    assert [(one.column, one.reason) for one in found.excluded] == [("again", "duplicate")]


def test_dates_after_the_first_one_when_nothing_says_what_was_known():
    days = pd.Series(pd.date_range("2025-01-01", periods=60))
    table = pd.DataFrame({"opened": days, "closed": days + pd.Timedelta(days=30)})
    labels = np.tile([0, 1], 30)
    found = screened(table, labels)
    assert reasons(found)["closed"] == "dated_after" and "opened" not in reasons(found)
    assert screened(table, labels, times=days + pd.Timedelta(days=40)).leaks == ()


def test_columns_that_are_empty_for_one_outcome_only():
    # 400 of 1,000 rows are empty and no event among them: the value is written down when a deal is won or lost
    labels = np.array([0] * 600 + [1] * 400)
    value = pd.Series(np.where(np.arange(1000) < 400, np.nan, np.arange(1000) % 7))
    table = pd.DataFrame({"contract": value, "x": np.arange(1000) % 5, "y": np.arange(1000) % 11})
    assert reasons(screened(table, labels)) == {"contract": "filled_after"}
