"""Whether trained sellers improved more than untrained ones (requirement D-51, evidence class EV3)."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from ....metrics.training import Effect, difference_in_differences
from ....periods import Window, add_months
from ....queries.learning import attendances, created_deals
from ....queries.productivity import reps
from ....record import Chart, Exhibit, Figure, Heading, NotEnough, Prose, Series, Table, Text
from ...context import Context, Span
from ..finding import few
from .common import absent, lacking

IDS = {f"training_effect_{name}": ("D-51",) for name in ("slope", "courses", "text")}
FIELDS = ("training_records.date", "training_records.rep_id", "opportunities.created_at", "opportunities.outcome")
DAYS = 90


@dataclass(frozen=True)
class Course:
    """One session of a course with the effect that goes with it; ``amount`` is the mean amount of the deals that the
    trained won afterwards (None without amounts)."""

    name: str
    day: date
    effect: Effect
    amount: float | None

    @property
    def stands_out(self) -> bool:
        """Whether the 95 % interval leaves out zero."""
        return self.effect.low > 0 or self.effect.high < 0


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, slope chart of the leading course, courses compared, paragraph."""
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return absent(IDS, "training_effect", missing)
    found = courses(ctx)
    if not found:
        return lacking(IDS, "training_effect", Text("training_effect.none"))
    first, span = found[0], effect_span(found[0])
    return (
        Heading(id="training_effect_heading", title=Text("training_effect.heading")),
        _slope(ctx, first, span),
        _courses(ctx, found),
        _text(ctx, found, first, span),
    )


def courses(ctx: Context) -> tuple[Course, ...]:
    """Sessions whose 90 days after ended in the review period's last twelve months, largest clear effect first.

    Only quota carriers in post on the day count, and only sessions with enough trained and untrained sellers and
    enough decided deals of both kinds before and after.
    """
    end = ctx.current.window.end
    window = Window(add_months(end, -12), end - timedelta(days=DAYS))
    staff, sessions = reps(ctx.mart), attendances(ctx.mart, window)
    drawn = []
    for (_, name, day), part in sessions.groupby(["course_id", "course", "date"], sort=True):
        if day.date() - timedelta(days=DAYS) < ctx.mart.meta.first_day:
            continue
        records = _records(ctx, staff, set(part["rep_id"]), day)
        if _enough(ctx, records):
            drawn.append((str(name), day.date(), records))
    found = []
    for name, day, records in drawn:
        effect = difference_in_differences(records, len(drawn))
        if effect is not None:
            won = records[records["trained"] & records["after"] & records["won"]]["amount"].dropna()
            found.append(Course(name, day, effect, float(won.mean()) if len(won) else None))
    return tuple(sorted(found, key=lambda c: (not c.stands_out, -c.effect.value, c.day, c.name)))


def _records(ctx: Context, staff: pd.DataFrame, attended: set[str], day: pd.Timestamp) -> pd.DataFrame:
    """Decided deals created in the 90 days before and after ``day`` by sellers in post on it; not those of the day."""
    here = staff[~(staff["hire_date"] > day) & ~(staff["leave_date"] < day)]["rep_id"]
    window = Window(day.date() - timedelta(days=DAYS), day.date() + timedelta(days=DAYS))
    deals = created_deals(ctx.mart, window)
    deals = deals[(deals["created"] != day) & deals["rep_id"].isin(here)]
    return deals.assign(
        trained=deals["rep_id"].isin(attended), after=deals["created"] > day, won=deals["won"].astype(bool)
    )


def _enough(ctx: Context, records: pd.DataFrame) -> bool:
    cells = records.groupby(["trained", "after"]).size()
    people = records.groupby("trained")["rep_id"].nunique()
    minimum = ctx.settings.minimum_n
    return len(cells) == 4 and cells.min() >= minimum.rate and people.min() >= minimum.mean


def effect_span(course: Course) -> Span:
    """The days from 90 before the session to 90 after it."""
    window = Window(course.day - timedelta(days=DAYS), course.day + timedelta(days=DAYS))
    return Span(f"{window.start}:{window.end}", window)


def effect_figures(ctx: Context, course: Course) -> tuple[Figure, Figure, Figure]:
    """The effect and the ends of its 95 % interval."""
    effect, span = course.effect, effect_span(course)
    n = sum(n for _, n in effect.cells)
    values = (("value", effect.value), ("low", effect.low), ("high", effect.high))
    return tuple(
        ctx.figure("training_effect", value, span, dimension="course", member=f"{course.name} | {end}", n=n)
        for end, value in values
    )


def _rates(ctx: Context, course: Course, span: Span) -> tuple[Figure, ...]:
    """Win rates of trained before and after, untrained before and after."""
    names = ("trained | before", "trained | after", "untrained | before", "untrained | after")
    return tuple(
        ctx.figure(
            "training_win_rate", hits / n, span, dimension="course×group", member=f"{course.name} | {name}",
            numerator=hits, denominator=n, n=n, flags=few(ctx, n),
        )
        for name, (hits, n) in zip(names, course.effect.cells, strict=True)
    )  # fmt: skip


def _slope(ctx: Context, course: Course, span: Span) -> Chart:
    rates, (value, low, high) = _rates(ctx, course, span), effect_figures(ctx, course)
    case = "alike" if not course.stands_out else "higher" if course.effect.value > 0 else "lower"
    values = {"course": course.name, "effect": value}
    return Chart(
        id="training_effect_slope",
        title=Text(f"training_effect.slope_{case}", values),
        requirements=("D-51",),
        form="slope",
        categories=(Text("training_effect.before"), Text("training_effect.after")),
        series=(
            Series(Text("training_effect.trained", {"n": str(course.effect.reps[0])}), rates[:2]),
            Series(Text("training_effect.untrained", {"n": str(course.effect.reps[1])}), rates[2:], "prior"),
        ),
        axes={"y": Text("metric.training_win_rate")},
        summary=Text("training_effect.slope_alt", values | {"low": low, "high": high, "a": rates[0], "b": rates[1],
                                                            "c": rates[2], "d": rates[3]}),
        notes=(Text("training_effect.note"),),
    )  # fmt: skip


def _courses(ctx: Context, found: tuple[Course, ...]) -> Exhibit:
    fixed = {"id": "training_effect_courses", "requirements": ("D-51",)}
    if len(found) < 2:
        return NotEnough(title=Text("training_effect.courses"), reason=Text("training_effect.one_course"), **fixed)
    rows = []
    for course in found[: ctx.settings.top_n]:
        span = effect_span(course)
        rates, (value, low, high) = _rates(ctx, course, span), effect_figures(ctx, course)
        rows.append((course.name, course.day, *rates, value, low, high))
    names = (
        "course",
        "day",
        "trained_before",
        "trained_after",
        "untrained_before",
        "untrained_after",
        "effect",
        "low",
        "high",
    )
    return Table(
        title=Text("training_effect.courses"),
        header=tuple(Text(f"training_effect.column_{name}") for name in names),
        rows=tuple(rows),
        notes=(Text("training_effect.note_order"),),
        **fixed,
    )


def _text(ctx: Context, found: tuple[Course, ...], course: Course, span: Span) -> Prose:
    rates, (value, low, high) = _rates(ctx, course, span), effect_figures(ctx, course)
    named = {"course": course.name, "day": course.day}
    sentences = [
        Text("training_effect.text_rates", named | {"a": rates[0], "b": rates[1], "c": rates[2], "d": rates[3]})
    ]
    case = "within" if not course.stands_out else "beyond"
    sentences.append(Text(f"training_effect.text_{case}", {"effect": value, "low": low, "high": high}))
    if len(found) > 1:
        counts = {"n": str(len(found)), "out": str(sum(one.stands_out for one in found))}
        kind = "none" if not course.stands_out else "clear" if course.effect.is_clear else "unclear"
        sentences.append(Text(f"training_effect.text_many_{kind}", counts if kind != "none" else {"n": counts["n"]}))
    sentences.append(Text("training_effect.text_caveat"))
    return Prose(id="training_effect_text", title=Text("empty"), requirements=("D-51",), sentences=tuple(sentences))
