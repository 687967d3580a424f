"""Competitors: who they are, what they did, and deals against them (requirements M-03, M-04)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window


def competitors(mart: Mart) -> pd.DataFrame:
    """One row per competitor: competitor_id, name, product_features, price_index, channels, strengths, weaknesses,
    is_new_entrant, need_scores (JSON text or null)."""
    return mart.query(
        """
        SELECT competitor_id, coalesce(name, competitor_id) AS name, product_features, price_index, channels, strengths,
               weaknesses, coalesce(is_new_entrant, FALSE) AS is_new_entrant,
               CAST(need_scores AS VARCHAR) AS need_scores
        FROM competitors ORDER BY competitor_id
        """
    )


def moves(mart: Mart, window: Window) -> pd.DataFrame:
    """Moves seen in ``window``, newest first: day (datetime64), competitor_id, name, type, source."""
    return mart.query(
        """
        SELECT m."date" AS day, m.competitor_id, coalesce(c.name, m.competitor_id, '未分类') AS name,
               coalesce(m.type, '未分类') AS type, m.source
        FROM competitor_moves m LEFT JOIN competitors c ON c.competitor_id = m.competitor_id
        WHERE m."date" BETWEEN $start AND $end ORDER BY m."date" DESC, m.move_id
        """,
        start=window.start,
        end=window.end,
    )


def head_to_head(mart: Mart, window: Window) -> pd.DataFrame:
    """Deals closed in ``window`` by rival: competitor_id, won, lost (deals in which the rival was present, the one that
    took the deal included), lost_amount and lost_to (deals that name the rival as the one that won).

    A deal with several rivals counts with each. Deals without any known rival have a null competitor_id.
    """
    return mart.query(
        """
        WITH closed AS (
            SELECT opp_id, outcome, amount, lost_competitor,
                   coalesce(CAST(present_competitors AS VARCHAR[]), CAST([] AS VARCHAR[])) AS present
            FROM opportunities
            WHERE outcome IN ('won', 'lost') AND CAST(closed_at AS DATE) BETWEEN $start AND $end
        ), met AS (
            SELECT opp_id, outcome, amount, lost_competitor,
                   unnest(CASE WHEN lost_competitor IS NOT NULL AND NOT list_contains(present, lost_competitor)
                               THEN list_append(present, lost_competitor) WHEN len(present) = 0 THEN [NULL]
                               ELSE present END) AS competitor_id
            FROM closed
        )
        SELECT competitor_id, count(*) FILTER (WHERE outcome = 'won') AS won,
               count(*) FILTER (WHERE outcome = 'lost') AS lost,
               count(*) FILTER (WHERE lost_competitor = competitor_id AND outcome = 'lost') AS lost_to,
               coalesce(sum(amount) FILTER (WHERE lost_competitor = competitor_id AND outcome = 'lost'), 0)
                   AS lost_amount
        FROM met GROUP BY competitor_id ORDER BY competitor_id
        """,
        start=window.start,
        end=window.end,
    )


def worked_pipeline(mart: Mart, window: Window) -> float:
    """Amount of all opportunities that were open on some day of ``window``."""
    found = mart.query(
        """
        SELECT coalesce(sum(amount), 0) AS amount FROM opportunities
        WHERE CAST(created_at AS DATE) <= $end
              AND (closed_at IS NULL OR outcome = 'open' OR CAST(closed_at AS DATE) >= $start)
        """,
        start=window.start,
        end=window.end,
    )
    return float(found["amount"].iloc[0])


def lost_quotes(mart: Mart, window: Window) -> pd.DataFrame:
    """The last quote of each deal lost to a named rival in ``window``: competitor_id, quotes, amount, list_amount."""
    return mart.query(
        """
        WITH last AS (
            SELECT q.opp_id, q.amount, q.list_amount,
                   row_number() OVER (PARTITION BY q.opp_id
                                      ORDER BY coalesce(q.version, 1) DESC, q.quote_id DESC) AS place
            FROM quotes q WHERE q.amount > 0 AND q.list_amount > 0
        )
        SELECT o.lost_competitor AS competitor_id, count(*) AS quotes, sum(l.amount) AS amount,
               sum(l.list_amount) AS list_amount
        FROM opportunities o JOIN last l ON l.opp_id = o.opp_id AND l.place = 1
        WHERE o.outcome = 'lost' AND o.lost_competitor IS NOT NULL
              AND CAST(o.closed_at AS DATE) BETWEEN $start AND $end
        GROUP BY o.lost_competitor ORDER BY o.lost_competitor
        """,
        start=window.start,
        end=window.end,
    )


def losses(mart: Mart, window: Window) -> tuple[int, int, int]:
    """Deals lost in ``window``: all, those lost to a named rival, and of these to a new entrant."""
    row = mart.query(
        """
        SELECT count(*) AS lost, count(o.lost_competitor) AS to_rival,
               count(*) FILTER (WHERE c.is_new_entrant) AS to_entrant
        FROM opportunities o LEFT JOIN competitors c ON c.competitor_id = o.lost_competitor
        WHERE o.outcome = 'lost' AND CAST(o.closed_at AS DATE) BETWEEN $start AND $end
        """,
        start=window.start,
        end=window.end,
    ).iloc[0]
    return int(row["lost"]), int(row["to_rival"]), int(row["to_entrant"])
