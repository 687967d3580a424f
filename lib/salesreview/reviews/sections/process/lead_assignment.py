"""How evenly leads are handed out (requirement P-06)."""

from collections.abc import Mapping

import pandas as pd

from ....metrics.process_flow import Evenness, evenness
from ....queries import leads as queries
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, Prose, Series, Table, Text
from ...context import Context, Span, change
from ...privacy import rep_labels
from ..cases import base_span, seen_until
from .slot import Slot, shaky

FIELDS = ("leads.assigned_rep_id", "reps.rep_id")
SLOTS = {
    "cards": Slot("lead_even_cards", Text("leadeven.heading"), ("P-06",)),
    "reps": Slot("lead_even_reps", Text("leadeven.reps"), ("P-06",)),
    "bands": Slot("lead_even_bands", Text("leadeven.bands"), ("P-06",)),
    "prose": Slot("lead_even_text", Text("leadeven.heading"), ("P-06",)),
}
BANDS = ("A", "B", "C", "D")
UNEVEN = 0.35
"""A coefficient of variation above this is called uneven."""
ENDS = 6


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, evenness, most and least loaded sellers, quality bands, paragraph."""
    heading = Heading(id="lead_even_heading", title=Text("leadeven.heading"))
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return heading, *(slot.absent(missing) for slot in SLOTS.values())
    load = _load(ctx, ctx.current)
    if len(load) < ctx.settings.minimum_n.mean or load["leads"].sum() < ctx.settings.minimum_n.rate:
        return heading, *(slot.few(Text("leadeven.few")) for slot in SLOTS.values())
    now = evenness_figures(ctx, ctx.current, load)
    bands = _bands(ctx, load)
    return heading, _cards(ctx, now), _reps(ctx, load), bands, _prose(ctx, now, bands)


def _load(ctx: Context, span: Span) -> pd.DataFrame:
    """Sellers with a quota: ``rep_id``, ``team_id``, ``days`` in post, ``leads`` and leads of each band."""
    days = queries.seller_days(ctx.mart, span.window)
    found = queries.leads(ctx.mart, span.window, seen_until(ctx, span))
    owned = found[found["rep_id"].notna()]
    counts = owned.groupby("rep_id").size().rename("leads").to_frame()
    for band in BANDS:
        counts[band] = owned[owned["band"] == band].groupby("rep_id").size()
    load = days.merge(counts.reset_index(), on="rep_id", how="left")
    load[["leads", *BANDS]] = load[["leads", *BANDS]].fillna(0)
    return load


def evenness_figures(ctx: Context, span: Span, load: pd.DataFrame | None = None) -> dict[str, Figure]:
    """``lead_cv``, ``lead_ratio`` and ``lead_gini`` of leads per working day in post of ``span``."""
    load = _load(ctx, span) if load is None else load
    return _figures(ctx, span, evenness(load["leads"].to_numpy(), load["days"].to_numpy()))


def _figures(ctx: Context, span: Span, found: Evenness, **at) -> dict[str, Figure]:
    flags = shaky(ctx, found.sellers, "mean")
    values = {"lead_cv": found.cv, "lead_ratio": found.most_to_least, "lead_gini": found.gini}
    return {
        name: ctx.figure(
            name, value, span, n=found.sellers, flags=flags or (("not_defined",) if value is None else ()), **at
        )
        for name, value in values.items()
    }


def _cards(ctx: Context, now: Mapping[str, Figure]) -> Cards:
    base = base_span(ctx, ctx.year_ago)
    then = evenness_figures(ctx, base) if base else {}
    yoy = {name: change(figure, then.get(name), "yoy") for name, figure in now.items()}
    cv = now["lead_cv"]
    case = "uneven" if cv.value is not None and cv.value > UNEVEN else "even"
    return Cards(
        title=Text(f"leadeven.title_{case}", {"cv": cv, "gini": now["lead_gini"]}),
        cards=tuple(Card(Text(f"metric.{name}"), figure, (yoy[name],)) for name, figure in now.items()),
        notes=(Text("leadeven.note_days"),),
        **SLOTS["cards"].at,
    )


def _reps(ctx: Context, load: pd.DataFrame) -> Chart:
    """The sellers with most and with fewest leads per hundred working days in post."""
    labels = rep_labels(ctx)
    known = load[load["days"] >= 20].copy()
    known["rate"] = known["leads"] / known["days"] * 20
    ranked = known.sort_values(["rate", "rep_id"], ascending=[False, True])
    shown = ranked if len(ranked) <= 2 * ENDS else pd.concat([ranked.head(ENDS), ranked.tail(ENDS)])
    figures = tuple(
        ctx.figure("leads_per_month", float(row.rate), ctx.current, dimension="rep",
                   member=labels.get(row.rep_id, row.rep_id), numerator=float(row.leads), denominator=float(row.days))
        for row in shown.itertuples()
    )  # fmt: skip
    left = ctx.figure("reps_left_out", len(ranked) - len(shown), ctx.current, dimension="lead_load", member="middle")
    values = {"most": figures[0], "least": figures[-1]}
    slot = SLOTS["reps"]
    return Chart(
        title=Text("leadeven.reps_title", values),
        form="barh",
        categories=tuple(labels.get(row.rep_id, row.rep_id) for row in shown.itertuples()),
        series=(Series(Text("metric.leads_per_month"), figures),),
        axes={"x": Text("metric.leads_per_month")},
        summary=Text("leadeven.reps_alt", values),
        notes=(Text("leadeven.note_reps"), *((Text("leadeven.note_middle", {"n": left}),) if left.value else ())),
        **slot.at,
    )


def _bands(ctx: Context, load: pd.DataFrame) -> Exhibit:
    """Evenness of each quality band over sellers, and which team gets how many per person."""
    slot = SLOTS["bands"]
    if ctx.mart.missing("leads.band"):
        return slot.absent(("leads.band",))
    rows = []
    for band in BANDS:
        n = int(load[band].sum())
        if n < ctx.settings.minimum_n.rate:
            continue
        at = {"dimension": "lead_band", "member": band}
        found = _figures(ctx, ctx.current, evenness(load[band].to_numpy(), load["days"].to_numpy()), **at)
        none = int((load[band] == 0).sum())
        rows.append(
            (
                Text(f"leadeven.band_{band}"),
                ctx.figure("leads", n, ctx.current, **at),
                found["lead_cv"],
                found["lead_gini"],
                ctx.figure("sellers_without", none, ctx.current, n=len(load), **at),
            )
        )
    if not rows:
        return slot.few()
    names = ("leads", "lead_cv", "lead_gini", "sellers_without")
    worst = max(rows, key=lambda row: row[2].value or 0)
    return Table(
        title=Text("leadeven.bands_title", {"band": worst[0], "cv": worst[2]}),
        header=(Text("leadeven.band"), *(Text(f"metric.{name}") for name in names)),
        rows=tuple(rows),
        notes=(Text("leadeven.note_bands"),),
        **slot.at,
    )


def _prose(ctx: Context, now: Mapping[str, Figure], bands: Exhibit) -> Prose:
    cv, ratio = now["lead_cv"], now["lead_ratio"]
    case = "uneven" if cv.value is not None and cv.value > UNEVEN else "even"
    sellers = ctx.figure("lead_sellers", cv.n, ctx.current)
    sentences = [Text(f"leadeven.say_{case}", {"cv": cv, "n": sellers})]
    if ratio.value is not None:
        sentences.append(Text("leadeven.say_ratio", {"ratio": ratio}))
    if isinstance(bands, Table) and bands.rows[0][0] == Text("leadeven.band_A"):
        none = bands.rows[0][4]
        said = {"cv": bands.rows[0][2]} | ({"none": none} if none.value else {})
        sentences.append(Text("leadeven.say_best" if none.value else "leadeven.say_best_all", said))
    return Prose(title=Text("empty"), sentences=tuple(sentences), **SLOTS["prose"].at)
