"""Follow-ups kept, plans filed, meetings held and messages opened (requirements P-35, P-37, S4-11, S4-13)."""

from datetime import timedelta

from ....queries import discipline as queries
from ....record import Cards, Exhibit, Figure, Heading, NotEnough, NotProvided, Table, Text
from ...context import Context, Span
from ..finding import finding
from .common import at, cards, count, months, moved, share

RATES = {
    "delivery_rate": ("delivered", "sent"),
    "open_rate": ("opened", "delivered"),
    "click_rate": ("clicked", "delivered"),
    "click_to_open": ("clicked", "opened"),
    "unsubscribe_rate": ("unsubscribed", "delivered"),
    "reply_rate": ("replied", "delivered"),
}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, follow-ups and plans in time, overdue, meetings, messages."""
    heading = Heading(id="follow_heading", title=Text("follow.heading"))
    return heading, _cards(ctx), _overdue(ctx), _meetings(ctx), _messages(ctx)


def followup_figure(ctx: Context, span: Span) -> Figure:
    """Next actions done by their day / next actions due in ``span`` (registry key on_time_followup)."""
    found = queries.follow_ups(ctx.mart, span.window)
    return share(ctx, "on_time_followup", int(found["done"].sum()), len(found), span)


def _open_figure(ctx: Context, span: Span) -> Figure:
    found = queries.follow_ups(ctx.mart, span.window)
    return count(ctx, "overdue_actions", int((found["open"] & (found["days_over"] > 0)).sum()), span)


def _absent(ctx: Context) -> tuple[str, ...]:
    return ctx.mart.missing("activities.next_action_due", "activities.next_action_done_at")


def _cards(ctx: Context) -> Exhibit:
    """Next actions kept and plans filed; what of the two is not recorded is said in a note."""
    box = {"id": "follow_cards", "requirements": ("P-35", "S4-11")}
    no_actions, no_plans = _absent(ctx), ctx.mart.missing("sales_plans.approved_at")
    if no_actions and no_plans:
        return NotProvided(title=Text("follow.kept"), missing=(*no_actions, *no_plans), **box)
    now, found, notes = None, (), []
    if no_actions:
        notes.append(Text("follow.no_actions"))
    else:
        now = followup_figure(ctx, ctx.current)
        makes = (lambda span: followup_figure(ctx, span), lambda span: _open_figure(ctx, span))
        found += cards(ctx, makes) if now.value is not None else ()
        notes.append(Text("follow.note" if found else "follow.none"))
    filed = () if no_plans else cards(ctx, (lambda span: plans_figure(ctx, span),))
    notes.append(Text("follow.note_plans" if filed else "follow.no_plans" if not no_plans else "follow.plans_absent"))
    if not (*found, *filed):
        return NotEnough(title=Text("follow.kept"), reason=Text("follow.none"), **box)
    if found:
        case, change = moved(ctx, lambda span: followup_figure(ctx, span))
        title = finding("follow.title", case, change, kept=now)
    else:
        title = Text("follow.plans_title", {"filed": filed[0].figure})
    return Cards(title=title, cards=(*found, *filed), notes=tuple(notes), **box)


def _overdue(ctx: Context) -> Exhibit:
    """Next actions of live deals that are due and not done, largest deal first."""
    box = {"id": "follow_overdue", "requirements": ("P-35",)}
    if _absent(ctx):
        return NotProvided(title=Text("follow.overdue"), missing=_absent(ctx), **box)
    found = queries.follow_ups(ctx.mart, ctx.current.window)
    found = found[found["open"] & (found["days_over"] > 0) & found["live"] & found["amount"].notna()]
    if found.empty:
        return NotEnough(title=Text("follow.overdue"), reason=Text("follow.no_overdue"), **box)
    found = found.sort_values(["amount", "due", "account"], ascending=[False, True, True])
    deals, rows = found.drop_duplicates(["account_id", "amount"]), []
    for place, row in enumerate(deals.head(ctx.settings.top_n).itertuples(), start=1):
        identity = at("overdue_action", place)
        over = ctx.figure("days_over", float(row.days_over), ctx.current, **identity)
        rows.append((row.account, row.team, row.type, row.due.date(), over,
                     ctx.figure("action_deal", float(row.amount), ctx.current, **identity)))  # fmt: skip
    total = ctx.figure("action_deal", float(deals["amount"].sum()), ctx.current, n=len(deals))
    number = count(ctx, "overdue_actions", len(found), **at("deals", "live"))
    labels = (Text("label.customer"), Text("label.team"), *(Text(f"follow.{n}") for n in ("type", "due")))
    return Table(
        title=Text("follow.overdue_title", {"n": number, "amount": total}),
        header=(*labels, Text("metric.days_over"), Text("metric.action_deal")),
        rows=tuple(rows),
        notes=(Text("follow.note_overdue"),),
        **box,
    )


def plans_figure(ctx: Context, span: Span) -> Figure:
    """Plans of ``span`` approved by its first day / plans of it (registry key plans_filed)."""
    code = ctx.period.code if span == ctx.current else ctx.period.year_ago().code
    n, _, in_time = queries.plans(ctx.mart, code, span.window.start)
    return share(ctx, "plans_filed", in_time, n, span)


def _meetings(ctx: Context) -> Exhibit:
    box = {"id": "follow_meetings", "requirements": ("S4-13",)}
    missing = ctx.mart.missing("meetings.date")
    if missing:
        return NotProvided(title=Text("follow.meetings"), missing=missing, **box)
    found = queries.meetings(ctx.mart, ctx.current.window)
    if found.empty:
        return NotEnough(title=Text("follow.meetings"), reason=Text("follow.no_meetings"), **box)
    kept = meeting_figures(ctx)
    rows = []
    for row in found.itertuples():
        identity, rate = at("meeting_type", row.type), kept.get(row.type)
        held = count(ctx, "meetings_held", int(row.held), **identity)
        due = None if rate is None else count(ctx, "meetings_due", rate.denominator, **identity)
        closed = None
        if row.opened:
            closed = share(ctx, "issues_closed_rate", int(row.closed), int(row.opened), **identity)
        rows.append((str(row.type), held, due, rate, closed))
    weekly, title = kept.get("周例会"), Text("follow.meetings")
    if weekly is not None:
        title = Text("follow.meetings_title", {"kept": str(weekly.numerator), "due": str(weekly.denominator)})
    names = ("meetings_held", "meetings_due", "meeting_rate", "issues_closed_rate")
    header = (Text("follow.meeting"), *(Text(f"metric.{name}") for name in names))
    return Table(title=title, header=header, rows=tuple(rows), notes=(Text("follow.note_meetings"),), **box)


def meeting_figures(ctx: Context) -> dict[str, Figure]:
    """Weeks, months and quarters with their meeting / those due, by type (registry key meeting_rate).

    Several meetings in one week count once, so the rate never exceeds one. Types without a fixed rhythm, and those
    with nothing due, are absent.
    """
    window = ctx.current.window
    held = queries.meeting_days(ctx.mart, window)
    due = {
        "周例会": [(monday, monday + timedelta(days=6)) for monday in queries.working_weeks(ctx.mart, window)],
        "月复盘": [(month.start, month.end) for month in months(ctx)],
        "季度分析": [(part.start, part.end) for part in ctx.period.parts("Q") if part.end <= window.end],
    }
    found = {}
    for name, spans in due.items():
        days = held.loc[held["type"] == name, "day"].tolist()
        if spans and days:
            kept = sum(any(first <= day <= last for day in days) for first, last in spans)
            counts = {"numerator": kept, "denominator": len(spans)}
            rate = ctx.figure("meeting_rate", kept / len(spans), ctx.current, **counts, **at("meeting_type", name))
            found[name] = rate
    return found


def _messages(ctx: Context) -> Exhibit:
    box = {"id": "follow_messages", "requirements": ("P-37",)}
    missing = ctx.mart.missing("message_events.delivered", "message_events.opened_at")
    if missing:
        return NotProvided(title=Text("follow.messages"), missing=missing, **box)
    found = queries.messages(ctx.mart, ctx.current.window)
    if found["delivered"].sum() < ctx.settings.minimum_n.rate:
        return NotEnough(title=Text("follow.messages"), reason=Text("follow.few_messages"), **box)
    rows = []
    for row in found.head(ctx.settings.top_n).itertuples():
        identity = at("template", row.template)
        sent = count(ctx, "messages_sent", int(row.sent), **identity)
        rows.append((str(row.template), sent, *_rates(ctx, row._asdict(), **identity)))
    sums = {name: int(found[name].sum()) for name in found.columns if name != "template"}
    total = _rates(ctx, sums)
    sent = count(ctx, "messages_sent", sums["sent"])
    values = {"sent": sent, "opened": total[1], "clicked": total[2]}
    return Table(
        title=Text("follow.messages_title", values),
        header=(Text("follow.template"), Text("metric.messages_sent"), *(Text(f"metric.{name}") for name in RATES)),
        rows=tuple(rows),
        total=(Text("label.total"), sent, *total),
        notes=(Text("follow.note_messages"),),
        **box,
    )


def _rates(ctx: Context, row: dict, **identity) -> tuple[Figure, ...]:
    return tuple(share(ctx, name, int(row[hits]), int(row[n]), **identity) for name, (hits, n) in RATES.items())
