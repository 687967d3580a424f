"""Projects of accounts and their milestones (requirements K-03, K-04, K-50)."""

from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..periods import Window


def open_projects(mart: Mart, day: date) -> pd.DataFrame:
    """Projects under way on ``day``: project_id, project (name), account_id, type, start, planned_end, amount (project
    revenue, else the opportunity's amount), opp_id."""
    sql = """
        SELECT p.project_id, coalesce(p.name, p.project_id) AS project, p.account_id, coalesce(p.type, '其他') AS type,
               p.start, p.planned_end, coalesce(nullif(p.revenue, 0), o.amount, 0) AS amount, p.opp_id
        FROM projects AS p LEFT JOIN opportunities AS o ON o.opp_id = p.opp_id
        WHERE coalesce(p.start, $day) <= $day AND (p."end" IS NULL OR p."end" > $day) AND p.account_id IS NOT NULL
        ORDER BY p.project_id
    """
    return mart.query(sql, day=day)


def milestones(mart: Mart) -> pd.DataFrame:
    """Milestones that have a planned day: project_id, name, planned, forecast, actual, weight (null where unknown)."""
    return mart.query("""
        SELECT project_id, name, planned, forecast, actual, weight FROM project_milestones
        WHERE planned IS NOT NULL ORDER BY project_id, planned, name
    """)


def signed_projects(mart: Mart, window: Window) -> pd.DataFrame:
    """Deals of projects signed in ``window``, largest first.

    Columns: project_id, project, account_id, opp_id, amount, signed (day), first_contact (day), budget_cost, revenue,
    rivals (JSON list of competitor ids, or null), is_customised.
    """
    sql = """
        WITH signed AS (
            SELECT opp_id, CAST(min(signed_at) AS DATE) AS day FROM contracts WHERE opp_id IS NOT NULL GROUP BY opp_id
        )
        SELECT p.project_id, coalesce(p.name, p.project_id) AS project, o.account_id, o.opp_id, o.amount,
               coalesce(s.day, CAST(o.closed_at AS DATE)) AS signed,
               CAST(coalesce(o.first_contact_at, o.created_at) AS DATE) AS first_contact,
               p.budget_cost, p.revenue, CAST(o.present_competitors AS VARCHAR) AS rivals, o.is_customised
        FROM projects AS p JOIN opportunities AS o ON o.opp_id = p.opp_id LEFT JOIN signed AS s ON s.opp_id = o.opp_id
        WHERE o.outcome = 'won' AND coalesce(s.day, CAST(o.closed_at AS DATE)) BETWEEN $start AND $end
        ORDER BY o.amount DESC, p.project_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def stage_days(mart: Mart) -> pd.DataFrame:
    """Days that each opportunity spent in each stage it left: opp_id, stage, days (fractions of a day)."""
    return mart.query("""
        SELECT opp_id, stage, sum(date_diff('second', entered_at, exited_at)) / 86400.0 AS days FROM stage_history
        WHERE exited_at IS NOT NULL AND entered_at <= exited_at GROUP BY opp_id, stage ORDER BY opp_id, stage
    """)


def competitor_names(mart: Mart) -> dict[str, str]:
    """Name of each competitor by id."""
    found = mart.query("SELECT competitor_id, coalesce(name, competitor_id) AS name FROM competitors")
    return dict(zip(found["competitor_id"], found["name"], strict=True))
