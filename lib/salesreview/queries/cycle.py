"""How long deals and their stages take, one row per deal or stay (requirements D-28 to D-32, engine row E-12).

Durations are distributions, so these frames hold records; days are calendar days for deals and fractions of a day for
stages.
"""

from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED
from ..settings import Funnel

_DEALS = f"""signings AS (
        SELECT opp_id, min(signed_at) AS happened FROM contracts WHERE opp_id IS NOT NULL GROUP BY opp_id
    ), deals AS (
        SELECT o.opp_id, o.outcome, CAST(o.closed_at AS DATE) AS closed_on,
               CAST(coalesce(o.first_contact_at, o.created_at) AS DATE) AS started_on,
               o.first_contact_at IS NOT NULL AS contacted,
               CAST(coalesce(s.happened, CASE WHEN o.outcome = 'won' THEN o.closed_at END) AS DATE) AS signed_on,
               s.happened IS NOT NULL AS contracted,
               coalesce(p.product_line, '{UNCLASSIFIED}') AS product_line,
               coalesce(a.customer_type, '{UNCLASSIFIED}') AS customer_type,
               coalesce(a.size_band, '{UNCLASSIFIED}') AS size_band,
               coalesce(o.rep_id, '{UNCLASSIFIED}') AS rep_id
        FROM opportunities o
        LEFT JOIN signings s ON s.opp_id = o.opp_id
        LEFT JOIN products p ON p.product_id = o.product_id
        LEFT JOIN accounts a ON a.account_id = o.account_id
    )"""


def won_deals(mart: Mart, window: Window) -> pd.DataFrame:
    """Deals won by their signing in ``window``, without a contract by their closing.

    Columns: ``opp_id``, ``days`` (signing − first contact, without one − creation; negative ones are left in for the
    caller to count and drop), ``contacted`` (a first contact is recorded), ``contracted`` (a signed contract is),
    ``product_line``, ``customer_type``, ``size_band``, ``rep_id``.
    """
    sql = f"""
        WITH {_DEALS}
        SELECT opp_id, date_diff('day', started_on, signed_on) AS days, contacted, contracted,
               product_line, customer_type, size_band, rep_id
        FROM deals WHERE outcome = 'won' AND signed_on BETWEEN $start AND $end ORDER BY opp_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def cohort(mart: Mart, window: Window) -> pd.DataFrame:
    """Deals first contacted in ``window`` and not lost in it: ``opp_id``, ``days``, ``won``.

    ``days`` run to the signing, or for a deal that is open on the window's last day to that day (censored).
    """
    sql = f"""
        WITH {_DEALS}
        SELECT opp_id, coalesce(signed_on <= $end, FALSE) AS won,
               date_diff('day', started_on, least(coalesce(signed_on, CAST($end AS DATE)), CAST($end AS DATE))) AS days
        FROM deals
        WHERE started_on BETWEEN $start AND $end AND (outcome <> 'lost' OR closed_on > $end)
              AND coalesce(signed_on >= started_on, TRUE)
        ORDER BY opp_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def stage_stays(mart: Mart, funnel: Funnel, window: Window) -> pd.DataFrame:
    """Time of each opportunity in each stage that it last left in ``window``, re-entries summed (stage_days, D-32).

    Columns: ``stage`` (key of the settings, a stage that they do not name under its own name), ``opp_id``, ``days``,
    ``waiting_days`` (of these, days in which an approval of the deal's quotes or contracts was pending; approvals
    that overlap count once), both fractions of a day.
    """
    sql = f"""
        WITH {stage_map_sql(funnel)}, {_PENDING},
        stays AS (
            SELECT h.opp_id, coalesce(m.stage_key, h.stage) AS stage, h.entered_at, h.exited_at
            FROM stage_history h LEFT JOIN stage_map m ON m.stage = h.stage WHERE h.exited_at IS NOT NULL
        ), timed AS (
            SELECT s.opp_id, s.stage, s.entered_at, s.exited_at,
                   epoch(s.exited_at) - epoch(s.entered_at) AS seconds,
                   sum(CASE WHEN w.opp_id IS NULL THEN 0
                            ELSE epoch(least(s.exited_at, w.until)) - epoch(greatest(s.entered_at, w.since))
                       END) AS waiting
            FROM stays s LEFT JOIN pending w ON w.opp_id = s.opp_id AND w.since < s.exited_at AND w.until > s.entered_at
            GROUP BY s.opp_id, s.stage, s.entered_at, s.exited_at
        )
        SELECT stage, opp_id, sum(seconds) / 86400.0 AS days, sum(waiting) / 86400.0 AS waiting_days
        FROM timed GROUP BY stage, opp_id
        HAVING CAST(max(exited_at) AS DATE) BETWEEN $start AND $end ORDER BY stage, opp_id
    """
    return mart.query(sql, start=window.start, end=window.end, **stage_values(funnel))


def open_stays(mart: Mart, funnel: Funnel, day: date) -> pd.DataFrame:
    """Stays that were still running at the end of ``day``: ``stage``, ``n``."""
    sql = f"""
        WITH {stage_map_sql(funnel)}
        SELECT coalesce(m.stage_key, h.stage) AS stage, count(*) AS n
        FROM stage_history h LEFT JOIN stage_map m ON m.stage = h.stage
        WHERE CAST(h.entered_at AS DATE) <= $day AND (h.exited_at IS NULL OR CAST(h.exited_at AS DATE) > $day)
        GROUP BY coalesce(m.stage_key, h.stage) ORDER BY stage
    """
    return mart.query(sql, day=day, **stage_values(funnel))


_PENDING = """approved AS (
        SELECT q.opp_id, a.submitted_at AS since, a.decided_at AS until FROM approvals a
        JOIN quotes q ON q.quote_id = a.object_id WHERE a.object = 'quote'
        UNION ALL SELECT c.opp_id, a.submitted_at, a.decided_at FROM approvals a
        JOIN contracts c ON c.contract_id = a.object_id WHERE a.object = 'contract'
    ), marked AS (
        SELECT opp_id, since, until,
               max(until) OVER (PARTITION BY opp_id ORDER BY since, until
                                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
        FROM approved WHERE until IS NOT NULL AND opp_id IS NOT NULL
    ), islands AS (
        SELECT opp_id, since, until,
               sum(CASE WHEN before IS NULL OR since > before THEN 1 ELSE 0 END)
                   OVER (PARTITION BY opp_id ORDER BY since, until ROWS UNBOUNDED PRECEDING) AS island
        FROM marked
    ), pending AS (
        SELECT opp_id, min(since) AS since, max(until) AS until FROM islands GROUP BY opp_id, island
    )"""


def stage_map_sql(funnel: Funnel) -> str:
    rows = ", ".join(f"($name_{i}, $key_{i})" for i in range(len(_named(funnel))))
    return f"stage_map(stage, stage_key) AS (VALUES {rows})"


def stage_values(funnel: Funnel) -> dict[str, str]:
    return {
        name: value
        for i, (key, stage) in enumerate(_named(funnel))
        for name, value in ((f"name_{i}", stage), (f"key_{i}", key))
    }


def _named(funnel: Funnel) -> list[tuple[str, str]]:
    return [(key, name) for key, names in funnel.stages.items() for name in names]
