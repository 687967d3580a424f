"""What the best sellers put into the knowledge base against the others (requirement T-22)."""

from ....metrics.productivity import top_quartile
from ....queries.learning import knowledge
from ....queries.people import credit_by_rep
from ....record import UNCLASSIFIED, Exhibit, NotEnough, NotProvided, Table, Text
from ...context import Context
from .common import year_to


def passing(ctx: Context) -> Exhibit:
    """What the best quarter of sellers and the others put into the knowledge base, and how often it is used again."""
    fixed = {"id": "ramp_passing", "requirements": ("T-22",)}
    missing = ctx.mart.missing("knowledge_items.author_rep_id", "orders.rep_id")
    if missing:
        return NotProvided(title=Text("ramp.passing"), missing=missing, **fixed)
    span, end = year_to(ctx), ctx.current.window.end
    credit = credit_by_rep(ctx.mart, span.window)
    credit = credit[(credit["rep_id"] != UNCLASSIFIED) & (credit["days_in_post"] * 2 >= span.window.days)]
    if len(credit) < 2 * ctx.settings.minimum_n.mean:
        return NotEnough(title=Text("ramp.passing"), reason=Text("ramp.passing_few"), **fixed)
    best = top_quartile(credit.set_index("rep_id")["sales"])
    items = knowledge(ctx.mart, end).set_index("rep_id").reindex(best.index).fillna(0.0)
    rows, means = [], {}
    for key, part in (("best", items[best]), ("rest", items[~best])):
        at = {"dimension": "authors", "member": key, "n": len(part)}
        written, reused = float(part["items"].sum()), float(part["reuses"].sum())
        per_head = ctx.figure(
            "items_per_head", written / len(part), ctx.current, numerator=written, denominator=len(part), **at
        )
        again = ctx.figure(
            "reuses_per_item",
            reused / written if written else None,
            ctx.current,
            numerator=reused,
            denominator=written,
            **at,
        )
        share_ = ctx.figure(
            "knowledge_share",
            (part["items"] > 0).mean(),
            ctx.current,
            numerator=int((part["items"] > 0).sum()),
            denominator=len(part),
            **at,
        )
        means[key] = per_head
        rows.append(
            (Text(f"ramp.authors_{key}"), ctx.figure("authors", len(part), ctx.current, **at), share_, per_head, again)
        )
    case = "more" if means["best"].value > means["rest"].value else "less"
    return Table(
        title=Text(f"ramp.passing_{case}", {"best": means["best"], "rest": means["rest"]}),
        header=tuple(Text(f"ramp.column_{name}") for name in ("authors", "people", "sharing", "items", "reuses")),
        rows=tuple(rows),
        notes=(Text("ramp.note_passing"),),
        **fixed,
    )
