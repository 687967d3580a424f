"""Leads one by one: where they come from, who got them when, and what became of them (requirements P-02 … P-08)."""

from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED

GROUPS = ("市场活动", "线上广告", "合作伙伴转介", "销售自拓", "其他")
QUALIFIED = "('qualified', 'converted')"


def leads(mart: Mart, window: Window, observed: date) -> pd.DataFrame:
    """One row per lead received in ``window``, as known at the end of ``observed``.

    Columns: ``lead_id``, ``source`` (one of `GROUPS`; a channel that no group names is 未分类), ``month`` (first day),
    ``received_at``, ``entered_at``, ``assigned_at``, ``first_touch_at`` (null when later than ``observed``),
    ``rep_id``, ``band``, ``score``, ``qualified`` (bool), ``disqualified`` (bool), ``reason``, ``opp_id``,
    ``bant_known`` (of the four questions answered, null without), ``keys_missing`` (whether industry, region or
    product interest is empty).
    """
    sql = f"""
        SELECT l.lead_id, coalesce(c.group4, '{UNCLASSIFIED}') AS source,
               CAST(date_trunc('month', l.received_at) AS DATE) AS month,
               l.received_at, l.entered_at,
               CASE WHEN CAST(l.assigned_at AS DATE) <= $observed THEN l.assigned_at END AS assigned_at,
               CASE WHEN CAST(l.first_touch_at AS DATE) <= $observed THEN l.first_touch_at END AS first_touch_at,
               l.assigned_rep_id AS rep_id, l.band, l.score,
               (l.status IN {QUALIFIED} OR l.opp_id IS NOT NULL)
                   AND coalesce(CAST(l.qualified_at AS DATE) <= $observed, TRUE) AS qualified,
               l.status = 'disqualified' AND coalesce(CAST(l.disqualified_at AS DATE) <= $observed, TRUE)
                   AS disqualified,
               CASE WHEN l.status = 'disqualified' THEN coalesce(l.disqualify_reason, '{UNCLASSIFIED}') END AS reason,
               l.qualified_at, l.disqualified_at, l.opp_id,
               {_answers()} AS bant_known,
               l.industry IS NULL OR l.region_id IS NULL OR l.product_interest IS NULL AS keys_missing
        FROM leads l LEFT JOIN channels c ON c.channel_id = l.source_channel
        WHERE CAST(l.received_at AS DATE) BETWEEN $start AND $end ORDER BY l.lead_id
    """
    found = mart.query(sql, start=window.start, end=window.end, observed=observed)
    for name in ("qualified", "disqualified", "keys_missing"):
        found[name] = found[name].fillna(False).astype(bool)
    return found


def _answers() -> str:
    questions = ("budget", "authority", "need", "timing")
    parts = (f"coalesce(CAST(json_extract(l.bant, '$.{q}') AS VARCHAR) = 'true', FALSE)" for q in questions)
    return f"CASE WHEN l.bant IS NOT NULL THEN {' + '.join(f'CAST({part} AS INTEGER)' for part in parts)} END"


def outcomes(mart: Mart, window: Window, observed: date) -> pd.DataFrame:
    """What the leads received in ``window`` brought by ``observed``: ``lead_id``, ``won``, ``amount`` of won deals."""
    sql = """
        WITH links AS (
            SELECT lead_id, opp_id FROM leads WHERE opp_id IS NOT NULL
            UNION SELECT lead_id, opp_id FROM opportunities WHERE lead_id IS NOT NULL
        )
        SELECT l.lead_id, count(o.opp_id) > 0 AS won, coalesce(sum(o.amount), 0) AS amount
        FROM leads l LEFT JOIN links k ON k.lead_id = l.lead_id
        LEFT JOIN opportunities o ON o.opp_id = k.opp_id AND o.outcome = 'won'
                                  AND CAST(o.closed_at AS DATE) <= $observed
        WHERE CAST(l.received_at AS DATE) BETWEEN $start AND $end GROUP BY l.lead_id ORDER BY l.lead_id
    """
    return mart.query(sql, start=window.start, end=window.end, observed=observed)


def reached_quote(mart: Mart, window: Window, observed: date) -> pd.DataFrame:
    """Qualified leads received in ``window`` and whether they reached a quote by ``observed``: ``lead_id``,
    ``quoted``."""
    sql = f"""
        WITH links AS (
            SELECT lead_id, opp_id FROM leads WHERE opp_id IS NOT NULL
            UNION SELECT lead_id, opp_id FROM opportunities WHERE lead_id IS NOT NULL
        ), quoted AS (
            SELECT DISTINCT k.lead_id FROM links k JOIN quotes q ON q.opp_id = k.opp_id
            WHERE CAST(coalesce(q.requested_at, q.prepared_at, q.submitted_at, q.sent_at) AS DATE) <= $observed
        )
        SELECT l.lead_id, q.lead_id IS NOT NULL AS quoted
        FROM leads l LEFT JOIN quoted q ON q.lead_id = l.lead_id
        WHERE l.status IN {QUALIFIED} AND CAST(l.received_at AS DATE) BETWEEN $start AND $end ORDER BY l.lead_id
    """
    return mart.query(sql, start=window.start, end=window.end, observed=observed)


def effort(mart: Mart, window: Window, observed: date) -> pd.DataFrame:
    """Activities of ``window`` on leads and opportunities by what became of these by ``observed``.

    Columns: ``fate`` (``disqualified``: a lead without need, budget or the right contact; ``lost``: an opportunity
    lost for such a reason; ``other``), ``thin`` (fewer than two of the four questions were answered when the lead came
    in), ``rep_id``, ``n``, ``minutes``, ``timed`` (activities with a duration).
    """
    sql = f"""
        WITH sources AS (
            SELECT a.rep_id, a.duration_min,
                   coalesce(a.lead_id, o.lead_id) AS lead_id, a.opp_id, o.lost_reason,
                   CASE WHEN CAST(o.closed_at AS DATE) <= $observed THEN o.outcome END AS outcome
            FROM activities a LEFT JOIN opportunities o ON o.opp_id = a.opp_id
            WHERE (a.lead_id IS NOT NULL OR a.opp_id IS NOT NULL)
                  AND CAST(a.started_at AS DATE) BETWEEN $start AND $end
        )
        SELECT CASE WHEN s.opp_id IS NULL AND l.status = 'disqualified' AND CAST(l.disqualified_at AS DATE) <= $observed
                         AND l.disqualify_reason IN ('需求不匹配', '无预算', '联系不上', '非决策人') THEN 'disqualified'
                    WHEN s.outcome = 'lost' AND s.lost_reason IN ('需求不匹配', '预算限制') THEN 'lost'
                    ELSE 'other' END AS fate,
               coalesce({_answers()} < 2, FALSE) AS thin,
               coalesce(s.rep_id, '{UNCLASSIFIED}') AS rep_id,
               count(*) AS n, coalesce(sum(s.duration_min), 0) AS minutes, count(s.duration_min) AS timed
        FROM sources s LEFT JOIN leads l ON l.lead_id = s.lead_id
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """
    return mart.query(sql, start=window.start, end=window.end, observed=observed)


def fruitless(mart: Mart, window: Window, most: int) -> int:
    """Opportunities with more than ``most`` contacts within one stage that did not move on in ``window``."""
    sql = """
        SELECT count(DISTINCT opp_id) AS n FROM (
            SELECT h.opp_id, h.stage, h.entered_at FROM stage_history h
            JOIN activities a ON a.opp_id = h.opp_id AND a.started_at >= h.entered_at
                              AND CAST(a.started_at AS DATE) BETWEEN $start AND $end
            WHERE (h.exited_at IS NULL OR CAST(h.exited_at AS DATE) > $end) AND CAST(h.entered_at AS DATE) <= $end
            GROUP BY h.opp_id, h.stage, h.entered_at HAVING count(*) > $most)
    """
    return int(mart.query(sql, start=window.start, end=window.end, most=most).iloc[0]["n"])


def touches(mart: Mart, window: Window) -> pd.DataFrame:
    """Contacts with customers in ``window`` by type: ``type``, ``n``, ``effective``, ``rated`` (effective known)."""
    sql = """
        SELECT coalesce(type, '未分类') AS type, count(*) AS n,
               count(CASE WHEN effective THEN 1 END) AS effective, count(effective) AS rated
        FROM activities
        WHERE type NOT IN ('辅导', '催款') AND CAST(started_at AS DATE) BETWEEN $start AND $end
        GROUP BY coalesce(type, '未分类') ORDER BY n DESC, type
    """
    return mart.query(sql, start=window.start, end=window.end)


def seller_days(mart: Mart, window: Window) -> pd.DataFrame:
    """Working days that each seller with a quota was in post in ``window``: ``rep_id``, ``team_id``, ``days``."""
    sql = f"""
        SELECT r.rep_id, coalesce(r.team_id, '{UNCLASSIFIED}') AS team_id, count(c."date") AS days
        FROM reps r JOIN calendar c ON c.is_workday AND c."date" BETWEEN $start AND $end
             AND c."date" >= coalesce(r.hire_date, $start) AND c."date" <= coalesce(r.leave_date, $end)
        WHERE coalesce(r.quota_carrying, TRUE)
        GROUP BY r.rep_id, r.team_id HAVING count(c."date") > 0 ORDER BY r.rep_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def messages(mart: Mart, window: Window) -> pd.DataFrame:
    """Messages sent in ``window`` by month: ``month``, ``delivered``, ``opened``."""
    sql = """
        SELECT CAST(date_trunc('month', sent_at) AS DATE) AS month, count(CASE WHEN delivered THEN 1 END) AS delivered,
               count(CASE WHEN delivered AND opened_at IS NOT NULL THEN 1 END) AS opened
        FROM message_events WHERE CAST(sent_at AS DATE) BETWEEN $start AND $end GROUP BY 1 ORDER BY 1
    """
    return mart.query(sql, start=window.start, end=window.end)


def needs_recorded(mart: Mart, window: Window) -> tuple[int, int]:
    """Accounts with an opportunity created in ``window``, and those of them with a need on record by its end."""
    sql = """
        SELECT count(DISTINCT o.account_id) AS accounts, count(DISTINCT n.account_id) AS recorded
        FROM opportunities o LEFT JOIN needs n ON n.account_id = o.account_id AND n.date <= $end
        WHERE o.account_id IS NOT NULL AND CAST(o.created_at AS DATE) BETWEEN $start AND $end
    """
    row = mart.query(sql, start=window.start, end=window.end).iloc[0]
    return int(row["accounts"]), int(row["recorded"])
