"""Deals signed with strategic accounts: their terms and the days each stage took (requirement K-03)."""

import json

import pandas as pd

from ....metrics.growth import ratio
from ....queries import account_projects as queries
from ....record import Cell, Chart, Exhibit, Series, Table, Text
from ...context import Context
from . import strategic
from .project_names import as_day, labels_of, told_apart

SIGNED = (
    ("strategic_signed", "strategic_projects.signed_title", ("K-03",)),
    ("strategic_signed_stages", "strategic_projects.stages_title", ("K-03",)),
)
SHOWN = 6


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Table of the deals signed in the span and the days they spent in each stage."""
    gone = ctx.mart.missing("projects.opp_id", "opportunities.outcome")
    if gone:
        return strategic.not_provided(SIGNED, gone)
    labels = labels_of(ctx)
    deals = queries.signed_projects(ctx.mart, ctx.current.window)
    deals = told_apart(deals[deals["account_id"].isin(labels)])
    if deals.empty:
        return strategic.not_enough(SIGNED, Text("strategic_projects.none_signed"))
    shown = deals.head(SHOWN)
    rows = [_deal(ctx, row) for row in shown.itertuples()]
    total = ctx.figure(
        "project_amount", round(float(deals["amount"].sum()), 2), ctx.current, n=len(deals), **strategic.SCOPE
    )
    name, _, codes = SIGNED[0]
    values = {"n": str(len(deals)), "amount": total, "project": shown.iloc[0]["project"]}
    table = Table(
        id=name,
        title=Text("strategic_projects.signed", values),
        requirements=codes,
        header=tuple(
            Text(key)
            for key in (
                "strategic_projects.project",
                "metric.project_amount",
                "strategic_projects.signed_on",
                "metric.cycle",
                "metric.project_planned_margin",
                "strategic_projects.rivals",
                "strategic_projects.kind",
            )
        ),
        rows=tuple(rows),
        notes=(Text("strategic_projects.note_signed"), *_cases(ctx, shown)),
    )
    return table, _stages(ctx, shown)


def _cases(ctx: Context, deals: pd.DataFrame) -> tuple[Text, ...]:
    """Whether somebody wrote down how these deals were won (settings ``cases``)."""
    told = [row.opp_id for row in deals.itertuples() if row.opp_id in ctx.settings.cases.texts]
    return () if told else (Text("strategic_projects.note_cases"),)


def _deal(ctx: Context, row) -> tuple[Cell, ...]:
    where = {"dimension": "project", "member": row.project_id}
    revenue = float(row.revenue) if row.revenue and row.revenue > 0 else None
    budget = None if pd.isna(row.budget_cost) else float(row.budget_cost)
    margin = ratio(revenue - budget, revenue) if revenue and budget is not None else None
    days = (row.signed - row.first_contact).days if not pd.isna(row.first_contact) else None
    rivals = _rivals(ctx, row.rivals)
    kind = "unknown" if pd.isna(row.is_customised) else "bespoke" if row.is_customised else "standard"
    return (
        row.project,
        ctx.figure("project_amount", float(row.amount), ctx.current, **where),
        as_day(row.signed),
        ctx.figure("cycle", days, ctx.current, n=1, **where),
        ctx.figure("project_planned_margin", margin, ctx.current, numerator=budget, denominator=revenue, **where),
        Text("strategic_projects.listed", {"names": rivals}) if rivals else Text("strategic_projects.no_rival"),
        Text(f"strategic_projects.{kind}"),
    )


def _rivals(ctx: Context, cell: str | None) -> tuple[str, ...]:
    try:
        ids = json.loads(cell) if cell else []
    except ValueError:
        return ()
    names = queries.competitor_names(ctx.mart)
    return tuple(names.get(one, str(one)) for one in ids)


def _stages(ctx: Context, deals: pd.DataFrame) -> Exhibit:
    """Days in each stage of the largest signed deals: a row a deal, a column a stage of the funnel."""
    name, _, codes = SIGNED[1]
    gone = ctx.mart.missing("stage_history.entered_at", "stage_history.exited_at")
    if gone:
        return strategic.not_provided((SIGNED[1],), gone)[0]
    spent = queries.stage_days(ctx.mart)
    order = {label: place for place, labels in enumerate(ctx.settings.funnel.stages.values()) for label in labels}
    spent = spent[spent["opp_id"].isin(deals["opp_id"]) & spent["stage"].isin(order)]
    stages = sorted(set(spent["stage"]), key=lambda stage: order[stage])[:-1]
    if not stages:
        return strategic.not_enough((SIGNED[1],), Text("strategic_projects.no_stages"))[0]
    days = {(row.opp_id, row.stage): float(row.days) for row in spent.itertuples()}
    rows = []
    for deal in deals.itertuples():
        cells = []
        for stage in stages:
            member = f"{deal.project_id} | {stage}"
            value = days.get((deal.opp_id, stage))
            figure = ctx.figure("stage_days", value, ctx.current, dimension="project×stage", member=member, n=1)
            cells.append(figure if value is not None else None)
        rows.append(Series(deal.project, tuple(cells)))
    known = [(figure, row.label, stage) for row in rows for figure, stage in zip(row.figures, stages, strict=True)]
    longest = max((one for one in known if one[0] is not None), key=lambda one: (one[0].value, one[1]))
    values = {"days": longest[0], "project": longest[1], "stage": longest[2]}
    return Chart(
        id=name,
        title=Text("strategic_projects.stages", values),
        requirements=codes,
        form="heatmap",
        categories=tuple(stages),
        series=tuple(rows),
        axes={"x": Text("strategic_projects.stage"), "y": Text("strategic_projects.project")},
        summary=Text("strategic_projects.stages_alt", values),
    )
