"""From a task to a verdict: signal, no signal, too few; what a fit says of new rows, and what it keeps on disk."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import FunctionTransformer

from salesreview.errors import SourceError
from salesreview.models import storage
from salesreview.models.fit import Floors, fit
from salesreview.models.task import Task

ROWS = 500


def drawn(rows: int = ROWS, seed: int = 0) -> tuple[pd.DataFrame, pd.Series, np.ndarray]:
    """Features (``silent`` raises, a yearly ``plan`` lowers the probability), outcomes, and true probabilities."""
    chance = np.random.default_rng(seed)
    index = pd.Index([f"A{number}" for number in range(rows)], name="account")
    table = pd.DataFrame(
        {
            "silent": chance.gamma(2, 30, rows),
            "plan": chance.choice(["monthly", "yearly"], rows),
            "noise": chance.normal(size=rows),
        },
        index=index,
    )
    logit = -2 + table.silent / 40 - 1.5 * (table.plan == "yearly")
    true = (1 / (1 + np.exp(-logit))).to_numpy()
    return table, pd.Series(chance.random(rows) < true, index=index), true


@pytest.fixture(scope="module")
def task():
    table, target, _ = drawn()
    rule = pd.Series(np.where(table.silent > 60, "silent", "active"), index=table.index)
    said = pd.Series(0.9, index=table.index)
    return Task("churn", table, target, rules={"silence": rule}, opinions={"rep": said})


@pytest.fixture(scope="module")
def made(task):
    return fit(task)


@pytest.fixture(scope="module")
def too_few(task):
    return fit(task, floors=Floors(positives=1000))


def test_signal(made):
    found = made.evaluation
    assert (found.verdict, found.reasons) == ("signal", ())
    assert found.rows == found.protocol.tested_rows == ROWS
    assert found.measures.brier_skill.low > 0
    assert found.protocol.kind == "stratified"
    assert sum(one.rows for one in found.calibration) == ROWS
    assert {name for name, _ in found.candidates} == {"logistic", "boosting"}
    assert found.chosen == "logistic"


def test_predictions_rank_new_rows_like_the_truth(made):
    table, target, true = drawn(2000, seed=9)
    assert roc_auc_score(target, made.predict(table)) > roc_auc_score(target, true) - 0.03
    assert len(made.predict(table.head(0))) == 0


def test_drivers_and_their_directions(made):
    drivers = {driver.feature: driver for driver in made.evaluation.drivers}
    assert made.evaluation.drivers[0].feature == "silent"
    assert drivers["silent"].direction == "up"
    assert drivers["silent"].importance.low > 0 > drivers["noise"].importance.low
    assert (drivers["plan"].direction, drivers["plan"].category) in {("down", "yearly"), ("up", "monthly")}


def test_baselines_stand_beside(made, task):
    found = {one.name: one.measures for one in made.evaluation.baselines}
    assert list(found) == ["base_rate", "silence", "rep"]
    assert found["base_rate"].brier_skill.value == 0
    assert 0 < found["silence"].brier_skill.value < made.evaluation.measures.brier_skill.value
    # the rep says 0.9 of everyone: (1 - rate) x .81 + rate x .01
    rate = made.evaluation.base_rate
    assert found["rep"].brier.value == pytest.approx((1 - rate) * 0.81 + rate * 0.01)
    assert {one.member: one.rows for one in made.evaluation.segments} == dict(task.rules["silence"].value_counts())


def test_explanations_are_what_the_model_does(made, task):
    rows = task.features.head(5)
    found = made.explain(rows)
    assert list(found.columns) == ["row", "rank", "feature", "value", "effect"]
    assert found.groupby("row").size().tolist() == [3] * 5
    first = found[found["rank"] == 1].set_index("row")
    effects = found.groupby("row").effect
    assert (first.effect.abs() == effects.agg(lambda one: one.abs().max())).all()
    silent = found[found.feature == "silent"].set_index("row").effect
    order = rows.silent.loc[silent.index].rank()
    assert (silent.rank() == order).sum() >= 3
    assert made.explain(rows.head(0)).empty


def test_the_same_seed_gives_the_same_figures(task, too_few):
    again = fit(task, floors=Floors(positives=1000))
    assert again.evaluation == too_few.evaluation


def test_too_few_says_segment_rates(task, too_few):
    found = too_few.evaluation
    assert (found.verdict, found.reasons, found.measures) == ("too_few", ("few_positives",), None)
    rule = task.rules["silence"]
    events, rows, base = (
        task.target[rule == "silent"].sum(),
        (rule == "silent").sum(),
        (task.target.sum() + 1) / (len(rule) + 2),
    )
    said = too_few.predict(task.features.head(2), pd.Series(["silent", "unheard of"], index=task.features.index[:2]))
    assert said == pytest.approx([(events + 20 * base) / (rows + 20), base])
    assert too_few.predict(task.features.head(3)) == pytest.approx([base] * 3)
    assert too_few.explain(task.features).empty


def test_reasons_of_too_few():
    table, target, _ = drawn(60)
    days = pd.Series(pd.date_range("2024-01-01", periods=60), index=table.index)
    short = fit(Task("win", table, target, times=days), floors=Floors(5, 5, days=365))
    assert short.evaluation.reasons == ("short_span",)
    horizon = fit(Task("win", table, target, times=days, horizon_days=90), floors=Floors(5, 5))
    assert horizon.evaluation.reasons == ("short_span",)
    assert fit(Task("win", table, target & False)).evaluation.reasons == ("few_positives",)
    nothing = fit(Task("win", table.head(0), target.head(0)))
    assert nothing.evaluation.reasons == ("few_rows", "few_positives", "few_negatives")
    assert nothing.evaluation.base_rate is None
    assert nothing.predict(table.head(1)) == [0.5]


def test_noise_has_no_signal():
    chance = np.random.default_rng(4)
    table = pd.DataFrame(chance.normal(size=(300, 4)), columns=list("abcd"))
    made = fit(Task("win", table, pd.Series(chance.random(300) < 0.4)))
    assert made.evaluation.verdict == "no_signal"
    assert made.evaluation.chosen is None
    assert made.evaluation.drivers == ()
    assert made.evaluation.measures is not None
    assert made.predict(table) == pytest.approx([(made.evaluation.positives + 1) / 302] * 300)


def test_nothing_to_learn_from():
    made = fit(Task("win", pd.DataFrame({"only": [1] * 100}), pd.Series([True, False] * 50)))
    assert (made.evaluation.verdict, made.evaluation.reasons) == ("no_signal", ("no_features",))


def test_out_of_time_by_account(task):
    days = pd.Series(pd.date_range("2023-01-01", periods=ROWS), index=task.features.index)
    accounts = pd.Series(np.arange(ROWS) % 125, index=task.features.index)
    found = fit(replace(task, times=days, groups=accounts, horizon_days=30)).evaluation
    assert found.protocol.kind == "time"
    assert found.protocol.train_from == "2023-01-01"
    assert found.protocol.test_to == str(days.max().date())
    assert found.protocol.tested_rows < ROWS
    assert found.verdict == "signal"


@pytest.mark.slow
def test_shuffled_outcomes_have_no_signal():
    table, target, _ = drawn(400)
    verdicts = []
    for seed in range(20):
        shuffled = pd.Series(np.random.default_rng(seed).permutation(target), index=target.index)
        verdicts.append(fit(Task("churn", table, shuffled), seed=seed).evaluation.verdict)
    assert verdicts.count("no_signal") >= 19


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "columns"), [(80, 5), (100_000, 200)])
def test_small_and_large_tables(rows, columns):
    chance = np.random.default_rng(0)
    table = pd.DataFrame(chance.normal(size=(rows, columns)).astype("float32")).add_prefix("x")
    target = pd.Series(chance.random(rows) < 1 / (1 + np.exp(-2 * (table.x0 + table.x1))))
    assert fit(Task("churn", table, target)).evaluation.verdict == "signal"


def test_a_fit_comes_back_from_disk(made, task, tmp_path):
    storage.save(made, tmp_path)
    again = storage.load(tmp_path)
    assert again.evaluation == made.evaluation
    assert again.predict(task.features) == pytest.approx(made.predict(task.features), abs=0)
    pd.testing.assert_frame_equal(again.explain(task.features.head(3)), made.explain(task.features.head(3)))
    card = (tmp_path / "card.md").read_text(encoding="utf-8")
    assert "Model card: churn" in card
    assert "cause" in card
    assert json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))["evaluation"]["verdict"] == "signal"


def test_a_fit_without_signal_comes_back_from_disk(too_few, task, tmp_path):
    storage.save(too_few, tmp_path)
    again = storage.load(tmp_path)
    assert again.evaluation == too_few.evaluation
    segments = task.rules["silence"]
    assert list(again.predict(task.features, segments)) == list(too_few.predict(task.features, segments))
    assert not (tmp_path / "model.skops").exists()


def test_a_model_of_foreign_types_is_not_loaded(made, tmp_path):
    storage.save(made, tmp_path)
    skops.io.dump({"model": LogisticRegression(), "more": FunctionTransformer(eval)}, tmp_path / "model.skops")
    with pytest.raises(SourceError, match="eval"):
        storage.load(tmp_path)
