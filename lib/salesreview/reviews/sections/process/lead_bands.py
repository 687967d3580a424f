"""How the qualified share goes with the speed of the first response (requirement P-05). Part of lead_care."""

import pandas as pd

from ....metrics.comparison import wilson
from ....metrics.process_flow import BANDS, band_of
from ....record import Chart, Exhibit, Point, Text
from ...context import Context
from ..cases import rate_movement
from .slot import Slot


def response_bands(ctx: Context, now: pd.DataFrame, slot: Slot) -> Exhibit:
    """Qualified share of the judged leads by how fast they were answered, with 95 % intervals."""
    judged = now[(now["qualified"] | now["disqualified"]) & now["response"].notna()]
    place, points = band_of(judged["response"]), []
    for band in range(len(BANDS)):
        part = judged[place == band]
        if len(part) < ctx.settings.minimum_n.rate:
            continue
        hits, at = int(part["qualified"].sum()), {"dimension": "response_band", "member": str(band), "n": len(part)}
        found = wilson(hits, len(part))
        rate = ctx.figure("lead_qualified_judged", hits / len(part), ctx.current, numerator=hits,
                          denominator=len(part), **at)  # fmt: skip
        ends = (ctx.figure(f"rate_{end}", getattr(found, end), ctx.current, **at) for end in ("low", "high"))
        count = ctx.figure("leads", len(part), ctx.current, dimension="response_band", member=str(band))
        low, high = ends
        points.append(Point(Text(f"leadcare.band_{band}", {"n": count}), rate, low=low, high=high))
    if len(points) < 2:
        return slot.few(Text("leadcare.few_bands"))
    fast, slow = points[0], points[-1]
    case = rate_movement(fast.x, slow.x)
    values = {"high": fast.x, "low": slow.x}
    return Chart(
        title=Text(f"leadcare.bands_{case}", values),
        form="dot",
        points=tuple(points),
        axes={"x": Text("metric.lead_qualified_judged")},
        summary=Text("leadcare.bands_alt", values),
        notes=(Text("leadcare.note_bands"),),
        **slot.at,
    )
