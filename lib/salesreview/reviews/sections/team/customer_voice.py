"""What customers of each team say: satisfaction and complaints (requirement S2-14)."""

from ....metrics.funnel import ratio
from ....queries.team_customers import customers_by_team
from ....record import UNCLASSIFIED, Exhibit, NotEnough, NotProvided, Table, Text
from ...context import Context
from ..market import satisfaction
from ..market.satisfaction import Scope

FIELDS = ("accounts.owner_rep_id", "reps.team_id", "surveys.score", "tickets.is_complaint")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Satisfaction index and complaints per order by the team that looks after the customer."""
    fixed = {"id": "team_customer_voice", "requirements": ("S2-14",)}
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return (NotProvided(title=Text("customer_voice.title"), missing=missing, **fixed),)
    found = customers_by_team(ctx.mart, ctx.current.window)
    found = found[found["team"] != UNCLASSIFIED]
    if found.empty:
        return (NotEnough(title=Text("customer_voice.title"), reason=Text("customer_voice.none"), **fixed),)
    rows = [_row(ctx, team, part) for team, part in found.groupby("team", sort=True)]
    header = (
        "label.team",
        "metric.csat_index",
        "customer_voice.answers",
        "metric.complaint_rate",
        "metric.order_count",
    )
    return (
        Table(
            title=Text("customer_voice.title"),
            header=tuple(Text(key) for key in header),
            rows=tuple(rows),
            notes=(Text("customer_voice.note"),),
            **fixed,
        ),
    )


def _row(ctx: Context, team: str, part) -> tuple:
    score = satisfaction.csat_index(ctx, scope=Scope("team", team, frozenset(part["account_id"]))).figure
    orders, complaints = int(part["orders"].sum()), int(part["complaints"].sum())
    few = ("small_n",) if orders < ctx.settings.minimum_n.rate else ()
    at = {"dimension": "customer_team", "member": team}
    answers = ctx.figure("csat_answers", score.n or 0, ctx.current, **at)
    rate = ctx.figure(
        "complaint_rate", ratio(complaints, orders), ctx.current, numerator=complaints, denominator=orders, n=orders,
        flags=few, **at,
    )  # fmt: skip
    return team, score, answers, rate, ctx.figure("order_count", orders, ctx.current, n=orders, **at)
