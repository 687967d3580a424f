"""One colour a member, whichever chart and review shows it."""

from collections.abc import Iterable
from dataclasses import replace

from ..record import UNCLASSIFIED, Chart, Exhibit
from .context import Context

DIMENSIONS = ("product_line", "region", "service_type", "customer_type", "tier", "team", "channel", "industry")


def places(ctx: Context) -> dict[str, int]:
    """Place in the palette by member: in each dimension by sales of all time, so that a period changes nothing.

    A name that two dimensions share keeps the place of the first; 未分类 has none.
    """
    found: dict[str, int] = {}
    for dimension in DIMENSIONS:
        ranked = ctx.mart.query(
            f"SELECT {dimension} AS member FROM sales_facts WHERE {dimension} <> $none "
            f"GROUP BY {dimension} ORDER BY sum(net_amount) DESC, {dimension}",
            none=UNCLASSIFIED,
        )
        for place, member in enumerate(ranked["member"]):
            found.setdefault(member, place)
    return found


def coloured(ctx: Context, exhibits: Iterable[Exhibit]) -> tuple[Exhibit, ...]:
    """``exhibits`` with the places of their charts' members."""
    known = places(ctx)

    def of(chart: Chart) -> Chart:
        labels = [*(series.label for series in chart.series), *(point.group for point in chart.points)]
        return replace(chart, colours={name: known[name] for name in labels if isinstance(name, str) and name in known})

    return tuple(of(one) if isinstance(one, Chart) else one for one in exhibits)
