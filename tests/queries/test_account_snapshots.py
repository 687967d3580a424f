"""Active accounts as known on past days: nothing dated later shows in a feature."""

from datetime import date, timedelta

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from tests.reviews.hand_mart import hand_mart, order, rows, sample_mart, sold

from salesreview.mart.store import Mart
from salesreview.periods import Window
from salesreview.queries.account_snapshots import PER_ACCOUNT, active_on, history
from salesreview.queries.retention import base
from salesreview.settings import Settings

SETTINGS = Settings()
AT = date(2026, 6, 30)


@pytest.fixture(scope="module")
def hand(tmp_path_factory):
    """A1 orders now and then; A2 ordered once; A3 has a contract and no order."""
    return hand_mart(
        tmp_path_factory.mktemp("hand"),
        AT,
        accounts=rows("account_id industry tier status", ("A1", "汽车", "战略", "lost"), ("A2", "电子", None, "active"),
                      ("A3", "电子", None, "active")),
        account_tier_history=rows("account_id valid_from tier", ("A1", "2024-01-01", "普通"),
                                  ("A1", "2026-04-01", "战略")),
        contracts=rows("contract_id account_id signed_at start_date end_date annual_value",
                       ("K1", "A3", "2026-01-10", "2026-01-01", "2026-04-30", 100)),
        tickets=rows("ticket_id account_id opened_at resolved_at is_complaint severity csat",
                     ("1", "A1", "2026-01-15", "2026-01-20", "true", 3, 2), 
                     ("2", "A1", "2026-02-25", "2026-03-05", "false", 1, 5)),
        surveys=rows("response_id account_id date type score scale_min scale_max",
                     ("1", "A1", "2026-02-01", "NPS", 8, 0, 10), ("2", "A1", "2026-02-20", "CSAT", 4, 1, 5),
                     ("3", "A1", "2026-03-02", "NPS", 0, 0, 10)),
        activities=rows("activity_id account_id opp_id type started_at logged_at",
                        ("1", "A1", None, "回访", "2026-02-10", None),
                        ("2", "A1", None, "催款", "2026-02-25", "2026-03-02"),
                        ("3", "A1", None, "回访", "2025-07-01", None)),
        invoices=rows("invoice_id account_id issue_date due_date amount",
                      ("I1", "A1", "2025-12-01", "2025-12-31", 100), ("I2", "A1", "2026-01-01", "2026-02-19", 100)),
        payments=rows("payment_id invoice_id paid_at amount", ("1", "I1", "2026-01-10", 100),
                      ("2", "I2", "2026-03-10", 100)),
        contacts=rows("contact_id account_id buying_role left_at",
                      ("C1", "A1", "KDM", "2026-02-01"), ("C2", "A1", "KDM", "2026-03-09")),
        account_signals=rows("signal_id account_id date type",
                             ("1", "A1", "2026-02-01", "竞争对手介入"), ("2", "A1", "2026-03-05", "其他")),
        **sold(
            order(1, "A1", "2025-01-30", 100), order(2, "A1", "2025-11-26", 300), order(3, "A1", "2026-02-19", 500),
            order(4, "A1", "2026-03-20", 900), order(5, "A2", "2025-04-01", 50), order(6, "A1", "2026-01-05", -40),
        ),
    )  # fmt: skip


def test_features_of_a_past_day(hand):
    row = active_on(hand, SETTINGS, date(2026, 3, 1)).set_index("account_id").loc["A1"]
    assert (row["tier"], row["industry"]) == ("普通", "汽车")  # strategic only since April
    # orders on 30 January and 26 November 2025 and 19 February 2026: 385 days in two gaps; the return is no order
    assert (row["recency"], row["tenure"], row["usual_gap"]) == (10, 395, 192.5)
    assert row["gap_ratio"] == 10 / 192.5
    assert (row["orders_180"], row["orders_365"], row["orders_trend"], row["returns_365"]) == (2, 2, 2, 1)
    assert (row["sales_365"], row["sales_trend"], row["order_value"]) == (760, 1, 380)
    assert row["days_covered"] == 365 - 1 - 10
    assert (row["tickets_180"], row["complaints_180"], row["severe_180"], row["days_since_complaint"]) == (2, 1, 1, 45)
    assert (row["open_tickets"], row["ticket_score"]) == (1, 2)  # the second is resolved, and rated, later
    assert (row["nps_last"], row["csat_last"]) == (80, 75)
    assert (row["touches_90"], row["reminders_180"], row["touch_trend"]) == (1, 0, 0)  # written down on 2 March
    assert (row["payment_delay"], row["overdue_invoices"], row["overdue_days"]) == (10, 1, 10)
    assert (row["contacts_left_180"], row["deciders_left"]) == (1, 1)
    assert (row["signals_180"], row["rival_signals"]) == (1, 1)
    assert "status" not in row


def test_who_is_active(hand):
    # A2's order of 1 April 2025 carries it through 31 March 2026; A3's contract is signed on 10 January, and carries
    # it from then to 30 April and 60 days of grace
    assert list(active_on(hand, SETTINGS, date(2026, 1, 9))["account_id"]) == ["A1", "A2"]
    assert list(active_on(hand, SETTINGS, date(2026, 3, 31))["account_id"]) == ["A1", "A2", "A3"]
    found = active_on(hand, SETTINGS, date(2026, 4, 1)).set_index("account_id")
    assert list(found.index) == ["A1", "A3"]
    assert (found.loc["A3", "contract_days_left"], found.loc["A3", "days_covered"]) == (29, 29 + 60)
    grace = SETTINGS.renewal_grace_days
    assert "A3" in set(active_on(hand, SETTINGS, date(2026, 4, 30) + timedelta(days=grace))["account_id"])


def test_lost_within_the_horizon(hand):
    found = history(hand, SETTINGS, AT).set_index(["account_id", "moment"])["lost"]
    last = pd.Timestamp(AT - timedelta(days=180))  # 1 January 2026
    assert found["A1", last] == False  # noqa: E712
    assert found["A2", last] == True  # noqa: E712
    assert found.index.get_level_values("moment").max() == last


def test_no_orders_at_all(tmp_path):
    mart = hand_mart(tmp_path, AT, accounts=[{"account_id": "A1"}], **sold(order(1, None, "2025-05-01", 40)))
    assert history(mart, SETTINGS, AT).empty and active_on(mart, SETTINGS, AT).empty


DATED = {
    "orders": ("order_date",),
    "sales_facts": ("order_date",),
    "tickets": ("opened_at", "resolved_at"),
    "surveys": ("date",),
    "activities": ("started_at", "logged_at"),
    "invoices": ("issue_date",),
    "payments": ("paid_at",),
    "contracts": ("signed_at",),
    "contacts": ("left_at",),
    "account_signals": ("date",),
    "account_tier_history": ("valid_from", "valid_to"),
    "opportunities": ("created_at", "closed_at"),
}
"""Tables that snapshots read, with their dates; the first tells since when a row counts."""
KNOWN_LATER = {"tickets": ("csat", "reopened"), "opportunities": ("outcome",), "accounts": (
    "status", "churn_date", "churn_reason", "tier", "is_strategic", "owner_rep_id", "credit_rating", "potential_spend",
)}  # fmt: skip


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return sample_mart(tmp_path_factory.mktemp("sample"), 0.06)


@given_settings(max_examples=8, deadline=None)
@given(
    back=st.integers(20, 700),
    chosen=st.sets(st.sampled_from([*DATED, "accounts"]), min_size=1),
    how=st.sampled_from(["gone", "changed", "doubled"]),
)
def test_no_later_row_changes_a_feature(sample, back, chosen, how):
    day = sample.meta.as_of - timedelta(days=back)
    before = active_on(sample, SETTINGS, day)
    assert len(before)
    mart = writable(sample)
    for table in sorted(chosen):
        mangle(mart._con, table, day, how)
    after = active_on(mart, SETTINGS, day)
    kept = [name for name in before if name in after]  # a table that begins after the day gives no columns
    assert before[[name for name in before if name not in kept]].fillna(0).eq(0).all(axis=None)
    pd.testing.assert_frame_equal(before[kept], after[kept], rtol=1e-9)


def writable(sample: Mart) -> Mart:
    """A copy of the mart in memory."""
    con = duckdb.connect()
    con.execute(f"ATTACH '{sample.path}' AS kept (READ_ONLY)")
    for (name,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'kept'").fetchall():
        con.execute(f'CREATE TABLE "{name}" AS SELECT * FROM kept."{name}"')
    return Mart(con, sample.path, sample.meta)


def mangle(con, table: str, day: date, how: str) -> None:
    """Remove, alter or double the rows of ``table`` dated after ``day``; move and alter what older rows learn later."""
    kinds = dict(
        con.execute("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ?", [table]).fetchall()
    )
    dates = DATED.get(table, ())
    if dates:
        later = f"CAST(\"{dates[0]}\" AS DATE) > DATE '{day}'"
        if how == "gone" and table == "contacts":
            con.execute(f"UPDATE contacts SET left_at = NULL WHERE {later}")
        elif how == "gone":
            con.execute(f'DELETE FROM "{table}" WHERE {later}')
        elif how == "doubled":
            con.execute(f'INSERT INTO "{table}" SELECT * FROM "{table}" WHERE {later}')
        else:
            columns = [name for name in kinds if name not in dates and not name.endswith("_id")]
            changes = ", ".join(f'"{name}" = {other(kinds[name])}' for name in columns)
            con.execute(f'UPDATE "{table}" SET {changes} WHERE {later}')
    for name in dates[1:]:
        moved = f"CAST(DATE '{day + timedelta(days=3)}' AS {kinds[name]})"
        con.execute(f'UPDATE "{table}" SET "{name}" = {moved} WHERE CAST("{name}" AS DATE) > DATE \'{day}\'')
    for name in KNOWN_LATER.get(table, ()):
        known = {"tickets": "resolved_at", "opportunities": "closed_at"}.get(table)
        unknown = f"WHERE {known} IS NULL OR CAST({known} AS DATE) > DATE '{day}'" if known else ""
        con.execute(f'UPDATE "{table}" SET "{name}" = {other(kinds[name])} {unknown}')


def other(kind: str) -> str:
    """A value that no row has."""
    if kind in ("VARCHAR", "JSON"):
        return "'\"other\"'"
    return {"BOOLEAN": "TRUE", "DATE": "DATE '2001-01-01'", "TIMESTAMP": "TIMESTAMP '2001-01-01'"}.get(kind, "1")


def test_a_history_says_what_was_known_that_day(sample):
    found = history(sample, SETTINGS, sample.meta.as_of)
    day = found["moment"].max()
    then = active_on(sample, SETTINGS, day.date())
    same = found[found["moment"] == day].drop(columns="lost").reset_index(drop=True)
    assert len(same) and found.groupby("account_id").size().max() <= PER_ACCOUNT
    then = then[then["account_id"].isin(same["account_id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(then, same[list(then)])


def test_active_as_retention_has_it(sample):
    at = sample.meta.as_of
    kept = base(sample, SETTINGS, Window(date(at.year, 1, 1), at))
    assert set(active_on(sample, SETTINGS, at)["account_id"]) == set(kept[kept["is_active_after"]]["account_id"])
