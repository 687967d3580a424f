"""The leading customers of each tier (requirements S1-17, S1-19, S1-21, S1-23)."""

from collections.abc import Iterable

import pandas as pd

from ....queries import rfm as queries
from ....record import Exhibit, Table, Text
from ...context import Context
from .boxes import too_few

LISTS = {
    "tiers_high": ("高价值", "S1-17"),
    "tiers_potential": ("潜力", "S1-19"),
    "tiers_dormant": ("休眠", "S1-21"),
    "tiers_low": ("低价值", "S1-23"),
}
BOXES = {name: ("S1-16", code) for name, (_, code) in LISTS.items()}
SILENT = ("休眠", "低价值")
"""Tiers of customers that stopped buying: ranked by what they ever bought."""
LISTED, TAGS = 5, 2


def lists(ctx: Context, now: pd.DataFrame) -> Iterable[Exhibit]:
    """A table for each tier of `LISTS`; ``now`` as `tiers.Tiers.placed`."""
    tags = queries.tags(ctx.mart, ctx.current.window.end)
    for name, (tier, _) in LISTS.items():
        yield _list(ctx, name, now[now["tier"] == tier], tier, tags)


def _list(ctx: Context, name: str, rows: pd.DataFrame, tier: str, tags: dict[str, tuple[str, ...]]) -> Exhibit:
    if rows.empty:
        return too_few({name: BOXES[name]}, Text(f"{name.replace('_', '.')}"), Text("tiers.list_none"))[0]
    worth = "total" if tier in SILENT else "sales"
    top = rows.sort_values([worth, "account_id"], ascending=[False, True]).head(LISTED)
    tagged = any(tags.get(account) for account in top["account_id"])

    def row(one) -> tuple:
        where = {"dimension": "account", "member": one.account_id}
        money = ("lifetime_sales", one.total) if worth == "total" else ("year_sales", one.sales)
        named = tags.get(one.account_id, ())[:TAGS]
        return (
            one.account,
            ctx.figure("r", one.days, ctx.current, **where),
            ctx.figure("f", one.monthly, ctx.current, n=one.orders, **where),
            ctx.figure("m", one.money, ctx.current, **where),
            ctx.figure(money[0], money[1], ctx.current, n=one.orders, **where),
            *((Text("tiers.tags", {"tags": named}) if named else None,) if tagged else ()),
        )

    listed = tuple(row(one) for one in top.itertuples())
    columns = ("account", "r", "f", "m", "total" if worth == "total" else "year_sales", *(("tags",) if tagged else ()))
    return Table(
        id=name,
        title=Text(
            f"{name.replace('_', '.')}_title", {"n": str(len(rows)), "account": listed[0][0], "worth": listed[0][4]}
        ),
        requirements=BOXES[name],
        header=tuple(Text(f"tiers.column_{column}") for column in columns),
        rows=listed,
        notes=_list_notes(rows, len(listed), tagged and tier not in SILENT),
    )


def _list_notes(rows: pd.DataFrame, shown: int, tagged: bool) -> tuple[Text, ...]:
    """How many of the tier are listed, how many of it meet its rule loosely, and with ``tagged`` what tags are."""
    loose = int((~rows["exact"]).sum())
    return (
        *((Text("tiers.note_list", {"shown": str(shown), "n": str(len(rows))}),) if shown < len(rows) else ()),
        *((Text("tiers.note_loose", {"n": str(loose)}),) if loose else ()),
        *((Text("tiers.note_tags"),) if tagged else ()),
    )
