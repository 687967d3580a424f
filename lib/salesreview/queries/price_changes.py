"""Price changes that took effect in a window (requirement D-06)."""

from ..mart.store import Mart
from ..periods import Window


def repriced_products(mart: Mart, window: Window) -> int:
    """Products whose price changed with effect inside ``window``."""
    sql = """SELECT count(DISTINCT product_id) AS n FROM price_changes
             WHERE effective_date BETWEEN $start AND $end AND new_price <> old_price"""
    return int(mart.query(sql, start=window.start, end=window.end)["n"].iloc[0])
