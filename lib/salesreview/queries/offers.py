"""Quotes and contracts one by one (requirements P-09 … P-15)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED
from ..settings import Funnel


def quotes(mart: Mart, window: Window) -> pd.DataFrame:
    """One row per quote version requested in ``window`` (without a request: prepared, submitted or sent).

    Columns: ``quote_id``, ``opp_id``, ``version``, the moments ``requested_at`` … ``accepted_at``, ``amount``,
    ``list_amount``, ``discount_pct``, ``templated`` (a template is named), ``needs_fit``, ``has_value_case``, the four
    ``*_complete`` flags, ``rep_id``, ``outcome``, ``closed_at``, ``deal_amount``, ``last`` (no later version).
    """
    sql = """
        SELECT q.quote_id, q.opp_id, coalesce(q.version, 1) AS version, q.requested_at, q.prepared_at, q.submitted_at,
               q.approved_at, q.sent_at, q.accepted_at, q.amount, q.list_amount, q.discount_pct,
               q.template_id IS NOT NULL AS templated, q.needs_fit, q.has_value_case,
               q.lines_complete, q.price_complete, q.delivery_complete, q.after_sales_complete,
               o.outcome, o.closed_at, o.amount AS deal_amount, o.rep_id,
               coalesce(q.version, 1) = max(coalesce(q.version, 1)) OVER (PARTITION BY q.opp_id) AS last
        FROM quotes q LEFT JOIN opportunities o ON o.opp_id = q.opp_id
        WHERE CAST(coalesce(q.requested_at, q.prepared_at, q.submitted_at, q.sent_at) AS DATE) BETWEEN $start AND $end
        ORDER BY q.quote_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def closed_quotes(mart: Mart, window: Window) -> pd.DataFrame:
    """One row per opportunity closed in ``window`` that was quoted.

    Columns: ``opp_id``, ``won`` (bool), ``amount``, ``versions``, ``first_amount``, ``last_amount``, ``discount``
    (of the last version), ``first_accepted`` (the first version was), ``term_days`` (of the signed contract),
    ``special_terms``, ``services`` (an order of the deal has lines of service beside the product).
    """
    sql = """
        WITH versions AS (
            SELECT opp_id, count(*) AS versions, arg_min(amount, coalesce(version, 1)) AS first_amount,
                   arg_max(amount, coalesce(version, 1)) AS last_amount,
                   arg_max(discount_pct, coalesce(version, 1)) AS discount,
                   bool_or(coalesce(version, 1) = 1 AND accepted_at IS NOT NULL) AS first_accepted
            FROM quotes WHERE opp_id IS NOT NULL GROUP BY opp_id
        ), deals AS (
            SELECT opp_id, max(payment_terms_days) AS term_days,
                   bool_or(coalesce(special_terms, FALSE)) AS special_terms
            FROM contracts WHERE opp_id IS NOT NULL GROUP BY opp_id
        )
        SELECT o.opp_id, o.outcome = 'won' AS won, o.amount, v.versions, v.first_amount, v.last_amount, v.discount,
               coalesce(v.first_accepted, FALSE) AS first_accepted, d.term_days,
               coalesce(d.special_terms, FALSE) AS special_terms, o.price_target, o.price_floor
        FROM opportunities o JOIN versions v ON v.opp_id = o.opp_id LEFT JOIN deals d ON d.opp_id = o.opp_id
        WHERE o.outcome IN ('won', 'lost') AND CAST(o.closed_at AS DATE) BETWEEN $start AND $end ORDER BY o.opp_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def quote_waits(mart: Mart, window: Window) -> pd.DataFrame:
    """Quotes whose deal was closed in ``window``, with when they were asked for, sent and approved.

    Columns: ``quote_id``, ``opp_id``, ``version``, ``requested_at``, ``sent_at``, ``first_submitted``, ``last_decided``
    (null while a step is open), ``outcome``, ``closed_at``, ``amount`` of the deal, ``lost_reason``, ``account``.
    """
    sql = """
        WITH runs AS (
            SELECT object_id, min(submitted_at) AS first_submitted,
                   CASE WHEN count(*) = count(decided_at) THEN max(decided_at) END AS last_decided
            FROM approvals WHERE object = 'quote' GROUP BY object_id
        )
        SELECT q.quote_id, q.opp_id, coalesce(q.version, 1) AS version, q.requested_at, q.sent_at,
               r.first_submitted, r.last_decided, o.outcome, o.closed_at, o.amount, o.lost_reason,
               coalesce(a.name, o.account_id) AS account
        FROM quotes q JOIN opportunities o ON o.opp_id = q.opp_id LEFT JOIN runs r ON r.object_id = q.quote_id
        LEFT JOIN accounts a ON a.account_id = o.account_id
        WHERE o.outcome IN ('won', 'lost') AND CAST(o.closed_at AS DATE) BETWEEN $start AND $end ORDER BY q.quote_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def lost_for(mart: Mart, window: Window) -> pd.DataFrame:
    """Opportunities lost in ``window``: ``opp_id``, ``account``, ``reason`` (未分类 without one), ``amount``,
    ``closed_at``, ``quoted``."""
    sql = f"""
        SELECT o.opp_id, coalesce(a.name, o.account_id) AS account, coalesce(o.lost_reason, '{UNCLASSIFIED}') AS reason,
               o.amount, o.closed_at, o.opp_id IN (SELECT opp_id FROM quotes) AS quoted
        FROM opportunities o LEFT JOIN accounts a ON a.account_id = o.account_id
        WHERE o.outcome = 'lost' AND CAST(o.closed_at AS DATE) BETWEEN $start AND $end ORDER BY o.opp_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def negotiations(mart: Mart, funnel: Funnel, window: Window) -> pd.DataFrame:
    """Opportunities that last left the negotiation stage in ``window``, re-entries summed.

    Columns: ``opp_id``, ``days``, ``amount``, ``discount`` (of the last quote version, null without), ``passed`` (moved
    on rather than being lost), ``outcome``.
    """
    names = funnel.stages.get("negotiation", ())
    marks = ", ".join(f"$name_{i}" for i in range(len(names))) or "NULL"
    sql = f"""
        WITH stays AS (
            SELECT opp_id, sum(epoch(exited_at) - epoch(entered_at)) / 86400.0 AS days, max(exited_at) AS left_at,
                   arg_max(exit_to, exited_at) AS exit_to
            FROM stage_history WHERE stage IN ({marks}) AND exited_at IS NOT NULL GROUP BY opp_id
            HAVING CAST(max(exited_at) AS DATE) BETWEEN $start AND $end
        ), offers AS (
            SELECT opp_id, arg_max(discount_pct, coalesce(version, 1)) AS discount FROM quotes GROUP BY opp_id
        )
        SELECT s.opp_id, s.days, o.amount, f.discount, o.outcome,
               NOT (o.outcome = 'lost' AND CAST(o.closed_at AS DATE) <= CAST(s.left_at AS DATE)) AS passed
        FROM stays s JOIN opportunities o ON o.opp_id = s.opp_id LEFT JOIN offers f ON f.opp_id = s.opp_id
        ORDER BY s.opp_id
    """
    return mart.query(sql, start=window.start, end=window.end, **{f"name_{i}": n for i, n in enumerate(names)})


def contracts(mart: Mart, window: Window) -> pd.DataFrame:
    """One row per contract signed in ``window``.

    Columns: ``contract_id``, ``standard`` (a template and no special terms), ``templated``, ``special_terms``,
    ``drafted_at``, ``submitted_at``, ``approved_at``, ``sent_at``, ``signed_at``, ``sign_method``, ``amount``,
    ``days`` (signed − drafted, calendar days as fraction).
    """
    sql = """
        SELECT contract_id, template_id IS NOT NULL AND NOT coalesce(special_terms, FALSE) AS standard,
               template_id IS NOT NULL AS templated, coalesce(special_terms, FALSE) AS special_terms,
               drafted_at, submitted_at, approved_at, sent_at, signed_at, sign_method, amount,
               (epoch(signed_at) - epoch(drafted_at)) / 86400.0 AS days
        FROM contracts WHERE CAST(signed_at AS DATE) BETWEEN $start AND $end ORDER BY contract_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def fulfilment(mart: Mart, window: Window) -> pd.DataFrame:
    """Orders under a contract placed in ``window`` by status: ``status``, ``n``, ``late`` (past the promised day)."""
    sql = """
        SELECT coalesce(status, '未分类') AS status, count(*) AS n,
               count(CASE WHEN coalesce(CAST(delivered_at AS DATE), $end) > promised_date THEN 1 END) AS late
        FROM orders WHERE contract_id IS NOT NULL AND order_date BETWEEN $start AND $end
        GROUP BY coalesce(status, '未分类') ORDER BY n DESC, status
    """
    return mart.query(sql, start=window.start, end=window.end)
