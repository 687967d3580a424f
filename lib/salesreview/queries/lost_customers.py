"""What was known of lost accounts before they left (requirement M-23)."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..record import UNCLASSIFIED


def last_year(mart: Mart, accounts: Sequence[str], day: date) -> pd.DataFrame:
    """For each of ``accounts`` the twelve months up to ``day``, by account_id.

    Columns: account_id, complaints (tickets that are one), score (mean of survey and ticket scores on 0-100, null
    without any), last_touch (last sales activity up to ``day``, null without one), team (of the owner).
    """
    sql = f"""
        WITH chosen AS (SELECT unnest($accounts) AS account_id),
        asked AS (
            SELECT account_id, count(CASE WHEN is_complaint THEN 1 END) AS complaints FROM tickets
            WHERE CAST(opened_at AS DATE) > $day - INTERVAL 12 MONTH AND CAST(opened_at AS DATE) <= $day
            GROUP BY account_id
        ), scores AS (
            SELECT account_id, 100 * (score - scale_min) / nullif(scale_max - scale_min, 0) AS score FROM surveys
            WHERE type IN ('NPS', 'CSAT') AND score IS NOT NULL
                  AND "date" > $day - INTERVAL 12 MONTH AND "date" <= $day
            UNION ALL
            SELECT account_id, 100 * (csat - 1) / 4 FROM tickets
            WHERE csat IS NOT NULL AND CAST(opened_at AS DATE) > $day - INTERVAL 12 MONTH
                  AND CAST(opened_at AS DATE) <= $day
        ), rated AS (
            SELECT account_id, CAST(avg(score) AS DECIMAL(20, 6)) AS score FROM scores GROUP BY account_id
        ), touched AS (
            SELECT account_id, max(CAST(started_at AS DATE)) AS last_touch FROM activities
            WHERE CAST(started_at AS DATE) <= $day GROUP BY account_id
        )
        SELECT c.account_id, coalesce(k.complaints, 0) AS complaints, r.score, t.last_touch,
               coalesce(m.name, p.team_id, '{UNCLASSIFIED}') AS team
        FROM chosen AS c
        LEFT JOIN asked AS k ON k.account_id = c.account_id
        LEFT JOIN rated AS r ON r.account_id = c.account_id
        LEFT JOIN touched AS t ON t.account_id = c.account_id
        LEFT JOIN accounts AS a ON a.account_id = c.account_id
        LEFT JOIN reps AS p ON p.rep_id = a.owner_rep_id
        LEFT JOIN teams AS m ON m.team_id = p.team_id
        ORDER BY c.account_id
    """
    return mart.query(sql, accounts=tuple(accounts), day=day)
