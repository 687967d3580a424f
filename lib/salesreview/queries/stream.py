"""The chain from lead to order and the mapped process steps (requirements S1-47, S1-48)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..record import UNCLASSIFIED


def mapped_steps(mart: Mart) -> pd.DataFrame:
    """The process map: ``flow``, ``step_no``, ``touch_h``, ``wait_h``, ``ca_pct``, ``va_class``, ``automated``."""
    sql = f"""
        SELECT coalesce(flow, '{UNCLASSIFIED}') AS flow, step_no, coalesce(touch_h, 0) AS touch_h,
               coalesce(wait_h, 0) AS wait_h, ca_pct, coalesce(va_class, '{UNCLASSIFIED}') AS va_class,
               coalesce(automated, FALSE) AS automated
        FROM process_steps ORDER BY flow, step_no
    """
    return mart.query(sql)


def chain(mart: Mart, window: Window) -> dict[str, pd.DataFrame]:
    """Begin and end of each step of the eight-step model that ended in ``window``: frames with ``begun``, ``ended``.

    Lead entered, followed up, quote prepared, approved, sent, confirmed by the customer, contract signed, ordered.
    """
    parts = {
        "entered": ("leads", "received_at", "entered_at"),
        "followed": ("leads", "coalesce(assigned_at, entered_at)", "first_touch_at"),
        "quoted": ("quotes", "requested_at", "coalesce(submitted_at, prepared_at)"),
        "approved": ("quotes", "submitted_at", "approved_at"),
        "sent": ("quotes", "approved_at", "sent_at"),
        "confirmed": ("quotes", "sent_at", "accepted_at"),
        "signed": ("contracts", "drafted_at", "signed_at"),
        "ordered": (
            "contracts c JOIN (SELECT contract_id, min(order_date) AS ordered_on FROM orders GROUP BY contract_id) o "
            "ON o.contract_id = c.contract_id",
            "CAST(CAST(c.signed_at AS DATE) AS TIMESTAMP)",
            "CAST(o.ordered_on AS TIMESTAMP)",
        ),
    }
    return {
        name: mart.query(
            f"""SELECT {begun} AS begun, {ended} AS ended FROM {table}
                WHERE {begun} IS NOT NULL AND CAST({ended} AS DATE) BETWEEN $start AND $end AND {ended} >= {begun}
                ORDER BY begun, ended""",
            start=window.start,
            end=window.end,
        )
        for name, (table, begun, ended) in parts.items()
    }
