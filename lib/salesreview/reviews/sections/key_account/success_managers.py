"""Customer success managers of strategic accounts: who has one, and what goes with it (requirement K-35)."""

import pandas as pd

from ....metrics.growth import ratio
from ....metrics.retention import revenue_retention
from ....queries import account_relations as relations
from ....queries.retention import recurring
from ....record import Exhibit, Figure, Heading, Prose, Table, Text
from ...context import Context
from . import strategic

FIELDS = ("accounts.csm_rep_id",)
BOXES = (("csm_table", "csm.heading", ("K-35",)), ("csm_text", "csm.heading", ("K-35",)))


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, table of accounts with and without success manager, paragraph."""
    heading = Heading(id="csm_heading", title=Text("csm.heading"))
    silent = strategic.silent(ctx, BOXES, *FIELDS)
    if silent:
        return heading, *silent
    accounts = _accounts(ctx)
    groups = {name: accounts[accounts["has"] == has] for name, has in (("with_csm", True), ("without_csm", False))}
    covered = _covered(ctx, accounts)
    rows = tuple(_row(ctx, name, part) for name, part in groups.items())
    header = ("csm.group", "metric.strategic_accounts", "metric.sales", "metric.qbr_done", "metric.nrr")
    table = Table(
        id="csm_table",
        title=Text("csm.title", {"covered": covered, "load": _load(ctx, accounts)}),
        requirements=("K-35",),
        header=tuple(Text(name) for name in header),
        rows=rows,
        notes=(Text("csm.note"),),
    )
    return heading, table, _text(ctx, accounts, covered, rows)


def _accounts(ctx: Context) -> pd.DataFrame:
    """Strategic accounts with has (a success manager), quarters with a review, recurring value before and after."""
    found = strategic.accounts(ctx)
    found["has"] = found["csm_rep_id"].notna()
    made = relations.visits(ctx.mart, ctx.current.window, "QBR")
    made["quarter"] = made["month"].dt.quarter
    found["reviews"] = found["account_id"].map(made.groupby("account_id")["quarter"].nunique()).fillna(0).astype(int)
    if not ctx.mart.missing("contracts.annual_value", "contracts.end_date"):
        values = recurring(ctx.mart, ctx.settings, ctx.current.window).set_index("account_id")
        for column in ("at_opening", "at_closing"):
            found[column] = found["account_id"].map(values[column]).fillna(0.0)
    return found


def _quarters(ctx: Context) -> int:
    window = ctx.current.window
    months = (window.end.year - window.start.year) * 12 + window.end.month - window.start.month + 1
    return max(1, -(-months // 3))


def _covered(ctx: Context, accounts: pd.DataFrame) -> Figure:
    part, n = int(accounts["has"].sum()), len(accounts)
    flags = ("small_n",) if n < ctx.settings.minimum_n.rate else ()
    rest = {"numerator": part, "denominator": n, "n": n, "flags": flags}
    return ctx.figure("csm_coverage", ratio(part, n), ctx.current, **rest, **strategic.SCOPE)


def _load(ctx: Context, accounts: pd.DataFrame) -> Figure:
    """Strategic accounts per success manager."""
    managers = int(accounts["csm_rep_id"].nunique())
    part = int(accounts["has"].sum())
    rest = {"numerator": part, "denominator": managers, "n": managers}
    return ctx.figure("accounts_per_csm", ratio(part, managers), ctx.current, **rest, **strategic.SCOPE)


def _row(ctx: Context, name: str, part: pd.DataFrame) -> tuple:
    where = {"dimension": "csm", "member": name}
    n = len(part)
    flags = ("small_n",) if n < ctx.settings.minimum_n.rate else ()
    due, done = n * _quarters(ctx), int(part["reviews"].sum())
    reviews = {"numerator": done, "denominator": due, "n": due}
    if "at_opening" in part:
        value = revenue_retention(part[["at_opening", "at_closing"]].itertuples(index=False))
        nrr, rest = value.net, {"numerator": value.end, "denominator": value.start}
    else:
        nrr, rest = None, {}
    return (
        Text(f"csm.{name}"),
        ctx.figure("strategic_accounts", n, ctx.current, n=n, **where),
        ctx.figure("sales", round(float(part["sales"].sum()), 2), ctx.current, n=n, **where),
        ctx.figure("qbr_done", ratio(done, due), ctx.current, flags=flags, **reviews, **where),
        ctx.figure("nrr", nrr, ctx.current, n=n, flags=flags, **rest, **where),
    )


def _text(ctx: Context, accounts: pd.DataFrame, covered: Figure, rows: tuple) -> Prose:
    bare = list(accounts.loc[~accounts["has"], "account"])
    values = {"covered": covered, "load": _load(ctx, accounts), "n": rows[0][1]}
    sentences = [Text("csm.sentence", values)]
    if rows[0][3].value is not None:
        sentences.append(Text("csm.sentence_reviews", {"done": rows[0][3]}))
    if bare:
        sentences.append(Text("csm.sentence_bare", {"accounts": tuple(bare[:4])}))
    if bare and len(bare) < len(accounts):
        sentences.append(Text("csm.sentence_few"))
    return Prose(id="csm_text", title=Text("empty"), requirements=("K-35",), sentences=tuple(sentences))
