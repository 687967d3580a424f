"""Follow-ups kept, plans filed, meetings held and messages opened (requirements P-35, P-37, S4-11, S4-13)."""

from ....metrics.comparison import rate_difference
from ....queries import discipline as queries
from ....record import Cards, Chart, Exhibit, Figure, Heading, NotEnough, NotProvided, Series, Table, Text
from ...context import Context, Span
from ..finding import finding
from .common import at, card, clear, count, months, moved, share

RATES = {
    "delivery_rate": ("delivered", "sent"),
    "open_rate": ("opened", "delivered"),
    "click_rate": ("clicked", "delivered"),
    "click_to_open": ("clicked", "opened"),
    "unsubscribe_rate": ("unsubscribed", "delivered"),
    "reply_rate": ("replied", "delivered"),
}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, follow-ups in time, by team, overdue, plans filed, meetings, messages."""
    heading = Heading(id="follow_heading", title=Text("follow.heading"))
    return heading, _cards(ctx), _teams(ctx), _overdue(ctx), _plans(ctx), _meetings(ctx), _messages(ctx)


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
    box = {"id": "follow_cards", "requirements": ("P-35",)}
    if _absent(ctx):
        return NotProvided(title=Text("follow.kept"), missing=_absent(ctx), **box)
    now = followup_figure(ctx, ctx.current)
    if now.value is None:
        return NotEnough(title=Text("follow.kept"), reason=Text("follow.none"), **box)
    case, change = moved(ctx, lambda span: followup_figure(ctx, span))
    found = (card(ctx, lambda span: followup_figure(ctx, span)), card(ctx, lambda span: _open_figure(ctx, span)))
    notes = (Text("follow.note"),)
    return Cards(title=finding("follow.title", case, change, kept=now), cards=found, notes=notes, **box)


def _teams(ctx: Context) -> Exhibit:
    box = {"id": "follow_teams", "requirements": ("P-35",)}
    if _absent(ctx):
        return NotProvided(title=Text("follow.teams"), missing=_absent(ctx), **box)
    found = queries.follow_ups(ctx.mart, ctx.current.window)
    figures = [
        share(ctx, "on_time_followup", int(part["done"].sum()), len(part), **at("team", team))
        for team, part in found[found["team"] != "未分类"].groupby("team")
        if len(part) >= ctx.settings.minimum_n.rate
    ]
    if len(figures) < 2:
        return NotEnough(title=Text("follow.teams"), reason=Text("follow.few_teams"), **box)
    figures.sort(key=lambda figure: (figure.value, figure.member))
    values = {"low": figures[0], "team": figures[0].member, "high": figures[-1], "best": figures[-1].member}
    ends = [(int(figure.numerator), int(figure.denominator)) for figure in (figures[-1], figures[0])]
    case = "title" if clear(rate_difference(*ends[0], *ends[1])) else "alike"
    return Chart(
        title=Text(f"follow.teams_{case}", values),
        form="barh",
        categories=tuple(figure.member for figure in figures),
        series=(Series(Text("metric.on_time_followup"), tuple(figures)),),
        axes={"x": Text("metric.on_time_followup")},
        summary=Text("follow.teams_title", values),
        **box,
    )


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


def _plans(ctx: Context) -> Exhibit:
    box = {"id": "follow_plans", "requirements": ("S4-11",)}
    missing = ctx.mart.missing("sales_plans.approved_at")
    if missing:
        return NotProvided(title=Text("follow.plans"), missing=missing, **box)
    now = plans_figure(ctx, ctx.current)
    if now.value is None:
        return NotEnough(title=Text("follow.plans"), reason=Text("follow.no_plans"), **box)
    case, change = moved(ctx, lambda span: plans_figure(ctx, span))
    found = (card(ctx, lambda span: plans_figure(ctx, span)),)
    notes = (Text("follow.note_plans"),)
    return Cards(title=finding("follow.plans", case, change, filed=now), cards=found, notes=notes, **box)


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
    found, window = queries.meetings(ctx.mart, ctx.current.window), ctx.current.window
    if found.empty:
        return NotEnough(title=Text("follow.meetings"), reason=Text("follow.no_meetings"), **box)
    due = {"周例会": queries.working_weeks(ctx.mart, window), "月复盘": len(months(ctx))}
    due["季度分析"] = sum(quarter.end <= window.end for quarter in ctx.period.parts("Q")) if _holds_quarters(ctx) else 0
    rows, weekly = [], None
    for row in found.itertuples():
        identity, wanted = at("meeting_type", row.type), due.get(row.type) or None
        held = count(ctx, "meetings_held", int(row.held), **identity)
        expected = count(ctx, "meetings_due", wanted, **identity) if wanted else None
        kept = None
        if wanted:
            kept = ctx.figure("meeting_rate", row.held / wanted, ctx.current, numerator=int(row.held),
                              denominator=wanted, **identity)  # fmt: skip
            weekly = (held, expected) if row.type == "周例会" else weekly
        closed = None
        if row.opened:
            closed = share(ctx, "issues_closed_rate", int(row.closed), int(row.opened), **identity)
        rows.append((str(row.type), held, expected, kept, closed))
    title = Text("follow.meetings_title", {"held": weekly[0], "due": weekly[1]}) if weekly else Text("follow.meetings")
    names = ("meetings_held", "meetings_due", "meeting_rate", "issues_closed_rate")
    header = (Text("follow.meeting"), *(Text(f"metric.{name}") for name in names))
    return Table(title=title, header=header, rows=tuple(rows), notes=(Text("follow.note_meetings"),), **box)


def _holds_quarters(ctx: Context) -> bool:
    return len(months(ctx)) >= 3


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
