"""What strategic accounts bought and what is known about them (requirements K-05 … K-13).

Who is strategic is told by `queries.key_accounts.strategic_accounts`; these frames hold all accounts. Money in base
currency; nothing after the given day enters.
"""

from datetime import date, timedelta

import pandas as pd

from ..mart.store import Mart
from ..periods import Window, add_months
from ..record import UNCLASSIFIED


def first_orders(mart: Mart, day: date) -> pd.DataFrame:
    """Accounts that ordered by ``day``: account_id, first_order."""
    return mart.query(
        f"""SELECT account_id, min(first_order_date) AS first_order FROM sales_facts
            WHERE order_date <= $day AND first_order_date <= $day AND account_id <> '{UNCLASSIFIED}'
            GROUP BY account_id ORDER BY account_id""",
        day=day,
    )


def direct_cost(mart: Mart) -> pd.DataFrame:
    """Resources spent on each account in months up to that of its first order: account_id, hours, direct_cost."""
    return mart.query("""
        WITH firsts AS (
            SELECT account_id, min(first_order_date) AS first_order FROM sales_facts
            WHERE first_order_date IS NOT NULL GROUP BY account_id
        )
        SELECT r.account_id, coalesce(sum(r.hours), 0) AS hours, coalesce(sum(r.direct_cost), 0) AS direct_cost
        FROM account_resources AS r JOIN firsts AS f ON f.account_id = r.account_id
        WHERE r.month <= f.first_order GROUP BY r.account_id ORDER BY r.account_id
    """)


def team_cost(mart: Mart, window: Window) -> pd.DataFrame:
    """Full cost of the people of ``window``'s months: one row with cost (money) and person_months."""
    return mart.query(
        """SELECT coalesce(sum(coalesce(base, 0) + coalesce(commission, 0) + coalesce(bonus, 0)
                               + coalesce(benefits, 0)), 0) AS cost, count(*) AS person_months
           FROM rep_costs WHERE month BETWEEN date_trunc('month', CAST($start AS DATE)) AND $end""",
        start=window.start,
        end=window.end,
    )


def first_cycles(mart: Mart, window: Window) -> pd.DataFrame:
    """First contact to first signed contract of accounts that signed their first contract in ``window`` (K-08).

    Columns: account_id, days; accounts without a recorded contact before the signing have no row.
    """
    sql = """
        WITH signed AS (
            SELECT account_id, CAST(min(signed_at) AS DATE) AS day FROM contracts
            WHERE signed_at IS NOT NULL GROUP BY account_id
        ), contacted AS (
            SELECT account_id, min(day) AS day FROM (
                SELECT account_id, CAST(min(first_contact_at) AS DATE) AS day FROM opportunities GROUP BY account_id
                UNION ALL
                SELECT account_id, CAST(min(started_at) AS DATE) FROM activities GROUP BY account_id
            ) AS both_ways WHERE day IS NOT NULL GROUP BY account_id
        )
        SELECT s.account_id, date_diff('day', c.day, s.day) AS days
        FROM signed AS s JOIN contacted AS c ON c.account_id = s.account_id
        JOIN (SELECT account_id, min(first_order_date) AS first_order FROM sales_facts GROUP BY account_id) AS f
          ON f.account_id = s.account_id
        WHERE s.day BETWEEN $start AND $end AND c.day <= s.day AND f.first_order BETWEEN $start AND $end
        ORDER BY s.account_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def expansion(mart: Mart, window: Window) -> pd.DataFrame:
    """Sales to old customers by account and product: account_id, sales, base (same window a year before), is_new
    (the account never bought the product before the window). Returns are negative sales (T-09)."""
    before = window.years_back()
    sql = f"""
        WITH bought AS (
            SELECT account_id, product_id,
                   sum(CASE WHEN order_date BETWEEN $start AND $end THEN net_amount ELSE 0 END) AS sales,
                   sum(CASE WHEN order_date BETWEEN $base_start AND $base_end THEN net_amount ELSE 0 END) AS base,
                   count(CASE WHEN order_date < $start AND NOT is_return THEN 1 END) AS earlier
            FROM sales_facts
            WHERE order_date <= $end AND first_order_date < $start AND account_id <> '{UNCLASSIFIED}'
            GROUP BY account_id, product_id
        )
        SELECT account_id, sales, base, earlier = 0 AS is_new FROM bought
        WHERE sales <> 0 OR base <> 0 ORDER BY account_id, product_id
    """
    days = {"base_start": before.start, "base_end": before.end}
    return mart.query(sql, start=window.start, end=window.end, **days)


def open_pipeline(mart: Mart) -> pd.DataFrame:
    """Open opportunities on the data's last day by account: account_id, deals, amount."""
    return mart.query("""
        SELECT account_id, count(*) AS deals, coalesce(sum(amount), 0) AS amount FROM opportunities
        WHERE account_id IS NOT NULL AND coalesce(outcome, 'open') = 'open' AND closed_at IS NULL
        GROUP BY account_id ORDER BY account_id
    """)


def contract_ends(mart: Mart, day: date) -> pd.DataFrame:
    """Contracts by account: account_id, contract_end (the latest end of a signed contract that began by ``day``)."""
    dated = not mart.missing("contracts.signed_at")
    sql = """
        SELECT account_id, max(end_date) AS contract_end FROM contracts
        WHERE account_id IS NOT NULL AND end_date IS NOT NULL AND start_date <= $day
              AND (signed_at IS NOT NULL OR NOT CAST($dated AS BOOLEAN))
        GROUP BY account_id ORDER BY account_id
    """
    return mart.query(sql, day=day, dated=dated)


def health_facts(mart: Mart, day: date) -> pd.DataFrame:
    """What the health score is made of, one row per account with sales: see the columns.

    account_id; sales and base (12 months to ``day`` and the 12 before); score, answers, score_before, answers_before
    (mean customer score 0-100 from NPS, CSAT and tickets, and its number, in 12 months to ``day`` and the 12 before);
    tickets, complaints (6 months); touches, touches_before (activities in 90 days, and in the 270 days before);
    people (contacts met in 90 days); billed, overdue (bills due in 12 months, and those past due on ``day`` that no
    payment names, by their amount); contract_end (as `contract_ends`).
    """
    sql = f"""
        WITH bought AS (
            SELECT account_id, sum(CASE WHEN order_date > $year THEN net_amount ELSE 0 END) AS sales,
                   sum(CASE WHEN order_date <= $year AND order_date > $years THEN net_amount ELSE 0 END) AS base,
                   min(first_order_date) AS first_order
            FROM sales_facts WHERE order_date <= $day AND account_id <> '{UNCLASSIFIED}' GROUP BY account_id
        ), scores AS (
            SELECT account_id, "date" AS day, 100 * (score - scale_min) / nullif(scale_max - scale_min, 0) AS score
            FROM surveys WHERE type IN ('NPS', 'CSAT') AND score IS NOT NULL AND account_id IS NOT NULL
            UNION ALL
            SELECT account_id, CAST(opened_at AS DATE), 100 * (csat - 1) / 4 FROM tickets WHERE csat IS NOT NULL
        ), rated AS (
            SELECT account_id, avg(CASE WHEN day > $year THEN score END) AS score,
                   count(CASE WHEN day > $year THEN score END) AS answers,
                   avg(CASE WHEN day <= $year AND day > $years THEN score END) AS score_before,
                   count(CASE WHEN day <= $year AND day > $years THEN score END) AS answers_before
            FROM scores WHERE day <= $day GROUP BY account_id
        ), asked AS (
            SELECT account_id, count(*) AS tickets, count(CASE WHEN is_complaint THEN 1 END) AS complaints
            FROM tickets WHERE CAST(opened_at AS DATE) > $half AND CAST(opened_at AS DATE) <= $day GROUP BY account_id
        ), touched AS (
            SELECT account_id, count(CASE WHEN CAST(started_at AS DATE) > $quarter THEN 1 END) AS touches,
                   count(CASE WHEN CAST(started_at AS DATE) <= $quarter THEN 1 END) AS touches_before,
                   count(DISTINCT CASE WHEN CAST(started_at AS DATE) > $quarter THEN contact_id END) AS people
            FROM activities WHERE CAST(started_at AS DATE) > $year AND CAST(started_at AS DATE) <= $day
            GROUP BY account_id
        ), paid AS (
            SELECT invoice_id, sum(amount) AS paid FROM payments
            WHERE CAST(paid_at AS DATE) <= $day AND invoice_id IS NOT NULL GROUP BY invoice_id
        ), owed AS (
            SELECT i.account_id, sum(i.amount) AS billed,
                   sum(greatest(0, i.amount - coalesce(i.written_off_amount, 0) - coalesce(p.paid, 0))) AS overdue
            FROM invoices AS i LEFT JOIN paid AS p ON p.invoice_id = i.invoice_id
            WHERE i.amount > 0 AND i.due_date > $year AND i.due_date < $day GROUP BY i.account_id
        )
        SELECT b.account_id, b.sales, b.base, b.first_order, r.score, coalesce(r.answers, 0) AS answers,
               r.score_before, coalesce(r.answers_before, 0) AS answers_before,
               coalesce(a.tickets, 0) AS tickets, coalesce(a.complaints, 0) AS complaints,
               t.touches, t.touches_before, t.people, o.billed, o.overdue
        FROM bought AS b
        LEFT JOIN rated AS r ON r.account_id = b.account_id
        LEFT JOIN asked AS a ON a.account_id = b.account_id
        LEFT JOIN touched AS t ON t.account_id = b.account_id
        LEFT JOIN owed AS o ON o.account_id = b.account_id
        ORDER BY b.account_id
    """
    days = {
        "day": day,
        "year": add_months(day, -12),
        "years": add_months(day, -24),
        "half": add_months(day, -6),
        "quarter": day - timedelta(days=90),
    }
    found = mart.query(sql, **days)
    return found.merge(contract_ends(mart, day), on="account_id", how="left")


def signals(mart: Mart, window: Window) -> pd.DataFrame:
    """Warning signals written down in ``window``: account_id, day, type, severity; newest first."""
    sql = """
        SELECT account_id, "date" AS day, coalesce(type, '其他') AS type, coalesce(severity, 1) AS severity
        FROM account_signals WHERE "date" BETWEEN $start AND $end AND account_id IS NOT NULL
        ORDER BY "date" DESC, account_id, type
    """
    return mart.query(sql, start=window.start, end=window.end)


def left_contacts(mart: Mart, window: Window) -> pd.DataFrame:
    """Decision makers who left in ``window``: account_id, day (of the last one), people."""
    sql = """
        SELECT account_id, max(left_at) AS day, count(*) AS people FROM contacts
        WHERE buying_role = 'KDM' AND left_at BETWEEN $start AND $end AND account_id IS NOT NULL
        GROUP BY account_id ORDER BY account_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def next_actions(mart: Mart, window: Window) -> pd.DataFrame:
    """Open next steps with a due day in ``window``: account_id, action, due, owner (label of the person whose activity
    named it, null where unknown); the earliest of each account first."""
    sql = """
        SELECT a.account_id, a.next_action AS action, a.next_action_due AS due, coalesce(r.name, a.rep_id) AS owner
        FROM activities AS a LEFT JOIN reps AS r ON r.rep_id = a.rep_id
        WHERE a.account_id IS NOT NULL AND a.next_action IS NOT NULL AND a.next_action_done_at IS NULL
              AND a.next_action_due BETWEEN $start AND $end
        ORDER BY a.account_id, a.next_action_due, a.activity_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def lost_contacted(mart: Mart, window: Window) -> pd.DataFrame:
    """Accounts marked lost in ``window`` (S1-77): account_id, account, tier, churn_date, has_reason, days (working or
    not, from churn_date to the first activity from that day on, null without one), is_back (ordered after that day)."""
    sql = f"""
        WITH lost AS (
            SELECT account_id, coalesce(name, account_id) AS account, coalesce(tier, '{UNCLASSIFIED}') AS tier,
                   churn_date, churn_reason IS NOT NULL AND churn_reason <> '未登记' AS has_reason
            FROM accounts WHERE churn_date BETWEEN $start AND $end
        ), touched AS (
            SELECT l.account_id, min(CAST(v.started_at AS DATE)) AS day
            FROM lost AS l JOIN activities AS v ON v.account_id = l.account_id
            WHERE CAST(v.started_at AS DATE) >= l.churn_date AND CAST(v.started_at AS DATE) <= $end
            GROUP BY l.account_id
        ), back AS (
            SELECT DISTINCT l.account_id FROM lost AS l JOIN sales_facts AS f ON f.account_id = l.account_id
            WHERE f.order_date > l.churn_date AND f.order_date <= $end AND NOT f.is_return
        )
        SELECT l.*, date_diff('day', l.churn_date, t.day) AS days, b.account_id IS NOT NULL AS is_back
        FROM lost AS l LEFT JOIN touched AS t ON t.account_id = l.account_id
        LEFT JOIN back AS b ON b.account_id = l.account_id
        ORDER BY l.churn_date, l.account_id
    """
    return mart.query(sql, start=window.start, end=window.end)


def complaints(mart: Mart, window: Window) -> int:
    """Complaints opened in ``window``."""
    sql = """SELECT count(*) AS n FROM tickets
             WHERE is_complaint AND CAST(opened_at AS DATE) BETWEEN $start AND $end"""
    return int(mart.query(sql, start=window.start, end=window.end)["n"].iloc[0])
