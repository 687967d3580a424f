"""Checks between whole tables of kept rows: amounts, splits and targets that should agree (warnings, never errors)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from .quality import Issue


@dataclass(frozen=True)
class Agreement:
    """``sql`` gives one row per disagreement over ``typed``: its id and the amount (or null) by which it is off.

    ``{tolerance}`` in it is the share by which two amounts may differ.
    """

    name: str
    table: str
    column: str
    needs: tuple[str, ...]
    sql: str
    expected: str


AGREEMENTS = (
    Agreement(
        "contract_equals_orders",
        "contracts",
        "amount",
        ("contracts", "opportunities", "orders", "order_lines"),
        """
        SELECT c.contract_id AS id, s.amount - c.amount AS off
        FROM typed.contracts AS c
        JOIN typed.opportunities AS o ON o.opp_id = c.opp_id AND o.outcome = 'won'
        JOIN (SELECT d.contract_id, sum(l.net_amount) AS amount
              FROM typed.orders AS d JOIN typed.order_lines AS l ON l.order_id = d.order_id
              WHERE d.status IS NULL OR d.status <> 'cancelled'
              GROUP BY d.contract_id) AS s ON s.contract_id = c.contract_id
        WHERE abs(s.amount - c.amount) > {tolerance} * abs(c.amount) AND NOT coalesce(c.framework, false)
        """,
        "sum of order_lines.net_amount of the contract's orders = contracts.amount",
    ),
    Agreement(
        "payments_within_invoice",
        "payments",
        "amount",
        ("payments", "invoices"),
        """
        SELECT i.invoice_id AS id, p.amount - i.amount AS off
        FROM typed.invoices AS i
        JOIN (SELECT invoice_id, sum(amount) AS amount FROM typed.payments GROUP BY invoice_id) AS p
          ON p.invoice_id = i.invoice_id
        WHERE p.amount > i.amount + {tolerance} * abs(i.amount)
        """,
        "sum of payments.amount <= invoices.amount",
    ),
    Agreement(
        "order_splits_add_up",
        "order_splits",
        "split_pct",
        ("order_splits",),
        """
        SELECT order_id AS id, CAST(NULL AS DECIMAL(20,4)) AS off FROM typed.order_splits
        GROUP BY order_id HAVING abs(sum(split_pct) - 1) > 0.001
        """,
        "sum of order_splits.split_pct per order = 1",
    ),
    Agreement(
        "opportunity_splits_add_up",
        "opportunity_team",
        "split_pct",
        ("opportunity_team",),
        """
        SELECT opp_id AS id, CAST(NULL AS DECIMAL(20,4)) AS off FROM typed.opportunity_team
        GROUP BY opp_id HAVING abs(sum(split_pct) - 1) > 0.001
        """,
        "sum of opportunity_team.split_pct per opportunity = 1",
    ),
    Agreement(
        "targets_add_up",
        "targets",
        "value",
        ("targets",),
        """
        SELECT concat_ws(' ', t.metric, t.period_start, t.period_end, c.dim) AS id, t.value - c.value AS off
        FROM (SELECT metric, period_start, period_end, coalesce(version, 'original') AS version, sum(value) AS value
              FROM typed.targets WHERE dim = 'total' AND unit IN ('元', '个')
              GROUP BY metric, period_start, period_end, coalesce(version, 'original')) AS t
        JOIN (SELECT metric, period_start, period_end, coalesce(version, 'original') AS version, dim,
                     sum(value) AS value
              FROM typed.targets WHERE dim <> 'total' AND unit IN ('元', '个')
              GROUP BY metric, period_start, period_end, coalesce(version, 'original'), dim) AS c
          ON c.metric = t.metric AND c.period_start = t.period_start AND c.period_end = t.period_end
         AND c.version = t.version
        WHERE abs(t.value - c.value) > {tolerance} * abs(t.value)
        """,
        "sum of the members' targets = target of the total",
    ),
    Agreement(
        "quota_reps_have_targets",
        "reps",
        "quota_carrying",
        ("reps", "targets"),
        """
        SELECT r.rep_id AS id, CAST(NULL AS DECIMAL(20,4)) AS off FROM typed.reps AS r
        WHERE r.quota_carrying AND r.leave_date IS NULL
          AND EXISTS (SELECT 1 FROM typed.targets WHERE dim = 'rep')
          AND NOT EXISTS (SELECT 1 FROM typed.targets AS t WHERE t.dim = 'rep' AND t.member = r.rep_id)
        """,
        "each active quota-carrying rep has a target",
    ),
)


def check_integrity(con: duckdb.DuckDBPyConnection, provided: frozenset[str], tolerance: Decimal) -> tuple[Issue, ...]:
    """An issue ``integrity:<name>`` per agreement that is broken; ``amount`` is the sum of the differences.

    An agreement whose tables are not all provided is not checked.
    """
    return tuple(_broken(con, provided, tolerance))


def _broken(con: duckdb.DuckDBPyConnection, provided: frozenset[str], tolerance: Decimal) -> Iterator[Issue]:
    for rule in AGREEMENTS:
        if not set(rule.needs) <= provided:
            continue
        sql = rule.sql.format(tolerance=tolerance)
        rows, off, example = con.execute(f"SELECT count(*), sum(off), min(id) FROM ({sql}) AS b").fetchall()[0]
        if rows:
            name = f"integrity:{rule.name}"
            yield Issue(rule.table, rule.column, name, "warning", rows, off, example, rule.expected)
