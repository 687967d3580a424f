"""From lead to signature: the funnel, its rates by channel and month, bottleneck and lost reasons (D-22 to D-27)."""

from dataclasses import replace

from ....metrics import funnel as metrics
from ....metrics.comparison import wilson
from ....metrics.funnel import Stake
from ....queries import funnel as queries
from ....record import (
    UNCLASSIFIED,
    Card,
    Cards,
    Chart,
    Exhibit,
    Figure,
    Heading,
    NotEnough,
    NotProvided,
    PeriodName,
    Point,
    Prose,
    Table,
    Text,
)
from ...context import Context, change
from ..cases import base_span, rate_movement
from .bottleneck import bottleneck_table, lost_reasons, value_figure
from .cohort import Cohort, cohort_exhibits, lead_deal_conv_figure, stakes_of
from .rates import (
    NEEDS,
    available,
    interval_figures,
    lead_conv_figure,
    rate_figures,
    rates_by_channel,
    rates_by_month,
    win_rate_figure,
    win_rate_value_figure,
)
from .stages import stage_label

__all__ = [
    "exhibits",
    "lead_conv_figure",
    "lead_deal_conv_figure",
    "rate_figures",
    "win_rate_figure",
    "win_rate_value_figure",
]

FIELDS = ("opportunities.outcome", "opportunities.closed_at")
IDS = (
    "funnel_text",
    "funnel_cards",
    "funnel_cohort",
    "funnel_steps",
    "funnel_intervals",
    "funnel_by_channel",
    "funnel_by_month",
    "funnel_bottleneck",
    "funnel_lost_reasons",
)
RATES = ("D-23", "D-24", "D-25", "D-26")


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, cards, cohort, steps, rates with intervals, by channel and month, bottleneck, reasons."""
    heading = Heading(id="funnel_heading", title=Text("funnel.heading"))
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        box = {"title": Text("funnel.heading"), "requirements": ("D-22", *RATES, "D-27"), "missing": missing}
        return heading, *(NotProvided(id=name, **box) for name in IDS)
    cohort = Cohort(ctx)
    stakes = stakes_of(cohort)
    return (
        heading,
        _prose(ctx, stakes),
        _cards(ctx),
        *cohort_exhibits(cohort, stakes),
        _intervals(ctx),
        _by_channel(ctx),
        _by_month(ctx),
        bottleneck_table(cohort, stakes),
        lost_reasons(ctx, stakes),
    )


def _base(ctx: Context, make) -> Figure | None:
    span = base_span(ctx, ctx.year_ago)
    return make(ctx, span) if span else None


def _cards(ctx: Context) -> Cards:
    won = win_rate_figure(ctx)
    cards = [_rate_card(ctx, won, win_rate_figure), _rate_card(ctx, win_rate_value_figure(ctx), win_rate_value_figure)]
    if not ctx.mart.missing("leads.received_at"):
        cards += [_rate_card(ctx, make(ctx), make) for make in (lead_conv_figure, lead_deal_conv_figure)]
    return Cards(
        id="funnel_cards",
        title=_title(ctx, won),
        requirements=("D-22", "D-23", "D-26"),
        cards=(*cards, *_counts(ctx, won)),
        notes=(Text("funnel.note_win_rate"), *_value_note(ctx)),
    )


def _rate_card(ctx: Context, now: Figure, make) -> Card:
    return Card(Text(f"metric.{now.metric}"), now, (change(now, _base(ctx, make), "yoy"),))


def _counts(ctx: Context, won: Figure) -> tuple[Card, ...]:
    deals, amount = queries.open_deals(ctx.mart, ctx.current.window.end)
    lost = None if won.denominator is None else won.denominator - won.numerator
    figures = (
        ctx.figure("won_deals", won.numerator, ctx.current),
        ctx.figure("lost_deals", lost, ctx.current),
        ctx.figure("open_deals", deals, ctx.current, n=deals),
        *((ctx.figure("pipeline_amount", amount, ctx.current, n=deals),) if amount else ()),
    )
    return tuple(Card(Text(f"metric.{figure.metric}"), figure) for figure in figures)


def _value_note(ctx: Context) -> tuple[Text, ...]:
    value = win_rate_value_figure(ctx)
    uncovered = value.value is None and value.n
    return (Text("funnel.note_no_value"),) if uncovered else ()


def _title(ctx: Context, won: Figure) -> Text:
    if won.value is None:
        return Text("funnel.title_none")
    if "small_n" in won.flags:
        return Text("funnel.title_small", {"rate": won})
    base = _base(ctx, win_rate_figure)
    case = rate_movement(won, base)
    moved = {"yoy": change(won, base, "yoy")} if case != "no_base" else {}
    return Text(f"funnel.title_{case}", {"rate": won} | moved)


def _intervals(ctx: Context) -> Exhibit:
    """All rates of the period with their Wilson intervals."""
    box = {"id": "funnel_intervals", "requirements": RATES}
    rates = {name: figure for name, figure in rate_figures(ctx).items() if figure.value is not None}
    if not rates:
        return NotEnough(title=Text("funnel.rates"), reason=Text("funnel.none_closed"), **box)
    points = []
    for name, figure in rates.items():
        low, high = interval_figures(ctx, figure)
        points.append(Point(Text(f"metric.{name}"), figure, low=low, high=high))
    lowest = min(points, key=lambda point: (point.x.value, point.x.metric))
    absent = tuple(Text(f"metric.{name}") for name in NEEDS if name not in available(ctx))
    notes = [*_decided_note(ctx), Text("funnel.note_wilson")]
    if absent:
        fields = tuple(sorted({f for name in NEEDS for f in ctx.mart.missing(*NEEDS[name])}))
        notes.append(Text("funnel.note_absent", {"rates": absent, "fields": fields}))
    values = {"name": lowest.label, "rate": lowest.x, "low": lowest.low, "high": lowest.high}
    return Chart(
        title=Text("funnel.rates_title" if len(points) > 1 else "funnel.rate_title", values),
        form="dot",
        points=tuple(points),
        axes={"x": Text("funnel.axis_rate")},
        summary=Text("funnel.rates_alt", {"rates": tuple(_said(point) for point in points)}),
        notes=tuple(notes),
        **box,
    )


def _decided_note(ctx: Context) -> tuple[Text, ...]:
    partly_open = {"demo_conv", "quote_conv", "sign_conv"} & set(available(ctx))
    return (Text("funnel.note_decided"),) if partly_open else ()


def _said(point: Point) -> Text:
    return Text("funnel.rate_item", {"name": point.label, "rate": point.x})


def _by_channel(ctx: Context) -> Exhibit:
    box = {"id": "funnel_by_channel", "requirements": RATES}
    missing = ctx.mart.missing("leads.source_channel", "accounts.acquisition_channel")
    if len(missing) == 2:
        return NotProvided(title=Text("funnel.by_channel"), missing=missing, **box)
    rows = rates_by_channel(ctx)
    named = {name: row["win_rate"] for name, row in rows.items() if name != UNCLASSIFIED}
    title = _extremes("funnel.by_channel", named, lambda name: name)
    return _rate_table(
        ctx,
        title,
        Text("label.channel"),
        [(name, row) for name, row in rows.items()],
        (*_decided_note(ctx), Text("funnel.note_small")),
        box,
    )


def _by_month(ctx: Context) -> Exhibit:
    box = {"id": "funnel_by_month", "requirements": RATES}
    months = rates_by_month(ctx)
    if len(months) < 2:
        return NotEnough(title=Text("funnel.by_month"), reason=Text("funnel.one_month"), **box)
    rows = [(PeriodName(code), row) for code, row in months.items()]
    won = {code: row["win_rate"] for code, row in months.items()}
    title = _extremes("funnel.by_month", won, lambda code: PeriodName(code, short=True))
    young = (Text("funnel.note_young"),) if len(available(ctx)) > 1 else ()
    notes = (*young, *_decided_note(ctx), Text("funnel.note_small"))
    return _rate_table(ctx, title, Text("label.month"), rows, notes, box)


def _extremes(key: str, rates: dict[str, Figure], label) -> Text:
    """A title that names the highest and lowest win rate, or says that they differ by chance only."""
    solid = {name: rate for name, rate in rates.items() if "small_n" not in rate.flags}
    if len(solid) < 2:
        return Text(key)
    order = sorted(solid, key=lambda name: (-solid[name].value, name))
    best, worst = order[0], order[-1]
    values = {"high": solid[best], "low": solid[worst]}
    if rate_movement(solid[best], solid[worst]) == "flat":
        return Text(f"{key}_even", values)
    return Text(f"{key}_title", values | {"best": label(best), "worst": label(worst)})


def _rate_table(ctx: Context, title: Text, first: Text, rows: list, notes: tuple[Text, ...], box: dict) -> Table:
    names = available(ctx)
    pooled = rate_figures(ctx)
    return Table(
        title=title,
        header=(first, *(Text(f"metric.{name}") for name in names), Text("funnel.closed_deals")),
        rows=tuple((label, *(row[name] for name in names), _closed(row["win_rate"])) for label, row in rows),
        total=(Text("label.total"), *(pooled[name] for name in names), _closed(pooled["win_rate"])),
        notes=notes,
        **box,
    )


def _closed(rate: Figure) -> Figure:
    """The number of deals behind a win rate, with the rate's own identity."""
    flags = tuple(flag for flag in rate.flags if flag == "partial")
    return replace(
        rate, metric="closed_deals", value=rate.denominator, unit="count", numerator=None, denominator=None, flags=flags
    )


def _prose(ctx: Context, stakes: tuple[Stake, ...]) -> Prose:
    won, base = win_rate_figure(ctx), _base(ctx, win_rate_figure)
    sentences = []
    if won.value is None:
        sentences.append(Text("funnel.say_none"))
    else:
        case = "small" if "small_n" in won.flags else rate_movement(won, base)
        low, high = interval_figures(ctx, won)
        counts = {"won": ctx.figure("won_deals", won.numerator, ctx.current), "closed": _closed(won)}
        sentences.append(Text("funnel.say_level", {"rate": won, "low": low, "high": high} | counts))
        moved = {"yoy": change(won, base, "yoy")} if case in ("better", "worse", "flat") else {}
        sentences.append(Text(f"funnel.say_{case}", moved))
    if not ctx.mart.missing("leads.received_at"):
        sentences.append(Text("funnel.say_leads", {"lead": lead_conv_figure(ctx), "deal": lead_deal_conv_figure(ctx)}))
    neck = metrics.bottleneck(stakes)
    if neck is not None:
        rate = ctx.figure("stage_rate_judged", neck.rate, ctx.current, dimension="stage", member=neck.key)
        reference = ctx.figure("stage_reference", neck.reference, ctx.current, dimension="stage", member=neck.key)
        sentences.append(
            Text(
                f"funnel.say_bottleneck_{neck.source}",
                {"step": stage_label(neck.key), "rate": rate, "reference": reference, "value": value_figure(ctx, neck)},
            )
        )
        found = wilson(neck.reached - neck.loss, neck.reached)
        if found.low <= neck.reference <= found.high:
            sentences.append(Text("funnel.say_within_chance"))
    elif stakes:
        sentences.append(Text("funnel.say_no_bottleneck"))
    if ctx.mart.missing("stage_history.stage"):
        sentences.append(Text("funnel.say_no_stages"))
    else:
        sentences.append(Text("funnel.say_open"))
    return Prose(
        id="funnel_text", title=Text("empty"), requirements=("D-22", "D-26", "D-27"), sentences=tuple(sentences)
    )
