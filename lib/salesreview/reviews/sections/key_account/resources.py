"""What strategic accounts cost us in hours and money, and what they bring (requirements K-21, K-22)."""

import pandas as pd

from ....metrics.growth import ratio
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, NotEnough, Point, Prose, Table, Text
from ...context import Context
from . import resource_balance, strategic
from .resource_input import figures, inputs, totals
from .resource_input import rows as rows_of

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
        resource_balance.exhibit(ctx, frame),
        _text(ctx, frame, told),
    )


def _cards(told: dict[str, Figure]) -> Cards:
    return Cards(
        id="resources_cards",
        title=Text("resources.cards", {name: told[name] for name in ("input", "gross", "return")}),
        requirements=("K-21",),
        cards=tuple(Card(Text(f"metric.{figure.metric}"), figure) for figure in told.values()),
        notes=(Text("resources.note_input"),),
    )


def _scatter(ctx: Context, mine: pd.DataFrame, told: dict[str, Figure]) -> Exhibit:
    box = {"id": "resources_scatter", "requirements": ("K-21",)}
    given = mine[mine["input"] > 0]
    if len(given) < ctx.settings.minimum_n.mean:
        return NotEnough(title=Text("resources.scatter_title"), reason=Text("resources.few"), **box)
    points = []
    for row in rows_of(given):
        cells = figures(ctx, row)
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
    for row in rows_of(ranked):
        cells = figures(ctx, row)
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


def _text(ctx: Context, frame: pd.DataFrame, told: dict[str, Figure]) -> Prose:
    mine = frame[frame["mine"]]
    sentences = [Text("resources.sentence", told)]
    free = mine[(mine["input"] > 0) & (mine["sales"] <= 0)]
    if len(free):
        spent = ctx.figure("input_without_sales", round(float(free["input"].sum()), 2), ctx.current, n=len(free),
                           **strategic.SCOPE)  # fmt: skip
        sentences.append(Text("resources.sentence_free", {"input": spent, "accounts": tuple(free["account"].head(3))}))
    found = resource_balance.judged(ctx, frame)
    if len(found):
        off = bool((found["verdict"] != "").any())
        sides = resource_balance.side_text("resources.sentence_off", ctx, found)
        sentences.append(sides if off else Text("resources.sentence_even"))
    else:
        sentences.append(Text("resources.sentence_unfitted"))
    return Prose(id="resources_text", title=Text("empty"), requirements=("K-21", "K-22"), sentences=tuple(sentences))
