"""Customers at risk in the reviews: evidence first, then who, how much is at stake, what to do (G-10, E-21, D-36)."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ....queries.account_snapshots import PER_ACCOUNT
from ....record import Cell, Exhibit, Figure, Heading, Prose, Table, Text
from ...context import Context
from ..indicators.value import COST, Facts
from ..process.slot import Slot, shaky
from . import evidence
from .earlier import earlier

CODES = ("G-10",)
LEAST_EFFECT = 0.0005
"""Effects that would be printed as 0.0 percentage points are not told."""
SLOTS = {
    "text": Slot("churn_risk_text", Text("churn_model.risk"), ("G-10", "D-36")),
    "risk": Slot("churn_risk", Text("churn_model.risk"), ("G-10", "D-36", "D-58")),
    "segments": Slot("churn_segments", Text("churn_model.segments"), CODES),
}

ACTIONS = (
    "contact", "restock", "manager_call", "renew", "visit", "care", "complaint", "tickets", "low_score", "payment",
    "new_contact", "rival",
)  # fmt: skip
"""Actions of params/playbook.yml that have a wording in both languages; any other text is printed as it is."""


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, evidence of the model, the earlier pack, customers at risk, past churn by group."""
    heading = Heading(id="churn_model_heading", title=Text("churn_model.heading"))
    missing = ctx.mart.missing("orders.account_id") if ctx.mart.missing("contracts.account_id") else ()
    if missing:
        parts = (slot.absent(missing) for slot in SLOTS.values())
        return heading, *evidence.absent("churn", CODES, missing), *parts
    found = ctx.models.churn.evaluation
    return (
        heading,
        *evidence.exhibits(ctx, found, CODES),
        earlier(ctx, "churn", CODES),
        *at_risk(ctx),
        _segments(ctx),
    )


@dataclass(frozen=True)
class Risks:
    """The active accounts with their probability and what a year with them brings."""

    ctx: Context

    @cached_property
    def costed(self) -> bool:
        return not self.ctx.mart.missing(COST)

    @property
    def kind(self) -> str:
        return "margin" if self.costed else "sales"

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """One row an active account, the largest expected loss first: id, account, probability, segment, silent_days,
        worth (margin, without costs sales, of the last twelve months), lost (probability × worth, none below zero)."""
        known = Facts(self.ctx, self.ctx.current).accounts.set_index("account_id")
        frame = self.ctx.models.churn.scores
        worth = frame["id"].map(known["annual_margin"] if self.costed else known["year_sales"]).fillna(0.0)
        frame = frame.assign(worth=worth, account=frame["id"].map(known["account"]).fillna(frame["id"]))
        frame["lost"] = frame["probability"] * frame["worth"].clip(lower=0)
        return frame.sort_values(["lost", "id"], ascending=[False, True])

    def money(self, part: str, value: float, **where) -> Figure:
        return self.ctx.figure(f"churn_{part}_{self.kind}" if part == "annual" else f"churn_{self.kind}_{part}",
                               round(value, 2), self.ctx.current, **where)  # fmt: skip


def at_risk(ctx: Context) -> tuple[Exhibit, Exhibit]:
    """What is at stake in words, and the customers by expected loss."""
    risks = Risks(ctx)
    if ctx.models.churn.scores.empty:
        reason = Text("churn_model.no_active")
        return SLOTS["text"].few(reason), SLOTS["risk"].few(reason)
    definition = Text("churn_model.definition", {"days": str(ctx.settings.models.churn_horizon_days),
                                                 "window": str(ctx.settings.activity_window_days)})  # fmt: skip
    if not signal(ctx):
        reason = Text("churn_model.no_signal")
        return Prose(title=Text("empty"), sentences=(definition,), **SLOTS["text"].at), SLOTS["risk"].few(reason)
    shown = risks.accounts[risks.accounts["lost"] > 0].head(ctx.settings.top_n)
    if shown.empty:
        return Prose(title=Text("empty"), sentences=(definition,), **SLOTS["text"].at), SLOTS["risk"].few(
            Text("churn_model.no_risk")
        )
    suffix = "" if risks.costed else "_sales"
    warned = int((risks.accounts["probability"] >= threshold(ctx)).sum())
    n = len(risks.accounts)
    top = risks.money("lost", float(shown["lost"].sum()), dimension="customer_group", member="churn_top", n=len(shown))
    values = {
        "threshold": ctx.figure("churn_threshold", threshold(ctx), ctx.current),
        "count": ctx.figure("churn_at_risk", warned, ctx.current, n=n),
        "share": ctx.figure("churn_at_risk_share", warned / n, ctx.current, numerator=warned, denominator=n, n=n),
        "lost": risks.money("lost", float(risks.accounts["lost"].sum()), n=n),
        "top": top,
    }
    sentences = (Text(f"churn_model.say_risk{suffix}", values), definition)
    return Prose(title=Text("empty"), sentences=sentences, **SLOTS["text"].at), _table(risks, shown, top, suffix)


def _table(risks: Risks, shown: pd.DataFrame, top: Figure, suffix: str) -> Table:
    book = risks.ctx.settings.playbook
    acts = bool(book.actions)
    header = [
        Text("churn_model.customer"), Text("churn_model.silent"), Text("metric.churn_probability"),
        Text(f"metric.churn_annual_{risks.kind}"), Text(f"metric.churn_{risks.kind}_lost"), Text("churn_model.moved"),
    ]  # fmt: skip
    notes = [Text(f"churn_model.note_risk{suffix}")]
    if acts:
        header.append(Text("churn_model.action"))
        notes.append(Text("churn_model.note_actions", {"source": book.source or "—", "date": book.date or "—"}))
    title = {"account": shown["account"].iloc[0], "count": str(len(shown)), "lost": top}
    return Table(
        title=Text(f"churn_model.risk_title{suffix}", title),
        header=tuple(header),
        rows=tuple(_row(risks, row, acts) for row in shown.itertuples()),
        notes=tuple(notes),
        **SLOTS["risk"].at,
    )


def _row(risks: Risks, row, acts: bool) -> tuple[Cell, ...]:
    ctx, where = risks.ctx, {"dimension": "customer", "member": row.account}
    silent = (
        None
        if pd.isna(row.silent_days)
        else ctx.figure("churn_silent_days", float(row.silent_days), ctx.current, **where)
    )
    cells = (
        row.account,
        silent,
        probability(ctx, row.account, row.probability),
        risks.money("annual", float(row.worth), **where),
        risks.money("lost", float(row.lost), **where),
        reasons(ctx, row.id, row.account),
    )
    return (*cells, action(ctx, row.id)) if acts else cells


def probability(ctx: Context, account: str, value: float) -> Figure:
    """The probability that one account leaves, by its shown name."""
    return ctx.figure("churn_probability", float(value), ctx.current, dimension="customer", member=account)


def probabilities(ctx: Context) -> dict[str, float]:
    """What the model says of each active account, by id; empty without signal."""
    found = ctx.models.churn
    return dict(zip(found.scores["id"], found.scores["probability"], strict=True)) if signal(ctx) else {}


def threshold(ctx: Context) -> float:
    """Acting pays from here on: a false alarm costs ``false_alarm_cost`` of an unwarned loss."""
    cost = ctx.settings.models.false_alarm_cost
    return cost / (1 + cost)


def signal(ctx: Context) -> bool:
    return ctx.models.churn.evaluation.verdict == "signal"


def reasons(ctx: Context, account_id: str, account: str) -> Text:
    """The features that moved one account's probability most, each with its effect."""
    parts = []
    for row in own_reasons(ctx, account_id).itertuples():
        if abs(row.effect) < LEAST_EFFECT:
            continue
        where = {"dimension": "customer×feature", "member": f"{account} | {row.feature}"}
        effect = ctx.figure("churn_effect", float(row.effect), ctx.current, **where)
        parts.append(Text("churn_model.reason", {"feature": Text(f"feature.{row.feature}"), "effect": effect}))
    return Text("churn_model.reasons", {"reasons": tuple(parts)}) if parts else Text("churn_model.steady")


def own_reasons(ctx: Context, account_id: str) -> pd.DataFrame:
    found = ctx.models.churn.reasons
    return found[found["id"] == account_id].sort_values("rank")


def action(ctx: Context, account_id: str) -> Text | str:
    """The playbook's action for the strongest feature that raises the probability; a dash without one."""
    actions = ctx.settings.playbook.actions
    for row in own_reasons(ctx, account_id).itertuples():
        if row.effect >= LEAST_EFFECT and row.feature in actions:
            chosen = actions[row.feature]
            return Text(f"playbook.{chosen}") if chosen in ACTIONS else chosen
    return Text("churn_model.no_action")


def _segments(ctx: Context) -> Exhibit:
    """Past churn of each customer group."""
    found = [one for one in ctx.models.churn.evaluation.segments if one.rule == "segment" and one.rows]
    if not found:
        return SLOTS["segments"].few(Text("churn_model.no_segments"))
    rows = []
    for one in sorted(found, key=lambda one: (-one.events / one.rows, one.member))[: ctx.settings.top_n]:
        where = {"dimension": "churn_segment", "member": one.member or "未分类", "n": one.rows}
        rate = ctx.figure("churn_snapshot_rate", one.events / one.rows, ctx.current, numerator=one.events,
                          denominator=one.rows, flags=shaky(ctx, one.rows), **where)  # fmt: skip
        count = ctx.figure("model_rows", one.rows, ctx.current, dimension="churn_segment×rows",
                           member=f"{one.member or '未分类'} | rows")  # fmt: skip
        lost = ctx.figure("model_rows", one.events, ctx.current, dimension="churn_segment×rows",
                          member=f"{one.member or '未分类'} | events")  # fmt: skip
        rows.append((one.member or "未分类", count, lost, rate))
    solid = [row for row in rows if "small_n" not in row[3].flags]
    title = (Text("churn_model.segments_title", {"member": solid[0][0], "rate": solid[0][3]}) if len(solid) > 1
             else Text("churn_model.segments_few"))  # fmt: skip
    note = Text("churn_model.note_segments", {"step": str(ctx.settings.models.snapshot_days),
                                              "days": str(ctx.settings.models.churn_horizon_days),
                                              "most": str(PER_ACCOUNT)})  # fmt: skip
    header = ("churn_model.segment", "churn_model.snapshots", "churn_model.lost", "metric.churn_snapshot_rate")
    return Table(title=title, header=tuple(Text(key) for key in header), rows=tuple(rows), notes=(note,),
                 **SLOTS["segments"].at)  # fmt: skip
