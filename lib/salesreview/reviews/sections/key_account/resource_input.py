"""Hours and money spent on accounts and what they brought, one row an account (requirements K-21, K-22)."""

import pandas as pd

from ....metrics.growth import ratio
from ....queries import sales
from ....queries.margin import service_by_account
from ....queries.strategic import first_orders, open_pipeline
from ....record import Figure
from ...context import Context
from ..indicators.margin_accounts import hourly_cost
from . import strategic
from .bespoke import deals, trailing


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


def figures(ctx: Context, row) -> dict[str, Figure]:
    """Hours, input, gross profit and return of one row of `rows`."""
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


def rows(frame: pd.DataFrame):
    """The rows of a frame of `inputs`; the column ``return`` is called ``return_``."""
    return frame.rename(columns={"return": "return_"}).itertuples()
