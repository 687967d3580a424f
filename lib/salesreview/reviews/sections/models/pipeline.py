"""The open pipeline weighted by win probability, beside stage weights and the sellers' own (G-11, E-22, D-60)."""

from dataclasses import replace

import pandas as pd

from ....metrics.weighted_pipeline import Weighted, weighted
from ....periods import Window
from ....queries import open_deals as queries
from ....queries.pipeline import lost_priced
from ....record import Cell, Chart, Exhibit, Figure, Point, Prose, Table, Text
from ...context import Context
from ..indicators.stages import stage_label
from ..process.slot import Slot, shaky

CODES = ("G-11", "D-60")
SLOTS = {
    "text": Slot("win_pipeline_text", Text("win.pipeline"), CODES),
    "ways": Slot("win_pipeline_ways", Text("win.pipeline"), CODES),
    "stages": Slot("win_pipeline_stages", Text("win.pipeline"), CODES),
    "regions": Slot("win_pipeline_regions", Text("win.pipeline"), ("G-11",)),
}
FIELDS = ("opportunities.opp_id", "opportunities.amount")
WAYS = {"model": "eventual", "stage": "segment_rate", "seller": "manual_prob"}
"""Column of the scores by which each way of weighting goes."""
QUANTILES = ("p10", "p50", "p90")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Paragraph; the three ways of weighting; by stage; by region."""
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return tuple(slot.absent(missing) for slot in SLOTS.values())
    if not amounts_usable(ctx):
        return tuple(slot.few(Text("win.no_amounts")) for slot in SLOTS.values())
    deals = open_pipeline(ctx)
    if len(deals) < ctx.settings.minimum_n.mean:
        return tuple(slot.few(Text("win.few_open")) for slot in SLOTS.values())
    ways = {way: found for way in WAYS if (found := way_figures(ctx, deals, way))}
    return (
        _text(ctx, deals, ways),
        _ways(ctx, ways),
        _parts(ctx, deals, "stages", "stage"),
        _parts(ctx, deals, "regions", "region"),
    )


def open_pipeline(ctx: Context) -> pd.DataFrame:
    """The scores of the open deals with an amount, with ``account``, ``region``, ``project_id`` and ``worth``
    (amount × probability of a win at any time)."""
    scores = ctx.models.win.scores
    found = scores[scores["amount"] > 0].merge(queries.labels(ctx.mart), left_on="id", right_on="opp_id", how="left")
    return found.assign(worth=found["amount"] * found["eventual"])


def open_chances(ctx: Context) -> dict[str, Figure]:
    """Probability that each open deal is won at any time, by opp_id; empty without opportunities."""
    if ctx.mart.missing("opportunities.opp_id"):
        return {}
    scores = ctx.models.win.scores
    return {
        str(row.id): ctx.figure(
            "deal_win_probability", float(row.eventual), ctx.current, dimension="opportunity", member=str(row.id)
        )
        for row in scores.itertuples()
    }


def amounts_usable(ctx: Context) -> bool:
    """Whether deals have amounts before they are decided: some open ones do, and half of the lost ones."""
    at = ctx.models.at
    year = Window(at.replace(year=at.year - 1, day=min(at.day, 28)), at)
    return bool((ctx.models.win.scores["amount"] > 0).any()) and lost_priced(ctx.mart, year)


def way_figures(ctx: Context, deals: pd.DataFrame, way: str = "model", **where: str) -> dict[str, Figure]:
    """Weighted amount of ``deals`` (``expected``), its quantiles, the deals' ``amount`` and the ``share`` that is
    expected; empty without a deal that the way knows a probability of."""
    settings = ctx.settings.models
    found = weighted(deals["amount"], deals[WAYS[way]], runs=settings.simulations, seed=settings.seed)
    if found is None:
        return {}
    where = where or {"dimension": "weighting", "member": way}
    return _figures(ctx, found, where)


def _figures(ctx: Context, found: Weighted, where: dict[str, str]) -> dict[str, Figure]:
    flags = shaky(ctx, found.deals, "mean")
    at = {**where, "n": found.deals, "flags": flags}
    quantiles = {name: ctx.figure(f"weighted_{name}", getattr(found, name), ctx.current, **at) for name in QUANTILES}
    return quantiles | {
        "expected": ctx.figure("weighted_pipeline", found.expected, ctx.current, **at),
        "deals": ctx.figure("win_open_deals", found.deals, ctx.current, **where),
        "amount": ctx.figure("win_open_amount", found.amount, ctx.current, **at),
        "share": ctx.figure(
            "weighted_share", found.share, ctx.current, numerator=found.expected, denominator=found.amount, **at
        ),
    }


def _text(ctx: Context, deals: pd.DataFrame, ways: dict[str, dict[str, Figure]]) -> Prose:
    own = ways["model"]
    soon = float((deals["amount"] * deals["probability"]).sum())
    within = ctx.figure("win_within_amount", soon, ctx.current, n=len(deals))
    days = str(ctx.settings.models.win_horizon_days)
    basis = "model" if (deals["eventual_basis"] == "model").all() else "rates"
    values = {name: own[name] for name in ("deals", "amount", "expected", "p10", "p90")}
    sentences = [
        Text(f"win.sentence_{basis}", values),
        Text("win.sentence_within", {"within": within, "days": days}),
    ]
    if "seller" in ways:
        gap, case = _gap(ctx, deals)
        sentences.append(Text(f"win.sentence_sellers_{case}", {"seller": ways["seller"]["expected"], "gap": gap}))
    largest = deals.nlargest(ctx.settings.top_n, "worth")["worth"].sum()
    if len(deals) > 2 * ctx.settings.top_n and own["expected"].value > 0:
        share = ctx.figure("weighted_top_share", float(largest / deals["worth"].sum()), ctx.current, n=len(deals))
        sentences.append(Text("win.sentence_largest", {"count": str(ctx.settings.top_n), "share": share}))
    sentences.append(Text("win.sentence_chance"))
    slot = SLOTS["text"]
    return Prose(title=Text("empty"), sentences=tuple(sentences), **slot.at)


def _gap(ctx: Context, deals: pd.DataFrame) -> tuple[Figure, str]:
    """By how much the sellers' own weighting lies above the model's on the deals that have both, and whether that is
    above, below or within what chance leaves of the model's (P10 to P90)."""
    both = deals[deals["manual_prob"].notna()]
    settings = ctx.settings.models
    model = weighted(both["amount"], both["eventual"], runs=settings.simulations, seed=settings.seed)
    own = float((both["amount"] * both["manual_prob"]).sum())
    case = "above" if own > model.p90 else "below" if own < model.p10 else "within"
    return ctx.figure("weighted_gap", own - model.expected, ctx.current, n=len(both)), case


def _ways(ctx: Context, ways: dict[str, dict[str, Figure]]) -> Chart:
    points = tuple(
        Point(Text(f"win.way_{way}"), x=found["expected"], low=found["p10"], high=found["p90"])
        for way, found in ways.items()
    )
    own = ways["model"]
    values = {name: own[name] for name in ("expected", "share")}
    return Chart(
        title=Text("win.ways_title", values),
        form="dot",
        points=points,
        axes={"x": Text("metric.weighted_pipeline")},
        summary=Text("win.ways_alt", {name: own[name] for name in ("expected", "p10", "p90")}),
        notes=(Text("win.note_ways", {"runs": str(ctx.settings.models.simulations)}),),
        **SLOTS["ways"].at,
    )


def _parts(ctx: Context, deals: pd.DataFrame, name: str, dimension: str) -> Exhibit:
    """The model's weighting by stage or region, largest first (stages in their order)."""
    column = "segment" if dimension == "stage" else dimension
    if dimension == "stage" and not (deals["stage"].fillna("") != "").any():
        return SLOTS[name].absent(("stage_history.stage",))
    parts = {
        str(member): way_figures(ctx, part, dimension=dimension, member=str(member))
        for member, part in deals.groupby(deals[column].fillna("未分类"), sort=True)
    }
    if len(parts) < 2:
        return SLOTS[name].few(Text(f"win.one_{dimension}"))
    order = list(ctx.settings.funnel.stages)
    ranked = sorted(
        parts,
        key=lambda key: (order.index(key) if key in order else len(order), -parts[key]["expected"].value, key),
    )
    largest = max(parts, key=lambda key: parts[key]["expected"].value)
    whole = way_figures(ctx, deals)
    share = replace(
        whole["share"], metric="weighted_part", dimension=dimension, member=largest,
        value=parts[largest]["expected"].value / whole["expected"].value if whole["expected"].value else None,
        numerator=parts[largest]["expected"].value, denominator=whole["expected"].value,
    )  # fmt: skip
    return Table(
        title=Text("win.parts_title", {"member": _label(dimension, largest), "share": share}),
        header=(Text(f"win.{dimension}"), *(Text(f"metric.{key}") for key in HEADERS.values())),
        rows=tuple(_row(_label(dimension, key), parts[key]) for key in ranked),
        total=_row(Text("label.total"), whole),
        notes=(Text("win.note_parts"),),
        **SLOTS[name].at,
    )


HEADERS = {
    "deals": "win_open_deals",
    "amount": "win_open_amount",
    "share": "weighted_share",
    "expected": "weighted_pipeline",
    "p10": "weighted_p10",
    "p50": "weighted_p50",
    "p90": "weighted_p90",
}


def _row(label: Cell, figures: dict[str, Figure]) -> tuple[Cell, ...]:
    return (label, *(figures[name] for name in HEADERS))


def _label(dimension: str, member: str) -> Text | str:
    return stage_label(member) if dimension == "stage" else member
