"""Warning lights over the customers that matter, and who was called back after leaving (S1-72, S1-73, S1-77)."""

import pandas as pd

from ....metrics.growth import growth, ratio
from ....periods import Window
from ....queries import retention, sales
from ....queries import satisfaction as people
from ....queries import strategic as queries
from ....record import Card, Cards, Exhibit, Figure, Heading, Table, Text
from ...context import Context, Span
from ..cases import base_span
from ..finding import few
from ..indicators.retention import has_opening
from . import strategic

LIGHTS = (("customer_lights", "customer_lights.title", ("S1-72", "S1-73")),)
BACK = (
    ("lost_follow_cards", "customer_lights.back_title", ("S1-77",)),
    ("lost_follow_table", "customer_lights.overdue_title", ("S1-77",)),
)
CORE_DROP, COMPLAINTS_AMBER, COMPLAINTS_RED, WITHIN_DAYS = 0.10, 0.01, 0.02, 3
"""Limits of the founding playbook (requirements section 13)."""
FAR = 10
"""Times the red line beyond which the complaint light says nothing more."""


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, table of lights, cards and list of the lost customers."""
    return Heading(id="customer_lights_heading", title=Text("customer_lights.heading")), _lights(ctx), *_back(ctx)


def core_repurchase(ctx: Context, span: Span) -> Figure:
    """Repurchase rate (D-34) of the accounts that were strategic or in a key tier at the span's opening."""
    traits = people.account_traits(ctx.mart, retention.opening_day(span.window))
    core = traits[traits["tier"].isin(ctx.settings.key_tiers) | traits["is_strategic"]]
    found = retention.repurchase_by_account(ctx.mart, span.window)
    found = found[found["account_id"].isin(core["account_id"])]
    n, again = len(found), int(found["has_ordered"].sum())
    rest = {"numerator": again, "denominator": n, "n": n, "flags": few(ctx, n)}
    return ctx.figure("repurchase_rate", ratio(again, n), span, dimension="customer_group", member="key", **rest)


def complaint_rate(ctx: Context, span: Span | None = None) -> Figure:
    """Complaints opened in the span over its orders, company level (S1-44)."""
    span = span or ctx.current
    found = queries.complaints(ctx.mart, span.window)
    orders = sales.totals(ctx.mart, span.window).orders
    rest = {"numerator": found, "denominator": orders, "n": orders, "flags": few(ctx, orders)}
    return ctx.figure("complaint_rate", ratio(found, orders), span, **rest)


def _lights(ctx: Context) -> Exhibit:
    rows = [_core_row(ctx), _complaint_row(ctx)]
    complaints = rows[1][1]
    far = complaints is not None and (complaints.value or 0.0) > FAR * COMPLAINTS_RED
    states = [row[-1].key.rsplit("_", 1)[1] for row in rows]
    case = (
        "red" if "red" in states else "yellow" if "yellow" in states else "unknown" if "unknown" in states else "green"
    )
    return Table(
        id=LIGHTS[0][0],
        title=Text(f"customer_lights.title_{case}"),
        requirements=LIGHTS[0][2],
        header=tuple(Text(f"customer_lights.{name}") for name in ("rule", "value", "base", "moved", "limit", "state")),
        rows=tuple(rows),
        notes=(Text("customer_lights.note"), *((Text("customer_lights.note_far"),) if far else ())),
    )


def _core_row(ctx: Context) -> tuple:
    limit = Text("customer_lights.limit_core")
    rule = Text("customer_lights.rule_core")
    absent = ctx.mart.missing("accounts.tier", "account_tier_history.tier", "accounts.is_strategic")
    base = base_span(ctx, ctx.year_ago)
    if len(absent) == 3 or not has_opening(ctx, ctx.current):
        return rule, None, None, None, limit, Text("customer_lights.state_unknown")
    now = core_repurchase(ctx, ctx.current)
    then = core_repurchase(ctx, base) if base and has_opening(ctx, base) else None
    if now.value is None or then is None or then.value is None or {"small_n"} & {*now.flags, *then.flags}:
        return rule, now, then, None, limit, Text("customer_lights.state_unknown")
    fall = growth(now.value, then.value)
    figure = ctx.figure(
        "repurchase_change", fall, ctx.current, numerator=now.value, denominator=then.value,
        dimension="customer_group", member="key",
    )  # fmt: skip
    state = "unknown" if fall is None else "red" if fall <= -CORE_DROP else "green"
    return rule, now, then, figure, limit, Text(f"customer_lights.state_{state}")


def _complaint_row(ctx: Context) -> tuple:
    rule, limit = Text("customer_lights.rule_complaints"), Text("customer_lights.limit_complaints")
    if ctx.mart.missing("tickets.is_complaint", "tickets.opened_at"):
        return rule, None, None, None, limit, Text("customer_lights.state_unknown")
    now = complaint_rate(ctx)
    base = base_span(ctx, ctx.year_ago)
    then = complaint_rate(ctx, base) if base else None
    state = "unknown" if now.value is None or "small_n" in now.flags else "green"
    if state == "green" and now.value > COMPLAINTS_AMBER:
        state = "red" if now.value > COMPLAINTS_RED else "yellow"
    return rule, now, then, None, limit, Text(f"customer_lights.state_{state}")


def _back(ctx: Context) -> tuple[Exhibit, ...]:
    absent = ctx.mart.missing("accounts.churn_date", "activities.account_id")
    if absent:
        return strategic.not_provided(BACK, absent)
    lost = queries.lost_contacted(ctx.mart, ctx.current.window)
    if lost.empty:
        return strategic.not_enough(BACK, Text("customer_lights.nobody_lost"))
    return _back_cards(ctx, lost), _overdue(ctx, lost)


def follow_figures(ctx: Context, lost) -> dict[str, Figure]:
    """Lost customers contacted within three days, with a reason on record, and back with an order, as shares."""
    n = len(lost)
    parts = {
        "lost_contacted": int((lost["days"].fillna(9999) <= WITHIN_DAYS).sum()),
        "lost_reasoned": int(lost["has_reason"].sum()),
        "lost_recovered": int(lost["is_back"].sum()),
    }
    rest = {"denominator": n, "n": n, "flags": few(ctx, n)}
    return {name: ctx.figure(name, ratio(hit, n), ctx.current, numerator=hit, **rest) for name, hit in parts.items()}


def _back_cards(ctx: Context, lost) -> Cards:
    found = follow_figures(ctx, lost)
    first = found["lost_contacted"]
    values = {"rate": first, "a": str(int(first.numerator)), "b": str(len(lost))}
    return Cards(
        id=BACK[0][0],
        title=Text("customer_lights.back", values),
        requirements=BACK[0][2],
        cards=tuple(Card(Text(f"metric.{name}"), figure) for name, figure in found.items()),
        notes=(Text("customer_lights.note_back"),),
    )


def _overdue(ctx: Context, lost) -> Exhibit:
    late = lost[lost["days"].fillna(9999) > WITHIN_DAYS]
    if late.empty:
        return strategic.not_enough((BACK[1],), Text("customer_lights.all_contacted"))[0]
    before = ctx.year_ago.window.start
    sold = sales.by(ctx.mart, Window(before, ctx.current.window.end), "account_id")
    amounts = sold.set_index("account_id")["sales"]
    late = late.assign(amount=late["account_id"].map(amounts).fillna(0.0))
    late = late.sort_values(["amount", "account_id"], ascending=[False, True])
    rows = []
    for row in late.head(ctx.settings.top_n).itertuples():
        where = strategic.of_account(row.account)
        waited = (ctx.current.window.end - row.churn_date.date()).days
        never = pd.isna(row.days)
        days = ctx.figure("lost_waiting", waited if never else int(row.days), ctx.current, **where)
        amount = ctx.figure("sales_before_loss", round(float(row.amount), 2), ctx.current, **where)
        reason = Text("customer_lights.yes" if row.has_reason else "customer_lights.no")
        state = Text("customer_lights.never" if never else "customer_lights.late")
        rows.append((row.account, row.tier, row.churn_date.date(), state, days, reason, amount))
    names = ("account", "tier", "lost_on", "contact", "days", "reason", "amount")
    return Table(
        id=BACK[1][0],
        title=Text("customer_lights.overdue", {"n": str(len(late)), "shown": str(len(rows))}),
        requirements=BACK[1][2],
        header=tuple(Text(f"customer_lights.column_{name}") for name in names),
        rows=tuple(rows),
    )
