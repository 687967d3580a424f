"""Hand-made charts: one of each form as a section would make it, and nasty ones."""

from dataclasses import replace
from itertools import pairwise

import pytest

from salesreview.record import Chart, Figure, PeriodName, Point, Series, Text

PERIOD = "2026-H1"
LONG = (
    "上海宝山钢铁精密机械零部件制造与进出口贸易（集团）股份有限公司华东分公司",
    "Schweizerische Präzisionswerkzeuge und Maschinenbau Aktiengesellschaft (Zürich)",
    'A & B <Trading> "Co."',
    "新疆",
)


def money(value, member=None, metric="sales", period=PERIOD, **rest) -> Figure:
    return Figure(metric, value, "money", period, "region" if member else None, member, **rest)


def ratio(value, member=None, metric="attainment", period=PERIOD, **rest) -> Figure:
    return Figure(metric, value, "ratio", period, "region" if member else None, member, **rest)


def count(value, member=None, metric="order_count", period=PERIOD, **rest) -> Figure:
    return Figure(metric, value, "count", period, "region" if member else None, member, **rest)


def series(key, values, role, make=money, members=None) -> Series:
    members = members or [str(i) for i in range(len(values))]
    figures = [None if value is None else make(value, member) for value, member in zip(values, members, strict=True)]
    return Series(Text(key), tuple(figures), role)


def chart(form, **rest) -> Chart:
    return Chart(id=f"{form}_chart", title=Text("metric.sales"), form=form, **rest)


MONTHS = tuple(PeriodName(f"2026-M{m:02d}") for m in range(1, 7))
REGIONS = ("华东", "华南", "华北", "西南", "华中", "未分类")


def _bars() -> Chart:
    return chart(
        "bars",
        categories=MONTHS,
        series=(
            series("label.prior", [8.2e6, 6.1e6, 9.9e6, 9.4e6, 9.1e6, 12.2e6], "prior"),
            series("label.actual", [9.1e6, 5.8e6, 11.2e6, 10.4e6, 9.9e6, 14.0e6], "actual"),
            series("label.target", [9.0e6, 7.0e6, 11e6, 11e6, 11e6, 13e6], "target"),
        ),
    )


def _stacked() -> Chart:
    lines = {
        "metric.sales": [4, 3, 5, 4, 5, 6],
        "label.product": [2, 2, 3, 3, 2, 4],
        "label.other": [1, 0.3, 1, 1, 1, 1],
    }
    parts = tuple(series(key, [v * 1e6 for v in values], "part") for key, values in lines.items())
    return chart("stacked", categories=MONTHS, series=parts)


def _barh() -> Chart:
    now = [2.1e7, 1.83e7, 1.24e7, 6.1e6, 4.4e6, 3.1e5]
    before = [1.9e7, 1.91e7, 1.1e7, 7.0e6, 3.9e6, None]
    return chart(
        "barh",
        categories=REGIONS,
        series=(series("label.actual", now, "actual"), series("label.prior", before, "prior")),
    )


def _bullet() -> Chart:
    return chart(
        "bullet",
        categories=REGIONS,
        series=(
            series("label.actual", [2.1e7, 1.83e7, 1.24e7, 6.1e6, 4.4e6, 3.1e5], "actual"),
            series("label.target", [2.0e7, 2.0e7, 1.2e7, 8e6, 4.2e6, None], "target"),
            series("label.prior", [1.9e7, 1.91e7, 1.1e7, 7.0e6, 3.9e6, 2e5], "prior"),
        ),
    )


def _waterfall() -> Chart:
    names = (PeriodName("2025-H1"), "战略", "重点", "普通", "直客", PeriodName(PERIOD))
    return chart(
        "waterfall",
        categories=names,
        series=(series("label.actual", [5.49e7, 3.2e6, -1.1e6, 2.8e6, 0.6e6, 6.04e7], "actual"),),
        marks={"totals": (0, -1)},
        reconciliation=Text("metric.sales"),
    )


def _line() -> Chart:
    months = tuple(PeriodName(f"{2024 + m // 12}-M{m % 12 + 1:02d}") for m in range(6, 30))
    actual = [7 + (m * 37 % 11) / 2 + m / 9 for m in range(24)]
    return chart(
        "line",
        categories=months,
        series=(
            series("label.actual", [v * 1e6 if i != 9 else None for i, v in enumerate(actual)], "actual"),
            series("label.trend", [(9.6 + i / 9) * 1e6 for i in range(24)], "trend"),
            series("label.target", [(9.9 + i / 9) * 1e6 for i in range(24)], "target"),
        ),
        marks={"flagged": (3, 17)},
    )


def _pareto() -> Chart:
    values = [9.1e6, 6.2e6, 4.0e6, 2.2e6, 1.4e6, 1.1e6, 0.8e6, 0.6e6, 0.5e6, 0.4e6]
    names = [*LONG, "华星光电", "中科曙光", "比亚迪", "宁德时代", "三一重工", "徐工机械"]
    total, shares = sum(values), []
    for i in range(10):
        shares.append(sum(values[: i + 1]) / total)
    return chart(
        "pareto",
        categories=tuple(names),
        series=(
            series("label.actual", values, "actual", members=names),
            series("label.cumulative", shares, "cumulative", ratio, names),
        ),
    )


def _heatmap() -> Chart:
    rows = [
        Series(
            region,
            tuple(ratio(((r * 7 + c * 3) % 11 - 4) / 20 if (r, c) != (2, 3) else None, f"{r}|{c}") for c in range(6)),
        )
        for r, region in enumerate(REGIONS)
    ]
    return chart("heatmap", categories=MONTHS, series=tuple(rows))


def _cohort() -> Chart:
    names = [PeriodName(f"{2024 + q // 4}-Q{q % 4 + 1}") for q in range(8)]
    rows = [
        Series(name, tuple(ratio(0.96**c - r / 60, f"{r}|{c}") if c < 8 - r else None for c in range(8)))
        for r, name in enumerate(names)
    ]
    return chart("cohort", categories=tuple(f"+{c}" for c in range(8)), series=tuple(rows))


def _funnel() -> Chart:
    stages = ("线索获取", "初步接洽", "需求分析", "演示", "方案呈现/报价", "商务谈判", "合同签订", "回款")
    counts = [2410, 1622, 1110, 702, 505, 288, 201, 187]
    rates = [None, *(b / a for a, b in pairwise(counts))]
    return chart(
        "funnel",
        categories=stages,
        series=(series("metric.order_count", counts, "actual", count), series("label.rate", rates, "rate", ratio)),
        marks={"highlight": 5},
    )


def _box() -> Chart:
    def days(value, member):
        return Figure("approval_hours", value, "hours", PERIOD, "department", member)

    spread = {
        "low": [1, 2, 1, 0.5],
        "q1": [4, 6, 3, 2],
        "median": [9, 14, 6, 3],
        "q3": [16, 30, 11, 6],
        "high": [33, 62, 20, 11],
    }
    return chart(
        "box",
        categories=("销售", "法务", "财务", LONG[0]),
        series=tuple(series("label.median", values, role, days) for role, values in spread.items()),
    )


def _dot() -> Chart:
    def point(name, low, x, high):
        return Point(name, ratio(x, name), low=ratio(low, f"{name} low"), high=ratio(high, f"{name} high"))

    points = (point("华东", 0.31, 0.36, 0.42), point("华南", 0.22, 0.3, 0.38), point("西南", 0.1, 0.24, 0.44))
    return chart("dot", points=points, axes={"x": Text("label.rate")}, marks={"reference": ratio(0.31)})


def _dumbbell() -> Chart:
    pairs = {"华东": (0.82, 0.77), "华南": (0.61, 0.7), "华北": (0.66, 0.66), LONG[1]: (0.4, 0.15)}
    points = tuple(Point(name, ratio(now, name), ratio(was, name + "0")) for name, (now, was) in pairs.items())
    return chart("dumbbell", points=points, axes={"x": Text("label.current"), "y": Text("label.prior")})


def _scatter() -> Chart:
    points = tuple(
        Point(
            f"{LONG[0][i : i + 4]}公司" if i % 5 else LONG[i // 5 % 4],
            money((3 + i * 29 % 41) * 1e5, f"x{i}"),
            ratio((i * 17 % 31 - 8) / 40, f"y{i}"),
            size=count(i * 13 % 23 + 1, f"s{i}"),
            group=("战略", "重点", "普通")[i % 3],
        )
        for i in range(32)
    )
    corners = tuple(Text(key) for key in ("verdict.better", "label.gap", "verdict.worse", "label.trend"))
    return chart(
        "scatter",
        points=points,
        axes={"y": Text("label.yoy")},
        marks={"vline": money(2.3e6), "hline": ratio(0.1), "quadrants": corners},
    )


def _curve() -> Chart:
    points = tuple(Point(str(i), ratio(i / 40, f"x{i}"), ratio((i / 40) ** 2.4, f"y{i}")) for i in range(41))
    return chart(
        "curve", points=points, axes={"x": Text("label.rep"), "y": Text("label.cumulative")}, marks={"diagonal": True}
    )


def _slope() -> Chart:
    pairs = {"电话": (0.42, 0.31), "展会": (0.2, 0.22), "转介绍": (0.25, 0.25), "线上广告": (0.13, 0.22)}
    rows = tuple(
        Series(name, (ratio(before, name, period="2025-H1"), ratio(now, name)), "part")
        for name, (before, now) in pairs.items()
    )
    return chart("slope", categories=(PeriodName("2025-H1"), PeriodName(PERIOD)), series=rows)


TYPICAL = {
    made.form: made
    for made in (
        _bars(), _stacked(), _barh(), _bullet(), _waterfall(), _line(), _pareto(), _heatmap(), _cohort(), _funnel(),
        _box(), _dot(), _dumbbell(), _scatter(), _curve(), _slope(),
    )
}  # fmt: skip


def without_values(made: Chart) -> Chart:
    """The same chart with every value None."""

    def none(figure):
        return None if figure is None else replace(figure, value=None)

    rows = tuple(replace(each, figures=tuple(none(figure) for figure in each.figures)) for each in made.series)
    points = tuple(
        replace(p, x=none(p.x), y=none(p.y), size=none(p.size), low=none(p.low), high=none(p.high)) for p in made.points
    )
    return replace(made, series=rows, points=points)


def with_gaps(made: Chart) -> Chart:
    """The same chart with every third value None, and every sixth without a figure."""

    def gaps(figures):
        return tuple(
            f if i % 3 else (None if i % 6 or f is None else replace(f, value=None)) for i, f in enumerate(figures)
        )

    rows = tuple(replace(each, figures=gaps(each.figures)) for each in made.series)
    points = tuple(p if i % 3 else replace(p, x=replace(p.x, value=None)) for i, p in enumerate(made.points))
    return replace(made, series=rows, points=points)


def valued(made: Chart, change) -> Chart:
    """The same chart with ``change`` applied to every value."""

    def changed(figure):
        return figure if figure is None or figure.value is None else replace(figure, value=change(figure.value))

    rows = tuple(replace(each, figures=tuple(changed(figure) for figure in each.figures)) for each in made.series)
    points = tuple(
        replace(p, x=changed(p.x), y=changed(p.y), size=changed(p.size), low=changed(p.low), high=changed(p.high))
        for p in made.points
    )
    return replace(made, series=rows, points=points)


def many(made: Chart, size: int) -> Chart:
    """The same chart with ``size`` categories or points under long names; its values repeat."""
    names = tuple(f"{LONG[i % 4]} {i}" for i in range(size))
    if made.form == "slope":
        return replace(
            made, series=tuple(replace(made.series[i % len(made.series)], label=names[i]) for i in range(size))
        )
    rows = tuple(
        replace(
            each,
            figures=tuple(
                None if not (f := each.figures[i % len(each.figures)]) else replace(f, member=f"{f.member}~{i}")
                for i in range(size)
            ),
        )
        for each in made.series
    )
    points = (
        tuple(replace(made.points[i % len(made.points)], label=names[i]) for i in range(size)) if made.points else ()
    )
    marks = {key: value for key, value in made.marks.items() if key not in ("highlight", "flagged")}
    return replace(made, categories=names if made.categories else (), series=rows, points=points, marks=marks)


@pytest.fixture
def typical() -> dict[str, Chart]:
    return dict(TYPICAL)
