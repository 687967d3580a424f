"""Approval steps of quotes and contracts."""

from ..mart.store import Mart
from ..periods import Window


def approval_runs(mart: Mart, window: Window):
    """One row per approved object first submitted in the window: object, object_id, submitted_at, decided_at, steps,
    returned; ``decided_at`` is the last decision and null while a step is open (requirement P-10)."""
    return mart.query(
        """
        SELECT object, object_id,
               min(submitted_at) AS submitted_at,
               CASE WHEN count(*) = count(decided_at) THEN max(decided_at) END AS decided_at,
               count(*) AS steps,
               coalesce(bool_or(decision = '退回'), false) AS returned
        FROM approvals
        GROUP BY object, object_id
        HAVING CAST(min(submitted_at) AS DATE) BETWEEN $start AND $end
        ORDER BY object, object_id
        """,
        start=window.start,
        end=window.end,
    )


def approval_steps(mart: Mart, window: Window):
    """One row per decided step submitted in the window: object, department, submitted_at, decided_at."""
    return mart.query(
        """
        SELECT object, coalesce(department, '未分类') AS department, submitted_at, decided_at
        FROM approvals
        WHERE decided_at IS NOT NULL AND CAST(submitted_at AS DATE) BETWEEN $start AND $end
        ORDER BY approval_id
        """,
        start=window.start,
        end=window.end,
    )


def workdays(mart: Mart):
    """The working days of the mart's calendar, in order."""
    return mart.query('SELECT "date" AS day FROM calendar WHERE is_workday ORDER BY "date"').day.tolist()


def steps_of_runs(mart: Mart, window: Window):
    """Every step of the objects first submitted in ``window``: object, object_id, step_no, department, submitted_at,
    decided_at (null while open), decision, changed; in order of object and step."""
    return mart.query(
        """
        SELECT object, object_id, coalesce(step_no, 1) AS step_no, coalesce(department, '未分类') AS department,
               submitted_at, decided_at, decision, coalesce(changed, FALSE) AS changed
        FROM approvals
        WHERE object_id IN (SELECT object_id FROM approvals GROUP BY object_id
                            HAVING CAST(min(submitted_at) AS DATE) BETWEEN $start AND $end)
        ORDER BY object, object_id, step_no, submitted_at
        """,
        start=window.start,
        end=window.end,
    )


def quote_outcomes(mart: Mart, window: Window):
    """Deals closed in ``window`` that had an approved quote: opp_id, won, amount, submitted_at and decided_at of the
    longest approval of its quotes."""
    return mart.query(
        """
        WITH runs AS (
            SELECT object_id, min(submitted_at) AS submitted_at,
                   CASE WHEN count(*) = count(decided_at) THEN max(decided_at) END AS decided_at
            FROM approvals WHERE object = 'quote' GROUP BY object_id
        ), waited AS (
            SELECT q.opp_id, r.submitted_at, r.decided_at,
                   row_number() OVER (PARTITION BY q.opp_id
                                      ORDER BY r.decided_at - r.submitted_at DESC, r.submitted_at) AS place
            FROM runs r JOIN quotes q ON q.quote_id = r.object_id
            WHERE r.decided_at IS NOT NULL AND q.opp_id IS NOT NULL
        )
        SELECT o.opp_id, o.outcome = 'won' AS won, o.amount, w.submitted_at, w.decided_at
        FROM waited w JOIN opportunities o ON o.opp_id = w.opp_id
        WHERE w.place = 1 AND o.outcome IN ('won', 'lost') AND CAST(o.closed_at AS DATE) BETWEEN $start AND $end
        ORDER BY o.opp_id
        """,
        start=window.start,
        end=window.end,
    )
