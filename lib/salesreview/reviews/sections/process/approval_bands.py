"""Winning by time to approval (requirement P-25)."""

from ....metrics.comparison import rate_difference, wilson
from ....record import Chart, Exhibit, Heading, NotEnough, NotProvided, Point, Text
from ...context import Context
from .approval_detail import outcomes
from .common import absent, at, clear, count, share

NEEDS = ("approvals.submitted_at", "approvals.decided_at")
BOXES = {"queue_bands": ("P-25",)}
BANDS = (("b2", 0, 2), ("b8", 2, 8), ("b32", 8, 32), ("b32_plus", 32, float("inf")))


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, win rate by band of approval time."""
    heading = Heading(id="queue_heading", title=Text("queue.heading"))
    missing = ctx.mart.missing(*NEEDS)
    if missing:
        return heading, *absent(BOXES, "queue.heading", missing)
    return heading, _bands(ctx)


def _bands(ctx: Context) -> Exhibit:
    box = {"id": "queue_bands", "requirements": BOXES["queue_bands"]}
    missing = ctx.mart.missing("quotes.opp_id", "opportunities.outcome")
    if missing:
        return NotProvided(title=Text("queue.bands"), missing=missing, **box)
    found, points, counts = outcomes(ctx).dropna(subset=["hours"]), [], []
    for name, low, high in BANDS:
        inside = (found["hours"] > low) & (found["hours"] <= high) if low else found["hours"] <= high
        won, n = int(found.loc[inside, "won"].sum()), int(inside.sum())
        if n < ctx.settings.minimum_n.rate:
            continue
        identity, ends = at("approval_band", name), wilson(won, n)
        lower, upper = (
            ctx.figure(f"rate_{e}", getattr(ends, e), ctx.current, n=n, **identity) for e in ("low", "high")
        )
        size = count(ctx, "closed_deals", n, **identity)
        label = Text(f"queue.band_{name}", {"n": size})
        points.append(Point(label, share(ctx, "win_rate", won, n, **identity), low=lower, high=upper))
        counts.append((won, n))
    if len(points) < 2:
        return NotEnough(title=Text("queue.bands"), reason=Text("queue.few"), **box)
    case = "differ" if clear(rate_difference(*counts[0], *counts[-1])) else "alike"
    values = {"quick": points[0].x, "slow": points[-1].x}
    return Chart(
        title=Text(f"queue.bands_{case}", values),
        form="dot",
        points=tuple(points),
        axes={"x": Text("metric.win_rate")},
        summary=Text("queue.bands_alt", values),
        notes=(Text("queue.note_bands"),),
        **box,
    )
