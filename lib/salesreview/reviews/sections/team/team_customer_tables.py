"""Tables and text on the customers that teams won and kept (requirements T-06 … T-09)."""

import pandas as pd

from ....queries import team_customers as queries
from ....record import UNCLASSIFIED, Exhibit, Figure, NotEnough, NotProvided, Prose, Table, Text
from ...context import change
from ...privacy import rep_labels
from .team_customer_facts import Customers


def _teams(*columns: pd.Series) -> list[str]:
    names = sorted({team for column in columns for team in column})
    return sorted(names, key=lambda team: team == UNCLASSIFIED)


def _label(team: str) -> Text | str:
    return Text("team_results.house") if team == UNCLASSIFIED else team


def won(now: Customers, before: Customers | None, codes: tuple[str, ...]) -> Exhibit:
    """New customers by team, what they bought, and the effort of winning them."""
    ctx, fixed = now.ctx, {"id": "team_customers_new", "requirements": codes}
    if missing := ctx.mart.missing("reps.team_id"):
        return NotProvided(title=Text("team_customers.won_title"), missing=missing, **fixed)
    if now.won.empty:
        return NotEnough(title=Text("team_customers.won_title"), reason=Text("team_customers.none_won"), **fixed)
    has_contracts = not ctx.mart.missing("contracts.signed_at")
    has_calls = not ctx.mart.missing("activities.type", "activities.started_at")
    signed = queries.first_contracts(ctx.mart, now.span.window).set_index("team")["accounts"] if has_contracts else None
    calls = queries.prospecting(ctx.mart, now.span.window).set_index("team")["touches"] if has_calls else None
    lists = [now.won["team"], now.kinds["team"], *(pd.Series(c.index) for c in (signed, calls) if c is not None)]
    rows = []
    for team in _teams(*lists):
        mine = now.won[now.won["team"] == team]
        where = {"dimension": "team", "member": team}
        n = now.figure("new_customers", len(mine), n=len(mine), **where)
        row = [_label(team), n]
        if before:
            old = int((before.won["team"] == team).sum())
            row.append(change(n, before.figure("new_customers", old, n=old, **where), "yoy"))
        if signed is not None:
            row.append(now.figure("first_signings", int(signed.get(team, 0)), **where))
        sold = now.kind("new", team)
        row += [sold, _first_order(now, mine, where)]
        if calls is not None:
            row += _effort(now, int(calls.get(team, 0)), len(mine), where)
        rows.append(tuple(row))
    rows.sort(key=lambda row: (isinstance(row[0], Text), -row[1].value))
    names = ["team", "won", *(["won_yoy"] if before else []), *(["signed"] if signed is not None else [])]
    names += ["sales", "first_order", *(["touches", "effort"] if calls is not None else [])]
    best = rows[0]
    total = now.new_customers()
    return Table(
        title=Text("team_customers.won", {"team": best[0], "won": best[1], "all": total}),
        header=tuple(Text(f"team_customers.column_{name}") for name in names),
        rows=tuple(rows),
        notes=(Text("team_customers.note_won"),) + ((Text("team_customers.note_effort"),) if has_calls else ()),
        **fixed,
    )


def _first_order(now: Customers, mine: pd.DataFrame, where: dict) -> Figure:
    n = len(mine)
    value = float(mine["first_order"].mean()) if n else None
    flags = ("small_n",) if n < now.ctx.settings.minimum_n.mean else ()
    rest = {"numerator": float(mine["first_order"].sum()), "denominator": n, "n": n, "flags": flags}
    return now.figure("first_order_mean", value, **rest, **where)


def _effort(now: Customers, touches: int, customers: int, where: dict) -> list[Figure]:
    value = touches / customers if customers else None
    flags = ("small_n",) if customers < now.ctx.settings.minimum_n.mean else ()
    rest = {"numerator": touches, "denominator": customers, "n": touches, "flags": flags}
    return [
        now.figure("prospecting_touches", touches, n=touches, **where),
        now.figure("prospecting_effort", value, **rest, **where),
    ]


def winners(now: Customers, codes: tuple[str, ...]) -> Exhibit:
    """The people who won most new customers."""
    ctx, fixed = now.ctx, {"id": "team_customers_winners", "requirements": codes}
    mine = now.won[now.won["rep_id"] != UNCLASSIFIED]
    if mine.empty:
        return NotEnough(title=Text("team_customers.winners_title"), reason=Text("team_customers.none_won"), **fixed)
    labels = rep_labels(ctx)
    counts = mine.groupby("rep_id").agg(n=("account_id", "size"), first=("first_order", "sum"), team=("team", "first"))
    counts = counts.reset_index().sort_values(["n", "first", "rep_id"], ascending=[False, False, True])
    top = counts[counts["n"] > 1].head(ctx.settings.top_n)
    top = top if len(top) >= 3 else counts.head(ctx.settings.top_n)
    rows = []
    for row in top.itertuples():
        where = {"dimension": "rep", "member": labels.get(row.rep_id, row.rep_id)}
        n = now.figure("new_customers", int(row.n), n=int(row.n), **where)
        rows.append((where["member"], _label(row.team), n, now.figure("first_order_sum", float(row.first), **where)))
    people = now.figure("rep_count", len(counts), dimension="reps", member="with new customers")
    return Table(
        title=Text("team_customers.winners", {"people": people, "first": rows[0][0], "won": rows[0][2]}),
        header=tuple(Text(f"team_customers.column_{name}") for name in ("rep", "team", "won", "first_sum")),
        rows=tuple(rows),
        **fixed,
    )


def kept(now: Customers, before: Customers | None, contracts: bool, codes: tuple[str, ...]) -> Exhibit:
    """Renewals by owning team, and what existing customers bought by kind."""
    ctx, fixed = now.ctx, {"id": "team_customers_kept", "requirements": codes}
    due = now.due if contracts else None
    rows = []
    for team in _teams(now.kinds["team"], *([due["team"]] if due is not None else [])):
        where = {"dimension": "team", "member": team}
        row = [_label(team)]
        if due is not None:
            mine = due[due["team"] == team]
            row += [
                now.figure("renewals_due", int(mine["due"].sum()), **where),
                now.renewal(mine, **where),
                now.figure("renewals_pending", int(mine["pending"].sum()), **where),
            ]
        if ctx.covers(ctx.year_ago):
            row += [now.kind(name, team) for name in ("reorder", "upsell", "cross")]
        rows.append(tuple(row))
    rows.sort(key=lambda row: (isinstance(row[0], Text), -(row[-1].value or 0.0) if len(row) > 1 else 0.0))
    names = ["team", *(["due", "renewed", "pending"] if due is not None else [])]
    names += ["reorder", "upsell", "cross"] if ctx.covers(ctx.year_ago) else []
    if len(names) == 1:
        return NotEnough(title=Text("team_customers.kept_title"), reason=Text("team_customers.no_base"), **fixed)
    rated = [row for row in rows if due is not None and row[2].value is not None and "small_n" not in row[2].flags]
    title = Text("team_customers.kept_title")
    if len(rated) > 1:
        low, high = min(rated, key=lambda row: row[2].value), max(rated, key=lambda row: row[2].value)
        title = Text("team_customers.kept", {"best": high[0], "high": high[2], "worst": low[0], "low": low[2]})
    return Table(
        title=title,
        header=tuple(Text(f"team_customers.column_{name}") for name in names),
        rows=tuple(rows),
        notes=(Text("team_customers.note_owner"),) if due is not None else (),
        **fixed,
    )


def text(now: Customers, before: Customers | None, contracts: bool, codes: tuple[str, ...]) -> Prose:
    """What was won and kept, against a year ago."""
    won_now, sold, share = now.new_customers(), now.kind("new"), now.new_share()
    sentences = [Text("team_customers.text_none")]
    if won_now.value:
        sentences = [Text("team_customers.text_won", {"won": won_now, "sales": sold, "share": share})]
    if before:
        moved = change(won_now, before.new_customers(), "yoy")
        amount = change(sold, before.kind("new"), "yoy")
        if moved.value is not None and amount.value is not None:
            case = "apart" if (moved.value < 0) != (amount.value < 0) else "down" if moved.value < 0 else "up"
            sentences.append(Text(f"team_customers.text_{case}", {"won": moved, "sales": amount}))
    else:
        sentences.append(Text("team_customers.text_no_base"))
    if now.ctx.covers(now.ctx.year_ago):
        parts = {name: now.kind(name) for name in ("reorder", "upsell", "cross")}
        sentences.append(Text("team_customers.text_old", parts))
    if contracts:
        rate = now.renewal_rate()
        if rate.value is not None:
            case = "small" if "small_n" in rate.flags else "known"
            sentences.append(Text(f"team_customers.text_renewal_{case}", {"rate": rate, "n": str(rate.n)}))
    else:
        sentences.append(Text("team_customers.text_no_contracts"))
    return Prose(id="team_customers_text", title=Text("empty"), requirements=codes, sentences=tuple(sentences))
