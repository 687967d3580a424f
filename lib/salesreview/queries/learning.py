"""How people learn: first sales of a new product, training, tools, knowledge, mentors (T-16, T-22, D-51)."""

from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..periods import Window


def first_sales(mart: Mart, product_id: str, window: Window) -> pd.DataFrame:
    """The first day in ``window`` on which each rep was credited with an order of the product: rep_id, first_day."""
    sql = """
        SELECT coalesce(s.rep_id, f.rep_id) AS rep_id, min(f.order_date) AS first_day
        FROM sales_facts AS f LEFT JOIN order_splits AS s ON s.order_id = f.order_id
        WHERE f.product_id = $product AND NOT f.is_return AND f.order_date BETWEEN $start AND $end
              AND coalesce(s.rep_id, f.rep_id) IS NOT NULL
        GROUP BY 1 ORDER BY 1"""
    return mart.query(sql, product=product_id, start=window.start, end=window.end)


def attendances(mart: Mart, window: Window) -> pd.DataFrame:
    """One row per course attended in ``window``: course_id, course, rep_id, date, pre_score, post_score, applied_at."""
    sql = """
        SELECT t.course_id, coalesce(c.name, t.course_id) AS course, t.rep_id, t."date" AS date, t.pre_score,
               coalesce(t.post_score, t.score) AS post_score, t.applied_at
        FROM training_records AS t LEFT JOIN training_courses AS c ON c.course_id = t.course_id
        WHERE t."date" BETWEEN $start AND $end ORDER BY t."date", t.course_id, t.rep_id"""
    return mart.query(sql, start=window.start, end=window.end)


def tools_live(mart: Mart, window: Window) -> pd.DataFrame:
    """Tools that went live in ``window``: tool_id, tool, go_live."""
    sql = """SELECT tool_id, coalesce(name, tool_id) AS tool, go_live FROM tools
             WHERE go_live BETWEEN $start AND $end ORDER BY go_live, tool_id"""
    return mart.query(sql, start=window.start, end=window.end)


def first_use(mart: Mart, tool_id: str, until: date) -> pd.DataFrame:
    """The first week in which each person used the tool: rep_id, first_day (a Monday)."""
    sql = """SELECT rep_id, min(week) AS first_day FROM tool_usage
             WHERE tool_id = $tool AND active_days > 0 AND week <= $until GROUP BY rep_id ORDER BY rep_id"""
    return mart.query(sql, tool=tool_id, until=until)


def created_deals(mart: Mart, window: Window) -> pd.DataFrame:
    """Opportunities created in ``window`` and meanwhile decided: rep_id, created (day), won (bool), amount."""
    sql = """
        SELECT rep_id, CAST(created_at AS DATE) AS created, outcome = 'won' AS won, amount FROM opportunities
        WHERE outcome IN ('won', 'lost') AND rep_id IS NOT NULL AND CAST(created_at AS DATE) BETWEEN $start AND $end
        ORDER BY opp_id"""
    return mart.query(sql, start=window.start, end=window.end)


def monthly_credit(mart: Mart, window: Window) -> pd.DataFrame:
    """Credited sales by rep and calendar month of ``window``: rep_id, month (first day), sales; months sold only."""
    sql = """
        SELECT coalesce(s.rep_id, f.rep_id) AS rep_id, CAST(date_trunc('month', f.order_date) AS DATE) AS month,
               sum(f.net_amount * coalesce(s.split_pct, 1)) AS sales
        FROM sales_facts AS f LEFT JOIN order_splits AS s ON s.order_id = f.order_id
        WHERE f.order_date BETWEEN $start AND $end AND coalesce(s.rep_id, f.rep_id) IS NOT NULL
        GROUP BY 1, 2 ORDER BY 1, 2"""
    return mart.query(sql, start=window.start, end=window.end)


def mentees(mart: Mart) -> set[str]:
    """Everyone who has or had a mentor."""
    return set(mart.query("SELECT DISTINCT mentee_id FROM mentorships ORDER BY mentee_id")["mentee_id"])


def knowledge(mart: Mart, until: date) -> pd.DataFrame:
    """Items of the knowledge base up to ``until`` by author: rep_id, items, reuses."""
    sql = """SELECT author_rep_id AS rep_id, count(*) AS items, coalesce(sum(reuse_count), 0) AS reuses
             FROM knowledge_items WHERE created <= $until AND author_rep_id IS NOT NULL GROUP BY 1 ORDER BY 1"""
    return mart.query(sql, until=until)
