"""Forecast of the coming period: interval, where it comes from, how past forecasts would have done, and what the
target takes (requirements D-62, S2-43)."""

from dataclasses import replace

from ....models.forecast import PARTS
from ....record import Chart, Exhibit, Figure, Heading, PeriodName, Point, Prose, Table, Text
from ...context import Context
from ..process.slot import Slot
from ..sales.sales_common import sales_figure
from .outlook import (
    Outlook,
    cover_figures,
    goal_figures,
    outlook,
    record_figures,
    span_of,
    spread_figures,
    target_period,
    tried_figures,
)

SLOTS = {
    "text": Slot("forecast_text", Text("forecast.short"), ("D-62",)),
    "chart": Slot("forecast_chart", Text("forecast.short"), ("D-62",)),
    "parts": Slot("forecast_parts", Text("forecast.short"), ("D-62",)),
    "backtest": Slot("forecast_backtest", Text("forecast.backtest"), ("D-62",)),
    "cover": Slot("forecast_cover", Text("forecast.cover"), ("D-62", "S2-43")),
}


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, paragraph, intervals by part, their table, backtest, coverage of the target."""
    period = target_period(ctx)
    heading = Heading(id="forecast_heading", title=Text("forecast.heading", {"period": PeriodName(period.code)}))
    found = outlook(ctx)
    if found is None:
        alike = (replace(slot, title=SLOTS["text"].title) for slot in SLOTS.values())
        return heading, *(slot.few(Text("forecast.too_short")) for slot in alike)
    return heading, _text(ctx, found), _chart(ctx, found), _parts(ctx, found), _backtest(ctx, found), _cover(ctx, found)


def _shown(found: Outlook) -> tuple[str, ...]:
    """The parts worth a row: what is booked only while the period runs."""
    return tuple(part for part in PARTS if part in found.forecast.parts and (part != "booked" or _running(found)))


def _running(found: Outlook) -> bool:
    return found.forecast.day >= found.forecast.target.start


def _part_name(found: Outlook, part: str) -> Text:
    return Text(f"forecast.part_{part if found.forecast.pipeline else 'all'}" if part == "other" else
                f"forecast.part_{part}")  # fmt: skip


def _text(ctx: Context, found: Outlook) -> Prose:
    total = spread_figures(ctx, found.span, found.forecast.total)
    values = {**total, "period": PeriodName(found.span.code)}
    goal = goal_figures(ctx, found)
    if goal:
        low, high = ctx.settings.models.attainment_band
        chance = goal["chance"].value
        case = "hard" if chance < low else "easy" if chance > high else "fair"
        sentences = [Text(f"forecast.say_{case}", {**values, **goal, "target": found.target})]
    else:
        sentences = [Text("forecast.say_no_target", {**values, "day": found.forecast.day})]
    sentences += [_say_parts(ctx, found), _say_backtest(ctx, found)]
    sentences += _say_cover(ctx, found)
    sentences.append(Text("forecast.say_limits"))
    return Prose(title=Text("empty"), sentences=tuple(sentences), **SLOTS["text"].at)


def _say_parts(ctx: Context, found: Outlook) -> Text:
    middle = _middle(ctx, found)
    if found.forecast.pipeline is None:
        return Text("forecast.say_history", {"n": str(len(found.forecast.past))})
    key = "forecast.say_parts_running" if _running(found) else "forecast.say_parts"
    return Text(key, {part: middle[part] for part in _shown(found)})


def _middle(ctx: Context, found: Outlook) -> dict[str, Figure]:
    return {
        part: ctx.figure("forecast_part", value, found.span, dimension="part", member=part)
        for part, value in found.forecast.middle.items()
    }


def _say_backtest(ctx: Context, found: Outlook) -> Text:
    record = found.record
    if not record.compared:
        return Text("forecast.say_untested")
    values = _of(record_figures(ctx, found), "mape", "bias", "naive_mape") | {"n": str(len(record.compared))}
    better = record.error < record.naive_error
    case = "better" if better else "worse"
    case += "_few" if better and len(record.compared) < ctx.settings.minimum_n.mean else ""
    return Text(f"forecast.say_{case}", values)


def _say_cover(ctx: Context, found: Outlook) -> list[Text]:
    cover = cover_figures(ctx, found)
    if not cover:
        return []
    if cover["needed"].value is None:
        return [Text("forecast.say_covered", _of(cover, "open"))]
    case = "enough" if cover["open"].value >= cover["needed"].value else "short"
    return [Text(f"forecast.say_{case}", _of(cover, "gap", "conversion", "needed", "open"))]


def _of(figures: dict[str, Figure], *names: str) -> dict[str, Figure]:
    return {name: figures[name] for name in names}


def _chart(ctx: Context, found: Outlook) -> Chart:
    name = Text("forecast.total") if found.forecast.pipeline else PeriodName(found.span.code)
    rows = [(name, spread_figures(ctx, found.span, found.forecast.total))]
    rows += [
        (_part_name(found, part), spread_figures(ctx, found.span, found.forecast.parts[part], part))
        for part in _shown(found)
        if found.forecast.pipeline
    ]
    rows = [*_recent(ctx, found), *rows] if not found.forecast.pipeline else rows
    total = spread_figures(ctx, found.span, found.forecast.total)
    values = {**total, "period": PeriodName(found.span.code)}
    return Chart(
        title=Text("forecast.chart_title", values),
        form="dot",
        points=tuple(Point(name, one["p50"], low=one["p10"], high=one["p90"]) for name, one in rows),
        axes={"x": Text("metric.sales")},
        marks={"reference": found.target} if found.target.value is not None else {},
        summary=Text("forecast.chart_alt", values),
        notes=(Text("forecast.note_target" if found.target.value is not None else "forecast.note_interval"),),
        **SLOTS["chart"].at,
    )


def _recent(ctx: Context, found: Outlook) -> list[tuple]:
    """Where nothing can be split by part: the forecasts of the last past periods beside the new one."""
    return [
        (Text("forecast.then", {"period": PeriodName(one.period.code)}), tried_figures(ctx, one))
        for one in found.record.tried[-4:]
    ]


def _parts(ctx: Context, found: Outlook) -> Table:
    middle, rows = _middle(ctx, found), []
    for part in _shown(found):
        one = spread_figures(ctx, found.span, found.forecast.parts[part], part)
        rows.append((_part_name(found, part), middle[part], one["p10"], one["p50"], one["p90"],
                     Text(f"forecast.basis_{_basis(found, part)}", _basis_values(found, part))))  # fmt: skip
    total = spread_figures(ctx, found.span, found.forecast.total)
    return Table(
        title=Text("forecast.parts_title", {"period": PeriodName(found.span.code)}),
        header=(Text("forecast.part"), Text("metric.forecast_part"), "P10", "P50", "P90", Text("forecast.basis")),
        rows=tuple(rows),
        total=(Text("label.total"), total["p50"], total["p10"], total["p50"], total["p90"], None) if rows[1:] else None,
        notes=(Text("forecast.note_parts" if found.forecast.pipeline else "forecast.note_all"),),
        **SLOTS["parts"].at,
    )


def _basis(found: Outlook, part: str) -> str:
    if part == "pipeline":
        return "model" if found.modelled else "stages"
    return part if part != "other" or found.forecast.pipeline else "all"


def _basis_values(found: Outlook, part: str) -> dict[str, str]:
    if part == "booked":
        return {}
    n = len(found.forecast.pipeline.frame) if part == "pipeline" else len(found.forecast.past)
    return {"n": str(n)}


def _backtest(ctx: Context, found: Outlook) -> Exhibit:
    record = found.record
    if not record.tried:
        return SLOTS["backtest"].few(Text("forecast.say_untested"))
    rows = []
    for one in record.tried:
        then = tried_figures(ctx, one)
        actual = sales_figure(ctx, span_of(one.period))
        rows.append((PeriodName(one.period.code), actual, then["p10"], then["p50"], then["p90"], then["error"],
                     Text("forecast.inside" if one.held else "forecast.outside"), then["naive"],
                     then["naive_error"]))  # fmt: skip
    totals = record_figures(ctx, found)
    key = "forecast.backtest_title" if record.error is not None else "forecast.backtest_plain"
    return Table(
        title=Text(key, _of(totals, "mape", "naive_mape") if record.error is not None else {}),
        header=(Text("forecast.past_period"), Text("metric.sales"), "P10", "P50", "P90", Text("forecast.error"),
                Text("forecast.in_interval"), Text("metric.forecast_naive"), Text("forecast.naive_error")),
        rows=tuple(rows),
        notes=(
            *((Text("forecast.note_bias", _of(totals, "bias", "naive_bias")),) if record.error is not None else ()),
            Text("forecast.note_held", {"held": totals["held"], "all": str(len(record.tried))}),
            Text("forecast.note_backtest_model" if found.modelled else "forecast.note_backtest"),
        ),
        **SLOTS["backtest"].at,
    )  # fmt: skip


def _cover(ctx: Context, found: Outlook) -> Exhibit:
    cover, goal = cover_figures(ctx, found), goal_figures(ctx, found)
    if not goal:
        return SLOTS["cover"].absent(("targets.value",))
    rows = [
        (Text("forecast.row_target"), found.target, None),
        (Text("metric.forecast_stretch"), goal["stretch"], Text("forecast.means_stretch")),
        (Text("metric.forecast_attain"), goal["chance"], Text("forecast.means_attain")),
    ]
    names = ("gap", "conversion", "needed", "open", "times_needed", "times_now")
    rows += [(Text(f"metric.{cover[k].metric}"), cover[k], Text(f"forecast.means_{k}")) for k in names if cover]
    short = cover and cover["needed"].value is not None
    key = "forecast.cover_title" if short else "forecast.cover_chance"
    values = (_of(cover, "needed", "open") if short else _of(goal, "chance")) | {"target": found.target}
    return Table(
        title=Text(key, values),
        header=(Text("label.metric"), Text("forecast.value"), Text("forecast.means")),
        rows=tuple(rows),
        notes=(Text("forecast.note_cover"),) if cover else (Text("forecast.note_no_cover"),),
        **SLOTS["cover"].at,
    )
