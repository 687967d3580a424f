"""Customers that the teams won and kept (requirements T-06 … T-09)."""

from ....metrics.growth import ratio
from ....record import UNCLASSIFIED, Card, Cards, Chart, Exhibit, Heading, NotEnough, NotProvided, Series, Text
from ...context import Context, change
from ..cases import newcomer_base
from ..sales.sales_common import sales_figure
from . import team_customer_tables as tables
from .team_customer_facts import KINDS, Customers

IDS = {
    "team_customers_cards": ("T-06", "T-07", "T-08", "T-09"),
    "team_customers_text": ("T-06", "T-07", "T-08", "T-09"),
    "team_customers_mix": ("T-07", "T-09"),
    "team_customers_new": ("T-06", "T-07"),
    "team_customers_winners": ("T-06",),
    "team_customers_kept": ("T-08", "T-09"),
}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, paragraph, sales by kind and team, customers won, who won them, customers kept."""
    heading = Heading(id="team_customers_heading", title=Text("team_customers.heading"))
    missing = ctx.mart.missing("orders.account_id", "orders.rep_id")
    if missing:
        box = {"title": Text("team_customers.heading"), "missing": missing}
        return heading, *(NotProvided(id=name, requirements=codes, **box) for name, codes in IDS.items())
    if ctx.mart.meta.first_day >= ctx.current.window.start:
        box = {"title": Text("team_customers.heading"), "reason": Text("team_customers.no_history")}
        return heading, *(NotEnough(id=name, requirements=codes, **box) for name, codes in IDS.items())
    now = Customers(ctx, ctx.current)
    base = newcomer_base(ctx, ctx.year_ago)
    before = Customers(ctx, base) if base else None
    contracts = not retention_missing(ctx)
    return (
        heading,
        _cards(now, before, contracts),
        tables.text(now, before, contracts, IDS["team_customers_text"]),
        _mix(ctx, now),
        tables.won(now, before, IDS["team_customers_new"]),
        tables.winners(now, IDS["team_customers_winners"]),
        tables.kept(now, before, contracts, IDS["team_customers_kept"]),
    )


def retention_missing(ctx: Context) -> tuple[str, ...]:
    return ctx.mart.missing("contracts.account_id", "contracts.start_date", "contracts.end_date")


def _cards(now: Customers, before: Customers | None, contracts: bool) -> Cards:
    won, sold, share = now.new_customers(), now.kind("new"), now.new_share()
    cards = [
        Card(Text("metric.new_customers"), won, (change(won, before and before.new_customers(), "yoy"),)),
        Card(Text("metric.new_customer_sales"), sold, (change(sold, before and before.kind("new"), "yoy"),)),
        Card(Text("metric.new_sales_share"), share, (change(share, before and before.new_share(), "yoy"),)),
    ]
    if contracts:
        rate = now.renewal_rate()
        if rate.value is not None:
            then = before.renewal_rate() if before else None
            cards.append(Card(Text("metric.renewal_rate"), rate, (change(rate, then, "yoy"),)))
    if now.ctx.covers(now.ctx.year_ago):
        rate = now.expansion_rate()
        cards.append(Card(Text("metric.expansion_rate"), rate))
    return Cards(
        id="team_customers_cards",
        title=Text("team_customers.cards", {"won": won, "sales": sold, "share": share}),
        requirements=IDS["team_customers_cards"],
        cards=tuple(cards),
        notes=(Text("team_customers.note_history", {"day": now.ctx.mart.meta.first_day}),),
    )


def _mix(ctx: Context, now: Customers) -> Exhibit:
    """Sales of each team by kind; the kinds add up to the team's sales."""
    fixed = {"id": "team_customers_mix", "requirements": IDS["team_customers_mix"]}
    if not ctx.covers(ctx.year_ago):
        reason = Text("team_customers.no_base")
        return NotEnough(title=Text("team_customers.mix_title"), reason=reason, **fixed)
    teams = list(now.kinds.groupby("team")[list(KINDS)].sum().sum(axis=1).sort_values(ascending=False).index)
    teams.sort(key=lambda team: team == UNCLASSIFIED)
    shown = [name for name in KINDS if name != "unknown" or abs(now.kind("unknown").value) >= 0.01]
    series = tuple(
        Series(Text(f"metric.{KINDS[name]}"), tuple(now.kind(name, team) for team in teams), "part") for name in shown
    )
    total = sales_figure(ctx, now.span)
    old = [now.kind(name) for name in ("reorder", "upsell", "cross")]
    values = {"reorder": old[0], "upsell": old[1], "cross": old[2], "new": now.kind("new")}
    largest = max(("reorder", "upsell", "cross"), key=lambda name: values[name].value)
    part = ctx.figure(
        "share_mix", ratio(values[largest].value, total.value) if total.value > 0 else None, ctx.current,
        dimension="purchase", member=largest, numerator=values[largest].value, denominator=max(total.value, 0.0),
    )  # fmt: skip
    return Chart(
        title=Text(f"team_customers.mix_{largest}", {"amount": values[largest], "share": part}),
        form="stacked",
        categories=tuple(Text("team_results.house") if team == UNCLASSIFIED else team for team in teams),
        series=series,
        axes={"y": Text("metric.credited_sales")},
        summary=Text("team_customers.mix_alt", values),
        reconciliation=Text("team_customers.adds_up", {"total": total} | values),
        notes=(Text("team_customers.note_kinds"),),
        **fixed,
    )
