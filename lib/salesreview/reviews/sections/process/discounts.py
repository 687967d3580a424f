"""Discounts against wins, and what else is conceded (requirement S3-37). Part of proposals."""

from ....metrics.comparison import wilson
from ....queries import offers as queries
from ....record import Chart, Exhibit, Point, Text
from ...context import Context
from ..cases import rate_movement
from .slot import Slot

BANDS = ((-1.0, 0.05), (0.05, 0.10), (0.10, 0.15), (0.15, 0.20), (0.20, 1.0))


def discounts_chart(ctx: Context, slot: Slot) -> Exhibit:
    """Win rate by discount, and on the won deals how often terms or special conditions were conceded besides."""
    missing = ctx.mart.missing("quotes.discount_pct")
    if missing:
        return slot.absent(missing)
    found, points = queries.closed_quotes(ctx.mart, ctx.current.window), []
    for low, high in BANDS:
        part = found[(found["discount"] > low) & (found["discount"] <= high)]
        won, n = int(part["won"].sum()), len(part)
        if n < ctx.settings.minimum_n.rate:
            continue
        at = {"dimension": "discount_band", "member": f"{max(low, 0):.2f}-{high:.2f}", "n": n}
        rate = ctx.figure("win_rate", won / n, ctx.current, numerator=won, denominator=n, **at)
        ends = wilson(won, n)
        points.append(
            Point(
                Text(f"proposal.band_{round(high * 100)}", {"n": ctx.figure("closed_deals", n, ctx.current, **at)}),
                rate,
                low=ctx.figure("rate_low", ends.low, ctx.current, **at),
                high=ctx.figure("rate_high", ends.high, ctx.current, **at),
            )
        )
    if len(points) < 2:
        return slot.few()
    case = rate_movement(points[-1].x, points[0].x)
    values = {"small": points[0].x, "large": points[-1].x}
    won = found[found["won"].astype(bool)]
    special, terms = int(won["special_terms"].astype(bool).sum()), won["term_days"].dropna().astype(float)
    usual = float(terms.median()) if len(terms) else 0.0
    notes = [Text("proposal.note_discounts")]
    if len(won) >= ctx.settings.minimum_n.rate and len(terms):
        longer = int((terms > usual).sum())
        parts = {"special": ("conceded_special", special, len(won)), "terms": ("conceded_terms", longer, len(terms))}
        shares = {
            key: ctx.figure(name, hits / n, ctx.current, numerator=hits, denominator=n, n=n)
            for key, (name, hits, n) in parts.items()
        }
        notes.append(Text("proposal.note_concessions", shares))
    return Chart(
        title=Text(f"proposal.discounts_{case}", values),
        form="dot",
        points=tuple(points),
        axes={"x": Text("metric.win_rate")},
        summary=Text("proposal.discounts_alt", values),
        notes=tuple(notes),
        **slot.at,
    )
