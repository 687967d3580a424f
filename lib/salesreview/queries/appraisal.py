"""What people's portfolios, courses and leads say of them, as small frames by rep (requirements S1-39 … S1-45)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window, add_months
from ..record import UNCLASSIFIED


def portfolio(mart: Mart, window: Window) -> pd.DataFrame:
    """Accounts that ordered in the 12 months up to the window's end or before its start, by account_id.

    Columns: account_id, orders (of the 12 months up to the window's end), prior (ordered in the 12 months before the
    window), again (ordered in it), placed (orders in it). Returns are no orders.
    """
    return mart.query(
        f"""
        SELECT account_id, count(DISTINCT CASE WHEN order_date > $year THEN order_id END) AS orders,
               count(CASE WHEN order_date < $start THEN 1 END) > 0 AS prior,
               count(CASE WHEN order_date >= $start THEN 1 END) > 0 AS again,
               count(DISTINCT CASE WHEN order_date >= $start THEN order_id END) AS placed
        FROM sales_facts
        WHERE order_date BETWEEN $since AND $end AND NOT is_return AND account_id <> '{UNCLASSIFIED}'
        GROUP BY account_id ORDER BY account_id
        """,
        start=window.start,
        end=window.end,
        since=add_months(window.start, -12),
        year=add_months(window.end, -12),
    )


def complaints(mart: Mart, window: Window) -> pd.DataFrame:
    """Tickets opened in ``window`` by account: account_id, tickets, complaints."""
    return mart.query(
        """
        SELECT account_id, count(*) AS tickets, count(CASE WHEN is_complaint THEN 1 END) AS complaints
        FROM tickets WHERE CAST(opened_at AS DATE) BETWEEN $start AND $end GROUP BY account_id ORDER BY account_id
        """,
        start=window.start,
        end=window.end,
    )


def test_scores(mart: Mart, window: Window) -> pd.DataFrame:
    """Mean test score of courses in the 12 months up to the window's end: rep_id, score (0-1 of 100), tests."""
    return mart.query(
        """
        SELECT rep_id, avg(CAST(coalesce(score, post_score) AS DOUBLE)) / 100 AS score, count(*) AS tests
        FROM training_records
        WHERE coalesce(score, post_score) IS NOT NULL AND "date" > $since AND "date" <= $end
        GROUP BY rep_id ORDER BY rep_id
        """,
        since=add_months(window.end, -12),
        end=window.end,
    )


def peer_ratings(mart: Mart, window: Window) -> pd.DataFrame:
    """360 answers of the 12 months up to the window's end by team: team_id, score (0-1 of the scale), answers."""
    return mart.query(
        f"""
        SELECT coalesce(r.team_id, '{UNCLASSIFIED}') AS team_id, avg(CAST(s.score / s.scale_max AS DOUBLE)) AS score,
               count(*) AS answers
        FROM surveys AS s JOIN reps AS r ON r.rep_id = s.rep_id
        WHERE s.type = '360' AND s.score IS NOT NULL AND s.scale_max > 0 AND s."date" > $since AND s."date" <= $end
        GROUP BY 1 ORDER BY 1
        """,
        since=add_months(window.end, -12),
        end=window.end,
    )
