"""What `account_snapshots` knows of an account on a day: the tables, their day, and the features made of them.

Each part reads rows with ``account_id`` and ``day``, the day from which a row was known, and sums up those with
``day`` up to the row's ``moment`` (and after ``moment`` - ``within``). A date inside a row that may lie after the
moment (a ticket's answer, a payment) is compared with the moment before it counts.
"""

from dataclasses import dataclass, field

KDM = "KDM"
RIVAL = "竞争对手介入"


@dataclass(frozen=True)
class Part:
    """``features``: SQL aggregates over the rows ``e`` of the account up to ``g.moment``; ``needs``: what the data must
    have, ``also``: what single features need besides."""

    name: str
    needs: tuple[str, ...]
    rows: str
    features: dict[str, str]
    within: int | None = None
    also: dict[str, tuple[str, ...]] = field(default_factory=dict)


def _last(condition: str, days: int) -> str:
    return f"count(CASE WHEN {condition} AND e.day > g.moment - {days} THEN 1 END)"


_SINCE = "date_diff('day', {0}, g.moment)"
_BOUGHT = "CASE WHEN e.bought THEN e.day END"

ORDERS = Part(
    "ordered",
    ("orders.account_id",),
    """SELECT account_id, order_date AS day, sum(net_amount) AS sales, bool_or(NOT is_return) AS bought,
              bool_or(is_return) AS returned
       FROM sales_facts GROUP BY account_id, order_date""",
    {
        "recency": _SINCE.format(f"max({_BOUGHT})"),
        "tenure": _SINCE.format(f"min({_BOUGHT})"),
        "usual_gap": f"date_diff('day', min({_BOUGHT}), max({_BOUGHT})) / nullif(count({_BOUGHT}) - 1, 0)",
        "orders_180": _last("e.bought", 180),
        "orders_365": _last("e.bought", 365),
        "returns_365": _last("e.returned", 365),
        "sales_180": "CAST(coalesce(sum(CASE WHEN e.day > g.moment - 180 THEN e.sales END), 0) AS DOUBLE)",
        "sales_365": "CAST(coalesce(sum(CASE WHEN e.day > g.moment - 365 THEN e.sales END), 0) AS DOUBLE)",
    },
)
LINES = Part(
    "range_bought",
    ("order_lines.product_id", "orders.account_id"),
    "SELECT account_id, order_date AS day, product_id, product_line FROM sales_facts WHERE NOT is_return",
    {"products_365": "count(DISTINCT e.product_id)", "lines_365": "count(DISTINCT e.product_line)"},
    within=365,
    also={"lines_365": ("products.product_line",)},
)
TICKETS = Part(
    "asked",
    ("tickets.account_id",),
    """SELECT account_id, CAST(opened_at AS DATE) AS day, CAST(resolved_at AS DATE) AS resolved,
              coalesce(is_complaint, FALSE) AS complaint, severity, csat
       FROM tickets""",
    {
        "tickets_180": _last("TRUE", 180),
        "complaints_180": _last("e.complaint", 180),
        "days_since_complaint": _SINCE.format("max(CASE WHEN e.complaint THEN e.day END)"),
        "open_tickets": "count(CASE WHEN coalesce(e.resolved, DATE '9999-12-31') > g.moment THEN e.day END)",
        "severe_180": _last("e.severity >= 3", 180),
        "ticket_score": "avg(CASE WHEN e.resolved <= g.moment THEN e.csat END)",
    },
    within=365,
    also={
        "complaints_180": ("tickets.is_complaint",),
        "days_since_complaint": ("tickets.is_complaint",),
        "open_tickets": ("tickets.resolved_at",),
        "severe_180": ("tickets.severity",),
        "ticket_score": ("tickets.csat",),
    },
)
_SCORE = "100 * (score - scale_min) / nullif(scale_max - scale_min, 0)"
SURVEYS = Part(
    "scored",
    ("surveys.account_id", "surveys.score"),
    f"SELECT account_id, \"date\" AS day, type, {_SCORE} AS score FROM surveys WHERE type IN ('NPS', 'CSAT')",
    {
        "nps_last": "arg_max(e.score, e.day) FILTER (WHERE e.type = 'NPS' AND e.score IS NOT NULL)",
        "csat_last": "arg_max(e.score, e.day) FILTER (WHERE e.type = 'CSAT' AND e.score IS NOT NULL)",
    },
    within=540,
)
ACTIVITIES = Part(
    "touched",
    ("activities.account_id",),
    """SELECT account_id, CAST(greatest(started_at, coalesce(logged_at, started_at)) AS DATE) AS day,
              opp_id IS NULL AS care, type
       FROM activities""",
    {
        "touches_90": _last("TRUE", 90),
        "touches_180": _last("TRUE", 180),
        "touches_365": "count(e.day)",
        "care_180": _last("e.care", 180),
        "days_since_touch": _SINCE.format("max(e.day)"),
        "reminders_180": _last("e.type = '催款'", 180),
    },
    within=365,
    also={"care_180": ("activities.opp_id",), "reminders_180": ("activities.type",)},
)
_INVOICED = """
    SELECT coalesce(i.account_id, o.account_id) AS account_id, i.invoice_id, i.issue_date, i.due_date, i.amount
    FROM invoices i LEFT JOIN orders o ON o.order_id = i.order_id WHERE i.due_date IS NOT NULL"""
PAYMENTS = Part(
    "paid",
    ("payments.invoice_id", "invoices.due_date"),
    f"""SELECT i.account_id, CAST(p.paid_at AS DATE) AS day,
               date_diff('day', i.due_date, CAST(p.paid_at AS DATE)) AS late
        FROM payments p JOIN ({_INVOICED}) AS i ON i.invoice_id = p.invoice_id""",
    {
        "payment_delay": "avg(e.late)",
    },
    within=180,
)
OWED = Part(
    "owing",
    ("payments.invoice_id", "invoices.due_date"),
    f"""SELECT i.account_id, i.issue_date AS day, i.due_date, min(p.day) AS settled
        FROM ({_INVOICED}) AS i LEFT JOIN (
            SELECT invoice_id, CAST(paid_at AS DATE) AS day,
                   sum(amount) OVER (PARTITION BY invoice_id ORDER BY paid_at) AS so_far
            FROM payments
        ) AS p ON p.invoice_id = i.invoice_id AND p.so_far >= 0.995 * i.amount
        GROUP BY i.invoice_id, i.account_id, i.issue_date, i.due_date""",
    {
        "overdue_invoices": """count(CASE WHEN e.due_date < g.moment AND (e.settled IS NULL OR e.settled > g.moment)
                                     THEN 1 END)""",
        "overdue_days": """max(CASE WHEN e.due_date < g.moment AND (e.settled IS NULL OR e.settled > g.moment)
                               THEN date_diff('day', e.due_date, g.moment) ELSE 0 END)""",
    },
    within=730,
)
CONTRACTS = Part(
    "contracted",
    ("contracts.account_id", "contracts.end_date"),
    "SELECT account_id, signed_on AS day, start_date, end_date, value FROM carried",
    {
        "contracts_live": "count(CASE WHEN g.moment BETWEEN e.start_date AND e.end_date THEN 1 END)",
        "contract_days_left": "date_diff('day', g.moment, max(e.end_date))",
    },
)
CONTACTS = Part(
    "people",
    ("contacts.left_at", "contacts.account_id"),
    "SELECT account_id, left_at AS day, buying_role FROM contacts WHERE left_at IS NOT NULL",
    {"contacts_left_180": _last("e.day IS NOT NULL", 180), "deciders_left": _last(f"e.buying_role = '{KDM}'", 365)},
    within=365,
    also={"deciders_left": ("contacts.buying_role",)},
)
SIGNALS = Part(
    "signalled",
    ("account_signals.account_id",),
    'SELECT account_id, "date" AS day, type FROM account_signals',
    {
        "signals_180": _last("e.day IS NOT NULL", 180),
        "rival_signals": _last(f"e.type = '{RIVAL}'", 365),
    },
    within=365,
    also={"rival_signals": ("account_signals.type",)},
)
DEALS = Part(
    "dealt",
    ("opportunities.account_id",),
    """SELECT account_id, CAST(created_at AS DATE) AS day, CAST(closed_at AS DATE) AS closed, outcome
       FROM opportunities""",
    {
        "open_deals": "count(CASE WHEN e.day IS NOT NULL AND (e.closed IS NULL OR e.closed > g.moment) THEN 1 END)",
        "deals_won": "count(CASE WHEN e.outcome = 'won' AND e.closed BETWEEN g.moment - 365 AND g.moment THEN 1 END)",
        "deals_lost": "count(CASE WHEN e.outcome = 'lost' AND e.closed BETWEEN g.moment - 365 AND g.moment THEN 1 END)",
    },
    within=1095,
    also={"deals_won": ("opportunities.closed_at",), "deals_lost": ("opportunities.closed_at",)},
)
PARTS = (ORDERS, LINES, TICKETS, SURVEYS, ACTIVITIES, PAYMENTS, OWED, CONTRACTS, CONTACTS, SIGNALS, DEALS)

DERIVED = {
    "gap_ratio": ("recency / greatest(usual_gap, 7)", ("usual_gap",)),
    "orders_trend": ("2 * orders_180 - orders_365", ("orders_180",)),
    "sales_trend": ("(2 * sales_180 - sales_365) / nullif(abs(sales_365), 0)", ("sales_180",)),
    "order_value": ("sales_365 / nullif(orders_365, 0)", ("sales_365",)),
    "touch_trend": ("2 * touches_180 - touches_365", ("touches_365",)),
}
"""Features of features: their SQL, and the features it reads."""
HELPERS = ("sales_180", "touches_180", "touches_365")
"""Read by `DERIVED` only."""
COVERED = {
    "recency": "CAST($activity AS INTEGER) - 1 - recency",
    "contract_days_left": "contract_days_left + CAST($grace AS INTEGER)",
}
"""How many days an account stays active without a further order or contract, by each feature that tells it."""
