"""How long newcomers take to reach their stride, with and without a mentor, and what the best pass on (T-22, S4-04)."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from ....metrics.ability import ramp_time
from ....metrics.durations import kaplan_meier_median
from ....metrics.survival import reached_curve, share_by, staircase
from ....periods import Window, add_months
from ....queries import learning as queries
from ....queries.productivity import reps
from ....record import (
    Card,
    Cards,
    Chart,
    Exhibit,
    Figure,
    Heading,
    Point,
    Prose,
    Table,
    Text,
)
from ...context import Context
from ..sales.headline import target_book
from .common import absent, lacking, thin, year_to
from .passing_on import passing

IDS = {"ramp_cards": ("T-22", "S4-04")} | {
    f"ramp_{name}": ("T-22",) for name in ("curve", "cohorts", "passing", "text")
}
FIELDS = ("reps.hire_date", "orders.rep_id")
MARK = 6


@dataclass(frozen=True)
class Ramp:
    """Months of one newcomer to the first trailing-three-month attainment of 80 %, or so far."""

    hired: date
    months: int
    reached: bool
    mentored: bool
    shortfall: float | None
    """Target less credited sales in the review period; None without a target, or hired before the last 12 months."""


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, ramp curve, cohorts, what the best pass on, paragraph."""
    missing = ctx.mart.missing(*FIELDS)
    if missing:
        return absent(IDS, "ramp", missing)
    found = newcomers(ctx)
    if len(found) < ctx.settings.minimum_n.rep:
        reason = Text("ramp.none") if not found else Text("ramp.few", {"n": str(len(found))})
        heading, *boxes = lacking(IDS, "ramp", reason)
        return heading, *(passing(ctx) if box.id == "ramp_passing" else box for box in boxes)
    figures = ramp_figures(ctx, found)
    figures["settled"] = settled_figure(ctx)
    return (
        Heading(id="ramp_heading", title=Text("ramp.heading")),
        _cards(figures),
        _curve(ctx, found),
        _cohorts(ctx, found),
        passing(ctx),
        _text(ctx, found, figures),
    )


def newcomers(ctx: Context, *, settled: bool = False) -> list[Ramp]:
    """Quota carriers hired since the data began whose ramp can be judged, in order of hire.

    Months up to the last whole month of the review window, or the one before the last of the person. The yardstick is
    the personal monthly target; where a person has none, or with ``settled``, the median that settled sellers sold in
    the month.
    """
    end = ctx.current.window.end
    last = end.replace(day=1) if (end + timedelta(days=1)).day == 1 else add_months(end.replace(day=1), -1)
    start = ctx.mart.meta.first_day.replace(day=1)
    window = Window(start, end)
    credit = queries.monthly_credit(ctx.mart, window)
    sold: dict[str, dict[date, float]] = {}
    for row in credit.itertuples():
        sold.setdefault(row.rep_id, {})[row.month.date()] = float(row.sales)
    staff, book = reps(ctx.mart), target_book(ctx, "sales", "rep")
    mentored = set() if ctx.mart.missing("mentorships.mentee_id") else queries.mentees(ctx.mart)
    medians = _medians(staff, sold, start, last)
    recent, found = year_to(ctx).window.start, []
    for row in staff.sort_values(["hire_date", "rep_id"]).itertuples():
        if pd.isna(row.hire_date) or row.hire_date.date() <= ctx.mart.meta.first_day or row.hire_date.date() > end:
            continue
        hired = row.hire_date.date()
        gone = last if pd.isna(row.leave_date) else min(last, add_months(row.leave_date.date().replace(day=1), -1))
        months = _months(hired, gone)
        goals = {month: medians.get(month) if settled else _goal(book, row.rep_id, month, medians) for month in months}
        result = ramp_time(hired, gone, sold.get(row.rep_id, {}), goals) if months else None
        if result is not None or months:
            steps, reached = result or (max(0, len(months) - 1), False)
            short = _shortfall(ctx, book, row.rep_id, sold.get(row.rep_id, {})) if hired >= recent else None
            found.append(Ramp(hired, steps, reached, row.rep_id in mentored, short))
    return found


def _months(hired: date, last: date) -> list[date]:
    start = hired.replace(day=1)
    count = (last.year - start.year) * 12 + last.month - start.month + 1
    return [add_months(start, step) for step in range(count)]


def _medians(staff: pd.DataFrame, sold: dict, start: date, last: date) -> dict[date, float]:
    """Median credited sales a month of those who were in post all the time since the data began."""
    settled = staff[~(staff["hire_date"] > pd.Timestamp(start)) & staff["leave_date"].isna()]["rep_id"]
    months = _months(start, last)
    return (
        {m: float(pd.Series([sold.get(rep, {}).get(m, 0.0) for rep in settled]).median()) for m in months}
        if len(settled)
        else {}
    )


def _goal(book, rep_id: str, month: date, medians: dict[date, float]) -> float | None:
    if rep_id not in book.original:
        return medians.get(month)
    found = book.resolve(Window(month, add_months(month, 1) - timedelta(days=1)), rep_id)
    return found.value if found else None


def _shortfall(ctx: Context, book, rep_id: str, sold: dict[date, float]) -> float | None:
    goal = book.resolve(ctx.current.window, rep_id)
    if goal is None:
        return None
    start = ctx.current.window.start.replace(day=1)
    return max(0.0, goal.value - sum(amount for month, amount in sold.items() if month >= start))


def ramp_figures(ctx: Context, found: list[Ramp], **identity) -> dict[str, Figure]:
    """Median months (Kaplan-Meier), newcomers, those ramped, share ramped by month six."""
    times, done = [r.months for r in found], [r.reached for r in found]
    at = {"n": len(found), "flags": thin(ctx, len(found))} | identity
    by_six = share_by(reached_curve(times, done), MARK) if max(times, default=0) >= MARK else None
    return {
        "median": ctx.figure("ramp_months", kaplan_meier_median(times, done), ctx.current, **at),
        "people": ctx.figure("newcomers", len(found), ctx.current, **at),
        "ramped": ctx.figure("newcomers_ramped", sum(done), ctx.current, **at),
        "by_six": ctx.figure("ramped_by_six", by_six, ctx.current, **at),
    }


def settled_figure(ctx: Context) -> Figure:
    """Median months to 80 % of what settled sellers sell, a yardstick that is not lowered for newcomers."""
    return ramp_figures(ctx, newcomers(ctx, settled=True), dimension="yardstick", member="settled")["median"]


def _cards(figures: dict[str, Figure]) -> Cards:
    median = figures["median"]
    title = Text("ramp.title", {"median": median}) if median.value is not None else Text("ramp.title_open")
    return Cards(
        id="ramp_cards",
        title=title,
        requirements=IDS["ramp_cards"],
        cards=tuple(
            Card(Text("ramp.settled" if name == "settled" else f"metric.{f.metric}"), f)
            for name, f in figures.items()
            if f.value is not None
        ),
        notes=(Text("ramp.note_rule"),),
    )


def cohorts(found: list[Ramp]) -> dict[str, list[Ramp]]:
    """Newcomers by calendar year of hire."""
    grouped: dict[str, list[Ramp]] = {}
    for ramp in found:
        grouped.setdefault(str(ramp.hired.year), []).append(ramp)
    return grouped


def _curve(ctx: Context, found: list[Ramp]) -> Chart:
    fewest = ctx.settings.minimum_n.mean
    groups = {"target": (Text("ramp.by_target"), found)}
    groups["settled"] = (Text("ramp.by_settled"), newcomers(ctx, settled=True))
    years = {y: part for y, part in cohorts(found).items() if len(part) >= fewest}
    groups |= {y: (Text("ramp.hired", {"year": y}), part) for y, part in years.items() if len(years) > 1}
    points = []
    for name, (label, part) in groups.items():
        curve = reached_curve([r.months for r in part], [r.reached for r in part])
        for place, (month, value) in enumerate(staircase(curve, float(max(r.months for r in part)))):
            at = {"dimension": "hired×step", "member": f"{name} | {place:02d}", "n": len(part)}
            x = ctx.figure("ramp_month", month, ctx.current, **at)
            y = ctx.figure("ramped_share", value, ctx.current, **at)
            points.append(Point("", x, y, group=label))
    figures = ramp_figures(ctx, found)
    known = figures["by_six"].value is not None
    return Chart(
        id="ramp_curve",
        title=Text("ramp.curve_six", {"share": figures["by_six"]}) if known else Text("ramp.curve"),
        requirements=("T-22",),
        form="curve",
        points=tuple(points),
        axes={"x": Text("ramp.axis_months"), "y": Text("ramp.axis_share")},
        summary=Text("ramp.curve_alt", {"n": figures["people"], "ramped": figures["ramped"]}),
        notes=(Text("ramp.note_curve"),),
    )


def _cohorts(ctx: Context, found: list[Ramp]) -> Table:
    """Cohorts by year of hire, then those with and without a mentor where both are there."""
    groups = [(Text("ramp.hired", {"year": y}), y, part) for y, part in cohorts(found).items()]
    if not ctx.mart.missing("mentorships.mentee_id"):
        for key, wanted in (("mentored", True), ("alone", False)):
            part = [r for r in found if r.mentored == wanted]
            if part:
                groups.append((Text(f"ramp.{key}"), key, part))
    rows = []
    for label, name, part in groups:
        figures = ramp_figures(ctx, part, dimension="newcomers", member=name)
        median = figures["median"] if figures["median"].value is not None else Text("ramp.not_half")
        rows.append((label, figures["people"], figures["ramped"], median))
    return Table(
        id="ramp_cohorts",
        title=Text("ramp.cohorts"),
        requirements=("T-22",),
        header=tuple(Text(f"ramp.column_{name}") for name in ("group", "people", "ramped", "median")),
        rows=tuple(rows),
        notes=(Text("ramp.note_small"),),
    )


def _text(ctx: Context, found: list[Ramp], figures: dict[str, Figure]) -> Prose:
    values = {"people": figures["people"], "ramped": figures["ramped"]}
    case = "known" if figures["median"].value is not None else "open"
    sentences = [Text(f"ramp.text_{case}", values | ({"median": figures["median"]} if case == "known" else {}))]
    if figures["settled"].value is not None:
        sentences.append(Text("ramp.text_settled", {"months": figures["settled"]}))
    else:
        sentences.append(Text("ramp.text_settled_open"))
    if ctx.mart.missing("mentorships.mentee_id"):
        sentences.append(Text("ramp.text_no_mentors"))
    else:
        alone = sum(not r.mentored for r in found)
        fewest = ctx.settings.minimum_n.mean
        if alone == 0:
            sentences.append(Text("ramp.text_all_mentored"))
        elif min(alone, len(found) - alone) < fewest:
            sentences.append(Text("ramp.text_mentors_few", {"alone": str(alone), "fewest": str(fewest)}))
        else:
            sentences.append(Text("ramp.text_mentors"))
    short = shortfall_figure(ctx, found)
    if short.value:
        sentences.append(Text("ramp.text_shortfall", {"shortfall": short, "n": str(short.n)}))
    if "small_n" in figures["median"].flags:
        sentences.append(Text("ramp.text_small"))
    return Prose(id="ramp_text", title=Text("empty"), requirements=("T-22",), sentences=tuple(sentences))


def shortfall_figure(ctx: Context, found: list[Ramp]) -> Figure:
    """What those hired in the last twelve months and not yet ramped sold less than their targets in the period."""
    amounts = [r.shortfall for r in found if r.shortfall is not None and not r.reached]
    return ctx.figure("ramp_shortfall", sum(amounts) if amounts else None, ctx.current, n=len(amounts))
