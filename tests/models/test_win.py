"""The win model on small data: what it says when there is nothing to learn, and what it weighs deals with."""

from datetime import date

import pandas as pd
import pytest
from tests.reviews.hand_mart import hand_mart, order, sold

from salesreview.models import drift, win
from salesreview.settings import Settings

AT = date(2026, 6, 30)
SALES = sold(order(1, "A1", "2025-01-05", 40))


def deal(name: str, created: str, closed: str | None = None, outcome: str = "open", **rest: object) -> dict:
    return {"opp_id": name, "created_at": created, "closed_at": closed, "outcome": outcome, **rest}


def test_few_deals_are_not_learned_from(tmp_path):
    mart = hand_mart(
        tmp_path,
        AT,
        opportunities=[
            deal("W", "2025-02-01", "2025-03-01", "won", amount=10),
            deal("L", "2025-02-01", "2025-04-01", "lost", amount=20),
            deal("O", "2026-06-01", amount=30, manual_prob=0.7),
        ],
        stage_history=[
            {"opp_id": "W", "stage": "报价", "entered_at": "2025-02-01"},
            {"opp_id": "L", "stage": "报价", "entered_at": "2025-02-01"},
            {"opp_id": "O", "stage": "报价", "entered_at": "2026-06-01"},
        ],
        **SALES,
    )
    found = win.scored(mart, Settings(), AT, tmp_path)
    assert found.evaluation.verdict == "too_few" and found.reasons.empty
    (row,) = found.scores.to_dict("records")
    assert (row["id"], row["basis"], row["eventual_basis"], row["segment"]) == ("O", "base_rate", "base_rate", "quote")
    assert (row["amount"], row["days_in_stage"], row["days_to_win"]) == (30, 29, pytest.approx(0, abs=3))
    assert 0 < row["probability"] <= row["eventual"] < 1
    assert {"card.md", "card.json"} <= {path.name for path in (tmp_path / "win_eventual").iterdir()}


def test_no_deals(tmp_path):
    found = win.scored(hand_mart(tmp_path, AT, **SALES), Settings(), AT, tmp_path)
    assert found.evaluation.verdict == "too_few"
    assert found.scores.empty and found.reasons.empty


def test_without_stages_deals_go_by_age():
    rows = pd.DataFrame({"age": [0.0, 29, 30, 95, 400]})
    assert win.segment(rows).tolist() == ["0", "0", "30", "90", "180"]


def test_predicted_wins_checked_once_their_horizon_has_passed(tmp_path):
    # predicted on 31 January for 90 days, to 1 May: P1 was won on 1 April, P2 on 1 June, P3 was lost
    deals = [
        {"opp_id": "P1", "created_at": "2026-01-01", "outcome": "won", "closed_at": "2026-04-01"},
        {"opp_id": "P2", "created_at": "2026-01-01", "outcome": "won", "closed_at": "2026-06-01"},
        {"opp_id": "P3", "created_at": "2026-01-01", "outcome": "lost", "closed_at": "2026-02-01"},
    ]
    mart = hand_mart(tmp_path / "mart", AT, opportunities=deals, **SALES)
    pack = tmp_path / "packs" / "2025-H2" / "models"
    pack.mkdir(parents=True)
    scores = pd.DataFrame({"id": ["P1", "P2", "P3"], "probability": [0.8, 0.4, 0.1], "basis": "model"})
    scores.to_parquet(pack / "win_scores.parquet")
    (pack / "about.json").write_text('{"company": "x", "at": "2026-01-31", "churn_days": 180, "win_days": 90}')
    drift.check(mart, Settings(), AT, tmp_path / "packs", tmp_path)
    found = drift.read(tmp_path, "win")
    assert (found.rows, found.observed, found.horizon) == (3, 1, 90)
    assert found.predicted == pytest.approx(1.3)
    assert drift.read(tmp_path, "churn") is None  # its 180 days end later
