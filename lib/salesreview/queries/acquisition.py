"""What it costs to win customers, and which customers were won, as small frames (requirements D-19 to D-21)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED

COMPONENTS = ("marketing", "pay", "commission", "benefits", "travel", "tools")
"""Parts of the acquisition cost; pay is base and bonus, and all but marketing count by ``acquisition_share``."""


def marketing_by_month(mart: Mart, window: Window) -> pd.DataFrame:
    """Marketing spend of every calendar month that ``window`` touches.

    Columns: ``month`` (first day), ``channel`` (name, 未分类 for spend without a channel), ``amount``. Whole months:
    cutting a month at the window's edge is left to `metrics.acquisition.prorated`.
    """
    sql = f"""
        SELECT CAST(date_trunc('month', s.month) AS DATE) AS month,
               coalesce(c.name, s.channel_id, '{UNCLASSIFIED}') AS channel,
               sum(s.amount) AS amount
        FROM marketing_spend s LEFT JOIN channels c ON c.channel_id = s.channel_id
        WHERE s.month BETWEEN date_trunc('month', CAST($start AS DATE)) AND $end
        GROUP BY CAST(date_trunc('month', s.month) AS DATE), coalesce(c.name, s.channel_id, '{UNCLASSIFIED}')
        ORDER BY month, channel
    """
    return mart.query(sql, start=window.start, end=window.end)


def rep_costs_by_month(mart: Mart, window: Window) -> pd.DataFrame:
    """Full cost of sales people by month and share of their time spent on winning customers.

    Columns: ``month``, ``acquisition_share`` (0-1, null where unknown), ``pay``, ``commission``, ``benefits``,
    ``travel``, ``tools``; hospitality and training are no acquisition cost (D-19).
    """
    sql = """
        SELECT CAST(date_trunc('month', c.month) AS DATE) AS month, r.acquisition_share,
               sum(coalesce(c.base, 0) + coalesce(c.bonus, 0)) AS pay, sum(coalesce(c.commission, 0)) AS commission,
               sum(coalesce(c.benefits, 0)) AS benefits, sum(coalesce(c.travel, 0)) AS travel,
               sum(coalesce(c.tools, 0)) AS tools
        FROM rep_costs c LEFT JOIN reps r ON r.rep_id = c.rep_id
        WHERE c.month BETWEEN date_trunc('month', CAST($start AS DATE)) AND $end
        GROUP BY CAST(date_trunc('month', c.month) AS DATE), r.acquisition_share
        ORDER BY month, r.acquisition_share NULLS LAST
    """
    return mart.query(sql, start=window.start, end=window.end)


def cost_bounds(mart: Mart) -> pd.DataFrame:
    """First and last month of each cost table that has rows: ``source`` (marketing, reps), ``first``, ``last``."""
    return mart.query("""
        SELECT 'marketing' AS source, min(month) AS first, max(month) AS last FROM marketing_spend HAVING count(*) > 0
        UNION ALL SELECT 'reps', min(month), max(month) FROM rep_costs HAVING count(*) > 0
        ORDER BY source
    """)


def new_customers(mart: Mart, window: Window) -> pd.DataFrame:
    """New customers of ``window`` (convention NEWC) by the channel of their first touch.

    Columns: ``channel`` (acquisition channel, else the channel of the acquisition lead, else of the account's earliest
    lead, else 未分类), ``customers``. Accounts without an id are left out.
    """
    sql = f"""
        WITH fresh AS (
            SELECT DISTINCT account_id FROM sales_facts
            WHERE first_order_date BETWEEN $start AND $end AND account_id <> '{UNCLASSIFIED}'
        ), ranked AS (
            SELECT account_id, source_channel,
                   row_number() OVER (PARTITION BY account_id ORDER BY received_at, lead_id) AS place
            FROM leads WHERE account_id IS NOT NULL AND source_channel IS NOT NULL
        ), touched AS (
            SELECT f.account_id, coalesce(a.acquisition_channel, l.source_channel, r.source_channel) AS channel_id
            FROM fresh f
            LEFT JOIN accounts a ON a.account_id = f.account_id
            LEFT JOIN leads l ON l.lead_id = a.acquisition_lead_id
            LEFT JOIN ranked r ON r.account_id = f.account_id AND r.place = 1
        )
        SELECT coalesce(c.name, t.channel_id, '{UNCLASSIFIED}') AS channel, count(*) AS customers
        FROM touched t LEFT JOIN channels c ON c.channel_id = t.channel_id
        GROUP BY coalesce(c.name, t.channel_id, '{UNCLASSIFIED}') ORDER BY channel
    """
    return mart.query(sql, start=window.start, end=window.end)


def leads_by_channel(mart: Mart, window: Window) -> pd.DataFrame:
    """Leads received in ``window`` by source channel: ``channel`` (未分类 where unknown), ``leads``."""
    sql = f"""
        SELECT coalesce(c.name, l.source_channel, '{UNCLASSIFIED}') AS channel, count(*) AS leads
        FROM leads l LEFT JOIN channels c ON c.channel_id = l.source_channel
        WHERE CAST(l.received_at AS DATE) BETWEEN $start AND $end
        GROUP BY coalesce(c.name, l.source_channel, '{UNCLASSIFIED}') ORDER BY channel
    """
    return mart.query(sql, start=window.start, end=window.end)
