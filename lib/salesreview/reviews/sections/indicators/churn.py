"""Cohorts, lost accounts, reasons for loss and what was known before (requirements D-34 … D-37)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pandas as pd

from ....metrics.comparison import Interval, mean_difference, rate_difference
from ....metrics.retention import Cohort, cohorts, pooled_rate
from ....periods import Period, Window, containing
from ....queries import retention as queries
from ....record import Chart, Exhibit, Figure, NotEnough, NotProvided, PeriodName, Series, Table, Text
from ...context import Context
from ..finding import few

MakeFigure = Callable[..., Figure]
COHORTS = 8
SIGNALS = {
    "complaint": ("signal_complaint", ("tickets.is_complaint",)),
    "score": ("signal_score", ("surveys.score", "tickets.csat")),
    "touches": ("signal_touches", ("activities.account_id",)),
    "repriced": ("signal_repriced", ("price_changes.new_price",)),
}


def exhibits(ctx: Context, lost: pd.DataFrame, figure: MakeFigure) -> tuple[Exhibit, ...]:
    """Top lost accounts, reasons, signals. ``lost`` as `retention.Base.lost`; ``figure`` makes the span's figures."""
    return _lost(ctx, lost, figure), _reasons(ctx, lost, figure), _signals(ctx, figure)


def cohort_exhibit(ctx: Context) -> Exhibit:
    """The triangle of ordering accounts by quarter of the first order; only cohorts known to be new are shown.

    An account whose first order lies within the first year of the data may be an old customer, so these cohorts
    stand aside unless the data is too short to have others.
    """
    fixed = {"id": "retention_cohorts", "requirements": ("D-34", "D-35")}
    quarters, triangle = _triangle(ctx)
    seen = pooled_rate(triangle, 1)
    if len(triangle) < 2 or seen is None or seen[1] < ctx.settings.minimum_n.rate:
        reason = Text("retention.cohorts_few")
        return NotEnough(title=Text("retention.cohorts_title"), reason=reason, **fixed)
    ages = max(len(cohort.active) for cohort in triangle)
    rates = {age: _pooled(ctx, triangle, age) for age in (1, 4) if age < ages and pooled_rate(triangle, age)}
    values = {"first": rates[1]}
    if 4 in rates and rates[4].n >= ctx.settings.minimum_n.rate:
        title = Text("retention.cohorts_year", values | {"year": rates[4]})
    else:
        title = Text("retention.cohorts_first", values)
    return Chart(
        title=title,
        form="cohort",
        categories=tuple(Text("retention.age", {"age": str(age)}) for age in range(ages)),
        series=tuple(_cohort_row(ctx, cohort, ages) for cohort in triangle),
        axes={"x": Text("retention.axis_age"), "y": Text("retention.axis_cohort")},
        summary=Text("retention.cohorts_alt", values | {"newest": PeriodName(quarters[-1].code)}),
        notes=(Text("retention.note_cohorts"),),
        **fixed,
    )


def _triangle(ctx: Context) -> tuple[list[Period], tuple[Cohort, ...]]:
    fiscal, first, end = ctx.period.fiscal_start, ctx.mart.meta.first_day, ctx.current.window.end
    quarter = containing("Q", end, fiscal)
    quarters = []
    while quarter.start >= first.replace(day=1) and len(quarters) < COHORTS + 4:
        if quarter.end <= end:
            quarters.insert(0, quarter)
        quarter = quarter.previous()
    known = [q for q in quarters if q.start >= first + timedelta(days=ctx.settings.activity_window_days)]
    chosen = (known if len(known) >= 3 else quarters)[-COHORTS:]
    if not chosen:
        return [], ()
    counts = queries.first_order_cohorts(ctx.mart, Window(chosen[0].start, chosen[-1].end), fiscal)
    names = {queries.quarter_index(q.start, fiscal): q.code for q in chosen}
    named = counts.assign(cohort=counts["cohort"].map(names), quarter=counts["quarter"].map(names)).dropna()
    return chosen, cohorts(named, tuple(q.code for q in chosen))


def _pooled(ctx: Context, triangle: tuple[Cohort, ...], age: int) -> Figure:
    active, accounts = pooled_rate(triangle, age)
    rest = {"numerator": active, "denominator": accounts, "n": accounts, "flags": few(ctx, accounts)}
    return ctx.figure("cohort_activity", active / accounts, ctx.current, dimension="age", member=str(age), **rest)


def _cohort_row(ctx: Context, cohort: Cohort, ages: int) -> Series:
    figures = []
    for age in range(ages):
        rate = cohort.rate(age)
        if rate is None:
            figures.append(None)
            continue
        rest = {"numerator": cohort.active[age], "denominator": cohort.size, "n": cohort.size}
        identity = {"dimension": "cohort×age", "member": f"{cohort.quarter} | {age}"}
        figures.append(
            ctx.figure("cohort_activity", rate, ctx.current, flags=few(ctx, cohort.size), **rest, **identity)
        )
    return Series(PeriodName(cohort.quarter), tuple(figures), "part")


def _lost(ctx: Context, lost: pd.DataFrame, figure: MakeFigure) -> Exhibit:
    fixed = {"id": "retention_lost", "requirements": ("D-36",)}
    if lost.empty:
        return NotEnough(title=Text("retention.lost_title"), reason=Text("retention.lost_none"), **fixed)
    top, total = lost.head(ctx.settings.top_n), float(lost["prior_sales"].sum())
    rows = []
    for row in top.itertuples():
        identity = {"dimension": "account", "member": row.account_id}
        sales = figure("lost_sales", row.prior_sales, **identity)
        part = _share(figure, row.prior_sales, total, "lost_account", row.account_id)
        last = None if pd.isna(row.last_order) else row.last_order.date()
        rows.append((row.account, row.tier, row.customer_type, last, row.churn_reason, sales, part))
    shown = float(top["prior_sales"].sum())
    all_lost = figure("lost_accounts", len(lost), n=len(lost))
    part = figure(
        "share_mix",
        shown / total if total > 0 else None,
        dimension="lost",
        member="top",
        numerator=shown,
        denominator=total,
    )
    names = ("account", "tier", "type", "last_order", "reason", "prior_sales", "share")
    return Table(
        title=Text("retention.lost_named", {"first": top.iloc[0]["account"], "sales": rows[0][5], "lost": all_lost}),
        header=tuple(Text(f"retention.column_{name}") for name in names),
        rows=tuple(rows),
        notes=(Text("retention.note_lost", {"share": part}),),
        **fixed,
    )


def _share(figure: MakeFigure, part: float, whole: float, dimension: str, member: str) -> Figure:
    value = part / whole if whole > 0 else None
    return figure("share_mix", value, numerator=part, denominator=whole, dimension=dimension, member=member)


def _reasons(ctx: Context, lost: pd.DataFrame, figure: MakeFigure) -> Exhibit:
    """Reasons by lost sales; what nobody recorded is 未登记 and stands last."""
    fixed = {"id": "retention_reasons", "requirements": ("D-37",)}
    absent, title = ctx.mart.missing("accounts.churn_reason"), Text("retention.reasons_title")
    if absent:
        return NotProvided(title=title, missing=absent, **fixed)
    if lost.empty:
        return NotEnough(title=title, reason=Text("retention.lost_none"), **fixed)
    sums = lost.groupby("churn_reason").agg(n=("account_id", "size"), sales=("prior_sales", "sum")).reset_index()
    sums["last"] = sums["churn_reason"] == queries.UNCODED
    sums = sums.sort_values(["last", "sales", "churn_reason"], ascending=[True, False, True])
    total, running, series = float(sums["sales"].sum()), 0.0, ([], [], [])
    for row in sums.itertuples():
        running += row.sales
        identity = {"dimension": "churn_reason", "member": row.churn_reason}
        series[0].append(figure("lost_sales", row.sales, n=row.n, **identity))
        share = running / total if total > 0 else None
        series[1].append(figure("cumulative_share", share, **identity))
        counts = {"numerator": row.n, "denominator": len(lost), "n": len(lost)}
        series[2].append(
            figure("churn_reason_share", row.n / len(lost), flags=few(ctx, len(lost)), **counts, **identity)
        )
    coded = int(sums.loc[~sums["last"], "n"].sum())
    counts = {"numerator": coded, "denominator": len(lost), "n": len(lost)}
    coverage = figure("churn_reason_coverage", coded / len(lost), **counts)
    values = {"reason": sums.iloc[0]["churn_reason"], "share": series[2][0], "coverage": coverage}
    case = "uncoded" if coded == 0 else "few" if len(lost) < ctx.settings.minimum_n.rate else "top"
    values = {"coverage": coverage} if case == "uncoded" else values
    return Chart(
        title=Text(f"retention.reasons_{case}", values),
        form="pareto",
        categories=tuple(sums["churn_reason"]),
        series=(
            Series(Text("metric.lost_sales"), tuple(series[0])),
            Series(Text("metric.cumulative_share"), tuple(series[1]), "rate"),
        ),
        summary=Text("retention.reasons_alt", {"shares": tuple(_named(sums["churn_reason"], series[2]))}),
        notes=(Text("retention.note_reasons", {"coverage": coverage}),),
        **fixed,
    )


def _named(names: pd.Series, figures: list[Figure]) -> list[Text]:
    return [Text("retention.named", {"name": name, "value": f}) for name, f in zip(names, figures, strict=True)]


def _signals(ctx: Context, figure: MakeFigure) -> Exhibit:
    """What was known of lost and of kept accounts in the year before the opening, with 95 % intervals."""
    fixed = {"id": "retention_signals", "requirements": ("D-37",)}
    title = Text("retention.signals_title")
    absent = {name: ctx.mart.missing(*needs) for name, (_, needs) in SIGNALS.items()}
    there = [name for name, gone in absent.items() if len(gone) < len(SIGNALS[name][1])]
    if not there:
        return NotProvided(title=title, missing=tuple(field for gone in absent.values() for field in gone), **fixed)
    found = queries.signals(ctx.mart, ctx.settings, ctx.current.window).set_index("is_lost")
    fewest = ctx.settings.minimum_n.mean
    if set(found.index) != {True, False} or found["n"].min() < fewest:
        return NotEnough(title=title, reason=Text("retention.signals_few"), **fixed)
    lost, kept = found.loc[True], found.loc[False]
    rows, apart = [], []
    for name in there:
        gap, sizes = _gap(name, lost, kept)
        row = _signal_row(name, gap, sizes, lost, kept, figure)
        if gap is None or min(sizes) < fewest:
            rows.append((*row[:3], None, None, None))
            continue
        rows.append(row)
        apart += [row[0]] if gap.excludes_zero else []
    rest = {"signals": tuple(apart)} if apart else {}
    labels = ("signal", "lost_group", "kept_group", "difference", "low", "high")
    return Table(
        title=Text(f"retention.signals_{'differ' if apart else 'alike'}", rest),
        header=tuple(Text(f"retention.column_{label}") for label in labels),
        rows=tuple(rows),
        notes=(
            Text(
                "retention.note_signals",
                {
                    "lost": figure("active_accounts", int(lost["n"]), dimension="outcome", member="lost"),
                    "kept": figure("active_accounts", int(kept["n"]), dimension="outcome", member="kept"),
                },
            ),
        ),
        **fixed,
    )


def _gap(name: str, lost: pd.Series, kept: pd.Series) -> tuple[Interval | None, tuple[int, int]]:
    if name == "complaint":
        sizes = int(lost["tickets"]), int(kept["tickets"])
        return rate_difference(int(lost["complaints"]), sizes[0], int(kept["complaints"]), sizes[1]), sizes
    sizes = tuple(int(group["rated" if name == "score" else "n"]) for group in (lost, kept))
    ends = [(n, group[f"{name}_mean"], group[f"{name}_sd"]) for n, group in zip(sizes, (lost, kept), strict=True)]
    return (mean_difference(*ends[0], *ends[1]) if min(sizes) > 1 else None), sizes


def _signal_row(name: str, gap: Interval | None, sizes: tuple[int, int], lost, kept, figure: MakeFigure) -> tuple:
    metric = SIGNALS[name][0]

    def value(group: pd.Series, n: int) -> float | None:
        if name == "complaint":
            return group["complaints"] / n if n else None
        return float(group[f"{name}_mean"]) if n else None

    values = [
        figure(metric, value(group, n), n=n, dimension="outcome", member=member, flags=() if n else ("small_n",))
        for group, n, member in ((lost, sizes[0], "lost"), (kept, sizes[1], "kept"))
    ]
    unit = "pp" if values[0].unit == "ratio" else values[0].unit
    ends = [
        _as(figure(metric, end, dimension="outcome_gap", member=member), unit)
        for member, end in (("value", gap and gap.value), ("low", gap and gap.low), ("high", gap and gap.high))
    ]
    return (Text(f"metric.{metric}"), *values, *ends)


def _as(figure: Figure, unit: str) -> Figure:
    return replace(figure, unit=unit)
