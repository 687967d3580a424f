"""Support of other departments for customers (requirement K-24)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window


def request_accounts(mart: Mart, window: Window) -> pd.DataFrame:
    """Requests opened in ``window`` by customer: request_id, account_id (its own, else that of its opportunity; null
    where neither), repeated (asks again what an earlier request asked)."""
    return mart.query(
        """SELECT r.request_id, coalesce(r.account_id, o.account_id) AS account_id,
                  r.repeat_of IS NOT NULL AS repeated
           FROM internal_requests AS r LEFT JOIN opportunities AS o ON o.opp_id = r.opp_id
           WHERE CAST(r.opened_at AS DATE) BETWEEN $start AND $end ORDER BY r.request_id""",
        start=window.start,
        end=window.end,
    )


def running_projects(mart: Mart, window: Window) -> pd.DataFrame:
    """Projects that ran in ``window``: project_id, account_id."""
    return mart.query(
        """SELECT project_id, account_id FROM projects
           WHERE account_id IS NOT NULL AND coalesce(start, $end) <= $end AND ("end" IS NULL OR "end" >= $start)
           ORDER BY project_id""",
        start=window.start,
        end=window.end,
    )
