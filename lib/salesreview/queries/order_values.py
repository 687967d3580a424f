"""Sizes of orders: quantiles, bands, large and long-tail classes, the largest (requirements D-15, D-18).

An order's size is the sum of its net amounts inside the window. Quantiles, bands and classes look at orders above zero;
what lies at or below zero (returns booked as orders of their own) is the class ``returns``.
"""

from dataclasses import dataclass

import pandas as pd

from ..mart.store import Mart
from ..periods import Window

LARGE, MIDDLE, TAIL, RETURNS = "large", "middle", "tail", "returns"
"""Classes of orders in the order in which they are shown."""

_SIZES = """
    SELECT order_id, opp_id, contract_id,
           sum(net_amount) AS sales,
           sum(qty * list_price) AS list_sales,
           sum(CASE WHEN list_price IS NOT NULL AND qty IS NOT NULL THEN net_amount END) AS listed_sales,
           sum(cost_amount) AS cost,
           sum(CASE WHEN cost_amount IS NOT NULL THEN net_amount END) AS costed_sales
    FROM sales_facts WHERE order_date BETWEEN $start AND $end
    GROUP BY order_id, opp_id, contract_id
"""


@dataclass(frozen=True)
class Sizes:
    """Orders above zero in a window, with quartiles and 90th percentile of their size; None without any."""

    n: int
    q25: float | None
    median: float | None
    q75: float | None
    p90: float | None


def sizes(mart: Mart, window: Window) -> Sizes:
    """Quantiles by linear interpolation."""
    sql = f"""WITH sizes AS ({_SIZES}), amounts AS (SELECT CAST(sales AS DOUBLE) AS sales FROM sizes WHERE sales > 0)
        SELECT count(*) AS n, quantile_cont(sales, 0.25) AS q25, quantile_cont(sales, 0.5) AS median,
               quantile_cont(sales, 0.75) AS q75, quantile_cont(sales, 0.9) AS p90 FROM amounts"""
    row = mart.query(sql, start=window.start, end=window.end).iloc[0]
    values = (row[name] for name in ("q25", "median", "q75", "p90"))
    return Sizes(int(row["n"]), *(None if pd.isna(value) else float(value) for value in values))


def bands(mart: Mart, window: Window, edges: tuple[float, ...]) -> pd.DataFrame:
    """Orders above zero by size band: ``band`` 0 lies below the first edge, i from edge i-1 up to below edge i.

    Columns band, orders, sales; one row per band, zeros where none.
    """
    steps = " + ".join(f"CASE WHEN sales >= {edge!r} THEN 1 ELSE 0 END" for edge in edges) or "0"
    sql = f"""WITH sizes AS ({_SIZES}), banded AS (SELECT sales, {steps} AS band FROM sizes WHERE sales > 0)
        SELECT band, count(*) AS orders, sum(sales) AS sales FROM banded GROUP BY band ORDER BY band"""
    found = mart.query(sql, start=window.start, end=window.end).set_index("band")
    return found.reindex(range(len(edges) + 1), fill_value=0).rename_axis("band").reset_index()


def classes(mart: Mart, window: Window, threshold: float, tail_share: float) -> pd.DataFrame:
    """Facts by class of order (requirement D-18), in the order large, middle, tail, returns; only those that occur.

    Large orders reach ``threshold``; the long tail are the smallest orders that together make up at most
    ``tail_share`` of the sales of orders above zero; the rest is the middle. Columns class, orders, sales, list_sales,
    listed_sales, cost, costed_sales, cycle_days (median from first contact, else creation, of the opportunity to
    signing, else closing; NaN where unknown) and cycle_n.
    """
    sql = f"""
        WITH sizes AS ({_SIZES}),
        ranked AS (
            SELECT *, sum(CASE WHEN sales > 0 THEN sales END) OVER (
                          ORDER BY sales, order_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS reached,
                   sum(CASE WHEN sales > 0 THEN sales END) OVER () AS total
            FROM sizes),
        classed AS (
            SELECT *, CASE WHEN sales <= 0 THEN '{RETURNS}'
                           WHEN sales >= CAST($threshold AS DECIMAL(20,4)) THEN '{LARGE}'
                           WHEN reached <= total * CAST($tail AS DECIMAL(9,6)) THEN '{TAIL}'
                           ELSE '{MIDDLE}' END AS class
            FROM ranked),
        timed AS (
            SELECT classed.*, date_diff('day', CAST(coalesce(opp.first_contact_at, opp.created_at) AS DATE),
                                        CAST(coalesce(contracts.signed_at, opp.closed_at) AS DATE)) AS days
            FROM classed LEFT JOIN opportunities AS opp ON opp.opp_id = classed.opp_id
                         LEFT JOIN contracts ON contracts.contract_id = classed.contract_id)
        SELECT class, count(*) AS orders, sum(sales) AS sales, coalesce(sum(list_sales), 0) AS list_sales,
               coalesce(sum(listed_sales), 0) AS listed_sales, coalesce(sum(cost), 0) AS cost,
               coalesce(sum(costed_sales), 0) AS costed_sales,
               quantile_cont(CAST(CASE WHEN days >= 0 THEN days END AS DOUBLE), 0.5) AS cycle_days,
               count(CASE WHEN days >= 0 THEN 1 END) AS cycle_n
        FROM timed GROUP BY class
        ORDER BY CASE class WHEN '{LARGE}' THEN 0 WHEN '{MIDDLE}' THEN 1 WHEN '{TAIL}' THEN 2 ELSE 3 END, class"""
    return mart.query(sql, start=window.start, end=window.end, threshold=threshold, tail=tail_share)


def pareto(mart: Mart, window: Window, groups: int = 20) -> pd.DataFrame:
    """Cumulated orders and sales from the largest order down, in at most ``groups`` equal steps of orders above zero.

    Columns step (1 ..), orders and sales (both cumulated); no rows without orders.
    """
    sql = f"""
        WITH sizes AS ({_SIZES}),
        stepped AS (
            SELECT sales, ntile({groups}) OVER (ORDER BY sales DESC, order_id) AS step FROM sizes WHERE sales > 0),
        summed AS (SELECT step, count(*) AS orders, sum(sales) AS sales FROM stepped GROUP BY step)
        SELECT step,
               CAST(sum(orders) OVER reached AS BIGINT) AS orders,
               sum(sales) OVER reached AS sales
        FROM summed WINDOW reached AS (ORDER BY step ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
        ORDER BY step"""
    return mart.query(sql, start=window.start, end=window.end)


def largest(mart: Mart, window: Window, n: int, *, returns: bool = False) -> pd.DataFrame:
    """The ``n`` largest orders of ``window``, or with ``returns`` the ``n`` most negative ones.

    Columns order_id, order_date, account_id, account, sales.
    """
    sign, direction = ("<", "ASC") if returns else (">", "DESC")
    sql = f"""SELECT order_id, min(order_date) AS order_date, min(account_id) AS account_id, min(account) AS account,
                     sum(net_amount) AS sales
              FROM sales_facts WHERE order_date BETWEEN $start AND $end
              GROUP BY order_id HAVING sum(net_amount) {sign} 0 ORDER BY sales {direction}, order_id LIMIT {int(n)}"""
    return mart.query(sql, start=window.start, end=window.end)
