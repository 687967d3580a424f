"""Which campaigns brought leads, and whether these were good (requirement D-50)."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ....metrics.comparison import wilson
from ....metrics.funnel import ratio
from ....queries import campaigns as queries
from ....record import Exhibit, Figure, Heading, NotEnough, NotProvided, Prose, Table, Text
from ...context import Context

FIELDS = ("campaigns.campaign_id", "leads.campaign_id")
IDS = ("campaigns_text", "campaigns_table")
DIMENSION = "campaign"


@dataclass(frozen=True)
class Campaigns:
    """The campaigns of the review period; ``base`` is the share of good leads over all sources."""

    ctx: Context

    @cached_property
    def rows(self) -> pd.DataFrame:
        return queries.campaign_results(self.ctx.mart, self.ctx.current.window, self.ctx.mart.meta.as_of)

    @cached_property
    def base(self) -> Figure:
        found = queries.lead_quality(self.ctx.mart, self.ctx.current.window, self.ctx.mart.meta.as_of).iloc[0]
        return self.quality(int(found["good"]), int(found["mature"]))

    def quality(self, good: int, mature: int, **member) -> Figure:
        few = ("small_n",) if mature < self.ctx.settings.minimum_n.rate else ()
        at = {"numerator": good, "denominator": mature, "n": mature, "flags": few}
        return self.ctx.figure("good_lead_rate", ratio(good, mature), self.ctx.current, **at, **member)

    def figures(self, row) -> dict[str, Figure]:
        """The figures of one campaign by metric; plan and rate only where the campaign lies within the period."""
        at = {"dimension": DIMENSION, "member": row.campaign}
        cost = None if pd.isna(row.cost) else float(row.cost)
        planned = int(row.planned_leads) if row.closed_term and pd.notna(row.planned_leads) else None
        values = {
            "campaign_leads": int(row.leads),
            "campaign_leads_planned": planned,
            "lead_plan_rate": ratio(row.leads, planned) if planned else None,
            "campaign_cost": cost,
            "cost_per_lead": ratio(cost, int(row.leads)) if cost is not None else None,
            "campaign_pipeline": float(row.pipeline),
            "campaign_won": float(row.won),
        }
        found = {name: self.ctx.figure(name, value, self.ctx.current, **at) for name, value in values.items()}
        profit = float(row.gross_profit)
        found["campaign_roi"] = self.ctx.figure(
            "campaign_roi", ratio(profit - cost, cost) if cost else None, self.ctx.current,
            numerator=profit, denominator=cost, **at,
        )  # fmt: skip
        return found | {"good_lead_rate": self.quality(int(row.good), int(row.mature), **at)}

    @cached_property
    def strong(self) -> list[dict[str, Figure]]:
        """Campaigns that brought the leads planned and whose leads are clearly better than the whole (95 %)."""
        found = []
        for row in self.rows.itertuples():
            figures = self.figures(row)
            plan, rate = figures["lead_plan_rate"].value, wilson(int(row.good), int(row.mature))
            better = rate is not None and self.base.value is not None and rate.low > self.base.value
            if plan is not None and plan >= 1 and better and row.mature >= self.ctx.settings.minimum_n.rate:
                found.append(figures)
        return found


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, table of the campaigns by leads."""
    heading = Heading(id="campaigns_heading", title=Text("campaigns.heading"))
    fixed = {"title": Text("campaigns.heading"), "requirements": ("D-50",)}
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return heading, *(NotProvided(id=name, missing=missing, **fixed) for name in IDS)
    found = Campaigns(ctx)
    if found.rows.empty:
        return heading, *(NotEnough(id=name, reason=Text("campaigns.none"), **fixed) for name in IDS)
    return heading, _prose(found), _table(found)


def _prose(found: Campaigns) -> Prose:
    row = next(found.rows.itertuples())
    most = found.figures(row)
    sentences = [
        Text(
            "campaigns.sentence_most",
            {"n": str(len(found.rows)), "campaign": row.campaign, "leads": most["campaign_leads"]},
        )
    ]
    if found.base.value is not None:
        sentences.append(Text("campaigns.sentence_base", {"rate": found.base}))
    for figures in found.strong:
        values = {name: figures[name] for name in ("campaign_leads", "lead_plan_rate", "good_lead_rate")}
        sentences.append(Text("campaigns.sentence_strong", {"campaign": figures["campaign_leads"].member, **values}))
    if not found.strong:
        sentences.append(Text("campaigns.sentence_no_strong"))
    sentences.append(Text("campaigns.sentence_open"))
    return Prose(id="campaigns_text", title=Text("empty"), requirements=("D-50",), sentences=tuple(sentences))


COLUMNS = (
    "campaign_leads",
    "lead_plan_rate",
    "good_lead_rate",
    "campaign_cost",
    "campaign_pipeline",
    "campaign_won",
    "campaign_roi",
)


def _table(found: Campaigns) -> Table:
    rows = []
    for row in found.rows.head(found.ctx.settings.top_n).itertuples():
        figures = found.figures(row)
        rows.append((row.campaign, *(figures[name] for name in COLUMNS)))
    best = found.strong[0]["campaign_leads"].member if found.strong else None
    return Table(
        id="campaigns_table",
        title=Text("campaigns.title_strong", {"campaign": best}) if best else Text("campaigns.title"),
        requirements=("D-50",),
        header=(Text("campaigns.name"), *(Text(f"campaigns.column_{name}") for name in COLUMNS)),
        rows=tuple(rows),
        notes=(Text("campaigns.note"),),
    )
