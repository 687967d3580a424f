"""One page a strategic account: sales, health, contract, pipeline, signals, next steps."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from ....periods import Window, add_months
from ....queries import sales
from ....queries import strategic as queries
from ....queries.account_projects import competitor_names
from ....record import Cell, Exhibit, Figure, Heading, NotEnough, Spark, Table, Text
from ...context import Context, Span, change
from ..models import churn
from . import coverage, strategic
from .health import Health, health
from .projects import LATE, Running, running

PAGES = 10
IDS = tuple(f"account_page_{number:02d}" for number in range(1, PAGES + 1))
REQUIREMENTS = ("K-02", "K-13", "K-48")
MONTHS, AHEAD, RENEWAL_DAYS = 24, 30, 120
BLANK = Text("empty")
STEPS = 4
"""Most next steps told of one account."""


@dataclass(frozen=True)
class Facts:
    """What all pages draw on, read once."""

    ctx: Context

    @cached_property
    def day(self) -> date:
        return self.ctx.current.window.end

    @cached_property
    def healths(self) -> dict[str, Health]:
        return {one.account_id: one for one in health(self.ctx)}

    @cached_property
    def leaving(self) -> dict[str, float]:
        return churn.probabilities(self.ctx)

    @cached_property
    def base(self) -> dict[str, float]:
        found = sales.by(self.ctx.mart, self.ctx.year_ago.window, "account_id")
        return dict(zip(found["account_id"], found["sales"], strict=True))

    @cached_property
    def months(self) -> list[Span]:
        first = max(add_months(self.day.replace(day=1), 1 - MONTHS), self.ctx.mart.meta.first_day.replace(day=1))
        spans, start = [], first
        while start <= self.day:
            end = min(add_months(start, 1) - timedelta(days=1), self.day)
            spans.append(
                Span(
                    f"{start.year}-M{start.month:02d}",
                    Window(start, end),
                    end < add_months(start, 1) - timedelta(days=1),
                )
            )
            start = add_months(start, 1)
        return spans

    @cached_property
    def monthly(self) -> dict[tuple[str, date], float]:
        window = Window(self.months[0].window.start, self.day)
        found = sales.monthly(self.ctx.mart, window, "account_id")
        return {(row.account_id, row.month.date()): float(row.sales) for row in found.itertuples()}

    @cached_property
    def pipeline(self) -> dict[str, tuple[int, float]]:
        if self.ctx.mart.missing("opportunities.account_id", "opportunities.amount"):
            return {}
        found = queries.open_pipeline(self.ctx.mart)
        return {row.account_id: (int(row.deals), float(row.amount)) for row in found.itertuples()}

    @cached_property
    def ends(self) -> dict[str, date]:
        found = queries.contract_ends(self.ctx.mart, self.day)
        return {row.account_id: row.contract_end.date() for row in found.itertuples()}

    @cached_property
    def actions(self) -> dict[str, list[tuple[str, date]]]:
        window = Window(self.day - timedelta(days=AHEAD), self.day + timedelta(days=AHEAD))
        found: dict[str, list[tuple[str, date]]] = {}
        for row in queries.next_actions(self.ctx.mart, window).itertuples():
            found.setdefault(row.account_id, []).append((row.action, row.due.date()))
        return found

    @cached_property
    def projects(self) -> dict[str, list[Running]]:
        if self.ctx.mart.missing("projects.account_id"):
            return {}
        found: dict[str, list[Running]] = {}
        for one in running(self.ctx):
            found.setdefault(one.account_id, []).append(one)
        return found

    @cached_property
    def rivals(self) -> dict[str, str]:
        return competitor_names(self.ctx.mart)

    @cached_property
    def people(self) -> dict[str, coverage.Coverage]:
        if self.ctx.mart.missing(*coverage.FIELDS):
            return {}
        return {one.account_id: one for one in coverage.coverage(self.ctx)}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading and ten pages, largest sales of the period first; those without an account say so."""
    heading = Heading(id="account_pages_heading", title=Text("account_page.heading"))
    boxes = tuple((name, "account_page.title", REQUIREMENTS) for name in IDS)
    absent = strategic.silent(ctx, boxes, "orders.account_id")
    if absent:
        return heading, *absent
    facts = Facts(ctx)
    shown = strategic.accounts(ctx).head(min(PAGES, ctx.settings.top_n))
    pages = [_page(facts, name, row) for name, row in zip(IDS, shown.itertuples(), strict=False)]
    reason = Text("account_page.no_more")
    rest = [
        NotEnough(id=name, title=Text("account_page.title"), requirements=REQUIREMENTS, reason=reason)
        for name in IDS[len(pages) :]
    ]
    return heading, *pages, *rest


def _page(facts: Facts, name: str, row) -> Table:
    ctx, where = facts.ctx, strategic.of_account(row.account)
    sold = ctx.figure("sales", round(float(row.sales), 2), ctx.current, **where)
    own = facts.healths.get(row.account_id)
    rows = [*_sales_rows(facts, row, sold), *_health_rows(own), *_churn_rows(facts, row), *_relation_rows(facts, row)]
    rows += [*_plan_rows(facts, row.account_id), *_signal_rows(own)]
    steps = next_steps(facts, row.account_id, own)
    rows += [(Text("empty") if place else Text("account_page.steps"), BLANK, step) for place, step in enumerate(steps)]
    state = own.level if own else "unknown"
    values = {"account": row.account, "sales": sold}
    values |= {"health": own.score} if own and own.score.value is not None else {}
    case = "scored" if "health" in values else "plain"
    return Table(
        id=name,
        title=Text(f"account_page.{case}_{state}", values),
        requirements=REQUIREMENTS,
        header=(Text("account_page.item"), Text("account_page.value"), Text("account_page.against")),
        rows=tuple(rows),
    )


def _sales_rows(facts: Facts, row, sold: Figure) -> list[tuple[Cell, ...]]:
    ctx, where = facts.ctx, strategic.of_account(row.account)
    before = None
    if ctx.covers(ctx.year_ago):
        before = ctx.figure("sales", round(facts.base.get(row.account_id, 0.0), 2), ctx.year_ago, **where)
    yoy = change(sold, before, "yoy")
    line = tuple(
        ctx.figure("sales", facts.monthly.get((row.account_id, span.window.start), 0.0), span, **where)
        for span in facts.months
    )
    case = "no_base" if yoy.value is None else "yoy"
    told = {"industry": row.industry} | ({} if yoy.value is None else {"yoy": yoy})
    return [
        (Text("metric.sales"), sold, Text(f"account_page.{case}", told)),
        (Text("account_page.course"), Spark(line), Text("account_page.months", {"n": str(len(line))})),
    ]


def _health_rows(own: Health | None) -> list[tuple[Cell, ...]]:
    if own is None or own.score.value is None:
        return [(Text("metric.health"), BLANK, Text("account_page.unscored"))]
    parts = tuple(
        Text("account_page.part", {"name": Text(f"strategic_warning.part_{name}"), "value": figure})
        for name, figure in own.parts.items()
        if figure.value is not None
    )
    return [(Text("metric.health"), own.score, Text("account_page.parts", {"items": parts}))]


def _churn_rows(facts: Facts, row) -> list[tuple[Cell, ...]]:
    """The modelled probability of leaving with what moved it most; no row without a model's word."""
    if row.account_id not in facts.leaving:
        return []
    ctx, days = facts.ctx, str(facts.ctx.settings.models.churn_horizon_days)
    chance = churn.probability(ctx, row.account, facts.leaving[row.account_id])
    told = Text("account_page.moved", {"days": days, "reasons": churn.reasons(ctx, row.account_id, row.account)})
    return [(Text("metric.churn_probability"), chance, told)]


def _relation_rows(facts: Facts, row) -> list[tuple[Cell, ...]]:
    ctx, where = facts.ctx, strategic.of_account(row.account)
    rows = []
    if facts.ends:
        end = facts.ends.get(row.account_id)
        left = (end - facts.day).days if end else None
        case = "no_contract" if left is None else "lapsed" if left < 0 else "left"
        days = ctx.figure("contract_days_left", left, ctx.current, **where)
        told = Text(f"account_page.{case}", {"day": end} if end else {})
        rows.append((Text("account_page.contract"), days if case == "left" else BLANK, told))
    if facts.pipeline:
        deals, amount = facts.pipeline.get(row.account_id, (0, 0.0))
        worth = ctx.figure("pipeline_amount", round(amount, 2), ctx.current, n=deals, **where)
        rows.append((Text("metric.pipeline_amount"), worth, Text("account_page.deals", {"n": str(deals)})))
    own = facts.projects.get(row.account_id, [])
    if own:
        late = [one for one in own if one.state in LATE]
        count = ctx.figure("projects_running", len(own), ctx.current, n=len(own), **where)
        told = (
            Text("account_page.late", {"n": str(len(late)), "project": late[0].project, "slip": late[0].slip})
            if late
            else Text("account_page.on_time")
        )
        rows.append((Text("metric.projects_running"), count, told))
    met = facts.people.get(row.account_id)
    if met is not None:
        told = Text(
            "account_page.deciders", {"n": str(sum(met.contacted.values())), "all": str(sum(met.identified.values()))}
        )
        value = met.penetration if met.penetration.value is not None else None
        rows.append((Text("metric.kdm_penetration"), value, told))
    return rows


def _plan_rows(facts: Facts, account_id: str) -> list[tuple[Cell, ...]]:
    """Rivals that the account's plan names, with its source."""
    plan = facts.ctx.settings.account_plans.get(account_id)
    if plan is None:
        return []
    rivals = tuple(facts.rivals.get(one.competitor, one.competitor) for one in plan.competitor_position)
    values = {"source": plan.source, "date": plan.date} | ({"rivals": rivals} if rivals else {})
    case = "plan_rivals" if rivals else "plan"
    return [(Text("account_page.plan_item"), BLANK, Text(f"account_page.{case}", values))]


def _signal_rows(own: Health | None) -> list[tuple[Cell, ...]]:
    if own is None:
        return []
    if not own.triggers:
        return [(Text("account_page.signals"), BLANK, Text("account_page.no_signals"))]
    told = Text("account_page.listed", {"items": tuple(one.text for one in own.triggers)})
    return [(Text("account_page.signals"), BLANK, told)]


def next_steps(facts: Facts, account_id: str, own: Health | None) -> tuple[Text, ...]:
    """What the rules call for, most urgent first: warnings, late projects, contracts that end, overdue and open steps,
    people not met; a review of the account when nothing calls."""
    found: list[Text] = []
    if own and own.level == "red":
        found.append(Text("account_page.step_red", {"day": facts.day + timedelta(days=3)}))
    kinds = {one.kind for one in own.triggers} if own else set()
    found += [Text(f"account_page.step_{kind}") for kind in ("decider", "score", "sales") if kind in kinds]
    late = [one for one in facts.projects.get(account_id, []) if one.state in LATE]
    if late:
        found.append(Text("account_page.step_project", {"project": late[0].project, "step": late[0].step or "—"}))
    end = facts.ends.get(account_id)
    if end and -RENEWAL_DAYS <= (end - facts.day).days <= RENEWAL_DAYS:
        found.append(Text("account_page.step_contract", {"day": end}))
    for action, due in facts.actions.get(account_id, [])[:1]:
        case = "overdue" if due < facts.day else "open"
        found.append(Text(f"account_page.step_{case}", {"action": action, "day": due}))
    met = facts.people.get(account_id)
    if met is not None and met.uncontacted > 0:
        found.append(Text("account_page.step_people", {"n": str(met.uncontacted)}))
    return tuple(found[:STEPS]) or (Text("account_page.step_none"),)
