"""The evidence of a classifier: verdict, measures beside baselines, calibration, drivers, columns (convention EV6).

Churn and win show the same five exhibits, with ids ``<task>_verdict``, ``_measures``, ``_calibration``, ``_drivers``
and ``_columns``, where task is ``evaluation.task``. The catalogue needs ``evidence.event_<task>`` (what the event is),
``evidence.unit_<task>`` (what a row is), ``feature.<name>`` and ``evidence.baseline_<name>`` of each rule.
"""

from datetime import date

from ....models.result import Driver, Estimate, Evaluation, Measures
from ....record import Cell, Chart, Exhibit, Figure, Point, Prose, Table, Text
from ...context import Context
from ..indicators.stages import stage_label
from ..process.slot import Slot

PARTS = ("verdict", "measures", "calibration", "drivers", "columns")
MEASURES = ("auc", "pr_auc", "brier_skill", "ece", "lift")
WITH_INTERVAL = ("auc", "brier_skill", "ece")
DRIVERS, LEAST = 10, 0.0005


def exhibits(ctx: Context, found: Evaluation, requirements: tuple[str, ...]) -> tuple[Exhibit, ...]:
    """The five exhibits in reading order; those that cannot be there say why."""
    slots = {part: Slot(f"{found.task}_{part}", Text(f"evidence.{part}"), requirements) for part in PARTS}
    shown = [_verdict(ctx, found, slots["verdict"])]
    if found.measures is None:
        reason = Text("evidence.too_few")
        return *shown, *(slots[part].few(reason) for part in PARTS[1:4]), _columns(ctx, found, slots["columns"])
    return (
        *shown,
        _measures(ctx, found, slots["measures"]),
        _calibration(ctx, found, slots["calibration"]),
        _drivers(ctx, found, slots["drivers"]),
        _columns(ctx, found, slots["columns"]),
    )


def absent(task: str, requirements: tuple[str, ...], missing: tuple[str, ...]) -> tuple[Exhibit, ...]:
    """The exhibits' places, and that of the earlier pack, where the data is not there."""
    slots = [Slot(f"{task}_{part}", Text(f"evidence.{part}"), requirements) for part in PARTS]
    slots.append(Slot(f"{task}_earlier", Text("churn_model.earlier"), requirements))
    return tuple(slot.absent(missing) for slot in slots)


def measure(ctx: Context, task: str, source: str, name: str, value: float | None, part: str = "value") -> Figure:
    """One measure of a model or baseline; ``part`` is value, low or high."""
    where = {"dimension": "model×source×part", "member": f"{task} | {source} | {part}"}
    return ctx.figure(f"model_{name}", value, ctx.current, **where)


def verdict_sentences(ctx: Context, found: Evaluation) -> tuple[Text, ...]:
    """Whether the model may be used, and what that rests on."""
    about = {
        "unit": Text(f"evidence.unit_{found.task}"),
        "event": Text(f"evidence.event_{found.task}"),
        "rows": _count(ctx, found, "rows", found.rows),
        "events": _count(ctx, found, "events", found.positives),
    }
    if found.verdict == "too_few":
        floors = {"positives": str(ctx.settings.models.fewest_positives),
                  "negatives": str(ctx.settings.models.fewest_negatives),
                  "days": str(ctx.settings.models.fewest_days)}  # fmt: skip
        return Text("evidence.say_too_few", about | floors), Text("evidence.say_no_driver")
    auc, skill = (
        estimate(ctx, found.task, "model", name, getattr(found.measures, name)) for name in ("auc", "brier_skill")
    )
    values = about | {"auc": auc[0], "skill": skill[0], "low": skill[1], "high": skill[2]}
    sentences = [Text(f"evidence.say_{found.verdict}", values)]
    if found.verdict == "no_signal":
        sentences.append(Text("evidence.say_no_driver"))
    protocol = found.protocol
    if protocol is not None and protocol.train_from:
        spans = {
            name: date.fromisoformat(getattr(protocol, name))
            for name in ("train_from", "train_to", "test_from", "test_to")
        }
        tested = _count(ctx, found, "tested", protocol.tested_rows)
        sentences.append(Text("evidence.say_window", spans | {"tested": tested}))
    best = max((one for one in found.baselines if one.measures.auc.value is not None),
               key=lambda one: one.measures.auc.value, default=None)  # fmt: skip
    if best is not None and best.name != "base_rate":
        told = {
            "name": Text(f"evidence.baseline_{best.name}"),
            "auc": measure(ctx, found.task, best.name, "auc", best.measures.auc.value),
            "gain": measure(ctx, found.task, best.name, "brier_skill", best.measures.brier_skill.value),
        }
        sentences.append(Text("evidence.say_baseline", told | {"own": auc[0], "skill": skill[0]}))
    return tuple(sentences)


def estimate(ctx: Context, task: str, source: str, name: str, found: Estimate) -> tuple[Figure, Figure, Figure]:
    """A measure with the ends of its interval."""
    parts = zip(("value", "low", "high"), (found.value, found.low, found.high), strict=True)
    value, low, high = (measure(ctx, task, source, name, number, part) for part, number in parts)
    return value, low, high


def _count(ctx: Context, found: Evaluation, part: str, n: int) -> Figure:
    return ctx.figure("model_rows", n, ctx.current, dimension="model×rows", member=f"{found.task} | {part}", n=n)


def _verdict(ctx: Context, found: Evaluation, slot: Slot) -> Prose:
    return Prose(title=Text(f"evidence.title_{found.verdict}"), sentences=verdict_sentences(ctx, found), **slot.at)


def _measures(ctx: Context, found: Evaluation, slot: Slot) -> Table:
    """The model above its baselines on the same unseen rows."""
    rows = [_measured(ctx, found.task, "model", Text(f"evidence.model_{found.chosen or 'best'}"), found.measures)]
    rows += [
        _measured(ctx, found.task, one.name, Text(f"evidence.baseline_{one.name}"), one.measures)
        for one in found.baselines
    ]
    header = [Text("evidence.source")]
    header += [Text(f"metric.model_{name}") for name in MEASURES]
    return Table(
        title=Text("evidence.measures_title"),
        header=tuple(header),
        rows=tuple(rows),
        notes=(Text("evidence.note_measures"),),
        **slot.at,
    )


def _measured(ctx: Context, task: str, source: str, name: Text, found: Measures) -> tuple[Cell, ...]:
    cells: list[Cell] = [name]
    for key in MEASURES:
        value, low, high = estimate(ctx, task, source, key, getattr(found, key))
        known = low.value is not None and high.value is not None and source != "base_rate"
        told = Text("evidence.estimate", {"value": value, "low": low, "high": high})
        cells.append(told if key in WITH_INTERVAL and known else value)
    return tuple(cells)


def _calibration(ctx: Context, found: Evaluation, slot: Slot) -> Exhibit:
    """Predicted against observed share in bins of like probability."""
    points = tuple(_bin(ctx, found.task, number, one) for number, one in enumerate(found.calibration, start=1))
    if len(points) < 3:
        return slot.few(Text("evidence.few_bins"))
    off = max(found.calibration, key=lambda one: abs(one.predicted - one.observed))
    worst = points[found.calibration.index(off)]
    inside = sum(one.low <= one.predicted <= one.high for one in found.calibration)
    return Chart(
        title=Text("evidence.calibration_title", {"inside": str(inside), "bins": str(len(points))}),
        form="curve",
        points=points,
        axes={"x": Text("evidence.predicted"), "y": Text("evidence.observed")},
        marks={"diagonal": True},
        summary=Text("evidence.calibration_alt", {"predicted": worst.x, "observed": worst.y}),
        notes=(Text("evidence.note_calibration"),),
        **slot.at,
    )


def _bin(ctx: Context, task: str, number: int, one) -> Point:
    def figure(part: str, value: float) -> Figure:
        where = {"dimension": "model×bin×part", "member": f"{task} | {number} | {part}", "n": one.rows}
        return ctx.figure("model_bin", value, ctx.current, **where)

    y, low, high = figure("observed", one.observed), figure("low", one.low), figure("high", one.high)
    return Point(Text("evidence.bin", {"n": str(number)}), figure("predicted", one.predicted), y, low=low, high=high)


def _drivers(ctx: Context, found: Evaluation, slot: Slot) -> Exhibit:
    """What the model leans on, by the skill it loses when a feature is shuffled; an association, never a cause."""
    if found.verdict != "signal":
        return slot.few(Text("evidence.say_no_driver"))
    drivers = [one for one in found.drivers if (one.importance.low or 0) > LEAST][:DRIVERS]
    if not drivers:
        return slot.few(Text("evidence.no_single_driver"))
    points = tuple(_driver(ctx, found.task, one) for one in drivers)
    return Chart(
        title=Text("evidence.drivers_title", {"first": Text(f"feature.{drivers[0].feature}")}),
        form="dot",
        points=points,
        axes={"x": Text("metric.model_importance")},
        summary=Text("evidence.drivers_alt", {"first": points[0].label, "importance": points[0].x}),
        notes=(Text("evidence.note_drivers"),),
        **slot.at,
    )


def _driver(ctx: Context, task: str, one: Driver) -> Point:
    def figure(part: str, value: float | None) -> Figure:
        where = {"dimension": "model×feature×part", "member": f"{task} | {one.feature} | {part}"}
        return ctx.figure("model_importance", value, ctx.current, **where)

    name = Text(f"feature.{one.feature}")
    if one.category:
        category = stage_label(one.category) if one.feature == "stage" else one.category
        label = Text("evidence.driver_category", {"feature": name, "category": category})
    else:
        label = Text(f"evidence.driver_{one.direction}", {"feature": name})
    at = one.importance
    return Point(label, figure("value", at.value), low=figure("low", at.low), high=figure("high", at.high))


def _columns(ctx: Context, found: Evaluation, slot: Slot) -> Exhibit:
    """Columns that were kept out or vouched for, and why."""
    rows = [
        (
            Text(f"feature.{one.column}"),
            Text(f"evidence.leak_{one.reason}"),
            Text(f"evidence.fate_{'kept' if one.kept else 'out'}"),
        )
        for one in found.leaks
        if one.reason != "duplicated_rows"
    ]
    rows += [(Text(f"feature.{one.column}"), Text(f"evidence.excluded_{one.reason}"), Text("evidence.fate_out"))
             for one in found.excluded]  # fmt: skip
    sentences = (Text("evidence.columns_none"),)
    if not rows:
        return Prose(title=Text("evidence.columns"), sentences=sentences, **slot.at)
    return Table(
        title=Text("evidence.columns_title", {"n": str(len(rows))}),
        header=(Text("evidence.column"), Text("evidence.why"), Text("evidence.fate")),
        rows=tuple(rows[: ctx.settings.top_n]),
        notes=(Text("evidence.note_columns"),),
        **slot.at,
    )
