"""How the existing base is used: activation, cross-selling, wallet share, white space, effort (requirement D-39)."""

import pandas as pd

from ....metrics.cltv import Wallet, wallet
from ....metrics.growth import ratio
from ....queries import value as queries
from ....record import Chart, Exhibit, Figure, NotEnough, NotProvided, Point, Table, Text
from ...context import Context, change
from . import renewals
from .value_facts import Facts

CODES = ("D-39",)
POTENTIAL = "accounts.potential_spend"
SHOWN = 40


def exhibits(ctx: Context, facts: Facts) -> tuple[Exhibit, ...]:
    """Table of the base's use, potential against sales, accounts with the most white space."""
    scatter, table = ({"id": f"value_{name}", "requirements": CODES} for name in ("potential", "whitespace"))
    missing = ctx.mart.missing(POTENTIAL)
    if missing:
        title = Text("value.potential_title")
        return _use(ctx, facts), *(NotProvided(title=title, missing=missing, **each) for each in (scatter, table))
    found = _wallet(facts)
    return _use(ctx, facts), _scatter(facts, found, scatter), _whitespace(ctx, facts, found, table)


def to_date(facts: Facts) -> pd.DataFrame:
    """Accounts with a known potential: the potential pro-rated to the span, sales of the span, room (never below 0)."""
    frame = facts.accounts[facts.accounts["potential"].fillna(0) > 0].copy()
    frame["potential"] = frame["potential"] * facts.span.window.days / 365
    frame["room"] = (frame["potential"] - frame["sales"]).clip(lower=0)
    return frame


def _wallet(facts: Facts) -> Wallet:
    return wallet(to_date(facts))


def _purse(facts: Facts, found: Wallet) -> tuple[Figure, Figure]:
    """(wallet share, white space), flagged with the share of accounts whose potential is known."""
    known = found.n / len(facts.accounts)
    rest = {"n": found.n, "flags": (f"coverage={known:.2f}",) if known < 1 else ()}
    return (
        facts.figure("wallet_share", found.share, numerator=found.sales, denominator=found.potential, **rest),
        facts.figure("whitespace", found.whitespace, **rest),
    )


def _use_figures(facts: Facts) -> dict[str, Figure]:
    """Figures of the table by name; a figure whose data is absent is left out."""
    ctx, accounts, window = facts.ctx, facts.accounts, facts.span.window
    active, buyers = int(accounts["is_active"].sum()), accounts[accounts["products"] > 0]
    old, sales = float(accounts.loc[~accounts["is_new"], "sales"].sum()), float(accounts["sales"].sum())

    def share(name: str, top: float, bottom: float, **rest) -> Figure:
        return facts.figure(name, ratio(top, bottom), numerator=top, denominator=bottom, **rest)

    found = {
        "activation": share("activation", active, len(accounts), n=len(accounts)),
        "products": share("products_per_account", float(buyers["products"].sum()), len(buyers), n=len(buyers)),
        "existing_sales": share("existing_sales_share", old, sales),
    }
    if not ctx.mart.missing(POTENTIAL):
        found["wallet"], found["whitespace"] = _purse(facts, _wallet(facts))
    if not ctx.mart.missing("activities.started_at", "activities.account_id"):
        spent = queries.effort(ctx.mart, window)
        found["effort"] = share("effort_existing_share", spent["existing_hours"], spent["hours"], n=int(spent["n"]))
    if not renewals.missing(ctx):
        found["nrr"] = renewals.recurring_figures(ctx, facts.span)[1]
    return found


def _use(ctx: Context, facts: Facts) -> Exhibit:
    if facts.accounts.empty:
        return NotEnough(
            id="value_use", title=Text("value.use_title"), requirements=CODES, reason=Text("value.no_accounts")
        )
    now = _use_figures(facts)
    then = _use_figures(type(facts)(ctx, ctx.year_ago)) if ctx.covers(ctx.year_ago) else {}
    then.pop("activation", None)
    rows = tuple(
        (Text(f"metric.{figure.metric}"), figure, then.get(name), change(figure, then.get(name), "yoy"))
        for name, figure in now.items()
    )
    values = {"activation": now["activation"], "products": now["products"]}
    case = "use_plain"
    if "effort" in now and now["effort"].value is not None and now["existing_sales"].value is not None:
        gap = now["effort"].value - now["existing_sales"].value
        case = "use_even" if abs(gap) < 0.10 else "use_over" if gap > 0 else "use_under"
        values = {"effort": now["effort"], "share": now["existing_sales"]}
    return Table(
        id="value_use",
        title=Text(f"value.{case}", values),
        requirements=CODES,
        header=(Text("label.metric"), *(Text(f"value.column_{name}") for name in ("now", "prior", "yoy"))),
        rows=rows,
        notes=(Text("value.note_use"),),
    )


def _scatter(facts: Facts, found: Wallet, fixed: dict) -> Chart:
    """Potential against sales of the accounts with the largest potential."""
    top = to_date(facts).sort_values(["potential", "account_id"], ascending=[False, True]).head(SHOWN)
    points = []
    for row in top.itertuples():
        identity = {"dimension": "account", "member": row.account_id}
        x = facts.figure("potential_to_date", row.potential, **identity)
        points.append(Point(row.account, x, facts.figure("sales", row.sales, **identity), group=row.tier))
    values = dict(zip(("share", "room"), _purse(facts, found), strict=True))
    return Chart(
        title=Text("value.potential_share", values),
        form="scatter",
        points=tuple(points),
        axes={"x": Text("metric.potential_to_date"), "y": Text("metric.sales")},
        summary=Text("value.potential_alt", values),
        notes=(Text("value.note_potential"),),
        **fixed,
    )


def _whitespace(ctx: Context, facts: Facts, found: Wallet, fixed: dict) -> Table:
    top = to_date(facts).sort_values(["room", "account_id"], ascending=[False, True]).head(ctx.settings.top_n)
    rows = []
    for row in top.itertuples():
        identity = {"dimension": "account", "member": row.account_id}
        money = [
            facts.figure(name, value, **identity)
            for name, value in (("potential_to_date", row.potential), ("sales", row.sales), ("whitespace", row.room))
        ]
        purse = facts.figure(
            "wallet_share", row.sales / row.potential, numerator=row.sales, denominator=row.potential, **identity
        )
        rows.append((row.account, row.tier, *money, purse))
    part = ratio(float(top["room"].sum()), found.whitespace)
    share = facts.figure("share_mix", part, dimension="whitespace", member="top", n=len(top))
    above = facts.figure("active_accounts", found.above, dimension="potential", member="exceeded", n=found.n)
    labels = ("account", "tier", "potential", "sales", "room", "wallet")
    return Table(
        title=Text("value.whitespace_top", {"first": top.iloc[0]["account"], "room": rows[0][4], "share": share}),
        header=tuple(Text(f"value.column_{name}") for name in labels),
        rows=tuple(rows),
        notes=(Text("value.note_whitespace", {"above": above}),),
        **fixed,
    )
