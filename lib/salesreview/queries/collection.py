"""What was billed, what came in and what is still owed (engine row E-19).

Bills are invoices, or where none are provided orders by order date (`bills_source`). A payment that names its invoice
pays that one; other payments of an account pay its bills first in, first out by due date, without one by issue date.
Bills below zero (credit notes, returns) count as payments of the account. All amounts in base currency.
"""

from dataclasses import dataclass
from datetime import date

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
            SELECT q.bill_id, q.due_date, q.amount, q.written_off,
                   q.rest - greatest(0, least(q.rest, coalesce(l.paid, 0) - q.ahead)) AS owed
            FROM queued q LEFT JOIN loose l ON l.account_id = q.account_id
        )"""
