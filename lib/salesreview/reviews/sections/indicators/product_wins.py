"""Win rate by product line (requirement D-55)."""

from dataclasses import dataclass

from ....metrics.comparison import Interval, wilson
from ....metrics.funnel import ratio
from ....queries import causes as queries
from ....record import UNCLASSIFIED, Chart, Exhibit, Figure, NotEnough, NotProvided, Point, Text
from ...context import Context
from .rates import win_rate_figure

FIELDS = ("opportunities.outcome", "opportunities.closed_at", "opportunities.product_id", "products.product_line")


@dataclass(frozen=True)
class LineWins:
    """Win rate of one product line with its 95 % interval (Wilson) and the amount lost."""

    rate: Figure
    interval: Interval
    lost_amount: float


def line_wins(ctx: Context) -> tuple[LineWins, ...]:
    """The product lines in which deals were closed in the period, most deals first."""
    found = []
    for row in queries.outcomes(ctx.mart, ctx.current.window, "product_line").itertuples():
        n = int(row.won + row.lost)
        flags = ("small_n",) if n < ctx.settings.minimum_n.rate else ()
        at = {"dimension": "product_line", "member": row.member, "n": n, "flags": flags}
        rate = ctx.figure("win_rate", ratio(row.won, n), ctx.current, numerator=int(row.won), denominator=n, **at)
        found.append(LineWins(rate, wilson(int(row.won), n), float(row.lost_amount)))
    return tuple(found)


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Win rates by product line with their intervals against the overall rate."""
    fixed = {"id": "product_wins", "requirements": ("D-55",)}
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return (NotProvided(title=Text("product_wins.heading"), missing=missing, **fixed),)
    solid = [one for one in line_wins(ctx) if "small_n" not in one.rate.flags and one.rate.member != UNCLASSIFIED]
    if len(solid) < 2:
        return (NotEnough(title=Text("product_wins.heading"), reason=Text("product_wins.few"), **fixed),)
    overall = win_rate_figure(ctx)
    ranked = sorted(solid, key=lambda one: (-one.rate.value, one.rate.member))
    points = tuple(
        Point(one.rate.member, one.rate, low=_end(ctx, one, "low"), high=_end(ctx, one, "high")) for one in ranked
    )
    lowest = ranked[-1]
    apart = lowest.interval.high < overall.value
    values = {"line": lowest.rate.member, "rate": lowest.rate, "overall": overall}
    chart = Chart(
        title=Text(
            "product_wins.title_low" if apart else "product_wins.title_even", values if apart else {"overall": overall}
        ),
        form="dot",
        points=points,
        axes={"x": Text("metric.win_rate")},
        marks={"reference": overall},
        summary=Text("product_wins.alt", {"rates": tuple(_said(point) for point in points)}),
        notes=(Text("product_wins.note"),),
        **fixed,
    )
    return (chart,)


def _end(ctx: Context, one: LineWins, side: str) -> Figure:
    at = {"dimension": "product_line", "member": one.rate.member, "n": one.rate.n}
    return ctx.figure(f"rate_{side}", getattr(one.interval, side), ctx.current, **at)


def _said(point: Point) -> Text:
    return Text("funnel.rate_item", {"name": point.label, "rate": point.x})
