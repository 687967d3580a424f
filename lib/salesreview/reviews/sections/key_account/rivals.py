"""Which rivals we meet at strategic accounts and how we fare against them (requirement K-23)."""

import pandas as pd

from ....metrics.account_profile import fisher_p
from ....metrics.comparison import holm, wilson
from ....metrics.growth import ratio
from ....queries import account_rivals as queries
from ....record import Chart, Exhibit, Figure, Heading, NotEnough, Point, Prose, Series, Table, Text
from ...context import Context, Span
from ..finding import few
from . import strategic
from .bespoke import trailing

FIELDS = ("opportunities.closed_at",)
PRESENCE = ("opportunities.present_competitors", "opportunities.lost_competitor")
BOXES = (
    ("rivals_map", "rivals.map_title", ("K-23",)),
    ("rivals_wins", "rivals.wins_title", ("K-23",)),
    ("rivals_table", "rivals.table_title", ("K-23",)),
    ("rivals_text", "rivals.heading", ("K-23",)),
)


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, account by rival, win rate against each, table of rivals, paragraph."""
    heading = Heading(id="rivals_heading", title=Text("rivals.heading"))
    absent = ctx.mart.missing(*PRESENCE)
    silent = strategic.silent(ctx, BOXES, *FIELDS, *(absent if len(absent) == len(PRESENCE) else ()))
    if silent:
        return heading, *silent
    span, accounts = trailing(ctx), strategic.accounts(ctx)
    met = queries.met(ctx.mart, span.window)
    met = met[met["account_id"].isin(accounts["account_id"])]
    if met.empty:
        return heading, *strategic.not_enough(BOXES, Text("rivals.none"))
    names = queries.rivals(ctx.mart).set_index("competitor_id")
    met = met.assign(rival=met["competitor_id"].map(names["competitor"]).fillna(met["competitor_id"]))
    rows = standing(ctx, span, met, names)
    scope = scope_rate(ctx, span, accounts)
    return (
        heading,
        _map(ctx, span, met, accounts, rows),
        _wins(ctx, span, rows, scope),
        _table(ctx, span, rows),
        _text(ctx, span, rows, scope, accounts),
    )


def scope_rate(ctx: Context, span: Span, accounts: pd.DataFrame) -> Figure:
    """Win rate of all deals with strategic accounts that closed in the span, with or without rivals."""
    closed = queries.closed_deals(ctx.mart, span.window)
    closed = closed[closed["account_id"].isin(accounts["account_id"])]
    won, n = int(closed["won"].sum()), len(closed)
    rest = {"numerator": won, "denominator": n, "n": n, "flags": few(ctx, n)}
    return ctx.figure("win_rate", ratio(won, n), span, **rest, **strategic.SCOPE)


def standing(ctx: Context, span: Span, met: pd.DataFrame, names: pd.DataFrame) -> list[dict]:
    """One entry per rival, those met at the most accounts first."""
    found = []
    for rival, part in met.groupby("rival"):
        closed = part[part["closed"]]
        won, n = int(closed["won"].sum()), len(closed)
        where = {"dimension": "customer_group×competitor", "member": f"strategic | {rival}"}
        rest = {"numerator": won, "denominator": n, "n": n, "flags": few(ctx, n)}
        ends = wilson(won, n)
        lost = closed[~closed["won"].astype(bool)]
        index = names["price_index"].get(part["competitor_id"].iloc[0])
        found.append(
            {
                "rival": rival,
                "accounts": ctx.figure("rival_accounts", part["account_id"].nunique(), span, **where),
                "closed": ctx.figure("closed_deals", n, span, n=n, **where),
                "open": ctx.figure("open_deals", len(part) - n, span, **where),
                "rate": ctx.figure("win_rate", ratio(won, n), span, **rest, **where),
                "low": ctx.figure("rate_low", ends.low if ends else None, span, **where),
                "high": ctx.figure("rate_high", ends.high if ends else None, span, **where),
                "lost": ctx.figure("rival_lost", round(float(lost["amount"].fillna(0).sum()), 2), span, **where),
                "price": None
                if index is None or index != index
                else ctx.figure(
                    "rival_price", float(index), ctx.current, dimension="competitor", member=rival, flags=("external",)
                ),
            }
        )
    return sorted(found, key=lambda row: (-row["accounts"].value, -row["closed"].value, row["rival"]))


def _map(ctx: Context, span: Span, met: pd.DataFrame, accounts: pd.DataFrame, rows: list[dict]) -> Chart:
    shown = [row["rival"] for row in rows]
    counts = met.groupby(["account_id", "rival"]).size()
    present = accounts[accounts["account_id"].isin(met["account_id"])]
    most = met["account_id"].value_counts()
    drawn = present.assign(met=present["account_id"].map(most)).sort_values("met", ascending=False, kind="stable")
    drawn = drawn.head(ctx.settings.top_n)

    def cell(row, rival: str) -> Figure | None:
        n = int(counts.get((row.account_id, rival), 0))
        where = {"dimension": "account×competitor", "member": f"{row.account} | {rival}"}
        return ctx.figure("rival_meetings", n, span, n=n, **where) if n else None

    free = ctx.figure("accounts_without_rival", len(accounts) - len(present), span, n=len(accounts), **strategic.SCOPE)
    values = {"rival": shown[0], "accounts": rows[0]["accounts"], "free": free}
    return Chart(
        id="rivals_map",
        title=Text("rivals.map", values),
        requirements=("K-23",),
        form="heatmap",
        categories=tuple(shown),
        series=tuple(
            Series(row.account, tuple(cell(row, rival) for rival in shown), "part") for row in drawn.itertuples()
        ),
        axes={"x": Text("rivals.rival"), "y": Text("label.customer")},
        summary=Text("rivals.map_alt", values),
        notes=(Text("rivals.note_map", {"first": span.window.start, "last": span.window.end, "n": str(len(drawn))}),),
    )


def apart(rows: list[dict], scope: Figure) -> list[dict]:
    """Rivals against whom the win rate differs from that of the scope's other deals beyond chance.

    Fisher tests, adjusted for the number of rivals (Holm); rivals with few closed deals stay out.
    """
    tested = [row for row in rows if "small_n" not in row["rate"].flags and row["rate"].value is not None]
    p_values = []
    for row in tested:
        won, n = int(row["rate"].numerator), int(row["rate"].denominator)
        rest_won, rest_n = int(scope.numerator) - won, int(scope.denominator) - n
        p_values.append(fisher_p(won, n, rest_won, rest_n))
    return [row for row, p in zip(tested, holm(p_values), strict=True) if p < 0.05]


def _wins(ctx: Context, span: Span, rows: list[dict], scope: Figure) -> Exhibit:
    box = {"id": "rivals_wins", "requirements": ("K-23",)}
    known = [row for row in rows if row["rate"].value is not None]
    if not known:
        return NotEnough(title=Text("rivals.wins_title"), reason=Text("rivals.none_closed"), **box)
    ranked = sorted(known, key=lambda row: (row["rate"].value, row["rival"]))
    far = apart(rows, scope)
    case = "apart" if far else "alike"
    values = {"scope": scope} | ({"rival": far[0]["rival"], "rate": far[0]["rate"]} if far else {})
    points = tuple(
        Point(
            Text("rivals.point", {"rival": row["rival"], "n": str(row["rate"].n)}),
            row["rate"],
            low=row["low"],
            high=row["high"],
        )
        for row in ranked
    )
    return Chart(
        title=Text(f"rivals.wins_{case}", values),
        form="dot",
        points=points,
        marks={"reference": scope},
        summary=Text(f"rivals.wins_alt_{case}", values),
        notes=(Text("rivals.note_wins", {"fewest": str(ctx.settings.minimum_n.rate)}),),
        **box,
    )


def positions(ctx: Context) -> dict[str, int]:
    """How many account plans name the rival as the one in place, by competitor id."""
    counts: dict[str, int] = {}
    mine = set(strategic.accounts(ctx)["account_id"])
    for account, plan in ctx.settings.account_plans.items():
        for one in plan.competitor_position:
            if account in mine and one.position == "在位":
                counts[one.competitor] = counts.get(one.competitor, 0) + 1
    return counts


def _table(ctx: Context, span: Span, rows: list[dict]) -> Table:
    names = queries.rivals(ctx.mart)
    ids = dict(zip(names["competitor"], names["competitor_id"], strict=True))
    placed = positions(ctx)
    table = []
    for row in rows[: ctx.settings.top_n]:
        where = {"dimension": "customer_group×competitor", "member": f"strategic | {row['rival']}"}
        count = placed.get(ids.get(row["rival"], row["rival"]), 0)
        held = ctx.figure("rival_in_place", count, ctx.current, flags=("external",), **where) if placed else None
        table.append(
            (row["rival"], row["accounts"], row["closed"], row["rate"], row["lost"], row["open"], held, row["price"])
        )
    worst = max(rows, key=lambda row: row["lost"].value)
    columns = ("rivals.rival", "metric.rival_accounts", "metric.closed_deals", "metric.win_rate", "metric.rival_lost")
    columns += ("metric.open_deals", "metric.rival_in_place", "metric.rival_price")
    return Table(
        id="rivals_table",
        title=Text("rivals.table", {"rival": worst["rival"], "lost": worst["lost"]}),
        requirements=("K-23",),
        header=tuple(Text(name) for name in columns),
        rows=tuple(table),
        notes=(Text("rivals.note_table"),),
    )


def _text(ctx: Context, span: Span, rows: list[dict], scope: Figure, accounts: pd.DataFrame) -> Prose:
    first = rows[0]
    values = {
        "rival": first["rival"],
        "accounts": first["accounts"],
        "all": str(len(accounts)),
        "count": str(len(rows)),
    }
    sentences = [Text("rivals.sentence", values)]
    far = apart(rows, scope)
    if far:
        told = {"rival": far[0]["rival"], "rate": far[0]["rate"], "scope": scope}
        sentences.append(Text("rivals.sentence_apart", told))
    else:
        sentences.append(Text("rivals.sentence_alike", {"scope": scope}))
    waiting = max(rows, key=lambda row: row["open"].value)
    if waiting["open"].value:
        sentences.append(Text("rivals.sentence_open", {"rival": waiting["rival"], "open": waiting["open"]}))
    return Prose(id="rivals_text", title=Text("empty"), requirements=("K-23",), sentences=tuple(sentences))
