"""Sales around price changes, and what was said and done after them (requirements M-14, M-15)."""

import pandas as pd

from ..mart.store import Mart
from ..periods import Window


def events(mart: Mart, window: Window) -> pd.DataFrame:
    """Price changes with effect in ``window`` as they were announced, one row per day and product line: day
    (datetime64), product_line, products (list of ids), list_change (mean of new / old − 1), reason."""
    return mart.query(
        """
        SELECT c.effective_date AS day, coalesce(p.product_line, p.name, c.product_id) AS product_line,
               list(DISTINCT c.product_id ORDER BY c.product_id) AS products,
               avg(c.new_price / c.old_price - 1) AS list_change, any_value(c.reason) AS reason
        FROM price_changes c LEFT JOIN products p ON p.product_id = c.product_id
        WHERE c.effective_date BETWEEN $start AND $end AND c.old_price > 0 AND c.new_price <> c.old_price
        GROUP BY c.effective_date, coalesce(p.product_line, p.name, c.product_id) ORDER BY day, product_line
        """,
        start=window.start,
        end=window.end,
    )


def repriced(mart: Mart, window: Window) -> tuple[str, ...]:
    """Ids of all products with a price change in ``window``."""
    found = mart.query(
        """SELECT DISTINCT product_id FROM price_changes
           WHERE effective_date BETWEEN $start AND $end AND new_price <> old_price ORDER BY product_id""",
        start=window.start,
        end=window.end,
    )
    return tuple(found["product_id"])


def lines(mart: Mart, window: Window) -> pd.DataFrame:
    """Order lines of ``window`` with a quantity above zero, without returns: order_id, day (datetime64), product_id,
    qty, net, cost (null without)."""
    return mart.query(
        """
        SELECT order_id, order_date AS day, product_id, CAST(qty AS DOUBLE) AS qty, net_amount AS net,
               cost_amount AS cost
        FROM sales_facts
        WHERE order_date BETWEEN $start AND $end AND NOT is_return AND qty > 0 AND net_amount > 0
        ORDER BY order_id, line_no
        """,
        start=window.start,
        end=window.end,
    )


def lost_for_price(mart: Mart, window: Window, products: tuple[str, ...]) -> tuple[int, int]:
    """Deals on ``products`` lost in ``window`` with price as the reason, and lost ones with any reason given."""
    row = mart.query(
        """
        SELECT count(*) FILTER (WHERE lost_reason = '价格') AS price, count(lost_reason) AS lost
        FROM opportunities
        WHERE outcome = 'lost' AND CAST(closed_at AS DATE) BETWEEN $start AND $end
              AND list_contains(string_split($products, chr(10)), product_id)
        """,
        start=window.start,
        end=window.end,
        products="\n".join(products),
    ).iloc[0]
    return int(row["price"]), int(row["lost"])


def price_voices(mart: Mart, window: Window) -> dict[str, tuple[int, int]]:
    """Customers' answers and tickets of ``window`` about price: ``answers`` and ``complaints``, each about price and
    all."""
    row = mart.query(
        """
        SELECT (SELECT count(*) FROM surveys WHERE type IN ('NPS', 'CSAT') AND theme = '价格'
                AND "date" BETWEEN $start AND $end) AS answers_price,
               (SELECT count(theme) FROM surveys WHERE type IN ('NPS', 'CSAT')
                AND "date" BETWEEN $start AND $end) AS answers,
               (SELECT count(*) FROM tickets WHERE is_complaint AND category = '价格'
                AND CAST(opened_at AS DATE) BETWEEN $start AND $end) AS complaints_price,
               (SELECT count(*) FROM tickets WHERE is_complaint
                AND CAST(opened_at AS DATE) BETWEEN $start AND $end) AS complaints
        """,
        start=window.start,
        end=window.end,
    ).iloc[0]
    return {name: (int(row[f"{name}_price"]), int(row[name])) for name in ("answers", "complaints")}
