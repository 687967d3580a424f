"""How fast new products and tools are taken up, what training adds, whether it is used (requirement T-16)."""

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from ....metrics.comparison import Interval, mean_difference
from ....metrics.durations import kaplan_meier_median
from ....metrics.survival import reached_curve, share_by, staircase
from ....periods import Window, add_months
from ....queries import learning as queries
from ....queries.launches import launched
from ....queries.productivity import reps
from ....record import Card, Cards, Chart, Exhibit, Figure, Heading, NotEnough, NotProvided, Point, Prose, Table, Text
from ...context import Context
from .common import absent, ends, mean, share, thin, year_to

IDS = {f"learning_{name}": ("T-16",) for name in ("cards", "curve", "products", "tools", "text")}
APPLY_DAYS = 90


@dataclass(frozen=True)
class Uptake:
    """Days from a start (launch, go-live, own hire if later) to a first event, by person, up to the review's end."""

    name: str
    days: tuple[float, ...]
    happened: tuple[bool, ...]

    @property
    def curve(self) -> list[tuple[float, float]]:
        return reached_curve(self.days, self.happened)

    @property
    def median(self) -> float | None:
        return kaplan_meier_median(self.days, self.happened)


def exhibits(ctx: Context) -> tuple[Exhibit, ...]:
    """Heading, cards, adoption curve, products, tools, paragraph."""
    missing = ctx.mart.missing("reps.rep_id")
    if missing:
        return absent(IDS, "learning", missing)
    products, tools = product_uptakes(ctx), tool_uptakes(ctx)
    gain, applied = training_gain(ctx), application_rate(ctx)
    return (
        Heading(id="learning_heading", title=Text("learning.heading")),
        _cards(ctx, products, gain, applied),
        _curve(ctx, products),
        _products(ctx, products),
        _tools(ctx, tools),
        _text(ctx, products, gain, applied),
    )


def product_uptakes(ctx: Context) -> list[Uptake]:
    """Days to the first sale of each product launched in the `new_product_months` up to the review's end."""
    end = ctx.current.window.end
    since = add_months(end, -ctx.settings.new_product_months) + timedelta(days=1)
    staff, found = reps(ctx.mart), []
    for product in launched(ctx.mart, Window(since, end)).itertuples():
        start = product.launched_on.date()
        first = queries.first_sales(ctx.mart, product.product_id, Window(start, end))
        found.append(_uptake(product.product, start, end, staff, first))
    return [uptake for uptake in found if uptake.days]


def tool_uptakes(ctx: Context) -> list[Uptake]:
    """Days to the first week of use of each tool that went live in the twelve months up to the review's end."""
    if ctx.mart.missing("tool_usage.week", "tools.go_live"):
        return []
    span, staff, found = year_to(ctx), reps(ctx.mart), []
    for tool in queries.tools_live(ctx.mart, span.window).itertuples():
        first = queries.first_use(ctx.mart, tool.tool_id, span.window.end)
        found.append(_uptake(tool.tool, tool.go_live.date(), span.window.end, staff, first))
    return [uptake for uptake in found if uptake.days]


def _uptake(name: str, start, end, staff: pd.DataFrame, first: pd.DataFrame) -> Uptake:
    begun = dict(zip(first["rep_id"], pd.to_datetime(first["first_day"]), strict=True))
    days, happened = [], []
    for row in staff.itertuples():
        hired, left = (None if pd.isna(day) else day.date() for day in (row.hire_date, row.leave_date))
        own_start, own_end = max(start, hired or start), min(end, left or end)
        if own_end < own_start:
            continue
        day = begun.get(row.rep_id)
        done = day is not None and day.date() <= own_end
        days.append(float(max(0, ((day.date() if done else own_end) - own_start).days)))
        happened.append(done)
    return Uptake(name, tuple(days), tuple(happened))


def training_gain(ctx: Context) -> tuple[Figure, Interval | None]:
    """Mean of score after less score before over the twelve months to the review's end, with interval."""
    span = year_to(ctx)
    frame = queries.attendances(ctx.mart, span.window)
    gains = (frame["post_score"] - frame["pre_score"]).dropna().astype(float)
    figure = mean(ctx, "training_gain", gains, span)
    if len(gains) < 2:
        return figure, None
    return figure, mean_difference(len(gains), float(gains.mean()), float(gains.std()), len(gains), 0.0, 0.0)


def application_rate(ctx: Context) -> Figure:
    """Attendances applied within 90 days over those of the twelve months whose 90 days are over by the review's end."""
    span = year_to(ctx)
    frame = queries.attendances(ctx.mart, span.window)
    ripe = frame[frame["date"] <= pd.Timestamp(span.window.end - timedelta(days=APPLY_DAYS))]
    used = (
        (ripe["applied_at"].dt.normalize() - ripe["date"]).dt.days <= APPLY_DAYS
        if len(ripe)
        else pd.Series([], dtype=bool)
    )
    return share(ctx, "training_applied", int(used.sum()), len(ripe), span)


def _lag(ctx: Context, uptake: Uptake, dimension: str) -> Figure:
    n = len(uptake.days)
    at = {"dimension": dimension, "member": uptake.name, "n": n, "flags": thin(ctx, n)}
    name = "adoption_lag" if dimension == "product" else "tool_lag"
    return ctx.figure(name, uptake.median, ctx.current, **at)


def _reached(ctx: Context, uptake: Uptake, dimension: str) -> Figure:
    name = "product_sellers" if dimension == "product" else "tool_starters"
    return share(ctx, name, sum(uptake.happened), len(uptake.days), dimension=dimension, member=uptake.name)


def _cards(ctx: Context, products: list[Uptake], gain, applied: Figure) -> Exhibit:
    fixed = {"id": "learning_cards", "requirements": ("T-16",)}
    cards = [Card(Text("learning.sellers", {"product": p.name}), _reached(ctx, p, "product")) for p in products[-2:]]
    cards += [Card(Text(f"metric.{f.metric}"), f) for f in (gain[0], applied) if f.value is not None]
    if not cards:
        missing = ctx.mart.missing("products.launch_date", "training_records.date")
        if missing:
            return NotProvided(title=Text("learning.heading"), missing=missing, **fixed)
        return NotEnough(title=Text("learning.heading"), reason=Text("learning.nothing"), **fixed)
    note = Text("learning.note_cards", {"months": str(ctx.settings.new_product_months)})
    return Cards(title=_cards_title(ctx, products, gain[0]), cards=tuple(cards), notes=(note,), **fixed)


def _cards_title(ctx: Context, products: list[Uptake], gain: Figure) -> Text:
    if products:
        best = max(products, key=lambda p: (sum(p.happened) / len(p.happened), p.name))
        return Text("learning.title_product", {"product": best.name, "share": _reached(ctx, best, "product")})
    return Text("learning.title_gain", {"gain": gain})


def _curve(ctx: Context, products: list[Uptake]) -> Exhibit:
    fixed = {"id": "learning_curve", "requirements": ("T-16",)}
    shown = [uptake for uptake in products if len(uptake.days) >= ctx.settings.minimum_n.mean and any(uptake.happened)]
    if not shown:
        missing = ctx.mart.missing("products.launch_date")
        if missing:
            return NotProvided(title=Text("learning.curve_title"), missing=missing, **fixed)
        return NotEnough(title=Text("learning.curve_title"), reason=Text("learning.curve_few"), **fixed)
    points = []
    for uptake in shown[-3:]:
        for place, (day, part) in enumerate(staircase(uptake.curve, max(uptake.days))):
            at = {"dimension": "product×step", "member": f"{uptake.name} | {place:03d}", "n": len(uptake.days)}
            x = ctx.figure("adoption_day", day, ctx.current, **at)
            points.append(Point("", x, ctx.figure("adopted_share", part, ctx.current, **at), group=uptake.name))
    best, worst = (choose(shown, key=lambda u: (share_by(u.curve, max(u.days)), u.name)) for choose in (max, min))
    values = {"product": best.name, "share": _final(ctx, best)}
    if best is not worst:
        values |= {"other": worst.name, "low": _final(ctx, worst)}
    return Chart(
        title=Text("learning.curve_apart" if best is not worst else "learning.curve_one", values),
        form="curve",
        points=tuple(points),
        axes={"x": Text("learning.axis_days"), "y": Text("learning.axis_share")},
        summary=Text("learning.curve_alt", {"product": best.name, "share": _final(ctx, best)}),
        notes=(Text("learning.note_curve"),),
        **fixed,
    )


def _final(ctx: Context, uptake: Uptake) -> Figure:
    at = {"dimension": "product", "member": uptake.name, "n": len(uptake.days), "flags": thin(ctx, len(uptake.days))}
    return ctx.figure("adopted_share", share_by(uptake.curve, max(uptake.days)), ctx.current, **at)


def _products(ctx: Context, products: list[Uptake]) -> Exhibit:
    fixed = {"id": "learning_products", "requirements": ("T-16",)}
    if not products:
        missing = ctx.mart.missing("products.launch_date")
        if missing:
            return NotProvided(title=Text("learning.products"), missing=missing, **fixed)
        return NotEnough(title=Text("learning.products"), reason=Text("learning.no_launch"), **fixed)
    return _table(ctx, products, "product", fixed)


def _table(ctx: Context, uptakes: list[Uptake], dimension: str, fixed: dict) -> Table:
    rows = []
    for uptake in uptakes[: ctx.settings.top_n]:
        at = {"dimension": dimension, "member": uptake.name}
        people = ctx.figure("adoption_people", len(uptake.days), ctx.current, n=len(uptake.days), **at)
        lag = _lag(ctx, uptake, dimension)
        rows.append(
            (
                uptake.name,
                people,
                _reached(ctx, uptake, dimension),
                lag if lag.value is not None else Text("learning.not_half"),
            )
        )
    names = (dimension, "people", "reached" if dimension == "product" else "started", "lag")
    key = "learning.products" if dimension == "product" else "learning.tools"
    return Table(
        title=Text(key), header=tuple(Text(f"learning.column_{name}") for name in names), rows=tuple(rows), **fixed
    )


def _tools(ctx: Context, tools: list[Uptake]) -> Exhibit:
    fixed = {"id": "learning_tools", "requirements": ("T-16",)}
    missing = ctx.mart.missing("tools.go_live", "tool_usage.week")
    if missing:
        return NotProvided(title=Text("learning.tools"), missing=missing, **fixed)
    if not tools:
        return NotEnough(title=Text("learning.tools"), reason=Text("learning.no_tool"), **fixed)
    return _table(ctx, tools, "tool", fixed)


def _text(ctx: Context, products: list[Uptake], gain, applied: Figure) -> Prose:
    sentences = []
    for uptake in products[-2:]:
        lag, reached = _lag(ctx, uptake, "product"), _reached(ctx, uptake, "product")
        values = {"product": uptake.name, "share": reached, "n": str(len(uptake.days))}
        known = {"lag": lag} if lag.value is not None else {}
        sentences.append(Text("learning.text_product" if known else "learning.text_product_open", values | known))
    figure, interval = gain
    if figure.value is not None and interval is not None and not figure.flags:
        low, high = ends(ctx, "training_gain", year_to(ctx), "training_gain", interval.low, interval.high)
        sentences.append(Text("learning.text_gain", {"gain": figure, "low": low, "high": high, "n": str(figure.n)}))
    if applied.value is not None:
        sentences.append(Text("learning.text_applied", {"applied": applied, "n": str(applied.n)}))
    if not sentences:
        sentences.append(Text("learning.text_nothing"))
    return Prose(id="learning_text", title=Text("empty"), requirements=("T-16",), sentences=tuple(sentences))
