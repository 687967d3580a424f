"""The register of lost customers, why they left and whether they can be won back (requirement M-23)."""

from dataclasses import replace

import pandas as pd

from ....metrics.growth import ratio
from ....queries import lost_customers as queries
from ....queries.retention import UNCODED
from ....record import Card, Cards, Exhibit, Figure, Heading, Prose, Table, Text
from ...context import Context
from ..finding import few
from ..indicators import churn
from ..indicators.retention import Base, has_opening
from .boxes import absent, too_few

BOXES = dict.fromkeys(("lost_text", "lost_cards", "lost_register", "lost_reasons"), ("M-23",))


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, cards, register with the last twelve months, Pareto of causes."""
    heading, title = Heading(id="lost_heading", title=Text("lost.heading")), Text("lost.heading")
    fields = ctx.mart.missing("orders.account_id")
    if fields:
        return heading, *absent(BOXES, title, fields)
    base = Base(ctx, ctx.current)
    if not has_opening(ctx, ctx.current) or base.kept.start == 0:
        return heading, *too_few(BOXES, title, Text("lost.no_opening"))
    if base.lost.empty:
        return heading, *too_few(BOXES, title, Text("lost.none"))
    facts = Lost(ctx, base)
    reasons = churn.exhibits(ctx, base.lost, base.figure)[1]
    return (
        heading,
        facts.prose(),
        facts.cards(),
        facts.register(),
        replace(reasons, id="lost_reasons", requirements=("M-23",)),
    )


class Lost:
    """The lost customers of the period with the figures that follow from them."""

    def __init__(self, ctx: Context, base: Base):
        self.ctx, self.base = ctx, base
        coded = not ctx.mart.missing("accounts.churn_reason")
        wanted = ctx.settings.lost_customers.recoverable_reasons
        self.coded = coded
        self.rows = base.lost.assign(recoverable=base.lost["churn_reason"].isin(wanted))

    def count(self) -> Figure:
        return self.base.figure("lost_accounts", len(self.rows), n=len(self.rows))

    def value(self) -> Figure:
        return self.base.figure("lost_sales", float(self.rows["prior_sales"].sum()), n=len(self.rows))

    def recoverable(self) -> tuple[Figure, Figure]:
        """Lost customers whose recorded reason the company can do something about: how many, and their sales."""
        rows, where = self.rows[self.rows["recoverable"]], {"dimension": "lost", "member": "recoverable"}
        counts = {"numerator": len(rows), "denominator": len(self.rows), "n": len(self.rows)}
        share = self.base.figure(
            "recoverable_share", ratio(len(rows), len(self.rows)), flags=few(self.ctx, len(self.rows)), **counts
        )
        return share, self.base.figure("lost_sales", float(rows["prior_sales"].sum()), n=len(rows), **where)

    def cards(self) -> Cards:
        share, amount = self.recoverable()
        cards = [
            Card(Text("metric.lost_accounts"), self.count()),
            Card(Text("lost.value"), self.value()),
        ]
        cards += (
            [Card(Text("metric.recoverable_share"), share), Card(Text("lost.recoverable"), amount)]
            if self.coded
            else []
        )
        return Cards(
            id="lost_cards",
            title=Text("lost.title", {"n": self.count(), "value": self.value()}),
            requirements=("M-23",),
            cards=tuple(cards),
            notes=(Text("lost.note_recoverable", {"reasons": self._reasons()}),) if self.coded else (),
        )

    def _reasons(self) -> tuple[str, ...]:
        return tuple(self.ctx.settings.lost_customers.recoverable_reasons)

    def register(self) -> Table:
        top = self.rows.head(self.ctx.settings.top_n)
        known = queries.last_year(self.ctx.mart, top["account_id"].tolist(), self.ctx.current.window.end)
        known = known.set_index("account_id")
        total = float(self.rows["prior_sales"].sum())
        shown = float(top["prior_sales"].sum())
        where = {"dimension": "lost", "member": "top", "numerator": shown, "denominator": total}
        part = self.base.figure("share_mix", ratio(shown, total) if total > 0 else None, **where)
        scored = 2 * int(known["score"].notna().sum()) >= len(known)
        mart = self.ctx.mart
        touched = not mart.missing("activities.started_at", "activities.account_id")
        columns = ["account", "value", "last_order"]
        columns += ["reason", "recoverable"] if self.coded else []
        columns += [] if mart.missing("tickets.is_complaint") else ["complaints"]
        columns += (["score"] if scored else []) + (["last_touch"] if touched else [])
        columns += [] if mart.missing("reps.team_id") else ["team"]
        cells = [self._row(row, known.loc[row.account_id]) for row in top.itertuples()]
        rows = tuple(tuple(found[name] for name in columns) for found in cells)
        silent = int(known["last_touch"].isna().sum()) if touched else 0
        return Table(
            id="lost_register",
            title=Text("lost.register_title", {"account": rows[0][0], "value": rows[0][1], "n": str(len(rows))}),
            requirements=("M-23",),
            header=tuple(Text(f"lost.column_{name}") for name in columns),
            rows=rows,
            notes=(
                Text("lost.note_register", {"share": part}),
                *(Text(f"lost.note_{name}") for name in ("complaints", "score", "team") if name in columns),
                *((Text("lost.note_untouched", {"n": str(silent)}),) if silent else ()),
            ),
        )

    def _row(self, row, known: pd.Series) -> dict[str, object]:
        """The cells of one lost customer by column."""
        where = {"dimension": "account", "member": row.account_id}
        score = None
        if pd.notna(known["score"]):
            score = self.base.figure("signal_score", float(known["score"]), **where)
        reason = "unknown" if row.churn_reason == UNCODED else "yes" if row.recoverable else "no"
        return {
            "account": row.account,
            "value": self.base.figure("lost_sales", row.prior_sales, **where),
            "last_order": None if pd.isna(row.last_order) else row.last_order.date(),
            "reason": row.churn_reason,
            "recoverable": Text(f"lost.recoverable_{reason}"),
            "complaints": self.base.figure(
                "complaint_tickets", int(known["complaints"]), n=int(known["complaints"]), **where
            ),
            "score": score,
            "last_touch": None if pd.isna(known["last_touch"]) else pd.Timestamp(known["last_touch"]).date(),
            "team": known["team"],
        }

    def prose(self) -> Prose:
        rate = self.base.rates()[1]
        sentences = [Text("lost.sentence", {"n": self.count(), "rate": rate, "value": self.value()})]
        if not self.coded:
            sentences.append(Text("lost.sentence_uncoded"))
        else:
            known = self.rows[self.rows["churn_reason"] != UNCODED]
            counts = {"numerator": len(known), "denominator": len(self.rows), "n": len(self.rows)}
            coverage = self.base.figure("churn_reason_coverage", len(known) / len(self.rows), **counts)
            sentences.append(Text("lost.sentence_coverage", {"coverage": coverage}))
            share, amount = self.recoverable()
            values = {"share": share, "amount": amount, "reasons": self._reasons()}
            if share.numerator:
                sentences.append(Text("lost.sentence_recoverable", values))
            sentences.append(Text("lost.sentence_limits"))
        return Prose(id="lost_text", title=Text("empty"), requirements=("M-23",), sentences=tuple(sentences))
