"""Opportunities as known on past days: nothing dated later shows in a feature."""

from datetime import date, timedelta

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reviews.hand_mart import hand_mart, order, rows, sample_mart, sold

from salesreview.mart.store import Mart
from salesreview.queries.opportunity_snapshots import (
    OUTCOMES,
    PER_DEAL,
    amounts,
    filled_late,
    history,
    open_on,
    stage_outcomes,
    staged,
)
from salesreview.settings import Funnel

FUNNEL = Funnel()
AT = date(2026, 6, 30)


def deal(number: int, created: str, **rest: object) -> dict:
    return {
        "opp_id": f"P{number}",
        "account_id": "A1",
        "rep_id": "R9",
        "created_at": created,
        "outcome": "open",
        **rest,
    }


@pytest.fixture(scope="module")
def hand(tmp_path_factory):
    """P1 is open; P2 was won and P3 lost by R1 before, P4 won later, when its seller was another."""
    return hand_mart(
        tmp_path_factory.mktemp("hand"),
        AT,
        accounts=[{"account_id": "A1", "industry": "汽车", "acquisition_channel": "C1"}],
        products=[{"product_id": "X", "name": "X", "product_line": "机器人"}],
        contacts=rows("contact_id account_id buying_role", ("K1", "A1", "KDM"), ("K2", "A1", None)),
        reps=[{"rep_id": "R1", "hire_date": "2025-06-01"}, {"rep_id": "R9"}],
        opportunities=[
            deal(1, "2026-01-01", product_id="X", type="新购", amount=999, manual_prob=0.9),
            deal(2, "2025-09-01", rep_id="R1", outcome="won", closed_at="2025-12-01"),
            deal(3, "2025-10-01", rep_id="R1", outcome="lost", closed_at="2026-01-15"),
            deal(4, "2025-11-01", rep_id="R9", outcome="won", closed_at="2026-04-10"),
        ],
        stage_history=rows(
            "opp_id stage entered_at exited_at",
            ("P1", "初步接洽", "2026-01-01", "2026-01-21"),
            ("P1", "演示", "2026-01-21", "2026-01-21"),
            ("P1", "报价", "2026-01-21", "2026-05-01"),
            ("P1", "商务谈判", "2026-05-01", None),
            ("P2", "报价", "2025-10-01", "2025-10-11"),
            ("P3", "报价", "2025-11-01", "2025-12-01"),
        ),
        opportunity_snapshots=rows(
            "opp_id snapshot_date stage amount expected_close manual_prob",
            ("P1", "2026-01-31", "报价", 500, "2026-03-31", 0.4),
            ("P1", "2026-02-28", "报价", 600, "2026-04-30", 0.5),
            ("P1", "2026-03-31", "报价", 700, "2026-05-31", 0.6),
        ),
        activities=rows(
            "activity_id opp_id rep_id contact_id started_at logged_at",
            ("1", "P1", "R1", "K2", "2026-01-05", None),
            ("2", "P1", "R1", "K2", "2026-02-20", None),
            ("3", "P1", "R9", "K1", "2026-02-25", "2026-03-05"),
        ),
        quotes=rows(
            "quote_id opp_id requested_at sent_at discount_pct",
            ("Q1", "P1", "2026-01-21", "2026-02-01", 0.1),
            ("Q2", "P1", "2026-02-20", "2026-03-02", 0.2),
        ),
        approvals=rows(
            "approval_id object object_id submitted_at decided_at",
            ("1", "quote", "Q1", "2026-01-25", "2026-01-30"),
            ("2", "quote", "Q2", "2026-02-26", "2026-03-20"),
        ),
        **sold(order(1, "A1", "2024-05-01", 40), order(2, "A1", "2025-12-10", 100), order(3, "A1", "2026-03-02", 1000)),
    )


def test_features_of_a_past_day(hand):
    row = open_on(hand, FUNNEL, date(2026, 3, 1)).set_index("opp_id").loc["P1"]
    assert row["stage"] == "quote"  # entered on the same day as the demo, and comes later in the funnel
    assert (row["age"], row["days_in_stage"]) == (59, 39)
    assert row["stage_delay"] == 39 / 20  # the two stays that had ended lasted 10 and 30 days: median 20
    assert (row["amount"], row["manual_prob"], row["days_to_close"], row["postponed"]) == (600, 0.5, 60, 1)
    assert (row["touches"], row["recent_touches"], row["days_since_touch"], row["contacts_met"]) == (2, 1, 9, 1)
    assert not row["kdm_met"]  # the call of 25 February was written down on 5 March
    assert (row["quote_versions"], row["discount"], row["quote_age"]) == (1, 0.1, 28)
    assert row["approval_days"] == 5 + 3  # the second is pending since 26 February
    assert (row["past_orders"], row["days_since_order"], row["year_sales"]) == (2, 81, 100)
    assert (row["industry"], row["product_line"], row["type"]) == ("汽车", "机器人", "新购")


def test_histories_know_the_seller_of_that_day(hand):
    row = open_on(hand, FUNNEL, date(2026, 3, 1)).set_index("opp_id").loc["P1"]
    # one won and one lost had been decided: rate 0.5 overall, and both were R1's, who had last called
    assert (row["seller_decided"], row["seller_win_rate"]) == (2, (1 + 10 * 0.5) / (2 + 10))
    assert (row["account_decided"], row["account_win_rate"]) == (2, (1 + 3 * 0.5) / (2 + 3))
    assert row["seller_tenure"] == 273


def test_what_no_date_tells_is_no_feature(hand):
    assert not {"present_competitors", "acquisition_channel", "source", "size_band"} & set(open_on(hand, FUNNEL, AT))


def test_outcomes_within_the_horizon(hand):
    # 1 April − 90 days = 1 January: P4 was open and won on 10 April, P3 lost on 15 January
    found = history(hand, FUNNEL, date(2026, 4, 1), 90, 365).set_index("opp_id")
    assert found.loc["P3", list(OUTCOMES)].tolist() == [False, False, True]
    assert found.loc["P4", list(OUTCOMES)].tolist() == [False, False, False]  # not known on 1 April
    later = history(hand, FUNNEL, date(2026, 4, 10), 90, 365).set_index("opp_id")
    assert later.loc["P4", list(OUTCOMES)].tolist() == [True, True, True]  # 90 days after 10 January
    assert history(hand, FUNNEL, date(2023, 1, 1), 90, 30).empty


def test_without_stages_the_age_of_the_deal_counts(tmp_path):
    mart = hand_mart(
        tmp_path,
        AT,
        opportunities=[deal(1, "2026-01-01", outcome="won", closed_at="2026-02-15"), deal(2, "2026-03-20")],
        **sold(order(1, "A1", "2025-05-01", 40)),
    )
    found = history(mart, FUNNEL, AT, 90, 30)
    assert not staged(mart) and "stage" not in found and "amount" not in found
    assert found[["opp_id", "age"]].values.tolist() == [["P1", 0], ["P1", 30], ["P2", 0]]
    assert found["won_within"].tolist() == [True, True, False]
    assert stage_outcomes(mart, FUNNEL, AT).values.tolist() == [["", "won", 45], ["", "open", 102]]


def test_outcomes_from_the_entry_into_a_stage(hand):
    found = stage_outcomes(hand, FUNNEL, date(2026, 3, 1))
    assert found.values.tolist() == [
        ["contact", "open", 59], ["demo", "open", 39],
        ["quote", "open", 39], ["quote", "won", 61], ["quote", "lost", 75],
    ]  # fmt: skip


def test_amounts_as_known_then(hand):
    assert amounts(hand, date(2026, 3, 1))["P1"] == 600
    assert amounts(hand, AT)["P1"] == 999


def test_what_is_filled_in_on_closing_is_reported(tmp_path):
    done = [deal(n, "2026-01-01", outcome="lost", closed_at="2026-02-01", lead_id=f"L{n}") for n in range(10)]
    still = [deal(n, "2026-01-01", account_id=None if n < 13 else "A1", lead_id=f"L{n}") for n in range(10, 20)]
    mart = hand_mart(
        tmp_path,
        AT,
        accounts=[{"account_id": "A1"}],
        opportunities=done + still,
        **sold(order(1, "A1", "2025-05-01", 4)),
    )
    late = filled_late(mart, AT)  # the customer is named on 7 of 10 open deals, and on all decided ones
    assert {"industry", "past_orders", "account_win_rate"} <= set(late) and "source" not in late
    assert filled_late(mart, date(2026, 1, 15)) == ()  # nothing was decided then


def test_no_opportunities(tmp_path):
    mart = hand_mart(tmp_path, AT, **sold(order(1, "A1", "2025-05-01", 40)))
    assert history(mart, FUNNEL, AT, 90, 30).empty and open_on(mart, FUNNEL, AT).empty


DATED = {
    "stage_history": ("entered_at", "exited_at"),
    "opportunity_snapshots": ("snapshot_date",),
    "activities": ("started_at", "logged_at"),
    "quotes": ("requested_at", "prepared_at", "submitted_at", "approved_at", "sent_at", "accepted_at"),
    "approvals": ("submitted_at", "decided_at"),
    "account_tier_history": ("valid_from", "valid_to"),
    "account_signals": ("date",),
    "tickets": ("opened_at", "first_response_at", "resolved_at"),
    "orders": ("order_date", "delivered_at", "produced_at"),
    "leads": ("received_at", "qualified_at"),
}
"""Tables that snapshots read, with their dates; the first tells since when a row exists."""
READ_LATER = {
    "stage_history": ("exit_to",),
    "approvals": ("decision",),
    "opportunities": ("rep_id", "team_id", "amount", "expected_close", "manual_prob", "present_competitors",
                      "is_customised", "price_target", "referred_by_rep", "lost_reason", "outcome", "closed_at"),
    "accounts": ("status", "owner_rep_id", "csm_rep_id", "acquisition_channel", "acquisition_lead_id", "churn_date",
                 "tier", "is_strategic", "credit_rating"),
}  # fmt: skip


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return sample_mart(tmp_path_factory.mktemp("sample"), 0.05)


@pytest.fixture(scope="module")
def columns(sample):
    return sample.query("SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal")


def writable(sample: Mart) -> Mart:
    """A copy of the mart in memory."""
    con = duckdb.connect()
    con.execute(f"ATTACH '{sample.path}' AS kept (READ_ONLY)")
    for (name,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'kept'").fetchall():
        con.execute(f'CREATE TABLE "{name}" AS SELECT * FROM kept."{name}"')
    return Mart(con, sample.path, sample.meta)


@settings(max_examples=15, deadline=None)
@given(
    back=st.integers(40, 800),
    chosen=st.sets(st.sampled_from([*DATED, "opportunities", "accounts"]), min_size=1),
    how=st.sampled_from(["gone", "changed", "doubled"]),
)
def test_no_later_row_changes_a_feature(sample, columns, back, chosen, how):
    day = sample.meta.as_of - timedelta(days=back)
    before = open_on(sample, FUNNEL, day)
    mart = writable(sample)
    for table in sorted(chosen):
        mangle(mart._con, table, day, how, columns)
    pd.testing.assert_frame_equal(before, open_on(mart, FUNNEL, day)[list(before)], check_exact=False, rtol=1e-9)


def mangle(con, table: str, day: date, how: str, columns: pd.DataFrame) -> None:
    """Remove, alter or add the rows of ``table`` that exist from after ``day``; alter what is known later of others."""
    kinds = columns[columns["table_name"] == table].set_index("column_name")["data_type"]
    first = DATED.get(table, ("created_at",))[0]
    if table != "accounts":
        later = f"CAST(\"{first}\" AS DATE) > DATE '{day}'"
        if how == "gone":
            con.execute(f'DELETE FROM "{table}" WHERE {later}')
        elif how == "changed":
            others = [c for c in kinds.index if c not in DATED.get(table, (first,)) and not c.endswith("_id")]
            con.execute(
                f'UPDATE "{table}" SET {", ".join(f"{quoted(c)} = {other(kinds[c])}" for c in others)} WHERE {later}'
            )
        else:
            con.execute(f'INSERT INTO "{table}" SELECT * FROM "{table}" WHERE {later}')
    for column in DATED.get(table, ())[1:]:
        moved = f"CAST(DATE '{day + timedelta(days=3)}' AS {kinds[column]})"
        con.execute(f'UPDATE "{table}" SET "{column}" = {moved} WHERE CAST("{column}" AS DATE) > DATE \'{day}\'')
    open_then = f"closed_at IS NULL OR CAST(closed_at AS DATE) > DATE '{day}'" if table == "opportunities" else "TRUE"
    for column in READ_LATER.get(table, ()):
        new = {"outcome": "'lost'", "closed_at": f"TIMESTAMP '{day + timedelta(days=5)}'"}.get(
            column, other(kinds[column])
        )
        alive = f"({open_then})" + (f" AND CAST(exited_at AS DATE) > DATE '{day}'" if column == "exit_to" else "")
        con.execute(f'UPDATE "{table}" SET "{column}" = {new} WHERE {alive}')


def quoted(name: str) -> str:
    return f'"{name}"'


def other(kind: str) -> str:
    """A value that no row has."""
    if kind in ("VARCHAR", "JSON"):
        return "'\"other\"'"
    return {"BOOLEAN": "TRUE", "DATE": "DATE '2001-01-01'", "TIMESTAMP": "TIMESTAMP '2001-01-01'"}.get(kind, "1")


def test_a_history_says_what_was_known_that_day(sample):
    rows = history(sample, FUNNEL, sample.meta.as_of, 90, 30)
    day = rows["moment"].max()
    then = open_on(sample, FUNNEL, day.date())
    same = rows[rows["moment"] == day].drop(columns=list(OUTCOMES)).reset_index(drop=True)
    assert len(same)
    pd.testing.assert_frame_equal(then[then["opp_id"].isin(same["opp_id"])].reset_index(drop=True)[list(same)], same)
    assert rows.groupby("opp_id").size().max() <= PER_DEAL
    assert (rows["moment"] <= pd.Timestamp(sample.meta.as_of) - pd.Timedelta(days=90)).all()
