"""How satisfied customers are, over time, by group and where they meet the firm (requirement M-20)."""

from ....metrics.satisfaction import on_scale
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, NotEnough, Point, Prose, Text
from ...context import Context
from . import scores
from .boxes import absent, together, too_few
from .satisfaction import Rated, csat_index, csat_top2, missing, moved, touchpoints

BOXES = dict.fromkeys(("csat_text", "csat_cards", "csat_trend", "csat_groups"), ("M-20",))
TOUCHPOINTS = {"csat_touchpoints": ("M-20",)}
SCALES = (("csat_of_5", 1, 5), ("csat_of_10", 0, 10))


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, cards, trend, groups (surveys), touchpoints (surveys and tickets)."""
    heading = Heading(id="csat_heading", title=Text("csat.heading"))
    fields = missing(ctx, "CSAT")
    if fields:
        boxes = (*absent(BOXES, Text("metric.csat_index"), fields), _touchpoints(ctx))
        return heading, *together(Text("csat.heading"), boxes)
    now = csat_index(ctx)
    if not now.known:
        return heading, *too_few(BOXES, Text("metric.csat_index"), Text("csat.no_answers")), _touchpoints(ctx)
    base, goal = scores.year_ago(ctx, csat_index), scores.target(ctx, "csat")
    found = scores.groups(ctx, csat_index)
    return (
        heading,
        _text(ctx, now, base, goal),
        _cards(ctx, now, base, goal),
        scores.trend(ctx, csat_index, "csat", _box("csat_trend"), goal),
        scores.group_chart(ctx, found, now, "csat", _box("csat_groups")),
        _touchpoints(ctx),
    )


def _box(name: str) -> dict:
    return {"id": name, "requirements": ("M-20",)}


def _on_scales(ctx: Context, now: Rated) -> list[Figure]:
    rest = {"n": now.figure.n, "flags": tuple(flag for flag in now.figure.flags if flag == "small_n")}
    return [ctx.figure(name, on_scale(now.figure.value, *ends), ctx.current, **rest) for name, *ends in SCALES]


def _cards(ctx: Context, now: Rated, base: Rated | None, goal: Figure | None) -> Cards:
    change, top = moved(now, base), csat_top2(ctx)
    top_change = moved(top, scores.year_ago(ctx, csat_top2))
    cards = [Card(Text("metric.csat_index"), now.figure, (change,))]
    cards += [Card(Text("metric.csat_target"), goal)] if goal else []
    cards.append(Card(Text("metric.csat_top2"), top.figure, (top_change,)))
    scales = dict(zip(("five", "ten"), _on_scales(ctx, now), strict=True))
    values = {"index": now.figure, "low": now.low, "high": now.high}
    if now.low.value is None:
        title = Text("csat.title_one", {"index": now.figure})
    else:
        title = scores.with_values("csat.title", scores.case(now, change), change, **values)
    return Cards(title=title, cards=tuple(cards), notes=(Text("csat.note_scales", scales),), **_box("csat_cards"))


def _text(ctx: Context, now: Rated, base: Rated | None, goal: Figure | None) -> Prose:
    change, top = moved(now, base), csat_top2(ctx)
    values = {"index": now.figure, "top": top.figure, "n": str(now.figure.n)}
    sentences = [Text("csat.sentence", values)]
    sentences.append(scores.with_values("csat.sentence", scores.case(now, change), change))
    if goal and now.low.value is not None:
        sentences.append(Text(f"csat.sentence_target_{scores.against_target(now, goal)}", {"goal": goal}))
    found = {name: pair[0] for name, pair in touchpoints(ctx).items() if pair[0].claimable}
    if len(found) > 1:
        low = min(found, key=lambda name: (found[name].figure.value, name))
        high = max(found, key=lambda name: (found[name].figure.value, name))
        ends = {"low": low, "low_index": found[low].figure, "high": high, "high_index": found[high].figure}
        sentences.append(Text("csat.sentence_touchpoints", ends))
    return Prose(title=Text("empty"), sentences=tuple(sentences), **_box("csat_text"))


def _touchpoints(ctx: Context) -> Exhibit:
    box = _box("csat_touchpoints")
    fields = ctx.mart.missing("surveys.score", "tickets.csat")
    if len(fields) == 2:
        return absent(TOUCHPOINTS, Text("csat.touchpoints"), fields)[0]
    found = {name: pair for name, pair in touchpoints(ctx).items() if pair[0].claimable}
    if len(found) < 2:
        return NotEnough(title=Text("csat.touchpoints"), reason=Text("csat.touchpoints_few"), **box)
    order = sorted(found, key=lambda name: (-found[name][0].figure.value, name))
    low = found[order[-1]]
    values = {"touchpoint": order[-1], "index": low[0].figure, "top": low[1].figure}
    return Chart(
        title=Text("csat.touchpoints_title", values),
        form="dot",
        points=tuple(
            Point(name, found[name][0].figure, low=found[name][0].low, high=found[name][0].high) for name in order
        ),
        axes={"x": Text("metric.csat_index")},
        summary=Text(
            "csat.touchpoints_alt",
            {"shares": tuple(Text("csat.named", {"name": name, "value": found[name][0].figure}) for name in order)},
        ),
        notes=(Text("csat.note_touchpoints"), Text("scores.note_interval")),
        **box,
    )
