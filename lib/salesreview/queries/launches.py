"""New products since their launch (requirement D-12)."""

import json
from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..periods import Window


def launched(mart: Mart, window: Window) -> pd.DataFrame:
    """Products whose first launch falls inside ``window``, in order of launch.

    Columns product_id, product, product_line, launched_on (datetime64), target_sales (NaN without) and plan (mapping of
    the first day of a month to money, empty without). The launch date is that of ``products``, else the first of
    ``product_launches``; a product with an earlier launch is a relaunch and left out.
    """
    sql = """
        WITH plans AS (
            SELECT product_id, launch_date, target_sales, monthly_plan,
                   row_number() OVER (PARTITION BY product_id ORDER BY launch_date) AS place
            FROM product_launches)
        SELECT p.product_id, p.name AS product, p.product_line, coalesce(p.launch_date, l.launch_date) AS launched_on,
               l.target_sales, l.monthly_plan
        FROM products AS p LEFT JOIN plans AS l ON l.product_id = p.product_id AND l.place = 1
        WHERE coalesce(p.launch_date, l.launch_date) BETWEEN $start AND $end
        ORDER BY launched_on, p.product_id"""
    found = mart.query(sql, start=window.start, end=window.end)
    plans = [_plan(text, row.date()) for text, row in zip(found["monthly_plan"], found["launched_on"], strict=True)]
    return found.drop(columns="monthly_plan").assign(plan=plans)


def _plan(text: object, launched_on: date) -> dict[date, float]:
    """Keys are months (2026-03) or months since launch from 1."""
    if not isinstance(text, str):
        return {}
    body = json.loads(text)
    found = {}
    for key, value in body.items() if isinstance(body, dict) else ():
        month = pd.Period(key, "M") if "-" in str(key) else pd.Period(launched_on, "M") + int(key) - 1
        found[month.start_time.date()] = float(value)
    return found


def since_launch(mart: Mart, product_id: str, window: Window) -> pd.DataFrame:
    """Sales of one product by calendar month of ``window``: columns month (datetime64), sales; months sold only."""
    sql = """SELECT CAST(date_trunc('month', order_date) AS DATE) AS month, sum(net_amount) AS sales
             FROM sales_facts WHERE product_id = $product AND order_date BETWEEN $start AND $end
             GROUP BY CAST(date_trunc('month', order_date) AS DATE) ORDER BY month"""
    return mart.query(sql, product=product_id, start=window.start, end=window.end)


def buyers(mart: Mart, product_id: str, window: Window) -> tuple[int, int]:
    """Accounts that ordered the product in ``window``, and those of them that did so on two days or more."""
    sql = """WITH bought AS (
                 SELECT account_id, count(DISTINCT order_date) AS days FROM sales_facts
                 WHERE product_id = $product AND order_date BETWEEN $start AND $end AND NOT is_return
                 GROUP BY account_id)
             SELECT count(*) AS accounts, count(CASE WHEN days >= 2 THEN 1 END) AS again FROM bought"""
    row = mart.query(sql, product=product_id, start=window.start, end=window.end).iloc[0]
    return int(row["accounts"]), int(row["again"])


def aims(mart: Mart) -> pd.DataFrame:
    """What was aimed at with each first launch, by product_id: target_units, target_accounts (NaN without), planned
    (sum of the monthly plan, else target_sales), kit_days (days from the sales kit to the launch, negative: late)."""
    sql = """SELECT product_id, target_units, target_accounts, target_sales,
                    date_diff('day', CAST(kit_ready_at AS DATE), launch_date) AS kit_days,
                    CAST(monthly_plan AS VARCHAR) AS monthly_plan, launch_date,
                    row_number() OVER (PARTITION BY product_id ORDER BY launch_date) AS place
             FROM product_launches ORDER BY product_id"""
    found = mart.query(sql)
    found = found[found["place"] == 1]
    plans = [_plan(text, row.date()) for text, row in zip(found["monthly_plan"], found["launch_date"], strict=True)]
    planned = [
        sum(plan.values()) if plan else target for plan, target in zip(plans, found["target_sales"], strict=True)
    ]
    columns = ["product_id", "target_units", "target_accounts", "kit_days"]
    return found[columns].assign(planned=planned).set_index("product_id")


def sold_units(mart: Mart, product_id: str, window: Window) -> tuple[float, int]:
    """Units sold net of returns in ``window``, and the orders with the product."""
    sql = """SELECT coalesce(sum(qty), 0) AS units, count(DISTINCT CASE WHEN NOT is_return THEN order_id END) AS orders
             FROM sales_facts WHERE product_id = $product AND order_date BETWEEN $start AND $end"""
    row = mart.query(sql, product=product_id, start=window.start, end=window.end).iloc[0]
    return float(row["units"]), int(row["orders"])


def links(mart: Mart, product_id: str, window: Window) -> pd.Series:
    """What lies between a product and its sales in ``window``: opportunities created; won and closed; lost for price
    and lost with a reason; on_time and promised deliveries; rated tickets and their mean rating (1-5, NaN without);
    complaints."""
    sql = """
        WITH o AS (SELECT * FROM opportunities WHERE product_id = $product),
             closed AS (SELECT * FROM o WHERE outcome IN ('won', 'lost')
                        AND CAST(closed_at AS DATE) BETWEEN $start AND $end),
             delivered AS (
                 SELECT DISTINCT s.order_id, o.promised_date, CAST(o.delivered_at AS DATE) AS delivered
                 FROM sales_facts AS s JOIN orders AS o ON o.order_id = s.order_id
                 WHERE s.product_id = $product AND s.order_date BETWEEN $start AND $end AND NOT s.is_return
                       AND o.promised_date IS NOT NULL AND (o.delivered_at IS NOT NULL OR o.promised_date <= $end)),
             said AS (SELECT * FROM tickets WHERE product_id = $product
                      AND CAST(opened_at AS DATE) BETWEEN $start AND $end)
        SELECT (SELECT count(*) FROM o WHERE CAST(created_at AS DATE) BETWEEN $start AND $end) AS opportunities,
               (SELECT count(*) FROM closed WHERE outcome = 'won') AS won, (SELECT count(*) FROM closed) AS closed,
               (SELECT count(*) FROM closed WHERE outcome = 'lost' AND lost_reason = '价格') AS price,
               (SELECT count(*) FROM closed WHERE outcome = 'lost' AND lost_reason IS NOT NULL) AS lost,
               (SELECT count(*) FROM delivered WHERE delivered <= promised_date) AS on_time,
               (SELECT count(*) FROM delivered) AS promised,
               (SELECT count(csat) FROM said) AS rated, (SELECT avg(csat) FROM said) AS rating,
               (SELECT count(*) FROM said WHERE is_complaint) AS complaints"""
    return mart.query(sql, product=product_id, start=window.start, end=window.end).iloc[0]
