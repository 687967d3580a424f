"""Complaints of all customers: by which channels they come and how they are handled (requirements S3-64 … S3-66)."""

import pandas as pd

from ....queries import care as queries
from ....record import Chart, Exhibit, Figure, Heading, Series, Table, Text
from ...context import Context, change
from . import strategic
from .lights import complaint_rate
from .service import FIELDS, Service

COMPLAINTS = (
    ("complaint_channels", "complaint_handling.channels_title", ("S3-64",)),
    ("complaint_table", "complaint_handling.heading", ("S3-65", "S3-66")),
)
SATISFIED = 4


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, complaints by channel, table of how they were handled."""
    heading = Heading(id="complaint_handling_heading", title=Text("complaint_handling.heading"))
    absent = ctx.mart.missing(*FIELDS, "tickets.is_complaint")
    if absent:
        return heading, *strategic.not_provided(COMPLAINTS, absent)
    found = Service(ctx, ctx.current)
    part = found.tickets[found.tickets["is_complaint"]]
    if part.empty:
        return heading, *strategic.not_enough(COMPLAINTS, Text("complaint_handling.none"))
    return heading, _channels(ctx, part), _handling(ctx, found, part)


def _channels(ctx: Context, part: pd.DataFrame) -> Chart:
    sizes = part.groupby("channel").size().sort_index().sort_values(ascending=False, kind="stable")
    figures = [
        ctx.figure("complaints", int(n), ctx.current, n=int(n), dimension="channel", member=str(channel))
        for channel, n in sizes.items()
    ]
    total = ctx.figure("complaints", len(part), ctx.current, n=len(part))
    values = {"total": total, "rate": complaint_rate(ctx), "channel": str(sizes.index[0]), "most": figures[0]}
    name, _, codes = COMPLAINTS[0]
    return Chart(
        id=name,
        title=Text("complaint_handling.channels", values),
        requirements=codes,
        form="barh",
        categories=tuple(str(one) for one in sizes.index),
        series=(Series(Text("metric.complaints"), tuple(figures)),),
        summary=Text("complaint_handling.channels_alt", values),
    )


def _handling(ctx: Context, found: Service, part: pd.DataFrame) -> Table:
    base = Service(ctx, ctx.year_ago) if ctx.covers(ctx.year_ago) else None
    then = {}
    if base is not None:
        before = base.tickets[base.tickets["is_complaint"]]
        then = _handled(ctx, base, before) if len(before) else {}
    now = _handled(ctx, found, part)
    rows = []
    for name, figure in now.items():
        counts = Text("complaint_handling.counts", {"a": str(int(figure.numerator)), "b": str(int(figure.denominator))})
        rows.append((Text(f"metric.{name}"), figure, counts, change(figure, then.get(name), "yoy")))
    closed = now.get("complaint_closed")
    values = {"closed": closed} if closed is not None and closed.value is not None else {}
    name, _, codes = COMPLAINTS[1]
    return Table(
        id=name,
        title=Text("complaint_handling.title" if values else "complaint_handling.title_open", values),
        requirements=codes,
        header=(
            Text("label.metric"),
            Text("label.current"),
            Text("complaint_handling.column_counts"),
            Text("label.yoy"),
        ),
        rows=tuple(rows),
        notes=(Text("complaint_handling.note"),),
    )


def _handled(ctx: Context, service: Service, part: pd.DataFrame) -> dict[str, Figure]:
    """Shares of complaints: fully recorded, handed on, closed in time, satisfied after, customers that bought again."""

    def share(name: str, hits: int, n: int) -> Figure:
        return service.share(name, hits, n, None)

    rated = part[part["resolved_at"].notna() & part["csat"].notna()]
    found = {
        "complaint_complete": share("complaint_complete", int(part["is_complete"].sum()), len(part)),
        "complaint_handed": share("complaint_handed", int(part["handed_to"].notna().sum()), len(part)),
        "complaint_satisfied": share("complaint_satisfied", int((rated["csat"] >= SATISFIED).sum()), len(rated)),
        "complainer_repurchase": share("complainer_repurchase", *queries.complainers(ctx.mart, service.span.window)),
    }
    if ctx.settings.sla.service:
        judged = part[part["solve_limit"].notna() & part["solve"].notna()]
        hits = int((judged["solve"] <= judged["solve_limit"]).sum())
        found["complaint_closed"] = share("complaint_closed", hits, len(judged))
    return found
