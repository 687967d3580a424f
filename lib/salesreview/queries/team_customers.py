"""Customers won and kept by the teams that are credited with them, as small frames (requirements T-06 … T-09)."""

from datetime import date, timedelta

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED
from .people import CREDIT

PROSPECTING = ("电话", "上门拜访", "陌拜")

_TEAMS = f"""
    placed AS (
        SELECT r.rep_id, coalesce(r.team_id, '{UNCLASSIFIED}') AS team_id,
               coalesce(t.name, r.team_id, '{UNCLASSIFIED}') AS team
        FROM reps AS r LEFT JOIN teams AS t ON t.team_id = r.team_id
    )
"""


def new_accounts(mart: Mart, window: Window) -> pd.DataFrame:
    """New customers of ``window`` (NEWC): account_id, rep_id and team of the first order, first_order (its amount)."""
    return mart.query(
        f"""
        WITH {_TEAMS}, ordered AS (
            SELECT account_id, order_id, min(order_date) AS order_date, min(rep_id) AS rep_id,
                   sum(net_amount) AS amount, min(CASE WHEN is_return THEN 1 ELSE 0 END) AS only_returns
            FROM sales_facts
            WHERE first_order_date BETWEEN $start AND $end AND order_date BETWEEN $start AND $end
                  AND account_id <> '{UNCLASSIFIED}'
            GROUP BY account_id, order_id
        ), ranked AS (
            SELECT *, row_number() OVER (PARTITION BY account_id ORDER BY order_date, order_id) AS place
            FROM ordered WHERE only_returns = 0
        )
        SELECT o.account_id, o.rep_id, coalesce(p.team, '{UNCLASSIFIED}') AS team, o.amount AS first_order
        FROM ranked AS o LEFT JOIN placed AS p ON p.rep_id = o.rep_id WHERE o.place = 1 ORDER BY o.account_id
        """,
        start=window.start,
        end=window.end,
    )


def first_contracts(mart: Mart, window: Window) -> pd.DataFrame:
    """Accounts whose first contract ever was signed in ``window`` by team of the deal's seller: team, accounts."""
    return mart.query(
        f"""
        WITH {_TEAMS}, signed AS (
            SELECT c.account_id, CAST(c.signed_at AS DATE) AS signed_on, coalesce(o.rep_id, a.owner_rep_id) AS rep_id,
                   row_number() OVER (PARTITION BY c.account_id ORDER BY c.signed_at, c.contract_id) AS place
            FROM contracts AS c
            LEFT JOIN opportunities AS o ON o.opp_id = c.opp_id
            LEFT JOIN accounts AS a ON a.account_id = c.account_id
            WHERE c.signed_at IS NOT NULL AND c.account_id IS NOT NULL
        )
        SELECT coalesce(p.team, '{UNCLASSIFIED}') AS team, count(*) AS accounts
        FROM signed AS s LEFT JOIN placed AS p ON p.rep_id = s.rep_id
        WHERE s.place = 1 AND s.signed_on BETWEEN $start AND $end GROUP BY 1 ORDER BY 1
        """,
        start=window.start,
        end=window.end,
    )


def prospecting(mart: Mart, window: Window) -> pd.DataFrame:
    """Calls and visits of ``window`` to leads and to accounts that had not ordered by then: team, touches."""
    types = ", ".join(f"'{name}'" for name in PROSPECTING)
    return mart.query(
        f"""
        WITH {_TEAMS}, first AS (
            SELECT account_id, min(first_order_date) AS day FROM sales_facts GROUP BY account_id
        )
        SELECT coalesce(p.team, '{UNCLASSIFIED}') AS team, count(*) AS touches
        FROM activities AS v LEFT JOIN placed AS p ON p.rep_id = v.rep_id
        LEFT JOIN first AS f ON f.account_id = v.account_id
        WHERE CAST(v.started_at AS DATE) BETWEEN $start AND $end AND v.type IN ({types})
              AND (v.account_id IS NOT NULL OR v.lead_id IS NOT NULL)
              AND (f.day IS NULL OR f.day > CAST(v.started_at AS DATE))
        GROUP BY 1 ORDER BY 1
        """,
        start=window.start,
        end=window.end,
    )


def purchases(mart: Mart, window: Window) -> pd.DataFrame:
    """What accounts bought in ``window``, one row per account, product and team.

    Columns: account_id, product_id, team, sales (the team's credit), whole (sales of the account and product over all
    teams), base (the same a year before), is_known (the account has an id), is_new (NEWC), bought_before (the account
    bought the product before the window). The sales add up to all sales of the window.
    """
    year_ago = window.years_back()
    return mart.query(
        f"""
        WITH {CREDIT}, {_TEAMS}, pieces AS (
            SELECT f.account_id, f.product_id, coalesce(p.team, '{UNCLASSIFIED}') AS team,
                   max(f.first_order_date) AS first_order_date, sum(f.net_amount * c.part) AS sales
            FROM sales_facts AS f JOIN credit AS c ON c.order_id = f.order_id
            LEFT JOIN placed AS p ON p.rep_id = c.rep_id
            WHERE f.order_date BETWEEN $start AND $end
            GROUP BY f.account_id, f.product_id, coalesce(p.team, '{UNCLASSIFIED}')
        ), history AS (
            SELECT account_id, product_id, count(CASE WHEN NOT is_return THEN 1 END) AS bought,
                   coalesce(sum(CASE WHEN order_date BETWEEN $base_start AND $base_end THEN net_amount END), 0) AS base
            FROM sales_facts WHERE order_date < $start GROUP BY account_id, product_id
        )
        SELECT x.account_id, x.product_id, x.team, x.sales,
               sum(x.sales) OVER (PARTITION BY x.account_id, x.product_id) AS whole, coalesce(h.base, 0) AS base,
               x.account_id <> '{UNCLASSIFIED}' AND x.first_order_date IS NOT NULL AS is_known,
               coalesce(x.first_order_date BETWEEN $start AND $end, FALSE) AS is_new,
               coalesce(h.bought, 0) > 0 AS bought_before
        FROM pieces AS x
        LEFT JOIN history AS h ON h.account_id = x.account_id AND h.product_id = x.product_id
        ORDER BY x.account_id, x.product_id, x.team
        """,
        start=window.start,
        end=window.end,
        base_start=year_ago.start,
        base_end=year_ago.end,
    )


def account_sales(mart: Mart, window: Window) -> pd.DataFrame:
    """Sales by account with an id: account_id, sales."""
    sql = f"""SELECT account_id, sum(net_amount) AS sales FROM sales_facts
              WHERE order_date BETWEEN $start AND $end AND account_id <> '{UNCLASSIFIED}'
              GROUP BY account_id ORDER BY account_id"""
    return mart.query(sql, start=window.start, end=window.end)


def owners(mart: Mart, day: date) -> pd.DataFrame:
    """Who owned each account on ``day``: account_id, rep_id, team_id, team. The present owner where no history is kept,
    or where the recorded one had left by then."""
    return mart.query(
        f"""
        WITH {_TEAMS}, past AS (
            SELECT account_id, owner_rep_id,
                   row_number() OVER (PARTITION BY account_id ORDER BY valid_from DESC) AS place
            FROM account_tier_history
            WHERE owner_rep_id IS NOT NULL AND valid_from <= $day AND (valid_to IS NULL OR valid_to >= $day)
        )
        SELECT a.account_id, coalesce(h.owner_rep_id, a.owner_rep_id) AS rep_id,
               coalesce(p.team_id, '{UNCLASSIFIED}') AS team_id, coalesce(p.team, '{UNCLASSIFIED}') AS team
        FROM accounts AS a
        LEFT JOIN past AS h ON h.account_id = a.account_id AND h.place = 1
             AND NOT EXISTS (SELECT 1 FROM reps AS g WHERE g.rep_id = h.owner_rep_id AND g.leave_date < $day)
        LEFT JOIN placed AS p ON p.rep_id = coalesce(h.owner_rep_id, a.owner_rep_id)
        ORDER BY a.account_id
        """,
        day=day,
    )


def former_accounts(mart: Mart, rep_id: str, left: date) -> pd.DataFrame:
    """Accounts that a person owned until leaving: account_id. From the history of owners; where none is kept, the
    accounts whose orders of the year before were mostly credited to the person."""
    return mart.query(
        f"""
        WITH recorded AS (
            SELECT DISTINCT account_id FROM account_tier_history
            WHERE owner_rep_id = $rep AND valid_from <= $left AND (valid_to IS NULL OR valid_to >= $recent)
        ), served AS (
            SELECT account_id, sum(CASE WHEN rep_id = $rep THEN 1 ELSE 0 END) * 2 > count(*) AS mostly
            FROM sales_facts
            WHERE order_date BETWEEN $since AND $left AND account_id <> '{UNCLASSIFIED}' GROUP BY account_id
        )
        SELECT account_id FROM recorded
        UNION
        SELECT account_id FROM served WHERE mostly AND NOT EXISTS (SELECT 1 FROM recorded)
        ORDER BY account_id
        """,
        rep=rep_id,
        left=left,
        recent=left - timedelta(days=31),
        since=left.replace(year=left.year - 1) if (left.month, left.day) != (2, 29) else left - timedelta(days=365),
    )


def customers_by_team(mart: Mart, window: Window) -> pd.DataFrame:
    """Accounts with the team that looks after them: ``account_id``, ``team`` (未分类 without one), ``orders`` and
    ``complaints`` in the window."""
    return mart.query(
        f"""
        WITH bought AS (
            SELECT account_id, count(DISTINCT order_id) AS orders FROM sales_facts
            WHERE order_date BETWEEN $start AND $end GROUP BY account_id
        ),
        complained AS (
            SELECT account_id, count(*) AS complaints FROM tickets
            WHERE is_complaint AND CAST(opened_at AS DATE) BETWEEN $start AND $end GROUP BY account_id
        )
        SELECT a.account_id, coalesce(t.name, r.team_id, '{UNCLASSIFIED}') AS team, coalesce(b.orders, 0) AS orders,
               coalesce(c.complaints, 0) AS complaints
        FROM accounts AS a
        LEFT JOIN reps AS r ON r.rep_id = a.owner_rep_id
        LEFT JOIN teams AS t ON t.team_id = r.team_id
        LEFT JOIN bought AS b ON b.account_id = a.account_id
        LEFT JOIN complained AS c ON c.account_id = a.account_id
        ORDER BY a.account_id
        """,
        start=window.start,
        end=window.end,
    )
