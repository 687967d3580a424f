"""Why prospects were not won, at which stage, and whom to call again (requirement M-24)."""

import pandas as pd

from ....metrics.growth import ratio
from ....metrics.prospects import BUDGET_REASONS, GROUPS, group
from ....queries import prospects as queries
from ....record import UNCLASSIFIED, Chart, Exhibit, Figure, Heading, NotEnough, Prose, Series, Table, Text
from ...context import Context
from ..finding import few
from .boxes import absent, too_few

FIELDS = ("opportunities.outcome", "opportunities.closed_at")
REASONS = ("opportunities.lost_reason", "leads.disqualify_reason")
BOXES = dict.fromkeys(("prospects_text", "prospects_pareto", "prospects_reasons", "prospects_stages"), ("M-24",))
CALLS = {"prospects_calls": ("M-24",)}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, Pareto by amount, deals and leads by reason, stage by reason, whom to call again."""
    heading = Heading(id="prospects_heading", title=Text("prospects.heading"))
    title, fields = Text("prospects.heading"), ctx.mart.missing(*FIELDS, *REASONS)
    if set(fields) >= set(REASONS) or set(fields) & set(FIELDS):
        return heading, *absent(BOXES | CALLS, title, fields)
    deals = queries.lost_deals(ctx.mart, ctx.current.window)
    leads = queries.lost_leads(ctx.mart, ctx.current.window)
    if deals.empty and leads.empty:
        return heading, *too_few(BOXES | CALLS, title, Text("prospects.none"))
    deals = deals.assign(group=[group(reason) for reason in deals["reason"]])
    leads = leads.assign(group=[group(reason) for reason in leads["reason"]])
    return (
        heading,
        _text(ctx, deals, leads),
        _pareto(ctx, deals),
        _reasons(ctx, deals, leads),
        _stages(ctx, deals),
        _calls(ctx),
    )


def _name(name: str) -> Text:
    return Text(f"prospects.group_{name}")


def _amount(ctx: Context, deals: pd.DataFrame, name: str | None) -> Figure:
    rows = deals if name is None else deals[deals["group"] == name]
    where = {"dimension": "prospect_loss", "member": name or "total"}
    return ctx.figure("prospect_loss_amount", float(rows["amount"].sum()), ctx.current, n=len(rows), **where)


def _share(ctx: Context, metric: str, part: float, whole: float, name: str, n: int) -> Figure:
    where = {"dimension": "prospect_loss", "member": name}
    counts = {"numerator": part, "denominator": whole, "n": n, "flags": few(ctx, n)}
    return ctx.figure(metric, ratio(part, whole), ctx.current, **counts, **where)


def main_reason(ctx: Context, deals: pd.DataFrame) -> tuple[str, Figure, Figure] | None:
    """The known reason with the largest lost amount: group, its share of the amount, the amount; None without one."""
    known = deals[~deals["group"].isin(("unknown", "other"))]
    sums = known.groupby("group")["amount"].sum()
    if sums.empty or sums.max() <= 0:
        return None
    name = sums.sort_index().idxmax()
    amount = _amount(ctx, deals, str(name))
    share = _share(ctx, "prospect_loss_share", amount.value, float(deals["amount"].sum()), str(name), len(deals))
    return str(name), share, amount


def coverage(ctx: Context, deals: pd.DataFrame, leads: pd.DataFrame) -> Figure:
    """Lost deals and leads with a recorded reason / all of them."""
    n = len(deals) + int(leads["n"].sum())
    known = int((deals["group"] != "unknown").sum()) + int(leads.loc[leads["group"] != "unknown", "n"].sum())
    counts = {"numerator": known, "denominator": n, "n": n, "flags": few(ctx, n)}
    return ctx.figure("prospect_reason_coverage", ratio(known, n), ctx.current, **counts)


def _text(ctx: Context, deals: pd.DataFrame, leads: pd.DataFrame) -> Prose:
    counts = {"deals": str(len(deals)), "amount": _amount(ctx, deals, None), "leads": str(int(leads["n"].sum()))}
    sentences = [Text("prospects.sentence", counts)]
    main = main_reason(ctx, deals)
    if main is not None:
        case = "few" if main[1].flags else "main"
        sentences.append(
            Text(f"prospects.sentence_{case}", {"reason": _name(main[0]), "share": main[1], "amount": main[2]})
        )
    stuck = deals[deals["group"] == "undecided"]
    if len(stuck):
        share = _share(ctx, "prospect_loss_count_share", len(stuck), len(deals), "undecided", len(deals))
        sentences.append(Text("prospects.sentence_undecided", {"n": str(len(stuck)), "share": share}))
    sentences.append(Text("prospects.sentence_coverage", {"coverage": coverage(ctx, deals, leads)}))
    return Prose(id="prospects_text", title=Text("empty"), requirements=("M-24",), sentences=tuple(sentences))


def _pareto(ctx: Context, deals: pd.DataFrame) -> Exhibit:
    """Amounts by reason, largest first; other and unknown stay, at the end."""
    box = {"id": "prospects_pareto", "requirements": ("M-24",)}
    total = float(deals["amount"].sum())
    if total <= 0:
        return NotEnough(title=Text("prospects.pareto"), reason=Text("prospects.no_amount"), **box)
    sums = deals.groupby("group")["amount"].sum()
    last = {"other": 1, "unknown": 2}
    order = sorted(sums.index, key=lambda name: (last.get(name, 0), -sums[name], name))
    amounts = tuple(_amount(ctx, deals, name) for name in order)
    running, shares = 0.0, []
    for figure in amounts:
        running += figure.value
        where = {"dimension": "prospect_loss", "member": figure.member}
        shares.append(ctx.figure("cumulative_share", running / total, ctx.current, **where))
    main = main_reason(ctx, deals)
    if main is None:
        title = Text("prospects.pareto")
    else:
        case = "few" if main[1].flags else "title"
        title = Text(f"prospects.pareto_{case}", {"reason": _name(main[0]), "share": main[1]})
    listed = tuple(
        Text("prospects.named", {"name": _name(name), "value": figure})
        for name, figure in zip(order, amounts, strict=True)
    )
    return Chart(
        title=title,
        form="pareto",
        categories=tuple(_name(name) for name in order),
        series=(
            Series(Text("metric.prospect_loss_amount"), amounts),
            Series(Text("metric.cumulative_share"), tuple(shares), "rate"),
        ),
        summary=Text("prospects.pareto_alt", {"amounts": listed}),
        notes=(Text("prospects.note_groups"),),
        **box,
    )


def _reasons(ctx: Context, deals: pd.DataFrame, leads: pd.DataFrame) -> Table:
    in_leads = leads.groupby("group")["n"].sum()
    n_leads = int(in_leads.sum())
    rows = []
    for name in GROUPS:
        n, of_leads = int((deals["group"] == name).sum()), int(in_leads.get(name, 0))
        if not n and not of_leads:
            continue
        where = {"dimension": "prospect_loss", "member": name}
        rows.append(
            (
                _name(name),
                ctx.figure("prospect_loss_deals", n, ctx.current, n=n, **where),
                _share(ctx, "prospect_loss_count_share", n, len(deals), name, len(deals)),
                ctx.figure("prospect_loss_leads", of_leads, ctx.current, n=of_leads, **where),
                _share(ctx, "prospect_lead_share", of_leads, n_leads, name, n_leads),
            )
        )  # fmt: skip
    known = [row for row in rows if row[0].key not in ("prospects.group_unknown", "prospects.group_other")]
    top = max(known, key=lambda row: row[3].value, default=None)
    title = Text("prospects.reasons")
    if top is not None and top[3].value:
        title = Text("prospects.reasons_title", {"reason": top[0], "share": top[4]})
    columns = ("reason", "deals", "deal_share", "leads", "lead_share")
    return Table(
        id="prospects_reasons",
        title=title,
        requirements=("M-24",),
        header=tuple(Text(f"prospects.column_{name}") for name in columns),
        rows=tuple(rows),
        notes=(Text("prospects.note_coverage", {"coverage": coverage(ctx, deals, leads)}),),
    )


def _stages(ctx: Context, deals: pd.DataFrame) -> Exhibit:
    """Lost deals by last stage (rows) and reason (columns)."""
    box = {"id": "prospects_stages", "requirements": ("M-24",)}
    fields = ctx.mart.missing("stage_history.stage")
    if fields:
        return absent({box["id"]: ("M-24",)}, Text("prospects.stages"), fields)[0]
    if len(deals) < ctx.settings.minimum_n.rate:
        return NotEnough(
            title=Text("prospects.stages"), reason=Text("prospects.stages_few", {"n": str(len(deals))}), **box
        )
    known = deals.assign(stage=deals["stage"].fillna(UNCLASSIFIED))
    table = pd.crosstab(known["stage"], known["group"])
    order = [stage for names in ctx.settings.funnel.stages.values() for stage in names if stage in table.index]
    rows = [*order, *(stage for stage in table.index if stage not in order)]
    columns = [name for name in GROUPS if name in table.columns]

    def cell(stage: str, name: str) -> Figure:
        n = int(table.loc[stage, name])
        where = {"dimension": "stage×prospect_loss", "member": f"{stage} | {name}"}
        return ctx.figure("prospect_loss_deals", n, ctx.current, n=n, **where)

    stage = table.sum(axis=1).reindex(rows).idxmax()
    n = int(table.loc[stage].sum())
    where = {"dimension": "stage", "member": stage, "numerator": n, "denominator": len(deals), "n": len(deals)}
    share = ctx.figure("prospect_loss_count_share", n / len(deals), ctx.current, **where)
    return Chart(
        title=Text("prospects.stages_title", {"stage": stage, "share": share}),
        form="heatmap",
        categories=tuple(_name(name) for name in columns),
        series=tuple(Series(stage, tuple(cell(stage, name) for name in columns), "part") for stage in rows),
        axes={"x": Text("prospects.axis_reason"), "y": Text("prospects.axis_stage")},
        summary=Text("prospects.stages_alt", {"stage": stage, "share": share, "n": str(len(deals))}),
        **box,
    )


def _calls(ctx: Context) -> Exhibit:
    """Prospects lost for want of budget a while ago, without an open deal: whom to call again."""
    box, quiet = {"id": "prospects_calls", "requirements": ("M-24",)}, ctx.settings.lost_customers.reengage_days
    found = queries.worth_another_call(ctx.mart, ctx.current.window.end, BUDGET_REASONS, quiet)
    if found.empty:
        reason = Text("prospects.calls_none", {"days": str(quiet)})
        return NotEnough(title=Text("prospects.calls"), reason=reason, **box)
    total = ctx.figure("reengage_amount", float(found["amount"].sum()), ctx.current, n=len(found))
    rows = []
    for row in found.head(ctx.settings.top_n).itertuples():
        where = {"dimension": "account", "member": row.account_id}
        amount = (
            None
            if pd.isna(row.amount)
            else ctx.figure("reengage_amount", row.amount, ctx.current, n=row.deals, **where)
        )
        deals = ctx.figure("prospect_loss_deals", row.deals, ctx.current, n=row.deals, **where)
        rows.append((row.account, pd.Timestamp(row.closed).date(), deals, amount))
    return Table(
        title=Text("prospects.calls_title", {"n": str(len(found)), "amount": total}),
        header=tuple(Text(f"prospects.column_{name}") for name in ("account", "closed", "lost_deals", "lost_amount")),
        rows=tuple(rows),
        notes=(Text("prospects.note_calls", {"days": str(quiet), "shown": str(len(rows)), "n": str(len(found))}),),
        **box,
    )
