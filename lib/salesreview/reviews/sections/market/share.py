"""Share of the market, how it moved and why, and which segments grow (requirements M-08, M-09, S2-17)."""

from dataclasses import replace

from ....metrics.growth import growth
from ....metrics.market import share_case, two_factor
from ....record import Chart, Exhibit, Figure, Heading, PeriodName, Point, Prose, Series, Table, Text
from ...context import Context, change
from .common import SIZE_FIELDS, Segment, gap, segments, thin

IDS = {
    "share_text": ("M-08", "M-09"),
    "share_lines": ("M-08",),
    "share_table": ("M-08", "M-09"),
    "share_bridge": ("M-09",),
    "share_segments": ("S2-17",),
}
WHOLE = (None, None)


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, shares with their range, table, bridge of the change of sales, growth of the segments."""
    heading = Heading(id="share_heading", title=Text("share.heading"))
    missing = ctx.mart.missing(*SIZE_FIELDS)
    if missing:
        return heading, *(gap(name, "share.heading", ids, missing) for name, ids in IDS.items())
    now, before = both(ctx)
    if not now:
        reason = Text("share.no_size", {"period": PeriodName(ctx.period.code)})
        return heading, *(thin(name, "share.heading", ids, reason) for name, ids in IDS.items())
    lines = [one for key, one in now.items() if key[0] == "product_line" or key == WHOLE]
    return (
        heading,
        _prose(ctx, now, before),
        _ranges(ctx, lines),
        _table(ctx, lines, before),
        _bridge(ctx, now.get(WHOLE), before.get(WHOLE)),
        _scatter(ctx, now, before),
    )


def both(ctx: Context) -> tuple[dict, dict]:
    """Segments of the review period and of the year before (empty without a base)."""
    before = segments(ctx, ctx.year_ago, ctx.period.year_ago()) if ctx.covers(ctx.year_ago) else {}
    return segments(ctx, ctx.current, ctx.period), before


def whole_share(ctx: Context) -> tuple[Figure, Figure] | None:
    """Share of the whole market and its change on last year; None where the market has no size."""
    now, before = both(ctx)
    if WHOLE not in now or now[WHOLE].share.value is None:
        return None
    base = before.get(WHOLE)
    return now[WHOLE].share, share_moved(ctx, now[WHOLE], base)


def share_moved(ctx: Context, now: Segment, before: Segment | None) -> Figure:
    """Change of a segment's share on last year; ``within_chance`` where neither a rise nor a fall can be told."""
    found = change(now.share, before and before.share, "yoy")
    told = found.value is None or case(ctx, now, before) in ("up", "down")
    return found if told else replace(found, flags=tuple(sorted({*found.flags, "within_chance"})))


def case(ctx: Context, now: Segment, before: Segment | None) -> str:
    """up, down, flat, unsure or no_base (requirement M-09)."""
    moved = change(now.share, before and before.share, "yoy")
    return share_case(moved.value, ctx.settings.market.flat_band, now.range, before.range if before else (None, None))


def name_of(one: Segment) -> Text | str:
    return one.member if one.member is not None else Text("share.whole")


def _ranges(ctx: Context, lines: list[Segment]) -> Exhibit:
    known = [one for one in lines if one.share.value is not None]
    if not known:
        return thin("share_lines", "share.lines", IDS["share_lines"], "share.nothing")
    points = tuple(Point(name_of(one), x=one.share, low=one.low, high=one.high) for one in known)
    ranked = sorted((one for one in known if one.member), key=lambda one: -one.share.value)
    title = Text("share.lines_one", {"share": known[0].share})
    if len(ranked) > 1:
        values = {
            "best": ranked[0].member,
            "high": ranked[0].share,
            "least": ranked[-1].member,
            "low": ranked[-1].share,
        }
        title = Text("share.lines_title", values)
    listed = tuple(Text("share.named", {"name": name_of(one), "value": one.share}) for one in known)
    return Chart(
        id="share_lines",
        title=title,
        requirements=IDS["share_lines"],
        form="dot",
        points=points,
        axes={"x": Text("metric.market_share")},
        summary=Text("share.lines_alt", {"shares": listed}),
        notes=(Text("share.note_range"), *_estimated(known)),
    )


def _estimated(known: list[Segment]) -> tuple[Text, ...]:
    return (Text("share.note_estimated"),) if any("estimated" in one.amount.flags for one in known) else ()


def _table(ctx: Context, lines: list[Segment], before: dict) -> Table:
    rows = []
    for one in lines:
        base = before.get((one.dimension, one.member))
        moved = share_moved(ctx, one, base)
        verdict = Text(f"share.case_{case(ctx, one, base)}")
        source = Text("share.source", {"source": one.source or "—", "confidence": one.confidence or "—"})
        rows.append((name_of(one), one.amount, one.sales, one.share, moved, verdict, source))
    whole = next((one.share for one in lines if one.member is None), None)
    title = Text("share.table_title", {"share": whole}) if whole is not None else Text("share.table")
    header = ("segment", "amount", "sales", "share", "moved", "verdict", "source")
    return Table(
        id="share_table",
        title=title,
        requirements=IDS["share_table"],
        header=tuple(Text(f"share.column_{name}") for name in header),
        rows=tuple(rows),
        notes=(Text("share.note_external"), Text("share.note_flat", {"band": _band(ctx)})),
    )


def _band(ctx: Context) -> Figure:
    return ctx.figure("flat_band", ctx.settings.market.flat_band, ctx.current)


def _bridge(ctx: Context, now: Segment | None, before: Segment | None) -> Exhibit:
    place = ("share_bridge", "share.bridge", IDS["share_bridge"])
    if now is None or before is None:
        return thin(*place, "share.no_base")
    found = two_factor(before.sales.value, before.amount.value, now.sales.value, now.amount.value)
    if found is None:
        return thin(*place, "share.no_base")
    market = ctx.figure("market_effect", found.market, ctx.current)
    own = ctx.figure("share_effect", found.share, ctx.current)
    values = {"market": market, "share": own}
    return Chart(
        id=place[0],
        title=Text(f"share.bridge_{'gain' if found.share >= 0 else 'loss'}", values),
        requirements=place[2],
        form="waterfall",
        categories=(
            PeriodName(ctx.year_ago.code),
            Text("metric.market_effect"),
            Text("metric.share_effect"),
            PeriodName(ctx.current.code),
        ),
        series=(Series(Text("metric.sales"), (before.sales, market, own, now.sales)),),
        marks={"totals": (0, -1)},
        summary=Text("share.bridge_alt", values | {"before": before.sales, "now": now.sales}),
        reconciliation=Text("share.bridge_sum", values | {"before": before.sales, "now": now.sales}),
        notes=(Text("share.note_bridge"),),
    )


def market_growth(ctx: Context, now: Segment, before: Segment) -> Figure:
    """Growth of a segment's market on the year before."""
    at = {"dimension": now.dimension, "member": now.member, "flags": ("external",)}
    counted = {"numerator": now.amount.value, "denominator": before.amount.value}
    return ctx.figure("market_growth_yoy", growth(now.amount.value, before.amount.value), ctx.current, **counted, **at)


def growths(ctx: Context, now: dict, before: dict) -> list[tuple[Segment, Figure, Figure]]:
    """Each known segment with the growth of its market and own growth on last year."""
    found = []
    for key, one in now.items():
        base = before.get(key)
        if key == WHOLE or base is None:
            continue
        own = change(one.sales, base.sales, "yoy")
        market = market_growth(ctx, one, base)
        if own.value is not None and market.value is not None:
            found.append((one, market, own))
    return found


def _scatter(ctx: Context, now: dict, before: dict) -> Exhibit:
    place = ("share_segments", "share.segments", IDS["share_segments"])
    found = growths(ctx, now, before)
    whole = now.get(WHOLE), before.get(WHOLE)
    if len(found) < ctx.settings.minimum_n.rep or None in whole:
        return thin(*place, "share.no_base")
    guide = market_growth(ctx, *whole)
    own = change(whole[0].sales, whole[1].sales, "yoy")
    fastest = max(found, key=lambda item: (item[1].value, str(item[0].member)))
    behind = fastest[2].value < fastest[1].value
    values = {"segment": fastest[0].member, "market": fastest[1], "own": fastest[2]}
    return Chart(
        id=place[0],
        title=Text(f"share.segments_{'behind' if behind else 'ahead'}", values),
        requirements=place[2],
        form="scatter",
        points=tuple(
            Point(one.member, x=market, y=sold, size=one.sales, group=Text(f"label.{one.dimension}"))
            for one, market, sold in found
        ),
        axes={"x": Text("metric.market_growth_yoy"), "y": Text("share.own_growth")},
        marks={"vline": guide, "hline": own},
        summary=Text("share.segments_alt", values | {"whole": guide, "all": own}),
        notes=(Text("share.note_segments"),),
    )


def _prose(ctx: Context, now: dict, before: dict) -> Prose:
    sentences = []
    whole, base = now.get(WHOLE), before.get(WHOLE)
    if whole is None:
        sentences.append(Text("share.sentence_no_whole"))
    else:
        values = {"amount": whole.amount, "share": whole.share}
        if None not in whole.range:
            sentences.append(Text("share.sentence_range", values | {"low": whole.low, "high": whole.high}))
        else:
            sentences.append(Text("share.sentence", values))
        moved = share_moved(ctx, whole, base)
        rest = {"moved": moved} if moved.value is not None else {}
        sentences.append(Text(f"share.sentence_{case(ctx, whole, base)}", rest))
    found = growths(ctx, now, before)
    lines = [item for item in found if item[0].dimension == "product_line"]
    lost = min(lines, key=lambda item: item[2].value - item[1].value, default=None)
    if lost is not None and lost[2].value < lost[1].value:
        sentences.append(Text("share.sentence_lost", {"line": lost[0].member, "own": lost[2], "market": lost[1]}))
    fast = max(found, key=lambda item: item[1].value, default=None)
    if fast is not None:
        sentences.append(Text("share.sentence_fast", {"segment": fast[0].member, "market": fast[1], "own": fast[2]}))
    return Prose(id="share_text", title=Text("empty"), requirements=IDS["share_text"], sentences=tuple(sentences))
