"""Deals worth telling as cases, each with its timeline and what people say about it (requirements T-10, T-11)."""

import pandas as pd

from ....metrics.cases import PARTS, chosen, scored
from ....queries import team_cases as queries
from ....record import Exhibit, Figure, Heading, NotEnough, NotProvided, Prose, Table, Text
from ....settings.team import CaseText
from ...context import Context

FIELDS = ("background", "teamwork", "difficulties", "solutions", "results")
LARGE = 0.75
NEEDS = ("opportunities.outcome", "opportunities.closed_at", "opportunities.amount")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, list of candidates, then for each case its facts with the words of people, and its timeline."""
    heading = Heading(id="team_cases_heading", title=Text("team_cases.heading"))
    count = ctx.settings.cases.shown_cases
    missing = ctx.mart.missing(*NEEDS)
    deals = None if missing else _candidates_of(ctx)
    if missing or len(deals) < ctx.settings.minimum_n.mean:
        return heading, *(_absent(name, codes, missing) for name, codes in _ids(count))
    picked = chosen(deals, count, ctx.settings.cases.pinned, ctx.settings.cases.excluded)
    cases = [picked.iloc[i] if i < len(picked) else None for i in range(count)]
    found = [heading, _candidates(ctx, deals, picked)]
    for i, deal in enumerate(cases, start=1):
        if deal is None:
            ids = _ids(count)[2 * i - 1 : 2 * i + 1]
            found += [_absent(name, codes, ()) for name, codes in ids]
        else:
            found += [_case(ctx, i, deal), _timeline(ctx, i, deal)]
    return tuple(found)


def _candidates_of(ctx: Context) -> pd.DataFrame:
    """The largest quarter of the closed deals and those that are pinned, by score."""
    ranked = scored(queries.closed_deals(ctx.mart, ctx.current.window))
    return ranked[(ranked["size"] >= LARGE) | ranked["opp_id"].isin(ctx.settings.cases.pinned)].reset_index(drop=True)


def _ids(count: int) -> list[tuple[str, tuple[str, ...]]]:
    found = [("team_cases_candidates", ("T-10",))]
    for i in range(1, count + 1):
        found += [(f"team_case_{i}", ("T-11",)), (f"team_case_{i}_timeline", ("T-11",))]
    return found


def _absent(name: str, codes: tuple[str, ...], missing: tuple[str, ...]) -> Exhibit:
    fixed = {"id": name, "title": Text("team_cases.heading"), "requirements": codes}
    if missing:
        return NotProvided(missing=missing, **fixed)
    return NotEnough(reason=Text("team_cases.few"), **fixed)


def _amount(ctx: Context, deal) -> Figure:
    return ctx.figure("deal_amount", float(deal.amount), ctx.current, dimension="opportunity", member=deal.opp_id)


def _days(ctx: Context, deal) -> Figure:
    known = not pd.isna(deal.days) and deal.days >= 0
    value = float(deal.days) if known else None
    flags = () if known else ("not_provided",)
    return ctx.figure("deal_days", value, ctx.current, dimension="opportunity", member=deal.opp_id, flags=flags)


def _candidates(ctx: Context, deals: pd.DataFrame, picked: pd.DataFrame) -> Table:
    shown = set(picked["opp_id"])
    rows = []
    for deal in deals.head(ctx.settings.top_n).itertuples():
        where = {"dimension": "opportunity", "member": deal.opp_id}
        score = ctx.figure("case_score", float(deal.score), ctx.current, **where)
        reasons = tuple(Text(f"team_cases.part_{name}") for name in PARTS if getattr(deal, name) >= 0.75)
        told = Text("team_cases.told") if deal.opp_id in shown else None
        rows.append(
            (
                deal.account,
                deal.product_name,
                deal.team,
                Text(f"team_cases.outcome_{deal.outcome}"),
                _amount(ctx, deal),
                _days(ctx, deal),
                score,
                Text("team_cases.reasons", {"reasons": reasons}) if reasons else None,
                told,
            )
        )
    n = ctx.figure("closed_deals", len(deals), ctx.current, dimension="case", member="candidates", n=len(deals))
    names = ("customer", "product", "team", "outcome", "amount", "days", "score", "reasons", "told")
    return Table(
        id="team_cases_candidates",
        title=Text("team_cases.candidates", {"n": n, "first": rows[0][0], "amount": rows[0][4]}),
        requirements=("T-10",),
        header=tuple(Text(f"team_cases.column_{name}") for name in names),
        rows=tuple(rows),
        notes=(Text("team_cases.note_score"),),
    )


def _case(ctx: Context, place: int, deal) -> Prose:
    """The facts of the deal in a sentence or two, then the five fields; a field nobody wrote is to be added."""
    words = ctx.settings.cases.texts.get(deal.opp_id, CaseText())
    values = {"account": deal.account, "product": deal.product_name, "amount": _amount(ctx, deal), "team": deal.team}
    values |= {"days": _days(ctx, deal), "opened": _day(deal.opened), "closed": _day(deal.closed)}
    known = values["days"].value is not None
    facts = [Text(f"team_cases.facts_{deal.outcome}{'' if known else '_undated'}",
                  values if known else {k: v for k, v in values.items() if k not in ("days", "opened")})]  # fmt: skip
    helpers = ctx.figure("deal_helpers", int(deal.helpers), ctx.current, dimension="opportunity", member=deal.opp_id)
    facts.append(
        Text("team_cases.helpers" if deal.helpers else "team_cases.alone", {"n": helpers} if deal.helpers else {})
    )
    if deal.outcome == "lost":
        reason = None if pd.isna(deal.lost_reason) else deal.lost_reason
        facts.append(Text("team_cases.reason", {"reason": reason}) if reason else Text("team_cases.no_reason"))
    elif deal.order_sales:
        sold = ctx.figure("deal_orders", float(deal.order_sales), ctx.current, dimension="opportunity",
                          member=deal.opp_id)  # fmt: skip
        facts.append(Text("team_cases.ordered", {"sales": sold}))
    fields = [
        Text("team_cases.field", {"field": Text(f"team_cases.field_{name}"), "text": getattr(words, name)})
        for name in FIELDS
        if getattr(words, name)
    ]
    left = tuple(Text(f"team_cases.field_{name}") for name in FIELDS if not getattr(words, name))
    fields += [Text("team_cases.open_fields", {"fields": left})] if left else []
    if words.author:
        fields.append(Text("team_cases.author", {"author": words.author}))
    return Prose(
        id=f"team_case_{place}",
        title=Text("team_cases.case", {"place": str(place), "account": deal.account, "product": deal.product_name}),
        requirements=("T-11",),
        sentences=(*facts, *fields),
    )


def _day(value):
    return None if pd.isna(value) else value.date()


def _timeline(ctx: Context, place: int, deal) -> Exhibit:
    fixed = {"id": f"team_case_{place}_timeline", "requirements": ("T-11",)}
    missing = ctx.mart.missing("stage_history.stage", "stage_history.entered_at")
    title = Text("team_cases.timeline", {"account": deal.account})
    if missing:
        return NotProvided(title=title, missing=missing, **fixed)
    steps = queries.timeline(ctx.mart, deal.opp_id)
    if steps.empty:
        return NotEnough(title=title, reason=Text("team_cases.no_steps"), **fixed)
    rows = []
    for i, step in enumerate(steps.itertuples()):
        where = {"dimension": "opportunity×step", "member": f"{deal.opp_id} | {i + 1}"}
        counts = tuple(
            ctx.figure("case_contacts", int(getattr(step, name)), ctx.current, dimension=f"opportunity×{name}",
                       member=where["member"])
            for name in ("contacts", "visits", "demos")
        )  # fmt: skip
        stayed = None
        if not pd.isna(step.left):
            stayed = ctx.figure("deal_days", float((step.left - step.entered).days), ctx.current, **where)
        rows.append((_day(step.entered), step.stage, stayed, *counts))
    longest = max((row for row in rows if row[2] is not None), key=lambda row: row[2].value, default=None)
    named = {"account": deal.account, "stage": longest[1], "days": longest[2]} if longest else {}
    has_contacts = not ctx.mart.missing("activities.opp_id")
    names = ("entered", "stage", "stayed", *(("contacts", "visits", "demos") if has_contacts else ()))
    return Table(
        title=Text("team_cases.timeline_longest", named) if longest else title,
        header=tuple(Text(f"team_cases.column_{name}") for name in names),
        rows=tuple(row[: len(names)] for row in rows),
        **fixed,
    )
