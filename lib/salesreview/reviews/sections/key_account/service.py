"""Service to strategic accounts against that to others (requirements K-44, K-45, S3-62)."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ....metrics.comparison import rate_difference
from ....metrics.growth import ratio
from ....metrics.worktime import working_hours
from ....queries import care as queries
from ....queries.approvals import workdays
from ....queries.key_accounts import strategic_accounts
from ....record import Exhibit, Figure, Heading, Prose, Table, Text
from ...context import Context, Span, change
from ..finding import few
from . import strategic

SERVICE = (
    ("strategic_service_text", "strategic_service.heading", ("K-44", "K-45", "S3-62")),
    ("strategic_service", "strategic_service.heading", ("K-44", "K-45", "S3-62")),
)
FIELDS = ("tickets.opened_at", "tickets.account_id")


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
    """Heading, paragraph and table of service to strategic accounts and to others."""
    heading = Heading(id="strategic_service_heading", title=Text("strategic_service.heading"))
    absent = ctx.mart.missing(*FIELDS)
    return heading, *(strategic.not_provided(SERVICE, absent) if absent else _compared(ctx, Service(ctx, ctx.current)))


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
