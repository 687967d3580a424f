"""What was billed, what came in and what is still owed (engine row E-19).

Bills are invoices, or where none are provided orders by order date (`bills_source`). A payment that names its invoice
pays that one; other payments of an account pay its bills first in, first out by due date, without one by issue date.
Bills below zero (credit notes, returns) count as payments of the account. All amounts in base currency.
"""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..periods import Window

_INVOICES = """
    SELECT i.invoice_id AS bill_id, coalesce(i.account_id, o.account_id) AS account_id, i.issue_date, i.due_date,
           i.amount, CASE WHEN CAST(i.written_off_at AS DATE) <= $day THEN coalesce(i.written_off_amount, 0) ELSE 0 END
               AS written_off
    FROM invoices i LEFT JOIN orders o ON o.order_id = i.order_id WHERE i.issue_date <= $day
"""
_ORDERS = """
    SELECT order_id AS bill_id, account_id, min(order_date) AS issue_date, CAST(NULL AS DATE) AS due_date,
           sum(net_amount) AS amount, 0 AS written_off
    FROM sales_facts WHERE order_date <= $day GROUP BY order_id, account_id
"""


@dataclass(frozen=True)
class Receivables:
    """What is owed at the end of a day, and the part of it that is past its due date (0 where nothing has one)."""

    owed: float
    overdue: float
    bills_owed: int
    bills_overdue: int


@dataclass(frozen=True)
class Due:
    """Bills due in a window: their amount, what had been received against them by its end, and how many they are."""

    amount: float
    received: float
    bills: int


def bills_source(mart: Mart) -> str:
    """``invoices`` when they are provided, else ``orders``."""
    return "orders" if mart.missing("invoices") else "invoices"


def receivables(mart: Mart, day: date) -> Receivables:
    """Receivables at the end of ``day``, less what was written off."""
    sql = f"""
        {_owed(mart)}
        SELECT coalesce(sum(owed), 0) AS owed, coalesce(sum(CASE WHEN due_date < $day THEN owed END), 0) AS overdue,
               count(CASE WHEN owed > 0 THEN 1 END) AS bills_owed,
               count(CASE WHEN owed > 0 AND due_date < $day THEN 1 END) AS bills_overdue
        FROM settled
    """
    row = mart.query(sql, day=day).iloc[0]
    return Receivables(float(row["owed"]), float(row["overdue"]), int(row["bills_owed"]), int(row["bills_overdue"]))


def due(mart: Mart, window: Window) -> Due:
    """Bills due in ``window`` and what came in for them by its last day, at most the bill itself (collection_rate)."""
    sql = f"""
        {_owed(mart)}
        SELECT coalesce(sum(amount), 0) AS amount, count(*) AS bills,
               coalesce(sum(greatest(0, amount - owed - written_off)), 0) AS received
        FROM settled WHERE due_date BETWEEN $start AND $day
    """
    row = mart.query(sql, day=window.end, start=window.start).iloc[0]
    return Due(float(row["amount"]), float(row["received"]), int(row["bills"]))


def billed(mart: Mart, window: Window) -> float:
    """Credit sales of ``window``: invoices issued, or where none are provided sales."""
    table, day, amount = ("sales_facts", "order_date", "net_amount")
    if bills_source(mart) == "invoices":
        table, day, amount = ("invoices", "issue_date", "amount")
    sql = f"SELECT coalesce(sum({amount}), 0) AS amount FROM {table} WHERE {day} BETWEEN $start AND $end"
    return float(mart.query(sql, start=window.start, end=window.end)["amount"].iloc[0])


def open_bills(mart: Mart, day: date) -> pd.DataFrame:
    """One row per bill that is owed at the end of ``day``: account_id, account (its label), owed, overdue_days (null
    without a due date, below one while it is not overdue)."""
    sql = f"""
        {_owed(mart)}
        SELECT s.account_id, coalesce(a.name, s.account_id, '未分类') AS account, s.owed,
               date_diff('day', s.due_date, $day) AS overdue_days
        FROM settled s LEFT JOIN accounts a ON a.account_id = s.account_id WHERE s.owed > 0 ORDER BY s.bill_id
    """
    return mart.query(sql, day=day)


def written_off(mart: Mart, window: Window) -> tuple[float, int]:
    """Amount written off in ``window`` and the number of invoices."""
    sql = """SELECT coalesce(sum(written_off_amount), 0) AS amount, count(*) AS bills FROM invoices
             WHERE CAST(written_off_at AS DATE) BETWEEN $start AND $end"""
    row = mart.query(sql, start=window.start, end=window.end).iloc[0]
    return float(row["amount"]), int(row["bills"])


def agreed_terms(mart: Mart, window: Window) -> tuple[float | None, float, int]:
    """Days from issue to due of the invoices issued in ``window``, weighted by amount; their amount and number."""
    sql = """SELECT sum(amount * date_diff('day', issue_date, due_date)) AS weighted, sum(amount) AS amount,
                    count(*) AS bills FROM invoices
             WHERE issue_date BETWEEN $start AND $end AND amount > 0 AND due_date IS NOT NULL"""
    row = mart.query(sql, start=window.start, end=window.end).iloc[0]
    if not row["bills"]:
        return None, 0.0, 0
    return float(row["weighted"]) / float(row["amount"]), float(row["amount"]), int(row["bills"])


def dunning(mart: Mart, window: Window) -> pd.DataFrame:
    """One row per reminder in ``window``: activity_id, account_id, promised (a payment was promised by a day that has
    passed by its end), kept (the account paid between the reminder and that day)."""
    sql = """
        SELECT a.activity_id, a.account_id, a.next_action_due <= $end AS promised,
               coalesce(bool_or(p.payment_id IS NOT NULL), false) AS kept
        FROM activities a LEFT JOIN payments p ON p.account_id = a.account_id AND p.amount > 0
             AND p.paid_at > a.started_at AND CAST(p.paid_at AS DATE) <= a.next_action_due
        WHERE a.type = '催款' AND CAST(a.started_at AS DATE) BETWEEN $start AND $end
        GROUP BY a.activity_id, a.account_id, a.next_action_due ORDER BY a.activity_id
    """
    found = mart.query(sql, start=window.start, end=window.end)
    return found.astype({"promised": "boolean", "kept": bool}).assign(promised=lambda t: t["promised"].fillna(False))


def late_paid(mart: Mart, window: Window) -> int:
    """Invoices whose last payment arrived in ``window`` after the due date."""
    sql = """SELECT count(*) AS n FROM (
                 SELECT i.invoice_id FROM invoices i JOIN payments p USING (invoice_id)
                 WHERE i.amount > 0 AND CAST(p.paid_at AS DATE) <= $end
                 GROUP BY i.invoice_id, i.amount, i.due_date
                 HAVING sum(p.amount) >= i.amount - 0.01 AND CAST(max(p.paid_at) AS DATE) > i.due_date
                        AND CAST(max(p.paid_at) AS DATE) >= $start)"""
    return int(mart.query(sql, start=window.start, end=window.end)["n"].iloc[0])


def payment_delays(mart: Mart, window: Window, seen: date) -> pd.DataFrame:
    """One row per invoice due in ``window``: what it may depend on and how many days after its due date it was paid.

    Columns: days (to the last payment, for what is still open to ``seen``; below zero when paid early), settled,
    disputed, special_terms, terms (days agreed), weak_credit, delivered_late, discount, rep_id; null where unknown.
    """
    sql = """
        WITH paid AS (SELECT invoice_id, sum(amount) AS paid, CAST(max(paid_at) AS DATE) AS last FROM payments
                      WHERE CAST(paid_at AS DATE) <= $seen GROUP BY invoice_id),
        priced AS (SELECT order_id, 1 - sum(net_amount) / nullif(sum(list_price * qty), 0) AS discount FROM order_lines
                   WHERE net_amount > 0 AND list_price IS NOT NULL GROUP BY order_id)
        SELECT date_diff('day', i.due_date, CASE WHEN p.paid >= i.amount - 0.01 THEN p.last ELSE $seen END) AS days,
               coalesce(p.paid >= i.amount - 0.01, false) AS settled, i.disputed, c.special_terms,
               date_diff('day', i.issue_date, i.due_date) AS terms, a.credit_rating IN ('C', 'D') AS weak_credit,
               CASE WHEN CAST(o.delivered_at AS DATE) > o.promised_date
                         OR (o.delivered_at IS NULL AND o.promised_date < $seen) THEN true
                    WHEN o.promised_date IS NOT NULL THEN false END AS delivered_late,
               d.discount, o.rep_id
        FROM invoices i LEFT JOIN paid p ON p.invoice_id = i.invoice_id
             LEFT JOIN orders o ON o.order_id = i.order_id LEFT JOIN contracts c ON c.contract_id = o.contract_id
             LEFT JOIN accounts a ON a.account_id = coalesce(i.account_id, o.account_id)
             LEFT JOIN priced d ON d.order_id = i.order_id
        WHERE i.due_date BETWEEN $start AND $end AND i.amount > 0 ORDER BY i.invoice_id
    """
    return mart.query(sql, start=window.start, end=window.end, seen=seen)


def signed_to_cash(mart: Mart, window: Window, seen: date) -> pd.DataFrame:
    """One row per quarter of signing in ``window``: quarter (its first day), contracts, signed, billed, collected.

    Billed and collected are what was issued and received by ``seen`` for orders that name the contract, at most what
    was signed.
    """
    sql = """
        WITH bills AS (SELECT o.contract_id, i.invoice_id, i.amount FROM invoices i JOIN orders o USING (order_id)
                       WHERE i.issue_date <= $seen AND o.contract_id IS NOT NULL),
        cash AS (SELECT b.contract_id, sum(p.amount) AS paid FROM bills b JOIN payments p USING (invoice_id)
                 WHERE CAST(p.paid_at AS DATE) <= $seen GROUP BY b.contract_id),
        billed AS (SELECT contract_id, sum(amount) AS billed FROM bills GROUP BY contract_id)
        SELECT CAST(date_trunc('quarter', c.signed_at) AS DATE) AS quarter, count(*) AS contracts,
               sum(c.amount) AS signed, sum(least(c.amount, coalesce(b.billed, 0))) AS billed,
               sum(least(c.amount, coalesce(k.paid, 0))) AS collected
        FROM contracts c LEFT JOIN billed b USING (contract_id) LEFT JOIN cash k USING (contract_id)
        WHERE CAST(c.signed_at AS DATE) BETWEEN $start AND $end AND c.amount > 0
        GROUP BY 1 ORDER BY 1
    """
    return mart.query(sql, start=window.start, end=window.end, seen=seen)


def _owed(mart: Mart) -> str:
    bills = _INVOICES if bills_source(mart) == "invoices" else _ORDERS
    return f"""WITH bills AS ({bills}),
        received AS (SELECT * FROM payments WHERE CAST(paid_at AS DATE) <= $day),
        direct AS (
            SELECT r.invoice_id, sum(r.amount) AS paid FROM received r JOIN bills b ON b.bill_id = r.invoice_id
            GROUP BY r.invoice_id
        ),
        loose AS (
            SELECT account_id, sum(amount) AS paid FROM (
                SELECT r.account_id, r.amount FROM received r LEFT JOIN bills b ON b.bill_id = r.invoice_id
                WHERE b.bill_id IS NULL
                UNION ALL SELECT account_id, -amount FROM bills WHERE amount < 0
            ) AS parts WHERE account_id IS NOT NULL GROUP BY account_id
        ),
        open_bills AS (
            SELECT b.bill_id, b.account_id, b.issue_date, b.due_date, b.amount, b.written_off,
                   greatest(0, b.amount - b.written_off - coalesce(d.paid, 0)) AS rest
            FROM bills b LEFT JOIN direct d ON d.invoice_id = b.bill_id WHERE b.amount > 0
        ),
        queued AS (
            SELECT *, sum(rest) OVER (PARTITION BY account_id ORDER BY coalesce(due_date, issue_date), bill_id
                                      ROWS UNBOUNDED PRECEDING) - rest AS ahead
            FROM open_bills
        ),
        settled AS (
            SELECT q.bill_id, q.account_id, q.due_date, q.amount, q.written_off,
                   q.rest - greatest(0, least(q.rest, coalesce(l.paid, 0) - q.ahead)) AS owed
            FROM queued q LEFT JOIN loose l ON l.account_id = q.account_id
        )"""
