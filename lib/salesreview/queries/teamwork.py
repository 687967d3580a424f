"""Who works with whom: co-sold deals, requests between departments, projects, late records (T-14, T-15, T-23)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED

_NAMED = """
    named AS (
        SELECT DISTINCT o.opp_id, o.rep_id FROM opportunities AS o WHERE o.rep_id IS NOT NULL
        UNION
        SELECT t.opp_id, t.member FROM opportunity_team AS t JOIN reps AS r ON r.rep_id = t.member
        WHERE coalesce(t.split_pct, 1) > 0
    ),
    credited AS (
        SELECT opp_id, rep_id FROM named
        UNION
        SELECT o.opp_id, s.rep_id FROM order_splits AS s JOIN orders AS o ON o.order_id = s.order_id
        WHERE o.opp_id IS NOT NULL AND coalesce(s.split_pct, 1) > 0
    )
"""


def closed_deals(mart: Mart, window: Window) -> pd.DataFrame:
    """One row per opportunity won or lost in ``window``: opp_id, won, amount (NaN where unknown), named, credited.

    ``named`` counts the owner and the sellers in the deal's team with a share of the credit, known for won and lost
    deals alike; ``credited`` adds those among whom the deal's orders were split, which only a won deal can have.
    """
    sql = f"""
        WITH {_NAMED}
        SELECT o.opp_id, o.outcome = 'won' AS won, o.amount,
               (SELECT count(DISTINCT n.rep_id) FROM named AS n WHERE n.opp_id = o.opp_id) AS named,
               (SELECT count(DISTINCT c.rep_id) FROM credited AS c WHERE c.opp_id = o.opp_id) AS credited
        FROM opportunities AS o
        WHERE o.outcome IN ('won', 'lost') AND CAST(o.closed_at AS DATE) BETWEEN $start AND $end
        ORDER BY o.opp_id"""
    return mart.query(sql, start=window.start, end=window.end)


def shared_wins(mart: Mart, window: Window) -> pd.DataFrame:
    """Deals won in ``window`` by pair of teams whose sellers shared them: first, second, deals (first <= second)."""
    sql = f"""
        WITH {_NAMED},
        placed AS (
            SELECT c.opp_id, c.rep_id, coalesce(t.name, r.team_id, '{UNCLASSIFIED}') AS team
            FROM credited AS c JOIN opportunities AS o ON o.opp_id = c.opp_id
            LEFT JOIN reps AS r ON r.rep_id = c.rep_id LEFT JOIN teams AS t ON t.team_id = r.team_id
            WHERE o.outcome = 'won' AND CAST(o.closed_at AS DATE) BETWEEN $start AND $end)
        SELECT least(a.team, b.team) AS first, greatest(a.team, b.team) AS second, count(DISTINCT a.opp_id) AS deals
        FROM placed AS a JOIN placed AS b ON a.opp_id = b.opp_id AND a.rep_id < b.rep_id
        GROUP BY 1, 2 ORDER BY 1, 2"""
    return mart.query(sql, start=window.start, end=window.end)


def requests(mart: Mart, window: Window) -> pd.DataFrame:
    """One row per request between departments opened in ``window``: request_id, from_dept, to_dept, type, opp_id,
    opened_at, responded_at, sla_h, rating; unknown departments and types are 未分类."""
    sql = f"""
        SELECT request_id, coalesce(from_dept, '{UNCLASSIFIED}') AS from_dept,
               coalesce(to_dept, '{UNCLASSIFIED}') AS to_dept, coalesce(type, '{UNCLASSIFIED}') AS type, opp_id,
               opened_at, responded_at, sla_h, rating
        FROM internal_requests WHERE CAST(opened_at AS DATE) BETWEEN $start AND $end ORDER BY request_id"""
    return mart.query(sql, start=window.start, end=window.end)


def projects_due(mart: Mart, window: Window) -> pd.DataFrame:
    """Projects planned to end in ``window``, by type: type, due, on_time (ended by the planned day)."""
    sql = f"""
        SELECT coalesce(type, '{UNCLASSIFIED}') AS type, count(*) AS due,
               count(CASE WHEN "end" <= planned_end THEN 1 END) AS on_time
        FROM projects WHERE planned_end BETWEEN $start AND $end AND coalesce(status, '') <> '已取消'
        GROUP BY 1 ORDER BY 1"""
    return mart.query(sql, start=window.start, end=window.end)


def logging_lag(mart: Mart, window: Window, late_hours: float) -> pd.DataFrame:
    """Activities of ``window`` whose entry is dated, by team: team, n, late (entered more than ``late_hours`` after the
    start), hours (median hours between start and entry)."""
    sql = f"""
        SELECT coalesce(t.name, r.team_id, '{UNCLASSIFIED}') AS team, count(*) AS n,
               count(CASE WHEN epoch(a.logged_at - a.started_at) > $late * 3600 THEN 1 END) AS late,
               median(epoch(a.logged_at - a.started_at) / 3600.0) AS hours
        FROM activities AS a LEFT JOIN reps AS r ON r.rep_id = a.rep_id LEFT JOIN teams AS t ON t.team_id = r.team_id
        WHERE a.logged_at IS NOT NULL AND CAST(a.started_at AS DATE) BETWEEN $start AND $end
        GROUP BY 1 ORDER BY 1"""
    return mart.query(sql, start=window.start, end=window.end, late=late_hours)


def deal_outcomes(mart: Mart, window: Window) -> pd.DataFrame:
    """Opportunities won or lost in ``window``: opp_id, won, internal (lost for 内部流程), amount."""
    sql = """
        SELECT opp_id, outcome = 'won' AS won,
               coalesce(outcome = 'lost' AND lost_reason = '内部流程', FALSE) AS internal,
               coalesce(amount, 0) AS amount
        FROM opportunities
        WHERE outcome IN ('won', 'lost') AND CAST(closed_at AS DATE) BETWEEN $start AND $end ORDER BY opp_id"""
    return mart.query(sql, start=window.start, end=window.end)


def requests_of_deals(mart: Mart, window: Window) -> pd.DataFrame:
    """Requests that belong to the opportunities closed in ``window``, made before that; columns as `requests`."""
    sql = f"""
        SELECT i.request_id, coalesce(i.from_dept, '{UNCLASSIFIED}') AS from_dept,
               coalesce(i.to_dept, '{UNCLASSIFIED}') AS to_dept, coalesce(i.type, '{UNCLASSIFIED}') AS type, i.opp_id,
               i.opened_at, i.responded_at, i.sla_h, i.rating
        FROM internal_requests AS i JOIN opportunities AS o ON o.opp_id = i.opp_id
        WHERE o.outcome IN ('won', 'lost') AND CAST(o.closed_at AS DATE) BETWEEN $start AND $end
              AND i.opened_at <= o.closed_at
        ORDER BY i.request_id"""
    return mart.query(sql, start=window.start, end=window.end)
