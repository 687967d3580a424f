"""Tables tell one story: money adds up, people are employed, stages run forward, every seller has a target."""

import pandas as pd
import pytest


def test_order_lines_of_a_won_opportunity_add_up_to_its_contract(company):
    orders = company["orders"].merge(company["order_lines"], on="order_id")
    sold = orders.dropna(subset=["opp_id"]).groupby("opp_id")["net_amount"].sum()
    contracts = company["contracts"].dropna(subset=["opp_id"]).set_index("opp_id")["amount"]
    won = company["opportunities"].query("outcome == 'won'").set_index("opp_id")["amount"]
    assert set(sold.index) == set(contracts.index) == set(won.index)
    assert (sold - contracts).abs().max() < 0.01
    assert (won - contracts).abs().max() < 0.01


def test_payments_never_exceed_their_invoice_and_invoices_never_their_order(company):
    paid = company["payments"].groupby("invoice_id")["amount"].sum()
    invoices = company["invoices"].set_index("invoice_id")["amount"]
    assert (paid - invoices.reindex(paid.index)).max() < 0.01
    billed = company["invoices"].groupby("order_id")["amount"].sum()
    ordered = company["order_lines"].groupby("order_id")["net_amount"].sum()
    assert (billed - ordered.reindex(billed.index)).max() < 0.01


def test_orders_are_taken_by_people_employed_that_day(company):
    orders = company["orders"].merge(company["reps"], on="rep_id")
    assert (orders["hire_date"] <= orders["order_date"]).all()
    assert (orders["leave_date"].isna() | (orders["leave_date"] >= orders["order_date"])).all()


def test_activities_are_done_by_people_employed_that_day(company):
    table = company["activities"].merge(company["reps"], on="rep_id")
    day = table["started_at"].dt.normalize()
    assert ((table["hire_date"] <= day + pd.Timedelta(days=3)) | table["hire_date"].isna()).all()
    assert (table["leave_date"].isna() | (table["leave_date"] >= day - pd.Timedelta(days=3))).all()


def test_stages_follow_each_other_without_overlap(company):
    order = ["线索获取", "初步接洽", "需求分析", "演示", "方案呈现/报价", "商务谈判", "合同签订", "回款"]
    stages = company["stage_history"].assign(rank=lambda table: table["stage"].map(order.index))
    stages = stages.sort_values(["opp_id", "rank"])
    same = stages["opp_id"] == stages["opp_id"].shift()
    assert (stages["entered_at"] >= stages["entered_at"].shift())[same].all()
    assert ((stages["entered_at"] >= stages["exited_at"].shift()) | ~same)[same].all()
    assert not stages.duplicated(["opp_id", "stage"]).any()


def test_snapshots_show_the_stage_that_the_history_shows(company):
    snapshots = company["opportunity_snapshots"].merge(company["stage_history"], on=["opp_id", "stage"], how="left")
    assert snapshots["entered_at"].notna().all()
    late = snapshots["snapshot_date"] + pd.Timedelta(days=3)
    assert (snapshots["entered_at"] < late + pd.Timedelta(days=1)).all()
    left = snapshots["exited_at"].isna() | (snapshots["exited_at"] >= snapshots["snapshot_date"] - pd.Timedelta(days=3))
    assert left.all()
    closed = snapshots.merge(company["opportunities"][["opp_id", "closed_at"]], on="opp_id")["closed_at"]
    assert (closed.isna() | (closed >= snapshots["snapshot_date"])).all()


def test_an_account_buys_first_by_winning_or_was_a_customer_before(company):
    orders = company["orders"].query("status != 'cancelled'")
    first = orders.sort_values(["order_date", "order_id"]).drop_duplicates("account_id")
    deals = company["opportunities"].set_index("opp_id")["type"]
    new = first[first["opp_id"].map(deals) == "新购"]
    accounts = company["accounts"].set_index("account_id")
    assert accounts.loc[new["account_id"], "acquisition_lead_id"].notna().mean() > 0.95
    assert (accounts.loc[first["account_id"], "status"] != "prospect").all()
    assert (accounts.loc[~accounts.index.isin(first["account_id"]), "status"] == "prospect").mean() > 0.95


@pytest.mark.parametrize("period", ["2025-H1", "2025-H2", "2026-H1"])
def test_every_active_seller_has_a_target(company, period):
    targets = company["targets"].query("metric == 'sales' and dim == 'rep' and period_code == @period")
    start, end = targets["period_start"].iloc[0], targets["period_end"].iloc[0]
    reps = company["reps"].query("quota_carrying")
    active = reps[
        (reps["hire_date"] < end - pd.Timedelta(days=3)) & (reps["leave_date"].isna() | (reps["leave_date"] > start))
    ]
    assert set(active["rep_id"]) <= set(targets["member"])
    assert (targets["value"] > 0).all()


def test_regions_leave_part_of_the_target_unallocated_and_months_make_the_half(company):
    targets = company["targets"].query("metric == 'sales' and version == 'original'")
    half = targets.query("period_code == '2026-H1'")
    total = half.query("dim == 'total'")["value"].sum()
    assert 0.97 < half.query("dim == 'region'")["value"].sum() / total < 0.995
    assert abs(half.query("dim == 'product_line'")["value"].sum() / total - 1) < 0.01
    months = targets.query("dim == 'total'")
    months = months[months["period_code"].str.startswith("2026-M0")]
    assert abs(months[months["period_end"] <= "2026-06-30"]["value"].sum() / total - 1) < 0.01


def test_splits_add_up_to_one_and_milestones_to_one(company):
    assert company["order_splits"].groupby("order_id")["split_pct"].sum().sub(1).abs().max() < 1e-9
    assert company["opportunity_team"].groupby("opp_id")["split_pct"].sum().sub(1).abs().max() < 1e-9
    assert company["project_milestones"].groupby("project_id")["weight"].sum().sub(1).abs().max() < 1e-9


def test_figures_are_those_of_a_plausible_firm(company):
    orders = company["orders"].query("status != 'cancelled'")
    lines = company["order_lines"].merge(orders, on="order_id")
    year = lines[(lines["order_date"] > "2025-06-30")]
    assert 2.8e8 < year["net_amount"].sum() < 5e8
    costed = year.dropna(subset=["cost_amount"])
    assert 0.35 < 1 - costed["cost_amount"].sum() / costed["net_amount"].sum() < 0.45
    assert 0.005 < year["cost_amount"].isna().mean() < 0.015
    deals = company["opportunities"].query("outcome != 'open'")
    assert 0.25 < (deals["outcome"] == "won").mean() < 0.37
    won = deals[deals["outcome"] == "won"]
    cycle = (won["closed_at"] - won["first_contact_at"].fillna(won["created_at"])).dt.days.median()
    assert 70 < cycle < 110
    half = company["targets"].query(
        "metric == 'sales' and dim == 'total' and version == 'original' and period_code == '2026-H1'"
    )
    assert 0.94 < lines.query("order_date >= '2026-01-01'")["net_amount"].sum() / half["value"].sum() < 1.01
