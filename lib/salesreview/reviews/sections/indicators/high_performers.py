"""What goes along with high performance: the best quarter of settled people against the rest (requirement D-47)."""

import pandas as pd

from ....metrics.productivity import Trait, top_quartile, traits
from ....queries import productivity as queries
from ....queries import targets
from ....record import Exhibit, Figure, NotEnough, Table, Text
from ...context import Context
from .productivity_facts import Facts

CODES = ("D-47",)
COMPETENCY = "competency: "
MOST = 6
"""How many traits the table shows, unless more are associated with high performance."""
DAYS_A_WEEK = 7


def exhibits(ctx: Context, facts: Facts) -> tuple[Exhibit, ...]:
    """The best quarter against the rest: a table with effect size and p, largest differences first."""
    table = {"id": "productivity_trait_table", "requirements": CODES}
    settled, title, fewest = facts.settled, Text("productivity.traits_title"), ctx.settings.minimum_n.mean
    scores, basis = _scores(ctx, settled)
    best = top_quartile(scores)
    if best.sum() < fewest or (~best).sum() < fewest:
        reason = Text("productivity.few_performers")
        return (NotEnough(title=title, reason=reason, **table),)
    found = traits(_values(ctx, facts, settled), best, fewest)
    note = Text(
        f"productivity.note_{basis}",
        {
            "top": facts.figure("rep_count", int(best.sum()), dimension="performer", member="top"),
            "rest": facts.figure("rep_count", int((~best).sum()), dimension="performer", member="rest"),
        },
    )
    return (_table(facts, found, note, table),)


def _scores(ctx: Context, settled: pd.DataFrame) -> tuple[pd.Series, str]:
    """What people are ranked by: attainment when most have a target for the period, else sales a year."""
    sold = settled.set_index("rep_id")
    goals = _rep_targets(ctx).reindex(sold.index)
    known = goals > 0
    if len(sold) and known.mean() >= 0.5:
        return (sold["sales"] / goals)[known], "attainment"
    return sold["annual"].astype(float), "sales"


def _rep_targets(ctx: Context) -> pd.Series:
    """Original sales targets by rep_id for exactly the review period, else the sum of the parts that fill it."""
    rows = targets.rows(ctx.mart, "sales", "rep")
    rows = rows[rows["version"] == targets.ORIGINAL]
    start, end = pd.Timestamp(ctx.period.start), pd.Timestamp(ctx.period.end)
    inside = rows[(rows["period_start"] >= start) & (rows["period_end"] <= end)]
    inside = inside.assign(days=(inside["period_end"] - inside["period_start"]).dt.days + 1)
    found = {}
    for member, parts in inside.groupby("member", sort=True):
        for fits in (parts["days"] == ctx.period.days, parts["days"].between(89, 92), parts["days"].between(28, 31)):
            if fits.any() and parts.loc[fits, "days"].sum() == ctx.period.days:
                found[member] = float(parts.loc[fits, "value"].sum())
                break
    return pd.Series(found, dtype=float)


def _values(ctx: Context, facts: Facts, settled: pd.DataFrame) -> dict[str, pd.Series]:
    """Each trait by rep_id; a trait whose data is absent is left out."""
    mart, window = ctx.mart, facts.span.window
    sold = settled.set_index("rep_id")
    weeks = sold["active_days"] / DAYS_A_WEEK
    positive = sold["sales"].where(sold["sales"] > 0)
    found = {
        "trait_products": sold["account_products"] / sold["accounts"].where(sold["accounts"] > 0),
        "trait_discount": 1 - sold["listed_sales"] / sold["list_sales"].where(sold["list_sales"] > 0),
    }
    if not mart.missing("accounts.tier"):
        found["trait_key_share"] = sold["key_sales"] / positive
    if not mart.missing("activities.rep_id"):
        done = queries.activities(mart, window).set_index("rep_id").reindex(sold.index).fillna(0)
        found |= {"trait_activities": done["activities"] / weeks, "trait_visits": done["visits"] / weeks}
    if not mart.missing("leads.first_touch_at", "leads.assigned_at", "leads.assigned_rep_id"):
        found["trait_response"] = queries.response_hours(mart, window).set_index("rep_id")["hours"]
    if not mart.missing("opportunities.outcome", "opportunities.rep_id", "opportunities.closed_at"):
        closed = queries.deals(mart, window).set_index("rep_id")
        found |= {"trait_win_rate": closed["won"] / closed["closed"], "trait_cycle": closed["cycle"]}
    if not mart.missing("training_records.rep_id"):
        hours = queries.training_hours(mart, window).set_index("rep_id")["hours"]
        found["trait_training"] = hours.reindex(sold.index).fillna(0)
    if not mart.missing("competency.score"):
        scores = queries.competency(mart, window)
        for dimension, rows in scores.groupby("dimension", sort=True):
            found[f"{COMPETENCY}{dimension}"] = rows.set_index("rep_id")["score"] * 100
    return {name: series.astype(float)[series.index.isin(sold.index)] for name, series in found.items()}


def _label(name: str) -> Text:
    if name.startswith(COMPETENCY):
        return Text("productivity.competency_of", {"dimension": name.removeprefix(COMPETENCY)})
    return Text(f"metric.{name}")


def _figure(facts: Facts, trait: Trait, group: str) -> Figure:
    value, n = (trait.top, trait.n_top) if group == "top" else (trait.rest, trait.n_rest)
    if trait.name.startswith(COMPETENCY):
        member = f"{group} | {trait.name.removeprefix(COMPETENCY)}"
        return facts.figure("trait_competency", value, dimension="performer×competency", member=member, n=n)
    return facts.figure(trait.name, value, dimension="performer", member=group, n=n)


def _verdict(found: list[Trait]) -> tuple[str, dict[str, object]]:
    apart = tuple(_label(trait.name) for trait in found if trait.is_associated)
    return ("associated", {"traits": apart}) if apart else ("alike", {})


def _table(facts: Facts, found: list[Trait], note: Text, fixed: dict) -> Table:
    rows = []
    shown = [*(trait for trait in found if trait.is_associated), *(trait for trait in found if not trait.is_associated)]
    shown = shown[: max(MOST, sum(trait.is_associated for trait in found))]
    left = facts.figure("traits_not_shown", len(found) - len(shown), dimension="chart", member="traits")
    for trait in shown:
        identity = {"dimension": "trait", "member": trait.name, "n": trait.n_top + trait.n_rest}
        size = facts.figure("effect_size", trait.g, **identity) if trait.g is not None else None
        p = facts.figure("p_value", trait.p, **identity) if trait.p is not None else None
        verdict = Text("productivity.is_associated" if trait.is_associated else "productivity.is_within_chance")
        rows.append((_label(trait.name), _figure(facts, trait, "top"), _figure(facts, trait, "rest"), size, p, verdict))
    case, values = _verdict(found)
    labels = ("trait", "top", "rest", "effect", "p", "verdict")
    return Table(
        title=Text(f"productivity.trait_table_{case}", values),
        header=tuple(Text(f"productivity.column_{name}") for name in labels),
        rows=tuple(rows),
        notes=(
            note,
            *((Text("productivity.note_left", {"n": left}),) if left.value else ()),
            Text("productivity.note_traits"),
        ),
        **fixed,
    )
