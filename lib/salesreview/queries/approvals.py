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
