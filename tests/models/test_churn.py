"""The churn model: the sample's truth recovered, what is said without signal, and predictions checked later."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from tests.reviews.hand_mart import hand_mart, order, sample_mart, sold

from salesreview.models import churn, drift
from salesreview.models.evidence import Ranks, auc
from salesreview.models.fitted import About, about
from salesreview.queries import account_snapshots
from salesreview.sample import true_probabilities
from salesreview.settings import Settings

SETTINGS = Settings()
AT = date(2026, 6, 30)


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """Two accounts, of which one falls silent."""
    orders = [order(n, "A1", f"2025-{n:02d}-10", 100) for n in range(1, 13)]
    orders += [order(20, "A2", "2025-01-20", 100), order(21, "A1", "2026-05-01", 100)]
    accounts = [{"account_id": "A1", "tier": "战略"}, {"account_id": "A2", "tier": "普通"}]
    return hand_mart(tmp_path_factory.mktemp("few"), AT, accounts=accounts, **sold(*orders))


def test_too_few_take_the_rate_of_their_group(tmp_path):
    # 30 June 2026: A1 (last order 1 May) stays active for 180 days whatever it does, A3 (1 October) does not
    orders = [order(n, "A1", f"2025-{n:02d}-10", 100) for n in range(1, 13)]
    orders += [order(20, "A2", "2025-01-20", 100), order(21, "A1", "2026-05-01", 100), order(22, "A3", "2025-10-01", 1)]
    found = churn.scored(hand_mart(tmp_path, AT, **sold(*orders)), SETTINGS, AT, tmp_path)
    assert found.evaluation.verdict == "too_few" and "few_positives" in found.evaluation.reasons
    scores = found.scores.set_index("id")
    assert scores["basis"].to_dict() == {"A1": "covered", "A3": "base_rate"}
    assert scores.at["A1", "probability"] == 0 and 0 < scores.at["A3", "probability"] < 1
    assert scores["silent_days"].to_dict() == {"A1": 60, "A3": 272} and set(scores["horizon"]) == {180}
    assert found.reasons.empty


def test_the_recency_rule():
    rows = pd.DataFrame({"gap_ratio": [0.5, 1.5, 3.0, 9.0, np.nan, 9.0], "days_covered": [10, 10, 10, 10, 10, 180]})
    assert churn.silence(rows, 180).tolist() == ["up_to_1", "up_to_2", "up_to_4", "longer", "no_gap", "covered"]
    assert churn.silence(rows[["days_covered"]], 180).tolist()[-2:] == ["no_gap", "covered"]


def test_the_segment_is_the_first_that_tells_accounts_apart():
    rows = pd.DataFrame({"tier": ["战略", "战略"], "industry": ["汽车", None]})
    assert churn.segment(rows).tolist() == ["", ""]  # one industry only tells nothing apart
    assert churn.segment(rows.assign(industry=["汽车", "电子"])).tolist() == ["汽车", "电子"]


def test_predictions_checked_once_their_horizon_has_passed(few, tmp_path):
    # on 1 January 2026 both accounts are active; by 30 June A2 (last order 20 January 2025) no longer is
    day, pack = date(2026, 1, 1), tmp_path / "2025-H2" / "models"
    pack.mkdir(parents=True)
    scores = pd.DataFrame({"id": ["A1", "A2"], "probability": [0.2, 0.9], "basis": "model"})
    scores.to_parquet(pack / "churn_scores.parquet")
    (pack / "about.json").write_text('{"company": "x", "at": "2026-01-01", "churn_days": 180, "win_days": 90}')
    assert about(pack) == About("x", day, 180, 90)
    assert drift.latest(tmp_path, "churn", "x", date(2026, 6, 29)) is None  # due on 30 June
    assert drift.latest(tmp_path, "churn", "another company", AT) is None
    folder = tmp_path / "now"
    folder.mkdir()
    (tmp_path / "empty").mkdir()
    assert drift.read(folder, "churn") is None
    found = drift.compare(few, SETTINGS, *drift.latest(tmp_path, "churn", "x", AT), "churn")
    assert (found.day, found.horizon, found.rows, found.observed) == (day, 180, 2, 1)
    assert found.predicted == pytest.approx(1.1)
    assert found.spread == pytest.approx((0.2 * 0.8 + 0.9 * 0.1) ** 0.5)
    assert found.brier == pytest.approx((0.2**2 + 0.1**2) / 2)


def test_an_unreadable_pack_is_passed_over(tmp_path):
    (tmp_path / "old" / "models").mkdir(parents=True)
    (tmp_path / "old" / "models" / "about.json").write_text("{")
    assert drift.latest(tmp_path, "churn", "x", AT) is None


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return sample_mart(tmp_path_factory.mktemp("sample"), 1.0)


@pytest.mark.slow
def test_the_sample_is_ranked_as_well_as_by_its_true_probabilities(sample):
    """Fitted on the snapshots of due accounts up to a year before the end, tested on those after: AUC against the
    generator's.

    What is true of an account that no longer buys is 1: it has stopped already.
    """
    past = account_snapshots.history(sample, SETTINGS, AT)
    past = past[churn.due(past, 180)].reset_index(drop=True)
    task = churn.task(past, 180)
    tested = (past["moment"] >= pd.Timestamp(AT - timedelta(days=540))).to_numpy()
    known = (past["moment"] + pd.Timedelta(days=180) <= past["moment"][tested].min()).to_numpy()
    fitted = churn.fit(churn.task(past[known].reset_index(drop=True), 180), seed=0)
    assert fitted.evaluation.verdict == "signal"
    _, truth = true_probabilities()
    lost = past["lost"][tested].to_numpy()
    own = auc_of(lost, fitted.predict(task.features[tested], task.rules[churn.SEGMENT][tested]))
    best = auc_of(lost, true_scores(past[tested], truth))
    assert own >= best - 0.03


def true_scores(rows: pd.DataFrame, truth: pd.DataFrame) -> np.ndarray:
    """The true probability of each snapshot: that of the quarter it lies in, 1 once the account has stopped."""
    truth = truth.assign(quarter_start=truth["quarter_start"].astype(rows["moment"].dtype)).sort_values("quarter_start")
    left = rows.reset_index().sort_values("moment")
    found = pd.merge_asof(left, truth, left_on="moment", right_on="quarter_start", by="account_id").set_index("index")
    found = found.loc[rows.index]
    return np.where(found["stopped_at"] <= found["moment"], 1.0, found["stop_180"])


def auc_of(labels: np.ndarray, scores: np.ndarray) -> float:
    ranks = Ranks.of(scores)
    return float(auc(ranks.sums(labels.astype(float)), ranks.sums(1.0 - labels)))
