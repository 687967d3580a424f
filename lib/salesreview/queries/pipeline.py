"""The open pipeline at the ends of a period and what became of its deals (requirements S2-43, S4-31)."""

from datetime import date, timedelta

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED
from ..settings import Funnel
from .cycle import stage_map_sql, stage_values

OLD = 45
"""A snapshot more than so many days before the day that it stands for is no picture of it."""


def snapshot_day(mart: Mart, day: date) -> date | None:
    """The last day with snapshots on or before ``day``; None without one in the `OLD` days before."""
    if mart.missing("opportunity_snapshots.expected_close"):
        return None
    sql = "SELECT max(snapshot_date) AS day FROM opportunity_snapshots WHERE snapshot_date BETWEEN $since AND $day"
    found = mart.query(sql, since=day - timedelta(days=OLD), day=day).iloc[0]["day"]
    return None if pd.isna(found) else found.date()


def period_deals(mart: Mart, window: Window) -> pd.DataFrame | None:
    """Deals open at any time of ``window``, for `metrics.pipeline.flow`; None without snapshots at both ends.

    Columns: ``opp_id``, ``account``, ``stage`` (at the last snapshot), ``start``, ``first``, ``new``, ``end``,
    ``fate``, ``closing``, ``expected_first`` (the first expected day within the period), ``expected_last``.
    """
    before = snapshot_day(mart, window.start - timedelta(days=1))
    last = snapshot_day(mart, window.end)
    if before is None or last is None or last < window.start:
        return None
    sql = """
        WITH shots AS (
            SELECT opp_id, snapshot_date, stage, coalesce(amount, 0) AS amount, expected_close
            FROM opportunity_snapshots WHERE snapshot_date BETWEEN $before AND $last
        ), seen AS (
            SELECT opp_id,
                   max(CASE WHEN snapshot_date = $before AND expected_close <= $end THEN amount END) AS opening,
                   arg_min(amount, snapshot_date) FILTER (WHERE expected_close <= $end) AS first_amount,
                   arg_min(expected_close, snapshot_date) FILTER (WHERE expected_close <= $end) AS expected_first,
                   max(CASE WHEN snapshot_date = $last AND expected_close <= $end THEN amount END) AS closing_in,
                   arg_max(expected_close, snapshot_date) AS expected_last,
                   arg_max(stage, snapshot_date) AS stage
            FROM shots GROUP BY opp_id
        )
        SELECT o.opp_id, coalesce(a.name, o.account_id) AS account, s.stage,
               coalesce(s.opening, 0) AS start, coalesce(s.first_amount, 0) AS first,
               CAST(o.created_at AS DATE) > $before AS new,
               CASE WHEN closed.fate = 'open' THEN coalesce(s.closing_in, 0) ELSE 0 END AS end,
               closed.fate, coalesce(o.amount, 0) AS closing, s.expected_first, s.expected_last
        FROM opportunities o
        LEFT JOIN seen s ON s.opp_id = o.opp_id
        LEFT JOIN accounts a ON a.account_id = o.account_id
        JOIN (SELECT opp_id, CASE WHEN outcome IN ('won', 'lost') AND CAST(closed_at AS DATE) <= $last THEN outcome
                                  ELSE 'open' END AS fate FROM opportunities) closed ON closed.opp_id = o.opp_id
        WHERE CAST(o.created_at AS DATE) <= $last
              AND (o.closed_at IS NULL OR CAST(o.closed_at AS DATE) > $before)
        ORDER BY o.opp_id
    """
    return _bools(mart.query(sql, before=before, last=last, end=window.end), "new")


def rebuilt_deals(mart: Mart, window: Window) -> pd.DataFrame:
    """As `period_deals` where there are no snapshots: every open deal with its amount of today, so that nothing can be
    cut or slip; ``start`` and ``end`` are the whole open pipeline."""
    sql = """
        SELECT opp_id, CAST(created_at AS DATE) >= $start AS new, coalesce(amount, 0) AS closing,
               CASE WHEN CAST(created_at AS DATE) < $start THEN coalesce(amount, 0) ELSE 0 END AS start,
               coalesce(amount, 0) AS first,
               CASE WHEN outcome IN ('won', 'lost') AND CAST(closed_at AS DATE) <= $end THEN outcome ELSE 'open' END
                   AS fate
        FROM opportunities
        WHERE CAST(created_at AS DATE) <= $end AND (closed_at IS NULL OR CAST(closed_at AS DATE) >= $start)
        ORDER BY opp_id
    """
    found = _bools(mart.query(sql, start=window.start, end=window.end), "new")
    return found.assign(end=found["closing"].where(found["fate"] == "open", 0.0))


def lost_priced(mart: Mart, window: Window) -> bool:
    """Whether at least half of the deals lost in ``window`` have an amount; True when none was lost.

    Where amounts are entered on winning only, sums over open and lost deals would know the outcome.
    """
    sql = """SELECT count(*) AS n, count(CASE WHEN amount > 0 THEN 1 END) AS priced FROM opportunities
             WHERE outcome = 'lost' AND CAST(closed_at AS DATE) BETWEEN $start AND $end"""
    row = mart.query(sql, start=window.start, end=window.end).iloc[0]
    return bool(row["priced"] * 2 >= row["n"])


def open_stages(mart: Mart, funnel: Funnel, day: date) -> pd.DataFrame:
    """Deals open at the end of ``day`` in their stage: ``opp_id``, ``stage`` (key), ``days`` in it so far, ``amount``,
    ``expected_close`` (as known then, else as known today)."""
    sql = f"""
        WITH {stage_map_sql(funnel)}, stays AS (
            SELECT h.opp_id, coalesce(m.stage_key, h.stage) AS stage, h.entered_at,
                   row_number() OVER (PARTITION BY h.opp_id ORDER BY h.entered_at DESC) AS place
            FROM stage_history h LEFT JOIN stage_map m ON m.stage = h.stage
            WHERE CAST(h.entered_at AS DATE) <= $day
        )
        SELECT s.opp_id, s.stage, date_diff('day', CAST(s.entered_at AS DATE), CAST($day AS DATE)) AS days,
               coalesce(o.amount, 0) AS amount, coalesce(p.expected_close, o.expected_close) AS expected_close
        FROM stays s JOIN opportunities o ON o.opp_id = s.opp_id
        LEFT JOIN opportunity_snapshots p ON p.opp_id = o.opp_id AND p.snapshot_date = $shot
        WHERE s.place = 1 AND (o.outcome = 'open' OR o.closed_at IS NULL OR CAST(o.closed_at AS DATE) > $day)
              AND s.stage NOT IN ('lead', 'collection')
        ORDER BY s.opp_id
    """
    shot = snapshot_day(mart, day) or day
    return mart.query(sql, day=day, shot=shot, **stage_values(funnel))


def stage_wins(mart: Mart, funnel: Funnel, window: Window) -> pd.DataFrame:
    """Deals closed in ``window`` by stage that they entered: ``stage``, ``n``, ``won``, ``days_p75`` of the won ones'
    stays there."""
    sql = f"""
        WITH {stage_map_sql(funnel)}, stays AS (
            SELECT h.opp_id, coalesce(m.stage_key, h.stage) AS stage,
                   sum(epoch(coalesce(h.exited_at, o.closed_at)) - epoch(h.entered_at)) / 86400.0 AS days,
                   any_value(o.outcome) AS outcome
            FROM stage_history h LEFT JOIN stage_map m ON m.stage = h.stage
            JOIN opportunities o ON o.opp_id = h.opp_id
            WHERE o.outcome IN ('won', 'lost') AND CAST(o.closed_at AS DATE) BETWEEN $start AND $end
            GROUP BY h.opp_id, coalesce(m.stage_key, h.stage)
        )
        SELECT coalesce(stage, '{UNCLASSIFIED}') AS stage, count(*) AS n,
               count(CASE WHEN outcome = 'won' THEN 1 END) AS won,
               quantile_cont(days, 0.75) FILTER (WHERE outcome = 'won') AS days_p75
        FROM stays GROUP BY stage ORDER BY stage
    """
    return mart.query(sql, start=window.start, end=window.end, **stage_values(funnel))


def won_amount(mart: Mart, window: Window) -> tuple[int, float]:
    """Number and amount of the deals won in ``window``."""
    sql = """SELECT count(*) AS n, coalesce(sum(amount), 0) AS amount FROM opportunities
             WHERE outcome = 'won' AND CAST(closed_at AS DATE) BETWEEN $start AND $end"""
    row = mart.query(sql, start=window.start, end=window.end).iloc[0]
    return int(row["n"]), float(row["amount"])


def _bools(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    return frame.assign(**{name: frame[name].fillna(False).astype(bool) for name in names})
