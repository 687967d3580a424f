"""Records, contacts and complaints of customers (requirements S3-58 … S3-66, K-44, K-45)."""

from datetime import date, timedelta

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED

BLOCKS = {
    "basics": ("name", "industry", "size_band", "region_id", "customer_type", "tier", "owner_rep_id"),
    "terms": ("payment_terms_days", "credit_rating", "potential_spend"),
}
"""Columns of accounts that make up each block of a customer's record."""


def records(mart: Mart, day: date) -> pd.DataFrame:
    """Customers that ever ordered and how complete their record is, one row each (S3-58, S3-59).

    Columns: account_id, account, tier, customer_type, has_csm, has_framework (a live one), basics and terms (bool:
    every column of the block that the data has at all is filled), contacts (valid ones), deciders (valid KDM),
    last_contact (date), preferences (needs or tags on record), updated_at. Null flags: all columns of the block are
    absent.
    """
    known = {
        block: [column for column in columns if not mart.missing(f"accounts.{column}")]
        for block, columns in BLOCKS.items()
    }
    flags = ", ".join(
        f"{' AND '.join(f'a.{column} IS NOT NULL' for column in columns) if columns else 'NULL'} AS {block}"
        for block, columns in known.items()
    )
    sql = f"""
        WITH buyers AS (
            SELECT DISTINCT account_id FROM sales_facts WHERE order_date <= $day AND account_id <> '{UNCLASSIFIED}'
        ), people AS (
            SELECT account_id, count(*) AS contacts, count(CASE WHEN buying_role = 'KDM' THEN 1 END) AS deciders
            FROM contacts WHERE coalesce(valid, TRUE) AND left_at IS NULL GROUP BY account_id
        ), touched AS (
            SELECT account_id, CAST(max(started_at) AS DATE) AS last_contact FROM activities
            WHERE CAST(started_at AS DATE) <= $day GROUP BY account_id
        ), told AS (
            SELECT DISTINCT account_id FROM (
                SELECT account_id FROM needs UNION ALL SELECT account_id FROM account_tags
            ) AS both_ways WHERE account_id IS NOT NULL
        ), framed AS (
            SELECT DISTINCT account_id FROM contracts WHERE framework AND $day BETWEEN start_date AND end_date
        )
        SELECT b.account_id, coalesce(a.name, b.account_id) AS account, coalesce(a.tier, '{UNCLASSIFIED}') AS tier,
               coalesce(a.customer_type, '{UNCLASSIFIED}') AS customer_type,
               a.csm_rep_id IS NOT NULL AS has_csm, f.account_id IS NOT NULL AS has_framework, {flags},
               coalesce(p.contacts, 0) AS contacts, coalesce(p.deciders, 0) AS deciders, t.last_contact,
               d.account_id IS NOT NULL AS preferences, a.updated_at
        FROM buyers AS b
        LEFT JOIN accounts AS a ON a.account_id = b.account_id
        LEFT JOIN people AS p ON p.account_id = b.account_id
        LEFT JOIN touched AS t ON t.account_id = b.account_id
        LEFT JOIN told AS d ON d.account_id = b.account_id
        LEFT JOIN framed AS f ON f.account_id = b.account_id
        WHERE coalesce(a.status, 'active') <> 'lost'
        ORDER BY b.account_id
    """
    return mart.query(sql, day=day)


def invalid_contacts(mart: Mart) -> tuple[int, int]:
    """(contacts that are no longer valid or have left, all contacts)."""
    row = mart.query("""
        SELECT count(CASE WHEN NOT coalesce(valid, TRUE) OR left_at IS NOT NULL THEN 1 END) AS invalid,
               count(*) AS n FROM contacts
    """).iloc[0]
    return int(row["invalid"]), int(row["n"])


def birthdays(mart: Mart, window: Window) -> pd.DataFrame:
    """Valid contacts whose birthday falls into ``window`` (under a year): account_id, department, day, greeted.

    ``greeted``: an activity with the contact within seven days of the day. 29 February counts as 28 February.
    """
    sql = """
        WITH days AS (
            SELECT "date" AS day, month("date") AS m, day("date") AS d FROM calendar
            WHERE "date" BETWEEN $start AND $end
        ), born AS (
            SELECT contact_id, account_id, department, month(birthday) AS m,
                   CASE WHEN month(birthday) = 2 THEN least(28, day(birthday)) ELSE day(birthday) END AS d
            FROM contacts WHERE birthday IS NOT NULL AND coalesce(valid, TRUE) AND left_at IS NULL
        )
        SELECT b.contact_id, b.account_id, coalesce(a.name, b.account_id) AS account, coalesce(a.tier, '') AS tier,
               b.department, y.day,
               count(CASE WHEN abs(date_diff('day', CAST(v.started_at AS DATE), y.day)) <= 7 THEN 1 END) > 0 AS greeted
        FROM born AS b JOIN days AS y ON y.m = b.m AND y.d = b.d
        LEFT JOIN accounts AS a ON a.account_id = b.account_id
        LEFT JOIN activities AS v ON v.contact_id = b.contact_id
        GROUP BY b.contact_id, b.account_id, a.name, a.tier, b.department, y.day
        ORDER BY y.day, b.contact_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def tickets(mart: Mart, window: Window) -> pd.DataFrame:
    """Tickets opened in ``window``, one row each: ticket_id, account_id, opened_at, first_response_at, resolved_at,
    phase, is_complaint, channel, dedicated, is_complete (customer, channel, category, severity, owner all known),
    handed_to, csat."""
    sql = """
        SELECT ticket_id, account_id, opened_at, first_response_at, resolved_at, phase,
               coalesce(is_complaint, FALSE) AS is_complaint, coalesce(channel, '未分类') AS channel,
               coalesce(dedicated_channel, FALSE) AS dedicated,
               account_id IS NOT NULL AND channel IS NOT NULL AND category IS NOT NULL AND severity IS NOT NULL
                   AND owner_rep_id IS NOT NULL AS is_complete,
               handed_to, csat
        FROM tickets WHERE CAST(opened_at AS DATE) BETWEEN $start AND $end ORDER BY ticket_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def complainers(mart: Mart, window: Window) -> tuple[int, int]:
    """(customers that ordered after their first complaint of ``window``, customers that complained in it and whose
    complaint is at least 30 days old at its end)."""
    sql = f"""
        WITH first AS (
            SELECT account_id, CAST(min(opened_at) AS DATE) AS day FROM tickets
            WHERE is_complaint AND account_id IS NOT NULL AND CAST(opened_at AS DATE) BETWEEN $start AND $until
            GROUP BY account_id
        )
        SELECT count(*) AS n, count(CASE WHEN EXISTS (
            SELECT 1 FROM sales_facts AS s WHERE s.account_id = f.account_id AND s.account_id <> '{UNCLASSIFIED}'
                   AND NOT s.is_return AND s.order_date > f.day AND s.order_date <= $end) THEN 1 END) AS again
        FROM first AS f
    """
    until = window.end - timedelta(days=30)
    row = mart.query(sql, start=window.start, end=window.end, until=until).iloc[0]
    return int(row["again"]), int(row["n"])


def delivered(mart: Mart, window: Window) -> pd.DataFrame:
    """Delivery projects that ended in ``window``: account_id, is_on_time (by their planned day)."""
    return mart.query(
        """SELECT account_id, "end" <= planned_end AS is_on_time FROM projects
           WHERE "end" BETWEEN $start AND $end AND planned_end IS NOT NULL AND coalesce(type, '交付') = '交付'
           ORDER BY project_id""",
        start=window.start,
        end=window.end,
    )
