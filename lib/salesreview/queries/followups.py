"""How often closed deals were followed up (requirement S1-60)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window


def followups(mart: Mart, window: Window) -> pd.DataFrame:
    """Activities per opportunity closed in ``window``, by ``outcome`` (won, lost): ``deals``, ``touches`` (all of them
    up to the closing, deals without any included)."""
    return mart.query(
        """
        WITH closed AS (
            SELECT opp_id, outcome, closed_at FROM opportunities
            WHERE outcome IN ('won', 'lost') AND CAST(closed_at AS DATE) BETWEEN $start AND $end
        )
        SELECT c.outcome, count(DISTINCT c.opp_id) AS deals, count(a.activity_id) AS touches
        FROM closed AS c LEFT JOIN activities AS a ON a.opp_id = c.opp_id AND a.started_at <= c.closed_at
        GROUP BY c.outcome ORDER BY c.outcome
        """,
        start=window.start,
        end=window.end,
    )
