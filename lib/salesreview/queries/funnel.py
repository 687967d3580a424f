"""How leads and opportunities move through the sales stages, as small frames (engine row E-11).

The steps are ``lead``, ``opportunity``, then the stages of the settings between first contact and signing, then
``signed``. A record that reached a later step counts as having passed the earlier ones, at the latest on the day of
the later one; a stage entered again counts once, from its first entry. Whatever happened after ``observed`` is
invisible, so that last year's cohort can be seen as it was at the same age.
"""

from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED
from ..settings import Funnel

ENDS = ("lead", "contact", "signing", "collection")
DEMO, QUOTE = "demo", "quote"
DEMO_ACTIVITY = "演示"


def steps(funnel: Funnel) -> tuple[str, ...]:
    """Keys of the funnel's steps in order.

    >>> steps(Funnel())
    ('lead', 'opportunity', 'needs', 'demo', 'quote', 'negotiation', 'signed')
    """
    return ("lead", "opportunity", *(key for key in funnel.stages if key not in ENDS), "signed")


def lead_cohort(mart: Mart, funnel: Funnel, window: Window, observed: date, mature_by: date) -> pd.DataFrame:
    """Leads received in ``window``, followed to ``observed`` (D-22, cohort basis).

    Columns: ``channel``, ``team_id``, ``matured`` (received on or before ``mature_by``), ``level`` (position in
    `steps` of the last step reached, 0 for a lead that never became an opportunity), ``undecided`` (neither signed,
    lost nor disqualified yet), ``n``.
    """
    sql = f"""
        {_reached(mart, funnel)},
        links AS (
            SELECT lead_id, opp_id FROM leads WHERE opp_id IS NOT NULL
            UNION SELECT lead_id, opp_id FROM opportunities WHERE lead_id IS NOT NULL
        ), followed AS (
            SELECT k.lead_id, max(r.level) AS level, max(CASE WHEN d.state = 'open' THEN 1 ELSE 0 END) AS pending
            FROM links k JOIN reached r ON r.opp_id = k.opp_id JOIN deals d ON d.opp_id = k.opp_id
            GROUP BY k.lead_id
        ), cohort AS (
            SELECT l.lead_id,
                   coalesce(c.name, l.source_channel, '{UNCLASSIFIED}') AS channel,
                   coalesce(p.team_id, '{UNCLASSIFIED}') AS team_id,
                   CAST(l.received_at AS DATE) <= $mature_by AS matured,
                   coalesce(f.level, CASE WHEN l.status = 'converted' AND l.opp_id IS NULL THEN 1 ELSE 0 END) AS level,
                   CASE WHEN f.lead_id IS NOT NULL THEN f.pending = 1 AND f.level < $signed
                        ELSE coalesce(CAST(l.disqualified_at AS DATE) > $observed, l.status <> 'disqualified', TRUE)
                   END AS undecided
            FROM leads l
            LEFT JOIN followed f ON f.lead_id = l.lead_id
            LEFT JOIN channels c ON c.channel_id = l.source_channel
            LEFT JOIN reps p ON p.rep_id = l.assigned_rep_id
            WHERE CAST(l.received_at AS DATE) BETWEEN $start AND $end
        )
        SELECT channel, team_id, matured, CAST(level AS INTEGER) AS level, undecided, count(*) AS n
        FROM cohort GROUP BY channel, team_id, matured, level, undecided
        ORDER BY channel, team_id, matured, level, undecided
    """
    return _query(mart, sql, funnel, observed, start=window.start, end=window.end, mature_by=mature_by)


def deal_cohort(mart: Mart, funnel: Funnel, window: Window, observed: date, mature_by: date) -> pd.DataFrame:
    """As `lead_cohort` for opportunities created in ``window``; ``level`` is at least 1."""
    sql = f"""
        {_reached(mart, funnel)},
        cohort AS (
            SELECT d.opp_id, d.channel, d.team_id, d.created_on <= $mature_by AS matured, max(r.level) AS level,
                   d.state = 'open' AND max(r.level) < $signed AS undecided
            FROM deals d JOIN reached r ON r.opp_id = d.opp_id
            WHERE d.created_on BETWEEN $start AND $end
            GROUP BY d.opp_id, d.channel, d.team_id, d.created_on, d.state
        )
        SELECT channel, team_id, matured, CAST(level AS INTEGER) AS level, undecided, count(*) AS n
        FROM cohort GROUP BY channel, team_id, matured, level, undecided
        ORDER BY channel, team_id, matured, level, undecided
    """
    return _query(mart, sql, funnel, observed, start=window.start, end=window.end, mature_by=mature_by)


def throughput(mart: Mart, funnel: Funnel, window: Window) -> pd.DataFrame:
    """Leads received and opportunities that first reached each step within ``window``: ``level``, ``n`` (D-22)."""
    sql = f"""
        {_reached(mart, funnel)}
        SELECT 0 AS level, count(*) AS n FROM leads WHERE CAST(received_at AS DATE) BETWEEN $start AND $end
        UNION ALL
        SELECT CAST(level AS INTEGER), count(*) FROM reached WHERE reached_on BETWEEN $start AND $end GROUP BY level
        ORDER BY level
    """
    return _query(mart, sql, funnel, window.end, start=window.start, end=window.end)


def conversions(mart: Mart, funnel: Funnel, window: Window, observed: date) -> pd.DataFrame:
    """Opportunities that came to a step in ``window`` and what became of them by ``observed`` (D-24 to D-26).

    Columns: ``step`` (demo, quote: with a demo or quote of their own; the stage before signing: reached or skipped),
    ``channel``, ``month``, ``n``, ``progressed`` (reached a later step), ``failed`` (lost without), ``undecided``,
    ``amount``, ``amount_progressed``, ``amount_failed``.
    """
    sql = f"""
        {_reached(mart, funnel)},
        bases AS (
            SELECT opp_id, level, min(CAST(happened AS DATE)) AS base_on FROM events
            WHERE level IN ($demo, $quote) AND level < $signed - 1 GROUP BY opp_id, level
            UNION ALL SELECT opp_id, level, reached_on FROM reached WHERE level = $signed - 1
        ), furthest AS (
            SELECT opp_id, max(level) AS level FROM reached GROUP BY opp_id
        ), judged AS (
            SELECT b.level, b.base_on, d.channel, d.amount, d.state = 'lost' AS lost,
                   f.level > b.level AS progressed
            FROM bases b JOIN deals d ON d.opp_id = b.opp_id JOIN furthest f ON f.opp_id = b.opp_id
            WHERE b.base_on BETWEEN $start AND $end
        )
        SELECT CAST(level AS INTEGER) AS level, channel, CAST(date_trunc('month', base_on) AS DATE) AS month,
               count(*) AS n,
               count(CASE WHEN progressed THEN 1 END) AS progressed,
               count(CASE WHEN lost AND NOT progressed THEN 1 END) AS failed,
               count(CASE WHEN NOT lost AND NOT progressed THEN 1 END) AS undecided,
               coalesce(sum(amount), 0) AS amount,
               coalesce(sum(CASE WHEN progressed THEN amount END), 0) AS amount_progressed,
               coalesce(sum(CASE WHEN lost AND NOT progressed THEN amount END), 0) AS amount_failed
        FROM judged GROUP BY level, channel, CAST(date_trunc('month', base_on) AS DATE)
        ORDER BY level, channel, month
    """
    frame = _query(mart, sql, funnel, observed, start=window.start, end=window.end)
    names = steps(funnel)
    frame.insert(0, "step", [names[level] for level in frame["level"]])
    return frame.drop(columns="level")


def closed(mart: Mart, window: Window) -> pd.DataFrame:
    """Opportunities closed in ``window`` (D-26): ``channel``, ``month``, ``won``, ``lost``, ``won_amount``,
    ``lost_amount``, ``priced_won``, ``priced_lost`` (closed with an amount above zero)."""
    sql = f"""
        WITH {_deals()}
        SELECT channel, CAST(date_trunc('month', closed_on) AS DATE) AS month,
               count(CASE WHEN state = 'won' THEN 1 END) AS won, count(CASE WHEN state = 'lost' THEN 1 END) AS lost,
               coalesce(sum(CASE WHEN state = 'won' THEN amount END), 0) AS won_amount,
               coalesce(sum(CASE WHEN state = 'lost' THEN amount END), 0) AS lost_amount,
               count(CASE WHEN state = 'won' AND amount > 0 THEN 1 END) AS priced_won,
               count(CASE WHEN state = 'lost' AND amount > 0 THEN 1 END) AS priced_lost
        FROM deals WHERE state <> 'open' AND closed_on BETWEEN $start AND $end
        GROUP BY channel, CAST(date_trunc('month', closed_on) AS DATE) ORDER BY channel, month
    """
    return mart.query(sql, observed=window.end, start=window.start, end=window.end)


def open_deals(mart: Mart, day: date) -> tuple[int, float]:
    """Number and amount of the opportunities that were open at the end of ``day``."""
    sql = f"""WITH {_deals()} SELECT count(*) AS n, coalesce(sum(amount), 0) AS amount FROM deals
              WHERE state = 'open' AND created_on <= $observed"""
    row = mart.query(sql, observed=day).iloc[0]
    return int(row["n"]), float(row["amount"])


def lost_reasons(mart: Mart, funnel: Funnel, window: Window) -> pd.DataFrame:
    """Opportunities lost in ``window`` by the last step that they reached and the reason: ``step``, ``reason``
    (未分类 where none is given), ``n``, ``amount``."""
    sql = f"""
        {_reached(mart, funnel)},
        last AS (SELECT opp_id, max(level) AS level FROM reached GROUP BY opp_id)
        SELECT CAST(l.level AS INTEGER) AS level, d.reason, count(*) AS n, coalesce(sum(d.amount), 0) AS amount
        FROM deals d JOIN last l ON l.opp_id = d.opp_id
        WHERE d.state = 'lost' AND d.closed_on BETWEEN $start AND $end
        GROUP BY l.level, d.reason ORDER BY level, n DESC, d.reason
    """
    frame = _query(mart, sql, funnel, window.end, start=window.start, end=window.end)
    names = steps(funnel)
    frame.insert(0, "step", [names[level] for level in frame["level"]])
    return frame.drop(columns="level")


def disqualified(mart: Mart, window: Window, observed: date) -> pd.DataFrame:
    """Leads received in ``window`` and disqualified by ``observed``: ``reason`` (未分类 without one), ``n``."""
    sql = f"""
        SELECT coalesce(disqualify_reason, '{UNCLASSIFIED}') AS reason, count(*) AS n FROM leads
        WHERE status = 'disqualified' AND CAST(received_at AS DATE) BETWEEN $start AND $end
              AND coalesce(CAST(disqualified_at AS DATE) <= $observed, TRUE)
        GROUP BY coalesce(disqualify_reason, '{UNCLASSIFIED}') ORDER BY n DESC, reason
    """
    return mart.query(sql, start=window.start, end=window.end, observed=observed)


def _deals() -> str:
    return f"""deals AS (
        SELECT o.opp_id, coalesce(o.team_id, p.team_id, '{UNCLASSIFIED}') AS team_id, o.amount,
               coalesce(c.name, l.source_channel, a.acquisition_channel, '{UNCLASSIFIED}') AS channel,
               coalesce(o.lost_reason, '{UNCLASSIFIED}') AS reason,
               CAST(o.created_at AS DATE) AS created_on, CAST(o.closed_at AS DATE) AS closed_on,
               CASE WHEN o.outcome IN ('won', 'lost') AND coalesce(CAST(o.closed_at AS DATE) <= $observed, TRUE)
                    THEN o.outcome ELSE 'open' END AS state
        FROM opportunities o
        LEFT JOIN leads l ON l.lead_id = o.lead_id
        LEFT JOIN accounts a ON a.account_id = o.account_id
        LEFT JOIN channels c ON c.channel_id = coalesce(l.source_channel, a.acquisition_channel)
        LEFT JOIN reps p ON p.rep_id = o.rep_id
    )"""


def _reached(mart: Mart, funnel: Funnel) -> str:
    """CTEs ``deals``, ``events`` (what happened by ``$observed``) and ``reached`` (opp_id, level, reached_on)."""
    sent = "sent_at" if not mart.missing("quotes.sent_at") else "coalesce(approved_at, submitted_at, requested_at)"
    names = [(name, level) for level, key in _stage_levels(funnel) for name in funnel.stages[key]]
    rows = ", ".join(f"($stage_{i}, {level})" for i, (_, level) in enumerate(names))
    return f"""WITH {_deals()},
        stage_map(stage, level) AS (VALUES {rows}),
        signings AS (SELECT opp_id, min(signed_at) AS happened FROM contracts WHERE opp_id IS NOT NULL GROUP BY opp_id),
        events AS (
            SELECT opp_id, level, happened FROM (
                SELECT opp_id, 1 AS level, created_at AS happened FROM opportunities
                UNION ALL SELECT h.opp_id, m.level, h.entered_at FROM stage_history h
                          JOIN stage_map m ON m.stage = h.stage
                UNION ALL SELECT opp_id, $demo, started_at FROM activities WHERE type = '{DEMO_ACTIVITY}'
                UNION ALL SELECT opp_id, $quote, {sent} FROM quotes
                UNION ALL SELECT s.opp_id, $signed, s.happened FROM signings s
                UNION ALL SELECT o.opp_id, $signed, o.closed_at FROM opportunities o
                          LEFT JOIN signings s ON s.opp_id = o.opp_id WHERE o.outcome = 'won' AND s.happened IS NULL
            ) AS found
            WHERE opp_id IS NOT NULL AND level >= 1 AND CAST(happened AS DATE) <= $observed
        ),
        levels AS (SELECT CAST(level AS INTEGER) AS level FROM generate_series(1, $signed) AS g(level)),
        reached AS (
            SELECT e.opp_id, v.level, min(CAST(e.happened AS DATE)) AS reached_on
            FROM events e JOIN levels v ON e.level >= v.level GROUP BY e.opp_id, v.level
        )"""


def _stage_levels(funnel: Funnel) -> list[tuple[int, str]]:
    """Position in `steps` for each stage: before signing is the stage of signing, after it the collection."""
    order = steps(funnel)
    signed = len(order) - 1
    fixed = {"lead": 1, "contact": 1, "signing": signed - 1, "collection": signed}
    return [(fixed[key] if key in fixed else order.index(key), key) for key in funnel.stages]


def _query(mart: Mart, sql: str, funnel: Funnel, observed: date, **window) -> pd.DataFrame:
    order = steps(funnel)
    names = [name for _, key in _stage_levels(funnel) for name in funnel.stages[key]]
    stages = {f"stage_{i}": name for i, name in enumerate(names)}
    marks = {
        "signed": len(order) - 1,
        "demo": order.index(DEMO) if DEMO in order else -1,
        "quote": order.index(QUOTE) if QUOTE in order else -1,
    }
    return mart.query(sql, observed=observed, **marks, **stages, **window)
