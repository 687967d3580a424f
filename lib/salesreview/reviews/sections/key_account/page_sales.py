"""The head of an account's page: headline cards and the sales of two years (requirement K-02)."""

from ....metrics.growth import ratio
from ....record import Card, Cards, Chart, Exhibit, Figure, PeriodName, Prose, Series, Text
from ...context import change
from ..models import churn
from . import strategic
from .health import sales_change, scores
from .page_facts import Facts


def sold(facts: Facts, row) -> Figure:
    """Sales of the period to the account of ``row``."""
    return facts.ctx.figure("sales", round(float(row.sales), 2), facts.ctx.current, **strategic.of_account(row.account))


def cards(facts: Facts, name: str, row) -> Cards:
    """Up to eight headline figures; those without data are named below."""
    found = (
        sold_card(facts, row), _retained(facts, row), _wallet(facts, row), overdue(facts, row), _health(facts, row),
        _score(facts, row), _leaving(facts, row), pipeline(facts, row),
    )  # fmt: skip
    shown = tuple(card for card in found if card.figure.value is not None)
    absent = tuple(Text(f"metric.{card.figure.metric}") for card in found if card.figure.value is None)
    notes = (Text("account_page.not_known", {"names": absent}),) if absent else ()
    return Cards(id=f"{name}_cards", title=Text("empty"), cards=shown, notes=notes)


def _named(figure: Figure, *comparisons: Figure) -> Card:
    return Card(Text(f"metric.{figure.metric}"), figure, comparisons)


def sold_card(facts: Facts, row) -> Card:
    """Sales of the period with their change on the year before."""
    ctx, where, before = facts.ctx, strategic.of_account(row.account), None
    if ctx.covers(ctx.year_ago):
        before = ctx.figure("sales", round(facts.base.get(row.account_id, 0.0), 2), ctx.year_ago, **where)
    now = sold(facts, row)
    return _named(now, change(now, before, "yoy"))


def _retained(facts: Facts, row) -> Card:
    """Recurring contract value at the end over that at the opening (D-33)."""
    opening, closing = facts.recurring.get(row.account_id, (0.0, 0.0))
    rest = {"numerator": closing, "denominator": opening, "n": 1}
    where = strategic.of_account(row.account)
    figure = facts.ctx.figure("nrr", ratio(closing, opening), facts.ctx.current, **rest, **where)
    return Card(Text("account_page.nrr"), figure)


def _wallet(facts: Facts, row) -> Card:
    own = facts.breadths.get(row.account)
    bought, potential = (own.sales, own.potential) if own else (0.0, None)
    rest = {"numerator": bought, "denominator": potential, **strategic.of_account(row.account)}
    share = ratio(bought, potential) if potential else None
    return _named(facts.ctx.figure("wallet_share", share, facts.year, **rest))


def overdue(facts: Facts, row) -> Card:
    """What is past due on the last day; no value when bills or payments are not known."""
    amount, bills = (facts.overdue or {}).get(row.account_id, (0.0, 0))
    known = None if facts.overdue is None else round(amount, 2)
    figure = facts.ctx.figure("overdue_amount", known, facts.ctx.current, n=bills, **strategic.of_account(row.account))
    return Card(Text("account_page.overdue", {"n": str(bills)}), figure)


def _health(facts: Facts, row) -> Card:
    own = facts.healths.get(row.account_id)
    unknown = facts.ctx.figure("health", None, facts.ctx.current, **strategic.of_account(row.account))
    return _named(own.score if own else unknown)


def _score(facts: Facts, row) -> Card:
    own = facts.healths.get(row.account_id)
    known = own.facts if own else {"score": None, "score_before": None, "answers": 0, "answers_before": 0}
    now, _ = scores(facts.ctx, row.account, known)
    return Card(Text("account_page.score", {"n": str(now.n)}), now) if now.value is not None else _named(now)


def _leaving(facts: Facts, row) -> Card:
    chance = facts.leaving.get(row.account_id)
    if chance is None:
        where = {"dimension": "customer", "member": row.account}
        return _named(facts.ctx.figure("churn_probability", None, facts.ctx.current, **where))
    days = str(facts.ctx.settings.models.churn_horizon_days)
    return Card(Text("account_page.leaving", {"days": days}), churn.probability(facts.ctx, row.account, chance))


def pipeline(facts: Facts, row) -> Card:
    """Amount of the open deals; no value without any opportunity in the data."""
    deals = facts.deals.get(row.account_id, [])
    amount = round(sum(float(deal.amount or 0.0) for deal in deals), 2) if facts.deals else None
    where = strategic.of_account(row.account)
    figure = facts.ctx.figure("pipeline_amount", amount, facts.ctx.current, n=len(deals), **where)
    return Card(Text("account_page.pipeline", {"n": str(len(deals))}), figure)


def course(facts: Facts, name: str, row) -> Exhibit:
    """Sales by month, two years or as long as the data reaches back."""
    ctx, where = facts.ctx, strategic.of_account(row.account)
    line = tuple(
        ctx.figure("sales", round(facts.monthly.get((row.account_id, span.window.start), 0.0), 2), span, **where)
        for span in facts.months
    )
    own = facts.healths.get(row.account_id)
    if own is None or len(line) < 3:
        return Prose(id=f"{name}_course", title=Text("account_page.course"), sentences=(_nothing(facts, own),))
    moved = sales_change(ctx, row.account, own.facts)
    buying = sum(figure.value > 0 for figure in line)
    values = {"n": str(len(line)), "months": str(buying)}
    case = "moved" if moved.value is not None else "plain"
    return Chart(
        id=f"{name}_course",
        title=Text(f"account_page.course_{case}", values | ({"change": moved} if case == "moved" else {})),
        form="line",
        categories=tuple(PeriodName(span.code) for span in facts.months),
        series=(Series(Text("metric.sales"), line),),
        marks={"low": True},
        summary=Text("account_page.course_alt", {**values, "first": line[0], "last": line[-1]}),
    )


def _nothing(facts: Facts, own) -> Text:
    case = "no_orders" if own is None else "short"
    return Text(f"account_page.{case}", {"day": facts.ctx.mart.meta.first_day})
