"""What was known on a day: sales so far, deals and their stages, for a forecast made on that day (EV6).

Nothing dated later enters: a deal closed after ``day`` is open, an order placed later does not exist, a stage entered
later is not there yet. Amounts come from the last snapshot before the day (or before the closing); a deal without one
has its amount of today.
"""

from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..settings import Funnel
from .cycle import stage_map_sql, stage_values


def sold(mart: Mart, day: date) -> pd.DataFrame:
    """Sales to the end of ``day`` (orders basis, convention SALES): ``day``, ``opp_id`` (missing where the order has
    no opportunity), ``amount`` in base currency; one row per day and opportunity."""
    sql = """SELECT order_date AS day, opp_id, sum(net_amount) AS amount FROM sales_facts
             WHERE order_date <= $day GROUP BY order_date, opp_id ORDER BY order_date, opp_id"""
    return mart.query(sql, day=day)


def deals(mart: Mart, day: date) -> pd.DataFrame:
    """Deals created to the end of ``day`` as they stood then: ``opp_id``, ``created``, ``closed`` (missing while
    open), ``won``, ``quoted`` (amount last recorded before the closing or the day, missing without a positive one)."""
    sql = """
        WITH known AS (
            SELECT opp_id, CAST(created_at AS DATE) AS created, amount, outcome,
                   CASE WHEN outcome IN ('won', 'lost') AND CAST(closed_at AS DATE) <= $day
                        THEN CAST(closed_at AS DATE) END AS closed
            FROM opportunities
            WHERE CAST(created_at AS DATE) <= $day AND (outcome = 'open' OR closed_at IS NOT NULL)
        ), shots AS (
            SELECT s.opp_id, arg_max(s.amount, s.snapshot_date) AS amount
            FROM opportunity_snapshots s JOIN known k ON k.opp_id = s.opp_id
            WHERE s.snapshot_date <= $day AND (k.closed IS NULL OR s.snapshot_date < k.closed)
            GROUP BY s.opp_id
        )
        SELECT k.opp_id, k.created, k.closed, k.closed IS NOT NULL AND k.outcome = 'won' AS won,
               CASE WHEN coalesce(s.amount, k.amount) > 0 THEN coalesce(s.amount, k.amount) END AS quoted
        FROM known k LEFT JOIN shots s ON s.opp_id = k.opp_id ORDER BY k.opp_id
    """
    found = mart.query(sql, day=day)
    return found.assign(won=found["won"].astype(bool), quoted=found["quoted"].astype(float))


def stays(mart: Mart, funnel: Funnel, day: date) -> pd.DataFrame:
    """Stages entered to the end of ``day``: ``opp_id``, ``stage`` (key of the settings), ``entered``; in order."""
    sql = f"""
        WITH {stage_map_sql(funnel)}
        SELECT h.opp_id, coalesce(m.stage_key, h.stage) AS stage, CAST(h.entered_at AS DATE) AS entered
        FROM stage_history h LEFT JOIN stage_map m ON m.stage = h.stage
        WHERE CAST(h.entered_at AS DATE) <= $day ORDER BY h.entered_at, h.opp_id
    """
    return mart.query(sql, day=day, **stage_values(funnel))


def open_by(mart: Mart, day: date, column: str) -> pd.DataFrame:
    """Amount of the deals open at the end of ``day`` by a column of accounts or ``region``: ``member``, ``amount``,
    ``deals``."""
    members = {"industry": "a.industry", "customer_type": "a.customer_type", "region": "coalesce(r.name, o.region_id)"}
    sql = f"""
        SELECT {members[column]} AS member, coalesce(sum(o.amount), 0) AS amount, count(*) AS deals
        FROM opportunities o
        LEFT JOIN accounts a ON a.account_id = o.account_id
        LEFT JOIN regions r ON r.region_id = coalesce(o.region_id, a.region_id)
        WHERE CAST(o.created_at AS DATE) <= $day
              AND (o.outcome = 'open' OR CAST(o.closed_at AS DATE) > $day) AND {members[column]} IS NOT NULL
        GROUP BY {members[column]} ORDER BY member
    """
    return mart.query(sql, day=day)
