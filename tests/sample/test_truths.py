"""Each planted truth shows in plain pandas figures, and does not in the company without it."""

import numpy as np
import pandas as pd

from salesreview.sample import Truths, generate

H1, LAST_H1 = ("2026-01-01", "2026-06-30"), ("2025-01-01", "2025-06-30")


def sales_lines(tables) -> pd.DataFrame:
    """Order lines of orders that stand, with their order and product."""
    orders = tables["orders"][tables["orders"]["status"] != "cancelled"]
    lines = tables["order_lines"].merge(orders, on="order_id").merge(tables["products"], on="product_id")
    return lines.merge(tables["accounts"][["account_id", "owner_rep_id"]], on="account_id")


def within(frame: pd.DataFrame, column: str, window: tuple[str, str]) -> pd.DataFrame:
    start, end = pd.Timestamp(window[0]), pd.Timestamp(window[1]) + pd.Timedelta(days=1)
    return frame[(frame[column] >= start) & (frame[column] < end)]


def target(tables, dim: str, member: str | None, period: str) -> float:
    rows = tables["targets"]
    rows = rows[(rows["metric"] == "sales") & (rows["dim"] == dim) & (rows["version"] == "original")]
    rows = rows[
        (rows["period_code"] == period) & (rows["member"].isna() if member is None else rows["member"] == member)
    ]
    return float(rows["value"].sum())


def attainment(tables, region: str) -> float:
    lines = within(sales_lines(tables), "order_date", H1)
    return lines.loc[lines["region_id"] == region, "net_amount"].sum() / target(tables, "region", region, "2026-H1")


def cac(tables, window: tuple[str, str]) -> float:
    """Marketing plus the acquisition share of pay per new customer."""
    first = tables["orders"][tables["orders"]["status"] != "cancelled"].groupby("account_id")["order_date"].min()
    new = len(within(first.to_frame(), "order_date", window))
    costs = within(tables["rep_costs"], "month", window).merge(
        tables["reps"][["rep_id", "acquisition_share"]], on="rep_id"
    )
    pay = costs[["base", "commission", "bonus", "benefits", "travel", "tools"]].sum(axis=1) * costs["acquisition_share"]
    return (within(tables["marketing_spend"], "month", window)["amount"].sum() + pay.sum()) / new


def wins(frame: pd.DataFrame) -> float:
    closed = frame[frame["outcome"] != "open"]
    return float((closed["outcome"] == "won").mean())


def test_the_west_misses_its_target_and_no_other_region_by_as_much(company, plain):
    assert 0.62 < attainment(company, "R05") < 0.86
    assert min(attainment(company, region) for region in ("R01", "R02", "R03", "R04", "R06")) > 0.88
    assert attainment(plain, "R05") > 0.88


def test_acquisition_got_dearer_through_paid_search(company, plain):
    assert 0.22 < cac(company, H1) / cac(company, LAST_H1) - 1 < 0.50
    assert cac(plain, H1) / cac(plain, LAST_H1) - 1 < 0.20
    spend = [
        within(company["marketing_spend"], "month", w).groupby("channel_id")["amount"].sum() for w in (H1, LAST_H1)
    ]
    growth = spend[0] / spend[1] - 1
    assert growth["CH02"] > 1.2
    assert growth[["CH03", "CH04", "CH05"]].max() < 0.35


def finance_hours(tables, window) -> float:
    steps = within(tables["approvals"], "submitted_at", window)
    steps = steps[(steps["object"] == "quote") & (steps["department"] == "财务部")]
    return float(((steps["decided_at"] - steps["submitted_at"]).dt.total_seconds() / 3600).median())


def slow_and_fast(tables) -> tuple[float, float, int]:
    """Win rate of deals whose last quote waited more than five calendar days for approval, and of the others."""
    quotes = tables["quotes"].sort_values("version").drop_duplicates("opp_id", keep="last")
    quotes = quotes[quotes["approved_at"] >= "2025-10-10"].merge(tables["opportunities"], on="opp_id")
    slow = (quotes["approved_at"] - quotes["submitted_at"]).dt.total_seconds() / 86400 > 5
    return wins(quotes[slow]), wins(quotes[~slow]), int(slow.sum())


def test_the_finance_department_got_slow_and_slow_quotes_win_less(company, plain):
    before, after = finance_hours(company, LAST_H1), finance_hours(company, H1)
    assert after > 2 * before
    assert finance_hours(plain, H1) < 1.3 * finance_hours(plain, LAST_H1)
    slow, fast, count = slow_and_fast(company)
    assert count > 150
    assert fast - slow > 0.08


def launch_attainment(tables, product: str) -> float:
    lines = sales_lines(tables)
    plan = sum(target(tables, "product", product, period) for period in ("2025-Q3", "2025-Q4", "2026-H1"))
    return lines.loc[lines["product_id"] == product, "net_amount"].sum() / plan


def test_one_launch_works_and_the_other_does_not(company, plain):
    assert launch_attainment(company, "P15") >= 1.3
    assert launch_attainment(company, "P05") <= 0.6
    assert 0.7 < launch_attainment(plain, "P15") < 1.3
    assert 0.65 < launch_attainment(plain, "P05") < 1.3


def test_the_control_line_got_dearer_and_sells_fewer_pieces(company):
    """Nothing else depends on the price rise, so without it the very same lines are bought in larger quantities."""
    before = generate(truths=Truths().without("price_rise"))
    old = before["order_lines"].set_index(["order_id", "line_no"]).add_suffix("_old")
    lines = sales_lines(company).join(old, on=["order_id", "line_no"])
    lines = lines[lines["product_line"] == "控制系统"]
    after = lines[(lines["order_date"] >= "2026-03-01") & (lines["net_amount"] > 0)]
    assert len(after) > 150
    assert np.allclose(after["list_price_x"] / after["list_price_old"] - 1, 0.08, atol=1e-3)
    bought = (after["qty"] * after["list_price_old"]).sum() / (after["qty_old"] * after["list_price_old"]).sum()
    assert abs(bought - 1.08**-1.2) < 0.03
    earlier = lines[lines["order_date"] < "2026-03-01"]
    assert (earlier["qty"] == earlier["qty_old"]).all()


def did(tables) -> float:
    """Difference-in-differences of the win rate: trained less untrained, after less before the course."""
    records = tables["training_records"]
    trained = set(records.loc[records["course_id"] == "K-007", "rep_id"])
    sellers = set(tables["reps"].loc[tables["reps"]["quota_carrying"], "rep_id"])
    deals = tables["opportunities"][tables["opportunities"]["rep_id"].isin(sellers)]
    before = within(deals, "created_at", ("2025-01-01", "2025-11-14"))
    after = within(deals, "created_at", ("2025-11-15", "2026-03-31"))
    rates = [wins(part[part["rep_id"].isin(trained) == who]) for part in (after, before) for who in (True, False)]
    return (rates[0] - rates[1]) - (rates[2] - rates[3])


def test_trained_sellers_win_more_after_the_course(company, plain):
    assert did(company) > 0.05
    assert did(company) > did(plain) + 0.04


def leaver_accounts(tables, accounts) -> float:
    lines = sales_lines(tables)
    mine = lines[lines["account_id"].isin(accounts)]
    return (
        within(mine, "order_date", ("2026-04-01", "2026-06-30"))["net_amount"].sum()
        / within(mine, "order_date", ("2025-04-01", "2025-06-30"))["net_amount"].sum()
    )


def test_the_best_seller_leaves_and_the_accounts_sell_less(company, plain):
    reps = company["reps"]
    gone = reps[(reps["leave_date"] == "2026-03-13") & (reps["team_id"] == "T01")]
    assert len(gone) == 1
    rep = gone["rep_id"].iloc[0]
    lines = within(sales_lines(company), "order_date", ("2024-07-01", "2025-12-31"))
    by_rep = lines.groupby("rep_id")["net_amount"].sum().sort_values(ascending=False)
    assert rep in by_rep.index[:6]
    accounts = set(lines.loc[lines["rep_id"] == rep, "account_id"])
    assert leaver_accounts(company, accounts) < 0.75
    assert (company["orders"].loc[company["orders"]["order_date"] > "2026-03-13", "rep_id"] != rep).all()
    assert not (plain["reps"]["leave_date"] == "2026-03-13").any()


def stoppers_and_stayers(tables) -> pd.DataFrame:
    """Mean complaints, contacts and payment delay in 180 days before the last order of accounts that went silent."""
    orders = tables["orders"][tables["orders"]["status"] != "cancelled"]
    last = orders.groupby("account_id")["order_date"].max()
    first = orders.groupby("account_id")["order_date"].min()
    silent = last[(last < "2025-09-01") & (last > "2024-03-01") & (first < "2023-12-31")]
    steady = last[(last >= "2026-03-01") & (first < "2023-12-31")]
    ends = pd.concat([silent, pd.Series(pd.Timestamp("2025-01-15"), index=steady.index)])
    label = pd.Series(["silent"] * len(silent) + ["steady"] * len(steady), index=ends.index)
    table = pd.DataFrame({"end": ends, "label": label})
    care = tables["activities"][tables["activities"]["opp_id"].isna() & tables["activities"]["lead_id"].isna()]
    complaints = tables["tickets"][tables["tickets"]["is_complaint"]]
    table["complaints"] = _events(table["end"], complaints, "opened_at")
    table["touches"] = _events(table["end"], care[~care["type"].isin(["催款", "挽回"])], "started_at")
    paid = tables["payments"].groupby("invoice_id")["paid_at"].max()
    invoices = tables["invoices"].merge(paid.rename("paid"), on="invoice_id").merge(table["end"], on="account_id")
    invoices = invoices[
        (invoices["issue_date"] <= invoices["end"])
        & (invoices["issue_date"] > invoices["end"] - pd.Timedelta(days=180))
    ]
    delay = (invoices["paid"] - invoices["due_date"]).dt.total_seconds() / 86400
    table["delay"] = delay.groupby(invoices["account_id"]).mean()
    return table.groupby("label")[["complaints", "touches", "delay"]].mean()


def _events(ends: pd.Series, events: pd.DataFrame, column: str) -> pd.Series:
    joined = events[["account_id", column]].merge(ends.rename("end"), on="account_id")
    inside = (joined[column] <= joined["end"]) & (joined[column] > joined["end"] - pd.Timedelta(days=180))
    return joined[inside].groupby("account_id").size().reindex(ends.index).fillna(0)


def test_accounts_that_go_silent_complained_more_were_touched_less_and_paid_later(company, plain):
    means = stoppers_and_stayers(company)
    assert means.loc["silent", "complaints"] > 1.4 * means.loc["steady", "complaints"]
    assert means.loc["silent", "touches"] < 0.85 * means.loc["steady", "touches"]
    assert means.loc["silent", "delay"] > means.loc["steady", "delay"] + 3
    flat = stoppers_and_stayers(plain)
    assert flat.loc["silent", "delay"] < flat.loc["steady", "delay"] + 2.5
    assert flat.loc["silent", "complaints"] < 1.4 * flat.loc["steady", "complaints"]


def month_index(tables) -> pd.Series:
    """Mean share of a month in its year, 2024 and 2025, as a multiple of a twelfth."""
    lines = within(sales_lines(tables), "order_date", ("2024-01-01", "2025-12-31"))
    total = lines.groupby([lines["order_date"].dt.year, lines["order_date"].dt.month])["net_amount"].sum().unstack()
    return (total.div(total.sum(axis=1), axis=0) * 12).mean()


def test_business_peaks_at_quarter_ends_and_rests_in_february(company, plain):
    index = month_index(company)
    assert index[2] == index.min()
    assert index[2] < 0.68
    assert index[12] > 1.2
    assert sum(index[m] > index[m - 1] for m in (3, 6, 9, 12)) >= 3
    assert index.loc[10:12].sum() > index.loc[7:9].sum() > index.loc[1:3].sum()
    assert month_index(plain)[2] > 0.7


def campaign(tables) -> tuple[int, float, float]:
    leads = tables["leads"]
    mine = leads[leads["campaign_id"] == "CP-2026-S1"]
    rest = leads[(leads["source_channel"] == "CH01") & (leads["campaign_id"] != "CP-2026-S1")]
    return len(mine), float(mine["qualified_at"].notna().mean()), float(rest["qualified_at"].notna().mean())


def test_one_campaign_brings_many_good_leads(company, plain):
    plan = int(company["campaigns"].set_index("campaign_id").loc["CP-2026-S1", "planned_leads"])
    count, rate, rest = campaign(company)
    margin = 1.96 * np.sqrt(rate * (1 - rate) / count)
    assert count > 1.4 * plan
    assert rate - margin > rest + 0.05
    count, rate, rest = campaign(plain)
    assert count < 1.3 * plan
    assert rate < rest + 0.1
