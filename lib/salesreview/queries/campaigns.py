"""What campaigns cost and brought, one row each (requirement D-50)."""

from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..periods import Window

QUALIFY_DAYS = 30
"""A lead counts as good when it is qualified within this many days (D-50)."""


def campaign_results(mart: Mart, window: Window, seen: date) -> pd.DataFrame:
    """Campaigns that ran during ``window``, with what they brought until ``seen``.

    Columns: ``campaign_id``, ``campaign``, ``channel`` (name), ``began``, ``closed_term`` (whether it began and ended
    within the window, so that plan and result can be compared), ``planned_leads``, ``planned_cost``, ``leads``,
    ``mature`` (leads old enough to be judged), ``good`` (of these, qualified within 30 days), ``pipeline`` (amount of
    the opportunities of its leads), ``won`` (their won amount), ``cost`` (spend booked on the campaign in the window,
    null without any), ``gross_profit`` (of the orders so far that came
    from its leads). Leads are those received in the window.
    """
    return mart.query(
        """
        WITH mine AS (
            SELECT * FROM campaigns
            WHERE NOT coalesce(is_plan, false) AND start <= $end AND coalesce("end", start) >= $start
        ),
        brought AS (
            SELECT campaign_id, count(*) AS leads,
                   count(*) FILTER (WHERE CAST(received_at AS DATE) <= CAST($seen AS DATE) - $days) AS mature,
                   count(*) FILTER (
                       WHERE CAST(received_at AS DATE) <= CAST($seen AS DATE) - $days
                       AND qualified_at <= received_at + to_days($days)
                   ) AS good
            FROM leads
            WHERE CAST(received_at AS DATE) BETWEEN $start AND $end
            GROUP BY campaign_id
        ),
        deals AS (
            SELECT l.campaign_id, sum(o.amount) AS pipeline,
                   sum(CASE WHEN o.outcome = 'won' THEN o.amount ELSE 0 END) AS won
            FROM leads AS l JOIN opportunities AS o ON o.lead_id = l.lead_id
            WHERE CAST(l.received_at AS DATE) BETWEEN $start AND $end
            GROUP BY l.campaign_id
        ),
        earned AS (
            SELECT l.campaign_id, sum(f.net_amount - f.cost_amount) AS gross_profit
            FROM leads AS l
            JOIN opportunities AS o ON o.lead_id = l.lead_id
            JOIN sales_facts AS f ON f.opp_id = o.opp_id
            WHERE CAST(l.received_at AS DATE) BETWEEN $start AND $end
            GROUP BY l.campaign_id
        ),
        spent AS (
            SELECT campaign_id, sum(amount) AS cost FROM marketing_spend
            WHERE month BETWEEN date_trunc('month', CAST($start AS DATE)) AND $end
            GROUP BY campaign_id
        )
        SELECT m.campaign_id, coalesce(m.name, m.campaign_id) AS campaign, coalesce(c.name, m.channel_id) AS channel,
               m.start AS began, m.start >= $start AND m."end" <= $end AS closed_term,
               m.planned_leads, m.planned_cost,
               coalesce(b.leads, 0) AS leads, coalesce(b.mature, 0) AS mature, coalesce(b.good, 0) AS good,
               coalesce(d.pipeline, 0) AS pipeline, coalesce(d.won, 0) AS won, s.cost,
               coalesce(e.gross_profit, 0) AS gross_profit
        FROM mine AS m
        LEFT JOIN channels AS c ON c.channel_id = m.channel_id
        LEFT JOIN brought AS b ON b.campaign_id = m.campaign_id
        LEFT JOIN deals AS d ON d.campaign_id = m.campaign_id
        LEFT JOIN earned AS e ON e.campaign_id = m.campaign_id
        LEFT JOIN spent AS s ON s.campaign_id = m.campaign_id
        ORDER BY leads DESC, m.campaign_id
        """,
        start=window.start,
        end=window.end,
        seen=seen,
        days=QUALIFY_DAYS,
    )


def lead_quality(mart: Mart, window: Window, seen: date) -> pd.DataFrame:
    """One row: ``mature`` and ``good`` as in `campaign_results`, over the leads of all sources."""
    return mart.query(
        """
        SELECT count(*) AS mature, count(*) FILTER (WHERE qualified_at <= received_at + to_days($days)) AS good
        FROM leads
        WHERE CAST(received_at AS DATE) BETWEEN $start AND $end
        AND CAST(received_at AS DATE) <= CAST($seen AS DATE) - $days
        """,
        start=window.start,
        end=window.end,
        seen=seen,
        days=QUALIFY_DAYS,
    )
