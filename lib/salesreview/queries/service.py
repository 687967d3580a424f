"""Service tickets and the delivery of orders, one row each, for the process sections."""

from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..periods import Window


def tickets(mart: Mart, window: Window, seen: date) -> pd.DataFrame:
    """One row per ticket opened in ``window``, as known on ``seen``.

    Columns: month, phase, channel, category (未分类 where null), opened_at, first_response_at, resolved_at (null while
    open), reopened, handed, csat, is_complaint.
    """
    sql = """
        SELECT strftime(opened_at, '%Y-%m') AS month, coalesce(phase, '未分类') AS phase,
               coalesce(channel, '未分类') AS channel, coalesce(category, '未分类') AS category, opened_at,
               CASE WHEN CAST(first_response_at AS DATE) <= $seen THEN first_response_at END AS first_response_at,
               CASE WHEN CAST(resolved_at AS DATE) <= $seen THEN resolved_at END AS resolved_at,
               coalesce(reopened, false) AS reopened, handed_to IS NOT NULL AS handed, csat,
               coalesce(is_complaint, false) AS is_complaint
        FROM tickets WHERE CAST(opened_at AS DATE) BETWEEN $start AND $end ORDER BY ticket_id
    """
    found = mart.query(sql, start=window.start, end=window.end, seen=seen)
    return found.astype({"reopened": bool, "handed": bool, "is_complaint": bool})


def backlog(mart: Mart, day: date) -> pd.DataFrame:
    """One row per ticket that is open at the end of ``day``: days since it was opened."""
    sql = """SELECT date_diff('day', CAST(opened_at AS DATE), $day) AS days FROM tickets
             WHERE CAST(opened_at AS DATE) <= $day AND (resolved_at IS NULL OR CAST(resolved_at AS DATE) > $day)"""
    return mart.query(sql, day=day)


def visited_accounts(mart: Mart, window: Window, activity_days: int) -> tuple[int, int]:
    """Accounts active at the end of ``window`` (an order within ``activity_days``), and those of them with a return
    visit in it (D-78)."""
    sql = """
        WITH active AS (SELECT DISTINCT account_id FROM sales_facts
                        WHERE account_id IS NOT NULL AND order_date BETWEEN $end - CAST($days AS INTEGER) + 1 AND $end),
        seen AS (SELECT DISTINCT account_id FROM activities
                 WHERE type = '回访' AND CAST(started_at AS DATE) BETWEEN $start AND $end)
        SELECT count(*) AS active, count(s.account_id) AS visited FROM active a LEFT JOIN seen s USING (account_id)
    """
    row = mart.query(sql, start=window.start, end=window.end, days=activity_days).iloc[0]
    return int(row["active"]), int(row["visited"])


def followed_complaints(mart: Mart, window: Window, within: int) -> tuple[int, int]:
    """Complaints resolved in ``window`` whose ``within`` days have passed by its end, and those after which the account
    had a return visit in that time."""
    sql = """
        SELECT count(*) AS n, count(CASE WHEN EXISTS (
                   SELECT 1 FROM activities a WHERE a.account_id = t.account_id AND a.type = '回访'
                   AND a.started_at > t.resolved_at
                   AND CAST(a.started_at AS DATE) <= CAST(t.resolved_at AS DATE) + CAST($within AS INTEGER)) THEN 1 END)
               AS followed
        FROM tickets t WHERE t.is_complaint AND CAST(t.resolved_at AS DATE) BETWEEN $start AND
             $end - CAST($within AS INTEGER)
    """
    row = mart.query(sql, start=window.start, end=window.end, within=within).iloc[0]
    return int(row["n"]), int(row["followed"])


def deliveries(mart: Mart, window: Window, seen: date) -> pd.DataFrame:
    """One row per order promised in ``window`` and not cancelled, as known on ``seen``.

    Columns: order_id, month (of the promise), order_date, promised_date, produced_at, delivered_at, complete.
    """
    sql = """
        SELECT order_id, strftime(promised_date, '%Y-%m') AS month, order_date, promised_date,
               CASE WHEN CAST(produced_at AS DATE) <= $seen THEN produced_at END AS produced_at,
               CASE WHEN CAST(delivered_at AS DATE) <= $seen THEN delivered_at END AS delivered_at, complete
        FROM orders WHERE promised_date BETWEEN $start AND $end AND coalesce(status, '') <> 'cancelled'
        ORDER BY order_id
    """
    return mart.query(sql, start=window.start, end=window.end, seen=seen)


def stamped(mart: Mart, window: Window) -> pd.DataFrame:
    """Orders of ``window`` that were shipped or done: how many, and how many bear each time of the order's course."""
    sql = """SELECT count(*) AS n, count(promised_date) AS promised_date, count(produced_at) AS produced_at,
                    count(delivered_at) AS delivered_at,
                    count(CASE WHEN promised_date IS NOT NULL AND produced_at IS NOT NULL AND delivered_at IS NOT NULL
                          THEN 1 END) AS all_three
             FROM orders WHERE status IN ('shipped', 'done') AND order_date BETWEEN $start AND $end"""
    return mart.query(sql, start=window.start, end=window.end)


def quality_complaints(mart: Mart, window: Window) -> tuple[int, int]:
    """Complaints about quality opened in ``window``, and orders delivered in it."""
    sql = """SELECT (SELECT count(*) FROM tickets WHERE is_complaint AND category = '质量'
                     AND CAST(opened_at AS DATE) BETWEEN $start AND $end) AS complaints,
                    (SELECT count(*) FROM orders WHERE CAST(delivered_at AS DATE) BETWEEN $start AND $end)
                       AS delivered"""
    row = mart.query(sql, start=window.start, end=window.end).iloc[0]
    return int(row["complaints"]), int(row["delivered"])
