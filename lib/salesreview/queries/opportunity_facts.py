"""SQL parts of `opportunity_snapshots`: what was known of a deal, its customer and its seller on day ``moment``.

Each part gives one row per row of ``deals`` (opp_id, moment) and reads nothing dated after ``moment``. Facts of
customers and sellers are running totals joined at the last day on or before it, so that large tables stay cheap.
"""

ACTIVITY_DAY = "CAST(greatest(started_at, coalesce(logged_at, started_at)) AS DATE)"
QUOTE_DAY = "CAST(least(q.prepared_at, q.submitted_at, q.approved_at, q.sent_at) AS DATE)"
COMPETITOR_SIGNAL = "竞争对手介入"
KDM = "KDM"
SELLER_WEIGHT, ACCOUNT_WEIGHT = 10, 3
"""Decided deals' worth of the overall win rate in a seller's or customer's own, so that one win is not 100 %."""

DEAL_SQL = f"""
    staged AS (
        SELECT d.opp_id, d.moment, arg_max(s.stage, (s.entered_at, list_position($order, s.stage), s.stage)) AS stage,
               max(s.entered_on) AS entered_on
        FROM deals d JOIN stays s ON s.opp_id = d.opp_id AND s.entered_on <= d.moment GROUP BY d.opp_id, d.moment
    ),
    norms AS (
        SELECT days.moment, s.stage, median(date_diff('day', s.entered_on, s.exited_on)) AS norm
        FROM (SELECT DISTINCT moment FROM deals) AS days
        JOIN stays s ON s.exited_on <= days.moment AND s.exited_on > days.moment - 365
        GROUP BY days.moment, s.stage
    ),
    shots AS (
        SELECT d.opp_id, d.moment, arg_max(s.amount, s.snapshot_date) AS amount,
               arg_max(s.expected_close, s.snapshot_date) AS expected_close,
               arg_max(s.manual_prob, s.snapshot_date) AS manual_prob,
               count(CASE WHEN s.expected_close > s.before THEN 1 END) AS postponed
        FROM deals d JOIN (
            SELECT *, lag(expected_close) OVER (PARTITION BY opp_id ORDER BY snapshot_date) AS before
            FROM opportunity_snapshots
        ) AS s ON s.opp_id = d.opp_id AND s.snapshot_date <= d.moment
        GROUP BY d.opp_id, d.moment
    ),
    touched AS (
        SELECT d.opp_id, d.moment, count(*) AS touches, max(t.day) AS last_touch,
               count(CASE WHEN t.day > d.moment - 30 THEN 1 END) AS recent_touches,
               count(DISTINCT t.contact_id) AS contacts_met, bool_or(c.buying_role = '{KDM}') AS kdm_met,
               arg_max(t.rep_id, (t.started_at, t.activity_id)) AS rep_id
        FROM deals d
        JOIN (SELECT *, {ACTIVITY_DAY} AS day FROM activities WHERE opp_id IS NOT NULL) AS t
             ON t.opp_id = d.opp_id AND t.day <= d.moment
        LEFT JOIN contacts c ON c.contact_id = t.contact_id
        GROUP BY d.opp_id, d.moment
    ),
    offers AS (SELECT q.quote_id, q.opp_id, q.amount, q.discount_pct, {QUOTE_DAY} AS day FROM quotes q),
    offered AS (
        SELECT d.opp_id, d.moment, count(*) AS quote_versions, min(q.day) AS first_quote,
               arg_max(q.discount_pct, (q.day, q.quote_id)) AS discount,
               arg_max(q.amount, (q.day, q.quote_id)) AS amount
        FROM deals d JOIN offers q ON q.opp_id = d.opp_id AND q.day <= d.moment GROUP BY d.opp_id, d.moment
    ),
    approved AS (
        SELECT d.opp_id, d.moment,
               sum(greatest(0, date_diff('day', a.asked, least(coalesce(a.decided, d.moment), d.moment))))
                   AS approval_days
        FROM deals d JOIN quotes q ON q.opp_id = d.opp_id
        JOIN (SELECT object_id, CAST(submitted_at AS DATE) AS asked, CAST(decided_at AS DATE) AS decided
              FROM approvals WHERE object = 'quote') AS a ON a.object_id = q.quote_id AND a.asked <= d.moment
        GROUP BY d.opp_id, d.moment
    ),
    deal AS (
        SELECT d.opp_id, d.moment, s.stage, date_diff('day', s.entered_on, d.moment) AS days_in_stage,
               date_diff('day', s.entered_on, d.moment) / greatest(n.norm, 1) AS stage_delay,
               coalesce(h.amount, f.amount) AS amount, h.manual_prob,
               date_diff('day', d.moment, h.expected_close) AS days_to_close, coalesce(h.postponed, 0) AS postponed,
               coalesce(t.touches, 0) AS touches, coalesce(t.recent_touches, 0) AS recent_touches,
               date_diff('day', t.last_touch, d.moment) AS days_since_touch,
               coalesce(t.contacts_met, 0) AS contacts_met,
               coalesce(t.kdm_met, FALSE) AS kdm_met,
               coalesce(f.quote_versions, 0) AS quote_versions, f.discount,
               date_diff('day', f.first_quote, d.moment) AS quote_age, coalesce(a.approval_days, 0) AS approval_days
        FROM deals d
        LEFT JOIN staged s ON s.opp_id = d.opp_id AND s.moment = d.moment
        LEFT JOIN norms n ON n.moment = d.moment AND n.stage = s.stage
        LEFT JOIN shots h ON h.opp_id = d.opp_id AND h.moment = d.moment
        LEFT JOIN touched t ON t.opp_id = d.opp_id AND t.moment = d.moment
        LEFT JOIN offered f ON f.opp_id = d.opp_id AND f.moment = d.moment
        LEFT JOIN approved a ON a.opp_id = d.opp_id AND a.moment = d.moment
    )"""

ACCOUNT_SQL = f"""
    decisions AS (
        SELECT account_id, rep_id, CAST(closed_at AS DATE) AS day, CAST(outcome = 'won' AS INTEGER) AS won
        FROM opportunities WHERE outcome IN ('won', 'lost') AND closed_at IS NOT NULL
    ),
    overall AS (
        SELECT day, sum(sum(won)) OVER (ORDER BY day) / sum(count(*)) OVER (ORDER BY day) AS rate
        FROM decisions GROUP BY day
    ),
    account_totals AS (
        SELECT account_id, day, sum(count(*)) OVER w AS decided, sum(sum(won)) OVER w AS won
        FROM decisions WHERE account_id IS NOT NULL GROUP BY account_id, day
        WINDOW w AS (PARTITION BY account_id ORDER BY day)
    ),
    order_totals AS (
        SELECT o.account_id, o.order_date AS day, sum(count(DISTINCT o.order_id)) OVER w AS orders,
               sum(sum(l.net_amount)) OVER w AS sales
        FROM orders o LEFT JOIN order_lines l ON l.order_id = o.order_id
        WHERE o.account_id IS NOT NULL GROUP BY o.account_id, o.order_date
        WINDOW w AS (PARTITION BY o.account_id ORDER BY o.order_date)
    ),
    complaint_totals AS (
        SELECT account_id, CAST(opened_at AS DATE) AS day,
               sum(count(*)) OVER (PARTITION BY account_id ORDER BY CAST(opened_at AS DATE)) AS tickets
        FROM tickets WHERE account_id IS NOT NULL GROUP BY account_id, CAST(opened_at AS DATE)
    ),
    rivals AS (
        SELECT account_id, min("date") AS day FROM account_signals WHERE type = '{COMPETITOR_SIGNAL}'
        GROUP BY account_id
    ),
    account AS (
        SELECT d.opp_id, d.moment, y.tier, coalesce(o.orders, 0) > 0 AS existing_customer,
               coalesce(o.orders, 0) AS past_orders, date_diff('day', o.day, d.moment) AS days_since_order,
               CAST(coalesce(o.sales, 0) - coalesce(b.sales, 0) AS DOUBLE) AS year_sales,
               coalesce(t.decided, 0) AS account_decided,
               (coalesce(t.won, 0) + {ACCOUNT_WEIGHT} * r.rate) / (coalesce(t.decided, 0) + {ACCOUNT_WEIGHT})
                   AS account_win_rate,
               coalesce(c.tickets, 0) - coalesce(cb.tickets, 0) AS complaints,
               coalesce(v.day <= d.moment, FALSE) AS competitor_noted
        FROM (SELECT *, moment - 365 AS year_before, moment - 180 AS half_before FROM deals) AS d
        ASOF LEFT JOIN order_totals o ON o.account_id = d.account_id AND d.moment >= o.day
        ASOF LEFT JOIN order_totals b ON b.account_id = d.account_id AND d.year_before >= b.day
        ASOF LEFT JOIN account_totals t ON t.account_id = d.account_id AND d.moment >= t.day
        ASOF LEFT JOIN complaint_totals c ON c.account_id = d.account_id AND d.moment >= c.day
        ASOF LEFT JOIN complaint_totals cb ON cb.account_id = d.account_id AND d.half_before >= cb.day
        ASOF LEFT JOIN overall r ON d.moment >= r.day
        ASOF LEFT JOIN account_tier_history y ON y.account_id = d.account_id AND d.moment >= y.valid_from
        LEFT JOIN rivals v ON v.account_id = d.account_id
    )"""

SELLER_SQL = f"""
    seller_totals AS (
        SELECT rep_id, day, sum(count(*)) OVER w AS decided, sum(sum(won)) OVER w AS won
        FROM decisions WHERE rep_id IS NOT NULL GROUP BY rep_id, day WINDOW w AS (PARTITION BY rep_id ORDER BY day)
    ),
    owners AS (SELECT account_id, valid_from, owner_rep_id FROM account_tier_history WHERE owner_rep_id IS NOT NULL),
    sellers AS (
        SELECT d.opp_id, d.moment, coalesce(t.rep_id, y.owner_rep_id, d.undated_seller) AS rep_id
        FROM deals d
        LEFT JOIN touched t ON t.opp_id = d.opp_id AND t.moment = d.moment
        ASOF LEFT JOIN owners y ON y.account_id = d.account_id AND d.moment >= y.valid_from
    ),
    seller AS (
        SELECT s.opp_id, s.moment, coalesce(t.decided, 0) AS seller_decided,
               (coalesce(t.won, 0) + {SELLER_WEIGHT} * r.rate) / (coalesce(t.decided, 0) + {SELLER_WEIGHT})
                   AS seller_win_rate,
               CASE WHEN p.hire_date <= s.moment THEN date_diff('day', p.hire_date, s.moment) END AS seller_tenure
        FROM sellers s
        ASOF LEFT JOIN seller_totals t ON t.rep_id = s.rep_id AND s.moment >= t.day
        ASOF LEFT JOIN overall r ON s.moment >= r.day
        LEFT JOIN reps p ON p.rep_id = s.rep_id
    )"""
