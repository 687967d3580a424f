"""The models on public data: as good as what is known to be possible, and silent where there is nothing to know."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from salesreview.cli import app

pytestmark = [pytest.mark.slow, pytest.mark.data]
LATER = "Tags,Lead Quality,Lead Profile,Last Activity,Last Notable Activity"


@pytest.fixture
def evaluated(public_data, tmp_path):
    def run(task, table, target, positive, *more):
        path = public_data / table if isinstance(table, str) else table
        options = ["--task", task, "--table", str(path), "--target", target, "--positive", positive]
        done = CliRunner().invoke(app, ["evaluate", *options, *more, "--json", str(tmp_path / "found.json")])
        assert done.exit_code == 0, done.output
        return json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))

    return run


def test_telco(evaluated):
    found = evaluated("churn", "telco_churn/WA_Fn-UseC_-Telco-Customer-Churn.csv", "Churn", "Yes", "--id", "customerID")
    assert found["verdict"] == "signal"
    assert found["auc"]["value"] >= 0.845
    assert found["brier"]["value"] <= 0.135
    assert found["ece"]["value"] <= 0.03
    assert {leak["column"] for leak in found["leaks"]} <= {"(rows)"}


def test_salvirt(evaluated):
    found = evaluated("win", "salvirt_b2b/Salvirt_B2B_ML_dataset.csv", "Status", "Won")
    assert found["protocol"]["kind"] == "group"
    assert found["auc"]["value"] >= 0.79


def test_leads(evaluated):
    found = evaluated("win", "leads_xeducation/Leads_full.csv", "Converted", "1", "--known-later", LATER)
    assert found["auc"]["value"] >= 0.87


def test_the_tags_of_leads_are_a_leak(evaluated):
    found = evaluated("win", "leads_xeducation/Leads_full.csv", "Converted", "1")
    assert {leak["column"] for leak in found["leaks"]} == {"Tags", "(rows)"}


def test_wins_of_maven_have_no_signal(evaluated, public_data, tmp_path):
    deals = pd.read_csv(public_data / "maven_crm" / "sales_pipeline.csv")
    closed = deals[deals.deal_stage.isin(["Won", "Lost"])]
    closed = closed.merge(pd.read_csv(public_data / "maven_crm" / "accounts.csv"), on="account", how="left")
    closed.to_csv(tmp_path / "closed.csv", index=False)
    known_later = ("--known-later", "close_date,close_value", "--id", "opportunity_id")
    for time in ((), ("--time", "engage_date", "--horizon-days", "90")):
        assert (
            evaluated("win", tmp_path / "closed.csv", "deal_stage", "Won", *known_later, *time)["verdict"]
            == "no_signal"
        )


def test_churn_of_ravenstack_has_no_signal(evaluated):
    found = evaluated("churn", "ravenstack_saas/ravenstack_accounts.csv", "churn_flag", "true", "--id", "account_id")
    assert found["verdict"] == "no_signal"
