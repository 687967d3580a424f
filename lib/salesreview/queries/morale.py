"""How people fare: reaction to losses and weak months, ideas, hours, pay, leavers (requirements T-17, T-19, T-24).

Rows are by team or by team and month; a single person is in none of them but `paid`, which is only ever counted.
"""

from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..periods import Window, add_months
from ..record import UNCLASSIFIED

_TEAM = f"coalesce(t.name, r.team_id, '{UNCLASSIFIED}') AS team"


def losses(mart: Mart, window: Window) -> pd.DataFrame:
    """Deals lost in ``window`` whose tenth working day after falls into the data: rep_id, team, before_days,
    before, after.

    ``before`` are the owner's activities of the 30 days up to the loss, ``before_days`` the working days among them,
    ``after`` the activities of the ten working days that follow (T-17).
    """
    sql = f"""
        WITH work AS (SELECT "date" AS day, row_number() OVER (ORDER BY "date") AS nr FROM calendar WHERE is_workday),
        lost AS (
            SELECT o.opp_id, o.rep_id, {_TEAM}, CAST(o.closed_at AS DATE) AS day
            FROM opportunities AS o JOIN reps AS r ON r.rep_id = o.rep_id LEFT JOIN teams AS t ON t.team_id = r.team_id
            WHERE o.outcome = 'lost' AND CAST(o.closed_at AS DATE) BETWEEN $start AND $end
                  AND coalesce(r.quota_carrying, TRUE)),
        framed AS (
            SELECT l.*, (SELECT count(*) FROM work AS w WHERE w.day > l.day - 30 AND w.day <= l.day) AS before_days,
                   (SELECT min(w.day) FROM work AS w
                    WHERE w.nr = (SELECT count(*) FROM work AS v WHERE v.day <= l.day) + 10) AS tenth
            FROM lost AS l),
        acts AS (SELECT rep_id, CAST(started_at AS DATE) AS day, count(*) AS n FROM activities
                 WHERE rep_id IS NOT NULL GROUP BY 1, 2)
        SELECT f.opp_id, f.team, any_value(f.before_days) AS before_days,
               coalesce(sum(CASE WHEN a.day <= f.day THEN a.n END), 0) AS before,
               coalesce(sum(CASE WHEN a.day > f.day THEN a.n END), 0) AS after
        FROM framed AS f LEFT JOIN acts AS a
             ON a.rep_id = f.rep_id AND a.day > f.day - 30 AND a.day <= f.tenth
        WHERE f.tenth <= $end AND f.before_days > 0
        GROUP BY f.opp_id, f.team ORDER BY f.opp_id"""
    return mart.query(sql, start=window.start, end=window.end)


def won_back(mart: Mart, window: Window, inactive_days: int) -> int:
    """Accounts that ordered in ``window`` after more than ``inactive_days`` without an order."""
    sql = """
        WITH days AS (
            SELECT account_id, order_date, lag(order_date) OVER (PARTITION BY account_id ORDER BY order_date) AS prior
            FROM (SELECT DISTINCT account_id, order_date FROM sales_facts WHERE NOT is_return) AS d)
        SELECT count(DISTINCT account_id) AS n FROM days
        WHERE order_date BETWEEN $start AND $end AND date_diff('day', prior, order_date) > $limit"""
    return int(mart.query(sql, start=window.start, end=window.end, limit=inactive_days)["n"].iloc[0])


def suggestions(mart: Mart, window: Window) -> pd.DataFrame:
    """Suggestions made or decided in ``window``: date, decided_at, team, type, status, benefit, hours_saved."""
    sql = f"""
        SELECT s."date" AS date, s.decided_at, {_TEAM}, coalesce(s.type, '{UNCLASSIFIED}') AS type, s.status,
               s.benefit, s.hours_saved
        FROM suggestions AS s LEFT JOIN reps AS r ON r.rep_id = s.rep_id LEFT JOIN teams AS t ON t.team_id = r.team_id
        WHERE s."date" BETWEEN $start AND $end OR CAST(s.decided_at AS DATE) BETWEEN $start AND $end
        ORDER BY s."date", s.suggestion_id"""
    return mart.query(sql, start=window.start, end=window.end)


def experiments(mart: Mart, window: Window) -> pd.DataFrame:
    """Experiments that ran in ``window``: hypothesis, metric, start, end, decision."""
    sql = """SELECT hypothesis, metric, "start" AS start, "end" AS end, decision FROM experiments
             WHERE "start" <= $end AND ("end" IS NULL OR "end" >= $start) ORDER BY "start", experiment_id"""
    return mart.query(sql, start=window.start, end=window.end)


def headcount(mart: Mart, window: Window) -> pd.DataFrame:
    """Person-days in post and leavers of ``window`` by team: team, days, voluntary, leavers.

    A leaver counts in the window that holds the last day; without a leave type the kind is not known and counts as a
    leaver only.
    """
    sql = f"""
        SELECT {_TEAM},
               sum(greatest(0, date_diff('day', greatest(coalesce(r.hire_date, $start), $start),
                                         least(coalesce(r.leave_date, $end), $end)) + 1)) AS days,
               count(CASE WHEN r.leave_date BETWEEN $start AND $end AND r.leave_type = '主动' THEN 1 END) AS voluntary,
               count(CASE WHEN r.leave_date BETWEEN $start AND $end THEN 1 END) AS leavers
        FROM reps AS r LEFT JOIN teams AS t ON t.team_id = r.team_id GROUP BY 1 ORDER BY 1"""
    return mart.query(sql, start=window.start, end=window.end)


def hours(mart: Mart, window: Window) -> pd.DataFrame:
    """Logged hours by team and week that begins in ``window``, weeks with a full record of five working days only:
    team, week, people, hours, over (hours beyond 40 a person)."""
    sql = f"""
        WITH full_weeks AS (
            SELECT date_trunc('week', "date") AS week FROM calendar WHERE is_workday GROUP BY 1 HAVING count(*) = 5),
        logged AS (
            SELECT l.rep_id, l.week, sum(l.hours) AS hours FROM time_log AS l
            WHERE l.week BETWEEN $start AND $end AND date_trunc('week', l.week) IN (SELECT week FROM full_weeks)
            GROUP BY 1, 2)
        SELECT {_TEAM}, l.week, count(*) AS people, sum(l.hours) AS hours, sum(greatest(0, l.hours - 40)) AS over
        FROM logged AS l LEFT JOIN reps AS r ON r.rep_id = l.rep_id LEFT JOIN teams AS t ON t.team_id = r.team_id
        GROUP BY 1, 2 ORDER BY 1, 2"""
    return mart.query(sql, start=window.start, end=window.end)


def paid(mart: Mart, window: Window) -> pd.DataFrame:
    """Quota carriers paid in the months that begin in ``window``: team, base, variable (commission and bonus), months,
    empty (months without variable pay)."""
    sql = f"""
        SELECT {_TEAM}, sum(coalesce(c.base, 0)) AS base,
               sum(coalesce(c.commission, 0) + coalesce(c.bonus, 0)) AS variable, count(*) AS months,
               count(CASE WHEN coalesce(c.commission, 0) + coalesce(c.bonus, 0) = 0 THEN 1 END) AS empty
        FROM rep_costs AS c JOIN reps AS r ON r.rep_id = c.rep_id LEFT JOIN teams AS t ON t.team_id = r.team_id
        WHERE c.month BETWEEN $start AND $end AND coalesce(r.quota_carrying, TRUE)
        GROUP BY t.name, r.team_id, r.rep_id ORDER BY r.rep_id"""
    return mart.query(sql, start=window.start, end=window.end)


def year_before(day: date) -> Window:
    """The twelve months that end on ``day``."""
    return Window(date.fromordinal(add_months(day, -12).toordinal() + 1), day)
