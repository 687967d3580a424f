"""Requests between departments, hours logged and tools used, for the process sections."""

from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..periods import Window


def requests(mart: Mart, window: Window, seen: date) -> pd.DataFrame:
    """One row per request opened in ``window``, as known on ``seen``.

    Columns: from_dept, to_dept, type (未分类 where null), opp_id, opened_at, responded_at (null while unanswered),
    own_limit (hours on the request itself), repeated.
    """
    sql = """
        SELECT coalesce(from_dept, '未分类') AS from_dept, coalesce(to_dept, '未分类') AS to_dept,
               coalesce(type, '未分类') AS type, opp_id, opened_at,
               CASE WHEN CAST(responded_at AS DATE) <= $seen THEN responded_at END AS responded_at,
               sla_h AS own_limit, repeat_of IS NOT NULL AS repeated
        FROM internal_requests WHERE CAST(opened_at AS DATE) BETWEEN $start AND $end ORDER BY request_id
    """
    return mart.query(sql, start=window.start, end=window.end, seen=seen).astype({"repeated": bool})


def coordination_complaints(mart: Mart, window: Window) -> tuple[int, int]:
    """Complaints about coordination opened in ``window``, and all complaints."""
    sql = """SELECT count(CASE WHEN category = '协调' THEN 1 END) AS hits, count(*) AS n FROM tickets
             WHERE is_complaint AND CAST(opened_at AS DATE) BETWEEN $start AND $end"""
    row = mart.query(sql, start=window.start, end=window.end).iloc[0]
    return int(row["hits"]), int(row["n"])


SHARED = ("first_contact_at", "amount", "expected_close", "product_id", "region_id")
"""Fields of an opportunity that other departments work with."""


def lacking_shared(mart: Mart, window: Window) -> tuple[int, int]:
    """Deals created in ``window`` that lack a shared field, and all deals created."""
    lacks = " OR ".join(f"{field} IS NULL" for field in SHARED)
    sql = f"""SELECT count(CASE WHEN {lacks} THEN 1 END) AS hits, count(*) AS n FROM opportunities
              WHERE CAST(created_at AS DATE) BETWEEN $start AND $end"""
    row = mart.query(sql, start=window.start, end=window.end).iloc[0]
    return int(row["hits"]), int(row["n"])


def hours(mart: Mart, window: Window) -> pd.DataFrame:
    """Hours logged in weeks that begin in ``window``: month, category, hours, people, person_weeks (of the month)."""
    sql = """
        WITH log AS (SELECT *, strftime(week, '%Y-%m') AS month FROM time_log
                     WHERE week BETWEEN $start AND $end AND hours IS NOT NULL),
        weeks AS (SELECT month, count(DISTINCT rep_id || CAST(week AS VARCHAR)) AS person_weeks FROM log GROUP BY month)
        SELECT month, category, sum(hours) AS hours, count(DISTINCT rep_id) AS people, any_value(person_weeks)
               AS person_weeks
        FROM log JOIN weeks USING (month) GROUP BY month, category ORDER BY month, category
    """
    return mart.query(sql, start=window.start, end=window.end).astype({"hours": float})


def logged(mart: Mart, window: Window) -> tuple[int, float]:
    """People who logged hours in ``window``, and what they cost in its months (0 without cost records)."""
    sql = """
        WITH who AS (SELECT DISTINCT rep_id FROM time_log WHERE week BETWEEN $start AND $end)
        SELECT (SELECT count(*) FROM who) AS people, coalesce(sum(coalesce(base, 0) + coalesce(commission, 0)
               + coalesce(bonus, 0) + coalesce(benefits, 0)), 0) AS cost
        FROM rep_costs JOIN who USING (rep_id) WHERE month BETWEEN $start AND $end
    """
    row = mart.query(sql, start=window.start, end=window.end).iloc[0]
    return int(row["people"]), float(row["cost"])


def tool_users(mart: Mart, window: Window) -> pd.DataFrame:
    """One row per tool and person who was in post through ``window``: tool_id, rep_id, team, active_weeks, features
    (most used in a week). People without use have zeros."""
    sql = """
        WITH staff AS (SELECT r.rep_id, coalesce(t.name, r.team_id, '未分类') AS team FROM reps r
                       LEFT JOIN teams t USING (team_id)
                       WHERE coalesce(r.hire_date, $start) <= $start AND coalesce(r.leave_date, $end) >= $end
                             AND r.rep_id IN (SELECT rep_id FROM tool_usage)),
        used AS (SELECT tool_id, rep_id, count(CASE WHEN active_days >= 1 THEN 1 END) AS active_weeks,
                        max(features_used) AS features FROM tool_usage WHERE week BETWEEN $start AND $end
                 GROUP BY tool_id, rep_id)
        SELECT t.tool_id, s.rep_id, s.team, coalesce(u.active_weeks, 0) AS active_weeks,
               coalesce(u.features, 0) AS features
        FROM tools t CROSS JOIN staff s LEFT JOIN used u ON u.tool_id = t.tool_id AND u.rep_id = s.rep_id
        ORDER BY t.tool_id, s.rep_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def tools(mart: Mart) -> pd.DataFrame:
    """One row per tool: tool_id, tool (its name), category, licences, cost (a year), go_live, features (most that
    anybody ever used of it in a week)."""
    sql = """
        SELECT t.tool_id, coalesce(t.name, t.tool_id) AS tool, coalesce(t.category, '未分类') AS category, t.licences,
               t.cost, t.go_live, (SELECT max(features_used) FROM tool_usage u WHERE u.tool_id = t.tool_id) AS features
        FROM tools t ORDER BY t.tool_id
    """
    return mart.query(sql)


def weeks(mart: Mart, window: Window) -> int:
    """Weeks that begin in ``window`` and have usage records."""
    sql = "SELECT count(DISTINCT week) AS n FROM tool_usage WHERE week BETWEEN $start AND $end"
    return int(mart.query(sql, start=window.start, end=window.end)["n"].iloc[0])


def logging_lags(mart: Mart, window: Window) -> pd.DataFrame:
    """One row per activity in ``window`` that was logged: hours from its start to its record."""
    sql = """SELECT epoch(logged_at - started_at) / 3600.0 AS hours FROM activities
             WHERE logged_at IS NOT NULL AND CAST(started_at AS DATE) BETWEEN $start AND $end"""
    return mart.query(sql, start=window.start, end=window.end)
