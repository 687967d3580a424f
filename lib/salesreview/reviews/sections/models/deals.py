"""The open deals that count most: probability, what moved it, what is at stake, what to do next (G-11)."""

import pandas as pd

from ....record import Cell, Exhibit, Figure, Table, Text
from ...context import Context
from ..indicators.stages import stage_label
from ..process.slot import Slot
from .pipeline import FIELDS, amounts_usable, open_pipeline

SLOT = Slot("win_deals", Text("win.pipeline"), ("G-11",))
STEPS = {
    "days_since_touch": "contact",
    "recent_touches": "contact",
    "touches": "contact",
    "contacts_met": "widen",
    "kdm_met": "decision_maker",
    "days_in_stage": "unblock",
    "stage_delay": "unblock",
    "age": "unblock",
    "quote_age": "requote",
    "quote_versions": "requote",
    "discount": "value",
    "approval_days": "approval",
    "competitor_noted": "rival",
    "days_to_close": "date",
    "postponed": "date",
    "complaints": "service",
    "seller_win_rate": "support",
    "seller_decided": "support",
    "seller_tenure": "support",
}
"""What a person can do about a feature that lowers a deal's probability; about the others nothing can be done."""

STAGE_STEPS = {"signing": "signing", "negotiation": "negotiation", "quote": "stage_quote", "demo": "demo"}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """The table of the deals with the largest weighted amount."""
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return (SLOT.absent(missing),)
    if not amounts_usable(ctx):
        return (SLOT.few(Text("win.no_amounts")),)
    found = open_pipeline(ctx).sort_values(["worth", "id"], ascending=[False, True])
    if len(found) < ctx.settings.minimum_n.mean:
        return (SLOT.few(Text("win.few_open")),)
    shown = found.head(ctx.settings.top_n)
    rows = [_row(ctx, row) for row in shown.itertuples()]
    whole = ctx.figure("deal_weighted", float(shown["worth"].sum()), ctx.current,
                       dimension="deals", member="largest", n=len(shown))  # fmt: skip
    model = bool((shown["basis"] == "model").all())
    return (
        Table(
            title=Text("win.deals_title", {"count": str(len(shown)), "weighted": whole}),
            header=_header(ctx, model),
            rows=tuple(row if model else row[:-2] for row in rows),
            notes=(Text("win.note_deals" if model else "win.note_deals_rates"),),
            **SLOT.at,
        ),
    )


def deal_figures(ctx: Context, row) -> dict[str, Figure]:
    """Probabilities (``within``, ``eventual``), ``amount`` and ``weighted`` amount of a row of `open_pipeline`."""
    where = {"dimension": "opportunity", "member": str(row.id)}
    figure = ctx.figure
    return {
        "amount": figure("deal_open_amount", float(row.amount), ctx.current, **where),
        "within": figure("deal_win_within", float(row.probability), ctx.current, **where),
        "eventual": figure("deal_win_probability", float(row.eventual), ctx.current, **where),
        "weighted": figure("deal_weighted", float(row.worth), ctx.current, **where),
    }


def _header(ctx: Context, model: bool) -> tuple[Text, ...]:
    days = str(ctx.settings.models.win_horizon_days)
    header = (
        Text("win.deal"),
        Text("win.stage"),
        Text("metric.deal_open_amount"),
        Text("win.within", {"days": days}),
        Text("metric.deal_win_probability"),
        Text("metric.deal_weighted"),
    )
    return (*header, Text("win.moved"), Text("win.next_step")) if model else header


def _row(ctx: Context, row) -> tuple[Cell, ...]:
    figures = deal_figures(ctx, row)
    stage = stage_label(row.stage) if isinstance(row.stage, str) and row.stage else Text("win.no_stage")
    reasons = ctx.models.win.reasons
    own = reasons[reasons["id"] == row.id].sort_values("rank")
    return (
        Text("win.deal_name", {"account": row.account, "deal": row.id}),
        stage,
        figures["amount"],
        figures["within"],
        figures["eventual"],
        figures["weighted"],
        moved(ctx, "opportunity", own),
        next_step(ctx, own, row.stage),
    )


def moved(ctx: Context, dimension: str, reasons: pd.DataFrame) -> Text:
    """The features that moved one unit's probability, each with its effect; ``reasons`` as in `Scored`."""
    if reasons.empty:
        return Text("win.no_reason")
    parts = tuple(
        Text(
            "win.reason",
            {
                "feature": Text(f"feature.{row.feature}"),
                "effect": ctx.figure(
                    "win_effect", float(row.effect), ctx.current,
                    dimension=f"{dimension}×feature", member=f"{row.id} | {row.feature}",
                ),
            },
        )
        for row in reasons.itertuples()
    )  # fmt: skip
    return Text("win.reasons", {"reasons": parts})


def next_step(ctx: Context, reasons: pd.DataFrame, stage: str | None) -> Text | str:
    """What the playbook says, else `STEPS`, about the strongest feature that lowers the probability and that a person
    can change; without one, what moves a deal of its stage on."""
    actions = STEPS | ctx.settings.playbook.deal_actions
    for row in reasons.itertuples():
        if row.effect < 0 and row.feature in actions:
            chosen = actions[row.feature]
            return Text(f"win.step_{chosen}") if chosen in STEPS.values() else chosen
    return Text(f"win.step_{STAGE_STEPS.get(stage, 'advance')}")
