"""What goes with late payment along the sales process (requirement P-19)."""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from ....metrics.comparison import Interval
from ....metrics.durations import differ
from ....metrics.medians import median_difference
from ....periods import Window
from ....queries.collection import payment_delays
from ....record import Exhibit, Figure, Heading, Prose, Table, Text
from ...context import Context
from .common import absent, at, clear, middle, too_few

NEEDS = ("payments.paid_at", "payments.invoice_id", "invoices.due_date")
BOXES = {"late_table": ("P-19",), "late_text": ("P-19",)}
MATURE_DAYS, SPAN_DAYS = 60, 365


@dataclass(frozen=True)
class Driver:
    """Invoices with and without one trait: days late of each, and the difference of medians where there are enough."""

    name: str
    having: pd.Series
    lacking: pd.Series
    gap: Interval | None


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, differences with intervals, paragraph."""
    heading = Heading(id="late_heading", title=Text("late.heading"))
    missing = ctx.mart.missing(*NEEDS)
    if missing:
        return heading, *absent(BOXES, "late.drivers", missing)
    bills = _bills(ctx)
    if len(bills) < ctx.settings.minimum_n.rate:
        return heading, *too_few(BOXES, "late.drivers", "late.few")
    found = drivers(ctx, bills)
    known = [driver for driver in found if driver.gap is not None]
    if not known:
        return heading, *too_few(BOXES, "late.drivers", "late.few")
    return heading, _table(ctx, found), _text(ctx, known, bills)


def _bills(ctx: Context) -> pd.DataFrame:
    """Invoices due in the year that ended sixty days before the cut-off, so that each was seen for that long."""
    seen = ctx.current.window.end
    last = seen - timedelta(days=MATURE_DAYS)
    return payment_delays(ctx.mart, Window(last - timedelta(days=SPAN_DAYS - 1), last), seen)


def drivers(ctx: Context, bills: pd.DataFrame) -> list[Driver]:
    """Each trait that the data knows, clearest first; groups below the minimum for rates have no difference."""
    traits = {
        "disputed": bills["disputed"],
        "special_terms": bills["special_terms"],
        "long_terms": (bills["terms"] > bills["terms"].median()).where(bills["terms"].notna()),
        "weak_credit": bills["weak_credit"],
        "delivered_late": bills["delivered_late"],
        "deep_discount": (bills["discount"] > bills["discount"].quantile(0.75)).where(bills["discount"].notna()),
    }
    rated = bills["weak_credit"].notna()
    if not rated.all() and rated.any():
        traits["unrated"] = ~rated
    found = [_driver(ctx, name, bills["days"], flag.astype("boolean")) for name, flag in traits.items()]
    return sorted((d for d in found if len(d.having) or len(d.lacking)), key=_strength)


def _driver(ctx: Context, name: str, days: pd.Series, flag: pd.Series) -> Driver:
    having, lacking = days[flag.fillna(False)], days[(~flag).fillna(False)]
    enough = min(len(having), len(lacking)) >= ctx.settings.minimum_n.rate
    return Driver(name, having, lacking, median_difference(having, lacking) if enough else None)


def _strength(driver: Driver) -> tuple:
    return driver.gap is None, not clear(driver.gap), -abs(driver.gap.value) if driver.gap else 0, driver.name


def _figures(ctx: Context, driver: Driver) -> tuple[Figure, Figure, Figure]:
    values = (driver.gap.value, driver.gap.low, driver.gap.high)
    n, identity = len(driver.having) + len(driver.lacking), at("late_driver", driver.name)
    names = ("days_late_gap", "days_late_low", "days_late_high")
    return tuple(ctx.figure(name, v, ctx.current, n=n, **identity) for name, v in zip(names, values, strict=True))


def _table(ctx: Context, found: list[Driver]) -> Table:
    rows = []
    for driver in found:
        sides = {"with": driver.having, "without": driver.lacking}
        identity = {side: at("late_driver×group", f"{driver.name} | {side}") for side in sides}
        size = ctx.figure("invoices_compared", len(driver.having), ctx.current, **identity["with"])
        medians = (middle(ctx, "days_late", days, **identity[side]) for side, days in sides.items())
        ends = (Text("late.not_compared"), None)
        if driver.gap:
            gap, low, high = _figures(ctx, driver)
            ends = gap, Text("late.range", {"low": low, "high": high})
        rows.append((Text(f"late.{driver.name}"), size, *medians, *ends))
    labels = ("driver", "with_n", "with", "without", "gap", "interval")
    first = found[0]
    title = Text("late.title_none")
    if clear(first.gap):
        title = Text("late.title_most", {"driver": rows[0][0], "gap": rows[0][4]})
    return Table(
        id="late_table",
        title=title,
        requirements=BOXES["late_table"],
        header=tuple(Text(f"late.{label}") for label in labels),
        rows=tuple(rows),
        notes=(Text("late.note"),),
    )


def _text(ctx: Context, known: list[Driver], bills: pd.DataFrame) -> Prose:
    typical = middle(ctx, "days_late", bills["days"])
    size = ctx.figure("invoices_compared", len(bills), ctx.current)
    sentences = [Text("late.say_typical", {"n": size, "days": typical})]
    told = [driver for driver in known if clear(driver.gap)]
    if told:
        named = tuple(
            Text("late.say_driver", {"driver": Text(f"late.{d.name}"), "gap": _figures(ctx, d)[0]}) for d in told
        )
        sentences.append(Text("late.say_clear", {"drivers": named}))
    else:
        sentences.append(Text("late.say_none"))
    reps = [part["days"] for _, part in bills.groupby("rep_id") if len(part) >= ctx.settings.minimum_n.mean]
    if len(reps) > 1:
        medians = pd.Series([float(part.median()) for part in reps])
        ends = {
            name: ctx.figure("days_late", value, ctx.current, **at("rep_range", name))
            for name, value in (("low", float(medians.min())), ("high", float(medians.max())))
        }
        verdict = Text("late.reps_differ" if differ(*reps) else "late.reps_alike")
        number = ctx.figure("rep_count", len(reps), ctx.current, **at("group", "late_payment"))
        sentences.append(Text("late.say_reps", {"reps": number, "verdict": verdict} | ends))
    return Prose(id="late_text", title=Text("empty"), requirements=BOXES["late_text"], sentences=tuple(sentences))
