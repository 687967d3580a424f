"""The estimators keep scikit-learn's conventions and take any table."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.estimator_checks import check_estimator

from salesreview.models.calibration import Calibration, Tuned, sampled
from salesreview.models.candidates import Boosting, SplineLogistic
from salesreview.models.columns import normalised
from salesreview.models.encoding import Design

ESTIMATORS = (SplineLogistic(), Boosting(rounds=10), Design(), Tuned(SplineLogistic()))


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda one: type(one).__name__)
def test_conventions(estimator):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        checks = check_estimator(estimator, on_skip=None)
    assert sum(check["status"] == "passed" for check in checks) > 40


@pytest.fixture(scope="module")
def ugly():
    """Every kind of column, 80 rows, and an outcome that goes with two of them."""
    chance = np.random.default_rng(5)
    rows = 80
    y = chance.random(rows) < 0.4
    table = pd.DataFrame(
        {
            "number": np.where(chance.random(rows) < 0.2, np.nan, chance.normal(size=rows) + y),
            "whole": pd.array(np.where(chance.random(rows) < 0.2, None, chance.integers(9, size=rows)), dtype="Int64"),
            "flag": pd.array([True, False, None, True] * 20, dtype="boolean"),
            "plain": chance.random(rows) < 0.5,
            "text": pd.Series(np.where(y, "yes", chance.choice(["no", "nö", " 否 "], rows))).where(
                np.arange(rows) % 9 > 0
            ),
            "category": pd.Categorical(chance.choice(["x", "y"], rows), categories=["x", "y", "unused"]),
            "graded": pd.Categorical(chance.integers(1, 4, rows), ordered=True),
            "day": pd.to_datetime("2024-01-01") + pd.to_timedelta(chance.integers(900, size=rows), "D"),
            "moment": pd.date_range("2024-01-01", periods=rows, tz="Asia/Shanghai"),
            "span": pd.to_timedelta(chance.integers(90, size=rows), "D"),
            "mixed": [1, "two", None, 4.0] * 20,
            "decimals": pd.Series([1, 2.5, None, True] * 20, dtype="object"),
            "endless": np.where(chance.random(rows) < 0.1, np.inf, 1.0),
            "constant": "same",
            "empty": np.nan,
            "nothing": pd.Series([None] * rows, dtype="object"),
        }
    )
    return table, y


@pytest.mark.parametrize("kind", [SplineLogistic, Boosting])
def test_every_kind_of_column(ugly, kind):
    table, y = ugly
    model = kind().fit(table, y)
    unknown = table.assign(text="new", category="z", number=1e300).head(3)
    for rows in (table, unknown, table.head(1)):
        p = model.predict_proba(rows)
        assert p.shape == (len(rows), 2)
        assert np.isfinite(p).all()
    assert list(model.predict_proba(table)[:, 1]) == list(model.predict_proba(normalised(table))[:, 1])


def test_normal_columns():
    mixed = {"a": [" x ", "", None, "x"], 5: [True, None, False, True], "c": [1, np.inf, 2, 3]}
    table = normalised(pd.DataFrame(mixed))
    assert list(table) == ["a", "5", "c"]
    assert table.a.tolist()[::3] == ["x", "x"]
    assert table["5"].dropna().tolist() == [1.0, 0.0, 1.0]
    assert table.isna().sum().tolist() == [2, 1, 1]


def test_contributions_sum_to_the_logit(ugly):
    table, y = ugly
    model = SplineLogistic(C=1.0).fit(table, y)
    added = model.contributions(table)
    assert list(added) == list(table)
    assert added.sum(axis=1).to_numpy() + model.offset_ == pytest.approx(model.decision_function(table))
    # against the mean training row: contributions of each column are 0 on average
    assert added.mean().to_numpy() == pytest.approx(np.zeros(added.shape[1]), abs=1e-12)


def test_a_curve_is_learned_by_splines():
    chance = np.random.default_rng(0)
    x = chance.uniform(-3, 3, 2000)
    y = chance.random(2000) < np.where(np.abs(x) > 1.5, 0.8, 0.2)
    p = SplineLogistic(C=10).fit(pd.DataFrame({"x": x}), y).predict_proba(pd.DataFrame({"x": [-2.5, 0.0, 2.5]}))[:, 1]
    assert p[0] > 0.7 and p[1] < 0.3 and p[2] > 0.7


def test_calibration_mends_what_is_too_sure_and_leaves_what_is_right():
    chance = np.random.default_rng(0)
    logits = chance.normal(size=4000)
    y = (chance.random(4000) < 1 / (1 + np.exp(-logits))).astype(int)
    right, sure = 1 / (1 + np.exp(-logits)), 1 / (1 + np.exp(-3 * logits))
    assert Calibration().fit(right, y).kind_ == "none"
    mended = Calibration().fit(sure, y)
    assert mended.kind_ in ("sigmoid", "isotonic")
    assert np.abs(mended.transform(sure) - right).mean() < 0.03


def test_tuning_of_few_rows_keeps_the_default_setting():
    model = Tuned(SplineLogistic()).fit(pd.DataFrame({"x": [0.0, 1.0, 2.0]}), [0, 1, 1])
    assert model.setting_ == {}
    assert model.calibration_.kind_ == "none"


def test_whole_groups_are_sampled():
    groups = np.repeat(np.arange(100), 5)
    rows = sampled(groups, 200, 0)
    assert len(rows) == 200
    assert set(np.bincount(groups[rows])) == {0, 5}
