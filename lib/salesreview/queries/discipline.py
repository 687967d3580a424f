"""Templates used, deals' course, records kept, follow-ups, plans, meetings and messages, for the process sections."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from ..mart.store import Mart
from ..periods import Window
from ..settings.process_rules import Records


def templated(mart: Mart, window: Window, artefact: str) -> pd.DataFrame:
    """One row per quote requested or contract drafted in ``window``: rep_id, used (a template is named)."""
    day = {"quote": "coalesce(x.requested_at, x.sent_at)", "contract": "coalesce(x.drafted_at, x.signed_at)"}[artefact]
    sql = f"""SELECT o.rep_id, x.template_id IS NOT NULL AS used FROM {artefact}s x LEFT JOIN opportunities o
              USING (opp_id) WHERE CAST({day} AS DATE) BETWEEN $start AND $end ORDER BY x.{artefact}_id"""
    return mart.query(sql, start=window.start, end=window.end).astype({"used": bool})


def closed_course(mart: Mart, window: Window, fields: tuple[str, ...]) -> pd.DataFrame:
    """One row per deal closed in ``window``: won, stages (list of those in its history), filled (all ``fields``)."""
    filled = " AND ".join(f"o.{field} IS NOT NULL" for field in fields) or "true"
    sql = f"""
        WITH past AS (SELECT opp_id, list(DISTINCT stage ORDER BY stage) AS stages FROM stage_history GROUP BY opp_id)
        SELECT o.outcome = 'won' AS won, coalesce(h.stages, []) AS stages, {filled} AS filled
        FROM opportunities o LEFT JOIN past h USING (opp_id)
        WHERE o.outcome IN ('won', 'lost') AND CAST(o.closed_at AS DATE) BETWEEN $start AND $end ORDER BY o.opp_id
    """
    return mart.query(sql, start=window.start, end=window.end)


@dataclass(frozen=True)
class Kept:
    """How one table's records are judged: required fields, the person behind a row, the day by which it falls into a
    period (None: all rows), a rule that a valid row meets, and what tells duplicates apart (None: not judged)."""

    fields: tuple[str, ...]
    person: str
    day: str | None = None
    valid: str | None = None
    unique: str | None = None


OBJECTS = {
    "accounts": Kept(("industry", "region_id", "tier", "owner_rep_id"), "x.owner_rep_id"),
    "contacts": Kept(("level", "buying_role", "department"), "(SELECT a.owner_rep_id FROM accounts a "
                     "WHERE a.account_id = x.account_id)"),
    "leads": Kept(("source_channel", "industry", "assigned_rep_id", "product_interest"), "x.assigned_rep_id",
                  "received_at", "x.entered_at IS NULL OR x.entered_at >= x.received_at"),
    "opportunities": Kept(("account_id", "amount", "expected_close", "product_id", "region_id", "first_contact_at"),
                          "x.rep_id", "created_at",
                          "coalesce(x.amount > 0, true) "
                          "AND coalesce(x.expected_close >= CAST(x.created_at AS DATE), true)",
                          "(x.account_id, x.product_id, x.amount, CAST(x.created_at AS DATE))"),
    "quotes": Kept(("amount", "list_amount", "discount_pct", "sent_at"), "(SELECT o.rep_id FROM opportunities o "
                   "WHERE o.opp_id = x.opp_id)", "requested_at",
                   "coalesce(x.discount_pct BETWEEN 0 AND 0.6, true) AND coalesce(x.amount > 0, true)"),
    "activities": Kept(("account_id", "type", "duration_min", "summary"), "x.rep_id", "started_at",
                       "coalesce(x.duration_min BETWEEN 1 AND 720, true) "
                       "AND coalesce(x.logged_at >= x.started_at, true)",
                       "(x.rep_id, x.account_id, x.type, x.started_at)"),
}  # fmt: skip


def record_quality(mart: Mart, window: Window, late_after_h: float) -> pd.DataFrame:
    """One row per object of the customer records and team: rows, cells and filled (required fields that the data knows
    at all), judged and valid, comparable and unique, logged and timely (activities only)."""
    parts = []
    for name, kept in OBJECTS.items():
        fields = [field for field in kept.fields if not mart.missing(f"{name}.{field}")]
        if mart.missing(name) or not fields:
            continue
        filled = " + ".join(f"count(x.{field})" for field in fields)
        valid = f"count(CASE WHEN {kept.valid} THEN 1 END)" if kept.valid else "0"
        unique = f"count(DISTINCT {kept.unique})" if kept.unique else "0"
        is_log = name == "activities" and not mart.missing("activities.logged_at")
        timely = "count(CASE WHEN epoch(x.logged_at - x.started_at) <= $late * 3600 THEN 1 END)" if is_log else "0"
        inside = f"WHERE CAST(x.{kept.day} AS DATE) BETWEEN $start AND $end" if kept.day else ""
        parts.append(
            f"""SELECT '{name}' AS object, coalesce(t.name, r.team_id, '未分类') AS team, count(*) AS n,
                       count(*) * {len(fields)} AS cells, {filled} AS filled,
                       {"count(*)" if kept.valid else "0"} AS judged, {valid} AS valid,
                       {"count(*)" if kept.unique else "0"} AS comparable, {unique} AS distinct_rows,
                       {"count(x.logged_at)" if is_log else "0"} AS logged, {timely} AS timely
                FROM {name} x LEFT JOIN reps r ON r.rep_id = {kept.person} LEFT JOIN teams t ON t.team_id = r.team_id
                {inside} GROUP BY 1, 2"""
        )
    if not parts:
        return pd.DataFrame(columns=["object", "team", "n"])
    sql = (
        f"WITH judged_all AS ({' UNION ALL '.join(parts)}) SELECT * FROM judged_all WHERE $start <= $end AND $late > 0"
    )
    return mart.query(sql + " ORDER BY object, team", start=window.start, end=window.end, late=late_after_h)


def audit(mart: Mart, window: Window, rules: Records) -> pd.DataFrame:
    """One row per activity in ``window`` with what looks wrong: rep_id, logged (a record time exists), backfilled,
    bulk (one of many by one person within minutes), repeated (one text again and again on one day), visit,
    implausible (a visit outside the plausible minutes)."""
    sql = """
        WITH log AS (SELECT *, CAST(started_at AS DATE) AS day FROM activities
                     WHERE CAST(started_at AS DATE) BETWEEN $start AND $end),
        near AS (SELECT *, count(logged_at) OVER (PARTITION BY rep_id ORDER BY logged_at
                        RANGE BETWEEN to_minutes(CAST($minutes AS INTEGER)) PRECEDING
                        AND to_minutes(CAST($minutes AS INTEGER)) FOLLOWING) AS around,
                        count(summary) OVER (PARTITION BY rep_id, day, summary) AS same_text FROM log)
        SELECT rep_id, logged_at IS NOT NULL AS logged,
               coalesce(epoch(logged_at - started_at) > $late * 3600, false) AS backfilled,
               logged_at IS NOT NULL AND around >= $bulk AS bulk,
               summary IS NOT NULL AND same_text >= $texts AS repeated,
               type = '上门拜访' AND duration_min IS NOT NULL AS visit,
               coalesce(type = '上门拜访' AND duration_min NOT BETWEEN $shortest AND $longest, false) AS implausible
        FROM near ORDER BY activity_id
    """
    limits = {"minutes": rules.bulk_minutes, "bulk": rules.bulk_count, "texts": rules.repeated_texts}
    limits |= {"shortest": rules.shortest_visit_min, "longest": rules.longest_visit_min, "late": rules.late_after_h}
    found = mart.query(sql, start=window.start, end=window.end, **limits)
    flags = ("logged", "backfilled", "bulk", "repeated", "visit", "implausible")
    return found.astype(dict.fromkeys(flags, bool))


def daily_records(mart: Mart, window: Window) -> pd.DataFrame:
    """One row per person with activities in ``window`` who sells: rep_id, rep (label), team, workdays (in post), days
    (working days with a record made the same day)."""
    sql = """
        WITH days AS (SELECT a.rep_id, count(DISTINCT CAST(a.started_at AS DATE)) AS days
                      FROM activities a JOIN calendar c ON c."date" = CAST(a.started_at AS DATE) AND c.is_workday
                      WHERE CAST(a.logged_at AS DATE) = CAST(a.started_at AS DATE)
                            AND CAST(a.started_at AS DATE) BETWEEN $start AND $end GROUP BY a.rep_id),
        posts AS (SELECT r.rep_id, r.name AS rep, coalesce(t.name, r.team_id, '未分类') AS team,
                         (SELECT count(*) FROM calendar c WHERE c.is_workday AND c."date" BETWEEN
                          greatest($start, coalesce(r.hire_date, $start)) AND least($end, coalesce(r.leave_date, $end)))
                         AS workdays FROM reps r LEFT JOIN teams t USING (team_id)
                  WHERE r.rep_id IN (SELECT rep_id FROM activities
                                     WHERE CAST(started_at AS DATE) BETWEEN $start AND $end))
        SELECT p.rep_id, coalesce(p.rep, p.rep_id) AS rep, p.team, p.workdays, coalesce(d.days, 0) AS days
        FROM posts p LEFT JOIN days d USING (rep_id) WHERE p.workdays > 0 ORDER BY p.rep_id
    """
    return mart.query(sql, start=window.start, end=window.end)


RECORD_FIELDS = (
    "account_id", "rep_id", "started_at", "type", "summary", "need_feedback", "next_action", "next_action_due",
    "sync_person",
)  # fmt: skip
"""Columns of the follow-up record (template 2 of the team process)."""


def record_fields(mart: Mart, window: Window) -> pd.DataFrame:
    """One row: n activities in ``window`` and how many bear each of `RECORD_FIELDS`."""
    counts = ", ".join(f"count({field}) AS {field}" for field in RECORD_FIELDS)
    sql = f"SELECT count(*) AS n, {counts} FROM activities WHERE CAST(started_at AS DATE) BETWEEN $start AND $end"
    return mart.query(sql, start=window.start, end=window.end)


def follow_ups(mart: Mart, window: Window) -> pd.DataFrame:
    """One row per next action due in ``window``: team, done (by its day), open, days_over (to the end), account, type,
    due, amount (of the deal, null without)."""
    sql = """
        SELECT coalesce(t.name, r.team_id, '未分类') AS team,
               coalesce(CAST(a.next_action_done_at AS DATE) <= a.next_action_due, false) AS done,
               a.next_action_done_at IS NULL OR CAST(a.next_action_done_at AS DATE) > $end AS open,
               date_diff('day', a.next_action_due, $end) AS days_over, coalesce(c.name, a.account_id) AS account,
               a.account_id, a.type, a.next_action_due AS due, o.amount, o.outcome = 'open' AS live
        FROM activities a LEFT JOIN reps r USING (rep_id) LEFT JOIN teams t USING (team_id)
             LEFT JOIN accounts c ON c.account_id = a.account_id LEFT JOIN opportunities o ON o.opp_id = a.opp_id
        WHERE a.next_action_due BETWEEN $start AND $end ORDER BY a.activity_id
    """
    found = mart.query(sql, start=window.start, end=window.end)
    return found.astype({"done": bool, "open": bool}).assign(live=lambda t: t["live"].fillna(False).astype(bool))


def plans(mart: Mart, code: str, start: date) -> tuple[int, int, int]:
    """Plans of the period ``code``: how many, approved at all, approved by its first day ``start``."""
    sql = """SELECT count(*) AS n, count(approved_at) AS filed,
                    count(CASE WHEN CAST(approved_at AS DATE) <= $start THEN 1 END) AS in_time
             FROM sales_plans WHERE period = $code"""
    row = mart.query(sql, code=code, start=start).iloc[0]
    return int(row["n"]), int(row["filed"]), int(row["in_time"])


def meetings(mart: Mart, window: Window) -> pd.DataFrame:
    """One row per type of meeting held in ``window``: type, held, planned, opened and closed (issues)."""
    sql = """SELECT coalesce(type, '未分类') AS type, count(*) AS held, count(CASE WHEN planned THEN 1 END) AS planned,
                    coalesce(sum(issues_opened), 0) AS opened, coalesce(sum(issues_closed), 0) AS closed
             FROM meetings WHERE "date" BETWEEN $start AND $end GROUP BY 1 ORDER BY held DESC, 1"""
    return mart.query(sql, start=window.start, end=window.end)


def meeting_days(mart: Mart, window: Window) -> pd.DataFrame:
    """One row per meeting held in ``window``: type and day (a date)."""
    sql = """SELECT coalesce(type, '未分类') AS type, "date" FROM meetings WHERE "date" BETWEEN $start AND $end
             ORDER BY "date", meeting_id"""
    found = mart.query(sql, start=window.start, end=window.end)
    return found.assign(day=[day.date() for day in pd.to_datetime(found["date"])])


def working_weeks(mart: Mart, window: Window) -> list[date]:
    """Mondays of the weeks with at least three working days in ``window``."""
    sql = """SELECT date_trunc('week', "date") AS monday FROM calendar
             WHERE is_workday AND "date" BETWEEN $start AND $end GROUP BY 1 HAVING count(*) >= 3 ORDER BY 1"""
    found = mart.query(sql, start=window.start, end=window.end)
    return [day.date() for day in pd.to_datetime(found["monday"])]


def messages(mart: Mart, window: Window) -> pd.DataFrame:
    """One row per template sent in ``window``: template, sent, delivered, opened, clicked, unsubscribed, replied."""
    sql = """
        SELECT coalesce(template, '未分类') AS template, count(*) AS sent, count(CASE WHEN delivered THEN 1 END)
               AS delivered, count(CASE WHEN delivered THEN opened_at END) AS opened,
               count(CASE WHEN delivered THEN clicked_at END) AS clicked,
               count(CASE WHEN delivered AND unsubscribed THEN 1 END) AS unsubscribed,
               count(CASE WHEN delivered AND replied THEN 1 END) AS replied
        FROM message_events WHERE CAST(sent_at AS DATE) BETWEEN $start AND $end GROUP BY 1 ORDER BY sent DESC, 1
    """
    return mart.query(sql, start=window.start, end=window.end)
