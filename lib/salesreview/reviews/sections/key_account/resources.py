"""What strategic accounts cost us in hours and money, and what they bring (requirements K-21, K-22)."""

import pandas as pd

from ....metrics.account_resources import balance, expected_input
from ....metrics.growth import ratio
from ....queries import sales
from ....queries.margin import service_by_account
from ....queries.strategic import first_orders, open_pipeline
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, NotEnough, Point, Prose, Table, Text
from ...context import Context
from ..indicators.margin_accounts import hourly_cost
from . import strategic
from .bespoke import deals, trailing

FIELDS = ("account_resources.hours", "order_lines.cost_amount")
BOXES = (
    ("resources_cards", "resources.heading", ("K-21",)),
    ("resources_scatter", "resources.scatter_title", ("K-21",)),
    ("resources_table", "resources.table_title", ("K-21",)),
    ("resources_balance", "resources.balance_title", ("K-22",)),
    ("resources_text", "resources.heading", ("K-21", "K-22")),
)


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, input against gross profit, table by account, over- and under-investment, paragraph."""
    heading = Heading(id="resources_heading", title=Text("resources.heading"))
    silent = strategic.silent(ctx, BOXES, *FIELDS)
    if silent:
        return heading, *silent
    frame = inputs(ctx)
    mine = frame[frame["mine"]]
    if not mine["input"].sum():
        return heading, *strategic.not_enough(BOXES, Text("resources.none"))
    told = totals(ctx, mine)
    return (
        heading,
        _cards(told),
        _scatter(ctx, mine, told),
        _table(ctx, mine, told),
        _balance(ctx, frame),
        _text(ctx, frame, told),
    )


def inputs(ctx: Context) -> pd.DataFrame:
    """Accounts that are strategic or got recorded input in the review period, strategic ones by sales first.

    Columns: account_id, account, mine (strategic), potential (a year, NaN where unknown), sales, hours, input (hours
    at the cost of a sales hour, and direct cost; money), gross (profit of costed lines), pipeline (expected profit of
    open deals, for strategic accounts that never ordered; NaN else), return (gross or pipeline over input).
    """
    window = ctx.current.window
    given = service_by_account(ctx.mart, window).set_index("account_id")
    facts = sales.by(ctx.mart, window, "account_id").set_index("account_id")
    mine = strategic.accounts(ctx).set_index("account_id")
    ids = [*mine.index, *(one for one in given.index if one not in mine.index and _spent(given.loc[one]))]
    frame = pd.DataFrame(index=pd.Index(ids, name="account_id"))
    frame["mine"] = frame.index.isin(mine.index)
    frame["account"] = mine["account"].reindex(ids)
    potential = ctx.mart.query("SELECT account_id, potential_spend FROM accounts").set_index("account_id")
    frame["potential"] = potential["potential_spend"].reindex(ids)
    frame["sales"] = facts["sales"].reindex(ids).fillna(0.0)
    frame["gross"] = (facts["costed_sales"] - facts["cost"]).reindex(ids).fillna(0.0)
    for column in ("hours", "direct_cost"):
        frame[column] = given[column].reindex(ids).fillna(0.0)
    frame["input"] = (frame["direct_cost"] + frame["hours"] * (hourly_cost(ctx) or 0.0)).round(2)
    frame["pipeline"] = _pipeline(ctx, frame)
    earned = frame["pipeline"].fillna(frame["gross"])
    frame["return"] = (earned / frame["input"]).where(frame["input"] > 0)
    return frame.reset_index()


def _spent(row: pd.Series) -> bool:
    return bool(row["hours"] or row["direct_cost"])


def _pipeline(ctx: Context, frame: pd.DataFrame) -> pd.Series:
    """Open amount × win rate × gross margin of strategic accounts, for those of them that never ordered."""
    nothing = pd.Series(float("nan"), index=frame.index)
    if ctx.mart.missing("opportunities.amount"):
        return nothing
    closed = deals(ctx, trailing(ctx)) if not ctx.mart.missing("opportunities.is_customised") else pd.DataFrame()
    closed = closed[closed["mine"]] if len(closed) else closed
    mine = frame[frame["mine"]]
    margin = ratio(float(mine["gross"].sum()), float(mine["sales"].sum()))
    if closed.empty or margin is None:
        return nothing
    odds = float(closed["won"].astype(bool).mean())
    ordered = set(first_orders(ctx.mart, ctx.current.window.end)["account_id"])
    amounts = open_pipeline(ctx.mart).set_index("account_id")["amount"].reindex(frame.index).fillna(0.0)
    return (amounts * odds * margin).where(frame["mine"] & ~frame.index.isin(ordered))


def totals(ctx: Context, mine: pd.DataFrame) -> dict[str, Figure]:
    """Hours, input, gross profit and return of all strategic accounts together; expected profit is not in it."""
    spent, gross = round(float(mine["input"].sum()), 2), round(float(mine["gross"].sum()), 2)
    n = int((mine["input"] > 0).sum())
    rest = {"numerator": gross, "denominator": spent, "n": n}
    return {
        "hours": ctx.figure("resource_hours", float(mine["hours"].sum()), ctx.current, n=n, **strategic.SCOPE),
        "input": ctx.figure("resource_input", spent, ctx.current, n=n, **strategic.SCOPE),
        "gross": ctx.figure("gross_profit", gross, ctx.current, n=len(mine), **strategic.SCOPE),
        "return": ctx.figure("resource_return", ratio(gross, spent), ctx.current, **rest, **strategic.SCOPE),
    }


def _cards(told: dict[str, Figure]) -> Cards:
    return Cards(
        id="resources_cards",
        title=Text("resources.cards", {name: told[name] for name in ("input", "gross", "return")}),
        requirements=("K-21",),
        cards=tuple(Card(Text(f"metric.{figure.metric}"), figure) for figure in told.values()),
        notes=(Text("resources.note_input"),),
    )


def _figures(ctx: Context, row) -> dict[str, Figure]:
    where = strategic.of_account(row.account)
    waiting = row.pipeline == row.pipeline
    flags = ("estimated",) if waiting else ()
    value = None if row._asdict()["return_"] != row._asdict()["return_"] else row.return_
    return {
        "hours": ctx.figure("resource_hours", float(row.hours), ctx.current, **where),
        "input": ctx.figure("resource_input", float(row.input), ctx.current, **where),
        "gross": ctx.figure("gross_profit", round(float(row.gross), 2), ctx.current, **where),
        "return": ctx.figure("resource_return", value, ctx.current, flags=flags, **where),
    }


def _rows(frame: pd.DataFrame):
    return frame.rename(columns={"return": "return_"}).itertuples()


def _scatter(ctx: Context, mine: pd.DataFrame, told: dict[str, Figure]) -> Exhibit:
    box = {"id": "resources_scatter", "requirements": ("K-21",)}
    given = mine[mine["input"] > 0]
    if len(given) < ctx.settings.minimum_n.mean:
        return NotEnough(title=Text("resources.scatter_title"), reason=Text("resources.few"), **box)
    points = []
    for row in _rows(given):
        cells = _figures(ctx, row)
        points.append(Point(row.account, cells["input"], cells["gross"]))
    middle = {}
    for name, metric in (("input", "resource_input"), ("gross", "gross_profit")):
        value = round(float(given[name].median()), 2)
        where = {"dimension": "customer_group×median", "member": "strategic | median"}
        middle[name] = ctx.figure(metric, value, ctx.current, n=len(given), **where)
    costly = given[(given["input"] > middle["input"].value) & (given["gross"] < middle["gross"].value)]
    count = ctx.figure("accounts_costly", len(costly), ctx.current, n=len(given), **strategic.SCOPE)
    values = {"count": count, "return": told["return"]}
    return Chart(
        title=Text("resources.scatter", values),
        form="scatter",
        points=tuple(points),
        axes={"x": Text("metric.resource_input"), "y": Text("metric.gross_profit")},
        marks={
            "vline": middle["input"],
            "hline": middle["gross"],
            "quadrants": tuple(Text(f"resources.corner_{i}") for i in range(1, 5)),
        },
        summary=Text("resources.scatter_alt", values),
        notes=(Text("resources.note_scatter"),),
        **box,
    )


def _table(ctx: Context, mine: pd.DataFrame, told: dict[str, Figure]) -> Table:
    ranked = mine[mine["input"] > 0].sort_values(["input", "account"], ascending=[False, True]).head(ctx.settings.top_n)
    rows = []
    for row in _rows(ranked):
        cells = _figures(ctx, row)
        where = strategic.of_account(row.account)
        part = ctx.figure("input_share", ratio(row.input, told["input"].value), ctx.current, **where)
        profit = ctx.figure("gross_share", ratio(row.gross, told["gross"].value), ctx.current, **where)
        rows.append((row.account, cells["hours"], cells["input"], cells["gross"], cells["return"], part, profit))
    best = max(rows, key=lambda row: row[4].value if row[4].value is not None else -1e18)
    worst = min(rows, key=lambda row: row[4].value if row[4].value is not None else 1e18)
    columns = ("label.customer", "metric.resource_hours", "metric.resource_input", "metric.gross_profit")
    columns += ("metric.resource_return", "metric.input_share", "metric.gross_share")
    values = {"best": best[0], "high": best[4], "worst": worst[0], "low": worst[4]}
    waiting = int(mine["pipeline"].notna().sum())
    return Table(
        id="resources_table",
        title=Text("resources.table", values),
        requirements=("K-21",),
        header=tuple(Text(name) for name in columns),
        rows=tuple(rows),
        notes=(Text("resources.note_pipeline"),) if waiting else (),
    )


def judged(ctx: Context, frame: pd.DataFrame) -> pd.DataFrame:
    """Strategic accounts with expected input, z and verdict (``over``, ``under`` or empty).

    The expectation comes from all accounts with recorded input and known potential; no rows when these are too few.
    """
    known = frame[(frame["input"] > 0) & frame["potential"].notna()]
    if len(known) < ctx.settings.relations.regression_n:
        return known.head(0).assign(expected=[], z=[], verdict=[])
    mine = known.join(expected_input(known))
    mine = mine[mine["mine"]].copy()
    mine["verdict"] = balance(mine)
    return mine


def _balance(ctx: Context, frame: pd.DataFrame) -> Exhibit:
    box = {"id": "resources_balance", "requirements": ("K-22",)}
    n = int(((frame["input"] > 0) & frame["potential"].notna()).sum())
    found = judged(ctx, frame)
    fewest = str(ctx.settings.relations.regression_n)
    if n < ctx.settings.relations.regression_n or found.empty:
        reason = Text("resources.few_fitted", {"n": str(n), "fewest": fewest})
        return NotEnough(title=Text("resources.balance_title"), reason=reason, **box)
    off = found[found["verdict"] != ""].sort_values("z", ascending=False, kind="stable")
    if off.empty:
        reason = Text("resources.balanced", {"n": str(len(found))})
        return NotEnough(title=Text("resources.balance_title"), reason=reason, **box)
    rows = []
    for row in _rows(off.head(ctx.settings.top_n)):
        where = strategic.of_account(row.account)
        cells = _figures(ctx, row)
        expected = ctx.figure("expected_input", round(row.expected, 2), ctx.current, n=n, **where)
        shift = ctx.figure("input_shift", round(row.expected - row.input, 2), ctx.current, n=n, **where)
        z = ctx.figure("input_z", row.z, ctx.current, n=n, **where)
        verdict = Text(f"resources.{row.verdict}")
        rows.append((row.account, verdict, cells["input"], expected, z, cells["return"], shift))
    columns = (
        "label.customer",
        "resources.verdict",
        "metric.resource_input",
        "metric.expected_input",
        "metric.input_z",
    )
    columns += ("metric.resource_return", "metric.input_shift")
    return Table(
        title=side_text("resources.balance", ctx, found),
        header=tuple(Text(name) for name in columns),
        rows=tuple(rows),
        notes=(Text("resources.note_balance", {"n": str(n)}),),
        **box,
    )


def side_text(key: str, ctx: Context, found: pd.DataFrame) -> Text:
    """How many accounts get too much (over) and too little (under); a side without any is not told."""
    counts = {
        side: ctx.figure(
            f"accounts_{side}", int((found["verdict"] == side).sum()), ctx.current, n=len(found), **strategic.SCOPE
        )
        for side in ("over", "under")
    }
    told = [side for side, count in counts.items() if count.value]
    return Text(f"{key}_{told[0]}", {told[0]: counts[told[0]]}) if len(told) == 1 else Text(key, counts)


def _text(ctx: Context, frame: pd.DataFrame, told: dict[str, Figure]) -> Prose:
    mine = frame[frame["mine"]]
    sentences = [Text("resources.sentence", told)]
    free = mine[(mine["input"] > 0) & (mine["sales"] <= 0)]
    if len(free):
        spent = ctx.figure("input_without_sales", round(float(free["input"].sum()), 2), ctx.current, n=len(free),
                           **strategic.SCOPE)  # fmt: skip
        sentences.append(Text("resources.sentence_free", {"input": spent, "accounts": tuple(free["account"].head(3))}))
    found = judged(ctx, frame)
    if len(found):
        off = bool((found["verdict"] != "").any())
        sentences.append(side_text("resources.sentence_off", ctx, found) if off else Text("resources.sentence_even"))
    else:
        sentences.append(Text("resources.sentence_unfitted"))
    return Prose(id="resources_text", title=Text("empty"), requirements=("K-21", "K-22"), sentences=tuple(sentences))
