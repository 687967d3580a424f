"""What the market sections share: gaps in the data, and figures of the market's segments."""

import json
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ....errors import PeriodError
from ....metrics.growth import ratio
from ....metrics.market import share_range
from ....periods import Period, Window, parse
from ....queries import market as queries
from ....queries import sales
from ....record import Exhibit, Figure, NotEnough, NotProvided, Text
from ...context import Context, Span

SIZE_FIELDS = ("market_size.market_amount", "market_size.period")


def gap(exhibit_id: str, title: str, requirements: tuple[str, ...], missing: tuple[str, ...]) -> Exhibit:
    """A box that names what is missing (convention X-NODATA)."""
    return NotProvided(id=exhibit_id, title=Text(title), requirements=requirements, missing=missing)


def thin(exhibit_id: str, title: str, requirements: tuple[str, ...], reason: Text | str) -> Exhibit:
    """A box that says why nothing is claimed (convention X-SMALL)."""
    reason = Text(reason) if isinstance(reason, str) else reason
    return NotEnough(id=exhibit_id, title=Text(title), requirements=requirements, reason=reason)


@dataclass(frozen=True)
class Segment:
    """One part of the market in a span: size, own sales and own share with their range; rivals' shares by id."""

    dimension: str | None
    member: str | None
    amount: Figure
    amount_low: Figure
    sales: Figure
    share: Figure
    low: Figure
    high: Figure
    growth: Figure
    source: str | None
    confidence: str | None
    rivals: dict[str, float]

    @property
    def range(self) -> tuple[float | None, float | None]:
        return self.low.value, self.high.value


def segments(ctx: Context, span: Span, period: Period) -> dict[tuple[str | None, str | None], Segment]:
    """The market's segments in ``span`` by (dimension, member); (None, None) is the whole market.

    Where the market's size is known for a longer period only, or the span is cut, it is pro-rated by own seasonality
    of the year before (by days without it) and flagged ``estimated``.
    """
    if ctx.mart.missing(*SIZE_FIELDS):
        return {}
    code = _known_code(ctx, period)
    if code is None:
        return {}
    part, flags = _part(ctx, span, code)
    found = queries.segments(ctx.mart, code)
    own = {name: sales.by(ctx.mart, span.window, name).set_index(name)["sales"] for name in queries.SEGMENT_COLUMNS}
    total = sales.totals(ctx.mart, span.window).sales
    kept: dict[tuple[str | None, str | None], Segment] = {}
    for row in found.itertuples():
        dimension, member = (None, None) if pd.isna(row.member) else (row.dimension, row.member)
        sold = total if member is None else float(own[dimension].get(member, 0.0))
        kept.setdefault((dimension, member), _segment(ctx, span, row, dimension, member, sold, part, flags))
    return kept


def _known_code(ctx: Context, period: Period) -> str | None:
    known = queries.sized_periods(ctx.mart)
    if period.code in known:
        return period.code
    spans = {code: _window(ctx, code) for code in known}
    longer = [
        (window.end - window.start, code)
        for code, window in spans.items()
        if window and window.start <= period.start and period.end <= window.end
    ]
    return min(longer)[1] if longer else None


def _window(ctx: Context, code: str) -> Window | None:
    """The days of a period code of the data; a bare year is the fiscal year."""
    try:
        text = f"{code}-FY" if code.isdigit() else code
        return parse(text, year=ctx.period.start.year, fiscal_start=ctx.period.fiscal_start).window
    except PeriodError:
        return None


def _part(ctx: Context, span: Span, code: str) -> tuple[float, tuple[str, ...]]:
    """The share of the sized period that the span is."""
    whole = _window(ctx, code)
    if whole is None or whole == span.window:
        return 1.0, ()
    before, part = whole.years_back(), span.window.years_back()
    if ctx.mart.meta.first_day.replace(day=1) <= before.start and before.end <= ctx.mart.meta.as_of:
        weight = ratio(sales.totals(ctx.mart, part).sales, sales.totals(ctx.mart, before).sales)
        if weight is not None and 0 < weight <= 1:
            return weight, ("estimated",)
    days = (span.window.end - span.window.start).days + 1, (whole.end - whole.start).days + 1
    return days[0] / days[1], ("estimated",)


def _segment(ctx: Context, span: Span, row, dimension, member, sold: float, part: float, flags) -> Segment:
    at = {"dimension": dimension, "member": member, "flags": ("external", *flags)}
    amount = row.market_amount * part
    low, high = (None if pd.isna(end) else end * part for end in (row.low, row.high))
    ends = share_range(sold, low, high)
    counted = {"numerator": sold, "denominator": amount}
    return Segment(
        dimension=dimension,
        member=member,
        amount=ctx.figure("market_amount", amount, span, **at),
        amount_low=ctx.figure("market_amount_low", low, span, **at),
        sales=ctx.figure("sales", sold, span, dimension=dimension, member=member),
        share=ctx.figure("market_share", ratio(sold, amount), span, **counted, **at),
        low=ctx.figure("market_share_low", ends[0], span, **at),
        high=ctx.figure("market_share_high", ends[1], span, **at),
        growth=ctx.figure("market_growth", None if pd.isna(row.growth) else row.growth, span, **at),
        source=None if pd.isna(row.source) else row.source,
        confidence=None if pd.isna(row.confidence) else row.confidence,
        rivals=_shares(row.competitor_shares),
    )


def _shares(text: object) -> dict[str, float]:
    body = json.loads(text) if isinstance(text, str) else None
    return {str(key): float(value) for key, value in body.items()} if isinstance(body, dict) else {}


def noted(source: str, day: date | None) -> Text:
    """Where something that a person wrote down comes from."""
    return (
        Text("market.noted_undated", {"source": source})
        if day is None
        else Text("market.noted", {"source": source, "date": day})
    )
