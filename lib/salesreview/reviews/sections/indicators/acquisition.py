"""What a new customer costs: CAC against last year, benchmark and payback, its parts, its channels (D-19 to D-21)."""

from ....metrics.funnel import ratio
from ....record import (
    Card,
    Cards,
    Chart,
    Exhibit,
    Figure,
    Heading,
    NotEnough,
    NotProvided,
    PeriodName,
    Prose,
    Series,
    Text,
)
from ...context import Context, Span
from ..cases import movement
from .acquisition_channels import Channels, channel_chart, channel_table
from .cac import FULL, LOADED_FIELDS, Acquisition, CacFigures, payback_figure

__all__ = ["CacFigures", "cac_figures", "exhibits", "payback_figure"]

IDS = (
    "acquisition_text",
    "acquisition_cac_cards",
    "acquisition_cac_trend",
    "acquisition_cost_components",
    "acquisition_benchmark",
    "acquisition_channels",
    "acquisition_channel_table",
)
SHORTEST_DAYS = 85


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, cards, quarterly trend, cost parts, comparison, channels."""
    heading = Heading(id="acquisition_heading", title=Text("acquisition.heading"))
    box = {"title": Text("acquisition.heading"), "requirements": ("D-19", "D-20", "D-21")}
    missing = ctx.mart.missing(*LOADED_FIELDS)
    if "marketing_spend.amount" in missing:
        return heading, *(NotProvided(id=name, missing=missing, **box) for name in IDS)
    facts = Acquisition(ctx)
    if ctx.current.window.days < SHORTEST_DAYS:
        short = {name: NotEnough(id=name, reason=Text("acquisition.short_window"), **box) for name in IDS}
        return heading, *(short | {"acquisition_cac_trend": _trend(facts)}).values()
    channels = Channels(facts)
    return (
        heading,
        _prose(facts, channels),
        _cards(facts),
        _trend(facts),
        _components(facts),
        _benchmark(facts),
        channel_chart(channels),
        channel_table(channels),
    )


def cac_figures(ctx: Context, span: Span | None = None) -> CacFigures:
    """Acquisition cost of ``span`` (the review period): ``cac``, ``unlagged``, ``marketing``, ``cost``, ``customers``.

    Values are None where cost data is absent, where the cost months are not all covered (flag coverage) or where
    there were no new customers; ``cost`` still has the spend then. Spans shorter than a quarter mean little.
    """
    return Acquisition(ctx).of(span or ctx.current)


def _cards(facts: Acquisition) -> Exhibit:
    now = facts.now
    head, moved = now.headline, facts.moved
    yoy, seq = moved(head), moved(head, "seq")
    if head.value is None:
        reason = Text("acquisition.no_customers" if now.customers.value == 0 else "acquisition.no_cost_months")
        title = Text("acquisition.heading")
        return NotEnough(id="acquisition_cac_cards", title=title, requirements=("D-19", "D-20"), reason=reason)
    cards = [
        Card(Text(f"metric.{head.metric}"), head, (yoy, seq)),
        Card(Text("metric.new_customers"), now.customers, (moved(now.customers),)),
        Card(Text("metric.acquisition_cost"), now.cost, (moved(now.cost),)),
    ]
    if head is now.cac:
        cards.append(Card(Text("metric.cac_unlagged"), now.unlagged, (moved(now.unlagged),)))
        cards.append(Card(Text("metric.cac_marketing"), now.marketing, (moved(now.marketing),)))
        cards.append(Card(Text("metric.cac_payback"), payback_figure(facts.ctx, head)))
    return Cards(
        id="acquisition_cac_cards",
        title=_title(head, yoy),
        requirements=("D-19", "D-20"),
        cards=tuple(cards),
        notes=_notes(facts),
    )


def _title(head: Figure, yoy: Figure) -> Text:
    if "small_n" in head.flags:
        return Text("acquisition.title_small", {"cac": head})
    case = movement(yoy)
    return Text(f"acquisition.title_{case}", {"cac": head} | ({"yoy": yoy} if case != "no_base" else {}))


def _notes(facts: Acquisition) -> tuple[Text, ...]:
    now = facts.now
    missing = facts.ctx.mart.missing(*LOADED_FIELDS)
    notes = [Text("acquisition.note_lag", {"lag": str(facts.lag), "first": now.window.start, "last": now.window.end})]
    notes.append(Text("acquisition.note_unloaded", {"fields": missing}) if missing else Text("acquisition.note_loaded"))
    if (now.coverage.value or 0) < FULL:
        notes.append(Text("acquisition.note_coverage", {"coverage": now.coverage}))
    return tuple(notes)


def _trend(facts: Acquisition) -> Exhibit:
    box = {"id": "acquisition_cac_trend", "requirements": ("D-19", "D-20")}
    quarters = facts.quarters
    heads = [quarter.headline for quarter in quarters]
    known = [head for head in heads if head.value is not None]
    if len(known) < 2:
        return NotEnough(title=Text("acquisition.trend"), reason=Text("acquisition.few_quarters"), **box)
    peak = max(known, key=lambda figure: figure.value)
    last = known[-1]
    key = "acquisition.trend_peak_now" if peak is last else "acquisition.trend_peak_past"
    when = {} if peak is last else {"last": last, "when": PeriodName(last.period)}
    series = [Series(Text(f"metric.{heads[0].metric}"), tuple(heads), "actual")]
    if heads[0].metric == "cac":
        series.append(Series(Text("metric.cac_marketing"), tuple(q.marketing for q in quarters), "prior"))
    return Chart(
        title=Text(key, {"peak": peak, "period": PeriodName(peak.period)} | when),
        form="line",
        categories=tuple(PeriodName(head.period) for head in heads),
        series=tuple(series),
        axes={"y": Text("acquisition.axis_cac")},
        summary=Text(
            "acquisition.trend_alt",
            {"first": known[0], "start": PeriodName(known[0].period), "last": last, "end": PeriodName(last.period)},
        ),
        notes=(Text("acquisition.note_lag_quarters", {"lag": str(facts.lag)}),),
        **box,
    )


def _components(facts: Acquisition) -> Exhibit:
    box = {"id": "acquisition_cost_components", "requirements": ("D-19",)}
    ctx, now, quarters = facts.ctx, facts.now, facts.quarters
    if not quarters or now.cost.value is None:
        return NotEnough(title=Text("acquisition.components"), reason=Text("acquisition.few_quarters"), **box)
    largest = max(now.components.values(), key=lambda figure: (figure.value, figure.member))
    share = ctx.figure(
        "share_mix",
        ratio(largest.value, sum(f.value for f in now.components.values())),
        ctx.current,
        dimension="component",
        member=largest.member,
    )
    values = {"part": Text(f"acquisition.part_{largest.member}"), "amount": largest, "share": share}
    return Chart(
        title=Text("acquisition.components_title", values),
        form="stacked",
        categories=tuple(PeriodName(quarter.cac.period) for quarter in quarters),
        series=tuple(
            Series(Text(f"acquisition.part_{name}"), tuple(quarter.components[name] for quarter in quarters), "part")
            for name in now.components
        ),
        axes={"y": Text("metric.acquisition_cost")},
        summary=Text("acquisition.components_alt", values | {"total": now.cost}),
        notes=(Text("acquisition.note_lag_quarters", {"lag": str(facts.lag)}),),
        **box,
    )


def _benchmark(facts: Acquisition) -> Exhibit:
    """CAC as a bullet chart beside the benchmark, or where none is set what it was before, in words (D-20)."""
    head = facts.now.headline
    box = {"id": "acquisition_benchmark", "requirements": ("D-20",)}
    if head.value is None:
        return NotEnough(title=Text("acquisition.benchmark"), reason=Text("acquisition.no_customers"), **box)
    if "cac" in facts.ctx.settings.benchmarks:
        return _bullet(facts, box)
    past = {name: facts.bases[name].headline for name in ("yoy", "seq") if name in facts.bases}
    told = [
        Text(f"acquisition.history_{name}", {"cac": value}) for name, value in past.items() if value.value is not None
    ]
    return Prose(title=Text("acquisition.benchmark"), sentences=(*told, Text("acquisition.no_benchmark")), **box)


def _bullet(facts: Acquisition, box: dict) -> Chart:
    ctx, head, outside = facts.ctx, facts.now.headline, facts.ctx.settings.benchmarks["cac"]
    value = ctx.figure("cac_benchmark", outside.value, ctx.current, flags=("external",))
    gap = ctx.figure(
        "cac_vs_benchmark",
        head.value / outside.value - 1 if outside.value > 0 else None,
        ctx.current,
        numerator=head.value,
        denominator=outside.value,
        flags=("external",),
    )
    values = {"cac": head, "benchmark": value, "gap": gap}
    series = [Series(Text("label.current"), (head,)), Series(Text("metric.cac_benchmark"), (value,), "target")]
    if "yoy" in facts.bases:
        series.append(Series(Text("label.prior"), (facts.bases["yoy"].headline,), "prior"))
    source = {"source": outside.source, "date": outside.date, "confidence": outside.confidence}
    title = Text(f"acquisition.benchmark_{'above' if (gap.value or 0) > 0 else 'below'}", values)
    return Chart(
        title=title,
        form="bullet",
        categories=(Text(f"metric.{head.metric}"),),
        series=tuple(series),
        axes={"x": Text("acquisition.axis_cac")},
        summary=title,
        notes=(Text("acquisition.benchmark_source", source),),
        **box,
    )


def _prose(facts: Acquisition, channels: Channels) -> Prose:
    ctx, now = facts.ctx, facts.now
    box = {"id": "acquisition_text", "title": Text("empty"), "requirements": ("D-19", "D-20", "D-21")}
    head = now.headline
    if head.value is None:
        none = now.customers.value == 0
        said = Text("acquisition.say_none", {"cost": now.cost}) if none else None
        return Prose(sentences=(said or Text("acquisition.say_no_cost", {"customers": now.customers}),), **box)
    yoy = facts.moved(head)
    case = "small" if "small_n" in head.flags else movement(yoy)
    sentences = [Text("acquisition.say_level", {"cac": head, "customers": now.customers, "cost": now.cost})]
    sentences.append(Text(f"acquisition.say_{case}", {"yoy": yoy} if case in ("better", "worse", "flat") else {}))
    if case == "worse" and yoy.value > ctx.settings.thresholds.cac_increase:
        sentences.append(Text("acquisition.say_over_limit"))
    if channels.largest_rise:
        sentences.append(Text("acquisition.say_channel", channels.largest_rise))
    payback = payback_figure(ctx, head)
    if payback.value is not None:
        sentences.append(Text("acquisition.say_payback", {"payback": payback}))
    elif "not_recoverable" in payback.flags:
        sentences.append(Text("acquisition.say_not_recoverable"))
    if "cac" not in ctx.settings.benchmarks:
        sentences.append(Text("acquisition.say_no_benchmark"))
    return Prose(sentences=tuple(sentences[:5]), **box)
