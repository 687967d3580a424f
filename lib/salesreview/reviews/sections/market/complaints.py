"""Complaints by category with the customers and the sales behind them (requirement M-22)."""

from datetime import timedelta

from ....periods import Window
from ....queries import feedback as queries
from ....record import Exhibit, NotEnough, Table, Text
from ...context import Context, change
from ..finding import few
from .boxes import absent


def table(ctx: Context) -> Exhibit:
    """Complaints by category with the customers and the sales behind them."""
    box = {"id": "feedback_complaints", "requirements": ("M-22",)}
    fields = ctx.mart.missing("tickets.is_complaint", "tickets.category")
    if fields:
        return absent({box["id"]: ("M-22",)}, Text("feedback.complaints"), fields)[0]
    end = ctx.current.window.end
    year = Window(end, end).years_back().end + timedelta(days=1)
    found = queries.complaints(ctx.mart, ctx.current.window, year)
    if found.empty:
        return NotEnough(title=Text("feedback.complaints"), reason=Text("feedback.complaints_none"), **box)
    total, comparable = int(found["n"].sum()), ctx.covers(ctx.year_ago)
    rows = []
    for row in found.head(ctx.settings.top_n).itertuples():
        where = {"dimension": "ticket_category", "member": row.category}
        now = ctx.figure("complaints", row.n, ctx.current, n=row.n, **where)
        base = ctx.figure("complaints", row.before, ctx.year_ago, n=row.before, **where) if comparable else None
        counts = {"numerator": row.n, "denominator": total, "n": total, "flags": few(ctx, total)}
        rows.append(
            (
                row.category,
                now,
                ctx.figure("complaint_share", row.n / total, ctx.current, **counts, **where),
                change(now, base, "yoy"),
                ctx.figure("complaint_accounts", row.accounts, ctx.current, n=row.accounts, **where),
                ctx.figure("complaint_exposed", row.sales, ctx.current, n=row.accounts, **where),
            )
        )
    columns = ("category", "complaints", "complaint_share", "yoy", "accounts", "exposed")
    values = {"category": rows[0][0], "share": rows[0][2], "sales": rows[0][5]}
    return Table(
        title=Text("feedback.complaints_title", values),
        header=tuple(Text(f"feedback.column_{name}") for name in columns),
        rows=tuple(rows),
        notes=(Text("feedback.note_complaints"),),
        **box,
    )
