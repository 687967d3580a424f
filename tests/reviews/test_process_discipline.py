"""Records, meetings, the log of changes and the ranking of bottlenecks on a few rows worked by hand."""

from datetime import date

import pytest

from salesreview.queries import discipline as queries
from salesreview.record import NotEnough, NotProvided, Table, Text
from salesreview.reviews.sections.process import bottlenecks, change_log, follow_up, records, service, team_discipline
from salesreview.settings.model import MinimumN
from salesreview.settings.process_flow import ProcessFlow
from salesreview.settings.process_rules import ChangeLimits, Records

from .hand_mart import context, hand_mart, order, rows, sold

AS_OF = date(2026, 6, 30)
SALES = sold(order(1, "A1", "2025-07-01", 10.0))
RULES = Records(bulk_count=2, bulk_minutes=10, repeated_texts=2)


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """One person in post from Monday 2 to Friday 6 March: two records made together on Monday, one a day late to the
    minute, one two days late, one without a record time. Meetings in two of March's four full weeks."""
    return hand_mart(
        tmp_path_factory.mktemp("log"),
        AS_OF,
        **SALES,
        teams=rows("team_id name", ("T1", "North"), ("T2", "South")),
        reps=rows("rep_id team_id hire_date leave_date", ("R1", "T1", "2026-03-02", "2026-03-06"),
                  ("R2", "T2", "2026-03-02", "2026-03-06")),
        activities=rows(
            "activity_id rep_id account_id type started_at logged_at duration_min summary",
            ("C1", "R1", "A1", "上门拜访", "2026-03-02 09:00", "2026-03-02 10:00", 5, "已沟通"),
            ("C2", "R1", "A1", "电话", "2026-03-02 09:30", "2026-03-02 10:05", 30, "已沟通"),
            ("C3", "R1", "A1", "电话", "2026-03-03 09:00", "2026-03-04 09:00", 30, None),
            ("C4", "R1", "A1", "上门拜访", "2026-03-03 10:00", "2026-03-05 10:00", 60, None),
            ("C5", "R1", "A1", "邮件", "2026-03-06 10:00", None, None, None),
            ("C6", "R2", "A1", "电话", "2026-03-03 09:00", "2026-03-03 09:10", 10, "a"),
        ),
        meetings=rows("meeting_id type date issues_opened issues_closed", ("M1", "周例会", "2026-03-02", 2, 1),
                      ("M2", "周例会", "2026-03-04", 0, 0), ("M3", "周例会", "2026-03-10", 2, 2),
                      ("M4", "月复盘", "2026-03-31", 0, 0), ("M5", "分享会", "2026-03-31", 0, 0)),
    )  # fmt: skip


def test_back_filling_and_other_marks_of_the_log(log):
    ctx = context(log, "M03", records=RULES)
    found = {name: records.check_figure(ctx, ctx.current, name) for name in records.CHECKS}
    counts = {name: (figure.numerator, figure.denominator) for name, figure in found.items()}
    # C4 came after more than 24 hours, C3 after exactly 24; C5 has no record time
    assert counts["backfill"] == (1, 5)
    # C1 and C2 were logged five minutes apart, with one text
    assert counts["bulk_logged"] == (2, 5) and counts["repeated_text"] == (2, 6)
    # two visits, one of five minutes
    assert counts["implausible_visit"] == (1, 2)


def test_days_with_a_record_and_quality_of_the_log(log):
    ctx = context(log, "M03", records=RULES)
    daily = records.daily_figure(ctx, ctx.current)
    # R1: Monday of five working days; R2: Tuesday of five
    assert (daily.numerator, daily.denominator) == (2, 10)
    found = queries.record_quality(ctx.mart, ctx.current.window, 24)
    index, parts = records.quality(ctx, found[found["object"] == "activities"])
    # of 24 cells C3, C4 and C5 lack the text, C5 the minutes; of five logged one was late; valid and unique are all
    assert parts["completeness"].value == pytest.approx(20 / 24) and parts["timeliness"].value == pytest.approx(4 / 5)
    valid, unique = parts["validity"].value, parts["uniqueness"].value
    assert (valid, unique) == (1.0, 1.0)
    assert index.value == pytest.approx(100 * (0.35 * 20 / 24 + 0.25 * 1 + 0.25 * 4 / 5 + 0.15 * 1))


def test_a_second_meeting_in_a_week_adds_nothing(log):
    ctx = context(log, "M03")
    kept = {name: (rate.numerator, rate.denominator) for name, rate in follow_up.meeting_figures(ctx).items()}
    # the weeks of 2, 9, 16 and 23 March are due (the last two days of March are no week), those of 2 and 9 had one
    assert kept == {"周例会": (2, 4), "月复盘": (1, 1)}
    table = next(exhibit for exhibit in follow_up.exhibits(ctx) if exhibit.id == "follow_meetings")
    held = {row[0]: (row[1].value, row[4].value if row[4] else None) for row in table.rows}
    assert held == {"周例会": (3.0, 0.75), "月复盘": (1.0, None), "分享会": (1.0, None)}


def test_teams_side_by_side(log):
    (table,) = team_discipline.exhibits(context(log, "M03"))
    assert isinstance(table, Table)
    daily = {row[0]: (row[2].numerator, row[2].denominator) for row in table.rows}
    assert daily == {"North": (1, 5), "South": (1, 5)}
    assert table.title == Text("discipline.alike")  # one person a team is too few for a claim


def test_plans_without_next_actions_are_shown_alone(tmp_path):
    plans = rows(
        "plan_id rep_id period approved_at",
        ("P1", "R1", "2026-H1", "2026-01-01"),
        ("P2", "R2", "2026-H1", "2026-01-02"),
    )
    ctx = context(hand_mart(tmp_path, AS_OF, **SALES, sales_plans=plans))
    cards = next(exhibit for exhibit in follow_up.exhibits(ctx) if exhibit.id == "follow_cards")
    assert [(card.figure.metric, card.figure.value) for card in cards.cards] == [("plans_filed", 0.5)]
    assert Text("follow.no_actions") in cards.notes


def approval(number: int, begun: str, ended: str) -> dict:
    run = {"approval_id": f"P{number}", "object": "quote", "object_id": f"Q{number}", "step_no": 1, "decision": "通过"}
    return run | {"submitted_at": begun, "decided_at": ended}


def switch(day: str) -> dict:
    return {"step": "quote_approval", "date": day, "change": "x", "source": "y"}


def test_the_log_tells_what_followed_a_change(tmp_path):
    """Five approvals of two working hours before 2 February, five of four after it (noon is a break)."""
    before = [approval(i, f"2026-01-{12 + i} 10:00", f"2026-01-{12 + i} 12:00") for i in range(5)]
    after = [approval(5 + i, f"2026-03-{9 + i:02d} 10:00", f"2026-03-{9 + i:02d} 15:00") for i in range(5)]
    mart = hand_mart(tmp_path, AS_OF, **SALES, approvals=[*before, *after])
    flow = ProcessFlow(switches=[switch("2026-02-02"), switch("2026-01-10")])
    limits = ChangeLimits(most_per_quarter=2, least_days_between=30)
    ctx = context(mart, process_flow=flow, minimum_n=MinimumN(rate=5), change_limits=limits)
    shown = {exhibit.id: exhibit for exhibit in change_log.exhibits(ctx)}
    latest, first = shown["changes_log"].rows
    assert latest[-1].key == "changes.slower"
    assert (latest[-1].values["before"].value, latest[-1].values["after"].value) == (2.0, 4.0)
    assert first[-1] == Text("changes.few")  # nothing was approved before 10 January
    quarter, gap, verdict = shown["changes_pace"].sentences
    assert quarter.values["most"].value == 2 and gap.values["shortest"].value == 23
    assert verdict == Text("changes.say_broken")  # two a quarter are allowed, 23 days between them are not


def test_without_a_list_of_changes_the_log_names_it(tmp_path):
    found = change_log.exhibits(context(hand_mart(tmp_path, AS_OF, **SALES)))[1:]
    assert all(isinstance(one, NotProvided) and one.missing == ("params/process_flow.yml",) for one in found)


def test_bottlenecks_are_ranked_by_their_cost(tmp_path):
    """Ten licences at 3650 a year, unused for 181 days: 1810. Forty of a hundred hours are manual, at 10 an hour: 400.
    Written off: 50. Without a cost of capital late payment has no price, without approvals neither have they."""
    mart = hand_mart(
        tmp_path,
        AS_OF,
        **SALES,
        reps=rows("rep_id", ("R1",)),
        tools=rows("tool_id name licences cost", ("X", "CRM", 10, 3650)),
        tool_usage=rows("tool_id rep_id week active_days", ("X", "R1", "2026-01-05", 0)),
        time_log=rows("rep_id week category hours", ("R1", "2026-01-05", "录入", 40),
                      ("R1", "2026-01-05", "有效销售", 60)),
        rep_costs=rows("rep_id month base", ("R1", "2026-01-01", 1000)),
        invoices=rows("invoice_id account_id issue_date due_date amount written_off_at written_off_amount",
                      ("I1", "A1", "2026-01-05", "2026-02-05", 50, "2026-06-01", 50)),
        payments=rows("payment_id account_id paid_at amount", ("P1", "A1", "2026-01-05", 10)),
    )  # fmt: skip
    ctx = context(mart)
    found = {pain.name: pain.impact for pain in bottlenecks.pains(ctx)}
    assert list(found) == ["idle_licences", "manual_work", "bad_debt"]
    assert list(found.values()) == pytest.approx([1810, 400, 50])
    table = next(exhibit for exhibit in bottlenecks.exhibits(ctx) if exhibit.id == "pain_pareto")
    assert [row[2].value for row in table.rows] == pytest.approx([1810 / 2260, 2210 / 2260, 1.0])
    assert table.total[1].value == pytest.approx(2260)


def test_without_a_price_no_bottleneck_is_ranked(tmp_path):
    found = bottlenecks.exhibits(context(hand_mart(tmp_path, AS_OF, **SALES)))[1:]
    assert all(isinstance(one, NotEnough) for one in found)


def test_channels_and_categories_stand_in_one_table(tmp_path):
    """Six tickets of two channels, solved after one and two working hours; too few to call either slow."""
    tickets = [
        {"ticket_id": f"K{i}", "account_id": "A1", "opened_at": "2026-03-02 09:00", "category": "使用",
         "first_response_at": "2026-03-02 10:00", "resolved_at": f"2026-03-02 {10 + i % 2}:00",
         "channel": ("电话", "邮件")[i % 2], "reopened": False, "csat": 4}
        for i in range(6)
    ]  # fmt: skip
    ctx = context(hand_mart(tmp_path, AS_OF, **SALES, tickets=tickets))
    table = next(exhibit for exhibit in service.exhibits(ctx) if exhibit.id == "service_groups")
    shown = [(row[0].key, row[0].values["name"], row[1].value, row[2].value) for row in table.rows]
    assert shown == [
        ("service.group_channel", "电话", 3, 1.0),
        ("service.group_channel", "邮件", 3, 2.0),
        ("service.group_category", "使用", 6, 1.5),
    ]
    assert table.title == Text("service.groups_alike")
