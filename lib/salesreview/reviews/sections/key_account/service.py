"""Service to strategic accounts against others, and complaints of all customers (K-44, K-45, S3-62, S3-64 … S3-66)."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ....metrics.comparison import rate_difference
from ....metrics.growth import ratio
from ....metrics.worktime import working_hours
from ....queries import care as queries
from ....queries.approvals import workdays
from ....queries.key_accounts import strategic_accounts
from ....record import Chart, Exhibit, Figure, Heading, Prose, Series, Table, Text
from ...context import Context, Span, change
from ..finding import few
from . import strategic
from .lights import complaint_rate

SERVICE = (
    ("strategic_service_text", "strategic_service.heading", ("K-44", "K-45", "S3-62")),
    ("strategic_service", "strategic_service.heading", ("K-44", "K-45", "S3-62")),
)
COMPLAINTS = (
    ("complaint_channels", "complaint_handling.channels_title", ("S3-64",)),
    ("complaint_table", "complaint_handling.heading", ("S3-65", "S3-66")),
)
FIELDS = ("tickets.opened_at", "tickets.account_id")
SATISFIED = 4


@dataclass(frozen=True)
class Service:
    """Tickets opened in a span; the limits of answer and solution come from the settings (``sla.service``)."""

    ctx: Context
    span: Span

    @cached_property
    def tickets(self) -> pd.DataFrame:
        """As `queries.care.tickets`, with mine (strategic at the span's end), answer and solve (working hours)."""
        found = queries.tickets(self.ctx.mart, self.span.window)
        days = workdays(self.ctx.mart)
        ids = set(strategic_accounts(self.ctx.mart, self.span.window.end)["account_id"])
        limits = self.ctx.settings.sla.service
        return found.assign(
            mine=found["account_id"].isin(ids),
            answer=working_hours(found["opened_at"], found["first_response_at"], days),
            solve=working_hours(found["opened_at"], found["resolved_at"], days),
            answer_limit=found["phase"].map({phase: limit.first_response_h for phase, limit in limits.items()}),
            solve_limit=found["phase"].map({phase: limit.resolve_h for phase, limit in limits.items()}),
        )

    def part(self, mine: bool) -> pd.DataFrame:
        return self.tickets[self.tickets["mine"] == mine]

    def median(self, name: str, column: str, mine: bool | None) -> Figure:
        part = self.tickets if mine is None else self.part(mine)
        values = part[column].dropna()
        flags = ("small_n",) if len(values) < self.ctx.settings.minimum_n.mean else ()
        value = float(values.median()) if len(values) else None
        return self.ctx.figure(name, value, self.span, n=len(values), flags=flags, **_where(mine))

    def share(self, name: str, hits: int, n: int, mine: bool | None) -> Figure:
        rest = {"numerator": hits, "denominator": n, "n": n, "flags": few(self.ctx, n)}
        return self.ctx.figure(name, ratio(hits, n), self.span, **rest, **_where(mine))

    def within(self, mine: bool | None) -> Figure:
        part = self.tickets if mine is None else self.part(mine)
        judged = part[part["answer_limit"].notna() & part["answer"].notna()]
        return self.share("service_within", int((judged["answer"] <= judged["answer_limit"]).sum()), len(judged), mine)

    def dedicated(self, mine: bool) -> Figure:
        part = self.part(mine)
        return self.share("dedicated_share", int(part["dedicated"].sum()), len(part), mine)

    def delivered(self, mine: bool) -> Figure:
        found = queries.delivered(self.ctx.mart, self.span.window)
        ids = set(strategic_accounts(self.ctx.mart, self.span.window.end)["account_id"])
        part = found[found["account_id"].isin(ids) == mine]
        return self.share("delivery_on_time", int(part["is_on_time"].sum()), len(part), mine)


def _where(mine: bool | None) -> dict[str, str]:
    return {} if mine is None else strategic.SCOPE if mine else strategic.OTHERS


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Service compared, then complaints: channels and handling."""
    headings = [Heading(id=f"{name}_heading", title=Text(f"{name}.heading")) for name in PARTS]
    absent = ctx.mart.missing(*FIELDS)
    if absent:
        boxes = strategic.not_provided((*SERVICE, *COMPLAINTS), absent)
        return headings[0], *boxes[:2], headings[1], *boxes[2:]
    found = Service(ctx, ctx.current)
    return headings[0], *_compared(ctx, found), headings[1], *_complaints(ctx, found)


PARTS = ("strategic_service", "complaint_handling")


def _compared(ctx: Context, found: Service) -> tuple[Exhibit, ...]:
    absent = strategic.missing(ctx)
    if absent:
        return strategic.not_provided(SERVICE, absent)
    if found.part(True).empty:
        return strategic.not_enough(SERVICE, Text("strategic_service.none"))
    rows = [
        (
            found.median("service_first_response", "answer", True),
            found.median("service_first_response", "answer", False),
        ),
        (found.median("service_resolve", "solve", True), found.median("service_resolve", "solve", False)),
    ]
    if not ctx.mart.missing("tickets.dedicated_channel"):
        rows.append((found.dedicated(True), found.dedicated(False)))
    if ctx.settings.sla.service:
        rows.append((found.within(True), found.within(False)))
    if not ctx.mart.missing("projects.planned_end", "projects.end"):
        rows.append((found.delivered(True), found.delivered(False)))
    base = Service(ctx, ctx.year_ago) if ctx.covers(ctx.year_ago) else None
    before = base.median("service_first_response", "answer", True) if base else None
    name, _, codes = SERVICE[1]
    table = Table(
        id=name,
        title=_title(rows),
        requirements=codes,
        header=(
            Text("label.metric"),
            Text("strategic_sales.mine"),
            Text("strategic_service.n"),
            Text("strategic_sales.others"),
            Text("strategic_service.n"),
        ),
        rows=tuple((Text(f"metric.{mine.metric}"), mine, str(mine.n), other, str(other.n)) for mine, other in rows),
        notes=(Text("strategic_service.note"),),
    )
    return _text(ctx, rows, change(rows[0][0], before, "yoy")), table


def _slower(rows: list[tuple[Figure, Figure]]) -> bool | None:
    mine, other = rows[0]
    if mine.value is None or other.value is None or {"small_n"} & {*mine.flags, *other.flags}:
        return None
    return mine.value > other.value * 1.05


def _title(rows: list[tuple[Figure, Figure]]) -> Text:
    slower = _slower(rows)
    case = "few" if slower is None else "slower" if slower else "not_slower"
    values = {} if case == "few" else {"mine": rows[0][0], "other": rows[0][1]}
    return Text(f"strategic_service.title_{case}", values)


def _text(ctx: Context, rows: list[tuple[Figure, Figure]], yoy: Figure) -> Prose:
    by = {mine.metric: (mine, other) for mine, other in rows}
    mine, other = by["service_first_response"]
    sentences = []
    slower = _slower(rows)
    case = "few" if slower is None else "slower" if slower else "not_slower"
    if mine.value is not None and other.value is not None:
        sentences.append(Text(f"strategic_service.sentence_{case}", {"mine": mine, "other": other, "n": str(mine.n)}))
    if yoy.value is not None:
        sentences.append(Text("strategic_service.sentence_yoy", {"yoy": yoy}))
    if "dedicated_share" in by and by["dedicated_share"][0].value is not None:
        sentences.append(Text("strategic_service.sentence_dedicated", {"share": by["dedicated_share"][0]}))
    if "service_within" in by and by["service_within"][0].value is not None:
        pair = by["service_within"]
        apart = rate_difference(*(int(one) for f in pair for one in (f.numerator, f.denominator)))
        case = "differs" if apart is not None and apart.excludes_zero else "alike"
        sentences.append(Text(f"strategic_service.sentence_within_{case}", {"mine": pair[0], "other": pair[1]}))
    elif not ctx.settings.sla.service:
        sentences.append(Text("strategic_service.sentence_no_limit"))
    sentences.append(Text("strategic_service.sentence_uptime"))
    return Prose(id=SERVICE[0][0], title=Text("empty"), requirements=SERVICE[0][2], sentences=tuple(sentences))


def _complaints(ctx: Context, found: Service) -> tuple[Exhibit, ...]:
    if ctx.mart.missing("tickets.is_complaint"):
        return strategic.not_provided(COMPLAINTS, ("tickets.is_complaint",))
    part = found.tickets[found.tickets["is_complaint"]]
    if part.empty:
        return strategic.not_enough(COMPLAINTS, Text("complaint_handling.none"))
    return _channels(ctx, part), _handling(ctx, found, part)


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
