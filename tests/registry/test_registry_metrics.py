"""The metric registry is complete: every key of the metric dictionary, both languages, known units and tables."""

import re
from dataclasses import fields

import pytest

from salesreview.contract.model import contract
from salesreview.errors import SalesReviewError
from salesreview.registry import Metric, metric, metrics

UNITS = {"money", "ratio", "pp", "count", "days", "months", "hours", "score", "index", "times", "fte"}

DICTIONARY = """
sales signed collected attainment gap growth_yoy growth_seq share_mix growth_contribution hhi crn vitality aov arpa
order_count cac cac_channel cac_payback ltv_cac lead_conv lead_deal_conv demo_conv quote_conv sign_conv win_rate
first_touch_conv value_at_stake cycle stage_days renewal_rate grr nrr repurchase_rate repurchase_rate_2 retention churn
cltv wallet_share gm_pct contribution_pct net_margin expense_ratio productivity profit_per_head gini_reps new_customers
new_sales_share expansion_rate co_sell_rate adoption_lag ramp_months rep_attrition rep_retention enps training_coverage
readiness competency_gap market_share penetration elasticity nps csat_index csat_top2 complaint_rate launch_attainment
campaign_roi roi_initiative online_share lead_response lead_never lead_timely qualify_precision wasted_effort
proposal_hours approval_hours approval_2h first_pass template_rate signing_days collection_rate dso overdue_rate cei
bad_debt_rate first_response resolve_time fcr reopen selling_time adoption depth compliance on_time_followup dq_index
open_rate click_rate sla_rate pce kdm_penetration dept_coverage breadth depth_level resource_return tilt_ratio health
exec_visit spi slip custom_overrun customer_roi r f m composite winback_3d uplift velocity coverage_pipe budget_var otif
cadence record_daily backfill slippage
"""

OTHER_TABLES = {"initiatives", "calendar", "params"}  # kept in params; made by the mart; what people noted

ALL = sorted(metrics())


def test_every_key_of_the_dictionary_is_there():
    assert set(DICTIONARY.split()) - set(metrics()) == set()


@pytest.mark.parametrize("name", ALL)
def test_metric_is_complete(name):
    found = metric(name)
    for field in fields(Metric):
        assert getattr(found, field.name), field.name
    assert found.unit in UNITS
    assert found.direction in {"higher", "lower", "neutral"}
    assert found.aggregation in {"sum", "recompute", "dist"}
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)


@pytest.mark.parametrize("name", ALL)
def test_labels_are_in_their_language(name):
    found = metric(name)
    chinese = re.compile(r"[\u4e00-\u9fff]")
    assert not chinese.search(found.en) and not chinese.search(found.formula_en)
    assert chinese.search(found.formula_zh)
    assert chinese.search(found.zh) or name == "ltv_cac"


@pytest.mark.parametrize("name", ALL)
def test_tables_are_canonical(name):
    assert set(metric(name).tables) <= set(contract()) | OTHER_TABLES


@pytest.mark.parametrize("name", ALL)
def test_requirements_are_catalogue_ids(name):
    assert all(re.fullmatch(r"(?:[GDTMPK]|S[1-4])-\d{2,3}", code) for code in metric(name).requirements)


def test_only_what_can_be_added_is_summed():
    assert {metrics()[name].aggregation for name in ("aov", "attainment", "gm_pct")} == {"recompute"}
    spent = {"resource_hours", "manual_hours", "automation_hours", "queue_hours", "record_days", "work_days"}
    summed = {found.unit for found in metrics().values() if found.aggregation == "sum" and found.id not in spent}
    assert summed <= {"money", "count", "ratio", "pp", "fte"}


def test_an_unknown_metric_names_the_nearest():
    with pytest.raises(SalesReviewError, match="did you mean attainment"):
        metric("attainmnt")
