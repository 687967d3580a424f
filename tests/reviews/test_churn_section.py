"""Customers at risk: worked by hand on a few scores."""

from datetime import date

import pandas as pd
import pytest

from salesreview.exhibits.catalogue import render
from salesreview.models.drift import DRIFT, drift
from salesreview.models.fitted import Models, kept
from salesreview.models.result import (
    Baseline,
    Bin,
    Driver,
    Estimate,
    Evaluation,
    Excluded,
    Leak,
    Measures,
    Protocol,
    Scored,
    Segment,
)
from salesreview.record import Chart, NotEnough, Prose, Table, figures_in
from salesreview.reviews.sections.models import churn
from salesreview.reviews.sections.models.earlier import earlier

from .hand_mart import context, hand_mart, order, sold

AT = date(2026, 6, 30)
SALES = sold(
    order(1, "A1", "2025-09-01", 1000, cost_amount=600),  # yearly margin 400
    order(2, "A2", "2026-06-01", 500, cost_amount=400),  # 100
    order(3, "A3", "2026-05-01", 300, cost_amount=400),  # -100
)
BOOK = {"actions": {"recency": "contact", "tier": "上门"}, "source": "S", "date": "2026-01-01"}


def measures(auc: float, skill: float) -> Measures:
    one = Estimate(0.1, 0.05, 0.15)
    return Measures(
        Estimate(auc, auc - 0.05, auc + 0.05), one, one, Estimate(skill, skill - 0.1, skill + 0.1), one, one, one
    )


def evaluation(verdict: str = "signal") -> Evaluation:
    if verdict == "too_few":
        return Evaluation("churn", 40, 3, 0.075, "too_few", ("few_positives",), segments=SEGMENTS)
    bins = (*(Bin(p, p, p - 0.05, p + 0.05, 50) for p in (0.1, 0.2)), Bin(0.6, 0.4, 0.3, 0.5, 50))
    drivers = (
        Driver("recency", Estimate(0.2, 0.1, 0.3), "up"),
        Driver("tier", Estimate(0.1, -0.1, 0.3), "down", "战略"),
    )
    return Evaluation(
        "churn", 500, 60, 0.12, verdict, (), "logistic",
        Protocol("time", 5, 0, 300, "2024-01-01", "2025-06-30", "2025-01-01", "2026-01-01"),
        measures(0.8, 0.2), (), (Baseline("base_rate", measures(0.5, 0.0)), Baseline("recency", measures(0.7, 0.1))),
        bins, drivers if verdict == "signal" else (), SEGMENTS,
        (Leak("recency", "predicts_alone", "…", kept=True),), (Excluded("region", "constant"),),
    )  # fmt: skip


SEGMENTS = (Segment("segment", "战略", 30, 3), Segment("segment", "普通", 60, 12), Segment("recency", "longer", 50, 20))


@pytest.fixture(scope="module")
def mart(tmp_path_factory):
    accounts = [{"account_id": f"A{n}", "name": f"客户{n}", "tier": "普通"} for n in (1, 2, 3)]
    return hand_mart(tmp_path_factory.mktemp("hand"), AT, accounts=accounts, **SALES)


def told(mart, verdict: str = "signal", **settings: object):
    """A context whose churn model says 0.5, 0.1 and 0.9 of the three accounts."""
    ctx = context(mart, **settings)
    scores = pd.DataFrame({"id": ["A1", "A2", "A3"], "probability": [0.5, 0.1, 0.9], "basis": "model",
                           "segment": "普通", "silent_days": [302.0, 29.0, None], "horizon": 180})  # fmt: skip
    columns = ["id", "rank", "feature", "value", "effect"]
    cells = [("A1", 1, "recency", "302", 0.3), ("A1", 2, "tier", "普通", -0.05), ("A2", 1, "recency", "29", 0.0001)]
    own = Scored(evaluation(verdict), scores, pd.DataFrame(cells, columns=columns))
    ctx.__dict__["models"] = Models(AT, own, own)
    return ctx


def shown(ctx) -> dict:
    return {one.id: one for one in churn.exhibits(ctx)}


def test_customers_by_expected_margin_lost(mart):
    table = shown(told(mart, playbook=BOOK))["churn_risk"]
    # A1: 0.5 · 400 = 200, A2: 0.1 · 100 = 10; A3 earns nothing that could be lost
    assert [(row[0], row[4].value) for row in table.rows] == [("客户1", 200.0), ("客户2", 10.0)]
    assert [row[3].value for row in table.rows] == [400.0, 100.0]
    assert render(table.rows[0][5], "zh", "CNY") == "距上次下单天数 +30.0 个百分点、客户等级 −5.0 个百分点"
    assert [render(row[6], "en", "CNY") for row in table.rows] == ["Call within a week about buying plans", "—"]
    assert render(table.rows[1][5], "en", "CNY").startswith("orders or contracts")  # an effect of 0.01 points is none


def test_without_a_playbook_nothing_is_suggested(mart):
    assert len(shown(told(mart))["churn_risk"].header) == 6


def test_free_text_of_a_playbook_is_printed_as_it_is(mart):
    assert churn.action(told(mart, playbook={"actions": {"recency": "请打电话"}}), "A1") == "请打电话"


def test_what_is_at_stake(mart):
    figures = {(one.metric, one.member): one.value for one in figures_in(shown(told(mart))["churn_risk_text"])}
    assert figures["churn_margin_lost", None] == 210
    assert figures["churn_at_risk", None] == 2  # 0.5 and 0.9 reach 0.2 / 1.2 = 0.167
    assert figures["churn_at_risk_share", None] == pytest.approx(2 / 3)


def test_evidence_with_signal(mart):
    found = shown(told(mart))
    assert isinstance(found["churn_measures"], Table) and len(found["churn_measures"].rows) == 3
    assert isinstance(found["churn_calibration"], Chart)
    assert "2" in render(found["churn_calibration"].title, "zh", "CNY")  # two of three groups hold their prediction
    assert [point.x.value for point in found["churn_drivers"].points] == [0.2]  # the other's interval reaches zero
    assert len(found["churn_columns"].rows) == 2
    verdict = " ".join(render(one, "zh", "CNY") for one in found["churn_verdict"].sentences)
    assert "有信号" in verdict and "沉默时长规则" in verdict


def test_without_signal_no_driver_is_named_and_groups_are_shown(mart):
    found = shown(told(mart, "no_signal"))
    assert isinstance(found["churn_drivers"], NotEnough) and isinstance(found["churn_risk"], NotEnough)
    assert [row[3].value for row in found["churn_segments"].rows] == [0.2, 0.1]
    assert "No driver" not in render(found["churn_verdict"].title, "en", "CNY")
    assert "no driver can be named" in " ".join(render(s, "en", "CNY") for s in found["churn_verdict"].sentences)
    assert churn.probabilities(told(mart, "no_signal")) == {}


def test_too_few_says_what_is_missing(mart):
    found = shown(told(mart, "too_few"))
    text = render(found["churn_verdict"].sentences[0], "en", "CNY")
    assert "40 snapshots" in text and "at least 30" in text and "365 days" in text
    assert all(isinstance(found[f"churn_{part}"], NotEnough) for part in ("measures", "calibration", "drivers"))
    assert isinstance(found["churn_columns"], Prose)


def test_ids_stay_whatever_the_verdict(mart):
    assert len({tuple(shown(told(mart, verdict))) for verdict in ("signal", "no_signal", "too_few")}) == 1


def test_how_the_earlier_pack_fared(mart):
    ctx = told(mart)
    assert "no_earlier" in earlier(ctx, "churn", ()).sentences[0].key
    folder = kept(mart.path, ctx.settings, AT)
    folder.mkdir()
    # 2 expected of four with a spread of 1, four observed: within 1.96 · 1 + 0.5
    found = drift("churn", date(2025, 12, 31), 180, pd.Series([0.5] * 4), pd.Series([True] * 4))
    assert (found.predicted, found.spread, found.observed, found.brier) == (2.0, 1.0, 4, 0.25)
    (folder / "churn_earlier.json").write_bytes(DRIFT.dump_json(found))
    assert [one.key for one in earlier(ctx, "churn", ()).sentences][1] == "churn_model.earlier_fits"
    more = drift("churn", date(2025, 12, 31), 180, pd.Series([0.1] * 50), pd.Series([True] * 20 + [False] * 30))
    (folder / "churn_earlier.json").write_bytes(DRIFT.dump_json(more))
    assert [one.key for one in earlier(ctx, "churn", ()).sentences][1] == "churn_model.earlier_more"
