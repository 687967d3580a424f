"""Whether the customers are the wanted ones, and which industry's are worth most (requirements S3-16, S2-18)."""

import pandas as pd

from ....metrics.growth import ratio
from ....queries.satisfaction import account_traits
from ....record import UNCLASSIFIED, Chart, Exhibit, Figure, NotEnough, NotProvided, Series, Table, Text
from ...context import Context
from ..indicators.value import COST
from ..indicators.value_facts import Facts as Lifetime


def share_of(ctx: Context, name: str, part: pd.DataFrame, base: pd.DataFrame, member: str, by: str) -> Figure:
    """Share of ``part`` in the base's customers (``by`` account_id) or sales."""
    numbers = [float(rows["sales"].sum()) if by == "sales" else len(rows) for rows in (part, base)]
    counts = {"numerator": numbers[0], "denominator": numbers[1], "n": len(part)}
    return ctx.figure(name, ratio(*numbers), ctx.current, dimension="customer_segment", member=member, **counts)


def inside(ctx: Context, base: pd.DataFrame) -> pd.DataFrame | None:
    """The customers that meet the company's definition of a target customer; None without one."""
    asked = ctx.settings.target_customers
    limits = {"industry": asked.industries, "size_band": asked.size_bands, "region": asked.regions}
    if not any(limits.values()):
        return None
    for trait, allowed in limits.items():
        base = base[base[trait].isin(allowed)] if allowed else base
    return base


def wanted(ctx: Context, base: pd.DataFrame | None) -> Exhibit:
    """Customers and sales inside the definition of a target customer, trait by trait and all together (S3-16)."""
    box = {"id": "main_group_wanted", "requirements": ("S3-16",)}
    asked = ctx.settings.target_customers
    limits = {"industry": asked.industries, "size_band": asked.size_bands, "region": asked.regions}
    found = inside(ctx, base) if base is not None else None
    if not any(limits.values()):
        return NotProvided(title=Text("main_group.wanted"), missing=("params/target_customers.yml",), **box)
    if found is None or base["sales"].sum() <= 0:
        return NotEnough(title=Text("main_group.wanted"), reason=Text("main_group.wanted_none"), **box)
    steps = [(Text(f"main_group.trait_{t}"), base[base[t].isin(a)], t, a) for t, a in limits.items() if a]
    rows = [_wanted_row(ctx, name, part, base, trait, allowed) for name, part, trait, allowed in steps]
    rows.append(_wanted_row(ctx, Text("main_group.all_traits"), found, base, "wanted", ()))
    share = rows[-1][5]
    return Table(
        title=Text("main_group.wanted_title", {"share": share, "accounts": rows[-1][3]}),
        header=tuple(
            Text(f"main_group.column_{name}")
            for name in ("condition", "allowed", "accounts", "account_share", "sales", "sales_share")
        ),
        rows=tuple(rows),
        notes=(Text("main_group.note_wanted", {"source": asked.source or "—", "date": asked.date or "—"}),),
        **box,
    )


def _wanted_row(ctx: Context, name: Text, part: pd.DataFrame, base: pd.DataFrame, trait: str, allowed: tuple) -> tuple:
    where = {"dimension": "wanted_customers", "member": trait}
    return (
        name,
        Text("main_group.allowed", {"names": allowed}) if allowed else None,
        ctx.figure("year_buyers", len(part), ctx.current, n=len(part), **where),
        share_of(ctx, "segment_accounts_share", part, base, trait, "account_id"),
        ctx.figure("year_sales", float(part["sales"].sum()), ctx.current, n=len(part), **where),
        share_of(ctx, "segment_sales_share", part, base, trait, "sales"),
    )


def value(ctx: Context) -> Exhibit:
    """Mean lifetime value by industry, ranked, for industries with customers enough (S2-18)."""
    box = {"id": "main_group_value", "requirements": ("S2-18",)}
    fields = ctx.mart.missing(COST, "accounts.industry")
    if fields:
        return NotProvided(title=Text("main_group.value"), missing=fields, **box)
    facts = Lifetime(ctx, ctx.current)
    if not facts.is_known or facts.active.empty:
        return NotEnough(title=Text("main_group.value"), reason=Text("main_group.value_none"), **box)
    traits = account_traits(ctx.mart, ctx.current.window.end)[["account_id", "industry"]]
    active = facts.active.merge(traits, on="account_id")
    found = {
        name: facts.mean("cltv_mean", "cltv", rows, dimension="industry", member=name)
        for name, rows in active.groupby("industry", sort=True)
        if name != UNCLASSIFIED and len(rows) >= ctx.settings.minimum_n.mean
    }
    if len(found) < 2:
        return NotEnough(title=Text("main_group.value"), reason=Text("main_group.value_few"), **box)
    order = sorted(found, key=lambda name: (-found[name].value, name))
    values = {"high": order[0], "most": found[order[0]], "low": order[-1], "least": found[order[-1]]}
    return Chart(
        title=Text("main_group.value_title", values),
        form="barh",
        categories=tuple(order),
        series=(Series(Text("metric.cltv_mean"), tuple(found[name] for name in order)),),
        axes={"x": Text("metric.cltv_mean")},
        summary=Text("main_group.value_alt", values),
        notes=(Text("main_group.note_value"),),
        **box,
    )
