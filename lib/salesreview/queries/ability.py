"""What people are able to do: assessments, pipeline by topic (requirements T-02, T-18, T-20, T-21)."""

from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..periods import add_months
from ..record import UNCLASSIFIED

KEPT_MONTHS = 12
"""An assessment that is older says nothing about today (competency_gap)."""


def assessments(mart: Mart, until: date) -> pd.DataFrame:
    """Each person's two latest assessments up to ``until`` by dimension and topic, on 0-100.

    Columns rep_id, team, role, dimension, topic (NaN for the dimension as a whole), place (1 the latest, 2 the one
    before), assessed_at, score, standard (NaN where none is set). Only people in post on ``until`` whose latest
    assessment is at most twelve months old. Self-assessments count only where nobody else has assessed.
    """
    sql = f"""
        WITH known AS (
            SELECT c.*, bool_or(c.assessor IS DISTINCT FROM '自评')
                        OVER (PARTITION BY c.rep_id, c.dimension, c.topic, c.assessed_at) AS judged
            FROM competency AS c WHERE c.score IS NOT NULL AND c.scale_max > 0 AND c.assessed_at <= $until),
        averaged AS (
            SELECT rep_id, dimension, topic, assessed_at, avg(CAST(100.0 * score / scale_max AS DOUBLE)) AS score,
                   avg(CAST(100.0 * role_standard / scale_max AS DOUBLE)) AS standard
            FROM known WHERE assessor IS DISTINCT FROM '自评' OR NOT judged GROUP BY 1, 2, 3, 4),
        placed AS (
            SELECT *, row_number() OVER (PARTITION BY rep_id, dimension, topic ORDER BY assessed_at DESC) AS place,
                   max(assessed_at) OVER (PARTITION BY rep_id, dimension, topic) AS latest
            FROM averaged)
        SELECT p.rep_id, coalesce(t.name, r.team_id, '{UNCLASSIFIED}') AS team,
               coalesce(r.role, '{UNCLASSIFIED}') AS role, p.dimension, p.topic, p.place, p.assessed_at, p.score,
               p.standard
        FROM placed AS p JOIN reps AS r ON r.rep_id = p.rep_id LEFT JOIN teams AS t ON t.team_id = r.team_id
        WHERE p.place <= 2 AND p.latest > $since AND (r.leave_date IS NULL OR r.leave_date > $until)
        ORDER BY p.rep_id, p.dimension, p.topic, p.place"""
    return mart.query(sql, until=until, since=add_months(until, -KEPT_MONTHS))


def people(mart: Mart, until: date) -> pd.DataFrame:
    """Everyone in post on ``until``: rep_id, team, role, hire_date, region."""
    sql = f"""
        SELECT r.rep_id, coalesce(t.name, r.team_id, '{UNCLASSIFIED}') AS team,
               coalesce(r.role, '{UNCLASSIFIED}') AS role, r.hire_date,
               coalesce(g.name, r.region_id, '{UNCLASSIFIED}') AS region
        FROM reps AS r LEFT JOIN teams AS t ON t.team_id = r.team_id LEFT JOIN regions AS g ON g.region_id = r.region_id
        WHERE (r.leave_date IS NULL OR r.leave_date > $until) AND (r.hire_date IS NULL OR r.hire_date <= $until)
        ORDER BY r.rep_id"""
    return mart.query(sql, until=until)


def open_pipeline(mart: Mart, until: date) -> pd.DataFrame:
    """Opportunities open at the end of ``until`` by product line: product_line, deals, amount."""
    sql = f"""
        SELECT coalesce(p.product_line, '{UNCLASSIFIED}') AS product_line, count(*) AS deals,
               coalesce(sum(o.amount), 0) AS amount
        FROM opportunities AS o LEFT JOIN products AS p ON p.product_id = o.product_id
        WHERE CAST(o.created_at AS DATE) <= $until AND (o.closed_at IS NULL OR CAST(o.closed_at AS DATE) > $until)
        GROUP BY 1 ORDER BY 1"""
    return mart.query(sql, until=until)
