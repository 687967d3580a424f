"""Closed deals as candidates for a case, and what happened in them day by day (requirements T-10, T-11)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED

INNOVATIVE = ("联合创新", "创新")


def closed_deals(mart: Mart, window: Window) -> pd.DataFrame:
    """Opportunities won or lost in ``window`` with an amount, one row each, by opp_id.

    Columns: opp_id, account_id, account, product_name, team, amount, outcome, lost_reason, is_strategic, is_innovative
    (customised or an innovation project), opened and closed (first contact, else creation; dates), days, helpers
    (people and departments beside the owner), order_sales (net amount ordered so far).
    """
    kinds = ", ".join(f"'{kind}'" for kind in INNOVATIVE)
    return mart.query(
        f"""
        WITH helped AS (
            SELECT t.opp_id, count(DISTINCT t.member) AS members FROM opportunity_team AS t
            JOIN opportunities AS o ON o.opp_id = t.opp_id WHERE t.member <> coalesce(o.rep_id, '') GROUP BY t.opp_id
        ), innovation AS (
            SELECT DISTINCT opp_id FROM projects WHERE type IN ({kinds}) AND opp_id IS NOT NULL
        ), ordered AS (
            SELECT opp_id, sum(net_amount) AS sales FROM sales_facts WHERE opp_id IS NOT NULL GROUP BY opp_id
        )
        SELECT o.opp_id, o.account_id, coalesce(a.name, o.account_id, '{UNCLASSIFIED}') AS account,
               coalesce(p.name, o.product_id, '{UNCLASSIFIED}') AS product_name,
               coalesce(t.name, o.team_id, r.team_id, '{UNCLASSIFIED}') AS team, o.amount, o.outcome, o.lost_reason,
               coalesce(o.is_strategic, a.is_strategic, FALSE) AS is_strategic,
               coalesce(o.is_customised, FALSE) OR i.opp_id IS NOT NULL AS is_innovative,
               CAST(coalesce(o.first_contact_at, o.created_at) AS DATE) AS opened, CAST(o.closed_at AS DATE) AS closed,
               date_diff('day', CAST(coalesce(o.first_contact_at, o.created_at) AS DATE), CAST(o.closed_at AS DATE))
                   AS days,
               coalesce(h.members, 0) AS helpers, coalesce(d.sales, 0) AS order_sales
        FROM opportunities AS o
        LEFT JOIN accounts AS a ON a.account_id = o.account_id
        LEFT JOIN products AS p ON p.product_id = o.product_id
        LEFT JOIN reps AS r ON r.rep_id = o.rep_id
        LEFT JOIN teams AS t ON t.team_id = coalesce(o.team_id, r.team_id)
        LEFT JOIN helped AS h ON h.opp_id = o.opp_id
        LEFT JOIN innovation AS i ON i.opp_id = o.opp_id
        LEFT JOIN ordered AS d ON d.opp_id = o.opp_id
        WHERE o.outcome IN ('won', 'lost') AND CAST(o.closed_at AS DATE) BETWEEN $start AND $end AND o.amount > 0
        ORDER BY o.opp_id
        """,
        start=window.start,
        end=window.end,
    )


def timeline(mart: Mart, opp_id: str) -> pd.DataFrame:
    """Stages of one deal in order: stage, entered, left (dates, null while open), contacts, demos, visits.

    The last three count the activities on the deal between entering and leaving the stage.
    """
    return mart.query(
        """
        WITH stages AS (
            SELECT stage, entered_at, coalesce(exited_at, lead(entered_at) OVER (ORDER BY entered_at, stage)) AS left_at
            FROM stage_history WHERE opp_id = $opp
        )
        SELECT s.stage, CAST(s.entered_at AS DATE) AS entered, CAST(s.left_at AS DATE) AS "left",
               count(v.activity_id) AS contacts, count(CASE WHEN v.type = '演示' THEN 1 END) AS demos,
               count(CASE WHEN v.type IN ('上门拜访', '高层互访') THEN 1 END) AS visits
        FROM stages AS s LEFT JOIN activities AS v ON v.opp_id = $opp AND v.started_at >= s.entered_at
             AND (s.left_at IS NULL OR v.started_at < s.left_at)
        GROUP BY s.stage, s.entered_at, s.left_at ORDER BY s.entered_at, s.stage
        """,
        opp=opp_id,
    )
