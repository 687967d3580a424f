"""Growth of the customers' industries and the warning of falling growth (requirements S1-62, S1-68)."""

from ....metrics.warnings import FALLING_MONTHS, falling
from ....queries import outside as queries
from ....queries import sales
from ....record import Exhibit, Figure, Heading, NotEnough, Table, Text
from ...context import Context, change
from .boxes import absent, together

INDUSTRY_FIELDS = ("market_size.growth", "market_size.industry", "accounts.industry")
MACRO_FIELDS = ("macro_indicators.value", "macro_indicators.indicator")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, growth of the customers' industries, warning light."""
    heading = Heading(id="outside_heading", title=Text("outside.heading"))
    return heading, *together(Text("outside.heading"), (_industries(ctx), _growth(ctx)))


def _industries(ctx: Context) -> Exhibit:
    """Market growth by industry beside own growth; the total is weighted by own sales."""
    box, title = {"id": "outside_industries", "requirements": ("S1-62",)}, Text("outside.industries")
    fields = ctx.mart.missing(*INDUSTRY_FIELDS)
    if fields:
        return absent({box["id"]: ("S1-62",)}, title, fields)[0]
    found = queries.industry_growth(ctx.mart, ctx.period.code).drop_duplicates("industry")
    own = sales.by(ctx.mart, ctx.current.window, "industry").set_index("industry")["sales"]
    found = found[found["industry"].isin(own.index)]
    if found.empty or own.sum() <= 0:
        return NotEnough(title=title, reason=Text("outside.no_industries"), **box)
    before = sales.by(ctx.mart, ctx.year_ago.window, "industry").set_index("industry")["sales"]
    rows, weight, weighted = [], 0.0, 0.0
    for row in found.itertuples():
        where = {"dimension": "industry", "member": row.industry}
        amount = float(own[row.industry])
        now = ctx.figure("sales", amount, ctx.current, **where)
        known = ctx.covers(ctx.year_ago) and row.industry in before.index
        base = ctx.figure("sales", float(before[row.industry]), ctx.year_ago, **where) if known else None
        market = ctx.figure("market_growth", row.growth, ctx.current, flags=("external",), **where)
        rows.append((row.industry, market, now, change(now, base, "yoy"), row.source))
        weight, weighted = weight + amount, weighted + amount * row.growth
    rows.sort(key=lambda row: (-row[2].value, row[0]))
    covered = {"numerator": weight, "denominator": float(own.sum()), "flags": ("external",)}
    mean = ctx.figure("industry_growth_weighted", weighted / weight if weight > 0 else None, ctx.current, **covered)
    columns = ("industry", "market", "sales", "own", "source")
    return Table(
        title=Text("outside.industries_title", {"growth": mean}),
        header=tuple(Text(f"outside.column_{name}") for name in columns),
        rows=tuple(rows[: ctx.settings.top_n]),
        notes=(Text("outside.note_weighted"),),
        **box,
    )


def _growth(ctx: Context) -> Exhibit:
    """Whether monthly growth of the industry fell three months running (S1-68)."""
    box, title = {"id": "outside_growth", "requirements": ("S1-68", "S1-62")}, Text("outside.growth")
    fields = ctx.mart.missing(*MACRO_FIELDS)
    if fields:
        return absent({box["id"]: box["requirements"]}, title, fields)[0]
    found = queries.monthly_growth(ctx.mart, ctx.current.window.end)
    rows, lit = [], []
    for name, part in found.groupby("indicator", sort=True):
        state = falling(part["value"].tolist())
        if state is None:
            continue
        lit += [name] if state else []
        last, earlier = (_level(ctx, name, part.iloc[place], when) for place, when in ((-1, "last"), (-4, "earlier")))
        rows.append((name, earlier, last, Text("outside.red" if state else "outside.green"), part["source"].iloc[-1]))
    if not rows:
        return NotEnough(title=title, reason=Text("outside.no_months"), **box)
    values = {"n": str(FALLING_MONTHS)}
    columns = ("indicator", "earlier", "last", "state", "source")
    return Table(
        title=Text("outside.growth_red", values | {"names": tuple(lit)})
        if lit
        else Text("outside.growth_green", values),
        header=tuple(Text(f"outside.column_{name}") for name in columns),
        rows=tuple(rows),
        notes=(Text("outside.note_growth", values),),
        **box,
    )


def _level(ctx: Context, name: str, row, when: str) -> Figure:
    where = {"dimension": "indicator×month", "member": f"{name} | {when}"}
    return ctx.figure("indicator_level", float(row["value"]), ctx.current, flags=("external",), **where)
